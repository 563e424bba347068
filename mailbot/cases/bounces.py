"""Mail of ours that did not arrive: attached to its case, never a message from the person; a person is told.

Only a report that names a Message-ID of ours counts, so that a forged one cannot silence anybody (LESSONS 25).
"""

from dataclasses import replace
from datetime import datetime

from mailbot.cases.case import FOR_WRITERS, Case, CaseState, Kind, LetterRef, Note, SentMail
from mailbot.cases.deadlines import OF_STAFF, OF_WRITER, has_dues, staff_answer_by, staff_dues, without_dues
from mailbot.cases.doors import Door, door, door_of, staff_of
from mailbot.cases.draft import Writing
from mailbot.cases.events import Bounce, Refused
from mailbot.cases.history import Folder, History
from mailbot.cases.step import Step
from mailbot.cases.working_time import WorkingTime
from mailbot.cases.writings import Says, forward_to, numbered, to_staff, with_story
from mailbot.letters.letter import DeliveryReport
from mailbot.rulebook.ids import Route
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence

UNDELIVERED = "mail of ours was not delivered"


def on_bounce(event: Bounce, history: History, book: Rulebook, now: datetime) -> Step:
    """A permanent failure marks the address as dead; the case goes to somebody who can be reached."""
    why = (*event.screening.why, Evidence(UNDELIVERED, ""))
    case, bounced, report = history.case, event.bounced, event.arrival.letter.report
    if case is None or bounced is None:
        return Step(case=None, folder=Folder.NOT_ANSWERED, why=why)
    noted = _noted(case, event, report, now)
    if not _is_permanent(report):
        return Step(case=noted, folder=Folder.NOT_ANSWERED, why=why)
    return replace(_undelivered(noted, bounced, history, book, now), why=why)


def on_refused(event: Refused, history: History, book: Rulebook, now: datetime) -> Step:
    """A mail the server would not take, for there is no such address, is a bounce without a letter."""
    case = history.case
    refused = next((sent for sent in case.sent if sent.message_id == event.message_id), None) if case else None
    if case is None or refused is None:
        return Step(case=case)
    note = Note(now, f"Письмо не доставлено ({event.code})")
    noted = replace(case, changed_at=now, notes=(*case.notes, note))
    return replace(_undelivered(noted, refused, history, book, now), why=(Evidence(UNDELIVERED, event.code),))


def _undelivered(case: Case, bounced: SentMail, history: History, book: Rulebook, now: datetime) -> Step:
    """The address is marked, what is still owed to it called off, and whoever can be reached has the case."""
    dead = history.dead | {bounced.recipient}
    to_writer = bounced.kind in FOR_WRITERS
    after = _writer_unreachable if to_writer else _colleague_unreachable
    changed, writings = after(case, bounced, dead, book, now)
    return Step(
        case=changed,
        writings=numbered(writings, case),
        folder=Folder.ATTENTION,
        cancel=history.unsent if to_writer else (),
        dead=(bounced.recipient,),
    )


def _writer_unreachable(
    case: Case, bounced: SentMail, dead: frozenset[str], book: Rulebook, now: datetime
) -> tuple[Case, tuple[Writing, ...]]:
    """Whoever has the case is told; where nobody has it, the consultant gets it, for nobody will answer us."""
    what = "Письмо заявителю не доставлено: его адрес не работает. Больше программа туда не пишет."
    needed = "Если дело важное, свяжитесь с заявителем иначе."
    holder = next((person for person in staff_of(book) if person.address == case.with_whom), None)
    if holder and holder.address not in dead:
        to_holder = door_of(holder, case.route or Route.CONSULTANT, book)
        note = to_staff(Kind.STAFF_NOTE, to_holder, case, Says(extra=(("what", what), ("needed", needed))))
        return replace(case, dues=without_dues(case, OF_WRITER)), (note,)
    found = door(case.route or Route.CONSULTANT, case.school_class, book, WorkingTime.of(book).today(now), dead)
    if found.person.address in dead:
        return case, ()
    return _handed(case, found, book, now), (_forward(found, case),)


def _forward(found: Door, case: Case) -> Writing:
    return forward_to(found, case, with_story(Says(why=(Evidence(UNDELIVERED, ""),)), case), attach=False)


def _colleague_unreachable(
    case: Case, bounced: SentMail, dead: frozenset[str], book: Rulebook, now: datetime
) -> tuple[Case, tuple[Writing, ...]]:
    """The next door gets the case; the roster hears that a colleague's address does not work."""
    roster, is_holder = book.school.roster, bounced.recipient == case.with_whom
    passed_on = (
        "Обращение передано следующему сотруднику." if is_holder else "Передайте обращение этому сотруднику сами."
    )
    says = Says(
        extra=(
            ("what", f"Письмо сотруднику не доставлено: адрес {bounced.recipient} не работает."),
            ("needed", f"Исправьте адрес в rules/school.yaml. {passed_on}"),
        )
    )
    note = to_staff(Kind.STAFF_NOTE, door_of(roster, case.route or Route.CONSULTANT, book), case, says)
    notes = (note,) if roster.address not in dead else ()
    if not is_holder:
        return case, notes
    without = dead | frozenset(case.not_to)
    found = door(case.route or Route.CONSULTANT, case.school_class, book, WorkingTime.of(book).today(now), without)
    if found.person.address in without:
        return case, notes  # nobody is left; the digest tells it, and the deadlines go on
    return _handed(case, found, book, now), (_forward(found, case), *notes)


def _handed(case: Case, found: Door, book: Rulebook, now: datetime) -> Case:
    """The case with its next holder; terms that already run stay as they are."""
    runs = has_dues(case, OF_STAFF) or case.in_danger_lane
    return replace(
        case,
        state=CaseState.WITH_STAFF,
        with_whom=found.person.address,
        route=found.route,
        dues=without_dues(case, OF_WRITER) if runs else staff_dues(book, now),
        answer_by=case.answer_by if runs else staff_answer_by(book, now),
    )


def _is_permanent(report: DeliveryReport | None) -> bool:
    """Whether the mail will never arrive (RFC 3464 §2.3.3, RFC 3463 §2)."""
    return report is not None and (report.action == "failed" or report.status.startswith("5"))


def _noted(case: Case, event: Bounce, report: DeliveryReport | None, now: datetime) -> Case:
    letter = event.arrival.letter
    reference = LetterRef(letter.key, letter.message_id, event.arrival.received_at, letter.sender.address)
    status = (report.status if report else "") or "причина не указана"
    note = Note(now, f"Письмо не доставлено ({status})")
    return replace(case, changed_at=now, letters=(*case.letters, reference), notes=(*case.notes, note))
