"""Russian declension of names, backwards: which nominative, gender and case a written form may be.

Given names come from words/names.txt and from the dictionary; surnames follow their endings.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from mailbot.triage.language import load_language, parses_of, plain

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_VOWELS = frozenset("аеиоуыэюя")
_HARD = frozenset("гкхжшчщц")


@dataclass(frozen=True, slots=True)
class NameForm:
    """One way to read a form: its nominative as written in documents («Пётр», «Тихая»), «masc»/«femn», the case."""

    nominative: str
    gender: str
    case: str


@cache
def load_given_names() -> Mapping[str, tuple[NameForm, ...]]:
    """Every form of every name of words/names.txt, keyed by the form in lower case with ё as е."""
    forms: defaultdict[str, dict[NameForm, None]] = defaultdict(dict)
    text = resources.files("mailbot.triage").joinpath("words/names.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        kind, _, names = line.partition(" ")
        for gender in {"м": ("masc",), "ж": ("femn",), "о": ("masc", "femn")}.get(kind, ()):
            for name in names.split():
                for form, case in _declined(name, gender):
                    forms[plain(form)][NameForm(name, gender, case)] = None
    return {form: tuple(readings) for form, readings in forms.items()}


def _declined(name: str, gender: str) -> Iterator[tuple[str, str]]:
    """The forms of a given name in the singular; names that do not decline repeat themselves."""
    if name in _FLEETING:
        stem, endings = _FLEETING[name], ("", "а", "у", "а", "ом", "е")
        endings = ("", "я", "ю", "я", "ём", "е") if name == "Лазарь" else endings
        yield name, "nomn"
        for case, ending in zip(CASES[1:], endings[1:], strict=True):
            yield stem + ending, case
        return
    for case, ending in zip(CASES, _endings(name, gender), strict=True):
        yield ending, case


_FLEETING = {"Лев": "Льв", "Павел": "Павл", "Пётр": "Петр", "Игорёк": "Игорьк", "Олежек": "Олежк"}


def _endings(name: str, gender: str) -> tuple[str, ...]:
    """The six forms of a name by its last letter."""
    stem, last = name[:-1], name[-1]
    if last == "а":
        soft = stem[-1:].lower() in _HARD
        return (name, stem + ("и" if soft else "ы"), stem + "е", stem + "у", stem + "ой", stem + "е")
    if last == "я":
        third = "и" if stem.endswith("и") else "е"
        return (name, stem + "и", stem + third, stem + "ю", stem + "ей", stem + third)
    if gender == "femn":
        if last == "ь":
            return (name, stem + "и", stem + "и", name, name + "ю", stem + "и")
        return (name,) * 6
    if last in "йь":
        third = "и" if stem.endswith("и") and last == "й" else "е"
        return (name, stem + "я", stem + "ю", stem + "я", stem + "ем", stem + third)
    if last in "оеиуэюы":
        return (name,) * 6
    return (name, name + "а", name + "у", name + "а", name + "ом", name + "е")


def guessed_given_forms(text: str) -> tuple[NameForm, ...]:
    """What a name in no list may be by its ending: a boy's after a consonant, a girl's after «а» and «я», and their cases."""
    stem, last = text[:-1], text[-1].lower()
    if last in "ая":
        return (NameForm(text, "femn", "nomn"), NameForm(stem if last == "а" else stem + "й", "masc", "gent"))
    if last in "ыи":
        return (NameForm(stem + ("а" if last == "ы" else "я"), "femn", "gent"), NameForm(text, "femn", "nomn"))
    if last in "ую":
        return (NameForm(stem + ("а" if last == "у" else "я"), "femn", "accs"), NameForm(stem, "masc", "datv"))
    return (NameForm(text, "masc", "nomn"), NameForm(text, "femn", "nomn"))


@lru_cache(maxsize=20_000)
def given_forms(form: str) -> tuple[NameForm, ...]:
    """The readings of a form as a given name; () if it is none. `form` in lower case with ё as е."""
    listed = load_given_names().get(form)
    if listed:
        return listed
    if not load_language().word_is_known(form):
        return _endearing(form)
    parses = load_language().parse(form)
    names = [parse for parse in parses if "Name" in parse.tag and parse.tag.case in CASES and "plur" not in parse.tag]
    return tuple(
        dict.fromkeys(
            NameForm(parse.normal_form.title(), str(gender), str(parse.tag.case))
            for parse in names
            for gender in ((parse.tag.gender,) if parse.tag.gender in ("masc", "femn") else ("masc", "femn"))
        )
    )


_ENDEARING = re.compile(r"(.{3,}?)(?:[оеё]чк|[еоё]ньк|[уюи]шк|ул|юл|ок|ик|чик|к)(?P<ending>|а|и|е|у|ой|ом)")
_ENDEARING_CASES = {"": "nomn", "а": "nomn", "и": "gent", "е": "datv", "у": "accs", "ой": "ablt", "ом": "ablt"}


def _endearing(form: str) -> tuple[NameForm, ...]:
    """«ульяночка», «димочку»: the listed name with the same beginning."""
    match = _ENDEARING.fullmatch(form)
    if not match:
        return ()
    bases = (match[1] + ending for ending in ("а", "я", "", "й", "ия", "ь"))
    found = next((load_given_names()[base] for base in bases if base in load_given_names()), ())
    case = _ENDEARING_CASES[match["ending"]]
    return tuple(NameForm(name.nominative, name.gender, case) for name in found if name.case == "nomn")


_PATRONYMIC_STRICT = re.compile(
    r"\w+(?:[оеё]вич(?:а|у|ем|е)?|ьич(?:а|у|ом|ем|е)?|[оеё]вн(?:а|ы|е|у|ой)|[иь]ничн(?:а|ы|е|у|ой)|кузьмич\w*|ильич\w*|лукич\w*|фомич\w*|ич[нш](?:а|ы|е|у|ой))"
)
PATRONYMIC_WORDS = frozenset(("оглы", "кызы", "улы", "уулу", "гызы"))


@lru_cache(maxsize=20_000)
def is_patronymic(form: str) -> bool:
    """«петрович», «сергеевны», «оглы»; surnames such as «абрамович» are told apart by the dictionary."""
    if form in PATRONYMIC_WORDS:
        return True
    if not _PATRONYMIC_STRICT.fullmatch(form):
        return False
    parses = parses_of(form)
    return any("Patr" in parse.grammemes for parse in parses) or not any("Surn" in parse.grammemes for parse in parses)


_MASCULINE_OV = re.compile(r"(?:[оеё]в|[иы]н)$")
_SURNAME_ENDING = re.compile(
    r"(?:[оеё]в|[иы]н|ск(?:ий|ой|ая|ого|ому|им|ом|ую)|цк(?:ий|ой|ая|ого|ому|им|ом|ую)|[оеё]в(?:а|у|ым|е|ой)|[иы]н(?:а|у|ым|е|ой)|енко|[йчш]ко|ук(?:а|у|ом|е)?|юк(?:а|у|ом|е)?|чук(?:а|у|ом|е)?|як(?:а|у|ом|е)?"
    r"|[яа]н(?:а|у|ом|е)?|янц(?:а|у)?|швили|дзе|ия|иа|уа|ава|[иы]х|ец|[еи]ц(?:а|у)|ич(?:а|у|ем|е)?|ман(?:а|у)?|берг(?:а|у)?|штейн(?:а|у)?|оглу|заде|пур|ели|дашвили)$"
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
        if form.lower().endswith(ending) and len(form) > len(ending):
            stem = form[: len(form) - len(ending)]
            for nominative in _repaired(stem, replacement):
                for case in cases.split():
                    yield NameForm(nominative, gender, case)
    yield from _undeclined(form)


# Ending, gender, the cases it stands for, what the nominative ends in («*»: a consonant, with its fleeting vowel).
_SURNAME_RULES = (
    ("ова", "masc", "gent accs", "ов"), ("ева", "masc", "gent accs", "ев"), ("ёва", "masc", "gent accs", "ёв"),
    ("ина", "masc", "gent accs", "ин"), ("ына", "masc", "gent accs", "ын"),
    ("ову", "masc", "datv", "ов"), ("еву", "masc", "datv", "ев"), ("ёву", "masc", "datv", "ёв"),
    ("ину", "masc", "datv", "ин"), ("ыну", "masc", "datv", "ын"),
    ("овым", "masc", "ablt", "ов"), ("евым", "masc", "ablt", "ев"), ("ёвым", "masc", "ablt", "ёв"),
    ("иным", "masc", "ablt", "ин"), ("ыным", "masc", "ablt", "ын"),
    ("ове", "masc", "loct", "ов"), ("еве", "masc", "loct", "ев"), ("ёве", "masc", "loct", "ёв"),
    ("ине", "masc", "loct", "ин"), ("ыне", "masc", "loct", "ын"),
    ("овой", "femn", "gent datv ablt loct", "ова"), ("евой", "femn", "gent datv ablt loct", "ева"),
    ("ёвой", "femn", "gent datv ablt loct", "ёва"), ("иной", "femn", "gent datv ablt loct", "ина"),
    ("ыной", "femn", "gent datv ablt loct", "ына"), ("ову", "femn", "accs", "ова"), ("еву", "femn", "accs", "ева"),
    ("ёву", "femn", "accs", "ёва"), ("ину", "femn", "accs", "ина"), ("ыну", "femn", "accs", "ына"),
    ("ского", "masc", "gent accs", "ский"), ("скому", "masc", "datv", "ский"), ("ским", "masc", "ablt", "ский"),
    ("ском", "masc", "loct", "ский"), ("цкого", "masc", "gent accs", "цкий"), ("цкому", "masc", "datv", "цкий"),
    ("цким", "masc", "ablt", "цкий"), ("цком", "masc", "loct", "цкий"),
    ("ого", "masc", "gent accs", "ый"), ("ому", "masc", "datv", "ый"), ("ым", "masc", "ablt", "ый"),
    ("его", "masc", "gent accs", "ий"), ("ему", "masc", "datv", "ий"),
    ("хого", "masc", "gent accs", "хий"), ("хому", "masc", "datv", "хий"), ("хим", "masc", "ablt", "хий"),
    ("ой", "femn", "gent datv ablt loct", "ая"), ("ую", "femn", "accs", "ая"), ("ей", "femn", "gent datv ablt loct", "яя"),
    ("ы", "both", "gent", "а"), ("и", "both", "gent", "а"), ("и", "both", "gent", "я"), ("е", "both", "datv loct", "а"),
    ("е", "both", "datv loct", "я"), ("у", "both", "accs", "а"), ("ю", "both", "accs", "я"), ("ой", "both", "ablt", "а"),
    ("ей", "both", "ablt", "я"), ("и", "both", "gent datv loct", "ия"),
    ("а", "masc", "gent accs", "*"), ("у", "masc", "datv", "*"), ("ом", "masc", "ablt", "*"), ("ем", "masc", "ablt", "*"),
    ("е", "masc", "loct", "*"), ("я", "masc", "gent accs", "ь"), ("ю", "masc", "datv", "ь"), ("ем", "masc", "ablt", "ь"),
    ("ём", "masc", "ablt", "ь"), ("я", "masc", "gent accs", "й"), ("ю", "masc", "datv", "й"), ("ем", "masc", "ablt", "й"),
)  # fmt: skip


def _repaired(stem: str, replacement: str) -> tuple[str, ...]:
    """The nominative of a stem; «Кравц» is «Кравец», «Песк» may be «Песок» but mostly stays."""
    last = stem[-1:].lower()
    match replacement:
        case "*":
            if last in _VOWELS or last in "ьй":
                return ()
            if last == "ц" and stem[-2:-1].lower() not in _VOWELS:
                return (stem.removesuffix("ь" + stem[-1])[: -1 if "ь" + stem[-1] != stem[-2:] else None] + "ец",)
            return (stem,)
        case "ь":
            return () if last in _VOWELS or last == "й" else (stem + "ь",)
        case "й":
            return (stem + "й",) if last in _VOWELS else ()
        case "а":
            return () if last in _VOWELS or last == "ь" else (stem + "а",)
        case _:
            return (stem + replacement,)


_FIXED = re.compile(r"(?:[оеиуэюы]|[иы]х|аго|яго|ово)$")


def _undeclined(form: str) -> Iterator[NameForm]:
    """The form as a nominative, and in every case where the surname does not decline for that gender."""
    low = plain(form)
    feminine_only = bool(re.search(r"(?:[ое]в|[иы]н|[сц]к)а$|(?:ая|яя)$", low)) and len(low) > 4
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


def agreed(surname: str, given: tuple[NameForm, ...]) -> tuple[NameForm, NameForm] | None:
    """The readings of surname and given name that share gender and case; None if there are none."""
    pairs = [
        (mine, name)
        for name in given
        for mine in surname_forms(surname)
        if name.case == mine.case and mine.gender in (name.gender, "both")
    ]
    return min(pairs, key=_oddness, default=None)


def _oddness(pair: tuple[NameForm, NameForm]) -> tuple[int, int]:
    """Nominative first, then the cases people write names in; typical endings before rare ones."""
    mine, name = pair
    typical = 0 if _typical(mine, name) else 1
    return typical, CASES.index(name.case)


def _typical(mine: NameForm, name: NameForm) -> bool:
    low = plain(mine.nominative)
    masculine = bool(_MASCULINE_OV.search(low)) or low.endswith(("ий", "ый", "ой"))
    feminine = low.endswith(("ова", "ева", "ина", "ына", "ая"))
    return (name.gender == "masc" and masculine) or (name.gender == "femn" and feminine)
