"""`mailbot triage`: a line for every letter in the order given, whatever happens to one of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.school import letter

ROOT = Path(__file__).parent.parent
TEXTS = ("Как восстановить пароль от дневника?", "Где посмотреть расписание на завтра?", "Спасибо, всё заработало!")
NOT_TO_BE_OPENED = Path("/proc/self/mem")  # a file whose bytes even root gets no hold of
BIG = "ж" * 400_000  # does not fit beside others into what is handed over ahead


@pytest.fixture
def letters(tmp_path: Path) -> list[Path]:
    files = [tmp_path / f"{n}.eml" for n in range(len(TEXTS))]
    for n, (file, text) in enumerate(zip(files, TEXTS, strict=True)):
        file.write_bytes(letter(text, to="help@school.example.org", n=n))
    return files


def triage(*paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mailbot", "triage", "--json", "--own", "help@school.example.org", *map(str, paths)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def test_each_letter_has_its_line_in_the_order_given_also_one_that_cannot_be_opened(letters: list[Path]) -> None:
    first, second, third = letters
    second.write_bytes(letter(f"{TEXTS[1]}\n\n{BIG}", to="help@school.example.org", n=9))
    asked = [third, NOT_TO_BE_OPENED, second, first, NOT_TO_BE_OPENED]

    lines = [json.loads(line) for line in triage(*asked).stdout.splitlines()]

    assert [line["file"] for line in lines] == list(map(str, asked))
    assert [(line["disposition"], line["route"]) for line in lines if line["file"] == str(NOT_TO_BE_OPENED)] == [
        ("escalate", "consultant")
    ] * 2
    assert lines[0]["intent"] == "thanks"
    assert lines[3]["topics"] == ["access"]


def test_a_file_that_is_not_there_is_told_before_any_letter_is_read(letters: list[Path], tmp_path: Path) -> None:
    done = triage(*letters, tmp_path / "none.eml")

    assert done.returncode != 0
    assert "none.eml" in done.stderr
    assert done.stdout == ""
