import json
import shutil
from collections import defaultdict
from datetime import time
from pathlib import Path

import pytest

from mailbot.rulebook.ids import Audience, Route, Slot, Topic
from mailbot.rulebook.load import check_rulebook, load_rulebook
from mailbot.rulebook.problems import ProblemCode
from mailbot.rulebook.school import class_name_of
from mailbot.rulebook.topics import WORDED_FLAGS
from mailbot.rulebook.types import OnExpired, Rulebook
from mailbot.triage.phrases import heard
from mailbot.triage.text import words_of

ROOT = Path(__file__).parent.parent
REQUIRED = {
    Topic.SCHEDULE: (Slot.CLASS, Slot.DATE),
    Topic.ATTENDANCE: (Slot.STUDENT, Slot.CLASS, Slot.DATE),
    Topic.GRADES: (Slot.STUDENT, Slot.CLASS, Slot.SUBJECT),
    Topic.LESSONS: (Slot.CLASS, Slot.SUBJECT, Slot.DATE),
    Topic.PLANNING: (Slot.CLASS, Slot.SUBJECT),
    Topic.ACCESS: (Slot.STUDENT, Slot.CLASS),
    Topic.PROFILE: (Slot.STUDENT, Slot.CLASS),
    Topic.OUTAGE: (Slot.ERROR,),
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "templates")


def test_the_shipped_rules_have_no_problem_but_what_the_school_must_fill_in() -> None:
    found = {problem.code for problem in check_rulebook(ROOT / "rules", ROOT / "templates")}

    assert found <= {ProblemCode.PLACEHOLDER, ProblemCode.UNPROVEN_STAFF}


def test_every_topic_asks_for_what_the_contract_says(book: Rulebook) -> None:
    assert {topic: rules.required for topic, rules in book.topics.items()} == {t: REQUIRED.get(t, ()) for t in Topic}


def test_every_topic_has_guidance_for_every_audience_of_at_most_twelve_lines(book: Rulebook) -> None:
    for topic in book.topics.values():
        assert set(topic.guidance) == set(Audience)
        assert all(len(said.text.splitlines()) <= 12 for said in topic.guidance.values()), topic.id


def test_every_section_shows_what_it_means_and_what_it_does_not(book: Rulebook) -> None:
    for section in (*book.topics.values(), *book.flags.values()):
        negative = sum(example.negative for example in section.examples)
        assert negative >= 1
        assert len(section.examples) - negative >= 2


def test_wording_raises_the_four_flags_that_hang_on_words(book: Rulebook) -> None:
    assert set(book.flags) == set(WORDED_FLAGS)


def test_somebody_stands_behind_every_door_but_the_vendors(book: Rulebook) -> None:
    assert set(book.school.desks) == set(Route) - {Route.VENDOR}


def test_the_default_school_forwards_what_stays_incomplete(book: Rulebook) -> None:
    assert book.lifecycle.on_expired is OnExpired.FORWARD
    assert book.regulation.id == "osh-dnevnik"
    assert book.school.own == ("help@school.example.org",)


@pytest.mark.parametrize("written", ["5А", "5а", "5 а", "5-А", "5A"])
def test_a_class_is_the_same_class_however_it_is_typed(written: str) -> None:
    assert class_name_of(written) == "5А"


def test_hours_and_days_are_what_the_school_wrote(book: Rulebook) -> None:
    assert book.calendar.hours[0] == (time(9), time(17))
    assert 5 not in book.calendar.hours
    assert book.school.help_hours[0].days == (0, 1, 2, 3, 4)


def test_every_rule_names_its_file_and_line(book: Rulebook) -> None:
    text = (ROOT / "rules" / "topics.yaml").read_text(encoding="utf-8").splitlines()

    for rule in book.topics[Topic.GRADES].rules:
        assert rule.place.file == "rules/topics.yaml"
        assert f"id: {rule.id}" in text[rule.place.line - 1]
        for phrase in rule.phrases:
            assert phrase.written.split()[0].strip("'\"") in text[phrase.place.line - 1]


def test_an_own_address_given_stands_in_for_the_mailbox() -> None:
    school = load_rulebook(ROOT / "rules", ROOT / "templates", own=("Info@School.example.org",)).school

    assert (school.mailbox, school.own) == ("info@school.example.org", ("info@school.example.org",))


def test_the_schools_values_are_left_aside_under_another_regulation() -> None:
    own = load_rulebook(ROOT / "rules", ROOT / "templates").regulation
    other = load_rulebook(ROOT / "rules", ROOT / "templates", regulation="kansk-eljur").regulation

    assert (own.answer_working_days, other.answer_working_days) == (3, None)


def test_the_hash_names_the_rules_a_decision_was_made_under(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    before = load_rulebook(tmp_path / "rules", ROOT / "templates").hash
    again = load_rulebook(tmp_path / "rules", ROOT / "templates").hash
    with (tmp_path / "rules" / "calendar.yaml").open("a", encoding="utf-8") as file:
        file.write("# новая строка\n")
    after = load_rulebook(tmp_path / "rules", ROOT / "templates").hash

    assert before == again == load_rulebook(ROOT / "rules", ROOT / "templates").hash
    assert len(before) == 12
    assert after != before


def test_another_template_or_regulation_is_another_hash(tmp_path: Path, book: Rulebook) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates" / "zz.txt").write_text("Тема: Проба\n", encoding="utf-8")

    assert load_rulebook(ROOT / "rules", tmp_path / "templates").hash != book.hash
    assert load_rulebook(ROOT / "rules", ROOT / "templates", regulation="kansk-eljur").hash != book.hash


def test_no_long_phrase_fits_one_letter_of_the_corpus_only(book: Rulebook) -> None:
    phrases = {
        phrase.written: phrase
        for section in (*book.topics.values(), *book.flags.values())
        for rule in section.rules
        for phrase in (*rule.phrases, *rule.unless)
        if len(phrase.tokens) >= 4
    }
    letters = defaultdict(int)
    for line in (ROOT / "tests/corpus/shared.jsonl").read_text(encoding="utf-8").splitlines():
        text = "{subject}\n{body}".format(**json.loads(line))
        words = words_of(text)
        for written, phrase in phrases.items():
            letters[written] += heard(phrase, words, text) is not None

    assert [written for written, count in letters.items() if count == 1] == []
