"""A school between two lines that can be spoilt, its mailbot as a hurried daemon, and what holds after any fault."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from mailbot.casebook.casebook import load_ledger
from mailbot.casebook.ledger import Ledger
from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.school import LONG_AGO, ROOT, School, found_school, letter
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_toxi import SmtpToxi
from tests.servers.toxi import ImapToxi

QUESTION = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
CANNOT_WORK = ("cannot work", "no connection", "round failed")  # «cannot connect» follows the second of these
CANNOT_SEND = ("sending failed",)
FOLDERS = ("INBOX", "Отвечено", "Передано", "Без ответа", "Требует внимания", "Архив")


@dataclass(slots=True)
class Scene:
    """Letters go straight to the server; mailbot reaches it, and the sending server, by way of a proxy each."""

    school: School
    dovecot: Dovecot
    user: MailUser
    sink: Sink
    imap: ImapToxi
    smtp: SmtpToxi
    clock: Path
    log: Path
    writers: list[str] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    daemon: subprocess.Popen[bytes] | None = None
    on_heal: list[Callable[[], None]] = field(default_factory=list)

    # --- what is done ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts the daemon and waits for its first good round."""
        health = self.school.state / "health.json"
        health.unlink(missing_ok=True)
        self.launch()
        wait_until(health.exists, 60, "the daemon did not get ready", self.log)

    def launch(self) -> None:
        """Starts the daemon, whatever becomes of it."""
        with self.log.open("ab") as log:
            self.daemon = subprocess.Popen(self.command("run"), stdout=subprocess.DEVNULL, stderr=log, cwd=ROOT)

    def command(self, *words: str) -> list[str]:
        """A hurried mailbot over this school."""
        hurried = [sys.executable, "-m", "tests.faults.hurried", str(self.clock), "--", *words]
        return [*hurried, "--since", LONG_AGO, "--config", str(self.school.config)]

    def deliver(self, count: int, folder: str = "INBOX") -> None:
        """So many letters of writers who have not written before."""
        for _ in range(count):
            n = len(self.writers) + 1
            writer = f"parent{n}@mail{n}.example"
            raw = letter(QUESTION, to=self.user.address, sender=f"<{writer}>", subject=f"вопрос {n}", n=n)
            self.dovecot.deliver(self.user.address, raw, folder)
            self.writers.append(writer)

    def set_clock(self, wrong_by_s: float) -> None:
        """From now on the machine's clock is wrong by this much."""
        beside = self.clock.with_suffix(".new")
        beside.write_text(str(wrong_by_s))
        beside.replace(self.clock)

    def stop(self) -> int:
        """Ends the daemon as systemd would; its exit code."""
        assert self.daemon is not None
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(timeout=30)

    def end(self) -> None:
        """Whatever has happened, nothing keeps running."""
        if self.daemon and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        for heal in self.on_heal:
            heal()

    # --- what has come of it -----------------------------------------------------------------------------------------

    @property
    def ledger(self) -> Ledger:
        return load_ledger(self.school.state, datetime.now(UTC))

    def answered(self) -> Counter[str]:
        """How often each writer was written to."""
        known = set(self.writers)
        return Counter(rcpt for one in self.sink.accepted for rcpt in one.rcpts if rcpt in known)

    def with_a_person(self) -> set[str]:
        """Writers whose answer was refused for good, or whose letter was forwarded to the staff."""
        refused = {mail.mail.recipient for mail in self.ledger.troubled.values()}
        return {writer for writer in self.writers if writer in refused or self._is_forwarded(writer)}

    def _is_forwarded(self, writer: str) -> bool:
        """Whether the staff got a mail with this writer's letter in it."""
        to_staff = [one for one in self.sink.accepted if one.rcpts[0].endswith("@school.example.org")]
        parts = (part for one in to_staff for part in message_from_bytes(one.raw).walk() if not part.is_multipart())
        return any(writer.encode() in (part.get_payload(decode=True) or b"") for part in parts)

    def unserved(self) -> set[str]:
        """Writers who have neither an answer nor a person who knows."""
        return set(self.writers) - self.answered().keys() - self.with_a_person() - self.removed

    def doubled(self) -> int:
        """How many mails left us more than once, counted by Message-ID and by writer (each is owed one)."""
        ids = Counter(str(message_from_bytes(one.raw)["Message-ID"]) for one in self.sink.accepted)
        return max(sum(count - 1 for count in counts.values()) for counts in (ids, self.answered()))

    def letters_on_server(self) -> Counter[str]:
        """The writers of all letters in all folders that letters may lie in."""
        with self.dovecot.client(self.user.address) as client:
            there = [name for _, _, name in client.list_folders()]
        raws = [
            raw for name in FOLDERS if name in there for raw in self.dovecot.folder_letters(self.user.address, name)
        ]
        return Counter(str(message_from_bytes(raw)["From"]).strip("<>") for raw in raws)

    def inbox(self) -> int:
        """How many letters lie in it; asked as a number, for mailbot moves them while we look."""
        with self.dovecot.client(self.user.address) as client:
            return int(client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"])

    def cpu_s(self) -> float:
        """CPU seconds of the daemon and of children it has waited for (proc(5), fields 14–17)."""
        assert self.daemon is not None
        stat = Path(f"/proc/{self.daemon.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(ticks) for ticks in stat[11:15]) / os.sysconf("SC_CLK_TCK")

    def said(self, *words: str) -> int:
        """How often the daemon's log has any of these words."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return sum(text.count(one) for one in words)


@contextmanager
def staged(
    folder: Path, dovecot: Dovecot, user: MailUser, sink: Sink, *, copy: str = "none", copy_wait_s: int = 2
) -> Iterator[Scene]:
    """A school whose mailbot reaches both servers through proxies."""
    with ImapToxi(dovecot.port) as imap, SmtpToxi(sink.port) as smtp:
        school = found_school(folder, user, sink, copy=copy, imap_port=imap.port, copy_wait_s=copy_wait_s, poll_s=1)
        edit(school.config, f"port: {sink.port}", f"port: {smtp.port}")
        scene = Scene(school, dovecot, user, sink, imap, smtp, folder / "clock", folder / "log")
        try:
            yield scene
        finally:
            scene.end()


def edit(path: Path, old: str, new: str) -> None:
    """Changes one place of a text file that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def wait_until(happened: Callable[[], bool], limit_s: float, otherwise: str, log: Path | None = None) -> float:
    """How long it took; fails with the words and the end of the log if it did not happen in time."""
    began = time.monotonic()
    while not happened():
        tail = log.read_text(encoding="utf-8", errors="replace")[-3000:] if log else ""
        assert time.monotonic() - began < limit_s, f"{otherwise}\n{tail}"
        time.sleep(0.05)
    return time.monotonic() - began
