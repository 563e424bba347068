"""Whose word is this? One letter becomes exactly one event, by what it cites and who proves to have sent it.

A reply finds its case by a Message-ID of ours; the sender must belong to the case, too (LESSONS 22). A number in the
subject alone proves nothing: from the case's own writer it joins the case, from anyone else it only links a new one.
"""

from dataclasses import dataclass
from typing import Protocol

from mailbot.cases.case import FOR_WRITERS, Case, Kind, SentMail
from mailbot.cases.doors import stand_ins
from mailbot.cases.draft import MailState
from mailbot.cases.events import (
    AnsweredByPerson,
    Arrival,
    Bounce,
    Event,
    FromWriter,
    Machine,
    OwnCopy,
    StaffWord,
    StrangeWord,
)
from mailbot.cases.gate import listed
from mailbot.cases.ids import case_of_own_id, loop_token, number_in
from mailbot.letters.letter import Letter, Proof
from mailbot.letters.proof import is_internal, proof_of
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence, Screening, Verdict

HANDED = frozenset({Kind.FORWARD, Kind.URGENT, Kind.STAFF_REMINDER})
"""Mail that hands a case to somebody: only its recipients and their stand-ins have a word in that case."""


class Memory(Protocol):
    """What sorting must be able to look up; the casebook supplies it."""

    def case(self, number: str) -> Case | None:
        """A case by number."""

    def mail_state(self, message_id: str) -> MailState | None:
        """How far a mail of ours with this Message-ID has come; None if we never wrote it."""

    def case_of_letter(self, message_id: str) -> str:
        """Number of the case that a letter with this Message-ID belongs to, "" if unknown."""

    def twin_of(self, letter: Letter) -> str:
        """Key of an earlier letter with the same Message-ID and the same text, "" if there is none."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What a letter cites: the case it may belong to, the mail of ours it answers, and a case it merely names."""

    case: Case | None
    answered: SentMail | None
    linked: str


def sort(arrival: Arrival, screening: Screening, book: Rulebook, memory: Memory, secret: bytes) -> Event:
    """The event one letter is. Order matters: our own mail first, then machines, then people."""
    letter = arrival.letter
    own = _own_copy(arrival, memory, secret)
    if own:
        return own
    if letter.sender.address in book.school.own:
        return _from_own_address(arrival, screening, book, memory)
    if screening.verdict is Verdict.BOUNCE:
        return Bounce(arrival=arrival, screening=screening, bounced=thread_of(letter, memory).answered)
    if screening.verdict is Verdict.MACHINE:
        return Machine(arrival=arrival, screening=screening)
    return _from_person(arrival, screening, book, memory)


def _from_person(arrival: Arrival, screening: Screening, book: Rulebook, memory: Memory) -> Event:
    """A colleague's word, a word in a colleague's name that does not count, or a writer's letter."""
    letter = arrival.letter
    if listed(letter.sender.address, book.screening.forms) and letter.reply_to:
        return FromWriter(arrival=arrival, screening=screening, proof=Proof.UNPROVEN, by_form=letter.reply_to[0])
    proof, _ = proof_of(letter, book.screening.authserv_ids)
    thread = thread_of(letter, memory)
    if thread.case and thread.answered and thread.answered.kind not in FOR_WRITERS:
        is_theirs = proof is Proof.PROVEN or (proof is Proof.UNPROVEN and is_internal(letter, book.school.domains))
        if is_theirs and may_speak(letter.sender.address, thread.case, book):
            return StaffWord(arrival=arrival, answered=thread.answered, screening=screening)
        if not belongs(letter.sender.address, thread.case):
            return StrangeWord(arrival=arrival, case=thread.case.number, screening=screening)
    return FromWriter(arrival=arrival, screening=screening, proof=proof)


def thread_of(letter: Letter, memory: Memory) -> Thread:
    """The case a letter cites, newest reference first; whether its sender belongs there is decided by `belongs`."""
    returned = letter.report.original_ids if letter.report else ()
    for cited in (*reversed((*letter.references, *letter.in_reply_to)), *returned):
        number = case_of_own_id(cited) or memory.case_of_letter(cited)
        case = memory.case(number) if number else None
        if case is None:
            continue
        answered = next((sent for sent in case.sent if sent.message_id == cited), None)
        if answered or not case_of_own_id(cited):
            return Thread(case=case, answered=answered, linked=number)
    number = number_in(letter.subject)
    return Thread(case=memory.case(number) if number else None, answered=None, linked=number)


def belongs(address: str, case: Case) -> bool:
    """Whether this is the case's own writer; a guessed number or a forwarded thread is not enough."""
    return bool(address) and address == case.writer


def may_speak(address: str, case: Case, book: Rulebook) -> bool:
    """Whose word counts in a case: whom it was handed to, and who sits at the same desk."""
    handed = {sent.recipient for sent in case.sent if sent.kind in HANDED}
    return any(address in stand_ins(recipient, book) for recipient in handed)


def _own_copy(arrival: Arrival, memory: Memory, secret: bytes) -> OwnCopy | None:
    """Our own mail come back: the copy that proves acceptance, or a loop."""
    letter = arrival.letter
    state = memory.mail_state(letter.message_id) if letter.message_id else None
    if state is not None:
        return OwnCopy(arrival=arrival, receipt=state in (MailState.SENDING, MailState.SENT, MailState.DONE))
    if loop_token(secret) in letter.all_headers("x-mailbot-loop"):
        return OwnCopy(arrival=arrival, receipt=False)
    return None


def _from_own_address(arrival: Arrival, screening: Screening, book: Rulebook, memory: Memory) -> Event:
    """Mail from our own address that we did not write: a colleague's answer from the same mailbox, or noise.

    It closes a case, so a stranger who forges our address must not pass: where the server's word is known, it counts.
    """
    thread = thread_of(arrival.letter, memory)
    proof, _ = proof_of(arrival.letter, book.screening.authserv_ids)
    if thread.case and (proof is Proof.PROVEN or not book.screening.authserv_ids):
        return AnsweredByPerson(case=thread.case.number, at=arrival.received_at)
    why = Evidence("HYGIENE.md own address", arrival.letter.sender.address)
    own = Screening(Verdict.MACHINE, "own_address", (*screening.why, why))
    return Machine(arrival=arrival, screening=own)
