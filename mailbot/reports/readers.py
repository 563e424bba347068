"""Who gets a digest and how much of it: a consultant their own cases, supervisor and director all of them."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from mailbot.cases.doors import is_number_only
from mailbot.reports.entries import Entry
from mailbot.reports.times import Span
from mailbot.rulebook.ids import Route
from mailbot.rulebook.types import Person, Rulebook


class Detail(StrEnum):
    """Own: the reader's own cases, with the names of who wrote. All: every case with its holder, no writer named."""

    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One recipient. `keeps_box`: the one at the desk who looks after the mailbox and hears what is wrong with it.

    `stands_for`: colleagues at the desk who are away, whose cases are the reader's meanwhile. `number_only`: the
    address lies outside the school, so only numbers and dates may be told there.
    """

    person: Person
    detail: Detail
    number_only: bool
    keeps_box: bool
    sees_danger: bool
    stands_for: frozenset[str] = frozenset()


def readers_of(span: Span, book: Rulebook, today: date) -> tuple[Reader, ...]:
    """Who gets this digest on the school's date `today`; people who are absent get none."""
    away = frozenset(absence.address for absence in book.school.absences if absence.first <= today <= absence.last)
    return _consultants(book, away) if span is Span.DAY else _heads(book, away)


def _consultants(book: Rulebook, away: frozenset[str]) -> tuple[Reader, ...]:
    """Everyone at the consultants' desk; the first of them keeps the mailbox and stands in for who is away."""
    desk = _desk(Route.CONSULTANT, book)
    present = [person for person in desk if person.address not in away]
    missing = away & {person.address for person in desk}
    readers = [_reader(person, Detail.OWN, book, keeps_box=person is present[0]) for person in present]
    return tuple(replace(one, stands_for=missing) if one.keeps_box else one for one in readers)


def _heads(book: Rulebook, away: frozenset[str]) -> tuple[Reader, ...]:
    """Supervisor and director, or who stands in for them; one person gets one digest."""
    supervisor = next((one for one in _desk(Route.SUPERVISOR, book) if one.address not in away), None)
    director = next((one for one in _desk(Route.DIRECTOR, book) if one.address not in away), None)
    heads = (supervisor, director or book.school.director_absent)
    once = {person.address: person for person in heads if person}
    return tuple(_reader(one, Detail.ALL, book, keeps_box=True) for one in once.values())


def may_see(reader: Reader, entry: Entry) -> bool:
    """Whether a case may be mentioned to the reader at all: nothing about themselves, danger to the director only."""
    if reader.person.address in entry.not_to:
        return False
    return not entry.danger or reader.sees_danger


def is_theirs(reader: Reader, entry: Entry) -> bool:
    """Whether a case belongs into the reader's digest; who keeps the mailbox also sees the cases nobody holds."""
    if not may_see(reader, entry):
        return False
    if reader.detail is Detail.ALL or entry.with_whom in {reader.person.address, *reader.stands_for}:
        return True
    return reader.keeps_box and not entry.with_whom


def _reader(person: Person, detail: Detail, book: Rulebook, *, keeps_box: bool) -> Reader:
    number_only = is_number_only(person.address, book)
    return Reader(
        person=person,
        detail=detail,
        number_only=number_only,
        keeps_box=keeps_box,
        sees_danger=not number_only and person.address in _directors(book),
    )


def _directors(book: Rulebook) -> frozenset[str]:
    """The director and who stands in for them: the only ones who hear of danger."""
    director = (person.address for person in _desk(Route.DIRECTOR, book))
    return frozenset({book.school.director_absent.address, *director})


def _desk(route: Route, book: Rulebook) -> tuple[Person, ...]:
    desk = book.school.desks.get(route)
    return desk.people if desk else ()
