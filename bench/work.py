"""Work that does not depend on the machine: fsyncs, IMAP commands, SMTP transactions, bytes written."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.ground import ground, unlimited
from tests.school import LONG_AGO, ROOT, found_school


@dataclass(frozen=True, slots=True)
class Work:
    """Counted over one run of `mailbot once`, from its first contact to its end."""

    fsyncs: int
    imap_commands: int
    smtp_transactions: int
    smtp_connections: int
    bytes_written: int


def work_of(letters: Sequence[bytes]) -> Work:
    """Drains the letters and counts."""
    with ground() as place, tempfile.TemporaryDirectory() as name:
        place.fill(letters)
        school = found_school(Path(name), place.user, place.sink, copy="none", mailbox="help@school.example.org")
        unlimited(school)
        counts = Path(name) / "counts"
        command = (sys.executable, "-m", "tests.count_work", str(counts), "--", "once", "--since", LONG_AGO)
        subprocess.run((*command, "--config", str(school.config)), check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
        place.assert_empty("mailbot")
        told = json.loads(counts.read_text(encoding="ascii"))
        return Work(**told, smtp_transactions=len(place.sink.accepted), smtp_connections=place.sink.connections)
