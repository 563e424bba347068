"""What every measurement stands on: the corpus' letters, a Dovecot mailbox, a sink, a school, and processes watched.

Each bot runs in a process of its own; the servers are the same for all of them, so that only the bots differ.
"""

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.letters_mime.make_eml import message
from tests.school import ROOT, School
from tests.servers.dovecot import Dovecot

APPENDED_AT_ONCE = 100
CAPS = ("total_day:", "total_hour:", "per_domain_hour:")
SAMPLE_S = 0.3


def corpus_letters(count: int) -> list[bytes]:
    """The corpus' mix of letters as mail programs make them, as often round as it takes; each with an id of its own."""
    rows = [json.loads(line) for line in (ROOT / "tests/corpus/shared.jsonl").read_text(encoding="utf-8").splitlines()]
    turns = ({**rows[n % len(rows)], "id": f"{rows[n % len(rows)]['id']}-{n}"} for n in range(count))
    return [message(row).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for row in turns]


@dataclass(frozen=True, slots=True)
class Ground:
    """A Dovecot user, and a sink that takes his mail."""

    dovecot: Dovecot
    user: MailUser
    sink: Sink

    def fill(self, letters: Sequence[bytes]) -> None:
        """Puts letters into the inbox."""
        with self.dovecot.client(self.user.address) as client:
            for start in range(0, len(letters), APPENDED_AT_ONCE):
                client.multiappend("INBOX", list(letters[start : start + APPENDED_AT_ONCE]))

    def assert_empty(self, bot: str) -> None:
        """A bot that left letters in the inbox has not done the work."""
        left = len(self.dovecot.folder_letters(self.user.address))
        if left:
            raise SystemExit(f"{bot}: {left} letters were left in the inbox: not a result")


@contextmanager
def ground(dovecot: Dovecot | None = None) -> Iterator[Ground]:
    """A fresh Dovecot (or the one given, not yet started) with one user, and a sink."""
    with dovecot or Dovecot() as server:
        user = MailUser.on(server)
        address = user.address
        with Sink(user=address, password=server.password) as sink:
            yield Ground(server, user, sink)


def unlimited(school: School) -> None:
    """The default rules but for the caps on mail in all, which hundreds of letters in a minute would meet."""
    path = school.folder / "rules" / "screening.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    raised = [f"{line.split(':')[0]}: 99999" if line.strip().startswith(CAPS) else line for line in lines]
    path.write_text("\n".join(raised) + "\n", encoding="utf-8")


@dataclass(slots=True)
class Watched:
    """A process and all it started: memory (PSS, so that what two share counts once) and CPU time, from /proc."""

    pid: int
    peak_mb: float = 0.0
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watched":
        threading.Thread(target=self._sample, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            self.peak_mb = max(self.peak_mb, memory_mb(self.pid))


def memory_mb(pid: int) -> float:
    """PSS of a process and its descendants now; 0 for one that is gone."""
    return sum(_pss_kb(one) for one in family(pid)) / 1024


def cpu_s(pid: int) -> float:
    """CPU seconds a process and its descendants have used."""
    ticks = 0
    for one in family(pid):
        try:
            ticks += sum(map(int, Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:13]))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and its descendants that still live."""
    found = [pid]
    for one in found:
        try:
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def timed(command: Sequence[str], **environment: str) -> tuple[float, float]:
    """Seconds a command takes to its end, and the peak of its memory in MB. Fails if it fails."""
    started = time.perf_counter()
    running = subprocess.Popen(
        command, env={**os.environ, **environment}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with Watched(running.pid) as watched:
        if running.wait():
            raise SystemExit(f"{' '.join(command)} ended with {running.returncode}: not a result")
    return time.perf_counter() - started, watched.peak_mb
