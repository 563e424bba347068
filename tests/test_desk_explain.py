"""`mailbot explain`: why a letter is understood as it is, in the admin's own rules, and why a rule stayed silent."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.school import letter

ROOT = Path(__file__).parent.parent
OWN = "help@school.example.org"


def explained(tmp_path: Path, text: str, *more: str) -> str:
    file = tmp_path / "letter.eml"
    file.write_bytes(letter(text, to=OWN, n=1))
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "explain", "--own", OWN, *more, str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_reason_is_told_with_its_rule_the_words_heard_and_the_runner_up(tmp_path: Path) -> None:
    told = explained(tmp_path, "Где посмотреть расписание звонков? У нас в 5Б каждый раз по-разному.")

    assert re.search(r"rules/topics\.yaml:\d+: «расписание звонков»", told)
    assert "вторая по вероятности тема" in told
    assert "class = 5Б («5Б», текст)" in told


@pytest.mark.parametrize(
    ("text", "rule", "said"),
    [
        (
            "Как поменять пароль?",
            "schedule-bells",
            "не найдено слово «звонок»",
        ),
        ("Вопрос не про расписание: где оценки?", "schedule-word", "«расписание» есть в письме, но с отрицанием"),
        ("Где расписание консультаций?", "schedule-word", "«расписание консультаций»"),
    ],
)
def test_a_silent_rule_tells_the_first_condition_that_is_not_met(
    tmp_path: Path, text: str, rule: str, said: str
) -> None:
    assert said in explained(tmp_path, text, "--rule", rule)


def test_a_word_of_the_insult_lists_that_means_nobody_is_told(tmp_path: Path) -> None:
    told = explained(tmp_path, "Пропуск на праздник заранее отметить можно? Баран, гости, всё как положено.")

    assert "«Баран»: слово из списка оскорблений, но, судя по письму, никто не оскорблён" in told
