"""MAILBOT_NO_SKIP=1 means what it says: every test ran and passed."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_where_skips_are_failures_neither_a_skip_nor_an_expected_failure_passes(tmp_path: Path) -> None:
    trial = tmp_path / "test_trial.py"
    trial.write_text(
        textwrap.dedent("""
            import pytest
            def test_passes(): pass
            @pytest.mark.skip(reason="no time")
            def test_is_skipped(): pass
            @pytest.mark.xfail(reason="known")
            def test_is_expected_to_fail(): assert False
            @pytest.mark.xfail(reason="known", strict=False)
            def test_need_not_fail(): pass
        """)
    )
    whole_file = tmp_path / "test_whole_file.py"
    whole_file.write_text("import pytest\npytest.skip('later', allow_module_level=True)\n")

    def run(path: Path, no_skip: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", "-c"]
        done = subprocess.run(
            [*command, os.devnull, f"--rootdir={tmp_path}", str(path)],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "MAILBOT_NO_SKIP": no_skip},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.splitlines()[-1]

    assert run(tmp_path, "").startswith("1 passed, 2 skipped, 1 xfailed, 1 xpassed in")
    assert run(trial, "1").startswith("2 failed, 1 passed, 1 error in")
    assert run(whole_file, "1").startswith("1 error in")
