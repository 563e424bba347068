"""Events that are no letter of a writer: machines, our own copies, strangers, colleagues, letters nobody could read."""

from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.cases.case import Case, CaseState, Kind, LetterRef, Note
from mailbot.cases.deadlines import staff_answer_by, staff_dues
from mailbot.cases.doors import door, door_of
from mailbot.cases.events import AnsweredByPerson, Arrival, Machine, OwnCopy, StrangeWord, Unreadable
from mailbot.cases.history import Folder, History
from mailbot.cases.step import Step
from mailbot.cases.working_time import WorkingTime
from mailbot.cases.writings import Says, forward_to, numbered, to_staff
from mailbot.letters.letter import Proof
from mailbot.rulebook.ids import Audience, Intent, Route, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence

ONE_NOTE_A_DAY = timedelta(hours=24)
STRANGE = "Пришёл ответ на служебное письмо, но не подтверждено, что его написал сотрудник, у которого обращение."
LOOK_AT_IT = "Ничего не сделано. Письмо лежит в папке для внимания: проверьте, кто его прислал."


def on_machine(event: Machine, history: History, now: datetime) -> Step:
    """Recorded with its reason and never answered; an out-of-office reply to us is noted on its case, which stays."""
    case = _noted(history.case, event.arrival, "Пришло автоматическое сообщение", now) if history.case else None
    return Step(case=case, folder=Folder.NOT_ANSWERED, why=event.screening.why)


def on_strange_word(event: StrangeWord, history: History, book: Rulebook, now: datetime) -> Step:
    """A word in a colleague's name that does not count: nothing happens in the case, the roster address hears of it.

    The note is fresh: nothing of the letter goes along, and one a day is enough for a case.
    """
    why = (Evidence("a reply to staff's mail by somebody whose word does not count", ""),)
    case = history.case
    if case is None:
        return Step(case=None, folder=Folder.ATTENTION, why=why)
    roster = book.school.roster
    told = any(
        sent.kind is Kind.STAFF_NOTE and sent.recipient == roster.address and now - sent.at < ONE_NOTE_A_DAY
        for sent in case.sent
    )
    changed = replace(case, notes=(*case.notes, Note(now, "Ответ не от сотрудника, у которого обращение; не учтён")))
    says = Says(extra=(("what", STRANGE), ("needed", LOOK_AT_IT)))
    note = to_staff(Kind.STAFF_NOTE, door_of(roster, Route.SUPERVISOR, book), replace(case, topics=()), says)
    return Step(case=changed, writings=() if told else numbered((note,), case), folder=Folder.ATTENTION, why=why)


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
    case = replace(
        history.case, state=CaseState.CLOSED, changed_at=now, dues=(), answer_by=None, notes=(*history.case.notes, note)
    )
    return Step(case=case, folder=Folder.ANSWERED, why=why, cancel=history.unsent)


def on_unreadable(event: Unreadable, history: History, book: Rulebook, now: datetime) -> Step:
    """A letter we could not read becomes a case for the consultant, with its raw bytes; nothing goes to its sender."""
    found = door(Route.CONSULTANT, "", book, WorkingTime.of(book).today(now), history.dead)
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
        dues=staff_dues(book, now),
        linked=(),
        notes=(Note(now, "Письмо не удалось прочитать; передано сотруднику целиком"),),
        answer_by=staff_answer_by(book, now),
    )
    why = (Evidence("the letter could not be read", event.reason),)
    writing = forward_to(found, case, Says(why=why), attach=True)
    return Step(case=case, writings=(writing,), folder=Folder.ATTENTION, why=why)


def _noted(case: Case, arrival: Arrival, what: str, now: datetime) -> Case:
    """The case with this letter and a line about it; nothing else changes."""
    letter = arrival.letter
    reference = LetterRef(letter.key, letter.message_id, arrival.received_at, letter.sender.address)
    return replace(case, changed_at=now, letters=(*case.letters, reference), notes=(*case.notes, Note(now, what)))
