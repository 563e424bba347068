"""A pupil whose two names stand apart: «Мой сын Глеб … Фамилия Поддубный», a form's «Фамилия:» and «Имя:»."""

import re

from mailbot.rulebook.ids import Audience
from mailbot.triage.language import plain
from mailbot.triage.slots.given_names import given_forms
from mailbot.triage.slots.passage import Passage
from mailbot.triage.slots.surnames import agreed

_NAME = r"(?P<name>[А-ЯЁ][а-яё]+(?:-[А-ЯЁа-яё]+)*)"
_OF_WHOM = r"(?:\s+(?:у\s+)?(?:него|нее|неё|его|ее|её|сына|дочери|ребенка|ребёнка|ученика|ученицы|моя|наша|нашу))?"
_SURNAME = re.compile(rf"[Фф]амили[яюеи]{_OF_WHOM}\s*[:|—–-]?\s+{_NAME}")
_GIVEN = re.compile(
    r"(?P<whose>[Мм]еня\s+)?\b(?:[Ии]мя(?:\s+(?:ребенка|ребёнка|ученика|ученицы))?|[Зз]овут|[Сс]ын[а-я]{0,3}"
    r"|[Дд]оч[а-яё]+|[Вв]нук[а-я]{0,2}"
    rf"|[Вв]нучк[а-я]+|[Рр]еб[её]н[а-я]+)\s*[:|,—–-]?\s+{_NAME}"
)
_MYSELF = re.compile(rf"\b[Яя]\s+{_NAME}")


def pupil_apart(passage: Passage, audience: Audience) -> tuple[str, int, int] | None:
    """«Поддубный Глеб» and the positions of the surname; None unless both parts are said to be what they are."""
    surname = _SURNAME.search(passage.text)
    given = _given_name(passage.text, audience)
    if surname is None or given is None or surname["name"] == given:
        return None
    names = given_forms(plain(given))
    both = agreed(surname["name"], names)
    name = f"{both[0].nominative if both else surname['name']} {(both[1] if both else names[0]).nominative}"
    return name, surname.start("name"), surname.end("name")


def _given_name(text: str, audience: Audience) -> str | None:
    """The first given name after a word for a child; a pupil's own after «я»."""
    is_pupil_writing = audience is Audience.STUDENT
    found = [match["name"] for match in _MYSELF.finditer(text) if is_pupil_writing]
    found += [match["name"] for match in _GIVEN.finditer(text) if is_pupil_writing or not match["whose"]]
    return next((name for name in found if given_forms(plain(name))), None)
