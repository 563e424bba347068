"""When the school works: its zone, its hours, the state calendar with moved days off, and the school's own calendar.

Moments come in and go out as aware UTC; days and hours are the school's local ones. A deadline made here never falls
into a night, a weekend or a holiday. Moved days off are known as far as the package `holidays` knows them; for later
years the statutory days stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from mailbot.rulebook.types import Calendar, Rulebook

LONGEST_REST_DAYS = 366
USUAL_HOURS = (time(9), time(17))
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class StateCalendar:
    """One year of Russia's production calendar: days off, and weekend days that are worked in exchange."""

    off: frozenset[date]
    worked: frozenset[date]


@lru_cache(maxsize=16)
def state_calendar(year: int) -> StateCalendar:
    """The state calendar of a year."""
    known = holidays.country_holidays("RU", years=year)
    return StateCalendar(frozenset(known), frozenset(known.weekend_workdays))


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The working time of one school."""

    zone: ZoneInfo
    calendar: Calendar

    @classmethod
    def of(cls, book: Rulebook) -> "WorkingTime":
        """The working time a rulebook describes."""
        return cls(ZoneInfo(book.school.zone), book.calendar)

    def today(self, at: datetime) -> date:
        """The school's local date."""
        return at.astimezone(self.zone).date()

    def hours_on(self, day: date) -> tuple[time, time] | None:
        """The hours worked on a day, None for a day off. The school's own calendar outranks the state's."""
        if day in self.calendar.working_days:
            return self._hours_of_weekday(day) or self._hours_of_moved_day()
        if any(rest.first <= day <= rest.last for rest in self.calendar.holidays):
            return None
        state = state_calendar(day.year)
        if day in state.off:
            return None
        if day in state.worked:
            return self._hours_of_weekday(day) or self._hours_of_moved_day()
        return self._hours_of_weekday(day)

    def is_working(self, at: datetime) -> bool:
        """Whether the school works at this moment; the closing minute itself still counts, so that a deadline may."""
        local = at.astimezone(self.zone)
        hours = self.hours_on(local.date())
        return hours is not None and hours[0] <= local.time() <= hours[1]

    def next_working_moment(self, at: datetime) -> datetime:
        """`at` itself if the school works then, else the next opening."""
        if self.is_working(at):
            return at
        local = at.astimezone(self.zone)
        for day, (opens, _) in self._working_days_from(local.date()):
            opening = datetime.combine(day, opens, self.zone)
            if opening >= local:
                return opening.astimezone(UTC)
        return at

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The moment `days` working days later, at the same full hour as far as that day's hours allow.

        What starts out of hours starts at the next opening: from Saturday, one working day later is Tuesday's opening.
        Minutes are dropped, so that people read «до 10:00» and not «до 10:06».
        """
        begun = self.next_working_moment(start).astimezone(self.zone)
        for number, (day, (opens, closes)) in enumerate(self._working_days_from(begun.date())):
            if number == days:
                hour = begun.time().replace(minute=0, second=0, microsecond=0) if days else begun.time()
                return datetime.combine(day, min(max(hour, opens), closes), self.zone).astimezone(UTC)
        return start + timedelta(days=days)

    def last_day(self, first: date, days: int) -> date:
        """The last day of a term of `days` working days that begins the day after `first`."""
        for number, (day, _) in enumerate(self._working_days_from(first + timedelta(days=1)), start=1):
            if number == days:
                return day
        return first + timedelta(days=days)

    def end_of(self, day: date) -> datetime:
        """When work ends on `day`, or on the next working day if that is a day off."""
        for working_day, (_, closes) in self._working_days_from(day):
            return datetime.combine(working_day, closes, self.zone).astimezone(UTC)
        return datetime.combine(day, USUAL_HOURS[1], self.zone).astimezone(UTC)

    def local(self, at: datetime) -> str:
        """A moment as templates take it: ISO without zone, in the school's local time, to the minute."""
        return f"{at.astimezone(self.zone):%Y-%m-%dT%H:%M}"

    def _hours_of_weekday(self, day: date) -> tuple[time, time] | None:
        """The usual hours of that weekday; a calendar that names none means Monday to Friday, nine to five."""
        if not self.calendar.hours:
            return USUAL_HOURS if day.weekday() < SATURDAY else None
        return self.calendar.hours.get(day.weekday())

    def _hours_of_moved_day(self) -> tuple[time, time]:
        """A weekend day worked in exchange for another goes by the hours of the week's last working day."""
        hours = self.calendar.hours
        return hours[max(hours)] if hours else USUAL_HOURS

    def _working_days_from(self, first: date) -> Iterator[tuple[date, tuple[time, time]]]:
        """Working days with their hours; a calendar without any ends after `LONGEST_REST_DAYS`."""
        rest, day = 0, first
        while rest < LONGEST_REST_DAYS:
            hours = self.hours_on(day)
            rest = 0 if hours else rest + 1
            if hours:
                yield day, hours
            day += timedelta(days=1)
