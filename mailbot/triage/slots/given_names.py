"""Given names in any case, backwards to the nominative: «Льва» → «Лев», «Дарьи» → «Дарья», «Ульяночке» → «Ульяна».

They come from words/names.txt and, where that is silent, from the dictionary.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from mailbot.triage.language import Parse, is_russian, parses_of, plain

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
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
    forms = _forms(name, gender)
    if name in _FLEETING:
        forms = (name, *_forms(_FLEETING[name], gender)[1:])
    yield from zip(forms, CASES, strict=True)


_FLEETING = {"Лев": "Льв", "Павел": "Павл", "Пётр": "Петр", "Игорёк": "Игорьк", "Олежек": "Олежк"}


def _forms(name: str, gender: str) -> tuple[str, ...]:
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
    """What a name in no list may be by its ending: a boy's after a consonant, a girl's after «а» and «я»."""
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
    if "-" in form:
        return _double(*form.split("-", 1))
    if not is_russian(form):
        return _endearing(form)
    names = [
        parse
        for parse in parses_of(form)
        if "Name" in parse.grammemes and parse.case in CASES and "plur" not in parse.grammemes
    ]
    return tuple(
        dict.fromkeys(
            NameForm(parse.dictionary_form.title(), gender, parse.case) for parse in names for gender in _genders(parse)
        )
    )


def _genders(parse: Parse) -> tuple[str, ...]:
    """A name's gender, both where the dictionary leaves it open («Саша»)."""
    return tuple(gender for gender in ("masc", "femn") if gender in parse.grammemes) or ("masc", "femn")


def _double(first: str, second: str) -> tuple[NameForm, ...]:
    """«анной-марией»: both parts in the same gender and case."""
    return tuple(
        NameForm(f"{one.nominative}-{two.nominative}", one.gender, one.case)
        for one in given_forms(first)
        for two in given_forms(second)
        if (one.gender, one.case) == (two.gender, two.case)
    )


_ENDEARING = re.compile(
    r"(.{3,}?)(?:[оеё]чк|[еоё]ньк|[уюи]шк|ул|юл|к)(?P<ending>а|и|е|у|ой)|(?P<boy>.{3,}?)(?:ок|ик|чик)(?P<boy_ending>"
    r"|а|у|ом|е)"
)
_ENDEARING_CASES = {"а": "nomn", "и": "gent", "е": "datv", "у": "accs", "ой": "ablt"}
_BOY_CASES = {"": "nomn", "а": "gent", "у": "datv", "ом": "ablt", "е": "loct"}


def _endearing(form: str) -> tuple[NameForm, ...]:
    """«ульяночка», «димочку»: the listed name with the same beginning."""
    match = _ENDEARING.fullmatch(form)
    if not match:
        return ()
    bases = ((match[1] or match["boy"]) + ending for ending in ("а", "я", "", "й", "ия", "ь"))
    found = next((load_given_names()[base] for base in bases if base in load_given_names()), ())
    case = _ENDEARING_CASES[match["ending"]] if match["ending"] else _BOY_CASES[match["boy_ending"]]
    return tuple(NameForm(name.nominative, name.gender, case) for name in found if name.case == "nomn")


_PATRONYMIC_STRICT = re.compile(
    r"\w+(?:[оеё]вич(?:а|у|ем|е)?|ьич(?:а|у|ом|ем|е)?|[оеё]вн(?:а|ы|е|у|ой)|[иь]ничн(?:а|ы|е|у|ой)|кузьмич\w*"
    r"|ильич\w*|лукич\w*|фомич\w*|ич[нш](?:а|ы|е|у|ой))"
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
