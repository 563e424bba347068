"""The peer in C: Dovecot's own Sieve, `vacation` and `fileinto`, fed over LMTP; it answers through the same sink."""

import smtplib
import sys
from pathlib import Path

from tests.servers.dovecot import Dovecot, _free_port

RULES = """require ["vacation", "fileinto"];
vacation :days 1 :subject "Re: received" "Ваше письмо получено.";
fileinto "Done";
"""
MORE = """
protocols = imap lmtp
submission_host = 127.0.0.1:{sink}
lmtp_save_to_detail_mailbox = no
protocol lmtp {{
  mail_plugins = sieve
}}
service lmtp {{
  chroot =
  process_min_avail = 1
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
plugin {{
  sieve = file:{folder}/sieve;active={folder}/sieve/vacation.sieve
  sieve_vacation_dont_check_recipient = yes
}}
namespace inbox {{
  mailbox Done {{
    auto = create
  }}
}}
"""


class SieveDovecot(Dovecot):
    """The tests' Dovecot with LMTP and one Sieve script for everybody; answers leave by the sink's port."""

    def __init__(self, sink_port: int) -> None:
        super().__init__()
        self.lmtp_port = _free_port()
        self._sink_port = sink_port

    def _lay_out(self) -> None:
        super()._lay_out()
        (self._folder / "sieve").mkdir()
        script = self._folder / "sieve" / "vacation.sieve"
        script.write_text(RULES, encoding="utf-8")
        with (self._folder / "conf").open("a", encoding="utf-8") as conf:
            conf.write(MORE.format(sink=self._sink_port, lmtp=self.lmtp_port, folder=self._folder))
        for path in (self._folder / "sieve", script):
            path.chmod(0o777)


def feed(port: int, user: str, letters: list[bytes]) -> None:
    """Delivers the letters over one connection, one after the other."""
    with smtplib.LMTP("127.0.0.1", port) as lmtp:
        for n, raw in enumerate(letters):
            lmtp.sendmail(f"writer{n}@mail.example", [user], raw)


if __name__ == "__main__":
    feed(int(sys.argv[1]), sys.argv[2], [path.read_bytes() for path in sorted(Path(sys.argv[3]).iterdir())])
