import pytest
import re2
from pydantic_core import PydanticCustomError

from mailbot.rulebook.patterns import PatternError, translated
from mailbot.rulebook.phrases import GAP, WIDE_GAP, phrase_of
from mailbot.rulebook.types import Token
from mailbot.triage.phrases import heard
from mailbot.triage.text import words_of


def hears(phrase: str, text: str) -> str | None:
    return heard(phrase_of(phrase), words_of(text), text)


def matches(pattern: str, text: str) -> bool:
    return re2.search(translated(pattern), text) is not None


def test_plain_words_are_compared_in_any_form() -> None:
    assert phrase_of("пропала оценка").tokens == (Token(("пропала",)), Token(("оценка",)))
    assert hears("пропасть оценка", "У сына пропали две оценки") == "пропали две оценки"


def test_a_star_hears_words_that_begin_so() -> None:
    assert phrase_of("исправ*").tokens == (Token(("исправ",), prefix=True),)
    assert hears("исправ* оценка", "Прошу исправить оценку") == "исправить оценку"


def test_quotes_hear_only_the_form_itself() -> None:
    assert phrase_of('стоит "Н"').tokens == (Token(("стоит",)), Token(("н",), exact=True))
    assert hears('"оценки"', "оценку не вижу") is None


def test_a_bar_hears_either_word() -> None:
    assert phrase_of("журнал|дневник").tokens == (Token(("журнал", "дневник")),)
    assert hears("открыть журнал|дневник", "не могу открыть дневник") == "открыть дневник"


def test_two_other_words_may_stand_between_and_six_with_dots() -> None:
    assert (phrase_of("пароль забыт").gap, phrase_of("пароль ... забыт").gap) == (GAP, WIDE_GAP)
    assert hears("пароль забыла", "пароль от него я забыла") is None
    assert hears("пароль … забыла", "пароль от него я забыла") == "пароль от него я забыла"


def test_letter_yo_and_capitals_make_no_difference() -> None:
    assert phrase_of("ЗАМЁРЗЛА").tokens == (Token(("замерзла",)),)


def test_a_bare_number_is_a_phrase_too() -> None:
    assert phrase_of(502).tokens == (Token(("502",)),)


def test_slashes_hold_a_pattern() -> None:
    phrase = phrase_of(r"/ошибк\w+ \d{3}/")

    assert phrase.tokens == ()
    assert hears(phrase.written, "Пишет: ошибка 502") == "ошибка 502"


@pytest.mark.parametrize(
    "wrong",
    ["", "   ", "...", "... пароль", "пароль ...", "а|б*", '"2"|два', "а||б", "*", '"', "а+б", "(а)", "слово " * 60,
     None, True, ["а"], {"а": 1}],
)  # fmt: skip
def test_what_is_no_phrase_is_refused(wrong: object) -> None:
    with pytest.raises(PydanticCustomError):
        phrase_of(wrong)


def test_word_boundaries_and_letters_are_russian_in_patterns() -> None:
    assert matches(r"\bдневник\b", "наш дневник!")
    assert not matches(r"\bдневник\b", "дневниковый")
    assert matches(r"^\w+$", "ёж")
    assert not matches(r"\W", "слово")


def test_a_no_break_space_is_a_space_in_patterns() -> None:
    assert matches(r"ошибка\s502", "ошибка\u00a0502")
    assert not matches(r"\S", "\u00a0 ")
    assert matches(r"5[\s-]б", "5\u00a0б")


def test_classes_inside_brackets_are_russian_too() -> None:
    assert matches(r"^[\w.]+$", "им.пушкина")
    assert not matches(r"[^\w]", "слово")


def test_capitals_and_yo_in_a_pattern_are_heard_in_the_folded_text() -> None:
    assert matches("Ребёнок", "ребенок")


@pytest.mark.parametrize(
    "pattern", ["(?=а)", "(?<!а)б", r"(а)\1", "(а", "[а", "а" * 1_001, "(а{1000}){1000}", "\\", r"[\Wа]", r"[\b]"]
)
def test_what_re2_cannot_do_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        translated(pattern)
