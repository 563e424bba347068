"""What falls due after a decision: reminders and hand-overs in working time, urgent repeats around the clock."""

from datetime import datetime, timedelta

from mailbot.cases.case import Case, Due, DueKind
from mailbot.cases.working_time import WorkingTime
from mailbot.rulebook.types import Rulebook

OF_STAFF = frozenset({DueKind.REMIND_STAFF, DueKind.TO_SUPERVISOR, DueKind.EMERGENCY})
OF_WRITER = frozenset({DueKind.REMIND_WRITER, DueKind.WRITER_SILENT})


def writer_dues(book: Rulebook, now: datetime) -> tuple[Due, ...]:
    """After questions: the reminder, and the end of waiting."""
    time, life = WorkingTime.of(book), book.lifecycle
    return (
        Due(time.add_working_days(now, life.reminder_working_days), DueKind.REMIND_WRITER),
        Due(time.add_working_days(now, life.wait_working_days), DueKind.WRITER_SILENT),
    )


def staff_dues(book: Rulebook, now: datetime) -> tuple[Due, ...]:
    """After a hand-over: the reminder before the answer is due, then the supervisor, then the emergency."""
    time, life = WorkingTime.of(book), book.lifecycle
    return (
        Due(time.add_working_days(now, life.staff_reminder_working_days), DueKind.REMIND_STAFF),
        Due(time.add_working_days(now, life.supervisor_after_working_days), DueKind.TO_SUPERVISOR),
        Due(time.add_working_days(now, life.emergency_after_working_days), DueKind.EMERGENCY),
    )


def dues_before(answer_by: datetime, book: Rulebook, now: datetime) -> tuple[Due, ...]:
    """The same for a deadline that was named: the reminder a working day before, the rest as long after as usual."""
    time, life = WorkingTime.of(book), book.lifecycle
    reminder = time.next_working_moment(max(now, answer_by - timedelta(days=1)))
    to_supervisor = life.supervisor_after_working_days - life.staff_due_working_days
    emergency = life.emergency_after_working_days - life.staff_due_working_days
    return (
        Due(min(reminder, answer_by), DueKind.REMIND_STAFF),
        Due(time.add_working_days(answer_by, to_supervisor), DueKind.TO_SUPERVISOR),
        Due(time.add_working_days(answer_by, emergency), DueKind.EMERGENCY),
    )


def staff_answer_by(book: Rulebook, now: datetime) -> datetime:
    """Until when staff owe an answer: the regulation's term if it names one, else the school's own."""
    days = book.regulation.answer_working_days or book.lifecycle.staff_due_working_days
    return WorkingTime.of(book).add_working_days(now, days)


def urgent_due(book: Rulebook, now: datetime) -> Due:
    """When an urgent mail is repeated: danger knows no working hours."""
    return Due(now + timedelta(minutes=book.lifecycle.safety_repeat_minutes), DueKind.REPEAT_URGENT)


def without_dues(case: Case, kinds: frozenset[DueKind]) -> tuple[Due, ...]:
    """The case's deadlines but for those of `kinds`."""
    return tuple(due for due in case.dues if due.kind not in kinds)


def has_dues(case: Case, kinds: frozenset[DueKind]) -> bool:
    """Whether a deadline of one of these kinds is pending."""
    return any(due.kind in kinds for due in case.dues)
