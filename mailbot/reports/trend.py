"""The last weeks side by side, and what people asked about: the weekly digest's tables."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import dropwhile
from statistics import median

from mailbot.cases.working_time import WorkingTime
from mailbot.reports.entries import Entry, Result
from mailbot.rulebook.ids import Topic

WEEKS_SHOWN = 6
SEVEN_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The requests received in one week, from `monday` on. staff_hours: median hours to a person's answer."""

    monday: date
    received: int
    by_program: int
    by_staff: int
    open: int
    staff_hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCount:
    """How often a topic was asked about in the last whole week and in the one before."""

    topic: Topic
    count: int
    before: int


def weeks_of(entries: Iterable[Entry], today: date, works: WorkingTime) -> tuple[Week, ...]:
    """The last whole weeks before `today`, the oldest first; those before the first letter are left out."""
    by_monday: dict[date, list[Entry]] = {}
    for entry in entries:
        by_monday.setdefault(monday_of(works.today(entry.received_at)), []).append(entry)
    mondays = (monday_of(today) - SEVEN_DAYS * back for back in range(WEEKS_SHOWN, 0, -1))
    weeks = (_week(monday, by_monday.get(monday, [])) for monday in mondays)
    return tuple(dropwhile(lambda week: not week.received, weeks))


def topics_of(entries: Iterable[Entry], today: date, works: WorkingTime) -> tuple[TopicCount, ...]:
    """The primary topics of the last whole week, the most frequent first."""
    last, before = monday_of(today) - SEVEN_DAYS, monday_of(today) - 2 * SEVEN_DAYS
    counts: dict[date, Counter[Topic]] = {last: Counter(), before: Counter()}
    for entry in entries:
        monday = monday_of(works.today(entry.received_at))
        if monday in counts and entry.topics:
            counts[monday][entry.topics[0]] += 1
    return tuple(
        TopicCount(topic=topic, count=count, before=counts[before][topic])
        for topic, count in sorted(counts[last].items(), key=lambda pair: (-pair[1], pair[0]))
    )


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def median_hours(entries: Iterable[Entry]) -> float | None:
    """The median time to an answer, None where nothing was answered."""
    hours = [entry.hours_to_answer for entry in entries if entry.hours_to_answer is not None]
    return median(hours) if hours else None


def _week(monday: date, entries: list[Entry]) -> Week:
    results = Counter(entry.result for entry in entries)
    return Week(
        monday=monday,
        received=len(entries),
        by_program=results[Result.GUIDED] + results[Result.VENDOR],
        by_staff=results[Result.BY_STAFF] + results[Result.REFUSED],
        open=results[Result.IN_WORK] + results[Result.WAITING],
        staff_hours=median_hours(entry for entry in entries if entry.result is Result.BY_STAFF),
    )
