"""What `consider` must know of the past, and what it concludes. The casebook supplies the one and keeps the other."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.cases.case import Case
from mailbot.cases.decision import Decision
from mailbot.cases.draft import Draft
from mailbot.triage.finding import Evidence, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What left us for one recipient, one thread and in all: the gate's numbers, counted over days.

    `dead` the address bounced for good; `paused_until` the breaker is open (a block by the provider).
    """

    person_day: int = 0
    person_week: int = 0
    thread_week: int = 0
    subject_day: int = 0
    domain_hour: int = 0
    total_hour: int = 0
    total_day: int = 0
    dead: bool = False
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The past as far as one event needs it.

    case: the case the event belongs to, by a Message-ID of ours or of the writer's own letters, sender included.
    linked: a case whose number or thread the letter cites though its sender does not belong to it.
    next_number: the number a new case would get. twin: key of an earlier letter with the same Message-ID and text.
    open_of_writer: the writer's other live cases. unsent: ids of mail still owed to the case's writer, `relays` those
    among them that carry a person's answer. tally: for mail to this writer.
    latest: the writer's live case that changed last. branched: a later case grew out of this one's thread.
    outages: cases about a failing system within the wave's window, outage_since: when the first of them was opened;
    alarmed: the one alarm of this wave has been given.
    dead: addresses that bounced for good.
    """

    case: Case | None
    linked: str
    next_number: str
    twin: str
    open_of_writer: tuple[str, ...]
    unsent: tuple[str, ...]
    tally: Tally
    relays: tuple[str, ...] = ()
    latest: Case | None = None
    branched: bool = False
    outages: int = 0
    outage_since: datetime | None = None
    alarmed: bool = False
    dead: frozenset[str] = frozenset()


class Folder(StrEnum):
    """Where a finished letter is filed; the settings give each its name on the server."""

    ANSWERED = "answered"
    HANDED_OVER = "handed_over"
    NOT_ANSWERED = "not_answered"
    ATTENTION = "attention"
    COPIES = "copies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything mailbot concludes about one event. `case` is the case's new value, None where there is none.

    `cancel`: ids of unsent mail that must not go out any more. `dead`: addresses proven undeliverable.
    """

    finding: Finding | None
    decision: Decision | None
    case: Case | None
    drafts: tuple[Draft, ...]
    folder: Folder
    why: tuple[Evidence, ...]
    cancel: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
