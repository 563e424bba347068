"""A case: one matter of one writer, from its first letter to its close. A frozen value; every change is a new value."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.letters.letter import Proof
from mailbot.rulebook.ids import Audience, Flag, Intent, Route, Slot, Topic
from mailbot.triage.finding import FilledSlot


class CaseState(StrEnum):
    """Where a case stands; any new word of the writer reopens it."""

    REGISTERED = "registered"
    ANSWERED = "answered"
    WAITING = "waiting"
    WITH_STAFF = "with_staff"
    REFUSED = "refused"
    CLOSED = "closed"


class Kind(StrEnum):
    """Kinds of mail we write: one template each. See `audience_of_kind` for whom each is meant."""

    RECEIPT = "receipt"
    GUIDANCE = "guidance"
    QUESTIONS = "questions"
    NOTICE = "notice"
    VENDOR = "vendor"
    REMINDER = "reminder"
    HANDED_OVER = "handed_over"
    REFUSAL = "refusal"
    RELAY = "relay"
    KNOWN_OUTAGE = "known_outage"
    TRAINING_TERM = "training_term"
    FORWARD = "forward"
    URGENT = "urgent"
    STAFF_REMINDER = "staff_reminder"
    STAFF_ANSWER = "staff_answer"
    STAFF_NOTE = "staff_note"
    OUTAGE_DRAFT = "outage_draft"
    DIGEST = "digest"
    ALARM = "alarm"


MOST_CLASSES = 3
"""More are no brothers and sisters: such a letter is about the classes, and no one teacher's."""
FOR_WRITERS = frozenset(
    {
        Kind.RECEIPT,
        Kind.GUIDANCE,
        Kind.QUESTIONS,
        Kind.NOTICE,
        Kind.VENDOR,
        Kind.REMINDER,
        Kind.HANDED_OVER,
        Kind.REFUSAL,
        Kind.RELAY,
        Kind.KNOWN_OUTAGE,
        Kind.TRAINING_TERM,
    }
)
"""Mail for a writer, counted by the gate. A relay is a person's word, the rest is automatic."""


class DueKind(StrEnum):
    """What falls due in a case's life."""

    REMIND_WRITER = "remind_writer"
    WRITER_SILENT = "writer_silent"
    REMIND_STAFF = "remind_staff"
    TO_SUPERVISOR = "to_supervisor"
    EMERGENCY = "emergency"
    REPEAT_URGENT = "repeat_urgent"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A deadline of a case; `at` is in UTC."""

    at: datetime
    kind: DueKind


@dataclass(frozen=True, slots=True)
class SentMail:
    """Mail of ours in this case: a reply that names its Message-ID finds the case, and whose word it can be."""

    message_id: str
    kind: Kind
    recipient: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LetterRef:
    """A letter that belongs to the case; `key` is its identity, `message_id` what later letters may cite.

    `words` is a hash of the writer's own words without digits («» for a few words only): it tells a repeated letter.
    """

    key: str
    message_id: str
    at: datetime
    sender: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the case's life as `mailbot cases show` tells it; `what` is Russian prose without quoted mail."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter. `number` («2026-00017») is what people quote; `writer` the only address its mail may go to.

    `with_whom` is the staff address that has it now; `round` counts question mails sent; `fruitless` rounds in a
    row that brought no new fact. `linked` are numbers of related cases.

    `proof` is that of the writer's latest letter: only while it is proven may mail repeat what the case holds.
    `intents` has one intent for each topic. `subject` is the first letter's. `answer_by` is when staff owe an answer
    (UTC). `news_at` is when the writer last told something new. `not_to` are staff who must not get the case, because
    it is about them. `said` are the writer's own words so far, shortened, so that whoever gets the case reads the
    question and not only the last answer. `relay_asked`: an answer was held and asked about, so that `#ответить` now
    means «yes».
    """

    number: str
    state: CaseState
    opened_at: datetime
    changed_at: datetime
    writer: str
    writer_name: str
    proof: Proof
    audience: Audience
    topics: tuple[Topic, ...]
    intent: Intent
    flags: tuple[Flag, ...]
    facts: tuple[FilledSlot, ...]
    missing: tuple[Slot, ...]
    route: Route | None
    with_whom: str
    round: int
    fruitless: int
    letters: tuple[LetterRef, ...]
    sent: tuple[SentMail, ...]
    dues: tuple[Due, ...]
    linked: tuple[str, ...]
    notes: tuple[Note, ...]
    intents: tuple[Intent, ...] = ()
    subject: str = ""
    answer_by: datetime | None = None
    news_at: datetime | None = None
    not_to: tuple[str, ...] = ()
    relay_asked: bool = False
    said: tuple[str, ...] = ()

    @property
    def in_danger_lane(self) -> bool:
        """Whether this is about a child's safety or leaked data: the director's alone, and silent to the writer."""
        return Flag.SAFETY in self.flags or Flag.LEAK in self.flags

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been said yet: the letter was empty, and the next one tells what the case is about."""
        return Flag.EMPTY in self.flags and self.state is CaseState.WAITING and self.topics == (Topic.OTHER,)

    @property
    def school_classes(self) -> tuple[str, ...]:
        """The classes («5Б») of the pupils it is about; () if nobody named one, or more than one family's."""
        named = next((fact.value.split("; ") for fact in self.facts if fact.slot is Slot.CLASS and fact.value), [])
        return tuple(named) if len(named) <= MOST_CLASSES else ()

    @property
    def school_class(self) -> str:
        """The first of these classes, "" if there is none."""
        return next(iter(self.school_classes), "")

    @property
    def writers_letters(self) -> tuple[LetterRef, ...]:
        """The letters of the case's own writer, in the order in which they came."""
        return tuple(letter for letter in self.letters if letter.sender == self.writer)
