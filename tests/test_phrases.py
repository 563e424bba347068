"""Whether a rule of the admin speaks: phrases heard in any form, in order, within one sentence, and not denied."""

import pytest

from mailbot.letters.read import read_letter
from mailbot.rulebook.types import Phrase, Place, Rule, Strength, Token
from mailbot.triage.phrases import Denial, Ear, heard, speaks
from mailbot.triage.text import Reading, readable, words_of

PLACE = Place("rules/topics.yaml", 41)


def token(written: str) -> Token:
    if written.startswith('"'):
        return Token((written.strip('"'),), exact=True)
    return Token(tuple(written.rstrip("*").split("|")), prefix=written.endswith("*"))


def phrase(written: str, gap: int = 2) -> Phrase:
    return Phrase(written=written, tokens=tuple(map(token, written.split())), pattern="", place=PLACE, gap=gap)


def pattern(written: str) -> Phrase:
    return Phrase(written=f"/{written}/", tokens=(), pattern=written, place=PLACE)


def rule(*phrases: Phrase, unless: tuple[Phrase, ...] = ()) -> Rule:
    return Rule(
        id="r", phrases=phrases, unless=unless, strength=Strength.STRONG, intent=None, audience=None, place=PLACE
    )


def reading(text: str) -> Reading:
    return readable(read_letter(b"From: mama@example.org\nContent-Type: text/plain; charset=utf-8\n\n" + text.encode()))


@pytest.mark.parametrize(
    ("written", "text", "words"),
    [
        ("исправить оценка", "Прошу исправить нашу оценку", "исправить нашу оценку"),
        ("исправ* оценк*", "Исправьте, пожалуйста, оценки", "Исправьте, пожалуйста, оценки"),
        ('"2" "4"', "поставили 2 вместо 4", "2 вместо 4"),
        ("пароль|логин забыть", "логин я забыла", "логин я забыла"),
        ("ребенок", "Мой РЕБЁНОК", "РЕБЁНОК"),
    ],
)
def test_a_phrase_is_heard_in_any_form_and_told_as_written(written: str, text: str, words: str) -> None:
    assert heard(phrase(written), words_of(text), text) == words


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("не войти", "не могу. войти"),
        ("забыть пароль", "пароль забыла"),
        ("исправить оценка", "исправить в нашем старом журнале оценку"),
        ('"2"', "поставили 22"),
        ("кот", "который час"),
    ],
)
def test_a_phrase_is_not_heard_across_sentences_backwards_or_too_far_apart(written: str, text: str) -> None:
    assert heard(phrase(written), words_of(text), text) is None


def test_a_wider_gap_reaches_further() -> None:
    text = "пароль от этого вашего нового дневника забыла"

    assert heard(phrase("пароль забыть", gap=6), words_of(text), text) == text


def test_a_pattern_is_searched_in_lower_case_and_told_as_written() -> None:
    assert heard(pattern(r"ошибка [0-9]{3}"), (), "Опять Ошибка 502!") == "Ошибка 502"


def test_a_rule_that_speaks_says_where_it_stands_and_what_it_heard() -> None:
    evidence = speaks(rule(phrase("забыть пароль")), reading("Забыла пароль"))

    assert str(evidence) == "rules/topics.yaml:41: «Забыла пароль»"


def test_an_exception_silences_the_rule() -> None:
    killing = rule(phrase("убить"), unless=(phrase("убить время"),))

    assert speaks(killing, reading("обещал убить его")) is not None
    assert speaks(killing, reading("убила время")) is None


def test_what_the_letter_says_it_is_not_about_is_not_heard() -> None:
    grades = rule(phrase("оценка"))

    assert speaks(grades, reading("Вопрос не про оценки, а про вход")) is None
    assert speaks(grades, reading("Мне нужны не оценки, а расписание")) is None
    assert speaks(grades, reading("Не вижу оценки за урок")) is not None


def test_a_denied_deed_is_no_deed_where_deeds_count() -> None:
    beating = rule(phrase("бить"))

    assert speaks(beating, reading("Его там не бьют"), Denial.DEED) is None
    assert speaks(beating, reading("Его там бьют"), Denial.DEED) is not None


def test_a_missing_deed_still_tells_the_subject() -> None:
    assert speaks(rule(phrase("поставить оценка")), reading("Учитель не поставил оценку")) is not None


def test_a_phrase_that_says_no_itself_is_heard() -> None:
    assert speaks(rule(phrase("не хотеть жить")), reading("Сын не хочет жить"), Denial.DEED) is not None


def test_many_rules_are_heard_just_as_each_alone() -> None:
    rules = (
        rule(phrase("забыть пароль")),
        rule(phrase("исправ* оценк*")),
        rule(pattern("парол")),
        rule(phrase('"н"')),
        rule(phrase("по")),
        rule(phrase("я*")),
    )
    letter = reading("Забыла пароль. Исправьте оценку по химии, там Н. Я жду")

    together = Ear(rules).hears(letter)

    alone = [(each, evidence) for each in rules if (evidence := speaks(each, letter))]
    assert list(together) == alone
    assert len(alone) == len(rules)
