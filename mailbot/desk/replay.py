"""`replay`: letters that have been, under today's rules and under changed ones; nothing is sent, stored or changed.

Each letter is taken for the first of its writer at the moment it was written: threads and open cases are not replayed.
Mail is decided upon but not worded, which is what costs time; `check` tries the wording.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.consider import Mind
from mailbot.desk.trying import Tried, read_ahead, try_letter
from mailbot.desk.unworded import without_words
from mailbot.letters.letter import Letter
from mailbot.mailroom.reader import Reader, UnreadableLetter
from mailbot.rulebook.ids import Flag, Route, Slot
from mailbot.rulebook.types import Rule, Rulebook
from mailbot.triage.finding import Evidence
from mailbot.triage.flags import rules_raising
from mailbot.triage.impression import impression_of
from mailbot.triage.text import Reading
from mailbot.triage.triage import rules_heard

DANGER = frozenset((Flag.SAFETY, Flag.LEAK))


@dataclass(frozen=True, slots=True)
class Past:
    """A letter to be replayed: what it is called, its bytes."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one letter under one rulebook, as far as two can be compared."""

    taken_for: str
    topics: tuple[str, ...] = ()
    missing: tuple[Slot, ...] = ()
    flags: tuple[Flag, ...] = ()
    disposition: str = "ignore"
    route: Route | None = None
    writer_gets: str = "nothing"
    mail: tuple[tuple[Kind, str], ...] = ()
    confident: bool = True
    why: tuple[Evidence, ...] = field(default=(), compare=False)

    @property
    def danger(self) -> tuple[bool, bool]:
        """Whether it is taken for danger, and whether the director gets it."""
        return bool(DANGER & set(self.flags)), self.route is Route.DIRECTOR

    @property
    def automatic(self) -> tuple[str, tuple[Kind, ...]]:
        """What goes out to the writer by itself."""
        return self.writer_gets, tuple(kind for kind, _ in self.mail if kind in FOR_WRITERS)


@dataclass(frozen=True, slots=True)
class Change:
    """A letter whose fate differs between the two rulebooks."""

    name: str
    old: Fate
    new: Fate

    @property
    def grave(self) -> bool:
        """Whether it touches danger, or mail that leaves by itself."""
        return self.old.danger != self.new.danger or self.old.automatic != self.new.automatic


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the replay showed. `silent`: rules that spoke in no letter; `unsure`: letters that fell to a person."""

    letters: int
    unread: tuple[str, ...]
    changes: tuple[Change, ...]
    silent: tuple[Rule, ...]
    unsure: tuple[str, ...]

    @property
    def grave(self) -> bool:
        """Whether any letter's danger or automatic mail changed."""
        return any(change.grave for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one letter told: whether its fate differs, whether it could be read and was understood, who spoke.

    Small, for it comes from another process: a letter whose fate stays says nothing of it.
    """

    name: str
    change: Change | None = None
    is_read: bool = True
    is_sure: bool = True
    spoken: frozenset[str] = frozenset()


class Judge:
    """Judges letters under `today` and, where there is one, `changed`; rules are listened to in the latter."""

    def __init__(self, today: Mind, changed: Mind | None, now: datetime) -> None:
        self.last = without_words(changed or today)
        self._old = without_words(today) if changed else None
        self._now = now

    def judged(self, past: Iterable[Past], reader: Reader) -> Iterator[Judged]:
        """What each letter tells, in order."""
        for one, letter in _read(past, reader):
            yield self._judged(one, letter) if letter else Judged(name=one.name, is_read=False)

    def _judged(self, one: Past, letter: Letter) -> Judged:
        new = _fate(one, letter, self.last, self._now)
        old = _fate(one, letter, self._old, self._now) if self._old else new
        return Judged(
            name=one.name,
            change=Change(one.name, old, new) if old != new else None,
            is_sure=new.confident,
            spoken=spoken_in(impression_of(letter, self.last.brain()).reading, self.last.book),
        )


def replay(past: Iterable[Past], today: Mind, changed: Mind | None, now: datetime) -> Replayed:
    """The letters under `today`, and under `changed` where there is one; rules and doubts are told of the latter."""
    judge = Judge(today, changed, now)
    with Reader() as reader:
        return summed(judge.judged(past, reader), judge.last.book)


def summed(judged: Iterable[Judged], book: Rulebook) -> Replayed:
    """What all letters together tell of the rules in `book`."""
    letters, unread, unsure = 0, [], []
    changes: list[Change] = []
    spoken: set[str] = set()
    for one in judged:
        letters += 1
        spoken |= one.spoken
        if not one.is_read:
            unread.append(one.name)
        if one.change:
            changes.append(one.change)
        if not one.is_sure:
            unsure.append(one.name)
    topics = (rule for topic in book.topics.values() for rule in topic.rules)
    flags = (rule for flag in book.flags.values() for rule in flag.rules)
    silent = tuple(rule for rule in (*topics, *flags) if rule.id not in spoken)
    return Replayed(letters=letters, unread=tuple(unread), changes=tuple(changes), silent=silent, unsure=tuple(unsure))


def _read(past: Iterable[Past], reader: Reader) -> Iterator[tuple[Past, Letter | None]]:
    """Each with its letter, read in the limited child as the daemon does."""
    for one, outcome in read_ahead(past, reader):
        yield one, None if isinstance(outcome, UnreadableLetter) else outcome.letter


def _fate(one: Past, letter: Letter, mind: Mind, now: datetime) -> Fate:
    at = min(letter.date, now) if letter.date else now
    return fate_of(try_letter(Path(one.name), letter, one.raw, mind, at))


def fate_of(tried: Tried) -> Fate:
    """The comparable part of an outcome."""
    finding, decision = tried.outcome.finding, tried.outcome.decision
    fate = Fate(
        taken_for=type(tried.event).__name__,
        mail=tuple((draft.kind, draft.recipient) for draft in tried.outcome.drafts),
        why=tried.outcome.why,
    )
    if finding is None or decision is None:
        return fate
    return replace(
        fate,
        topics=tuple(f"{topic.topic}/{topic.intent}" for topic in finding.topics),
        missing=finding.missing,
        flags=finding.flags,
        disposition=decision.disposition.value,
        route=decision.route,
        writer_gets=decision.writer_gets.value,
        confident=finding.confident,
    )


def spoken_in(reading: Reading, book: Rulebook) -> frozenset[str]:
    """Ids of the rules, of topics and of flags, that speak in a letter."""
    return frozenset(one.rule.id for one in rules_heard(reading, book)) | rules_raising(reading, book)
