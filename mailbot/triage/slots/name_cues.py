"""Which readings of a given name the words before it and the patronymic after it allow."""

import re

from mailbot.triage.slots.given_names import NameForm

_SURNAME_BETWEEN = r"[\s,:(]*(?:[а-я-]+[\s(]*)?$"
_BOY_BEFORE = re.compile(
    rf"\b(?:сын[а-я]{{0,3}}|ученик[а-я]{{0,2}}|внук[а-я]{{0,2}}|мальчик[а-я]*|племянник[а-я]*){_SURNAME_BETWEEN}"
)
_GIRL_BEFORE = re.compile(rf"\b(?:доч[а-я]+|учениц[а-я]+|внучк[а-я]+|девочк[а-я]+|племянниц[а-я]+){_SURNAME_BETWEEN}")
_PREPOSITION_BEFORE = re.compile(r"\b(?:у|для|от|к|про|на имя|без)\s(?:[а-я-]+\s)?$")
_BOYS_PATRONYMIC = re.compile(r"ич(?:а|у|ем|ом|е)?$|(?:оглы|улы|уулу)$")
_GIRLS_PATRONYMIC = re.compile(r"н(?:а|ы|е|у|ой)$|(?:кызы|гызы)$")


def fitting(names: tuple[NameForm, ...], before: str, patronymic: str) -> tuple[NameForm, ...]:
    """«сына Иванова Александра», «у Иванова Евгения», «Камиля Маратовна»: the readings that fit, else all."""
    gender = _gender_of(before, patronymic)
    if gender:
        names = tuple(name for name in names if name.gender == gender) or names
    if _PREPOSITION_BEFORE.search(before):
        names = tuple(name for name in names if name.case != "nomn") or names
    return names


def _gender_of(before: str, patronymic: str) -> str:
    """A patronymic says more than «сын» or «дочь»; "" where nothing tells."""
    boy, girl = _BOY_BEFORE.search(before), _GIRL_BEFORE.search(before)
    if patronymic:
        boy, girl = _BOYS_PATRONYMIC.search(patronymic), _GIRLS_PATRONYMIC.search(patronymic)
    return "masc" if boy else "femn" if girl else ""
