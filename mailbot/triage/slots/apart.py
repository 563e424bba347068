"""A pupil whose two names stand apart: «Мой сын Глеб … Фамилия Поддубный», a form's «Фамилия:» and «Имя:», «Илья не
придёт. Сазонов, 8Д»."""

import re
from collections.abc import Iterator, Sequence

from mailbot.rulebook.ids import Audience
from mailbot.triage.language import is_russian, parses_of, plain
from mailbot.triage.slots.given_names import NameForm, given_forms, guessed_given_forms, is_patronymic
from mailbot.triage.slots.name_pairs import load_not_surnames
from mailbot.triage.slots.passage import Passage
from mailbot.triage.slots.pupil_cues import ADULT_BEFORE, RELATIVE_BEFORE
from mailbot.triage.slots.school_class import ClassMention
from mailbot.triage.slots.surnames import agreed

_NAME = r"(?P<name>[А-ЯЁ][а-яё]+(?:-[А-ЯЁа-яё]+)*)"
_OF_WHOM = r"(?:\s+(?:у\s+)?(?:него|нее|неё|его|ее|её|сына|дочери|ребенка|ребёнка|ученика|ученицы|моя|наша|нашу))?"
_SURNAME = re.compile(rf"[Фф]амили[яюеи]{_OF_WHOM}\s*[:|—–-]?\s+{_NAME}")
_SURNAME_BEFORE = re.compile(rf"{_NAME} (?:(?:е(?:го|[её]) )?фамилия\b|(?:мы|он[аи]?)(?=[.,!?\n]|$))")
_CALLED = re.compile(rf"\b[Ии]мя {_NAME},? фамилия")
_GIVEN = re.compile(
    r"(?P<whose>[Мм]еня\s+)?\b(?:[Ии]мя(?:\s+(?:ребенка|ребёнка|ученика|ученицы))?|[Зз]овут|[Сс]ын[а-я]{0,3}"
    r"|[Дд]оч[а-яё]+|[Вв]нук[а-я]{0,2}"
    rf"|[Вв]нучк[а-я]+|[Рр]еб[её]н[а-я]+)\s*[:|,—–-]?\s+{_NAME}"
)
_BEFORE_CLASS = re.compile(rf"{_NAME}(?:,? |,? ?\(|,? из )\Z")
_AFTER_CLASS = re.compile(rf",? {_NAME}(?=[.,;:!?)\n]|\Z)")
_CAPITALISED = re.compile(r"(?<![А-Яа-яЁё-])[А-ЯЁ][а-яё]+(?:-[А-ЯЁа-яё]+)*")
_NEXT_WORD = re.compile(r" ([А-ЯЁ][а-яё]+)")
_AROUND = 60  # characters before a name that tell whose it is
_MYSELF = re.compile(rf"\b[Яя]\s+{_NAME}")


def pupil_apart(passage: Passage, audience: Audience) -> tuple[str, int, int] | None:
    """«Поддубный Глеб» and the positions of the surname; None unless both parts are said to be what they are."""
    said = (match for match in _SURNAME_BEFORE.finditer(passage.text) if not given_forms(plain(match["name"])))
    surname = _SURNAME.search(passage.text) or next(said, None)
    if surname is None:
        return None
    given = _given_name(passage.text, audience) or _only_child(passage, surname["name"])
    if given is None or surname["name"] == given:
        return None
    names = given_forms(plain(given)) or guessed_given_forms(given)
    both = agreed(surname["name"], names)
    name = f"{both[0].nominative if both else surname['name']} {(both[1] if both else names[0]).nominative}"
    return name, surname.start("name"), surname.end("name")


def _given_name(text: str, audience: Audience) -> str | None:
    """The first given name after a word for a child; a pupil's own after «я»."""
    is_pupil_writing = audience is Audience.STUDENT
    found = [match["name"] for match in _MYSELF.finditer(text) if is_pupil_writing]
    found += [match["name"] for match in _GIVEN.finditer(text) if is_pupil_writing or not match["whose"]]
    called = _CALLED.search(text)
    return next((name for name in found if given_forms(plain(name))), called["name"] if called else None)


def _only_child(passage: Passage, surname: str) -> str | None:
    """The one given name of the letter that is not said to be an adult's."""
    told = [forms[0].nominative for form, forms in _children_in(passage, frozenset()) if form != plain(surname)]
    return told[0] if len(set(told)) == 1 else None


def pupil_by_class(
    passages: Sequence[Passage], classes: Sequence[ClassMention], strangers: frozenset[str]
) -> tuple[str, int, int, int] | None:
    """«Сазонов Илья», the passage and the positions of a surname that stands alone beside a class, if a single child's
    name is told in the letter. `strangers`: names in lower case that are not the child's."""
    own = [(number, passage) for number, passage in enumerate(passages) if passage.is_own]
    beside = (found for number, passage in own for found in _surnames_by_class(number, passage, classes))
    surname = next(((n, match) for n, match in beside if _may_be_surname(match["name"], strangers)), None)
    if surname is None:
        return None
    number, match = surname
    told = [one for _, passage in own for one in _children_in(passage, strangers) if one[0] != plain(match["name"])]
    if len({forms[0].nominative for _, forms in told}) != 1:
        return None
    both = agreed(match["name"], told[0][1], together=False)
    return (f"{both[0].nominative} {both[1].nominative}", number, *match.span("name")) if both else None


def _surnames_by_class(
    number: int, passage: Passage, classes: Sequence[ClassMention]
) -> Iterator[tuple[int, re.Match[str]]]:
    for mention in classes:
        if mention.passage == number:
            start = max(0, mention.start - _AROUND)
            beside = (
                _BEFORE_CLASS.search(passage.text, start, mention.start),
                _AFTER_CLASS.match(passage.text, mention.end),
            )
            yield from ((number, match) for match in beside if match)


def _may_be_surname(name: str, strangers: frozenset[str]) -> bool:
    """A surname to the dictionary, a word unknown to it, or the family's: the writer has it, too."""
    form = plain(name)
    if form in strangers and not given_forms(form):
        return True
    known_otherwise = form in load_not_surnames() or is_patronymic(form)
    listed = any("Surn" in parse.grammemes for parse in parses_of(form))
    return not (known_otherwise or given_forms(form)) and (listed or not is_russian(form))


def _children_in(passage: Passage, strangers: frozenset[str]) -> Iterator[tuple[str, tuple[NameForm, ...]]]:
    """Given names that are not said to be an adult's, with their readings."""
    for match in _CAPITALISED.finditer(passage.text):
        form = plain(match.group())
        before = passage.folded[max(0, match.start() - _AROUND) : match.start()]
        follows = _NEXT_WORD.match(passage.text, match.end())
        adult = ADULT_BEFORE.search(before) or RELATIVE_BEFORE.search(before)
        full = follows is not None and is_patronymic(plain(follows[1]))
        known_otherwise = form in strangers or form in load_not_surnames() or passage.is_closing(match.start())
        if not (adult or full or known_otherwise) and (forms := given_forms(form)):
            yield form, forms
