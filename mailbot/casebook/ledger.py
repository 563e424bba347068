"""What the journal's rows add up to, in memory: letters known, mail owed, live cases. Only `fold` changes it.

Bounded by time, not by history: letters, mail and closed cases older than `MEMORY` are forgotten here (the journal
keeps them); a letter that old is judged by the start instant and its age instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

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
from mailbot.cases.history import Folder, Tally
from mailbot.rulebook.ids import Topic

MEMORY = timedelta(days=90)
UNSENT_MAIL = (MailState.READY, MailState.SENDING)
TROUBLED_MAIL = (MailState.HELD, MailState.FAILED, MailState.HUMAN)
ENDED_MAIL = (MailState.DONE, *TROUBLED_MAIL)
LIVE = (CaseState.REGISTERED, CaseState.WAITING, CaseState.WITH_STAFF, CaseState.ANSWERED)


@dataclass(slots=True)
class KnownLetter:
    """A letter that has its outcome: where it belongs, and whether it lies there."""

    at: datetime
    folder: Folder
    case: str
    filed: bool
    message_id: str
    text_digest: str
    unsent: int = 0


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

    Kept beside, so that no letter costs a walk over all others: `unfiled` keys of letters, `by_writer` numbers of cases
    by address, `outages` numbers of cases about a failing system, in the order in which they became that.
    """

    started: Started | None = None
    letters: dict[str, KnownLetter] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    aside: dict[str, SetAside] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    owed: dict[str, OwedMail] = field(default_factory=dict)
    troubled: dict[str, OwedMail] = field(default_factory=dict)
    written: Written = field(default_factory=Written)
    own_ids: dict[str, datetime] = field(default_factory=dict)
    dead: dict[str, datetime] = field(default_factory=dict)
    last_run: dict[str, datetime] = field(default_factory=dict)
    paused: Paused | None = None
    last_number: dict[int, int] = field(default_factory=dict)
    unfiled: dict[str, None] = field(default_factory=dict)
    by_writer: dict[str, dict[str, None]] = field(default_factory=dict)
    outages: dict[str, None] = field(default_factory=dict)

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
        if key in self.letters:
            self.letters[key].filed = True
            self.unfiled.pop(key, None)
        self.attempts.pop(key, None)

    def _ran(self, row: Ran | Told) -> None:
        self.last_run[row.job] = row.at
        self._owe(row.mails if isinstance(row, Told) else ())

    def _considered(self, row: Considered) -> None:
        self.attempts.pop(row.key, None)
        self.letters[row.key] = KnownLetter(
            at=row.at,
            folder=row.folder,
            case=row.case.number if row.case else "",
            filed=False,
            message_id=row.message_id,
            text_digest=row.text_digest,
        )
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
            self.own_ids[mail.message_id] = mail.made_at
            if mail.letter_key in self.letters:
                self.letters[mail.letter_key].unsent += 1

    def _cancel(self, ids: tuple[str, ...], at: datetime) -> None:
        for mail_id in ids:
            self._mail_moved(MailMoved(at=at, id=mail_id, state=MailState.HELD, answer="cancelled"))

    def _mail_moved(self, row: MailMoved) -> None:
        owed = self.owed.get(row.id)
        if owed is None:
            return
        letter = self.letters.get(owed.mail.letter_key)
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
        """Drops from memory what is older than MEMORY and needs nothing more."""
        edge = now - MEMORY
        self.letters = {k: v for k, v in self.letters.items() if v.at >= edge or not v.filed}
        self.ids = {i: k for i, k in self.ids.items() if k in self.letters}
        kept = [c for c in self.cases.values() if c.changed_at >= edge or c.dues or c.state in LIVE[:3]]
        self.cases, self.by_writer, self.outages = {}, {}, {}
        self.remember(kept)
        self.troubled = {i: m for i, m in self.troubled.items() if m.changed_at >= edge}
        self.own_ids = {i: at for i, at in self.own_ids.items() if at >= edge}
        self.written.forget_before(now - WEEK)

    def next_number(self, year: int) -> str:
        """The number a new case gets: year and a running number that starts anew each year."""
        return f"{year}-{self.last_number.get(year, 0) + 1:05d}"

    def cases_of(self, writer: str) -> Iterator[Case]:
        """Cases of one writer that are still in memory, in no particular order."""
        theirs = (self.cases[number] for number in self.by_writer.get(writer, ()) if number in self.cases)
        return (case for case in theirs if case.writer == writer)

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
