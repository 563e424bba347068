"""What the admin may ask for a case by command."""

from dataclasses import replace
from datetime import datetime

from mailbot.cases.case import Case, CaseState, Note
from mailbot.cases.deadlines import staff_answer_by, staff_dues
from mailbot.rulebook.types import Rulebook


def closed_by_order(case: Case, now: datetime) -> Case:
    """The case closed, with nothing left to fall due."""
    note = Note(now, "Закрыто администратором")
    return replace(case, state=CaseState.CLOSED, changed_at=now, dues=(), answer_by=None, notes=(*case.notes, note))


def reopened_by_order(case: Case, book: Rulebook, now: datetime) -> Case:
    """The case open again and with the staff, whose terms run anew; a person decides what comes next."""
    note = Note(now, "Открыто снова администратором")
    return replace(
        case,
        state=CaseState.WITH_STAFF,
        changed_at=now,
        dues=staff_dues(book, now),
        answer_by=staff_answer_by(book, now),
        notes=(*case.notes, note),
    )
