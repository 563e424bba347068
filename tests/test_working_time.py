from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cases.days import days_in
from mailbot.cases.working_time import WorkingTime
from mailbot.rulebook.types import Calendar, Holiday

NINE_TO_FIVE = (time(9), time(17))
FIVE_DAYS = Calendar(hours=dict.fromkeys(range(5), NINE_TO_FIVE), holidays=(), working_days=())
MOSCOW, OMSK, KRASNOYARSK = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Omsk"), ZoneInfo("Asia/Krasnoyarsk")
SCHOOL = WorkingTime(MOSCOW, FIVE_DAYS)


def moment(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def later(start: str, days: int, school: WorkingTime = SCHOOL) -> str:
    """Where a deadline falls, in the school's local time."""
    return school.local(school.add_working_days(moment(start, school.zone), days))


def test_a_working_day_later_is_the_same_hour_of_the_next_working_day() -> None:
    assert later("2026-11-16 10:30", 1) == "2026-11-17T10:00"
    assert later("2026-11-20 15:00", 1) == "2026-11-23T15:00"


def test_a_letter_at_night_or_on_saturday_starts_at_the_next_opening() -> None:
    assert later("2026-11-17 03:00", 0) == "2026-11-17T09:00"
    assert later("2026-11-17 22:00", 0) == "2026-11-18T09:00"
    assert later("2026-11-21 12:00", 1) == "2026-11-24T09:00"


def test_the_30th_of_december_is_followed_by_the_12th_of_january() -> None:
    """2026-12-31 is a moved day off, 1–8 January are holidays, 9–10 are a weekend."""
    assert later("2026-12-30 11:00", 1) == "2027-01-11T11:00"


def test_the_31st_of_december_2025_was_a_day_off_and_the_12th_of_january_the_next_working_day() -> None:
    """2025-12-31 and 2026-01-09 are moved days off."""
    assert later("2025-12-31 12:00", 0) == "2026-01-12T09:00"


def test_the_31st_of_december_2024_was_a_day_off_and_the_9th_of_january_worked() -> None:
    assert later("2024-12-31 12:00", 0) == "2025-01-09T09:00"


@pytest.mark.parametrize("day", range(1, 9))
def test_nobody_works_in_the_first_eight_days_of_january(day: int) -> None:
    assert SCHOOL.hours_on(date(2027, 1, day)) is None


def test_the_third_of_november_2026_is_worked_and_the_fourth_is_unity_day() -> None:
    assert later("2026-11-03 16:00", 1) == "2026-11-05T16:00"
    assert SCHOOL.is_working(moment("2026-11-03 16:00"))
    assert not SCHOOL.is_working(moment("2026-11-04 12:00"))


def test_a_saturday_worked_in_exchange_for_a_monday_counts() -> None:
    """1 November 2025 was worked, 3 November was off for it."""
    assert later("2025-10-31 10:00", 1) == "2025-11-01T10:00"
    assert later("2025-11-01 10:00", 1) == "2025-11-05T10:00"


def test_a_holiday_on_a_weekend_gives_the_monday_off() -> None:
    """8 March 2026 is a Sunday."""
    assert later("2026-03-06 10:00", 1) == "2026-03-10T10:00"


def test_the_first_of_september_is_a_working_day_and_the_school_may_say_otherwise() -> None:
    assert later("2026-08-31 10:00", 1) == "2026-09-01T10:00"
    summer = Holiday(first=date(2026, 6, 1), last=date(2026, 8, 31), title="летние каникулы")
    resting = WorkingTime(MOSCOW, replace(FIVE_DAYS, holidays=(summer,)))
    assert later("2026-07-10 10:00", 0, resting) == "2026-09-01T09:00"


def test_a_working_saturday_of_the_school_outranks_its_own_and_the_states_days_off() -> None:
    rest = Holiday(first=date(2026, 12, 14), last=date(2026, 12, 20), title="карантин")
    school = WorkingTime(MOSCOW, replace(FIVE_DAYS, holidays=(rest,), working_days=(date(2026, 12, 19),)))
    assert later("2026-12-14 10:00", 0, school) == "2026-12-19T09:00"


def test_a_deadline_never_outlasts_a_shorter_day() -> None:
    school = WorkingTime(MOSCOW, replace(FIVE_DAYS, hours={**FIVE_DAYS.hours, 4: (time(9), time(13))}))
    assert later("2026-11-19 16:00", 1, school) == "2026-11-20T13:00"


@pytest.mark.parametrize(("zone", "utc_hour"), [(MOSCOW, 6), (OMSK, 3), (KRASNOYARSK, 2)])
def test_the_school_opens_by_its_own_clock(zone: ZoneInfo, utc_hour: int) -> None:
    school = WorkingTime(zone, FIVE_DAYS)
    assert school.next_working_moment(datetime(2026, 11, 15, 12, tzinfo=UTC)) == datetime(
        2026, 11, 16, utc_hour, tzinfo=UTC
    )


def test_midnight_in_moscow_is_already_the_new_year_in_krasnoyarsk() -> None:
    assert WorkingTime(KRASNOYARSK, FIVE_DAYS).today(datetime(2026, 12, 31, 18, tzinfo=UTC)) == date(2027, 1, 1)
    assert SCHOOL.today(datetime(2026, 12, 31, 18, tzinfo=UTC)) == date(2026, 12, 31)


def test_three_working_days_from_taking_office_before_a_holiday() -> None:
    """Taken office on Monday 2 November 2026: the 3rd, the 5th and the 6th are the three days."""
    assert SCHOOL.last_day(date(2026, 11, 2), 3) == date(2026, 11, 6)


def test_a_calendar_that_names_no_hours_means_the_usual_week() -> None:
    school = WorkingTime(MOSCOW, replace(FIVE_DAYS, hours={}))
    assert later("2026-11-20 20:00", 1, school) == "2026-11-24T09:00"


def test_a_school_that_rests_for_years_does_not_hang_the_program() -> None:
    rest = Holiday(first=date(2020, 1, 1), last=date(2030, 1, 1), title="ремонт")
    school = WorkingTime(MOSCOW, replace(FIVE_DAYS, holidays=(rest,)))
    start = moment("2026-11-16 10:00")
    assert school.next_working_moment(start) == start
    assert school.add_working_days(start, 3) == start + timedelta(days=3)


@given(
    start=st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2027, 12, 1)),
    days=st.integers(0, 10),
    zone=st.sampled_from((MOSCOW, OMSK, KRASNOYARSK)),
)
def test_no_deadline_falls_into_a_night_a_weekend_or_a_holiday(start: datetime, days: int, zone: ZoneInfo) -> None:
    school = WorkingTime(zone, FIVE_DAYS)
    begun = start.replace(tzinfo=UTC)
    due = school.add_working_days(begun, days)
    assert school.is_working(due)
    assert due >= begun or days == 0
    assert school.add_working_days(begun, days + 1) > due


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("сегодня", ["2026-11-21"]),
        ("завтра", ["2026-11-22"]),
        ("с сегодняшнего дня", ["2026-11-21"]),
        ("25.11", ["2026-11-25"]),
        ("25 ноября", ["2026-11-25"]),
        ("с 21 по 23 ноября", ["2026-11-21", "2026-11-22", "2026-11-23"]),
        ("21.11–22.11", ["2026-11-21", "2026-11-22"]),
        ("23 и 25 ноября", ["2026-11-23", "2026-11-25"]),
        ("12.01", ["2027-01-12"]),
        ("за первую четверть", []),
        ("30.02", []),
    ],
)
def test_days_are_read_as_people_write_them(words: str, days: list[str]) -> None:
    assert [day.isoformat() for day in days_in(words, date(2026, 11, 21))] == days
