"""The register of requests: one row a request, and counts by month; the terminal's table, the xlsx's sheets.

Cells are text, numbers and the school's local moments without a zone, as spreadsheets know them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table

from mailbot.cases.doors import staff_of
from mailbot.cases.working_time import WorkingTime
from mailbot.errors import Language, Words
from mailbot.letters.printable import printable_line
from mailbot.replies.subject import shortened
from mailbot.replies.words import AUDIENCE_TITLE
from mailbot.reports.entries import OPEN_RESULTS, Entry, Result
from mailbot.reports.trend import median_hours
from mailbot.reports.words import FLAG_SAID, RESULT_SAID
from mailbot.rulebook.types import Rulebook

Cell = str | int | float | datetime | None
Row = tuple[Cell, ...]
LONGEST_CELL = 500

HEADINGS = (
    *("Номер", "Получено", "Кто пишет", "Тема", "Ещё темы", "Класс", "Признаки", "Исход", "У кого"),
    *("Ответить до", "Отвечено", "Часов до ответа", "Завершено", "Писем", "Уточнений"),
)
WRITER_HEADINGS = ("Заявитель", "Адрес")
MONTH_HEADINGS = (
    *("Месяц", "Тема", "Всего", *(RESULT_SAID[result].capitalize() for result in Result)),
    *("Медиана часов до ответа", "Медиана часов до ответа сотрудника"),
)
ALL_TOPICS = "Все темы"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its headings."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def register_of(entries: Iterable[Entry], book: Rulebook, *, with_writers: bool) -> Sheet:
    """One row a request, the oldest first; who wrote only if asked for: then it must not leave the school."""
    works, names = WorkingTime.of(book), {person.address: person.name for person in staff_of(book)}
    rows = (
        _row(entry, book, works, names) + ((_text(entry.writer_name), _text(entry.writer)) if with_writers else ())
        for entry in sorted(entries, key=lambda entry: entry.number)
    )
    return Sheet("Обращения", HEADINGS + (WRITER_HEADINGS if with_writers else ()), tuple(rows))


def months_of(entries: Iterable[Entry], book: Rulebook) -> Sheet:
    """Requests by the month they came in and by primary topic; each month begins with its sums."""
    works = WorkingTime.of(book)
    by_month: dict[str, list[Entry]] = {}
    for entry in entries:
        by_month.setdefault(f"{works.today(entry.received_at):%Y-%m}", []).append(entry)
    rows: list[Row] = []
    for month, received in sorted(by_month.items()):
        rows.append(_counts(month, ALL_TOPICS, received))
        topics = sorted({entry.topics[0] for entry in received if entry.topics}, key=list(book.topics).index)
        for topic in topics:
            about = [entry for entry in received if entry.topics and entry.topics[0] is topic]
            rows.append(_counts(month, book.topics[topic].title, about))
    return Sheet("По месяцам", MONTH_HEADINGS, tuple(rows))


def terminal_table(entries: Iterable[Entry], book: Rulebook, language: Language) -> Table:
    """The register as a table for a terminal: what fits into a line of it."""
    works, names = WorkingTime.of(book), {person.address: person.name for person in staff_of(book)}
    headings = (
        Words("№", "no."),
        Words("получено", "received"),
        Words("тема", "topic"),
        Words("исход", "result"),
        Words("у кого", "with"),
        Words("ответить до", "due"),
        Words("часов до ответа", "hours to answer"),
    )
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading.said_in(language))
    for entry in sorted(entries, key=lambda entry: entry.number):
        cells = dict(zip(HEADINGS, _row(entry, book, works, names), strict=True))
        shown = ("Номер", "Получено", "Тема", "Исход", "У кого", "Ответить до", "Часов до ответа")
        table.add_row(*(_shown(cells[name]) for name in shown))
    return table


def _row(entry: Entry, book: Rulebook, works: WorkingTime, names: dict[str, str]) -> Row:
    titles = [book.topics[topic].title for topic in entry.topics]
    hours = entry.hours_to_answer
    return (
        entry.number,
        _local(entry.received_at, works),
        AUDIENCE_TITLE[entry.audience],
        _text("".join(titles[:1])),
        _text(", ".join(titles[1:])),
        _text(entry.school_class),
        ", ".join(FLAG_SAID[flag] for flag in entry.flags),
        RESULT_SAID[entry.result],
        _text(names.get(entry.with_whom) or entry.with_whom),
        _local(entry.answer_by, works) if entry.result in OPEN_RESULTS else None,
        _local(entry.answered_at, works),
        round(hours, 1) if hours is not None else None,
        _local(entry.closed_at, works),
        entry.letters,
        entry.rounds,
    )


def _counts(month: str, topic: str, entries: list[Entry]) -> Row:
    by_result = [sum(entry.result is result for entry in entries) for result in Result]
    return (
        month,
        topic,
        len(entries),
        *by_result,
        _median(entries),
        _median([entry for entry in entries if entry.result is Result.BY_STAFF]),
    )


def _median(entries: list[Entry]) -> float | None:
    hours = median_hours(entries)
    return round(hours, 1) if hours is not None else None


def _local(at: datetime | None, works: WorkingTime) -> datetime | None:
    return at.astimezone(works.zone).replace(tzinfo=None, second=0, microsecond=0) if at else None


def _text(said: str) -> str:
    """Words of letters and rules as one short line without control characters."""
    return shortened(printable_line(said), LONGEST_CELL)


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:%d.%m.%Y %H:%M}" if isinstance(cell, datetime) else str(cell)
