"""Digests: who is told what, in which order, and who must never be told."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from mailbot.cases.case import CaseState
from mailbot.cases.history import Folder
from mailbot.cases.working_time import WorkingTime
from mailbot.replies.wording import Wording
from mailbot.reports.digest import Digest, Section, digest_for
from mailbot.reports.entries import Entry, Past, Result, Taken
from mailbot.reports.mail import digest_text
from mailbot.reports.page import MOST_LINES
from mailbot.reports.readers import readers_of
from mailbot.reports.times import Span, last_moment
from mailbot.reports.troubles import Machinery
from mailbot.rulebook.ids import Flag, Route, Topic
from mailbot.rulebook.types import Absence, Desk, Holiday, Rulebook
from tests.pictures.digests import (
    BUSY_PAST,
    CONSULTANT,
    DAY,
    ILL,
    NAMES,
    WELL,
    answered,
    digest,
    draft_of,
    entry,
    past_of_weeks,
    record,
)
from tests.pictures.said import flat, parts
from tests.pictures.samples import NOW, rulebook

BOOK = rulebook()
WORDING = Wording.of(BOOK)
TODAY = date(2026, 11, 20)
TAG = re.compile(r"<!--.*?-->|<title>.*?</title>|<[^>]*>", re.DOTALL)
HEAD_OF_SCHOOL = "director@school.example.org"
DEPUTY = "zavuch@school.example.org"


def told(
    past: Past | tuple[Entry, ...],
    *,
    to: str = CONSULTANT,
    span: Span = Span.DAY,
    works: Machinery = WELL,
    book: Rulebook = BOOK,
) -> Digest:
    """The digest one colleague gets of this past."""
    past = past if isinstance(past, Past) else Past(entries=past, letters=())
    reader = next(one for one in readers_of(span, book, TODAY) if one.person.address == to)
    return digest_for(reader, span, record(past, works, book, 7 * DAY if span is Span.WEEK else DAY))


def text_of(told_digest: Digest, book: Rulebook = BOOK) -> str:
    return digest_text(told_digest, book, WORDING if book is BOOK else Wording.of(book)).text


def numbers(sections: Mapping[Section, tuple[Entry, ...]]) -> dict[Section, list[str]]:
    return {section: [one.number for one in entries] for section, entries in sections.items() if entries}


# --- who is told what ------------------------------------------------------------------------------------------------


def test_a_consultant_reads_of_their_own_cases_and_not_of_a_class_teachers() -> None:
    theirs, another = entry(30), entry(31, with_whom="class-5b@school.example.org")

    text = text_of(told((theirs, another)))

    assert theirs.number in text
    assert another.number not in text


def test_cases_nobody_holds_are_told_to_the_one_who_keeps_the_mailbox_only() -> None:
    waiting = entry(30, state=CaseState.WAITING)

    assert waiting.number in text_of(told((waiting,)))
    assert told((waiting,), to=DEPUTY).is_empty


def test_the_supervisor_reads_of_every_case_with_its_holder_and_no_familys_name() -> None:
    text = text_of(told((entry(30), entry(31, with_whom="class-5b@school.example.org")), to=DEPUTY, span=Span.WEEK))

    assert "2026-00030" in text
    assert "Классный руководитель 5Б" in text
    assert "Мама" not in text
    assert "mama@" not in text


def test_a_colleague_who_is_away_gets_no_digest_and_the_next_at_the_desk_keeps_the_mailbox() -> None:
    away = (Absence(address=CONSULTANT, first=TODAY, last=TODAY),)
    book = replace(BOOK, school=replace(BOOK.school, absences=away))

    readers = readers_of(Span.DAY, book, TODAY)

    assert [(one.person.address, one.keeps_box) for one in readers] == [(DEPUTY, True)]
    assert "2026-00030" in text_of(told((entry(30),), to=DEPUTY, book=book), book)


def test_while_the_director_is_away_their_deputy_gets_the_week_and_hears_of_danger() -> None:
    away = (Absence(address=HEAD_OF_SCHOOL, first=TODAY, last=TODAY),)
    book = replace(BOOK, school=replace(BOOK.school, absences=away))
    hidden = entry(30, danger=True, flags=(Flag.SAFETY,), with_whom="safety@school.example.org")

    assert hidden.number in text_of(told((hidden,), to="safety@school.example.org", span=Span.WEEK, book=book), book)


def test_week_digests_go_to_supervisor_and_director() -> None:
    assert [one.person.address for one in readers_of(Span.WEEK, BOOK, TODAY)] == [DEPUTY, HEAD_OF_SCHOOL]


@pytest.mark.parametrize("flag", [Flag.SAFETY, Flag.LEAK])
def test_danger_to_a_child_is_told_to_the_director_and_to_nobody_else(flag: Flag) -> None:
    hidden = entry(30, danger=True, flags=(flag,), with_whom=HEAD_OF_SCHOOL)
    works = replace(WELL, undelivered=((NOW, hidden.number),))

    for address, span in ((CONSULTANT, Span.DAY), (DEPUTY, Span.WEEK)):
        assert hidden.number not in text_of(told((hidden,), to=address, span=span, works=works))
    assert hidden.number in text_of(told((hidden,), to=HEAD_OF_SCHOOL, span=Span.WEEK, works=works))


def test_danger_is_not_even_counted_for_others() -> None:
    lastweek = entry(200, danger=True, topics=(Topic.COMPLAINT,), received_at=NOW - 7 * DAY)

    assert told((lastweek,), to=DEPUTY, span=Span.WEEK).is_empty


def test_a_complaint_about_a_colleague_is_not_in_their_digest() -> None:
    about_deputy = entry(30, not_to=(DEPUTY,), topics=(Topic.COMPLAINT,), with_whom=HEAD_OF_SCHOOL)

    assert about_deputy.number not in text_of(told((about_deputy,), to=DEPUTY, span=Span.WEEK))
    assert about_deputy.number in text_of(told((about_deputy,), to=HEAD_OF_SCHOOL, span=Span.WEEK))


def test_an_address_outside_the_school_is_told_numbers_and_dates_only() -> None:
    desks = dict(BOOK.school.desks)
    desks[Route.CONSULTANT] = Desk(people=desks[Route.CONSULTANT].people, number_only=True)
    book = replace(BOOK, school=replace(BOOK.school, desks=desks))

    text = text_of(told((entry(30), entry(31, answer_by=NOW - DAY)), book=book), book)

    assert "2026-00030" in text
    for private in ("Мама", "mama@", "Успеваемость", "5Б"):
        assert private not in text


@pytest.mark.parametrize("name", NAMES)
def test_a_subject_holds_dates_and_counts_and_nobodys_name_or_topic(name: str) -> None:
    subject = parts(draft_of(name, BOOK, WORDING))[0]

    assert re.fullmatch(r"Сводка обращений (?:на \d+ [а-я]+|за неделю)(?:: [а-я0-9 ,]+)?", subject)


# --- in which order --------------------------------------------------------------------------------------------------


def test_what_is_wrong_stands_first_and_the_reconciliation_before_all() -> None:
    text = text_of(digest("busy", BOOK))

    order = ["Сверка", "отложено для человека", "не ушло", "не работает", "ждут отправки"]
    order += ["ПРОСРОЧЕНО", "СРОК СЕГОДНЯ", "НОВЫЕ", "В РАБОТЕ", "ЖДЁМ СВЕДЕНИЙ", "ЗАВЕРШЕНО", "НЕ ОТВЕЧЕНО И ПОЧЕМУ"]
    places = [flat(text).index(one) for one in order]
    assert places == sorted(places)


def test_a_letter_the_program_cannot_account_for_is_the_first_thing_told() -> None:
    first = digest("busy", BOOK).troubles[0]

    assert first.what.startswith("Сверка не сходится")
    assert "не учтено 1" in first.what


def test_a_reconciliation_that_comes_out_is_told_too() -> None:
    line = "Сверка: писем во входящих 3 = принято 1 + отложено 0 + ждёт разбора 0 + старых 2."

    assert line in flat(text_of(digest("quiet", BOOK)))


def test_each_case_stands_once() -> None:
    listed = [number for found in numbers(digest("busy", BOOK).sections).values() for number in found]

    assert len(listed) == len(set(listed)) == 8


def test_overdue_and_due_today_go_by_the_schools_own_calendar() -> None:
    # 21:30 UTC on the 19th is the 20th in Moscow already.
    late = entry(60, answer_by=datetime(2026, 11, 19, 21, 30, tzinfo=UTC))
    tonight = entry(61, answer_by=datetime(2026, 11, 20, 20, 59, tzinfo=UTC))
    tomorrow = entry(62, answer_by=datetime(2026, 11, 20, 21, 1, tzinfo=UTC))

    found = numbers(told((late, tonight, tomorrow)).sections)

    assert found == {
        Section.OVERDUE: [late.number],
        Section.DUE_TODAY: [tonight.number],
        Section.IN_WORK: [tomorrow.number],
    }


def test_the_most_urgent_of_a_section_comes_first() -> None:
    soon, later = entry(60, answer_by=NOW + 3 * DAY), entry(50, answer_by=NOW + 5 * DAY)

    assert numbers(told((later, soon)).sections)[Section.IN_WORK] == [soon.number, later.number]


def test_what_was_closed_before_the_last_digest_is_not_told_again() -> None:
    assert told((answered(90, 2),)).is_empty


def test_a_long_section_is_cut_and_says_so() -> None:
    text = text_of(told(tuple(entry(n) for n in range(30, 30 + MOST_LINES + 5))))

    assert text.count("\n- № ") == MOST_LINES
    assert "И ещё 5." in text


# --- what is told ----------------------------------------------------------------------------------------------------


def test_an_empty_day_has_nothing_to_tell() -> None:
    empty = told(())

    assert empty.is_empty
    assert "За это время ничего не произошло." in text_of(empty)


@pytest.mark.parametrize(
    ("past", "works"),
    [
        (Past(entries=(), letters=()), ILL),
        (Past(entries=(entry(30),), letters=()), WELL),
        (Past(entries=(), letters=(Taken(at=NOW, number="", folder=Folder.NOT_ANSWERED, code="list"),)), WELL),
    ],
    ids=["something is wrong", "a case is open", "a letter was not answered"],
)
def test_a_day_with_anything_in_it_is_not_empty(past: Past, works: Machinery) -> None:
    assert not told(past, works=works).is_empty


def test_letters_without_an_answer_are_told_with_reason_code_count_and_how_to_release_them() -> None:
    text = flat(text_of(digest("busy", BOOK)))

    assert "5: рассылка или реклама (list-unsubscribe) папка «Без ответа»: если писал человек, ответьте ему" in text
    assert "1: письмо адресовано не нам: скрытая копия или пересылка (not-to-us) письмо у сотрудника" in text
    assert "1: благодарность, ответа не ждёт (thanks) ничего не нужно" in text


def test_a_reason_nobody_foresaw_is_told_by_its_code() -> None:
    letters = (Taken(at=NOW, number="", folder=Folder.NOT_ANSWERED, code="x-new-sign"),)

    assert "похоже на письмо программы (x-new-sign)" in flat(text_of(told(Past(entries=(), letters=letters))))


def test_a_topic_people_ask_about_without_guidance_is_named() -> None:
    topics = {**BOOK.topics, Topic.ACCESS: replace(BOOK.topics[Topic.ACCESS], guidance={})}
    book = replace(BOOK, topics=topics)

    text = text_of(told((entry(3, topics=(Topic.ACCESS,)), entry(4, topics=(Topic.ACCESS,))), book=book), book)

    assert f"{BOOK.topics[Topic.ACCESS].title}: 2 обращения" in text


def test_a_topic_with_guidance_is_not_named() -> None:
    assert told((entry(3, topics=(Topic.ACCESS,)),)).unguided == ()


def test_mail_called_off_by_us_is_no_trouble() -> None:
    called_off = replace(ILL.stuck[0], answer="cancelled")

    assert told((), works=replace(WELL, stuck=(called_off,))).is_empty


def test_a_servers_words_with_an_address_in_them_do_not_get_into_the_digest() -> None:
    stuck = replace(ILL.stuck[0], answer="RCPT: 550 5.1.1 <mama@example.com> unknown")

    text = flat(text_of(told((), works=replace(WELL, stuck=(stuck,)))))

    assert "отказал (код 550)" in text
    assert "mama@" not in text


def test_a_breaker_that_has_closed_is_no_trouble() -> None:
    assert told((), works=replace(WELL, paused_until=NOW - timedelta(minutes=1))).is_empty
    assert "отправка остановлена до" in flat(text_of(told((), works=replace(WELL, paused_until=NOW + DAY))))


def test_the_week_shows_the_weeks_before_it_and_what_was_asked() -> None:
    week = digest("week", BOOK)

    assert [one.received for one in week.weeks] == [9, 12, 0, 7, 20, 16]
    first = week.topics[0]
    assert (first.topic, first.count, first.before) == (Topic.SCHEDULE, 4, 4)
    assert sum(one.count for one in week.topics) == 16


# --- how it reads ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_the_html_stands_in_the_text(name: str) -> None:
    _, text, html = parts(draft_of(name, BOOK, WORDING))
    plain = flat(text).replace("\N{NO-BREAK SPACE}", " ").casefold()

    shown = [flat(piece).strip(" ,;:().") for piece in unescape(TAG.sub("\n", html)).splitlines()]
    for piece in filter(None, (one.replace("\N{NO-BREAK SPACE}", " ").strip() for one in shown)):
        assert piece.casefold() in plain, piece


@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_at_most_78_columns_wide(name: str) -> None:
    assert max(map(len, parts(draft_of(name, BOOK, WORDING))[1].splitlines())) <= 78


@pytest.mark.parametrize("name", NAMES)
def test_a_digest_leaves_no_gaps_where_a_fact_is_missing(name: str) -> None:
    assert not re.search(r"\n\n\n| ,|\(\)| \.\s|: *\.|None", parts(draft_of(name, BOOK, WORDING))[1])


def test_a_strangers_name_is_text_and_one_line_in_the_digest() -> None:
    hostile = "<img src=x onerror=alert(1)>\r\nBcc: all@example.org\x07" + "я" * 500

    worded = digest_text(told((entry(30, writer_name=hostile),)), BOOK, WORDING)

    assert "<img" not in worded.html
    assert "\nBcc:" not in worded.text
    assert "я" * 100 not in worded.text


def test_the_fullest_digest_there_can_be_is_still_written() -> None:
    past = Past(
        entries=tuple(
            entry(n, writer_name="Ы" * 300, topics=tuple(Topic), answer_by=NOW + (n % 6 - 1) * DAY) for n in range(400)
        )
        + tuple(entry(n, state=CaseState.WAITING, writer_name="Ы" * 300) for n in range(400, 800))
        + tuple(answered(n, 30, writer_name="Ы" * 300) for n in range(800, 830)),
        letters=tuple(Taken(at=NOW, number="", folder=Folder.NOT_ANSWERED, code=f"list-{n}") for n in range(30)),
    )
    works = replace(
        ILL,
        stuck=tuple(replace(ILL.stuck[0], number=f"2026-{n:05}") for n in range(100)),
        undelivered=tuple((NOW, f"2026-{n:05}") for n in range(100)),
    )

    for to, span in ((CONSULTANT, Span.DAY), (HEAD_OF_SCHOOL, Span.WEEK)):
        assert len(text_of(told(past, to=to, span=span, works=works))) > 1000


# --- when ------------------------------------------------------------------------------------------------------------


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-20T04:59", "2026-11-19T05:00"),  # not before eight in Moscow
        ("2026-11-20T05:00", "2026-11-20T05:00"),
        ("2026-11-22T12:00", "2026-11-20T05:00"),  # a Sunday
        ("2026-11-04T12:00", "2026-11-03T05:00"),  # the Day of Unity
        ("2026-01-05T12:00", "2025-12-30T05:00"),  # the New Year's days off; 31 December 2025 is one
    ],
)
def test_the_day_digest_is_due_at_eight_on_working_days(now: str, due: str) -> None:
    assert last_moment(Span.DAY, at(now), WorkingTime.of(BOOK)) == at(due)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-18T12:00", "2026-11-16T05:00"),
        ("2026-11-16T04:00", "2026-11-09T05:00"),
        ("2026-02-25T12:00", "2026-02-24T05:00"),  # Monday 23 February is a day off
        ("2026-01-09T12:00", "2025-12-29T05:00"),  # a week whose working days never came
        ("2026-01-13T12:00", "2026-01-12T05:00"),
    ],
)
def test_the_week_digest_is_due_on_the_first_working_day_of_the_week(now: str, due: str) -> None:
    assert last_moment(Span.WEEK, at(now), WorkingTime.of(BOOK)) == at(due)


def test_a_school_in_krasnoyarsk_reads_its_digest_at_its_own_eight_o_clock() -> None:
    works = WorkingTime.of(rulebook(zone="Asia/Krasnoyarsk"))

    assert last_moment(Span.DAY, at("2026-11-20T01:00"), works) == at("2026-11-20T01:00")


def test_nobody_gets_a_digest_in_the_summer() -> None:
    summer = Holiday(first=NOW.date() - 90 * DAY, last=NOW.date() + DAY, title="каникулы")
    works = WorkingTime.of(replace(BOOK, calendar=replace(BOOK.calendar, holidays=(summer,))))

    assert last_moment(Span.DAY, NOW, works) is None


# --- the samples themselves ------------------------------------------------------------------------------------------


def test_the_sample_past_has_every_section_and_every_kind_of_result() -> None:
    assert set(numbers(digest("busy", BOOK).sections)) == set(Section)
    results = {one.result for one in (*BUSY_PAST.entries, *past_of_weeks().entries)}
    assert results >= {Result.GUIDED, Result.BY_STAFF, Result.IN_WORK, Result.WAITING}
