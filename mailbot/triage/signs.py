"""Signs of what a writer wants that no single word carries: questions, requests, the shape of the letter."""

import re
from collections.abc import Iterator
from functools import lru_cache

from mailbot.triage.language import parses_of
from mailbot.triage.text import Reading, Word

_QUESTION_WORDS = frozenset(
    ("как", "где", "когда", "куда", "какой", "сколько", "почему", "зачем", "откуда", "можно", "нужно", "кто", "что")
)
_ASKING = re.compile(
    "прош|прос|подскаж|скаж|можно|нужно|помог|исправ|объясн|хочу|хотел|как|где|когда|куда|сколько|почему|пожалуйста|пж|плиз"
)
_ITEM = re.compile(r"(?m)^\s*(?:\d[.)]|[-•*] )")
_LONG_WORDS, _SHORT_WORDS = 120, 25
REMEMBERED_FORMS = 10_000  # under 2 MB beside what the dictionary keeps of them
_MOODS = (("impr", "imperative"), ("past", "past"), ("futr", "future"), ("1per", "first person"))


def signs_of(reading: Reading) -> Iterator[str]:
    """The signs of one letter; a sign comes as often as it is seen."""
    yield "long" if len(reading.words) > _LONG_WORDS else "short" if len(reading.words) < _SHORT_WORDS else "middle"
    yield from ("question mark",) * min(3, reading.text.count("?"))
    if reading.subject.lower().startswith("re:"):
        yield "reply"
    if _ITEM.search(reading.text):
        yield "list"
    for sentence in reading.sentences:
        yield from _signs_of_sentence(sentence, reading.text)


def asks_for_something(sentence: tuple[Word, ...], text: str) -> bool:
    """Whether a sentence is a question or a request rather than part of the story."""
    return _is_question(sentence, text) or any(_asks(word.form) for word in sentence)


@lru_cache(maxsize=REMEMBERED_FORMS)
def _asks(form: str) -> bool:
    return bool(_ASKING.match(form)) or _mood(form) == "imperative"


def _is_question(sentence: tuple[Word, ...], text: str) -> bool:
    return "?" in text[sentence[-1].end : sentence[-1].end + 3]


def _signs_of_sentence(sentence: tuple[Word, ...], text: str) -> Iterator[str]:
    """Which question word it has, whether it ends as a question, what its verbs tell."""
    first = next((word.form for word in sentence if word.form in _QUESTION_WORDS), "")
    if first:
        yield f"asks {first}{'?' if _is_question(sentence, text) else ''}"
    yield from (mood for word in sentence if (mood := _mood(word.form)))


@lru_cache(maxsize=REMEMBERED_FORMS)
def _mood(form: str) -> str:
    """What a verb's form tells of the writer's wish: «imperative», «past», «future», «first person», "" for others."""
    if len(form) < 3 or not form.isalpha():
        return ""
    grammemes = parses_of(form)[0].grammemes
    if "VERB" not in grammemes and "impr" not in grammemes:
        return ""
    return next((mood for mark, mood in _MOODS if mark in grammemes), "")
