r"""Patterns an admin writes, made safe: google-re2 with Russian letters.

re2 cannot be made slow by a letter, but its \b, \w, \d and \s know only ASCII. Here they are translated to Unicode.
A word boundary becomes a neighbour that is no letter (and is part of what is heard); look-around is refused by re2.
"""

import re

import re2

from mailbot.errors import Words

MAX_LETTERS = 1_000
_OUTSIDE = {
    "b": r"(?:^|$|[^\p{L}\p{N}_])",
    "w": r"[\p{L}\p{N}_]",
    "W": r"[^\p{L}\p{N}_]",
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": r"[\s\p{Z}]",
    "S": r"[^\s\p{Z}]",
}
_INSIDE = {"w": r"\p{L}\p{N}_", "d": r"\p{Nd}", "D": r"\P{Nd}", "s": r"\s\p{Z}"}
_PIECE = re.compile(r"\\.?|\[\^?\]?|\]|[^\\\[\]]+", re.DOTALL)
_MAX_MEMORY = 1 << 20


class PatternError(Exception):
    """re2 refuses the pattern; the words are re2's own."""


def translated(pattern: str) -> str:
    """The pattern with Unicode-aware classes, lower case and ё as е; raises PatternError if re2 refuses it."""
    if len(pattern) > MAX_LETTERS:
        raise PatternError(f"longer than {MAX_LETTERS} letters")
    made = _with_unicode_classes(pattern)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        re2.compile(made, options)
    except re2.error as error:
        raise PatternError(_said(error)) from error
    return made


def _said(error: Exception) -> str:
    words = error.args[0] if error.args else ""
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


_BRACKET = Words(ru=r"Закройте скобку; сам знак скобки пишется \( или \[", en=r"Close it; the sign itself is \( or \[")
_SAID: tuple[tuple[str, Words, Words], ...] = (
    ("perl operator", Words(ru="знаков «(?!», «(?=», «(?<» в шаблонах нет", en="there is no «(?!», «(?=», «(?<»"),
     Words(ru="Запишите исключение в unless", en="Write the exception into unless")),
    ("missing )", Words(ru="скобка «(» не закрыта", en="«(» is not closed"), _BRACKET),
    ("unexpected )", Words(ru="лишняя скобка «)»", en="a «)» too many"), _BRACKET),
    ("missing ]", Words(ru="скобка «[» не закрыта", en="«[» is not closed"), _BRACKET),
    ("repetition", Words(ru="знаку * + ? или {…} нечего повторять, или повторов больше 1000",
                         en="* + ? or {…} has nothing to repeat, or repeats more than 1000 times"),
     Words(ru=r"Поставьте перед ним знак или скобки; сам знак пишется \* \+ \?", en=r"The sign itself is \* \+ \?")),
    ("escape sequence", Words(ru="такого «\\…» нет (обратных ссылок \\1 тоже)", en="there is no such «\\…», nor \\1"),
     Words(ru=r"Есть \w \d \s \b; знак после \ пишется сам по себе", en=r"There are \w \d \s \b")),
    ("character class range", Words(ru="в […] границы стоят наоборот", en="the bounds in […] are swapped"),
     Words(ru="Пишите от меньшего к большему: [а-я]", en="Write [а-я]")),
    ("too large", Words(ru="шаблон слишком сложен", en="the pattern is too complex"),
     Words(ru="Разбейте его на несколько фраз", en="Split it into several phrases")),
    ("longer than", Words(ru=f"шаблон длиннее {MAX_LETTERS} знаков", en=f"longer than {MAX_LETTERS} letters"),
     Words(ru="Разбейте его на несколько фраз", en="Split it into several phrases")),
)  # fmt: skip


def said_of_pattern(complaint: str) -> tuple[Words, Words]:
    """Cause and mend of re2's `complaint` in words a school employee can act on."""
    for sign, what, mend in _SAID:
        if sign in complaint:
            return what, mend
    mend = Words(ru="Исправьте шаблон или замените его фразой", en="Mend the pattern or write a phrase instead")
    return Words(ru=complaint, en=complaint), mend


def _with_unicode_classes(pattern: str) -> str:
    inside = False
    made: list[str] = []
    for piece in _PIECE.findall(pattern):
        if piece.startswith("\\"):
            made.append(_escape(piece, inside))
        elif piece.startswith("[") and not inside:
            inside = True
            made.append(piece)
        elif piece == "]":
            inside = False
            made.append(piece)
        else:
            made.append(_folded(piece))
    return "".join(made)


def _escape(piece: str, inside: bool) -> str:
    letter = piece[1:]
    known = _INSIDE if inside else _OUTSIDE
    if inside and letter in _OUTSIDE and letter not in known:
        raise PatternError(f"{piece} inside [...]; [^...] says the opposite")
    return known.get(letter, piece)


def _folded(piece: str) -> str:
    """Cyrillic in lower case and ё as е, as in the text that is searched; ASCII may be syntax and stays."""
    return "".join(letter if letter.isascii() else letter.lower() for letter in piece).replace("ё", "е")
