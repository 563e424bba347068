"""The daemon at rest: how soon it is ready, how soon it answers one letter, what it costs to wait."""

import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.ground import Ground, cpu_s, ground, memory_mb, unlimited
from tests.school import LONG_AGO, ROOT, School, end, found_school

LETTER_DEADLINE_S = 30.0
PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Waiting:
    """Seconds from the start to READY=1; seconds from APPEND to the first mail accepted, sorted; the rest at idle."""

    ready_s: float
    reactions_s: tuple[float, ...]
    idle_percent: float
    idle_mb: float

    def percentile(self, percent: int) -> float:
        """The reaction that so many percent of the letters met."""
        return statistics.quantiles(self.reactions_s, n=100, method="inclusive")[percent - 1]


def _hear_out(told: socket.socket) -> None:
    """Takes the watchdog's messages until the socket is closed: a full socket would stop the daemon."""
    told.settimeout(None)
    with suppress(OSError):
        while told.recv(4096):
            pass


@contextmanager
def kept(place: Ground, folder: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """A school's daemon that is ready, and the seconds it took to get so; ended as systemd would."""
    school = School(folder, place.user)
    with tempfile.TemporaryDirectory() as here, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(f"{here}/notify")
        started = time.perf_counter()
        env = {"NOTIFY_SOCKET": f"{here}/notify", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        log = (folder / "log").open("w")
        daemon = subprocess.Popen(school.command("run", "--since", LONG_AGO), env=env, stderr=log, text=True)
        told.settimeout(300)
        try:
            while b"READY=1" not in told.recv(4096):
                pass
            took = time.perf_counter() - started
            threading.Thread(target=_hear_out, args=(told,), daemon=True).start()
            yield daemon, took
        finally:
            end(daemon)
            log.close()


def at_rest(letters: Sequence[bytes], idle_s: float) -> Waiting:
    """Starts the daemon on an empty mailbox, sends it letters one by one, then leaves it alone."""
    with ground() as place, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        unlimited(found_school(folder, place.user, place.sink, copy="none", mailbox="help@school.example.org"))
        with kept(place, folder) as (daemon, ready_s):
            reactions = sorted(_reactions(place, letters))
            time.sleep(2)
            before, began = cpu_s(daemon.pid), time.perf_counter()
            time.sleep(idle_s)
            spent = (cpu_s(daemon.pid) - before) / (time.perf_counter() - began)
            return Waiting(ready_s, tuple(reactions), spent * 100, memory_mb(daemon.pid))


def _reactions(place: Ground, letters: Sequence[bytes]) -> Iterator[float]:
    """One letter after another, each only when the inbox is empty again; letters without an answer do not count."""
    with place.dovecot.client(place.user.address) as client:
        for raw in letters:
            before, began = len(place.sink.accepted), time.perf_counter()
            client.append("INBOX", raw)
            while len(place.sink.accepted) == before and not _is_empty(client):
                if time.perf_counter() - began > LETTER_DEADLINE_S:
                    raise SystemExit("reaction: a letter was not dealt with in time: not a result")
                time.sleep(0.005)
            if len(place.sink.accepted) > before:
                yield time.perf_counter() - began
            while not _is_empty(client):
                time.sleep(PAUSE_S)


def _is_empty(client: object) -> bool:
    status = client.folder_status("INBOX", [b"MESSAGES"])  # type: ignore[attr-defined]
    return int(status[b"MESSAGES"]) == 0


def help_s(times: int) -> list[float]:
    """Seconds `mailbot --help` takes, each time."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run((sys.executable, "-m", "mailbot", "--help"), check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        found.append(time.perf_counter() - started)
    return found
