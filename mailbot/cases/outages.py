"""Failures of the system itself: whom the regulation sends people to, and waves of letters about one failure."""

from datetime import timedelta

from mailbot.cases.decision import Decision
from mailbot.cases.history import History
from mailbot.rulebook.ids import Disposition, Intent, Route, Slot, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Finding

ONE_INCIDENT = timedelta(hours=12)
"""How long one alarm stands for a wave, however many letters follow."""


def has_vendor(book: Rulebook) -> bool:
    """Whether the document names any way to reach the vendor's support."""
    vendor = book.regulation.vendor
    return bool(vendor.mail or vendor.phone or vendor.site)


def is_wave(history: History, book: Rulebook) -> bool:
    """Whether one more letter about an outage belongs to a wave: one incident, told once."""
    is_full = history.outages + 1 >= book.lifecycle.outage_wave_letters
    return is_full or (history.alarmed and history.outages > 0)


def is_known_outage(decision: Decision, finding: Finding, history: History, book: Rulebook) -> bool:
    """Whether the letter is about an outage (the error's words may be missing) while a wave is on."""
    outage = any(one.topic is Topic.OUTAGE and one.intent is Intent.PROBLEM for one in finding.topics)
    asks_for_the_error = decision.disposition is Disposition.CLARIFY and decision.missing == (Slot.ERROR,)
    return outage and (decision.route is Route.VENDOR or asks_for_the_error) and is_wave(history, book)
