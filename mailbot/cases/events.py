"""Whose word is this? Every letter or passed deadline reaches `consider` as exactly one of these events."""

from dataclasses import dataclass
from datetime import datetime

from mailbot.cases.case import Case, Due, SentMail
from mailbot.letters.letter import Address, Letter, Proof
from mailbot.triage.finding import Finding, Screening


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A letter as it lay in the mailbox: `received_at` is the server's INTERNALDATE in UTC, `raw` its exact bytes.

    `finding` is what triage says of it, where the reading process has said so already.
    """

    letter: Letter
    received_at: datetime
    raw: bytes
    finding: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FromWriter:
    """A letter of a parent, pupil, employee or stranger to the school (screening PERSON or DOUBTFUL).

    `by_form` is who wrote it if a trusted form of the school's site sent it; such a writer is never proven.
    """

    arrival: Arrival
    screening: Screening
    proof: Proof
    by_form: Address | None = None

    @property
    def writer(self) -> Address:
        """Whose letter it is and where answers go."""
        return self.by_form or self.arrival.letter.sender


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWord:
    """A reply to mail we sent to staff, by its recipient or stand-in, proven or internal.

    `original` are the bytes of the writer's latest letter, b"" where nobody fetched them: for `#переслать`.
    """

    arrival: Arrival
    answered: SentMail
    screening: Screening
    original: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangeWord:
    """A reply to mail we sent to staff by somebody whose word does not count; `case` is the number it answers."""

    arrival: Arrival
    case: str
    screening: Screening


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A delivery report about mail of ours (RFC 3464) or what passes for one; `bounced` is that mail, if known."""

    arrival: Arrival
    screening: Screening
    bounced: SentMail | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The server would not take a mail of ours, because there is no such address; `code` is its reply code."""

    case: str
    message_id: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCopy:
    """Our own mail come back: `receipt` if its row is `sending` or `sent`, else a loop."""

    arrival: Arrival
    receipt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Not written by a person to us: recorded with its reason, never answered."""

    arrival: Arrival
    screening: Screening


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A letter whose bytes could not be read; a person gets it as it is."""

    key: str
    received_at: datetime
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredByPerson:
    """A colleague answered a letter of a case from the same mailbox, in their own mail program."""

    case: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A deadline of a case has passed.

    `original` are the bytes of the writer's latest letter, b"" where nobody fetched them: they go along to the person.
    """

    case: Case
    due: Due
    original: bytes = b""


Event = (
    FromWriter | StaffWord | StrangeWord | Bounce | Refused | OwnCopy | Machine | Unreadable | AnsweredByPerson | Lapse
)
