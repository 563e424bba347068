"""A colleague's word in a case: an answer for the writer, a command, or a note for colleagues; told what was done.

Only who was handed the case (or sits at the same desk) and proves to be it comes here (`sort`). Whatever goes to the
writer waits for the hold, so that `#стоп` can still stop it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from mailbot.cases.answers import doubts, impossible, reply_of
from mailbot.cases.case import Case, CaseState, Kind, LetterRef, Note
from mailbot.cases.commands import Command, Order, order_in
from mailbot.cases.deadlines import staff_answer_by, staff_dues
from mailbot.cases.doors import door_of, staff_of
from mailbot.cases.events import StaffWord
from mailbot.cases.history import Folder, History
from mailbot.cases.placing import words_of
from mailbot.cases.situation import RECEIPT_LASTS
from mailbot.cases.staff_orders import cannot, refused, retopic, sent_on, term_set
from mailbot.cases.staff_said import Done, told
from mailbot.cases.step import Step
from mailbot.cases.working_time import WorkingTime
from mailbot.cases.writings import Says, numbered, thread_ids, to_staff, to_writer
from mailbot.rulebook.ids import Route
from mailbot.rulebook.types import Person, Rulebook
from mailbot.triage.finding import Evidence, Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A colleague's letter with everything that bears on it."""

    event: StaffWord
    case: Case
    finding: Finding | None
    history: History
    book: Rulebook
    now: datetime


def on_staff_word(event: StaffWord, finding: Finding | None, history: History, book: Rulebook, now: datetime) -> Step:
    """What a colleague's reply leads to."""
    why = (Evidence("a colleague's reply", ""),)
    if history.case is None:
        return Step(case=None, folder=Folder.ATTENTION, why=why)
    letter = event.arrival.letter
    doubted = event.screening.verdict is Verdict.DOUBTFUL and event.screening.sure
    if doubted or _is_echo(event, history.case, now):
        case = _with_letter(history.case, event, "Ответ сотрудника похож на автоматический; не учтён", now)
        return Step(case=case, folder=Folder.ATTENTION, why=event.screening.why or why)
    heard = _with_letter(history.case, event, "", now)
    awake = replace(heard, dues=() if heard.in_danger_lane else heard.dues)
    word = Word(event=event, case=awake, finding=finding, history=history, book=book, now=now)
    order = order_in(reply_of(letter).words) or order_in(letter.question)
    done = _answered(word) if order is None else _carried_out(word, order)
    return _step(word, done, why)


def _carried_out(word: Word, order: Order) -> Done:
    """One command."""
    case, book, now = word.case, word.book, word.now
    match order.command:
        case None:
            return Done(case, needed="Такой команды нет. Ниже все команды.")
        case Command.HELP:
            return Done(case, "Вот все команды.")
        case Command.INSIDE:
            return Done(_noted(case, "Заметка сотрудника", now), "Заметка сохранена; заявителю она не уйдёт.")
        case Command.STOP:
            return _stopped(word)
        case Command.CLOSE:
            closed = replace(_noted(case, "Закрыто сотрудником", now), state=CaseState.CLOSED, dues=(), answer_by=None)
            return Done(closed, "Обращение закрыто; заявителю ничего не отправлено.", cancel=_automatic(word))
        case Command.REOPEN:
            return _reopened(word)
        case Command.ANSWER:
            return _answered_expressly(word, order)
        case Command.FORWARD:
            return sent_on(case, order, word.history.dead, book, now, bool(word.event.original))
        case Command.CANNOT:
            return cannot(case, word.history.dead, book, now, bool(word.event.original))
        case Command.REFUSE:
            return refused(case, order, book, now)
        case Command.TOPIC:
            return retopic(case, order, word.history.dead, book, now, bool(word.event.original))
        case Command.TERM:
            return term_set(case, order, book, now)
    assert_never(order.command)


def _answered(word: Word) -> Done:
    """A reply without a command: what stands above the marker line is for the writer."""
    reply = reply_of(word.event.arrival.letter)
    if not reply.words:
        return Done(word.case, needed="Над строкой-чертой нет текста, поэтому заявителю ничего не отправлено.")
    unmarked = "" if reply.is_marked else "в письме не осталось строки, выше которой пишут ответ"
    held = doubts(reply.words, word.event.arrival.letter, word.case, word.finding, word.book)
    if unmarked or held:
        return _held(word, (unmarked, *held) if unmarked else held)
    return _relayed(word, reply.words)


def _answered_expressly(word: Word, order: Order) -> Done:
    """`#ответить` says that the text is meant for the writer; a doubt nobody was asked about is asked first."""
    text = "\n".join(part for part in (order.argument, order.text) if part)
    if not text:
        return Done(word.case, needed="Напишите текст ответа под строкой #ответить.")
    doubtful = doubts(text, word.event.arrival.letter, replace(word.case, flags=()), word.finding, word.book)
    if doubtful and not word.case.relay_asked:
        return _held(word, doubtful)
    return _relayed(word, text)


def _held(word: Word, reasons: tuple[str, ...]) -> Done:
    """Nothing goes out; the colleague is asked."""
    return Done(
        replace(_noted(word.case, "Ответ сотрудника задержан до подтверждения", word.now), relay_asked=True),
        f"Ответ заявителю пока не отправлен: {'; '.join(reasons)}.",
        needed="Чтобы отправить, ответьте на это письмо: первой строкой #ответить, под ней текст для заявителя.",
    )


def _relayed(word: Word, text: str) -> Done:
    """The answer on its way; the case closes and nothing automatic goes out beside it."""
    trouble = impossible(word.case) or ("прошлое письмо на этот адрес не доставлено" if word.history.tally.dead else "")
    at = word.now + timedelta(minutes=word.book.lifecycle.relay_hold_minutes)
    writings = () if trouble else to_writer(Kind.RELAY, word.case, says=Says(extra=(("words", text),)), not_before=at)
    if not writings:
        reason = trouble or "адрес отправителя поддельный"
        return Done(word.case, needed=f"Ответ не отправлен: {reason}. Свяжитесь с заявителем иначе.")
    closed = replace(
        _noted(word.case, "Ответил сотрудник", word.now),
        state=CaseState.CLOSED,
        dues=(),
        answer_by=None,
        relay_asked=False,
        with_whom=word.event.arrival.letter.sender.address,
    )
    local = at.astimezone(WorkingTime.of(word.book).zone)
    attachments = " Вложения не пересылаются." if word.event.arrival.letter.attachments else ""
    return Done(
        closed,
        f"Ответ уйдёт заявителю в {local:%H:%M}.{attachments}",
        needed="Чтобы отменить отправку, ответьте до этого времени: #стоп",
        writings=writings,
        cancel=_automatic(word),
    )


def _stopped(word: Word) -> Done:
    """What has not left yet does not leave; the case is open again."""
    if not word.history.relays:
        return Done(word.case, needed="Останавливать нечего: неотправленного ответа нет.")
    return replace(_reopened(word), said="Ответ заявителю не отправлен.", cancel=word.history.relays)


def _reopened(word: Word) -> Done:
    case = replace(
        _noted(word.case, "Возвращено в работу", word.now),
        state=CaseState.WITH_STAFF,
        with_whom=word.event.arrival.letter.sender.address,
        dues=staff_dues(word.book, word.now),
        answer_by=staff_answer_by(word.book, word.now),
    )
    return Done(case, "Обращение снова в работе у Вас.")


def _automatic(word: Word) -> tuple[str, ...]:
    """Mail to the writer that has not left and that a person's word makes pointless."""
    return tuple(one for one in word.history.unsent if one not in word.history.relays)


def _step(word: Word, done: Done, why: tuple[Evidence, ...]) -> Step:
    """The case's next value, what goes out, and the answer to the colleague."""
    letter = word.event.arrival.letter
    sender = next((one for one in staff_of(word.book) if one.address == letter.sender.address), None)
    colleague = sender or Person(name="", address=letter.sender.address, place=word.book.lifecycle.place)
    found = door_of(colleague, done.case.route or Route.CONSULTANT, word.book)
    answer = to_staff(Kind.STAFF_ANSWER, found, done.case, Says(extra=told(done)), thread=thread_ids(letter))
    return Step(
        case=done.case,
        writings=numbered((*done.writings, answer), word.case),
        folder=Folder.HANDED_OVER,
        why=why,
        cancel=done.cancel,
    )


def _is_echo(event: StaffWord, case: Case, now: datetime) -> bool:
    """Whether this colleague said just this before in the case: a responder without marks, not a second word."""
    letter = event.arrival.letter
    words = words_of(letter)
    return bool(words) and any(
        one.words == words
        and one.sender == letter.sender.address
        and one.key != letter.key
        and event.arrival.received_at - one.at >= RECEIPT_LASTS / 24
        for one in case.letters
    )


def _with_letter(case: Case, event: StaffWord, what: str, now: datetime) -> Case:
    letter = event.arrival.letter
    reference = LetterRef(
        letter.key, letter.message_id, event.arrival.received_at, letter.sender.address, words_of(letter)
    )
    case = replace(case, changed_at=now, letters=(*case.letters, reference))
    return _noted(case, what, now) if what else case


def _noted(case: Case, what: str, now: datetime) -> Case:
    return replace(case, changed_at=now, notes=(*case.notes, Note(now, what)))
