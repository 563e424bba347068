"""What the learned model hears in a letter: words, word pairs, pieces of words and a few signs, as numbered values.

`units_of(reading)` names them once for training and for use, so that both always see the same letter. Every unit
remembers the word it came from; so a conclusion can be traced back to the writer's words.
"""

from collections.abc import Iterator
from functools import lru_cache

from mailbot.triage.signs import signs_of
from mailbot.triage.text import Reading, Word

LONGEST_PIECE = 5
WHOLE_LETTER = -1  # the word number of a unit that no single word carries


def units_of(reading: Reading) -> Iterator[tuple[str, int]]:
    """Every unit with the number of its word; subject and question are told apart by no more than a second mention."""
    subject_end = len(reading.subject)
    before = "^"
    for number, word in enumerate(reading.words):
        key = key_of(word)
        yield f"w {key}", number
        yield f"b {before} {key}", number
        if word.end <= subject_end:
            yield f"t {key}", number
        for piece in pieces_of(word.form):
            yield piece, number
        before = key
    for sign in signs_of(reading):
        yield f"s {sign}", WHOLE_LETTER


def key_of(word: Word) -> str:
    """One name for all forms of a word: its first lemma by the alphabet; every number is the same number."""
    return "0" if word.form[0].isdigit() else min(word.lemmas)


@lru_cache(maxsize=20_000)
def pieces_of(form: str) -> tuple[str, ...]:
    """The beginnings, middles and ends of a word, two to five letters long, the word's borders marked."""
    whole = f" {form[:24]} "
    return tuple(whole[i : i + n] for n in range(2, LONGEST_PIECE + 1) for i in range(len(whole) - n + 1))
