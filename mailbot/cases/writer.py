"""A writer's letter in view of what came before: a new case, the answer to our questions, or a further word.

The contract decides about the letter alone (`decision.decide`); here age, earlier letters and the word «ЧЕЛОВЕК» are
taken into account, and the decision becomes mail to write and a case to keep.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.cases.case import Case, CaseState, Kind, LetterRef, Note
from mailbot.cases.decision import Decision, decide
from mailbot.cases.doors import door
from mailbot.cases.draft import Writing
from mailbot.cases.events import Arrival, FromWriter
from mailbot.cases.gate import listed
from mailbot.cases.history import Folder, History
from mailbot.cases.sort import belongs
from mailbot.cases.step import Step
from mailbot.letters.letter import Letter, Proof
from mailbot.rulebook.ids import Disposition, Flag, Route, Slot, WriterGets
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence, FilledSlot, Finding

ASKS_FOR_A_PERSON = re.compile(r"\W*человек\W*(?:\n|$)", re.IGNORECASE)

ROLES = {
    Route.CONSULTANT: "ответственному за электронный журнал",
    Route.CLASS_TEACHER: "классному руководителю",
    Route.SUPERVISOR: "заместителю директора",
    Route.DIRECTOR: "ответственному сотруднику",
    Route.OFFICE: "в канцелярию школы",
    Route.VENDOR: "в службу поддержки системы",
}
"""How the writer is told who has it; a neutral receipt (safety, leak) does not tell."""

WRITER_KIND = {
    WriterGets.GUIDANCE: Kind.GUIDANCE,
    WriterGets.QUESTIONS: Kind.QUESTIONS,
    WriterGets.RECEIPT: Kind.RECEIPT,
    WriterGets.NOTICE: Kind.NOTICE,
}

NEW_STATE = {
    Disposition.ANSWER: CaseState.ANSWERED,
    Disposition.CLARIFY: CaseState.WAITING,
    Disposition.ESCALATE: CaseState.WITH_STAFF,
    Disposition.REFUSE: CaseState.REFUSED,
    Disposition.IGNORE: CaseState.CLOSED,
}


def on_writers_letter(event: FromWriter, finding: Finding, history: History, book: Rulebook, now: datetime) -> Step:
    """What one letter of a writer leads to."""
    if history.twin:
        return Step(case=None, why=(Evidence("the same letter delivered twice", history.twin),))
    own_case = history.case if history.case and belongs(event.arrival.letter, history.case) else None
    facts = _merged(own_case, finding)
    decision = in_view_of(decide(_completed(finding, facts), book), event, own_case, book, now)
    if decision.disposition is Disposition.IGNORE and own_case is None:
        return Step(case=None, decision=decision, why=decision.why)
    case = _case_after(event, finding, decision, own_case, history, facts, now)
    return with_writings(case, decision, event, book, now)


def with_writings(case: Case, decision: Decision, event: FromWriter, book: Rulebook, now: datetime) -> Step:
    """The step a decision means: mail to the writer and to the person behind the route."""
    letter = event.arrival.letter
    to_writer = _to_writer(case, decision, letter, book, now)
    to_staff = _to_staff(case, decision, event.arrival, book, now)
    case = replace(case, with_whom=to_staff[0].recipient if to_staff else case.with_whom)
    return Step(
        case=case,
        writings=(*to_writer, *to_staff),
        folder=folder_for(decision.disposition),
        decision=decision,
        why=decision.why,
    )


def folder_for(disposition: Disposition) -> Folder:
    """Where a letter is filed once everything owed for it has gone out."""
    match disposition:
        case Disposition.ANSWER | Disposition.CLARIFY:
            return Folder.ANSWERED
        case Disposition.ESCALATE | Disposition.REFUSE:
            return Folder.HANDED_OVER
        case Disposition.IGNORE:
            return Folder.NOT_ANSWERED


def in_view_of(decision: Decision, event: FromWriter, own_case: Case | None, book: Rulebook, now: datetime) -> Decision:
    """The decision, seen beside what the letter alone cannot tell. Danger and machines keep the contract's word."""
    letter = event.arrival.letter
    if decision.disposition is Disposition.IGNORE or decision.route is Route.DIRECTOR:
        return decision
    if listed(letter.sender.address, book.screening.authorities):
        return _handed(decision, Route.OFFICE, WriterGets.NOTHING, "screening.yaml: authorities")
    if now - event.arrival.received_at > timedelta(days=book.lifecycle.first_sight_days):
        days = book.lifecycle.first_sight_days
        return _handed(decision, None, WriterGets.NOTHING, f"older than {days} days at first sight")
    if own_case and ASKS_FOR_A_PERSON.match(letter.question.strip()):
        return _handed(decision, None, WriterGets.RECEIPT, "the word «ЧЕЛОВЕК»")
    return decision


def handed_to_person(decision: Decision, rule: str, words: str = "") -> Decision:
    """The same letter, but a person takes it and nothing goes to the writer: the gate's answer to a cap."""
    return _handed(decision, None, WriterGets.NOTHING, rule, words)


def _handed(decision: Decision, route: Route | None, gets: WriterGets, rule: str, words: str = "") -> Decision:
    return replace(
        decision,
        disposition=Disposition.ESCALATE,
        route=route or decision.route or Route.CONSULTANT,
        writer_gets=gets,
        missing=(),
        guidance=(),
        why=(Evidence(rule, words), *decision.why),
    )


def _merged(own_case: Case | None, finding: Finding) -> tuple[FilledSlot, ...]:
    """Facts of the whole case; a newer letter's word replaces an older one."""
    newer = {fact.slot: fact for fact in finding.slots}
    older = {fact.slot: fact for fact in own_case.facts} if own_case else {}
    merged = older | newer
    return tuple(merged[slot] for slot in Slot if slot in merged)


def _completed(finding: Finding, facts: tuple[FilledSlot, ...]) -> Finding:
    """The finding with what earlier letters of the case already gave no longer missing."""
    known = {fact.slot for fact in facts}
    return replace(
        finding,
        slots=facts,
        missing=tuple(slot for slot in finding.missing if slot not in known),
        missing_by_topic=tuple(
            (topic, tuple(slot for slot in slots if slot not in known)) for topic, slots in finding.missing_by_topic
        ),
    )


def _case_after(
    event: FromWriter,
    finding: Finding,
    decision: Decision,
    own_case: Case | None,
    history: History,
    facts: tuple[FilledSlot, ...],
    now: datetime,
) -> Case:
    """The case's new value: a new one, or the old one with this letter added."""
    letter = event.arrival.letter
    case = own_case or _opened(event, finding, history, now)
    reference = LetterRef(letter.key, letter.message_id, event.arrival.received_at, letter.sender.address)
    asked = decision.writer_gets is WriterGets.QUESTIONS
    known_before = {fact.slot for fact in case.facts}
    brought_news = any(fact.slot not in known_before for fact in facts)
    return replace(
        case,
        state=NEW_STATE[decision.disposition],
        changed_at=now,
        flags=tuple(dict.fromkeys((*case.flags, *finding.flags))),
        facts=facts,
        missing=decision.missing,
        route=decision.route or case.route,
        round=case.round + asked,
        fruitless=0 if brought_news or not own_case else case.fruitless + asked,
        letters=(*case.letters, reference),
        notes=(*case.notes, Note(now, _told(decision))),
    )


def _opened(event: FromWriter, finding: Finding, history: History, now: datetime) -> Case:
    sender = event.arrival.letter.sender
    return Case(
        number=history.next_number,
        state=CaseState.REGISTERED,
        opened_at=now,
        changed_at=now,
        writer=sender.address,
        writer_name=sender.name,
        proof=event.proof,
        audience=finding.audience,
        topics=tuple(topic.topic for topic in finding.topics),
        intent=finding.intent,
        flags=finding.flags,
        facts=(),
        missing=(),
        route=None,
        with_whom="",
        round=0,
        fruitless=0,
        letters=(),
        sent=(),
        dues=(),
        linked=(history.linked,) if history.linked else (),
        notes=(Note(now, "Обращение зарегистрировано"),),
    )


def _to_writer(case: Case, decision: Decision, letter: Letter, book: Rulebook, now: datetime) -> tuple[Writing, ...]:
    """The mail the writer gets at once, if any. A forged sender never gets one (triage marks it doubtful)."""
    kind = WRITER_KIND.get(decision.writer_gets)
    if kind is None or case.proof is Proof.FORGED or not letter.sender.address:
        return ()
    if decision.route is Route.VENDOR and kind is Kind.GUIDANCE:
        kind = Kind.VENDOR
    neutral = bool({Flag.SAFETY, Flag.LEAK} & set(case.flags))
    route = decision.route or Route.CONSULTANT
    return (
        Writing(
            kind=kind,
            recipient=letter.sender.address,
            recipient_name=letter.sender.name,
            thread_ids=thread_ids(letter),
            subject_of="" if neutral or kind is Kind.RECEIPT else letter.subject,
            topics=() if neutral else decision.guidance,
            missing=decision.missing,
            clause=decision.clause,
            round=case.round if kind is Kind.QUESTIONS else len(case.letters),
            extra=() if neutral else (("handed_to", ROLES[route]),),
        ),
    )


def _to_staff(case: Case, decision: Decision, arrival: Arrival, book: Rulebook, now: datetime) -> tuple[Writing, ...]:
    """The forward to the person behind the route; the vendor is never written to by us."""
    if decision.route is None or decision.route is Route.VENDOR:
        return ()
    today = now.astimezone(ZoneInfo(book.school.zone)).date()
    klass = next((fact.value for fact in case.facts if fact.slot is Slot.CLASS), "")
    found = door(decision.route, klass, book, today)
    urgent = bool({Flag.SAFETY, Flag.LEAK} & set(case.flags)) and decision.route is Route.DIRECTOR
    return (
        Writing(
            kind=Kind.URGENT if urgent else Kind.FORWARD,
            recipient=found.person.address,
            recipient_name=found.person.name,
            thread_ids=(),
            subject_of="",
            topics=case.topics,
            missing=case.missing,
            clause=decision.clause,
            attach_original=not found.number_only,
            number_only=found.number_only,
            round=len(case.letters),
            why=decision.why,
        ),
    )


def thread_ids(letter: Letter) -> tuple[str, ...]:
    """References for a reply: the letter's own chain and its Message-ID (RFC 5322 §3.6.4)."""
    chain = (*letter.references, *letter.in_reply_to, letter.message_id)
    return tuple(dict.fromkeys(one for one in chain if one))


def _told(decision: Decision) -> str:
    words = {
        Disposition.ANSWER: "Отправлена справка",
        Disposition.CLARIFY: "Запрошены недостающие сведения",
        Disposition.ESCALATE: "Передано сотруднику",
        Disposition.REFUSE: "Отправлено уведомление, сообщено руководителю",
        Disposition.IGNORE: "Закрыто: вопрос решён",
    }
    return words[decision.disposition]
