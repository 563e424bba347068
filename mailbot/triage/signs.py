"""Signs of what a writer wants that no single word carries: questions, requests, the shape of the letter."""

import re
from collections.abc import Iterator

from mailbot.triage.language import parses_of
from mailbot.triage.text import Reading, Word

_ASKING = frozenset(
    ("как", "где", "когда", "куда", "какой", "сколько", "почему", "зачем", "откуда", "можно", "нужно", "кто", "что")
)
_LONG_WORDS = 120
_SHORT_WORDS = 25


def signs_of(reading: Reading) -> Iterator[str]:
    """The signs of one letter, each at most once a sentence."""
    yield "long" if len(reading.words) > _LONG_WORDS else "short" if len(reading.words) < _SHORT_WORDS else "middle"
    yield from ("question mark",) * min(3, reading.text.count("?"))
    if reading.subject.lower().startswith("re:"):
        yield "reply"
    if re.search(r"(?m)^\s*(?:1[.)]|[-•*] )", reading.text):
        yield "list"
    for sentence in sentences_of(reading.words):
        yield from signs_of_sentence(sentence, reading.text)


def sentences_of(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """The words by sentence, in order."""
    start = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or words[end].sentence != words[start].sentence:
            yield words[start:end]
            start = end


def signs_of_sentence(words: tuple[Word, ...], text: str) -> Iterator[str]:
    """Whether a sentence asks a question, begs for something or tells what was."""
    asks = "?" in text[words[-1].end : words[-1].end + 3]
    first = next((word.form for word in words if word.form in _ASKING), "")
    if first:
        yield f"asks {first}{'?' if asks else ''}"
    for word in words:
        grammemes = parses_of(word.form)[0].grammemes if word.form.isalpha() and len(word.form) > 2 else frozenset()
        if "impr" in grammemes:
            yield "imperative"
        elif "VERB" in grammemes and "past" in grammemes:
            yield "past"
        elif "VERB" in grammemes and "futr" in grammemes:
            yield "future"
        elif "VERB" in grammemes and "1per" in grammemes:
            yield "first person"
