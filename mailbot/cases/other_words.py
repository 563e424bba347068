"""Events that are no letter of a writer: bounces, machines, our own copies, colleagues, letters nobody could read."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mailbot.cases.case import Case, CaseState, Kind, LetterRef, Note
from mailbot.cases.doors import door
from mailbot.cases.draft import Writing
from mailbot.cases.events import AnsweredByPerson, Arrival, Bounce, Machine, OwnCopy, StaffWord, Unreadable
from mailbot.cases.history import Folder, History
from mailbot.cases.step import Step
from mailbot.letters.letter import Proof
from mailbot.rulebook.ids import Audience, Intent, Route, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence


def on_machine(event: Machine, history: History, now: datetime) -> Step:
    """Recorded with its reason and never answered; an out-of-office reply to us is noted on its case."""
    case = _noted(history.case, event.arrival, "Пришло автоматическое сообщение", now) if history.case else None
    return Step(case=case, folder=Folder.NOT_ANSWERED, why=event.screening.why)


def on_bounce(event: Bounce, history: History, now: datetime) -> Step:
    """Attached to its case, never a message from the person; a permanent failure marks the address as dead."""
    report = event.arrival.letter.report
    permanent = report is not None and (report.action == "failed" or report.status.startswith("5"))
    known = {sent.recipient for sent in history.case.sent} if history.case else set()
    dead = (report.recipient,) if report and permanent and report.recipient in known else ()
    what = f"Письмо не доставлено ({report.status or 'причина не указана'})" if report else "Письмо не доставлено"
    case = _noted(history.case, event.arrival, what, now) if history.case else None
    return Step(case=case, folder=Folder.ATTENTION if dead else Folder.NOT_ANSWERED, why=event.screening.why, dead=dead)


def on_own_copy(event: OwnCopy) -> Step:
    """Our own mail: the receipt copy is filed, anything else is a loop and is filed with its reason."""
    if event.receipt:
        return Step(case=None, folder=Folder.COPIES, why=(Evidence("our own mail, the copy we asked for", ""),))
    return Step(case=None, folder=Folder.NOT_ANSWERED, why=(Evidence("our own mail came back: a loop", ""),))


def on_answered_by_person(event: AnsweredByPerson, history: History, now: datetime) -> Step:
    """A colleague answered in a mail program of their own: what we still owe the writer is called off."""
    why = (Evidence("a person answered from the same mailbox", ""),)
    if history.case is None:
        return Step(case=None, folder=Folder.NOT_ANSWERED, why=why)
    note = Note(now, "Сотрудник ответил сам; автоматические письма отменены")
    case = replace(history.case, state=CaseState.CLOSED, changed_at=now, dues=(), notes=(*history.case.notes, note))
    return Step(case=case, folder=Folder.ANSWERED, why=why, cancel=history.unsent)


def on_staff_word(event: StaffWord, history: History, now: datetime) -> Step:
    """A colleague's reply to our forward: noted on the case and laid out for a person to act on."""
    case = _noted(history.case, event.arrival, "Ответил сотрудник", now) if history.case else None
    return Step(case=case, folder=Folder.ATTENTION, why=(Evidence("a colleague's reply to our forward", ""),))


def on_unreadable(event: Unreadable, history: History, book: Rulebook, now: datetime) -> Step:
    """A letter we could not read becomes a case for the consultant, with its raw bytes; nothing goes to its sender."""
    today = now.astimezone(ZoneInfo(book.school.zone)).date()
    found = door(Route.CONSULTANT, "", book, today)
    case = Case(
        number=history.next_number,
        state=CaseState.WITH_STAFF,
        opened_at=now,
        changed_at=now,
        writer="",
        writer_name="",
        proof=Proof.UNPROVEN,
        audience=Audience.PARENT,
        topics=(Topic.OTHER,),
        intent=Intent.REQUEST,
        flags=(),
        facts=(),
        missing=(),
        route=Route.CONSULTANT,
        with_whom=found.person.address,
        round=0,
        fruitless=0,
        letters=(LetterRef(event.key, "", event.received_at, ""),),
        sent=(),
        dues=(),
        linked=(),
        notes=(Note(now, "Письмо не удалось прочитать; передано сотруднику целиком"),),
    )
    why = (Evidence("the letter could not be read", event.reason),)
    writing = Writing(
        kind=Kind.FORWARD,
        recipient=found.person.address,
        recipient_name=found.person.name,
        thread_ids=(),
        subject_of="",
        topics=case.topics,
        attach_original=not found.number_only,
        number_only=found.number_only,
        why=why,
    )
    return Step(case=case, writings=(writing,), folder=Folder.ATTENTION, why=why)


def _noted(case: Case, arrival: Arrival, what: str, now: datetime) -> Case:
    """The case with this letter and a line about it; nothing else changes."""
    letter = arrival.letter
    reference = LetterRef(letter.key, letter.message_id, arrival.received_at, letter.sender.address)
    return replace(case, changed_at=now, letters=(*case.letters, reference), notes=(*case.notes, Note(now, what)))
