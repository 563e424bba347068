"""The vendor of the electronic journal, to whom people turn themselves («самостоятельно»): hours in both zones."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from mailbot.replies.words import hours, weekdays
from mailbot.rulebook.types import VendorHours

MOSCOW = "Europe/Moscow"


def hours_line(line: VendorHours, school_zone: str, today: date) -> str:
    """«ежедневно 13:00–1:00 следующего дня по времени школы (9:00–21:00 по Москве)»; `today` settles the offsets."""
    days = weekdays(line.days) + (", кроме праздников," if line.except_holidays else "")
    if not line.zone:
        return f"{days} {hours(line.start, line.end)} (часовой пояс в регламенте не указан)"
    local = in_zone(line, school_zone, today)
    in_moscow = in_zone(line, MOSCOW, today)
    if local == in_moscow:
        return f"{days} {in_moscow} по московскому времени"
    return f"{days} {local} по времени школы ({in_moscow} по Москве)"


def in_zone(line: VendorHours, zone: str, today: date) -> str:
    """The line's hours as a clock in `zone` shows them."""
    return hours(moved(line.start, line.zone, zone, today), moved(line.end, line.zone, zone, today))


def moved(moment: time, zone: str, other: str, today: date) -> time:
    """A time of day of one zone in another."""
    there = datetime.combine(today, moment, ZoneInfo(zone))
    return there.astimezone(ZoneInfo(other)).time()
