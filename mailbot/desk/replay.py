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
from mailbot.desk.trying import Tried, try_letter
from mailbot.letters.letter import Letter
from mailbot.mailroom.reader import Reader, UnreadableLetter
from mailbot.replies.facts import Advice, Facts
from mailbot.replies.wording import Worded, Wording
from mailbot.rulebook.ids import Audience, Flag, Route, Slot, Topic
from mailbot.rulebook.types import Rule, Rulebook
from mailbot.triage.impression import impression_of
from mailbot.triage.phrases import Denial, Ear
from mailbot.triage.text import Reading

DANGER = frozenset((Flag.SAFETY, Flag.LEAK))


class Unworded(Wording):
    """Writes nothing: for finding out who would get which kind of mail."""

    def say(self, kind: Kind, facts: Facts) -> Worded:
        """No words."""
        return Worded("", "", "")

    def guidance(
        self, topics: tuple[Topic, ...], audience: Audience, book: Rulebook, facts: Facts
    ) -> tuple[Advice, ...]:
        """No advice."""
        return ()

    def vendor_request(self, facts: Facts) -> str:
        """No text for the vendor."""
        return ""


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
    why: tuple[str, ...] = field(default=(), compare=False)

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


@dataclass(frozen=True, slots=True)
class Judged:
    """What one letter told: its fates under both rulebooks (None: it could not be read), the rules that spoke."""

    name: str
    old: Fate | None
    new: Fate | None
    spoken: frozenset[str]


class Judge:
    """Judges letters under `today` and, where there is one, `changed`; rules are listened to in the latter."""

    def __init__(self, today: Mind, changed: Mind | None, now: datetime) -> None:
        self.last = _unworded(changed or today)
        self._old = _unworded(today) if changed else None
        self._ears = _Ears.of(self.last.book)
        self._now = now

    def judged(self, past: Iterable[Past]) -> Iterator[Judged]:
        """Each letter's fates, in order."""
        for one, letter in _read(past):
            yield self._judged(one, letter) if letter else Judged(one.name, None, None, frozenset())

    def _judged(self, one: Past, letter: Letter) -> Judged:
        new = _fate(one, letter, self.last, self._now)
        old = _fate(one, letter, self._old, self._now) if self._old else new
        return Judged(one.name, old, new, self._ears.heard_in(impression_of(letter, self.last.brain).reading))


def replay(past: Iterable[Past], today: Mind, changed: Mind | None, now: datetime) -> Replayed:
    """The letters under `today`, and under `changed` where there is one; rules and doubts are told of the latter."""
    judge = Judge(today, changed, now)
    return summed(judge.judged(past), judge.last.book)


def summed(judged: Iterable[Judged], book: Rulebook) -> Replayed:
    """What all letters together tell of the rules in `book`."""
    letters, unread, unsure = 0, [], []
    changes: list[Change] = []
    spoken: set[str] = set()
    for one in judged:
        letters += 1
        spoken |= one.spoken
        if one.old is None or one.new is None:
            unread.append(one.name)
        elif one.old != one.new:
            changes.append(Change(one.name, one.old, one.new))
        if one.new and not one.new.confident:
            unsure.append(one.name)
    topics = (rule for topic in book.topics.values() for rule in topic.rules)
    flags = (rule for flag in book.flags.values() for rule in flag.rules)
    silent = tuple(rule for rule in (*topics, *flags) if rule.id not in spoken)
    return Replayed(letters=letters, unread=tuple(unread), changes=tuple(changes), silent=silent, unsure=tuple(unsure))


def _unworded(mind: Mind) -> Mind:
    return replace(mind, wording=Unworded(mind.wording.environment))


def _read(past: Iterable[Past]) -> Iterator[tuple[Past, Letter | None]]:
    """Each with its letter, read in the limited child as the daemon does."""
    ahead: list[Past] = []

    def raws() -> Iterator[bytes]:
        for one in past:
            ahead.append(one)
            yield one.raw

    with Reader() as reader:
        for outcome in reader.read_all(raws()):
            yield ahead.pop(0), None if isinstance(outcome, UnreadableLetter) else outcome


def _fate(one: Past, letter: Letter, mind: Mind, now: datetime) -> Fate:
    at = min(letter.date, now) if letter.date else now
    return fate_of(try_letter(Path(one.name), letter, one.raw, mind, at))


def fate_of(tried: Tried) -> Fate:
    """The comparable part of an outcome."""
    finding, decision = tried.outcome.finding, tried.outcome.decision
    fate = Fate(
        taken_for=type(tried.event).__name__,
        mail=tuple((draft.kind, draft.recipient) for draft in tried.outcome.drafts),
        why=tuple(str(reason) for reason in tried.outcome.why),
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


@dataclass(frozen=True, slots=True)
class _Ears:
    """All rules, of topics and of flags, each with its way of hearing «not»."""

    ears: tuple[tuple[Denial, Ear], ...]

    @classmethod
    def of(cls, book: Rulebook) -> "_Ears":
        topics = Ear(rule for topic in book.topics.values() for rule in topic.rules)
        flags = Ear(rule for flag in book.flags.values() for rule in flag.rules)
        return cls(((Denial.SUBJECT, topics), (Denial.DEED, flags)))

    def heard_in(self, reading: Reading) -> frozenset[str]:
        """Ids of the rules that speak here."""
        return frozenset(rule.id for denial, ear in self.ears for rule, _ in ear.hears(reading, denial))
