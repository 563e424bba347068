"""`mailbot test`: the rules are tried on the examples beside them, the way letters go; a rule nobody tries is told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailbot.desk.mind import mind_for_trying
from mailbot.desk.rule_tests import CLOCK, RuleTests, examples_text, tried_examples
from mailbot.errors import Language

ROOT = Path(__file__).parent.parent


@pytest.fixture
def school(tmp_path: Path) -> Path:
    for name in ("rules", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def with_example(school: Path, example: str, *, negative: bool = False) -> RuleTests:
    """The shipped rules with one more example, the first of the topic access."""
    topics = school / "rules" / "topics.yaml"
    text = topics.read_text(encoding="utf-8")
    head, access, rest = text.partition("\naccess:\n")
    key = "  not:\n" if negative else "  examples:\n"
    topics.write_text(head + access + rest.replace(key, f"{key}    - {example}\n", 1), encoding="utf-8")
    return tried_examples(mind_for_trying(school / "rules"))


def said(done: RuleTests) -> str:
    return examples_text(done, Language.RU)


def test_the_shipped_rules_do_what_their_examples_say() -> None:
    done = tried_examples(mind_for_trying(ROOT / "rules"))

    assert not done.failed, said(done)
    assert len(done.tested) >= 80


def test_every_shipped_rule_speaks_in_an_example() -> None:
    done = tried_examples(mind_for_trying(ROOT / "rules"))

    assert [rule.id for rule in done.untried] == []


def test_an_example_that_comes_out_otherwise_is_told_with_place_expectation_and_reasons(school: Path) -> None:
    done = with_example(school, "{text: Забыла пароль от дневника. Как восстановить?, expect: {disposition: escalate}}")

    (failed,) = done.failed
    first, second, *reasons = said(done).splitlines()
    assert first.startswith(f"rules/topics.yaml:{failed.example.place.line}:7: access: «Забыла пароль")
    assert second == "  disposition: ожидалось escalate, получилось answer"
    assert any("общий вопрос, на который отвечает справка" in reason for reason in reasons)


def test_an_example_expects_the_topic_it_stands_under(school: Path) -> None:
    done = with_example(school, "{text: Где посмотреть расписание уроков на понедельник?}")

    assert "topics: ожидалось access, получилось schedule" in said(done)


def test_a_counter_example_expects_any_other_topic(school: Path) -> None:
    done = with_example(school, "{text: Забыла пароль от дневника. Как восстановить?}", negative=True)

    assert "topics: ожидалось не access, получилось access" in said(done)


def test_silence_can_be_expected(school: Path) -> None:
    example = (
        "{subject: Автоматический ответ, text: Я в отпуске до 30 ноября. Это автоматический ответ., "
        "expect: {topics: [], disposition: ignore, writer_gets: nothing, route: []}}"
    )
    done = with_example(school, example)

    (failed,) = done.failed
    assert [miss.key for miss in failed.misses] == ["topics"]


def test_examples_are_tried_at_the_same_moment_today_and_next_year(school: Path) -> None:
    assert CLOCK.weekday() == 1

    first = tried_examples(mind_for_trying(school / "rules"))
    again = tried_examples(mind_for_trying(school / "rules"))

    assert first == again


def test_a_rule_no_example_tries_is_told_with_its_place(school: Path) -> None:
    topics = school / "rules" / "topics.yaml"
    change(
        topics,
        "    - id: access-registration\n",
        "    - id: access-card\n      phrases: [школьная карта]\n      strength: weak\n    - id: access-registration\n",
    )
    line = next(n for n, one in enumerate(topics.read_text(encoding="utf-8").splitlines(), 1) if "access-card" in one)

    done = tried_examples(mind_for_trying(school / "rules"))

    assert [rule.id for rule in done.untried] == ["access-card"]
    assert f"  rules/topics.yaml:{line}: access-card" in said(done)


def mailbot(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mailbot", *words], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def test_the_command_tells_the_sum_and_fails_with_a_failing_example(school: Path) -> None:
    fine = mailbot("test", cwd=school)
    with_example(school, "{text: Забыла пароль от дневника. Как восстановить?, expect: {route: director}}")
    failing = mailbot("test", cwd=school)
    change(school / "rules" / "lifecycle.yaml", "rounds: 3", "rouns: 3")
    broken = mailbot("test", cwd=school)

    assert (fine.returncode, failing.returncode, broken.returncode) == (0, 1, 65)
    assert "route: ожидалось director, получилось []" in failing.stdout
    assert "«rounds»" in broken.stderr
