"""When digests go out: in the morning of working days, by the school's calendar and clock. All moments are UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from mailbot.cases.working_time import WorkingTime

DIGEST_AT = time(8)
LONGEST_LOOK_BACK_DAYS = 60


class Span(StrEnum):
    """How much one digest covers: since the last working morning, or since the last working week began."""

    DAY = "day"
    WEEK = "week"


def last_moment(span: Span, now: datetime, works: WorkingTime) -> datetime | None:
    """The latest moment, not after `now`, at which such a digest is due; None in a calendar without working days."""
    for day in _days_back(works.today(now)):
        at = datetime.combine(day, DIGEST_AT, works.zone).astimezone(UTC)
        if at <= now and works.hours_on(day) and (span is Span.DAY or _first_of_week(day, works)):
            return at
    return None


def _first_of_week(day: date, works: WorkingTime) -> bool:
    """Whether no day of the week before `day` is worked."""
    return not any(works.hours_on(day - timedelta(days=back)) for back in range(1, day.weekday() + 1))


def _days_back(today: date) -> Iterator[date]:
    return (today - timedelta(days=back) for back in range(LONGEST_LOOK_BACK_DAYS))
