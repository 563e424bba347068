"""docs/soak.json: what a run of `make soak` has shown, and the questions asked of it."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.school import ROOT

RECORD = ROOT / "docs" / "soak.json"
PAGE = ROOT / "docs" / "reliability.md"

Record = dict[str, Any]


def read(place: Path = RECORD) -> Record:
    """The latest run."""
    record: Record = json.loads(place.read_text(encoding="utf-8"))
    return record


def write(record: Record, place: Path = RECORD) -> None:
    """Replaces the latest run; a row of the matrix a line, so that a change of one is a change of one line."""
    rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in record["faults"])
    whole = json.dumps({**record, "faults": []}, ensure_ascii=False, indent=1)
    place.write_text(whole.replace('"faults": []', f'"faults": [\n{rows}\n ]') + "\n", encoding="utf-8")


def wrong_in(record: Record) -> list[str]:
    """What must not have happened; empty for a good run."""
    kills, wrong = record["kills"], []
    wrong += [f"random kills: {kills[name]} {name}" for name in ("lost", "doubled") if kills[name]]
    wrong += [f"random kills: {line}" for line in kills["mistakes"]]
    wrong += [f"fuzzing {one['target']}: {name}" for one in record["fuzzing"] for name in one["failures"]]
    wrong += [f"fault «{row['side']}: {row['name']}»: {row['lost']} lost" for row in record["faults"] if row["lost"]]
    return wrong if record["faults_passed"] else [*wrong, "the tests of the fault matrix failed"]


def commit() -> str:
    """The commit that is tried. Raises SystemExit if files differ from it: the figures would be nobody's."""
    changed = _git("status", "--porcelain", "--untracked-files=no").splitlines()
    ours = {str(path.relative_to(ROOT)) for path in (RECORD, PAGE)}
    if foreign := [line for line in changed if line[3:] not in ours]:
        raise SystemExit("commit first, so that the run is that of a commit:\n" + "\n".join(foreign))
    return _git("rev-parse", "HEAD").strip()


def is_ancestor(commit: str) -> bool:
    """Whether the commit belongs to the history of what is checked out."""
    command = ("git", "merge-base", "--is-ancestor", commit, "HEAD")
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def _git(*words: str) -> str:
    return subprocess.run(("git", *words), cwd=ROOT, capture_output=True, text=True, check=True).stdout
