"""A day of mailbot in a network namespace that has nothing but loopback: no route, no name server.

    unshare --net python -m tests.alone FOLDER

Starts Dovecot, a sink and the daemon there, the daemon under strace; a letter comes and is answered. Prints as JSON how
many mails left, whether the world outside can be reached, and every address anybody of mailbot's asked the kernel for.
"""

import errno
import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.school import LONG_AGO, end, found_school, letter
from tests.servers.dovecot import Dovecot

CALLS = "trace=connect,sendto,sendmsg,sendmmsg"
INTERNET = re.compile(r"sin6?_port=htons\((\d+)\).*?\"([0-9a-fA-F.:]+)\"")
WITHIN_THE_MACHINE = ("AF_UNIX", "AF_UNSPEC")
PROBLEM = "Здравствуйте! У Ивановой Марии, 5Б, пропала пятёрка по математике за 12 ноября. Проверьте, пожалуйста."


def main(folder: Path) -> None:
    subprocess.run(("ip", "link", "set", "lo", "up"), check=True)
    with Dovecot() as dovecot:
        user = MailUser.on(dovecot)
        address = user.address
        with Sink(user=address, password=dovecot.password) as sink:
            school = found_school(folder, user, sink, copy="none")
            dovecot.deliver(address, letter(PROBLEM, to=address))
            traced = ("strace", "-D", "-f", "-qq", "-o", str(folder / "calls"), "-e", CALLS)
            daemon = subprocess.Popen(
                (*traced, *school.command("run", "--since", LONG_AGO)), stderr=subprocess.PIPE, text=True
            )
            try:
                sink.wait_for(2, 90)
                time.sleep(0.5)  # filing
            finally:
                log = end(daemon)
            told = {
                "mails": len(sink.accepted),
                "outside": outside(),
                "ours": sorted(f"127.0.0.1:{port}" for port in (dovecot.port, sink.port)),
                "asked_for": sorted(asked_for((folder / "calls").read_text(encoding="utf-8"))),
                "log": log,
            }
    print(json.dumps(told))


def outside() -> str:
    """What the kernel says of an address that is not on this machine."""
    try:
        socket.create_connection(("192.0.2.1", 25), timeout=2).close()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return "reached"


def asked_for(calls: str) -> set[str]:
    """Every address of the internet in the calls, and every family that is neither that nor within the machine."""
    found: set[str] = set()
    for line in calls.splitlines():
        if (address := INTERNET.search(line)) is not None:
            found.add(f"{address[2]}:{address[1]}")
        elif (family := re.search(r"sa_family=(\w+)", line)) and family[1] not in WITHIN_THE_MACHINE:
            found.add(family[1])
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
