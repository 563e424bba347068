"""The bots that are compared: each drains the same letters from a fresh mailbox into a fresh sink."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.ground import ground, timed, unlimited
from tests.school import LONG_AGO, found_school


@dataclass(frozen=True, slots=True)
class Drained:
    """One run of one bot: letters a second, mail sent, peak memory of all its processes."""

    per_s: float
    sent: int
    peak_mb: float


def floor(letters: Sequence[bytes]) -> Drained:
    """The byte-exchanging bot."""
    with ground() as place:
        place.fill(letters)
        where = (str(place.user.imap_port), str(place.sink.port), place.user.address, place.user.password)
        took, peak = timed((sys.executable, "-m", "bench.floor", *where))
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
