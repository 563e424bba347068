"""Our end of the process that gives birth to daemons (tests/soak/nursery.py)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.ground import family
from tests.school import ROOT, School


@dataclass(frozen=True, slots=True)
class Nursery:
    """One daemon after the other."""

    process: subprocess.Popen[str]

    def start(self) -> int:
        """A new daemon; its process number."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._hear("born")

    def until_works(self) -> None:
        """Waits until the daemon is in its mailbox."""
        self._hear("works")

    def until_pays(self) -> None:
        """Waits until the daemon begins to send."""
        self._hear("pays")

    def until_gone(self) -> None:
        """Waits until the daemon has ended and every other word about it was heard."""
        self._hear("gone")

    def _hear(self, awaited: str) -> int:
        assert self.process.stdout
        for line in self.process.stdout:
            word, _, pid = line.partition(" ")
            if word == awaited:
                return int(pid)
            assert word != "gone", "the daemon ended by itself"
        raise AssertionError("the nursery has ended")


@contextmanager
def nursery(school: School, log: Path) -> Iterator[Nursery]:
    """Runs beside us; its last daemon ends with it."""
    command = (sys.executable, "-m", "tests.soak.nursery", str(school.config), str(log))
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield Nursery(process)
    finally:
        for pid in reversed(family(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate()
