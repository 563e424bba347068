"""What the learned model hears in a letter: words, neighbours, pieces of words and a few signs.

`units_of(reading)` names the units once for training and for use, so that both hear the same letter. Every unit but a
sign remembers the word it came from; so a conclusion can be traced back to the writer's own words.
"""

from collections.abc import Iterator
from enum import StrEnum

from mailbot.letters.letter import Letter
from mailbot.triage.sender import signs_of_sender
from mailbot.triage.signs import asks_for_something, signs_of
from mailbot.triage.text import Reading, Word

SHORTEST_PIECE, LONGEST_PIECE = 2, 5  # letters
LONGEST_WORD = 24  # letters of a word that are looked at
WHOLE_LETTER = -1  # the word number of a unit that no single word carries
_ABOUT = frozenset(("про", "о", "об", "насчет", "касаться", "по"))
_DENIED_WORDS = 3  # after «не про»


class Kind(StrEnum):
    """The kinds of units; the first letter of a unit's name. Each kind is weighed as a whole, see `model.WEIGHT`."""

    WORD = "w"
    PAIR = "b"
    PIECE = "p"
    ASKED_WORD = "a"  # words and pairs of the sentences that ask for something, not of the story around them
    ASKED_PAIR = "q"
    SIGN = "s"
    SENDER = "f"  # who signs and from where


def units_of(letter: Letter, reading: Reading) -> Iterator[tuple[str, int]]:
    """Every unit of a letter, with the number of the word it came from; pieces of words are left to `pieces_of`."""
    for number, mention in enumerate(mentions_of(reading)):
        for unit in units_of_mention(*mention):
            yield unit, number
    for unit in units_of_whole(letter, reading):
        yield unit, WHOLE_LETTER


def mentions_of(reading: Reading) -> Iterator[tuple[str, str, bool]]:
    """For each word the name of the one before it, its own, and whether its sentence asks for something."""
    for sentence in reading.sentences:
        asked = asks_for_something(sentence, reading.text)
        keys = keys_of(sentence)
        for before, key in zip(("^", *keys), keys, strict=False):
            yield before, key, asked


def units_of_mention(before: str, key: str, asked: bool) -> tuple[str, ...]:
    """The word and the pair it ends, heard once more where its sentence asks for something."""
    told = (f"w{key}", f"b{before} {key}")
    return (*told, f"a{key}", f"q{before} {key}") if asked else told


def units_of_whole(letter: Letter, reading: Reading) -> Iterator[str]:
    """What no single word carries."""
    yield from (f"s{sign}" for sign in signs_of(reading))
    yield from (f"f{sign}" for sign in signs_of_sender(letter))


def keys_of(sentence: tuple[Word, ...]) -> list[str]:
    """The words' names; what the writer says it is *not* about («вопрос не про оценки») is marked with «!»."""
    keys = [key_of(word) for word in sentence]
    for place in range(len(keys) - 2):
        if keys[place] == "не" and keys[place + 1] in _ABOUT:
            denied = slice(place + 2, place + 2 + _DENIED_WORDS)
            keys[denied] = [f"!{key}" for key in keys[denied]]
    return keys


def key_of(word: Word) -> str:
    """One name for all forms of a word: its first lemma by the alphabet; every number is the same number."""
    return "0" if word.form[0].isdigit() else min(word.lemmas)


def pieces_of(form: str) -> tuple[str, ...]:
    """The beginnings, middles and ends of a word, its borders marked by blanks."""
    whole = f" {form[:LONGEST_WORD]} "
    lengths = range(SHORTEST_PIECE, LONGEST_PIECE + 1)
    return tuple(f"p{whole[i : i + n]}" for n in lengths for i in range(len(whole) - n + 1))
