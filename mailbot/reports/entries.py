"""What reports are made of: one `Entry` a request, one `Taken` a letter; the casebook folds them from its rows.

An entry says of a case what the register and the digest count, and nothing of what its letters say.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.cases.case import Case, CaseState, Kind
from mailbot.cases.history import Folder
from mailbot.rulebook.ids import Audience, Flag, Route, Topic

GUIDES = frozenset({Kind.GUIDANCE, Kind.KNOWN_OUTAGE, Kind.TRAINING_TERM})
ANSWERS = frozenset({*GUIDES, Kind.VENDOR, Kind.RELAY, Kind.REFUSAL})
"""Mail that answers the matter itself; receipts, questions and reminders do not."""


class Result(StrEnum):
    """How a request stands or ended, as the register counts it.

    guided: answered with guidance. vendor: sent on to the vendor's support. by_staff: a person answered. refused.
    in_work: with staff. waiting: for the writer. closed: without a letter of ours that answers the matter.
    """

    GUIDED = "guided"
    VENDOR = "vendor"
    BY_STAFF = "by_staff"
    REFUSED = "refused"
    IN_WORK = "in_work"
    WAITING = "waiting"
    CLOSED = "closed"


OPEN_RESULTS = frozenset({Result.IN_WORK, Result.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request of the register. Moments are in UTC.

    received_at: the first letter's, by the server's clock. answered_at: when the first mail (ours or a person's own)
    that answers the matter was written. closed_at: when it was closed, None while it is open. `not_to`: staff whom the
    case is about; `danger`: it belongs to the director alone.
    """

    number: str
    received_at: datetime
    changed_at: datetime
    state: CaseState
    result: Result
    writer: str
    writer_name: str
    audience: Audience
    topics: tuple[Topic, ...]
    flags: tuple[Flag, ...]
    school_class: str
    route: Route | None
    with_whom: str
    answer_by: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    letters: int
    rounds: int
    not_to: tuple[str, ...]
    danger: bool

    @property
    def hours_to_answer(self) -> float | None:
        """Hours of the clock, nights and days off included, from the letter to its answer; None without an answer."""
        return (self.answered_at - self.received_at).total_seconds() / 3600 if self.answered_at else None


class Event(StrEnum):
    """The events a taken letter can be, by the names the journal gives them."""

    FROM_WRITER = "FromWriter"
    MACHINE = "Machine"
    UNREADABLE = "Unreadable"
    STRANGE_WORD = "StrangeWord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One letter that got its outcome. `code`: why its writer got no letter, "" if one was written or none was due."""

    at: datetime
    number: str
    folder: Folder
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What has happened, as reports see it: requests by number, letters in the order in which they were taken."""

    entries: tuple[Entry, ...]
    letters: tuple[Taken, ...]


def entry_of(case: Case, answered_by_person: datetime | None) -> Entry:
    """The register's line of a case; `answered_by_person`: when a person was seen to have answered on their own."""
    answers = [sent.at for sent in case.sent if sent.kind in ANSWERS]
    answered = min([*answers, *([answered_by_person] if answered_by_person else [])], default=None)
    received = min((letter.at for letter in case.writers_letters), default=case.opened_at)
    return Entry(
        number=case.number,
        received_at=min(received, case.opened_at),
        changed_at=case.changed_at,
        state=case.state,
        result=_result(case, answered_by_person is not None),
        writer=case.writer,
        writer_name=case.writer_name,
        audience=case.audience,
        topics=case.topics,
        flags=case.flags,
        school_class=case.school_class,
        route=case.route,
        with_whom=case.with_whom,
        answer_by=case.answer_by,
        answered_at=max(answered, min(received, case.opened_at)) if answered else None,
        closed_at=case.changed_at if case.state in (CaseState.CLOSED, CaseState.REFUSED) else None,
        letters=len(case.letters),
        rounds=case.round,
        not_to=case.not_to,
        danger=case.in_danger_lane,
    )


def _result(case: Case, answered_by_person: bool) -> Result:
    """The state decides while the case is open; of a closed one the strongest answer it got."""
    kinds = {sent.kind for sent in case.sent}
    match case.state:
        case CaseState.WAITING:
            return Result.WAITING
        case CaseState.WITH_STAFF | CaseState.REGISTERED:
            return Result.IN_WORK
        case CaseState.REFUSED:
            return Result.REFUSED
        case CaseState.ANSWERED | CaseState.CLOSED:
            return _ended(kinds, answered_by_person)


def _ended(kinds: set[Kind], answered_by_person: bool) -> Result:
    if Kind.RELAY in kinds or answered_by_person:
        return Result.BY_STAFF
    if Kind.REFUSAL in kinds:
        return Result.REFUSED
    if Kind.VENDOR in kinds:
        return Result.VENDOR
    return Result.GUIDED if kinds & GUIDES else Result.CLOSED
