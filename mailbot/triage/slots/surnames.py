"""Surnames in any case, backwards to the nominative, in step with the given name beside them.

`agreed(surname, given)` picks the readings of both that share gender and case: «Тихой Дарьи» → «Тихая», «Дарья».
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from mailbot.triage.language import plain
from mailbot.triage.slots.given_names import CASES, NameForm

_VOWELS = frozenset("аеиоуыэюя")
_MASCULINE_OV = re.compile(r"(?:[оеё]в|[иы]н)$")
_SURNAME_ENDING = re.compile(
    r"(?:[оеё]в|[иы]н|ск(?:ий|ой|ая|ого|ому|им|ом|ую)|цк(?:ий|ой|ая|ого|ому|им|ом|ую)|[оеё]в(?:а|у|ым|е|ой)|[иы]н(?:а"
    r"|у|ым|е|ой)|енко|[йчш]ко|ук(?:а|у|ом|е)?|юк(?:а|у|ом|е)?|чук(?:а|у|ом|е)?|як(?:а|у|ом|е)?"
    r"|[яа]н(?:а|у|ом|е)?|янц(?:а|у)?|швили|дзе|ия|иа|уа|ава|[иы]х|ец|[еи]ц(?:а|у)|ич(?:а|у|ем|е)?|ман(?:а|у)?"
    r"|берг(?:а|у)?|штейн(?:а|у)?|оглу|заде|пур|ели|дашвили)$"
)


def looks_like_surname(form: str) -> bool:
    """Whether the ending is one that mostly surnames have."""
    return len(form) > 3 and bool(_SURNAME_ENDING.search(form))


@lru_cache(maxsize=20_000)
def surname_forms(form: str) -> tuple[NameForm, ...]:
    """Every nominative a surname's form may come from; the part before a hyphen goes along where it declines."""
    first, hyphen, last = form.rpartition("-")
    readings = dict.fromkeys(reading for reading in _surname_readings(last))
    if not hyphen:
        return tuple(readings)
    return tuple(
        NameForm(f"{_first_part(first, reading)}-{reading.nominative}", reading.gender, reading.case)
        for reading in readings
    )


def _first_part(first: str, reading: NameForm) -> str:
    """«Петровой-Водкиной» → «Петрова», «Тер-Ованесяна» → «Тер»."""
    if not _SURNAME_ENDING.search(plain(first)):
        return first
    same = [
        other.nominative
        for other in _surname_readings(first)
        if (other.gender, other.case) == (reading.gender, reading.case)
    ]
    return same[0] if same else first


def _surname_readings(form: str) -> Iterator[NameForm]:
    """By the ending, the likeliest first; the letter ё of the form is kept."""
    for ending, gender, cases, replacement in _SURNAME_RULES:
        if form.lower().endswith(ending) and len(form) > len(ending) + 1:  # «Цой» is no «Цая»
            stem = form[: len(form) - len(ending)]
            for nominative in _repaired(stem, replacement):
                for case in cases.split():
                    yield NameForm(nominative, gender, case)
    yield from _undeclined(form)


_POSSESSIVE = ("ов", "ев", "ёв", "ин", "ын")
# Ending, gender, the cases it stands for, what the nominative ends in («*»: a consonant, with its fleeting vowel).
_SURNAME_RULES = (
    *((stem + "а", "masc", "gent accs", stem) for stem in _POSSESSIVE),
    *((stem + "у", "masc", "datv", stem) for stem in _POSSESSIVE),
    *((stem + "ым", "masc", "ablt", stem) for stem in _POSSESSIVE),
    *((stem + "е", "masc", "loct", stem) for stem in _POSSESSIVE),
    *((stem + "ой", "femn", "gent datv ablt loct", stem + "а") for stem in _POSSESSIVE),
    *((stem + "у", "femn", "accs", stem + "а") for stem in _POSSESSIVE),
    *((stem + "ого", "masc", "gent accs", stem + "ий") for stem in ("ск", "цк", "х")),
    *((stem + "ому", "masc", "datv", stem + "ий") for stem in ("ск", "цк", "х")),
    *((stem + "им", "masc", "ablt", stem + "ий") for stem in ("ск", "цк", "х")),
    *((stem + "ом", "masc", "loct", stem + "ий") for stem in ("ск", "цк")),
    ("ого", "masc", "gent accs", "ый"), ("ому", "masc", "datv", "ый"), ("ым", "masc", "ablt", "ый"),
    ("его", "masc", "gent accs", "ий"), ("ему", "masc", "datv", "ий"), ("ой", "femn", "gent datv ablt loct", "ая"),
    ("ую", "femn", "accs", "ая"), ("ей", "femn", "gent datv ablt loct", "яя"), ("ы", "both", "gent", "а"),
    ("и", "both", "gent", "а"), ("и", "both", "gent", "я"), ("е", "both", "datv loct", "а"),
    ("е", "both", "datv loct", "я"), ("у", "both", "accs", "а"), ("ю", "both", "accs", "я"),
    ("ой", "both", "ablt", "а"), ("ей", "both", "ablt", "я"), ("и", "both", "gent datv loct", "ия"),
    ("а", "masc", "gent accs", "*"), ("у", "masc", "datv", "*"), ("ом", "masc", "ablt", "*"),
    ("ем", "masc", "ablt", "*"), ("е", "masc", "loct", "*"), ("я", "masc", "gent accs", "ь"),
    ("ю", "masc", "datv", "ь"), ("ем", "masc", "ablt", "ь"), ("ём", "masc", "ablt", "ь"),
    ("я", "masc", "gent accs", "й"), ("ю", "masc", "datv", "й"), ("ем", "masc", "ablt", "й"),
)  # fmt: skip


def _repaired(stem: str, replacement: str) -> tuple[str, ...]:
    """The nominative of a stem; «Кравц» is «Кравец», «Стрельц» «Стрелец», «Зайц» «Заяц»."""
    last = stem[-1:].lower()
    match replacement:
        case "*":
            if last in _VOWELS or last in "ьй":
                return ()
            if last == "ц" and stem[-2:-1].lower() not in _VOWELS:
                return (_FLEETING_TS.sub("", stem) + ("яц" if stem.lower().endswith("айц") else "ец"),)
            return (stem,)
        case "ь":
            return () if last in _VOWELS or last == "й" else (stem + "ь",)
        case "й":
            return (stem + "й",) if last in _VOWELS else ()
        case "а":
            return () if last in _VOWELS or last == "ь" else (stem + "а",)
        case _:
            return (stem + replacement,)


_FLEETING_TS = re.compile(r"[ьй]?ц$", re.IGNORECASE)
_FIXED = re.compile(r"(?:[оеиуэюы]|[иы]х|аго|яго|ово)$")


def _undeclined(form: str) -> Iterator[NameForm]:
    """The form as a nominative, and in every case where the surname does not decline for that gender."""
    low = plain(form)
    feminine_only = bool(re.search(r"(?:[ое]в|[сц]к)а$|(?:ая|яя)$", low)) and len(low) > 4
    masculine_only = bool(re.search(r"(?:[ое]в|[иы]н|[сц]кий|ый|ий)$", low)) and len(low) > 3
    if not feminine_only:
        yield NameForm(form, "masc", "nomn")
    if not masculine_only:
        yield NameForm(form, "femn", "nomn")
    for case in CASES[1:]:
        if _FIXED.search(low):
            yield NameForm(form, "masc", case)
            yield NameForm(form, "femn", case)
        elif low[-1] not in "аяой" and not masculine_only:
            yield NameForm(form, "femn", case)


def agreed(surname: str, given: tuple[NameForm, ...], *, together: bool = True) -> tuple[NameForm, NameForm] | None:
    """The readings of surname and given name that share gender and, where they stand together, case; None if there
    are none."""
    pairs = [
        (mine, name)
        for name in given
        for mine in surname_forms(surname)
        if (name.case == mine.case or not together) and mine.gender in (name.gender, "both")
    ]
    return min(pairs, key=_oddness, default=None)


def _oddness(pair: tuple[NameForm, NameForm]) -> tuple[int, int, int]:
    """Nominative first, then the cases people write names in; typical endings before rare ones."""
    mine, name = pair
    typical = 0 if _typical(mine, name) else 1
    return typical, CASES.index(name.case), CASES.index(mine.case)


_SAME_FOR_BOTH = re.compile(r"(?:[уюя]к|ян|[оеи]ч|ец|ман|штейн|берг|дзе|швили|ко|[ыи]х)$")


def _typical(mine: NameForm, name: NameForm) -> bool:
    low = plain(mine.nominative)
    if _SAME_FOR_BOTH.search(low):
        return True
    masculine = bool(_MASCULINE_OV.search(low)) or low.endswith(("ий", "ый", "ой"))
    feminine = low.endswith(("ова", "ева", "ина", "ына", "ая"))
    return (name.gender == "masc" and masculine) or (name.gender == "femn" and feminine)


_PLURAL = re.compile(
    r"(?P<stem>.+(?:[ое]в|[иы]н))(?P<ending>ы|ых|ым|ыми)$|(?P<sky>.+[сц]к)(?P<sky_ending>ие|их|им|ими)$"
)
_PLURAL_CASES = {"ы": "nomn", "ие": "nomn", "ых": "gent", "их": "gent", "ым": "datv", "им": "datv"}


def plural_surname(form: str) -> tuple[str, str] | None:
    """The masculine nominative of a family's surname and its case: «петровых» → («петров», "gent")."""
    match = _PLURAL.match(form)
    if not match or len(form) < 5:
        return None
    masculine = match["stem"] or match["sky"] + "ий"
    return masculine, _PLURAL_CASES.get(match["ending"] or match["sky_ending"], "ablt")
