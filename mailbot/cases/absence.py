"""The same-day absence notice: «сын заболел, сегодня не придём» cannot wait for the class to be named."""

from datetime import timedelta

from mailbot.cases.days import days_in
from mailbot.cases.events import FromWriter
from mailbot.cases.working_time import WorkingTime
from mailbot.rulebook.ids import Intent, Slot, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Finding


def is_urgent_absence(event: FromWriter, finding: Finding, book: Rulebook) -> bool:
    """Whether the letter announces that a pupil is absent on the day it came or on the next."""
    notice = any(one.topic is Topic.ATTENDANCE and one.intent is Intent.NOTICE for one in finding.topics)
    if not notice:
        return False
    came = WorkingTime.of(book).today(event.arrival.received_at)
    said = " ".join(fact.value for fact in finding.slots if fact.slot is Slot.DATE)
    return bool({came, came + timedelta(days=1)} & set(days_in(said, came)))
