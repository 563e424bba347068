"""What single values in the rules may look like: times, days, zones, addresses, links, phrases.

Each reader takes the value as it stands in the file and raises `spoiled(…)`, which carries code, cause and mend in both
languages through pydantic to the problem told to the admin.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mailbot.errors import Words
from mailbot.rulebook.problems import ProblemCode, nearest

WEEKDAYS: Mapping[str, int] = {"пн": 0, "вт": 1, "ср": 2, "чт": 3, "пт": 4, "сб": 5, "вс": 6}
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)+)")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


def spoiled(code: ProblemCode, what: Words, mend: Words) -> PydanticCustomError:
    """An error of a value that keeps its words in both languages."""
    words = {"ru": what.ru, "en": what.en, "mend_ru": mend.ru, "mend_en": mend.en}
    return PydanticCustomError(code.value, "{en}", words)


def text_of(value: object) -> str:
    """The value if it is text; numbers and empty values are told with the mend."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    if value is None or value == "":
        raise spoiled(
            ProblemCode.WRONG_KIND,
            Words(ru="значение не указано", en="the value is empty"),
            Words(ru="Впишите текст или удалите строку", en="Write a text or remove the line"),
        )
    raise spoiled(
        ProblemCode.WRONG_KIND,
        Words(ru="нужен текст", en="text is wanted"),
        Words(ru="Возьмите значение в кавычки", en="Put the value into quotes"),
    )


def time_of(value: object) -> time:
    """«9:00» as a time of day."""
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise spoiled(
            ProblemCode.BAD_TIME,
            Words(ru=f"время «{value}» не существует", en=f"there is no time «{value}»"),
            Words(ru="Пишите так: 9:00 или 17:30", en="Write 9:00 or 17:30"),
        )
    return time(int(found[1]), int(found[2]))


def hours_of(value: object) -> tuple[time, time]:
    """«9:00–17:00» as start and end."""
    parts = re.split(r"\s*[-–—]\s*", value.strip()) if isinstance(value, str) else ()
    if len(parts) != 2:
        raise spoiled(
            ProblemCode.BAD_TIME,
            Words(ru=f"«{value}» – не часы работы", en=f"«{value}» is not a span of hours"),
            Words(ru="Пишите так: 9:00–17:00", en="Write 9:00–17:00"),
        )
    start, end = time_of(parts[0]), time_of(parts[1])
    if start >= end:
        raise spoiled(
            ProblemCode.BAD_TIME,
            Words(ru=f"часы «{value}» кончаются раньше, чем начинаются", en=f"hours «{value}» end before they begin"),
            Words(ru="Поменяйте начало и конец местами", en="Swap start and end"),
        )
    return start, end


def days_of(value: object) -> tuple[int, ...]:
    """«пн–пт» or «вт, чт» as weekdays, 0 = Monday."""
    days: list[int] = []
    for part in re.split(r"\s*,\s*", value.strip().lower()) if isinstance(value, str) else ("",):
        ends = [WEEKDAYS.get(end, -1) for end in re.split(r"\s*[-–—]\s*", part)]
        if min(ends) < 0 or len(ends) > 2 or ends[0] > ends[-1]:
            raise spoiled(
                ProblemCode.BAD_DAYS,
                Words(ru=f"«{value}» – не дни недели", en=f"«{value}» are not weekdays"),
                Words(ru="Пишите так: пн–пт или вт, чт", en="Write пн–пт or вт, чт"),
            )
        days.extend(range(ends[0], ends[-1] + 1))
    return tuple(sorted(set(days)))


def date_of(value: object) -> date:
    """«2026-11-23» as a date."""
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # 31 February: told below like any other date that does not exist
    raise spoiled(
        ProblemCode.BAD_DATE,
        Words(ru=f"даты «{value}» нет", en=f"there is no date «{value}»"),
        Words(ru="Пишите так: 2026-11-23 (год-месяц-день)", en="Write 2026-11-23 (year-month-day)"),
    )


@cache
def _zones() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if "/" in zone)


def zone_of(value: object) -> str:
    """An IANA name such as «Asia/Omsk»."""
    try:
        return ZoneInfo(text_of(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise spoiled(
            ProblemCode.BAD_ZONE,
            Words(ru=f"часового пояса «{value}» нет", en=f"there is no time zone «{value}»"),
            _near_zone(str(value)),
        ) from error


def _near_zone(value: str) -> Words:
    near = nearest(value, (zone.casefold() for zone in _zones()))
    for zone in _zones():
        if f"«{zone.casefold()}»" in near.ru:
            return Words(ru=f"Возможно, имелось в виду «{zone}»", en=f"Perhaps «{zone}» was meant")
    return Words(ru="Например: Europe/Moscow, Asia/Omsk", en="For example: Europe/Moscow, Asia/Omsk")


def address_of(value: object) -> str:
    """One address without a name, in lower case."""
    address = value.strip().lower() if isinstance(value, str) else ""
    if not _ADDRESS.fullmatch(address) or ".." in address:
        raise spoiled(
            ProblemCode.BAD_ADDRESS,
            Words(ru=f"«{value}» – не адрес почты", en=f"«{value}» is not a mail address"),
            Words(ru="Пишите так: zavuch@school.example.org", en="Write zavuch@school.example.org"),
        )
    return address


def domain_of(value: object) -> str:
    """A domain in lower case, without «@»."""
    domain = value.strip().lower() if isinstance(value, str) else ""
    if not _DOMAIN.fullmatch(domain):
        raise spoiled(
            ProblemCode.BAD_ADDRESS,
            Words(ru=f"«{value}» – не домен", en=f"«{value}» is not a domain"),
            Words(ru="Пишите так: school.example.org", en="Write school.example.org"),
        )
    return domain


def server_of(value: object) -> str:
    """A mail server's name; «.yandex.net» is every host below it."""
    if isinstance(value, str) and value.startswith("."):
        return "." + domain_of(value[1:])
    return domain_of(value)


def address_or_domain_of(value: object) -> str:
    """An address, or all of a domain as «@domain»."""
    if isinstance(value, str) and value.startswith("@"):
        return "@" + domain_of(value[1:])
    if not isinstance(value, str) or "@" not in value:
        raise spoiled(
            ProblemCode.BAD_ADDRESS,
            Words(ru=f"«{value}» – ни адрес, ни домен", en=f"«{value}» is neither an address nor a domain"),
            Words(
                ru="Пишите адрес (robot@example.org) или весь домен (@example.org)",
                en="Write an address (robot@example.org) or a whole domain (@example.org)",
            ),
        )
    return address_of(value)


def link_of(value: object) -> str:
    """An http or https address of a page."""
    text = text_of(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or any(letter.isspace() for letter in text):
        raise spoiled(
            ProblemCode.BAD_LINK,
            Words(ru=f"«{value}» – не ссылка", en=f"«{value}» is not a link"),
            Words(ru="Ссылка начинается с https://", en="A link begins with https://"),
        )
    return text


def listed(value: object) -> object:
    """A list of words as the contract writes it: «class, subject»."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value


_ADDRESS_SCHEMA = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_HOURS_SCHEMA = r"^\s*\d{1,2}:\d{2}\s*[-–—]\s*\d{1,2}:\d{2}\s*$"


def _shaped(pattern: str, *examples: str) -> WithJsonSchema:
    """How an editor is told what a value looks like; the reader above it is the judge."""
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


Text = Annotated[str, PlainValidator(text_of), WithJsonSchema({"type": "string", "minLength": 1})]
Hours = Annotated[tuple[time, time], PlainValidator(hours_of), _shaped(_HOURS_SCHEMA, "9:00–17:00")]
Days = Annotated[tuple[int, ...], PlainValidator(days_of), _shaped(r"^[а-яА-Я,–—\s-]+$", "пн–пт", "вт, чт")]
Day = Annotated[date, PlainValidator(date_of), _shaped(r"^\d{4}-\d{2}-\d{2}$", "2026-11-23")]
Zone = Annotated[str, PlainValidator(zone_of), _shaped("/", "Europe/Moscow", "Asia/Omsk", "Asia/Krasnoyarsk")]
Address = Annotated[str, PlainValidator(address_of), _shaped(_ADDRESS_SCHEMA, "zavuch@school.example.org")]
Domain = Annotated[str, PlainValidator(domain_of), _shaped(r"^[^@\s]+\.[^@\s]+$", "school.example.org")]
ServerName = Annotated[
    str, PlainValidator(server_of), _shaped(r"^\.?[^@\s]+\.[^@\s]+$", "mx.example.org", ".yandex.net")
]
AddressOrDomain = Annotated[
    str, PlainValidator(address_or_domain_of), _shaped(r"^[^@\s]*@[^@\s]+\.[^@\s]+$", "@school.example.org")
]
Link = Annotated[str, PlainValidator(link_of), _shaped("^https?://", "https://school.example.org")]
Listed = Annotated[
    str,
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
