"""What `make check` says of the dependencies: it would notice a lock that was tampered with or forgotten."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.school import ROOT

FILES = ("pyproject.toml", *(f"requirements{kind}.lock" for kind in ("", "-demo", "-dev", "-audit")))


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".ci" / "supply_chain.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("file", "pattern", "instead", "told"),
    [
        ("pyproject.toml", "nothing", "nothing", "dependencies: pinned, hashed, complete, free to use"),
        ("requirements.lock", r"(tinydb==\S+) \\\n(?:    --hash=\S+(?: \\)?\n)+", r"\1\n", "no hash: tinydb"),
        ("requirements.lock", r"tinydb==", "tinydb>=", "not pinned: tinydb>=4.9.0"),
        ("requirements.lock", r"tinydb==\S+", "tinydb==4.8.0", "tinydb 4.8.0 is locked, <5,>=4.9 asked for: make lock"),
        ("requirements.lock", r"lxml==\S+", "lxml==5.0", "lxml 6.1.3 is installed, 5.0 locked"),
        ("requirements.lock", r"\nlxml==", "\nlxml-of-another-name==", "inscriptis needs lxml, which is not locked"),
        ("requirements-dev.lock", r"\nlxml==", "\nlxml-of-another-name==", "lxml is installed and not locked"),
        ("pyproject.toml", r'"tinydb>', '"a-new-one>=1",\n    "tinydb>', "a-new-one is asked for and not locked"),
    ],
)
def test_a_lock_that_is_not_what_it_should_be_is_told(
    file: str, pattern: str, instead: str, told: str, tmp_path: Path
) -> None:
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    before = (tmp_path / file).read_text(encoding="utf-8")
    (tmp_path / file).write_text(re.sub(pattern, instead, before, count=1), encoding="utf-8")

    done = checked(tmp_path)

    assert told in done.stdout, done.stderr
    assert done.returncode == (0 if pattern == "nothing" else 1)
