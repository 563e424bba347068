"""One digest as a value: what is wrong first, then the cases, each once, then what was not answered and why.

`digest_for(reader, span, record)` is pure; an empty digest is a value, too: who asks for it decides about sending it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.cases.case import CaseState
from mailbot.cases.working_time import WorkingTime
from mailbot.replies.wording import reader_of
from mailbot.reports.entries import OPEN_RESULTS, Entry, Past
from mailbot.reports.readers import Detail, Reader, is_theirs, may_see
from mailbot.reports.times import Span
from mailbot.reports.trend import TopicCount, Week, topics_of, weeks_of
from mailbot.reports.troubles import Machinery, Spam, Trouble, reconciled, troubles_of
from mailbot.reports.unanswered import Unanswered, unanswered_of
from mailbot.rulebook.ids import Topic
from mailbot.rulebook.types import Rulebook


class Section(StrEnum):
    """Where in the digest a case stands, in the order in which they are read."""

    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    NEW = "new"
    IN_WORK = "in_work"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What digests are made from: the past, the state of the works, the rules, the moment, and since when to tell."""

    past: Past
    machinery: Machinery
    book: Rulebook
    since: datetime
    now: datetime

    @property
    def works(self) -> WorkingTime:
        """The school's working time."""
        return WorkingTime.of(self.book)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one reader is told. `reconciliation` and `spam` are for who keeps the mailbox, "" and None for others.

    reconciliation: the line that comes out; one that does not is the first of the troubles. unguided: topics people
    asked about for which nobody has written guidance, with the number of requests.
    """

    reader: Reader
    span: Span
    since: datetime
    now: datetime
    troubles: tuple[Trouble, ...]
    reconciliation: str
    sections: Mapping[Section, tuple[Entry, ...]]
    unanswered: tuple[Unanswered, ...]
    unguided: tuple[tuple[Topic, int], ...]
    spam: Spam | None
    weeks: tuple[Week, ...]
    topics: tuple[TopicCount, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: such a digest is sent only if somebody asked for it."""
        return not (self.troubles or self.unanswered or any(self.sections.values()) or self._had_letters)

    @property
    def _had_letters(self) -> bool:
        return any(week.received for week in self.weeks[-1:])


def digest_for(reader: Reader, span: Span, record: Record) -> Digest:
    """The digest of one reader."""
    theirs = tuple(entry for entry in record.past.entries if is_theirs(reader, entry))
    visible = tuple(entry for entry in record.past.entries if may_see(reader, entry))
    today, weekly = record.works.today(record.now), span is Span.WEEK
    box = record.machinery.box
    return Digest(
        reader=reader,
        span=span,
        since=record.since,
        now=record.now,
        troubles=_troubles(reader, record),
        reconciliation=reconciled(box) if box and reader.keeps_box and not box.unaccounted else "",
        sections=_sections(theirs, span, record),
        unanswered=_unanswered(record) if reader.keeps_box else (),
        unguided=_unguided(visible, record) if reader.keeps_box else (),
        spam=box.spam if box and reader.keeps_box else None,
        weeks=weeks_of(visible, today, record.works) if weekly else (),
        topics=topics_of(visible, today, record.works) if weekly else (),
    )


def _troubles(reader: Reader, record: Record) -> tuple[Trouble, ...]:
    """What is wrong, for who keeps the mailbox; of cases the reader must not know of nothing is told."""
    if not reader.keeps_box:
        return ()
    hidden = frozenset(entry.number for entry in record.past.entries if not may_see(reader, entry))
    return troubles_of(record.machinery.without(hidden), record.since, record.now, record.works)


def _sections(entries: Iterable[Entry], span: Span, record: Record) -> Mapping[Section, tuple[Entry, ...]]:
    found: dict[Section, list[Entry]] = {section: [] for section in Section}
    for entry in entries:
        section = section_of(entry, span, record)
        if section:
            found[section].append(entry)
    return {section: tuple(sorted(kept, key=_urgency)) for section, kept in found.items()}


def section_of(entry: Entry, span: Span, record: Record) -> Section | None:
    """The first section that fits, so that each case stands once; None for what ended before the digest's time.

    Of a week it matters how cases stand, not that they are new: those are counted by week.
    """
    is_open = entry.result in OPEN_RESULTS
    if is_open and entry.answer_by and entry.answer_by < record.now:
        return Section.OVERDUE
    if is_open and entry.answer_by and record.works.today(entry.answer_by) == record.works.today(record.now):
        return Section.DUE_TODAY
    if entry.received_at > record.since and span is Span.DAY:
        return Section.NEW
    if entry.state is CaseState.WAITING:
        return Section.WAITING
    if is_open:
        return Section.IN_WORK
    ended = entry.closed_at or entry.answered_at
    return Section.CLOSED if ended and ended > record.since else None


def _urgency(entry: Entry) -> tuple[datetime, str]:
    return entry.answer_by or entry.received_at, entry.number


def _unanswered(record: Record) -> tuple[Unanswered, ...]:
    letters = (letter for letter in record.past.letters if letter.at > record.since)
    return unanswered_of(letters, record.machinery.folders)


def _unguided(entries: Iterable[Entry], record: Record) -> tuple[tuple[Topic, int], ...]:
    """Topics of new requests that no guidance text answers for those who asked."""
    asked = Counter(
        entry.topics[0]
        for entry in entries
        if entry.received_at > record.since
        and entry.topics
        and entry.topics[0] not in (Topic.OTHER, Topic.COMPLAINT)
        and reader_of(record.book.topics[entry.topics[0]].guidance, entry.audience) is None
    )
    return tuple(sorted(asked.items(), key=lambda pair: (-pair[1], pair[0])))


def names_writers(reader: Reader) -> bool:
    """Whether lines carry the names of those who wrote: for a colleague's own cases inside the school."""
    return reader.detail is Detail.OWN and not reader.number_only
