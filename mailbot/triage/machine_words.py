"""Signs of a machine in a letter's words: out-of-office, acknowledgements, advertising, phishing; and of a person.

The wording stands in `words/machine.txt`; it is the same for every school. The quoted part never counts: it is ours.
Nor does what stands in quotation marks: «пришла отписка „ваше письмо принято“» is written by a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import re2

from mailbot.letters.letter import Letter
from mailbot.triage.language import plain
from mailbot.triage.sign import Kind, Sign
from mailbot.triage.text import quotation

MAX_CHARACTERS = 6_000
LEAST_FIELDS = 2
_QUOTED = quotation(200)
# re2's own classes know ASCII only; texts are searched in one byte a letter, which keeps the automata small.
LETTER = "[а-яa-z0-9_]"
BORDER = "(?:^|$|[^а-яa-z0-9_])"
ENCODING = "windows-1251"
_SUBJECTS = (
    (Kind.RECEIPT, "receipt-subject"),
    (Kind.CALENDAR_SUBJECT, "calendar-subject"),
    (Kind.AUTO_SUBJECT, "auto-subject"),
)
# A person may write on under a receipt's subject: «Прочитано: … Прочитано, спасибо. А где …?»
_SUBJECTS_OF_QUESTIONS = tuple((Kind.AUTO_SUBJECT, section) for _, section in _SUBJECTS)
_BODIES = (
    (Kind.RECEIPT, "read-body"),
    (Kind.ROBOT_WORDS, "robot-words"),
    (Kind.AWAY_WORDS, "away-words"),
    (Kind.RECEIVED_WORDS, "received-words"),
    (Kind.BULK_WORDS, "bulk-words"),
)
_WHOLE = ((Kind.OFFER, "offer"), (Kind.BAIT, "bait"))


def word_signs(letter: Letter) -> Iterator[Sign]:
    """Every sign the words give; offers and baits once for each kind of offer."""
    subject = plain(letter.subject)
    text = plain(f"{letter.question}\n{letter.signature}"[:MAX_CHARACTERS])
    own_words = _QUOTED.sub(" ", text)
    subjects = _SUBJECTS if "?" not in own_words else _SUBJECTS_OF_QUESTIONS
    for told, about in ((subjects, subject), (_BODIES, own_words), (_WHOLE, f"{subject}\n{text}")):
        yield from _signs_in(told, about)
    firm = (*_heard("firm-address", letter.sender.address), *_heard("firm-name", plain(letter.sender.name)))
    if firm:
        yield Sign(Kind.FIRM, "firm", firm[0])


def is_personal(letter: Letter) -> bool:
    """Whether the writer speaks of their own child or asks us something; such a letter is never eaten."""
    return bool(heard_first("personal", plain(f"{letter.subject}\n{letter.question}"[:MAX_CHARACTERS])))


def has_form_fields(letter: Letter) -> bool:
    """Whether the text is a filled form of a site: «Имя: …», «Телефон: …», «Сообщение: …»."""
    text = plain(letter.question[:MAX_CHARACTERS]).encode(ENCODING, "replace")
    names = {name for pattern in wording()["form-field"] for name in _compiled(pattern).findall(text)}
    return len(names) >= LEAST_FIELDS


def heard_first(section: str, text: str) -> str:
    """What a section hears first in a folded text, "" if nothing."""
    return next(_heard(section, text), "")


@cache
def wording() -> Mapping[str, tuple[str, ...]]:
    """The patterns of `words/machine.txt` by section: one of each group, its alternatives joined."""
    lines = files("mailbot.triage").joinpath("words/machine.txt").read_text("utf-8").splitlines()
    sections: dict[str, list[list[str]]] = {}
    groups: list[list[str]] = [[]]
    for line in (line for line in lines if not line.startswith("#")):
        if line.startswith("[") and line.endswith("]"):
            groups = sections.setdefault(line[1:-1], [[]])
        elif line:
            groups[-1].append(line.replace(r"\w", LETTER).replace(r"\b", BORDER))
        elif groups[-1]:
            groups.append([])
    return {name: tuple("|".join(group) for group in groups if group) for name, groups in sections.items()}


def _signs_in(told: Sequence[tuple[Kind, str]], text: str) -> Iterator[Sign]:
    """The sections are asked one by one only if any of them is heard at all: most letters hold none."""
    every = _compiled(_any_of(tuple(section for _, section in told)))
    if every.search(text.encode(ENCODING, "replace")):
        yield from (Sign(kind, section, found) for kind, section in told for found in _heard(section, text))


@cache
def _any_of(sections: tuple[str, ...]) -> str:
    return "|".join(group for section in sections for group in wording()[section])


def _heard(section: str, text: str) -> Iterator[str]:
    """What each group of a section found first; groups are asked one by one only if any is there at all."""
    groups = wording()[section]
    encoded = text.encode(ENCODING, "replace")
    if len(groups) > 1 and not _compiled(_any_of((section,))).search(encoded):
        return
    for group in groups:
        found = _compiled(group).search(encoded)
        if found:
            yield " ".join(text[found.start() : found.end()].split())


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> "re2._Regexp[bytes]":
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(pattern.encode(ENCODING), options)
