"""Days as people write them («сегодня», «25.11», «с 21 по 25 ноября»), settled to dates beside a known day."""

import re
from datetime import date, timedelta

MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
NUMERIC = re.compile(r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(?P<year>(?:20)?\d\d))?(?![\d.]*\d)")
NAMED = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:-?(?:го|ого|е|ое))?\s+(?P<month>янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*"
    r"(?:\s+(?P<year>20\d\d))?"
)
FIRST_OF_RANGE = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})(?:-?го)?\s*(?:-|–|—|по|и|до)\s*(?=\d{1,2}(?:-?го)?\s+[а-я]|\d{1,2}\.\d)"
)
RANGE_WORDS = re.compile(r"\bпо\b|\bдо\b|[-–—]")
RELATIVE = (("послезавтра", 2), ("позавчера", -2), ("завтра", 1), ("сегодня", 0), ("седня", 0), ("вчера", -1))
HALF_A_YEAR = timedelta(days=183)


def days_in(words: str, today: date) -> tuple[date, ...]:
    """The days that `words` name, in the order of the calendar; a range gives all its days, up to a month."""
    text = words.lower().replace("ё", "е")
    named = sorted({*_relative(text, today), *_absolute(text, today)})
    if len(named) == 2 and RANGE_WORDS.search(text) and (named[1] - named[0]).days <= 31:
        return tuple(named[0] + timedelta(days=n) for n in range((named[1] - named[0]).days + 1))
    return tuple(named)


def _relative(text: str, today: date) -> list[date]:
    found = []
    for word, distance in RELATIVE:
        stem = word.removesuffix("я") if word.startswith("сего") else word
        if stem in text:
            found.append(today + timedelta(days=distance))
            text = text.replace(stem, " ")
    return found


def _absolute(text: str, today: date) -> list[date]:
    found = []
    for match in (*NUMERIC.finditer(text), *NAMED.finditer(text)):
        month = match["month"]
        number = int(month) if month.isdigit() else next(i for i, m in enumerate(MONTHS, 1) if month.startswith(m))
        found.append(_day(match["day"], number, match["year"], today))
    whole = [day for day in found if day]
    for match in FIRST_OF_RANGE.finditer(text):
        whole += [day for other in whole[:1] if (day := _day(match["day"], other.month, str(other.year), today))]
    return whole


def _day(day: str, month: int, year: str | None, today: date) -> date | None:
    """A date; without a year the one nearest to today, so that in December «12.01» is next month."""
    try:
        if year:
            return date(int(year) + 2000 if len(year) == 2 else int(year), month, int(day))
        near = date(today.year, month, int(day))
    except ValueError:
        return None
    if near - today > HALF_A_YEAR:
        return near.replace(year=today.year - 1) if _exists(near, today.year - 1) else None
    if today - near > HALF_A_YEAR:
        return near.replace(year=today.year + 1) if _exists(near, today.year + 1) else None
    return near


def _exists(day: date, year: int) -> bool:
    return (day.month, day.day) != (2, 29) or year % 4 == 0
