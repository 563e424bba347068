"""Random kills, fuzzing and the fault matrix; writes docs/soak.json and from it docs/reliability.md.

    python -m tests.soak --kills 500 --fuzz-minutes 30 --seed N

Inputs that fail are kept in tests/soak/found/, where the ordinary tests find them. Exit 1 if anything went wrong.
"""

import argparse
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.school import ROOT
from tests.servers.dovecot import Dovecot
from tests.soak.fuzzing import Fuzzed, fuzz
from tests.soak.kills import Killed, kill
from tests.soak.page import write_page
from tests.soak.record import Record, commit, write, wrong_in
from tests.soak.seeds import FOUND
from tests.soak.targets import TARGETS


def main(words: Sequence[str] | None = None) -> int:
    """Everything in turn; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="random kills")
    parser.add_argument("--fuzz-minutes", type=float, default=30, help="minutes of fuzzing, all targets together")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments of kills, and of fuzzing")
    asked = parser.parse_args(words)
    began = time.monotonic()
    record: Record = {
        "seed": asked.seed,
        "commit": commit(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    with TemporaryDirectory() as folder:
        record |= _faults(Path(folder))
        record["kills"] = _told(_killed(asked.kills, asked.seed, Path(folder)))
        record["fuzzing"] = [asdict(one) for one in _fuzzed(asked.fuzz_minutes, asked.seed, Path(folder))]
    record["seconds"] = round(time.monotonic() - began)
    write(record)
    write_page()
    wrong = wrong_in(record)
    print("\n".join(wrong) or "nothing lost, nothing doubled, nothing broken")
    return 1 if wrong else 0


def _faults(folder: Path) -> Record:
    """The rows of the fault matrix, as its tests record them."""
    rows = folder / "faults"
    rows.touch()
    began = time.monotonic()
    _say("the fault matrix")
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/faults"),
        cwd=ROOT,
        env={**os.environ, "MAILBOT_FAULTS": str(rows)},
        check=False,
    )
    told = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
    return {
        "faults_passed": done.returncode == 0 and bool(told),
        "faults_seconds": round(time.monotonic() - began),
        "faults": sorted(told, key=lambda row: (row["side"], row["name"])),
    }


def _killed(kills: int, seed: int, folder: Path) -> Killed:
    _say(f"{kills} random kills")
    with Dovecot() as dovecot:
        return kill(random.Random(seed), kills, folder / "schools", dovecot)


def _told(killed: Killed) -> Record:
    """Flat, as the page reads it."""
    told = asdict(killed)
    return {**told, **told.pop("tally")}


def _fuzzed(minutes: float, seed: int, folder: Path) -> tuple[Fuzzed, ...]:
    _say(f"{minutes:g} minutes of fuzzing")
    done = fuzz(tuple(TARGETS), round(minutes * 60 / len(TARGETS)), seed, folder / "fuzzing")
    for one in done:
        for name in one.failures:
            kept = FOUND / one.target
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / "fuzzing" / one.target / name, kept / name)
    return done


def _say(what: str) -> None:
    print(f"{datetime.now(UTC):%H:%M} {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
