"""Who is behind a route today: the desk's first person who is not absent, else a stand-in, else the next door.

Chain of last resort: class teacher → consultant → supervisor → director → the director's deputy. A desk is never empty
(the rulebook's check sees to it), so every letter that must reach a person reaches one.
"""

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


def door(route: Route, klass: str, book: Rulebook, today: date) -> Door:
    """The person who gets a case on `route` today (the school's local date); `klass` («5Б») finds its teacher."""
    desk = book.school.class_teachers.get(klass) if route is Route.CLASS_TEACHER else book.school.desks.get(route)
    person = _present(desk, book, today)
    if desk and person:
        return Door(person, route, desk.number_only)
    if route is Route.DIRECTOR:
        return Door(book.school.director_absent, route, number_only=False)
    return door(NEXT_DOOR[route], klass, book, today)


def _present(desk: Desk | None, book: Rulebook, today: date) -> Person | None:
    """The first of the desk who is not away today."""
    away = {absence.address for absence in book.school.absences if absence.first <= today <= absence.last}
    return next((person for person in (desk.people if desk else ()) if person.address not in away), None)
