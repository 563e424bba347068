"""What the journal's rows add up to, in memory: letters known, mail owed, live cases. Only `fold` changes it.

Bounded by what is still to be done, not by history: filed letters and settled cases are looked up in the journal by way
of its index, for as many whole months as `MEMORY` reaches into; a letter older than that is judged by the start
instant and its age instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never

from mailbot.casebook.columns import Column, is_settled
from mailbot.casebook.index import Index
from mailbot.casebook.remembered import Cases, KnownLetter, Letters, known_letter
from mailbot.casebook.rows import (
    Attempted,
    CaseChanged,
    Considered,
    Filed,
    Forgotten,
    MailMoved,
    Paused,
    Ran,
    Row,
    SetAside,
    Started,
    Told,
)
from mailbot.casebook.written import DAY, HOUR, WEEK, Written
from mailbot.cases.case import Case, CaseState, Kind
from mailbot.cases.draft import Mail, MailState
from mailbot.cases.history import Tally
from mailbot.cases.outages import ONE_INCIDENT
from mailbot.rulebook.ids import Topic

MEMORY = timedelta(days=90)
UNSENT_MAIL = (MailState.READY, MailState.SENDING)
TROUBLED_MAIL = (MailState.HELD, MailState.FAILED, MailState.HUMAN)
ENDED_MAIL = (MailState.DONE, *TROUBLED_MAIL)
LIVE = (CaseState.REGISTERED, CaseState.WAITING, CaseState.WITH_STAFF, CaseState.ANSWERED)


@dataclass(slots=True)
class OwedMail:
    """A mail we owe and how far it has come."""

    mail: Mail
    state: MailState
    answer: str
    tries: int
    next_try_at: datetime
    changed_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it may be tried now.

        A clock that has been put back must not keep it waiting for hours: what was written later than now says nothing
        of the next try. Only what was never to go out at once (a relay that a colleague may still stop) waits all the
        same.
        """
        put_back = now < self.changed_at and self.mail.not_before <= self.changed_at
        return self.next_try_at <= now or put_back


@dataclass(slots=True)
class Ledger:
    """The folded journal.

    Kept beside, so that no letter costs a walk over all others: `unfiled` keys of letters, `by_writer` numbers of held
    cases by address, `outages` numbers of cases about a failing system. `ids` and `own_ids` are Message-IDs of held
    letters and of mail written since `forget_old`.
    """

    index: Index = field(default_factory=lambda: Index(Path()))
    started: Started | None = None
    letters: Letters = field(init=False)
    attempts: dict[str, int] = field(default_factory=dict)
    aside: dict[str, SetAside] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    cases: Cases = field(init=False)
    owed: dict[str, OwedMail] = field(default_factory=dict)
    troubled: dict[str, OwedMail] = field(default_factory=dict)
    written: Written = field(default_factory=Written)
    own_ids: set[str] = field(default_factory=set)
    dead: dict[str, datetime] = field(default_factory=dict)
    last_run: dict[str, datetime] = field(default_factory=dict)
    paused: Paused | None = None
    last_number: dict[int, int] = field(default_factory=dict)
    unfiled: dict[str, None] = field(default_factory=dict)
    by_writer: dict[str, dict[str, None]] = field(default_factory=dict)
    outages: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What is not held is looked for through one index."""
        self.letters, self.cases = Letters(self.index), Cases(self.index)

    def fold(self, row: Row) -> None:
        """Takes one row into account; the order of rows is the order in which things happened."""
        match row:
            case Started():
                self.started = row
            case Attempted():
                for key in row.keys:
                    self.attempts[key] = self.attempts.get(key, 0) + 1
            case Considered():
                self._considered(row)
            case CaseChanged():
                self._case(row.case)
                self._owe(row.mails)
                self._cancel(row.cancel, row.at)
                self.dead |= dict.fromkeys(row.dead, row.at)
            case MailMoved():
                self._mail_moved(row)
            case Filed():
                self._filed(row.key)
            case SetAside():
                self.aside[row.key] = row
            case Paused():
                self.paused = row
            case Ran() | Told():
                self._ran(row)
            case Forgotten():
                self._cancel(row.mails, row.at)
                self.troubled = {i: m for i, m in self.troubled.items() if i not in row.mails}
            case _:
                assert_never(row)

    def _filed(self, key: str) -> None:
        if key in self.letters.held:
            self.letters.held[key].filed = True
            self.unfiled.pop(key, None)
        self.attempts.pop(key, None)

    def _ran(self, row: Ran | Told) -> None:
        self.last_run[row.job] = row.at
        self._owe(row.mails if isinstance(row, Told) else ())

    def _considered(self, row: Considered) -> None:
        self.attempts.pop(row.key, None)
        self.letters[row.key] = known_letter(row, filed=False)
        self.unfiled[row.key] = None
        if row.message_id:
            self.ids.setdefault(row.message_id, row.key)
        if row.case:
            self._case(row.case)
        self._owe(row.mails)
        self._cancel(row.cancel, row.at)
        for address in row.dead:
            self.dead[address] = row.at

    def _case(self, case: Case) -> None:
        self.remember((case,))
        year, _, sequence = case.number.partition("-")
        self.last_number[int(year)] = max(self.last_number.get(int(year), 0), int(sequence))

    def remember(self, cases: Iterable[Case]) -> None:
        """Takes cases as they are now."""
        for case in cases:
            self.cases[case.number] = case
            self.by_writer.setdefault(case.writer, {})[case.number] = None
            if Topic.OUTAGE in case.topics or any(sent.kind is Kind.OUTAGE_DRAFT for sent in case.sent):
                self.outages[case.number] = None

    def _owe(self, mails: tuple[Mail, ...]) -> None:
        for mail in mails:
            self.owed[mail.id] = OwedMail(mail, MailState.READY, "", 0, mail.not_before, mail.made_at)
            self.written.append(mail)
            self.own_ids.add(mail.message_id)
            if mail.letter_key in self.letters.held:
                self.letters.held[mail.letter_key].unsent += 1

    def _cancel(self, ids: tuple[str, ...], at: datetime) -> None:
        for mail_id in ids:
            self._mail_moved(MailMoved(at=at, id=mail_id, state=MailState.HELD, answer="cancelled"))

    def _mail_moved(self, row: MailMoved) -> None:
        owed = self.owed.get(row.id)
        if owed is None:
            return
        letter = self.letters.held.get(owed.mail.letter_key)
        if letter and owed.state in UNSENT_MAIL and row.state not in UNSENT_MAIL:
            letter.unsent -= 1
        owed.tries += row.state is MailState.SENDING
        owed.state, owed.answer, owed.changed_at = row.state, row.answer, row.at
        if row.next_try_at:
            owed.next_try_at = row.next_try_at
        if row.state in ENDED_MAIL:
            del self.owed[row.id]
        if row.state in TROUBLED_MAIL:
            self.troubled[row.id] = owed

    def forget_old(self, now: datetime) -> None:
        """Lets go of what needs nothing more. Only once all that was folded in is noted in the index, too."""
        edge = now - MEMORY
        self.letters.held = {k: v for k, v in self.letters.held.items() if not v.filed}
        self.ids = {i: k for i, k in self.ids.items() if k in self.letters.held}
        kept = [case for case in self.cases.held.values() if self._must_hold(case, now)]
        self.cases.held, self.by_writer, self.outages = {}, {}, {}
        self.remember(kept)
        self.troubled = {i: m for i, m in self.troubled.items() if m.changed_at >= edge}
        self.aside = {key: row for key, row in self.aside.items() if row.at >= edge}
        self.own_ids = set()
        self.written.forget_before(now - WEEK)

    def _must_hold(self, case: Case, now: datetime) -> bool:
        """Whether this case must stay in memory: it awaits something, an incident counts it, or nothing else has it."""
        if not is_settled(case) or (case.number in self.outages and now - case.opened_at <= ONE_INCIDENT):
            return True
        return case.changed_at >= now - MEMORY and not self.index.places(Column.CASE, case.number)

    def next_number(self, year: int) -> str:
        """The number a new case gets: year and a running number that starts anew each year."""
        return f"{year}-{self.last_number.get(year, 0) + 1:05d}"

    def cases_of(self, writer: str, *, out_of_touch: bool = False) -> Iterator[Case]:
        """Cases of one writer by number: held, answered or linked ones; `out_of_touch`: the other settled ones, too."""
        numbers = set(self.by_writer.get(writer, ()))
        rows = self.index.rows(Column.WRITER, writer, marked=not out_of_touch) if writer else ()
        numbers |= {row.case.number for row in rows if isinstance(row, Considered | CaseChanged) and row.case}
        theirs = (self.cases.get(number) for number in sorted(numbers))
        return (case for case in theirs if case and case.writer == writer)

    def letter_with_id(self, message_id: str) -> tuple[str, KnownLetter] | None:
        """The first known letter with this Message-ID, and its key."""
        rows = self.index.rows(Column.MESSAGE_ID, message_id) if message_id else ()
        keys = [row.key for row in rows if isinstance(row, Considered) and row.message_id == message_id]
        for key in (*reversed(keys), self.ids.get(message_id, "")):
            known = self.letters.get(key)
            if known:
                return key, known
        return None

    def is_own_id(self, message_id: str) -> bool:
        """Whether this is the Message-ID of a mail of ours."""
        rows = self.index.rows(Column.OWN_ID, message_id) if message_id else ()
        told = (row.mails for row in rows if isinstance(row, Considered | CaseChanged | Told))
        return message_id in self.own_ids or any(mail.message_id == message_id for mails in told for mail in mails)

    def tally(self, recipient: str, case: str, subject_key: str, now: datetime, before: str = "") -> Tally:
        """What we have written lately, unsent mail included: for the gate. Counted over days, for writers only.

        `before`: the id of a mail that is itself among the written; only what came before it counts.
        """
        count, day, hour, week = self.written.count, now - DAY, now - HOUR, now - WEEK
        person, domain = ("person", recipient), ("domain", recipient.rpartition("@")[2])
        return Tally(
            person_day=count(person, day, before),
            person_week=count(person, week, before),
            thread_week=count(("thread", case), week, before) if case else 0,
            subject_day=count(("subject", recipient, subject_key), day, before),
            domain_hour=count(domain, hour, before),
            total_hour=count(("writers",), hour, before),
            total_day=count(("all",), day, before),
            dead=recipient in self.dead,
            paused_until=self.paused.until if self.paused else None,
        )
