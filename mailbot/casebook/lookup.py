"""Questions that sorting and considering ask of the past, answered from the ledger."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.casebook.ledger import LIVE, Ledger
from mailbot.cases.case import FOR_WRITERS, Case, Kind
from mailbot.cases.draft import MailState
from mailbot.cases.events import AnsweredByPerson, Event, FromWriter, Lapse, Refused, StaffWord, StrangeWord, Unreadable
from mailbot.cases.history import History, Tally
from mailbot.cases.outages import ONE_INCIDENT
from mailbot.cases.sort import belongs, thread_of
from mailbot.cases.working_time import WorkingTime
from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Topic
from mailbot.rulebook.types import Rulebook

STOPPABLE = frozenset({Kind.RELAY, Kind.REFUSAL})
"""Mail that waits for the hold, so that a colleague may still stop it."""


def text_digest(letter: Letter) -> str:
    """What two deliveries of one letter have in common, whatever their Received lines say."""
    return hashlib.sha256(f"{letter.subject}\n{letter.text}".encode()).hexdigest()[:16]


class Lookup:
    """Read-only questions to a ledger; satisfies `cases.sort.Memory`."""

    def __init__(self, ledger: Ledger, book: Rulebook) -> None:
        """The rules say how far back letters about an outage are counted, and when a year begins."""
        self._ledger, self._works = ledger, WorkingTime.of(book)
        self._wave = timedelta(minutes=book.lifecycle.outage_wave_minutes)

    def case(self, number: str) -> Case | None:
        """A case by number."""
        return self._ledger.cases.get(number)

    def mail_state(self, message_id: str) -> MailState | None:
        """How far a mail of ours has come; None if this Message-ID is not ours."""
        if not self._ledger.is_own_id(message_id):
            return None
        for owed in (*self._ledger.owed.values(), *self._ledger.troubled.values()):
            if owed.mail.message_id == message_id:
                return owed.state
        return MailState.DONE

    def case_of_letter(self, message_id: str) -> str:
        """Number of the case a letter with this Message-ID belongs to, "" if unknown."""
        known = self._ledger.letter_with_id(message_id)
        return known[1].case if known else ""

    def twin_of(self, letter: Letter) -> str:
        """Key of an earlier letter with the same Message-ID and text: a second delivery. "" if there is none."""
        key, known = self._ledger.letter_with_id(letter.message_id) or ("", None)
        return key if known and key != letter.key and known.text_digest == text_digest(letter) else ""

    def history(self, event: Event, now: datetime) -> History:
        """The past as far as this event needs it."""
        match event:
            case Unreadable():
                return self._of_case(None, now)
            case AnsweredByPerson() | StrangeWord() | Refused():
                return self._of_case(self.case(event.case), now)
            case Lapse():
                return self._of_case(event.case, now)
            case StaffWord():
                return self._of_case(thread_of(event.arrival.letter, self).case, now)
            case FromWriter():
                return self._of_letter(event.arrival.letter, event.writer.address, now)
            case _:
                return self._of_letter(event.arrival.letter, event.arrival.letter.sender.address, now)

    def _of_letter(self, letter: Letter, writer: str, now: datetime) -> History:
        thread = thread_of(letter, self)
        ours = thread.case if thread.case and (thread.answered or belongs(writer, thread.case)) else None
        live = tuple(case for case in self._ledger.cases_of(writer) if case.state in LIVE)
        return replace(
            self._of_case(ours, now),
            linked="" if ours else thread.linked,
            twin=self.twin_of(letter),
            open_of_writer=tuple(case.number for case in live),
            latest=max(live, key=lambda case: (case.changed_at, case.number), default=None),
            tally=self._ledger.tally(writer, ours.number if ours else "", "", now),
        )

    def _of_case(self, case: Case | None, now: datetime) -> History:
        writer, ledger, outages = case.writer if case else "", self._ledger, self._outages(now)
        return History(
            case=case,
            linked="",
            next_number=ledger.next_number(self._works.today(now).year),
            twin="",
            open_of_writer=(),
            unsent=self.unsent_of(case),
            tally=ledger.tally(writer, case.number, "", now) if case else Tally(),
            relays=self._relays_of(case),
            branched=case is not None and any(case.number in other.linked for other in ledger.cases_of(writer)),
            outages=len(outages),
            outage_since=min(outages, default=None),
            alarmed=self._alarmed(now),
            dead=frozenset(ledger.dead),
        )

    def _outages(self, now: datetime) -> list[datetime]:
        """When the cases about a failing system within the last `outage_wave_minutes` were opened, the latest first."""
        return [
            case.opened_at
            for case in self._lately(now)
            if now - case.opened_at <= self._wave and Topic.OUTAGE in case.topics
        ]

    def _alarmed(self, now: datetime) -> bool:
        """Whether the responsible employee has had the draft of this incident."""
        return any(sent.kind is Kind.OUTAGE_DRAFT for case in self._lately(now) for sent in case.sent)

    def _lately(self, now: datetime) -> Iterator[Case]:
        """Cases about a failing system opened within one incident, the latest first."""
        known = (case for number in reversed(self._ledger.outages) if (case := self._ledger.cases.get(number)))
        return (case for case in known if now - case.opened_at <= ONE_INCIDENT)

    def _relays_of(self, case: Case | None) -> tuple[str, ...]:
        """Answers of colleagues that have not begun to leave."""
        unsent = set(self.unsent_of(case))
        return tuple(
            one.mail.id for one in self._ledger.owed.values() if one.mail.id in unsent and one.mail.kind in STOPPABLE
        )

    def unsent_of(self, case: Case | None) -> tuple[str, ...]:
        """Mail to the writer that has not begun to leave."""
        if case is None:
            return ()
        return tuple(
            owed.mail.id
            for owed in self._ledger.owed.values()
            if owed.state is MailState.READY and owed.mail.case == case.number and owed.mail.kind in FOR_WRITERS
        )
