"""The learned judges' vocabularies: units by number, told by their fingerprints."""

import numpy as np

from mailbot.triage.vocabulary import UNKNOWN, KnownUnits, vocabulary_from

NAMES = ("b^ пароль", "p па", "wпароль", "wоценка", "sshort")
VOCABULARY = vocabulary_from(np.frombuffer("\n".join(NAMES).encode(), np.uint8))


def test_each_unit_has_the_number_of_its_line() -> None:
    assert VOCABULARY.numbers_of(NAMES).tolist() == list(range(len(NAMES)))


def test_units_may_be_asked_for_in_any_order_and_more_than_once() -> None:
    assert VOCABULARY.numbers_of(("sshort", "p па", "sshort")).tolist() == [4, 1, 4]


def test_a_unit_that_was_not_learned_is_unknown() -> None:
    assert VOCABULARY.numbers_of(("wпарол", "", "wпароль ", "wоценка")).tolist() == [*[UNKNOWN] * 3, 3]
    assert VOCABULARY.known_among(("wпарол", "wоценка")).tolist() == [3]


def test_nothing_asked_is_nothing_known() -> None:
    assert VOCABULARY.known_among(()).tolist() == []


def test_each_of_many_units_is_found_and_no_other_is() -> None:
    names = [f"w{number}" for number in range(5_000)]
    many = vocabulary_from(np.frombuffer("\n".join(names).encode(), np.uint8))

    assert many.numbers_of(names).tolist() == list(range(len(names)))
    assert set(many.numbers_of([f"b{name}" for name in names]).tolist()) == {UNKNOWN}


def test_the_kind_of_a_unit_is_the_first_letter_of_its_name() -> None:
    assert "".join(map(chr, VOCABULARY.initials)) == "bpwws"
    assert len(VOCABULARY) == len(NAMES)


def test_a_word_is_looked_up_once_and_anew_when_there_was_no_room_for_more() -> None:
    named: list[str] = []

    def units_of(word: str) -> tuple[str, ...]:
        named.append(word)
        return (f"w{word}", f"s{word}", "p па")

    known = KnownUnits(VOCABULARY, units_of, most=3)

    def numbers_of(*words: str) -> list[list[int]]:
        return [np.frombuffer(units, np.int32).tolist() for units in known.of(words)]

    assert numbers_of("пароль", "short", "пароль") == [[2, 1], [4, 1], [2, 1]]
    assert numbers_of("short", "нет", "пароль") == [[4, 1], [1], [2, 1]]
    assert named == ["пароль", "short", "нет"]
    assert numbers_of("оценка", "нет") == [[3, 1], [1]]
    assert named[3:] == ["оценка", "нет"], "there was no room for a fourth: all were forgotten"
    assert numbers_of() == []
