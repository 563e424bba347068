"""The register: one row a request, folded from the journal; a spreadsheet that can be filtered and runs nothing."""

import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from rich.console import Console

from mailbot.casebook.entries import folded
from mailbot.casebook.rows import CaseChanged, Concluded, Considered, Row
from mailbot.cases.case import Case, CaseState, Kind, SentMail
from mailbot.cases.draft import mail_of
from mailbot.cases.events import AnsweredByPerson
from mailbot.cases.history import Folder, History, Tally
from mailbot.cases.other_words import on_answered_by_person
from mailbot.errors import Language
from mailbot.replies.wording import Wording
from mailbot.reports.entries import Entry, Past, Result
from mailbot.reports.register import HEADINGS, MONTH_HEADINGS, WRITER_HEADINGS, months_of, register_of, terminal_table
from mailbot.reports.xlsx import workbook_bytes
from mailbot.rulebook.ids import Disposition, Flag, Intent, Topic, WriterGets
from tests.pictures.digests import answered, entry, past_of_weeks
from tests.pictures.samples import NOW, draft, matter, rulebook

BOOK = rulebook()
HOUR = timedelta(hours=1)


def case_of(state: CaseState, *kinds: Kind, **changes: object) -> Case:
    """The sample case in a state, with mail of these kinds written two hours after its letter."""
    sent = tuple(SentMail(f"<{kind}@x>", kind, "mama@example.com", NOW + 2 * HOUR) for kind in kinds)
    case = matter(state=state, sent=sent, changed_at=NOW + 3 * HOUR, **changes).case
    assert case is not None
    return case


def considered(case: Case | None, **changes: object) -> Considered:
    """The journal's row of one letter."""
    row = Considered(
        at=NOW,
        key="k1",
        received_at=NOW,
        uid=1,
        uidvalidity=1,
        message_id="",
        text_digest="",
        event="FromWriter",
        reason="person",
        concluded=Concluded(
            disposition=Disposition.ESCALATE,
            route=None,
            writer_gets=WriterGets.RECEIPT,
            topics=(Topic.GRADES,),
            intent=Intent.PROBLEM,
            flags=(),
            confidence=0.9,
        ),
        folder=Folder.HANDED_OVER,
        case=case,
        mails=(),
        cancel=(),
        dead=(),
        why=(),
        rules="",
        model="",
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def changed(case: Case, why: tuple[str, ...] = (), at: datetime = NOW) -> CaseChanged:
    return CaseChanged(at=at, case=case, mails=(), cancel=(), why=why)


def past(*rows: Row) -> Past:
    return folded(rows, ())


# --- from the journal to the register --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kinds", "result"),
    [
        (CaseState.REGISTERED, (Kind.RECEIPT,), Result.IN_WORK),
        (CaseState.WITH_STAFF, (Kind.RECEIPT, Kind.GUIDANCE, Kind.FORWARD), Result.IN_WORK),
        (CaseState.WAITING, (Kind.QUESTIONS,), Result.WAITING),
        (CaseState.ANSWERED, (Kind.GUIDANCE,), Result.GUIDED),
        (CaseState.ANSWERED, (Kind.VENDOR,), Result.VENDOR),
        (CaseState.ANSWERED, (Kind.KNOWN_OUTAGE,), Result.GUIDED),
        (CaseState.CLOSED, (Kind.GUIDANCE, Kind.RELAY), Result.BY_STAFF),
        (CaseState.CLOSED, (Kind.GUIDANCE,), Result.GUIDED),
        (CaseState.CLOSED, (Kind.RECEIPT,), Result.CLOSED),
        (CaseState.REFUSED, (Kind.REFUSAL,), Result.REFUSED),
    ],
)
def test_a_request_is_counted_by_how_it_stands_or_by_the_strongest_answer_it_got(
    state: CaseState, kinds: tuple[Kind, ...], result: Result
) -> None:
    (one,) = past(considered(case_of(state, *kinds))).entries

    assert one.result is result


def test_the_last_word_on_a_case_is_what_the_register_says() -> None:
    first, last = case_of(CaseState.WITH_STAFF), case_of(CaseState.CLOSED, Kind.RELAY)

    (one,) = past(considered(first), changed(last)).entries

    assert one.result is Result.BY_STAFF
    assert one.hours_to_answer == 2


def test_a_colleague_who_answered_from_a_mail_program_of_their_own_counts_as_staffs_answer() -> None:
    case = case_of(CaseState.WITH_STAFF, Kind.RECEIPT)
    history = History(
        case=case, linked="", next_number="", twin="", open_of_writer=(), unsent=(), tally=Tally(), latest=None
    )
    step = on_answered_by_person(AnsweredByPerson(case=case.number, at=NOW), history, NOW + 5 * HOUR)
    assert step.case is not None

    (one,) = past(considered(case), changed(step.case, tuple(map(str, step.why)), NOW + 5 * HOUR)).entries

    assert one.result is Result.BY_STAFF
    assert one.hours_to_answer == 5


def test_a_receipt_and_questions_are_no_answer() -> None:
    (one,) = past(considered(case_of(CaseState.WITH_STAFF, Kind.RECEIPT, Kind.QUESTIONS))).entries

    assert one.hours_to_answer is None


def test_a_case_of_a_month_that_is_not_read_is_still_in_the_register_while_it_is_remembered() -> None:
    old = case_of(CaseState.WAITING, Kind.QUESTIONS)

    assert [one.number for one in folded((), (old,)).entries] == [old.number]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (considered(None, event="Machine", reason="list-unsubscribe"), "list-unsubscribe"),
        (considered(None, event="Unreadable", concluded=None), "unreadable"),
        (considered(None, reason="not-to-us"), "not-to-us"),
        (considered(None, why=("gate: cap_person_day: «…»",)), "held"),
        (considered(None, why=("older than 3 days at first sight",)), "old"),
        (considered(None, why=("the same letter delivered twice: «k0»",)), "twice"),
        (considered(None), "in-work"),
    ],
)
def test_a_letter_whose_writer_got_nothing_says_why(row: Considered, code: str) -> None:
    assert [one.code for one in past(row).letters] == [code]


def test_a_letter_whose_writer_got_something_is_not_among_the_unanswered() -> None:
    mail = mail_of(draft(Kind.RECEIPT, BOOK, Wording.of(BOOK)))

    assert past(considered(None, mails=(mail,))).letters[0].code == ""


def test_a_further_letter_about_danger_is_not_counted_where_others_read_it() -> None:
    row = considered(None)
    assert row.concluded is not None

    assert past(replace(row, concluded=replace(row.concluded, flags=(Flag.SAFETY,)))).letters[0].code == ""


@pytest.mark.parametrize("event", ["OwnCopy", "Bounce", "StaffWord", "AnsweredByPerson"])
def test_our_copies_bounces_and_colleagues_words_are_no_letters_of_the_register(event: str) -> None:
    assert past(considered(None, event=event)).letters == ()


# --- sheets ----------------------------------------------------------------------------------------------------------


def cells(one: Entry, *, with_writers: bool = False) -> dict[str, object]:
    sheet = register_of((one,), BOOK, with_writers=with_writers)
    return dict(zip(sheet.headings, sheet.rows[0], strict=True))


def test_a_row_tells_the_request_in_russian_and_in_the_schools_time() -> None:
    row = cells(answered(30, 4.26, received_at=datetime(2026, 11, 17, 21, 30, tzinfo=UTC)))

    assert row["Получено"] == datetime(2026, 11, 18, 0, 30)
    assert row["Исход"] == "ответил сотрудник"
    assert row["Тема"] == BOOK.topics[Topic.GRADES].title
    assert row["Часов до ответа"] == 4.3
    assert row["У кого"] == "Ответственный за электронный журнал"
    assert row["Ответить до"] is None


def test_who_wrote_is_in_the_register_only_where_it_was_asked_for() -> None:
    assert not {"Заявитель", "Адрес"} & set(cells(entry(30)))
    assert cells(entry(30), with_writers=True)["Адрес"] == "mama@example.com"


def test_a_month_begins_with_its_sums_and_counts_each_topic_outcome_and_time() -> None:
    may = datetime(2026, 5, 12, 9, tzinfo=UTC)
    entries = (
        answered(1, 10, received_at=may),
        answered(2, 20, received_at=may, topics=(Topic.ACCESS,)),
        entry(3, received_at=may),
        entry(4, received_at=may + timedelta(days=30)),
    )

    rows = [dict(zip(MONTH_HEADINGS, row, strict=True)) for row in months_of(entries, BOOK).rows]

    assert [(row["Месяц"], row["Тема"], row["Всего"]) for row in rows] == [
        ("2026-05", "Все темы", 3),
        ("2026-05", BOOK.topics[Topic.GRADES].title, 2),
        ("2026-05", BOOK.topics[Topic.ACCESS].title, 1),
        ("2026-06", "Все темы", 1),
        ("2026-06", BOOK.topics[Topic.GRADES].title, 1),
    ]
    assert (rows[0]["Ответил сотрудник"], rows[0]["В работе"]) == (2, 1)
    assert rows[0]["Медиана часов до ответа сотрудника"] == 15


def test_the_terminal_shows_a_line_for_each_request() -> None:
    shown = StringIO()
    Console(width=160, file=shown).print(terminal_table((entry(30), answered(40, 3)), BOOK, Language.RU))

    text = shown.getvalue()
    assert "2026-00030" in text
    assert "ответил сотрудник" in text


# --- the file --------------------------------------------------------------------------------------------------------


def workbook(*entries: Entry, with_writers: bool = True) -> zipfile.ZipFile:
    sheets = (register_of(entries, BOOK, with_writers=with_writers), months_of(entries, BOOK))
    return zipfile.ZipFile(BytesIO(workbook_bytes(sheets, NOW)))


def sheet_xml(book: zipfile.ZipFile, n: int) -> str:
    return book.read(f"xl/worksheets/sheet{n}.xml").decode()


def test_the_file_has_russian_headings_that_stay_and_filter() -> None:
    book = workbook(entry(30), answered(40, 3))
    strings = sheet_xml(book, 1) + sheet_xml(book, 2)

    for heading in (*HEADINGS, *WRITER_HEADINGS, *MONTH_HEADINGS):
        assert f">{heading}<" in strings
    for n in (1, 2):
        assert re.search(r'<autoFilter ref="A1:[A-Z]+\d+"', sheet_xml(book, n))
        assert 'state="frozen"' in sheet_xml(book, n)
    assert "По месяцам" in book.read("xl/workbook.xml").decode()


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://x.example","жми")',
        "=1+1",
        "@SUM(A1)",
        "+7 999 123-45-67",
        "-2+3",
        "http://x.example/a",
        "{=1}",
    ],
)
def test_nothing_a_stranger_wrote_becomes_a_formula_a_number_or_a_link(name: str) -> None:
    book = workbook(entry(30, writer_name=name))

    assert "<f>" not in sheet_xml(book, 1)
    assert "hyperlink" not in sheet_xml(book, 1)
    assert not [part for part in book.namelist() if "external" in part.lower()]
    assert name.replace('"', "&quot;").split("&")[0][:5] in sheet_xml(book, 1)


def test_a_cell_that_begins_like_a_formula_stays_text_even_when_somebody_edits_it() -> None:
    assert 'quotePrefix="1"' in workbook(entry(30, writer_name="=1+1")).read("xl/styles.xml").decode()


def test_dates_are_dates_so_that_the_filter_can_group_them() -> None:
    row = re.search(r'<c r="B2"[^>]*><v>([\d.]+)</v>', sheet_xml(workbook(entry(30)), 1))

    assert row
    assert 46000 < float(row[1]) < 47000  # days since 1900: November 2026


def test_control_characters_of_a_name_do_not_break_the_file() -> None:
    book = workbook(entry(30, writer_name="Мама\x00\x0b\ud800 Марии\r\n"))

    assert "Марии" in sheet_xml(book, 1)


def test_the_same_register_makes_the_same_bytes() -> None:
    entries = past_of_weeks().entries
    sheets = (register_of(entries, BOOK, with_writers=False), months_of(entries, BOOK))

    assert workbook_bytes(sheets, NOW) == workbook_bytes(sheets, NOW)


def test_an_empty_register_is_a_file_too() -> None:
    assert "<f>" not in sheet_xml(workbook(), 1)
