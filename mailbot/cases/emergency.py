"""The emergency of the regulation: nobody at the school can advise, so the writer is told whom to turn to."""

from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.cases.case import Case, CaseState, Kind, Note
from mailbot.cases.doors import door_of, next_door, staff_of
from mailbot.cases.draft import Writing
from mailbot.cases.outages import has_vendor
from mailbot.cases.working_time import WorkingTime
from mailbot.cases.writings import Says, to_staff, to_writer, with_story
from mailbot.rulebook.ids import Route, Topic
from mailbot.rulebook.types import Person, Rulebook

NOT_FOR_VENDOR = frozenset({Topic.COMPLAINT, Topic.OTHER, Topic.CONTACTS, Topic.TRAINING})
"""What the vendor's support cannot help with, whoever at the school is silent."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """The case once the emergency is declared, and the mail that follows."""

    case: Case
    writings: tuple[Writing, ...]


def vendor_can_help(case: Case, book: Rulebook) -> bool:
    """Whether turning to the vendor makes sense: the matter is the system's, and the document says how to reach it."""
    return not case.in_danger_lane and not set(case.topics) <= NOT_FOR_VENDOR and has_vendor(book)


def declared(case: Case, book: Rulebook, now: datetime) -> Emergency:
    """The writer gets the vendor's contacts, hours and a ready text; the case waits for nobody at the school."""
    clause = book.regulation.emergency
    note = Note(now, "Нештатная ситуация: заявителю сообщены контакты службы поддержки")
    case = replace(case, state=CaseState.ANSWERED, changed_at=now, dues=(), answer_by=None, notes=(*case.notes, note))
    return Emergency(case, to_writer(Kind.VENDOR, case, says=Says(clause=clause)))


def next_up(case: Case, book: Rulebook, now: datetime, dead: frozenset[str]) -> Person:
    """The person one step up the chain from the case's route who has not had it yet."""
    had = {sent.recipient for sent in case.sent if sent.kind in (Kind.FORWARD, Kind.URGENT)}
    without = dead | frozenset(case.not_to) | {case.with_whom}
    today = WorkingTime.of(book).today(now)
    route = case.route or Route.CONSULTANT
    fresh = next_door(route, case.school_class, book, today, without | had).person
    if fresh.address not in had:
        return fresh
    return next_door(route, case.school_class, book, today, without).person


def told_up(case: Case, person: Person, level: str, book: Rulebook, attach: bool) -> Writing:
    """The reminder that goes up the chain: who has the case and is silent, and the case itself."""
    time = WorkingTime.of(book)
    handed = next((sent.at for sent in reversed(case.sent) if sent.recipient == case.with_whom), None)
    says = Says(
        missing=case.missing,
        clause=book.regulation.emergency if level == "emergency" else "",
        extra=(
            ("level", level),
            ("holder", _name_of(case.with_whom, book)),
            ("since", time.local(handed) if handed else ""),
            ("by_when", time.local(case.answer_by) if case.answer_by and level != "emergency" else ""),
        ),
    )
    found = door_of(person, case.route or Route.CONSULTANT, book)
    return to_staff(Kind.STAFF_REMINDER, found, case, with_story(says, case), attach=attach)


def _name_of(address: str, book: Rulebook) -> str:
    return next((person.name for person in staff_of(book) if person.address == address), "")
