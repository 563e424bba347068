"""The word «ЧЕЛОВЕК» reaches a person however it is typed, and nothing else is taken for it."""

import subprocess
import sys

import pytest

from mailbot.cases.person_called import calls_a_person
from tests.test_understanding import letter_from

ASKS_NOTHING_OF_A_DICTIONARY = """
from mailbot.cases.person_called import calls_a_person
from mailbot.letters.read import read_letter
from mailbot.triage.language import load_language
letter = read_letter("Subject: Zoom\\n\\nВ Zoom написано Bad Gateway, много человек не могут войти.".encode())
print(calls_a_person(letter), load_language.cache_info().currsize)
"""


@pytest.mark.parametrize(
    "text",
    [
        "Человек",
        "Не помогло. Позовите человека, пожалуйста!",
        "чиловек",
        "xtkjdtr",
        "gjpjdbnt xtkjdtrf",
        "chelovek",
        "Nichego ne pomoglo. Pozovite cheloveka!",
        "чeлoвeк",
        "чело\u200bвек",
        "Ничего не понятно, ЧЕЛОВЕК, помогите",
    ],
)
def test_the_word_alone_in_its_sentence_calls_a_person(text: str) -> None:
    assert calls_a_person(letter_from(text))


@pytest.mark.parametrize(
    "text",
    [
        "В классе тридцать человек, а в журнале двадцать девять.",
        "Кто этот человек в журнале?",
        "Чек об оплате не пришёл.",
        "Zoom не открывается, check your link",
        "МЫ НЕ МОЖЕМ ВОЙТИ, ПЯТЬ ЧЕЛОВЕК",
    ],
)
def test_the_word_among_others_does_not(text: str) -> None:
    assert not calls_a_person(letter_from(text))


def test_a_letter_that_cannot_be_a_call_asks_no_dictionary_though_it_holds_latin_words() -> None:
    told = subprocess.run(
        [sys.executable, "-c", ASKS_NOTHING_OF_A_DICTIONARY], capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == ["False", "0"]
