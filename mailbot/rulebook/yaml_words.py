"""What ruamel says in English about a file that is not YAML, in words a school employee can act on."""

from mailbot.errors import Words

_QUOTE = Words(
    ru="Текст, где есть «: » или « #» или который начинается с * & ! % @ {, возьмите в кавычки; проверьте и отступ",
    en="Put text that has «: » or « #» or begins with * & ! % @ { into quotes; check the indentation as well",
)
_INDENT = Words(
    ru="Проверьте отступы: соседние строки одного раздела начинаются с одной колонки",
    en="Check the indentation: lines of one section begin in the same column",
)
_CLOSE = Words(ru="Закройте кавычку или скобку", en="Close the quote or bracket")

_KNOWN: tuple[tuple[str, Words, Words], ...] = (
    ("mapping values are not allowed", Words(ru="лишнее двоеточие", en="a colon too many"), _QUOTE),
    ("could not find expected ':'", Words(ru="после имени ключа нет двоеточия", en="a key without a colon"), _INDENT),
    ("expected <block end>", Words(ru="строка стоит не на своём месте", en="the line is out of place"), _INDENT),
    ("unexpected end of stream", Words(ru="кавычка не закрыта", en="a quote is not closed"), _CLOSE),
    ("expected ',' or", Words(ru="скобка не закрыта или нет запятой", en="a bracket or comma is missing"), _CLOSE),
    ("cannot start any token", Words(ru="с этого знака текст не начинают", en="text cannot begin so"), _QUOTE),
    ("unknown escape", Words(ru="«\\» внутри двойных кавычек", en="«\\» inside double quotes"),
     Words(ru="Возьмите текст в одинарные кавычки", en="Use single quotes")),
    ("control character", Words(ru="в файле есть управляющий знак", en="the file has a control character"),
     Words(ru="Удалите знак, которого не видно", en="Delete the invisible character")),
)  # fmt: skip


def said_of_yaml(complaint: str) -> tuple[Words, Words]:
    """Cause and mend of ruamel's `complaint`."""
    for sign, what, mend in _KNOWN:
        if sign in complaint:
            return what, mend
    return Words(ru=f"это не YAML ({complaint})", en=f"this is not YAML ({complaint})"), _INDENT
