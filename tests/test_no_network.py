"""No network but the servers named in the settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.school import ROOT

AS_SOMEBODY = () if os.geteuid() == 0 else ("--user", "--map-current-user", "--keep-caps")


@pytest.mark.slow
def test_with_no_route_and_no_name_server_it_works_as_ever_and_asks_for_nobody_but_its_two_servers(
    tmp_path: Path,
) -> None:
    alone = ("unshare", "--net", *AS_SOMEBODY, sys.executable, "-m", "tests.alone", str(tmp_path))
    done = subprocess.run(alone, capture_output=True, text=True, timeout=150, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)

    assert told["outside"] == "ENETUNREACH", "the namespace is a sealed one"
    assert told["mails"] == 2, told["log"]
    assert told["asked_for"] == told["ours"]
