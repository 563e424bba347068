"""What Jinja2 says in English about a template, in words a school employee can act on."""

import re

from mailbot.errors import Words

_BRACKETS = Words(ru="Проверьте скобки {{ … }} и {% … %}", en="Check the brackets {{ … }} and {% … %}")
_LINE = Words(ru="Исправьте эту строку шаблона", en="Mend this line of the template")

_PAIRS = Words(
    ru="Есть if, elif, else, endif, for, endfor, include; каждому {% if %} нужен {% endif %}, {% for %} – {% endfor %}",
    en="There are if, elif, else, endif, for, endfor, include; each {% if %} needs {% endif %}, {% for %} {% endfor %}",
)

_KNOWN: tuple[tuple[re.Pattern[str], Words, Words], ...] = tuple(
    (re.compile(sign), what, mend)
    for sign, what, mend in (
        (
            r"unknown tag '(?P<one>\w+)'.*looking for (?:the following tags: )?(?P<two>.*?)\.(?: |$)",
            Words(ru="здесь стоит {one}, а ждали {two}", en="here is {one}, where {two} was expected"),
            _PAIRS,
        ),
        (r"unknown tag '(?P<one>\w+)'", Words(ru="команды {one} нет", en="there is no command {one}"), _PAIRS),
        (
            r"looking for the following tags: (?P<one>.*?)\.(?: |$)",
            Words(ru="текст кончился, а {one} нет", en="the text ends without {one}"),
            _PAIRS,
        ),
        (r"unexpected end of template", Words(ru="скобка не закрыта", en="a bracket is not closed"), _BRACKETS),
        (r"unexpected (?:char )?'(?P<one>.+?)'", Words(ru="лишний знак {one}", en="a sign too many: {one}"), _BRACKETS),
        (
            r"expected token '.*?', got '(?P<one>.+?)'",
            Words(ru="непонятно, что значит здесь {one}", en="{one} is not understood here"),
            Words(ru="Имя – одно слово без пробелов, фильтр пишется после черты: {{ имя | фильтр }}",
                  en="A name is one word, a filter follows a bar: {{ name | filter }}"),
        ),
        (
            r"«(?P<one>.+)» в шаблонах не разрешено",
            Words(ru="{one} в шаблонах не разрешено", en="{one} is not allowed in templates"),
            Words(ru="Оставьте только имена, фильтры, if и for", en="Keep to names, filters, if and for"),
        ),
        (
            r"(?P<one>больше \d+ повторов|больше \d+ знаков подряд|длиннее \d+ знаков)",
            Words(ru="слишком много: {one}", en="too much of it ({one})"),
            Words(ru="Сократите шаблон", en="Make the template shorter"),
        ),
        (
            r"has no attribute '(?P<one>\w+)'",
            Words(ru="у этого значения нет части {one}", en="this value has no part {one}"),
            Words(ru="Проверьте имя после точки", en="Check the name after the dot"),
        ),
        (
            r"'(?P<one>\w+)' is undefined",
            Words(ru="неизвестно имя {one}", en="the name {one} is unknown"),
            Words(ru="Проверьте, как оно написано", en="Check how it is written"),
        ),
        (r"has no element (?P<one>\w+)", Words(ru="в списке нет места {one}", en="the list has no place {one}"), _LINE),
        (
            r"division or modulo by zero|division by zero",
            Words(ru="деление на ноль", en="division by zero"),
            _LINE,
        ),
        (
            r"not UTF-8",
            Words(ru="файл не в кодировке UTF-8", en="the file is not UTF-8"),
            Words(ru="Сохраните файл в кодировке UTF-8", en="Save the file as UTF-8"),
        ),
    )
)  # fmt: skip


def said_of_template(complaint: str) -> tuple[Words, Words]:
    """Cause and mend of Jinja2's `complaint`."""
    for sign, what, mend in _KNOWN:
        if found := sign.search(complaint):
            names = {
                name: f"«{said.replace(chr(39), '').replace(' or ', ' / ')}»"
                for name, said in found.groupdict().items()
            }
            return Words(what.ru.format_map(names), what.en.format_map(names)), mend
    return Words(ru=complaint, en=complaint), _LINE
