"""What triage concludes about one letter, without any stored state; the contract's words, each with its why."""

from dataclasses import dataclass
from enum import StrEnum

from mailbot.rulebook.ids import Audience, Flag, Intent, Slot, Topic


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of «why»: the rule that spoke (its place, or the name of a built-in test) and the words it heard."""

    rule: str
    words: str

    def __str__(self) -> str:
        return f"{self.rule}: «{self.words}»" if self.words else self.rule


class Verdict(StrEnum):
    """Who wrote: a person; A a machine (never answered); B a bounce (attached to its case); N maybe a person."""

    PERSON = "person"
    MACHINE = "A"
    BOUNCE = "B"
    DOUBTFUL = "N"


@dataclass(frozen=True, slots=True)
class Screening:
    """Whether a person wrote this letter to us. `reason` is a stable code such as «auto-submitted» for counting.

    `sure`: False where signs that persons' letters have, too, added up to a machine, or words alone raise the doubt.
    """

    verdict: Verdict
    reason: str
    why: tuple[Evidence, ...]
    sure: bool = True


class Source(StrEnum):
    """Where in a letter a fact stands. SENDER is the display name in From, of a pupil who writes."""

    SUBJECT = "subject"
    BODY = "body"
    SIGNATURE = "signature"
    QUOTED = "quoted"
    ATTACHMENT = "attachment"
    SENDER = "sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledSlot:
    """A fact the writer gave: `value` settled (nominative, Cyrillic, «5Б»), `heard` as written, `source` where."""

    slot: Slot
    value: str
    heard: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFinding:
    """One topic the letter asks about, with its own intent; `score` is its calibrated probability."""

    topic: Topic
    intent: Intent
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Everything triage says of one letter.

    `topics` has one or two entries, the primary first; `missing` is the union over topics in the contract's order;
    `confidence` is the calibrated probability that topic and intent lead to the right disposition;
    `runner_up` is the next-best topic. `model` is the learned model's hash.
    """

    screening: Screening
    audience: Audience
    topics: tuple[TopicFinding, ...]
    slots: tuple[FilledSlot, ...]
    missing: tuple[Slot, ...]
    missing_by_topic: tuple[tuple[Topic, tuple[Slot, ...]], ...]
    flags: tuple[Flag, ...]
    confidence: float
    confident: bool
    runner_up: TopicFinding | None
    why: tuple[Evidence, ...]
    model: str

    @property
    def intent(self) -> Intent:
        """The first topic's intent."""
        return self.topics[0].intent
