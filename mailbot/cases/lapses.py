"""A deadline has passed: reminders, hand-overs to the next person, urgent mail once more.

Nothing but danger is told at night or on a holiday: a deadline met there (the program stood still) waits for the next
working moment. Of several that passed meanwhile only the last of its kind speaks.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailbot.cases.case import Case, CaseState, Due, DueKind, Kind, Note
from mailbot.cases.course import route_of
from mailbot.cases.deadlines import OF_STAFF, OF_WRITER, staff_answer_by, staff_dues, urgent_due
from mailbot.cases.doors import Door, beside, door, door_of, staff_of
from mailbot.cases.draft import Writing
from mailbot.cases.emergency import declared, next_up, told_up, vendor_can_help
from mailbot.cases.events import Lapse
from mailbot.cases.history import History
from mailbot.cases.situation import is_unheeded
from mailbot.cases.step import Step
from mailbot.cases.working_time import WorkingTime
from mailbot.cases.writings import NOTHING_MORE, ROLES, Says, forward_to, numbered, to_staff, to_writer, with_story
from mailbot.rulebook.ids import Route
from mailbot.rulebook.types import OnExpired, Rulebook
from mailbot.triage.finding import Evidence

ORDER = tuple(DueKind)


def on_lapse(event: Lapse, history: History, book: Rulebook, now: datetime) -> Step:
    """What a passed deadline leads to; one that no longer stands in the case leads to nothing."""
    case, due = event.case, event.due
    if due not in case.dues:
        return Step(case=case)
    rest = replace(case, dues=tuple(one for one in case.dues if one != due))
    if _must_wait(due, book, now):
        later = replace(due, at=WorkingTime.of(book).next_working_moment(now))
        return Step(case=replace(rest, dues=(*rest.dues, later)))
    case = rest
    if _is_overtaken(case, due.kind, now) or not _still_stands(case, due.kind):
        return Step(case=case)
    step = _step(event, case, history, book, now)
    return replace(
        step, writings=numbered(step.writings, case), why=(Evidence("a deadline has passed", due.kind.value),)
    )


def tells_staff(case: Case, due: Due, book: Rulebook, now: datetime) -> bool:
    """Whether this passed deadline leads to mail for staff, which the writer's own letter goes along with."""
    if due not in case.dues or due.kind is DueKind.REMIND_WRITER or _must_wait(due, book, now):
        return False
    return _still_stands(case, due.kind) and not _is_overtaken(case, due.kind, now)


def _must_wait(due: Due, book: Rulebook, now: datetime) -> bool:
    """Whether the deadline must not be acted upon now: only danger knows no night and no holiday."""
    return due.kind is not DueKind.REPEAT_URGENT and not WorkingTime.of(book).is_working(now)


def _is_overtaken(case: Case, kind: DueKind, now: datetime) -> bool:
    """Whether a later deadline of the same family has passed, too: a reminder beside a hand-over would be noise."""
    family = OF_WRITER if kind in OF_WRITER else OF_STAFF
    return any(
        due.kind in family and kind in family and due.at <= now and ORDER.index(due.kind) > ORDER.index(kind)
        for due in case.dues
    )


def _still_stands(case: Case, kind: DueKind) -> bool:
    """Whether the case is still where this deadline was set."""
    if kind in OF_WRITER:
        return case.state is CaseState.WAITING and not case.in_danger_lane
    return case.state is CaseState.WITH_STAFF


def _step(event: Lapse, case: Case, history: History, book: Rulebook, now: datetime) -> Step:
    attach = bool(event.original)
    match event.due.kind:
        case DueKind.REMIND_WRITER:
            return _remind_writer(case, history, book, now)
        case DueKind.WRITER_SILENT:
            return _writer_silent(case, history, book, now, attach)
        case DueKind.REMIND_STAFF:
            return _remind_staff(case, book, now, attach)
        case DueKind.TO_SUPERVISOR:
            return _to_supervisor(case, history, book, now, attach)
        case DueKind.EMERGENCY:
            return _emergency(case, history, book, now, attach)
        case DueKind.REPEAT_URGENT:
            return _repeat_urgent(case, history, book, now, attach)
    assert_never(event.due.kind)


def _remind_writer(case: Case, history: History, book: Rulebook, now: datetime) -> Step:
    """One reminder, unless whoever answers there may be a program or has moved on to something else."""
    if case.fruitless or history.branched or is_unheeded(case):
        return Step(case=case)
    waits = next((due.at for due in case.dues if due.kind is DueKind.WRITER_SILENT), None)
    until = WorkingTime.of(book).local(waits) if waits else ""
    writings = to_writer(Kind.REMINDER, case, says=Says(missing=case.missing, extra=(("wait_until", until),)))
    return Step(case=_noted(case, "Напомнили заявителю о вопросах", now), writings=writings)


def _writer_silent(case: Case, history: History, book: Rulebook, now: datetime, attach: bool) -> Step:
    """The writer stayed silent: a person gets what there is, with the clause and a ready text (REGULATIONS 2)."""
    life = book.lifecycle
    if life.on_expired is OnExpired.REFUSE:
        refused = replace(_noted(case, "Отказ: сведения не присланы", now), state=CaseState.REFUSED, dues=())
        says = Says(missing=case.missing, clause=life.on_expired_clause)
        writings = to_writer(Kind.REFUSAL, refused, says=says)
        return Step(case=refused, writings=writings)
    today = WorkingTime.of(book).today(now)
    without = history.dead | frozenset(case.not_to)
    found = door(route_of(case), case.school_class, book, today, without)
    handed = handed_over(_noted(case, "Ответа нет; передано сотруднику", now), found, book, now)
    clause = book.regulation.rejection_incomplete
    until = by_when(handed, book)
    says = Says(clause=clause, why=(Evidence("the writer stayed silent", ""),), extra=until)
    doors = (found, *beside(found, case.school_classes, book, today, without))
    forwards = tuple(forward_to(one, handed, with_story(says, handed), attach=attach) for one in doors)
    if history.branched or is_unheeded(case):
        return Step(case=handed, writings=forwards)
    says = Says(missing=case.missing, extra=(("handed_to", ROLES[found.route]), *until))
    return Step(case=handed, writings=(*to_writer(Kind.HANDED_OVER, handed, says=says), *forwards))


def handed_over(case: Case, found: Door, book: Rulebook, now: datetime) -> Case:
    """The case in the hands of the person behind a door, with the terms that run from now."""
    return replace(
        case,
        state=CaseState.WITH_STAFF,
        changed_at=now,
        route=found.route,
        with_whom=found.person.address,
        dues=staff_dues(book, now),
        answer_by=staff_answer_by(book, now),
    )


def by_when(case: Case, book: Rulebook) -> tuple[tuple[str, str], ...]:
    """Until when staff owe an answer, as templates take it."""
    return (("by_when", WorkingTime.of(book).local(case.answer_by)),) if case.answer_by else ()


def _remind_staff(case: Case, book: Rulebook, now: datetime, attach: bool) -> Step:
    """A reminder to whoever has the case, before the answer is due."""
    holder = next((person for person in staff_of(book) if person.address == case.with_whom), None)
    if holder is None:
        return Step(case=case)
    found = door_of(holder, case.route or Route.CONSULTANT, book)
    says = Says(missing=case.missing, extra=by_when(case, book))
    writing = to_staff(Kind.STAFF_REMINDER, found, case, with_story(says, case), attach=attach)
    return Step(case=_noted(case, "Напомнили сотруднику", now), writings=(writing,))


def _to_supervisor(case: Case, history: History, book: Rulebook, now: datetime, attach: bool) -> Step:
    """The answer is overdue: the next person up the chain hears of it and may act in the case."""
    person = next_up(case, book, now, history.dead)
    writing = told_up(case, person, "supervisor", book, attach)
    return Step(case=_noted(case, "Срок ответа прошёл; сообщено руководителю", now), writings=(writing,))


def _emergency(case: Case, history: History, book: Rulebook, now: datetime, attach: bool) -> Step:
    """Nobody answered through the whole chain: the writer is told whom to turn to, the chain's end hears of it."""
    without = history.dead | frozenset(case.not_to)
    person = door(Route.DIRECTOR, "", book, WorkingTime.of(book).today(now), without).person
    if not vendor_can_help(case, book):
        writing = told_up(case, person, "supervisor", book, attach)
        return Step(case=_noted(case, "Ответа нет; сообщено директору", now), writings=(writing,))
    emergency = declared(case, book, now)
    return Step(
        case=replace(emergency.case, state=CaseState.WITH_STAFF, answer_by=case.answer_by),
        writings=(*emergency.writings, told_up(case, person, "emergency", book, attach)),
    )


def _repeat_urgent(case: Case, history: History, book: Rulebook, now: datetime, attach: bool) -> Step:
    """Urgent mail once more, now to the director's deputy as well, until any of them answers."""
    today = WorkingTime.of(book).today(now)
    first = door(Route.DIRECTOR, "", book, today, history.dead | frozenset(case.not_to))
    deputy = Door(book.school.director_absent, Route.DIRECTOR, number_only=False)
    people = {one.person.address: one for one in (first, deputy)}
    case = replace(_noted(case, "Срочное письмо повторено", now), dues=(*case.dues, urgent_due(book, now)))
    writings: tuple[Writing, ...] = tuple(
        forward_to(one, case, with_story(NOTHING_MORE, case), attach=attach) for one in people.values()
    )
    return Step(case=case, writings=writings)


def _noted(case: Case, what: str, now: datetime) -> Case:
    return replace(case, changed_at=now, notes=(*case.notes, Note(now, what)))
