"""Who is behind a route today: the desk's first person who is not absent, else a stand-in, else the next door.

Chain of last resort: class teacher → the desk for absences, if the school has one → consultant → supervisor →
director → the director's deputy. A desk is never empty
(the rulebook's check sees to it), so every letter that must reach a person reaches one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mailbot.rulebook.ids import Route
from mailbot.rulebook.types import Desk, Person, Rulebook

NEXT_DOOR = {
    Route.CLASS_TEACHER: Route.CONSULTANT,
    Route.VENDOR: Route.CONSULTANT,
    Route.OFFICE: Route.SUPERVISOR,
    Route.CONSULTANT: Route.SUPERVISOR,
    Route.SUPERVISOR: Route.DIRECTOR,
}


@dataclass(frozen=True, slots=True)
class Door:
    """Whom a case is handed to. `route` is the door that was found open, `number_only` what may be told there."""

    person: Person
    route: Route
    number_only: bool


def door(route: Route, klass: str, book: Rulebook, today: date, without: frozenset[str] = frozenset()) -> Door:
    """The person who gets a case on `route` today (the school's local date); `klass` («5Б») finds its teacher.

    `without` are addresses that must not get it: dead ones, or of those it is about. The director's deputy is the last
    resort, whatever `without` says.
    """
    desk = book.school.class_teachers.get(klass) if route is Route.CLASS_TEACHER else None
    for one in (desk, book.school.desks.get(route)):
        person = _present(one, book, today, without)
        if one and person:
            return Door(person, route, one.number_only)
    if route is Route.DIRECTOR:
        return Door(book.school.director_absent, route, number_only=False)
    return door(NEXT_DOOR[route], klass, book, today, without)


def beside(
    found: Door, classes: Iterable[str], book: Rulebook, today: date, without: frozenset[str]
) -> tuple[Door, ...]:
    """Who must know, too, what one class teacher gets about brothers and sisters: the teachers of the other classes.

    Nobody, if whoever was found is no teacher of theirs, but has taken the case over from one.
    """
    if found.route is not Route.CLASS_TEACHER:
        return ()
    doors = {one.person.address: one for one in (door(found.route, klass, book, today, without) for klass in classes)}
    return tuple(doors.values()) if doors.pop(found.person.address, None) else ()


def next_door(route: Route, klass: str, book: Rulebook, today: date, without: frozenset[str] = frozenset()) -> Door:
    """The person one step up the chain from `route`; the director's own next is the deputy."""
    if route is Route.DIRECTOR:
        return Door(book.school.director_absent, route, number_only=False)
    return door(NEXT_DOOR[route], klass, book, today, without)


def stand_ins(address: str, book: Rulebook) -> frozenset[str]:
    """Everyone who sits at a desk with `address`, itself included; the director's deputy stands in for the director."""
    director = book.school.desks.get(Route.DIRECTOR)
    lane = frozenset(person.address for person in (*(director.people if director else ()), book.school.director_absent))
    desks = (*book.school.desks.values(), *book.school.class_teachers.values())
    groups = (lane, *(frozenset(person.address for person in desk.people) for desk in desks))
    return frozenset({address}).union(*(group for group in groups if address in group))


def is_number_only(address: str, book: Rulebook) -> bool:
    """Whether a member of staff may be told the number only, at any desk."""
    desks = (*book.school.desks.values(), *book.school.class_teachers.values())
    return any(desk.number_only and any(person.address == address for person in desk.people) for desk in desks)


def door_of(person: Person, route: Route, book: Rulebook) -> Door:
    """The door of one person known by name; `route` is what they get it as."""
    return Door(person, route, is_number_only(person.address, book))


def staff_of(book: Rulebook) -> tuple[Person, ...]:
    """Everyone the rules name, each once."""
    desks = (*book.school.desks.values(), *book.school.class_teachers.values())
    people = (*(person for desk in desks for person in desk.people), book.school.director_absent, book.school.roster)
    return tuple({person.address: person for person in people}.values())


def _present(desk: Desk | None, book: Rulebook, today: date, without: frozenset[str]) -> Person | None:
    """The first of the desk who is not away today."""
    away = {absence.address for absence in book.school.absences if absence.first <= today <= absence.last} | without
    return next((person for person in (desk.people if desk else ()) if person.address not in away), None)
