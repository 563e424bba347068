"""What an installation from a wheel finds: everything `init` and `demo` copy is inside."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
SHARE = ".data/data/share/mailbot/"


@pytest.mark.slow
def test_the_wheel_carries_the_rules_and_templates_that_init_and_demo_copy(tmp_path: Path) -> None:
    for name in ("mailbot", "rules", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / name)

    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", "out", "."]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    (wheel,) = (tmp_path / "out").glob("*.whl")
    names = ZipFile(wheel).namelist()
    carried = {name.partition(SHARE)[2] for name in names if SHARE in name}
    files = (path for name in ("rules", "templates") for path in (ROOT / name).rglob("*") if path.is_file())
    assert carried == {str(path.relative_to(ROOT)) for path in files}
    assert {f"mailbot/triage/{name}" for name in ("model.npz", "watch.npz", "sense.npz", "sense.LICENSE")} <= set(names)
