"""A writer's letter with everything that bears on what is done with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.cases.case import FOR_WRITERS, Case, Kind
from mailbot.cases.draft import Held
from mailbot.cases.events import FromWriter
from mailbot.cases.history import History
from mailbot.cases.placing import Placed
from mailbot.letters.letter import Letter
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Finding

RECEIPT_LASTS = timedelta(hours=24)
MOST_UNHEEDED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A writer's letter, its place, the past and the rules. `held`: why the gate lets nothing out to the writer."""

    event: FromWriter
    placed: Placed
    history: History
    book: Rulebook
    now: datetime
    held: Held | None

    @property
    def letter(self) -> Letter:
        """The letter itself."""
        return self.event.arrival.letter

    @property
    def case(self) -> Case | None:
        """The case it belongs to, None for a new one."""
        return self.placed.case

    @property
    def finding(self) -> Finding:
        """What triage says of it, as the case sees it."""
        return self.placed.finding


def written_since(case: Case, since: datetime) -> int:
    """How many automatic letters the writer got since a moment; a relay is a person's."""
    return sum(1 for sent in case.sent if sent.kind in FOR_WRITERS - {Kind.RELAY} and sent.at >= since)


def is_unheeded(case: Case) -> bool:
    """Whether two automatic letters in a row have brought back nothing new: whoever answers them may be a program.

    From then on the writer hears from a person only (LESSONS 9: responders that carry no mark).
    """
    return case.fruitless > 0 and written_since(case, case.news_at or case.opened_at) >= MOST_UNHEEDED


def has_fresh_word(case: Case, now: datetime) -> bool:
    """Whether the writer has heard from us in this case within a day, so that one more receipt would say nothing."""
    return written_since(case, now - RECEIPT_LASTS) > 0
