"""The bots that are compared: each drains the same letters from a fresh mailbox into a fresh sink."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.ground import Watched, ground, timed, unlimited
from bench.helpdesk import install, laid_out
from bench.sieve import SieveDovecot
from mailbot.demo.smtp_sink import Sink
from tests.school import LONG_AGO, found_school


@dataclass(frozen=True, slots=True)
class Drained:
    """One run of one bot: letters a second, mail sent, peak memory of all its processes."""

    per_s: float
    sent: int
    peak_mb: float


def floor(letters: Sequence[bytes], way: str = "bare") -> Drained:
    """The byte-exchanging bot."""
    with ground() as place:
        place.fill(letters)
        where = (str(place.user.imap_port), str(place.sink.port), place.user.address, place.user.password)
        took, peak = timed((sys.executable, "-m", "bench.floor", way, *where))
        place.assert_empty("floor")
        return Drained(len(letters) / took, len(place.sink.accepted), peak)


def mailbot(letters: Sequence[bytes]) -> Drained:
    """The real program, default rules but for the caps in all; its start is counted in."""
    with ground() as place, tempfile.TemporaryDirectory() as folder:
        place.fill(letters)
        school = found_school(Path(folder), place.user, place.sink, copy="none", mailbox="help@school.example.org")
        unlimited(school)
        took, peak = timed(school.command("once", "--since", LONG_AGO))
        place.assert_empty("mailbot")
        return Drained(len(letters) / took, len(place.sink.accepted), peak)


def sieve(letters: Sequence[bytes]) -> Drained:
    """Dovecot's Sieve vacation, fed over LMTP; memory is Dovecot's own, all of it."""
    with tempfile.TemporaryDirectory() as folder, Sink() as sink, SieveDovecot(sink.port) as dovecot:
        for n, raw in enumerate(letters):
            (Path(folder) / f"{n:06}.eml").write_bytes(raw)
        user = dovecot.user()
        with Watched(dovecot.pid) as watched:
            took, _ = timed((sys.executable, "-m", "bench.sieve", str(dovecot.lmtp_port), user, folder))
        if len(dovecot.folder_letters(user, "Done")) < len(letters) or len(sink.accepted) < len(letters) // 2:
            raise SystemExit(f"sieve: {len(sink.accepted)} answers to {len(letters)} letters: not a result")
        return Drained(len(letters) / took, len(sink.accepted), watched.peak_mb)


def helpdesk(letters: Sequence[bytes]) -> Drained:
    """django-helpdesk taking mail into SQLite."""
    install()
    with ground() as place, tempfile.TemporaryDirectory() as folder:
        place.fill(letters)
        command, env = laid_out(Path(folder), place)
        took, peak = timed(command, **env)
        place.assert_empty("django-helpdesk")
        return Drained(len(letters) / took, len(place.sink.accepted), peak)


BOTS = {
    "floor": floor,
    "packages": partial(floor, way="packages"),
    "mailbot": mailbot,
    "sieve": sieve,
    "helpdesk": helpdesk,
}
