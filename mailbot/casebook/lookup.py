"""Questions that sorting and considering ask of the past, answered from the ledger."""

import hashlib
from datetime import datetime

from mailbot.casebook.ledger import LIVE, Ledger
from mailbot.cases.case import FOR_WRITERS, Case
from mailbot.cases.draft import MailState
from mailbot.cases.events import AnsweredByPerson, Event, Lapse, Unreadable
from mailbot.cases.history import History, Tally
from mailbot.cases.sort import belongs, thread_of
from mailbot.letters.letter import Letter


def text_digest(letter: Letter) -> str:
    """What two deliveries of one letter have in common, whatever their Received lines say."""
    return hashlib.sha256(f"{letter.subject}\n{letter.text}".encode()).hexdigest()[:16]


class Lookup:
    """Read-only questions to a ledger; satisfies `cases.sort.Memory`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def case(self, number: str) -> Case | None:
        """A case by number."""
        return self._ledger.cases.get(number)

    def mail_state(self, message_id: str) -> MailState | None:
        """How far a mail of ours has come; None if this Message-ID is not ours."""
        if message_id not in self._ledger.own_ids:
            return None
        for owed in (*self._ledger.owed.values(), *self._ledger.troubled.values()):
            if owed.mail.message_id == message_id:
                return owed.state
        return MailState.DONE

    def case_of_letter(self, message_id: str) -> str:
        """Number of the case a letter with this Message-ID belongs to, "" if unknown."""
        letter = self._ledger.letters.get(self._ledger.ids.get(message_id, ""))
        return letter.case if letter else ""

    def twin_of(self, letter: Letter) -> str:
        """Key of an earlier letter with the same Message-ID and text: a second delivery. "" if there is none."""
        key = self._ledger.ids.get(letter.message_id, "") if letter.message_id else ""
        known = self._ledger.letters.get(key)
        return key if known and key != letter.key and known.text_digest == text_digest(letter) else ""

    def history(self, event: Event, now: datetime) -> History:
        """The past as far as this event needs it."""
        match event:
            case Unreadable():
                return self._of_case(None, "", now)
            case AnsweredByPerson():
                return self._of_case(self.case(event.case), "", now)
            case Lapse():
                return self._of_case(event.case, "", now)
            case _:
                return self._of_letter(event.arrival.letter, now)

    def _of_letter(self, letter: Letter, now: datetime) -> History:
        thread = thread_of(letter, self)
        ours = thread.case if thread.case and (thread.answered or belongs(letter, thread.case)) else None
        writer = letter.sender.address
        return History(
            case=ours,
            linked="" if ours else thread.linked,
            next_number=self._ledger.next_number(now.year),
            twin=self.twin_of(letter),
            open_of_writer=tuple(case.number for case in self._ledger.cases_of(writer) if case.state in LIVE),
            unsent=(),
            tally=self._ledger.tally(writer, ours.number if ours else "", "", now),
        )

    def _of_case(self, case: Case | None, subject_key: str, now: datetime) -> History:
        writer = case.writer if case else ""
        return History(
            case=case,
            linked="",
            next_number=self._ledger.next_number(now.year),
            twin="",
            open_of_writer=(),
            unsent=self.unsent_of(case),
            tally=self._ledger.tally(writer, case.number, subject_key, now) if case else Tally(),
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
