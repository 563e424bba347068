"""A writer's letter becomes the case's next value and the mail it means: to the writer, to the person who has it."""

from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.cases.case import Case, CaseState, Due, DueKind, Kind, LetterRef, Note
from mailbot.cases.conflict import complained_of, is_complaint
from mailbot.cases.course import Course, course_of, needs_person
from mailbot.cases.deadlines import (
    OF_STAFF,
    dues_before,
    has_dues,
    staff_answer_by,
    staff_dues,
    urgent_due,
    writer_dues,
)
from mailbot.cases.doors import Door, beside, door, door_of, staff_of
from mailbot.cases.draft import Held, Writing
from mailbot.cases.events import FromWriter
from mailbot.cases.history import Folder, History
from mailbot.cases.opening import opened, told_at_last
from mailbot.cases.outages import is_wave
from mailbot.cases.placing import placed, words_of
from mailbot.cases.situation import Situation
from mailbot.cases.step import Step
from mailbot.cases.training import first_day_of_term, term_of
from mailbot.cases.working_time import WorkingTime
from mailbot.cases.writings import ROLES, ROLES_OF_SEVERAL, Says, forward_to, numbered, to_staff, to_writer
from mailbot.rulebook.ids import Audience, Disposition, Route, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence, Finding

TOLD = {
    Disposition.ANSWER: "Отправлена справка",
    Disposition.CLARIFY: "Запрошены недостающие сведения",
    Disposition.ESCALATE: "Передано сотруднику",
    Disposition.REFUSE: "Отправлено уведомление, сообщено руководителю",
    Disposition.IGNORE: "Благодарность, вопросов нет",
}
LONGEST_SAID = 2_000  # characters of one letter
MOST_SAID = 4  # letters
ASKING = frozenset({Kind.QUESTIONS, Kind.HANDED_OVER, Kind.REFUSAL})
"""Mail to the writer that names what is missing."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What falls due from now on, and until when staff owe an answer."""

    dues: tuple[Due, ...]
    answer_by: datetime | None


def on_writers_letter(
    event: FromWriter, finding: Finding, history: History, book: Rulebook, now: datetime, held: Held | None = None
) -> Step:
    """What one letter of a writer leads to. `held` is the gate's reason why nothing may go out to the writer."""
    if history.twin:
        return Step(case=None, why=(Evidence("the same letter delivered twice", history.twin),))
    place = placed(event, finding, history, book)
    situation = Situation(event=event, placed=place, history=history, book=book, now=now, held=held)
    if place.is_twin and place.case:
        return _once_more(situation, place.case)
    course = course_of(situation)
    if course.decision.disposition is Disposition.IGNORE and place.case is None:
        return Step(case=None, decision=course.decision, why=course.decision.why)
    return _step(situation, course)


def folder_for(disposition: Disposition) -> Folder:
    """Where a letter is filed once everything owed for it has gone out."""
    match disposition:
        case Disposition.ANSWER | Disposition.CLARIFY:
            return Folder.ANSWERED
        case Disposition.ESCALATE | Disposition.REFUSE:
            return Folder.HANDED_OVER
        case Disposition.IGNORE:
            return Folder.NOT_ANSWERED


def _step(situation: Situation, course: Course) -> Step:
    """The case's next value with everything that is to be written."""
    case = _case_after(situation, course)
    doors = _doors_of(situation, course, case)
    staff = (_handed(situation, course, case, one) for one in doors)
    case = replace(case, with_whom=doors[0].person.address if doors else case.with_whom)
    writings = (*_told_writer(situation, course, case, doors), *staff, *_alarm(situation, course, case))
    return Step(
        case=case,
        writings=numbered(writings, situation.case or case),
        folder=folder_for(course.decision.disposition),
        decision=course.concluded,
        why=course.decision.why,
    )


def _once_more(situation: Situation, case: Case) -> Step:
    """The same words sent twice within the hour: noted, answered once."""
    note = Note(situation.now, "То же письмо пришло ещё раз")
    case = replace(case, letters=(*case.letters, _reference(situation)), notes=(*case.notes, note))
    return Step(case=case, folder=Folder.NOT_ANSWERED, why=(Evidence("the same words twice within the hour", ""),))


def _case_after(situation: Situation, course: Course) -> Case:
    """The case's new value: a new one, or the old one with this letter added."""
    place, now, own = situation.placed, situation.now, situation.case
    case = told_at_last(own, situation.finding) if own else opened(situation)
    deadlines = _deadlines(situation, course, case)
    asked = course.kind is Kind.QUESTIONS
    return replace(
        case,
        state=_state(situation, course, own),
        changed_at=now,
        proof=situation.event.proof,
        flags=tuple(dict.fromkeys((*case.flags, *situation.finding.flags))),
        facts=place.facts,
        missing=course.missing if course.decision.disposition is not Disposition.IGNORE else case.missing,
        route=course.decision.route or case.route,
        round=case.round + asked,
        fruitless=0 if place.news or own is None else case.fruitless + 1,
        letters=(*case.letters, _reference(situation)),
        dues=deadlines.dues,
        answer_by=deadlines.answer_by,
        news_at=now if place.news or own is None else case.news_at,
        not_to=_not_to(situation, case),
        said=(*case.said, situation.letter.question.strip()[:LONGEST_SAID])[-MOST_SAID:],
        notes=(*case.notes, Note(now, TOLD[course.decision.disposition])),
    )


def _reference(situation: Situation) -> LetterRef:
    letter = situation.letter
    received, writer = situation.event.arrival.received_at, situation.event.writer.address
    return LetterRef(letter.key, letter.message_id, received, writer, words_of(letter))


def _state(situation: Situation, course: Course, own: Case | None) -> CaseState:
    """Thanks close an answered case and change no other; any other word reopens."""
    match course.decision.disposition:
        case Disposition.ANSWER:
            return CaseState.ANSWERED
        case Disposition.CLARIFY:
            return CaseState.WAITING
        case Disposition.ESCALATE:
            return CaseState.WITH_STAFF if needs_person(course.decision, course, situation) else CaseState.ANSWERED
        case Disposition.REFUSE:
            return CaseState.REFUSED
        case Disposition.IGNORE:
            stays = own is not None and own.state is not CaseState.ANSWERED
            return own.state if own and stays else CaseState.CLOSED


def _deadlines(situation: Situation, course: Course, case: Case) -> Deadlines:
    """Waiting for a person keeps the term that already runs; waiting for the writer begins anew."""
    book, now, decision = situation.book, situation.now, course.decision
    if decision.disposition is Disposition.IGNORE:
        return Deadlines(case.dues, case.answer_by)
    if decision.disposition is Disposition.CLARIFY:
        return Deadlines(writer_dues(book, now), None)
    if decision.disposition is not Disposition.ESCALATE or not needs_person(decision, course, situation):
        return Deadlines((), None)
    if decision.route is Route.DIRECTOR:
        return Deadlines((urgent_due(book, now),), None)
    term = _training_term(situation)
    if term:
        return Deadlines(dues_before(term, book, now), term)
    if case.state is CaseState.WITH_STAFF and has_dues(case, OF_STAFF):
        return Deadlines(case.dues, case.answer_by)
    return Deadlines(staff_dues(book, now), staff_answer_by(book, now))


def _training_term(situation: Situation) -> datetime | None:
    """When the regulation's term for teaching ends, if this letter names its first day."""
    time = WorkingTime.of(situation.book)
    first = first_day_of_term(situation.letter, situation.finding, situation.case, time.today(situation.now))
    last = term_of(first, situation.book) if first else None
    return time.end_of(last) if last else None


def _not_to(situation: Situation, case: Case) -> tuple[str, ...]:
    """Whom the case must not reach: those it complains of, and whoever handled the request it complains about."""
    if not is_complaint(situation.finding):
        return case.not_to
    parent = situation.placed.parent
    handled = (parent.with_whom,) if parent and parent.with_whom else ()
    return tuple(dict.fromkeys((*case.not_to, *complained_of(situation.letter, situation.book), *handled)))


def _doors_of(situation: Situation, course: Course, case: Case) -> tuple[Door, ...]:
    """Who gets the case: whoever keeps it, if they still work here, else the route's door; then who must know, too."""
    decision, book = course.decision, situation.book
    if not needs_person(decision, course, situation) or decision.route is None:
        return ()
    without = situation.history.dead | frozenset(case.not_to)
    today = WorkingTime.of(book).today(situation.now)
    keeper = next((person for person in staff_of(book) if person.address == course.holder), None)
    away = {absence.address for absence in book.school.absences if absence.first <= today <= absence.last}
    if keeper and keeper.address not in without | away:
        found = door_of(keeper, decision.route, book)
    else:
        found = door(decision.route, case.school_class, book, today, without)
    return (found, *beside(found, case.school_classes, book, today, without))


def _handed(situation: Situation, course: Course, case: Case, found: Door) -> Writing:
    time = WorkingTime.of(situation.book)
    by_when = time.local(case.answer_by) if case.answer_by else ""
    decision = course.decision
    earlier = "\n\n".join(words for words in case.said[:-1] if words)
    says = Says(clause=decision.clause, why=decision.why, extra=(("by_when", by_when), ("earlier", earlier)))
    return forward_to(found, case, says, attach=True)


def _duty_to_be_clear(course: Course, case: Case, book: Rulebook) -> str:
    """The clause by which questions are asked: a request must be clear, where the document says so to the writer."""
    if course.kind is not Kind.QUESTIONS:
        return ""
    rules = book.regulation
    return rules.clear_question if case.audience is Audience.STAFF else rules.clear_question_parents


def _told_writer(situation: Situation, course: Course, case: Case, doors: tuple[Door, ...]) -> tuple[Writing, ...]:
    """The mail the writer gets at once, if any."""
    if course.kind is None:
        return ()
    decision = course.decision
    says = Says(
        topics=decision.guidance,
        missing=course.missing if course.kind in ASKING else (),
        clause=decision.clause or _duty_to_be_clear(course, case, situation.book),
        extra=_said(situation, course, case, doors),
    )
    return to_writer(course.kind, case, situation.letter, says)


def _said(situation: Situation, course: Course, case: Case, doors: tuple[Door, ...]) -> tuple[tuple[str, str], ...]:
    """What the writer is told besides: who has it, by when, when processing starts, until when we wait."""
    time, now = WorkingTime.of(situation.book), situation.now
    waits = next((due.at for due in case.dues if due.kind is DueKind.WRITER_SILENT), None)
    return (
        ("handed_to", ROLES_OF_SEVERAL if len(doors) > 1 else ROLES[doors[0].route] if doors else ""),
        ("by_when", time.local(case.answer_by) if doors and case.answer_by else ""),
        ("starts_at", "" if time.is_working(now) or not doors else time.local(time.next_working_moment(now))),
        ("wait_until", time.local(waits) if waits else ""),
        ("since", _outage_since(situation) if course.kind is Kind.KNOWN_OUTAGE else ""),
        *_term_said(situation, course),
    )


def _term_said(situation: Situation, course: Course) -> tuple[tuple[str, str], ...]:
    if course.kind is not Kind.TRAINING_TERM:
        return ()
    today = WorkingTime.of(situation.book).today(situation.now)
    first = first_day_of_term(situation.letter, situation.finding, situation.case, today)
    last = term_of(first, situation.book) if first else None
    return (("term_from", first.isoformat()), ("term_until", last.isoformat())) if first and last else ()


def _alarm(situation: Situation, course: Course, case: Case) -> tuple[Writing, ...]:
    """The one alarm of a wave: a draft without personal data for the responsible employee."""
    history, book = situation.history, situation.book
    if course.kind is not Kind.KNOWN_OUTAGE or history.alarmed or not is_wave(history, book):
        return ()
    today = WorkingTime.of(book).today(situation.now)
    found = door(Route.CONSULTANT, "", book, today, history.dead)
    extra = (("count", str(history.outages + 1)), ("since", _outage_since(situation)))
    says = Says(topics=(Topic.OUTAGE,), extra=extra)
    return (to_staff(Kind.OUTAGE_DRAFT, found, case, says),)


def _outage_since(situation: Situation) -> str:
    """When the first letter of the wave came, as templates take it."""
    since = situation.history.outage_since
    return WorkingTime.of(situation.book).local(since) if since else ""
