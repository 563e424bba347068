"""Russian as replies need it: plurals, dates and hours as people say them, the words for facts we ask for."""

from collections.abc import Iterable
from datetime import date, datetime, time

from mailbot.rulebook.ids import Audience, Slot

MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
ON_WEEKDAY = (
    *("в понедельник", "во вторник", "в среду", "в четверг", "в пятницу"),
    *("в субботу", "в воскресенье"),
)
UNTIL_WEEKDAY = ("понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья")
EACH_WEEKDAY = ("понедельникам", "вторникам", "средам", "четвергам", "пятницам", "субботам", "воскресеньям")
SHORT_WEEKDAY = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
EVERY_DAY = tuple(range(7))
WEEKDAYS = tuple(range(5))

AUDIENCE_TITLE = {Audience.PARENT: "родитель", Audience.STAFF: "сотрудник школы", Audience.STUDENT: "ученик"}

SLOT_LABEL = {
    Slot.STUDENT: "Ученик",
    Slot.CLASS: "Класс",
    Slot.SUBJECT: "Предмет",
    Slot.DATE: "Дата",
    Slot.ERROR: "Текст ошибки",
}
SLOT_QUESTION = {
    Slot.STUDENT: "фамилия и имя ученика",
    Slot.CLASS: "класс с буквой",
    Slot.SUBJECT: "учебный предмет",
    Slot.DATE: "дата или период, о котором идёт речь",
    Slot.ERROR: "что написано в сообщении об ошибке: дословно или снимком экрана",
}
SLOT_EXAMPLE = {
    Slot.STUDENT: "Иванова Мария",
    Slot.CLASS: "5Б",
    Slot.SUBJECT: "математика",
    Slot.DATE: "12 ноября",
    Slot.ERROR: "«Ошибка 502»",
}


def plural(count: int, one: str, few: str, many: str) -> str:
    """«1 день», «2 дня», «5 дней»: the number with the form of the noun it takes."""
    last_two, last = abs(count) % 100, abs(count) % 10
    if last == 1 and last_two != 11:
        return f"{count} {one}"
    if last in (2, 3, 4) and last_two not in (12, 13, 14):
        return f"{count} {few}"
    return f"{count} {many}"


def day(iso: str) -> str:
    """«24 ноября» for an ISO date or moment."""
    when = date.fromisoformat(iso[:10])
    return f"{when.day} {MONTHS[when.month - 1]}"


def on_day(iso: str) -> str:
    """«во вторник, 24 ноября» for an ISO date or moment."""
    return f"{ON_WEEKDAY[date.fromisoformat(iso[:10]).weekday()]}, {day(iso)}"


def until_day(iso: str) -> str:
    """«до вторника, 24 ноября» for an ISO date; a moment adds «, 15:00»."""
    said = f"до {UNTIL_WEEKDAY[date.fromisoformat(iso[:10]).weekday()]}, {day(iso)}"
    return f"{said}, {clock(datetime.fromisoformat(iso).time())}" if len(iso) > 10 else said


def at_moment(iso: str) -> str:
    """«24 ноября в 9:05» for an ISO moment, «24 ноября» for a date."""
    return f"{day(iso)} в {clock(datetime.fromisoformat(iso).time())}" if len(iso) > 10 else day(iso)


def clock(moment: time) -> str:
    """«9:05», «18:00»."""
    return f"{moment.hour}:{moment.minute:02}"


def hours(start: time, end: time) -> str:
    """«9:00–18:00», «12:00–24:00»; an end that lies behind midnight is said to."""
    if end == time(0):
        return f"{clock(start)}–24:00"
    return f"{clock(start)}–{clock(end)}" + (" следующего дня" if end <= start else "")


def weekdays(days: Iterable[int]) -> str:
    """«ежедневно», «по будням», «по субботам», «пн–чт», «пн, ср»: 0 is Monday."""
    chosen = tuple(sorted(set(days)))
    if chosen == EVERY_DAY:
        return "ежедневно"
    if chosen == WEEKDAYS:
        return "по будням"
    if len(chosen) == 1:
        return f"по {EACH_WEEKDAY[chosen[0]]}"
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return f"{SHORT_WEEKDAY[chosen[0]]}–{SHORT_WEEKDAY[chosen[-1]]}"
    return ", ".join(SHORT_WEEKDAY[one] for one in chosen)


def fill_in_line(missing: Iterable[Slot]) -> str:
    """A line to copy and correct: «Ученик: Иванова Мария; класс: 5Б», with just what is missing."""
    pairs = [f"{SLOT_LABEL[slot].lower()}: {SLOT_EXAMPLE[slot]}" for slot in missing]
    line = "; ".join(pairs)
    return line[:1].upper() + line[1:]
