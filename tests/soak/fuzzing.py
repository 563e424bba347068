"""Runs the targets under the fuzzer, each in a process of its own, and reads from its report what it has seen."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.school import ROOT
from tests.soak.seeds import seeds_of

LONGEST_S = 10
MEMORY_MB = 2048
"""More than this for one input is a failure, as an exception is."""
PROGRESS = re.compile(r"#(?P<runs>\d+)\s+\w+\s+cov: (?P<cov>\d+) ft: (?P<ft>\d+) corp: (?P<corpus>\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzed:
    """What fuzzing one target has come to.

    seconds: asked for. executions: inputs tried. edges: branches of mailbot's and the parser's code that were come to;
    features: those told apart by how often. inputs: kept because they came to something new, of `seeds` at the start.
    """

    target: str
    seconds: int
    seeds: int
    executions: int
    edges: int
    features: int
    inputs: int
    failures: tuple[str, ...]


def fuzz(targets: Sequence[str], seconds: int, seed: int, folder: Path) -> tuple[Fuzzed, ...]:
    """Each target for so many seconds, as many at a time as there are cores. Inputs that fail stay in `folder`."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return tuple(pool.map(lambda target: _fuzz(target, seconds, seed, folder / target), targets))


def _fuzz(target: str, seconds: int, seed: int, folder: Path) -> Fuzzed:
    inputs = folder / "inputs"
    inputs.mkdir(parents=True)
    seeds = tuple(seeds_of(target))
    for n, one in enumerate(seeds):
        (inputs / f"seed{n:04}").write_bytes(one)
    limits = (f"-max_total_time={seconds}", f"-timeout={LONGEST_S}", f"-rss_limit_mb={MEMORY_MB}")
    command = (sys.executable, "-m", "tests.soak.fuzz", target, str(folder))
    done = subprocess.run(
        (*command, *limits, f"-seed={seed}", str(inputs)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds + 120,
        check=False,
    )
    (folder / "report").write_text(done.stdout + done.stderr, encoding="utf-8")
    last = [*PROGRESS.finditer(done.stderr)][-1:]
    failures = [path.name for path in folder.iterdir() if path.is_file() and path.name != "report"]
    if done.returncode and not failures:
        raise RuntimeError(f"fuzzing of {target} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    told = {name: int(found) for one in last for name, found in one.groupdict().items()}
    return Fuzzed(
        target=target,
        seconds=seconds,
        seeds=len(seeds),
        executions=told.get("runs", 0),
        edges=told.get("cov", 0),
        features=told.get("ft", 0),
        inputs=told.get("corpus", 0),
        failures=tuple(sorted(failures)),
    )
