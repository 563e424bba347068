"""The phrase mini-language: what an admin writes beside a topic or a flag, as a `Phrase`.

    не могу войти          words in any form (compared as lemmas), in this order, in one sentence;
                           up to two other words may stand between two of them
    исправ* оценк*         words that begin so
    "2"  "н"               exactly this form
    журнал|дневник         either
    пароль ... забыл*      up to six other words between any two words of this phrase
    /ошибк\\w* \\d{3}/       a pattern (google-re2) over the text in lower case with ё as е

A token is all forms of one kind: `забыл*|утер*`, `"2"|"3"`; mixed ones are refused.
"""

import re
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from mailbot.errors import Words
from mailbot.rulebook.patterns import PatternError, said_of_pattern, translated
from mailbot.rulebook.problems import ProblemCode
from mailbot.rulebook.scalars import spoiled, text_of
from mailbot.rulebook.types import Phrase, Place, Token

GAP = 2
WIDE_GAP = 6
_MAX_LETTERS = 200
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑'’`][^\W\d_]+)*|\d+(?:[.,:/]\d+)*")
_MEND = Words(
    ru='Слова через пробел; начало слова: исправ*; точная форма: "2"; варианты: а|б; шаблон: /…/',
    en='Words apart by spaces; beginning: исправ*; exact form: "2"; either: а|б; pattern: /…/',
)


def phrase_of(value: object) -> Phrase:
    """The phrase written as `value`, still without its place; raises the value's own error."""
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else text_of(value)
    if len(written) > 1 and written.startswith("/") and written.endswith("/"):
        return Phrase(written=written, tokens=(), pattern=_pattern(written), place=_NOWHERE)
    if len(written) > _MAX_LETTERS:
        raise _bad(f"фраза длиннее {_MAX_LETTERS} знаков", f"the phrase is longer than {_MAX_LETTERS} letters")
    parts = re.sub(r"\.\.\.|…", " … ", written).split()
    tokens = tuple(_token(part, written) for part in parts if part != "…")
    if not tokens or "…" in (parts[0], parts[-1]):
        raise _bad(f"во фразе «{written}» многоточие не между словами", f"«{written}»: «...» is not between words")
    return Phrase(written=written, tokens=tokens, pattern="", place=_NOWHERE, gap=WIDE_GAP if "…" in parts else GAP)


_NOWHERE = Place("", 0)


def _pattern(written: str) -> str:
    try:
        return translated(written[1:-1])
    except PatternError as error:
        cause, mend = said_of_pattern(str(error))
        what = Words(ru=f"шаблон {written} не принят: {cause.ru}", en=f"pattern {written} is refused: {cause.en}")
        raise spoiled(ProblemCode.BAD_PATTERN, what, mend) from error


def _token(part: str, written: str) -> Token:
    forms = [_form(form, written) for form in part.split("|")]
    kinds = {(prefix, exact) for _, prefix, exact in forms}
    if len(kinds) > 1:
        raise spoiled(
            ProblemCode.BAD_PHRASE,
            Words(ru=f"в «{part}» варианты написаны по-разному", en=f"«{part}» mixes ways of writing"),
            Words(
                ru='Пишите одинаково: все со звёздочкой (двойк*|тройк*), все в кавычках ("2"|"3") или все без знаков',
                en='Write all alike: with a star (двойк*|тройк*), in quotes ("2"|"3"), or plain',
            ),
        )
    prefix, exact = kinds.pop()
    return Token(tuple(form for form, _, _ in forms), prefix=prefix, exact=exact)


def _form(form: str, written: str) -> tuple[str, bool, bool]:
    """The bare form in lower case, whether it is a beginning, whether it is exact."""
    exact = len(form) > 2 and form[0] == form[-1] == '"'
    prefix = form.endswith("*") and not exact
    bare = form[1:-1] if exact else form.removesuffix("*")
    if not _WORD.fullmatch(bare):
        raise _bad(f"во фразе «{written}» непонятно «{form}»", f"«{form}» is not understood in «{written}»")
    return bare.lower().replace("ё", "е"), prefix, exact


def _bad(ru: str, en: str) -> Exception:
    return spoiled(ProblemCode.BAD_PHRASE, Words(ru=ru, en=en), _MEND)


PhraseText = Annotated[
    Phrase,
    PlainValidator(phrase_of),
    WithJsonSchema(
        {"type": ["string", "integer"], "examples": ["не могу войти", "исправ* оценк*", "а|б", '"2"', "/…/"]}
    ),
]
