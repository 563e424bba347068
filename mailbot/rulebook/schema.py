"""From a file to its checked form, pydantic's errors told as problems at their places: `formed(document, Form)`."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from mailbot.errors import Words
from mailbot.rulebook.positions import Document, Path
from mailbot.rulebook.problems import Checked, Problem, ProblemCode, nearest

F = TypeVar("F", bound=BaseModel)

_SECTION = (
    Words(ru="нужен раздел с ключами", en="a section with keys is wanted"),
    Words(
        ru="Напишите ключи с новой строки и с отступом, образец – в docs/rules.ru.md",
        en="Write the keys on lines of their own, indented; see docs/rules.md",
    ),
)
_KINDS = {
    "string_type": (
        Words(ru="нужен текст", en="text is wanted"),
        Words(ru="Возьмите значение в кавычки", en="Put the value into quotes"),
    ),
    "int_type": (
        Words(ru="нужно целое число", en="a whole number is wanted"),
        Words(ru="Напишите число цифрами, без кавычек", en="Write digits, no quotes"),
    ),
    "bool_type": (
        Words(ru="нужно true или false", en="true or false is wanted"),
        Words(ru="Напишите true (да) или false (нет)", en="Write true or false"),
    ),
    "tuple_type": (
        Words(ru="нужен список", en="a list is wanted"),
        Words(ru="Пишите так: [первое, второе] – или по строке на каждое, начиная с «- »",
              en="Write [first, second], or a line for each that begins with «- »"),
    ),
    "dict_type": _SECTION,
    "model_type": _SECTION,
    "model_attributes_type": _SECTION,
}  # fmt: skip
_FORM = Words(ru="Сравните с примером в docs/rules.ru.md", en="Compare with the example in docs/rules.md")


def formed(document: Document, form: type[F]) -> Checked[F]:
    """The file in the given form; None with every fault of form at once."""
    try:
        return Checked(form.model_validate_json(document.json))
    except ValidationError as error:
        said = error.errors(include_url=False)
        return Checked(None, tuple(_problem(details, document, form) for details in said if not _echo(details, said)))


def _echo(details: ErrorDetails, said: list[ErrorDetails]) -> bool:
    """A complaint that only follows from another: a list «empty» because its items are wrong, a misspelt key."""
    path = details["loc"]
    if details["type"] == "too_short":
        return any(other["loc"][: len(path)] == path and other is not details for other in said)
    if details["type"] != "missing":
        return False
    beside = (
        str(other["loc"][-1]) for other in said if other["type"] == "extra_forbidden" and other["loc"][:-1] == path[:-1]
    )
    return bool(get_close_matches(str(path[-1]), beside, n=1))


def _problem(details: ErrorDetails, document: Document, form: type[BaseModel]) -> Problem:
    path: Path = tuple(step for step in details["loc"] if step != "[key]")
    kind, context = details["type"], details.get("ctx", {})
    match kind:
        case "extra_forbidden":
            what = Words(ru=f"неизвестный ключ «{path[-1]}»", en=f"unknown key «{path[-1]}»")
            mend = nearest(str(path[-1]), _keys_at(form, path[:-1]))
            return _at(document, path, ProblemCode.UNKNOWN_KEY, what, mend, key=True)
        case "missing":
            what = Words(ru=f"нет ключа «{path[-1]}»", en=f"the key «{path[-1]}» is missing")
            mend = Words(ru=f"Добавьте строку «{path[-1]}: …»", en=f"Add a line «{path[-1]}: …»")
            return _at(document, path[:-1], ProblemCode.MISSING_KEY, what, mend, key=True)
        case "enum" | "literal_error":
            return _unknown_word(details, document, path)
        case _ if "mend_ru" in context:
            what = Words(ru=context["ru"], en=context["en"])
            return _at(document, path, ProblemCode(kind), what, Words(ru=context["mend_ru"], en=context["mend_en"]))
        case _ if kind in _KINDS:
            what, mend = _KINDS[kind]
            return _at(document, path, ProblemCode.WRONG_KIND, _named(path, what), mend)
        case _:
            what, mend = _limit(kind, context) or (_foreign(details), _FORM)
            return _at(document, path, ProblemCode.WRONG_VALUE, _named(path, what), mend)


def _unknown_word(details: ErrorDetails, document: Document, path: Path) -> Problem:
    """A word outside a closed set; where it is a key, the key is pointed at."""
    word = str(details["input"])
    known = re.findall(r"'([^']*)'", str(details.get("ctx", {}).get("expected", "")))
    what = Words(ru=f"неизвестное слово «{word}»", en=f"unknown word «{word}»")
    return _at(document, path, ProblemCode.UNKNOWN_WORD, what, nearest(word, known), key="[key]" in details["loc"])


def _limit(kind: str, context: dict[str, object]) -> tuple[Words, Words] | None:
    """The bound that was passed and how to keep it, if this is about a bound."""
    match kind:
        case "greater_than_equal":
            return Words(ru="число слишком мало", en="the number is too small"), Words(
                ru=f"Напишите {context['ge']} или больше", en=f"Write {context['ge']} or more"
            )
        case "less_than_equal":
            return Words(ru="число слишком велико", en="the number is too large"), Words(
                ru=f"Напишите {context['le']} или меньше", en=f"Write {context['le']} or less"
            )
        case "too_short":
            return Words(ru="список не может быть пустым", en="the list may not be empty"), Words(
                ru="Добавьте в него хотя бы одну строку", en="Add at least one line to it"
            )
        case "string_pattern_mismatch":
            return Words(ru="здесь нужно короткое латинское имя", en="a short name is wanted here"), Words(
                ru="Строчные латинские буквы, цифры и дефис, например grades-lost",
                en="Lower-case a–z, digits and hyphens, such as grades-lost",
            )
        case "string_too_long":
            return Words(ru="слишком длинно", en="too long"), Words(
                ru=f"Уложитесь в {context['max_length']} знаков", en=f"At most {context['max_length']} letters"
            )
    return None


def _foreign(details: ErrorDetails) -> Words:
    """Anything else pydantic may say, in its own words."""
    return Words(ru=f"значение не подходит ({details['msg']})", en=details["msg"])


def _named(path: Path, said: Words) -> Words:
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    return Words(ru=f"«{name}»: {said.ru}", en=f"«{name}»: {said.en}") if name else said


def _at(document: Document, path: Path, code: ProblemCode, what: Words, mend: Words, *, key: bool = False) -> Problem:
    place = document.key(*path) if key else document.place(*path)
    return Problem(place=place, code=code, what=what, mend=mend)


def _keys_at(form: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys allowed in the section at `path` of `form`."""
    forms: tuple[type[BaseModel], ...] = (form,)
    for step in path:
        inner = tuple(found for model in forms for found in _forms_behind(model, step))
        forms = inner or forms
    return tuple(field.alias or name for model in forms for name, field in model.model_fields.items())


def _forms_behind(form: type[BaseModel], step: str | int) -> Iterator[type[BaseModel]]:
    """The models in the annotation of one field; a root model stands for what it holds."""
    for name, field in form.model_fields.items():
        if issubclass(form, RootModel) or step == (field.alias or name):
            yield from _models_in(field.annotation)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and get_origin(annotation) is None:
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, UnionType, tuple, dict):
        for inner in get_args(annotation):
            yield from _models_in(inner)
