"""What the admin may ask for a case by command."""

from dataclasses import replace
from datetime import datetime

from mailbot.cases.case import Case, CaseState, Note


def closed_by_order(case: Case, now: datetime) -> Case:
    """The case closed, with nothing left to fall due."""
    note = Note(now, "Закрыто администратором")
    return replace(case, state=CaseState.CLOSED, changed_at=now, dues=(), answer_by=None, notes=(*case.notes, note))


def reopened_by_order(case: Case, now: datetime) -> Case:
    """The case open again and with the staff; a person decides what comes next."""
    note = Note(now, "Открыто снова администратором")
    return replace(case, state=CaseState.WITH_STAFF, changed_at=now, notes=(*case.notes, note))
