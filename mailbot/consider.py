"""The waist: everything mailbot concludes about one event. It alone knows the order; nothing here touches the world.

Daemon, `triage`, `explain`, `test`, `replay` and `demo` all come through `consider`: what the admin tries is what runs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from mailbot.cases.bounces import on_bounce, on_refused
from mailbot.cases.case import FOR_WRITERS, Case, SentMail
from mailbot.cases.draft import Draft, Held, Writing, mail_of
from mailbot.cases.events import (
    AnsweredByPerson,
    Bounce,
    Event,
    FromWriter,
    Lapse,
    Machine,
    OwnCopy,
    Refused,
    StaffWord,
    StrangeWord,
    Unreadable,
)
from mailbot.cases.gate import may_send
from mailbot.cases.history import History, Outcome
from mailbot.cases.judging import judged_as
from mailbot.cases.lapses import on_lapse
from mailbot.cases.other_words import (
    on_answered_by_person,
    on_machine,
    on_own_copy,
    on_strange_word,
    on_unreadable,
)
from mailbot.cases.staff import on_staff_word
from mailbot.cases.step import Step
from mailbot.cases.writer import on_writers_letter
from mailbot.replies.compose import compose
from mailbot.replies.matter import Matter
from mailbot.replies.wording import Wording
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Finding
from mailbot.triage.model import Brain

WAITS = ("breaker", "budget")
"""Reasons for which mail merely waits; any other reason means that a person must take the letter over."""


Composer = Callable[[Writing, Matter, Rulebook, Wording, bytes, datetime], Draft]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What does not change between two letters: the rules, the learned model, the templates, the school's secret.

    brain: the learned model, loaded by whoever first has a letter to judge: in the daemon the reading process does.
    compose: makes the mail; `replay`, which only asks who would get which kind of mail, has it made without words.
    """

    book: Rulebook
    brain: Callable[[], Brain]
    wording: Wording
    secret: bytes
    compose: Composer = compose


def consider(event: Event, history: History, mind: Mind, now: datetime) -> Outcome:
    """What follows from one event, with the mail it means, ready to be sent as it is."""
    finding = _finding(event, mind)
    step = _step(event, finding, history, mind, now)
    drafts = _drafts(event, step, finding, mind, now)
    held = _held(drafts, history, mind.book, now)
    if held and isinstance(event, FromWriter) and finding:
        step = on_writers_letter(event, finding, history, mind.book, now, held)
        drafts = _drafts(event, step, finding, mind, now)
    elif held:
        drafts = tuple(draft for draft in drafts if _held((draft,), history, mind.book, now) is None)
    heard = finding if isinstance(event, FromWriter | Machine | Bounce) else None
    return Outcome(
        finding=heard,
        decision=step.decision,
        case=_with_sent(step.case, drafts, now),
        drafts=drafts,
        folder=step.folder,
        why=(*(heard.why if heard else ()), *step.why),
        cancel=step.cancel,
        dead=step.dead,
    )


def _finding(event: Event, mind: Mind) -> Finding | None:
    """Triage, for the events that carry a letter somebody may have written."""
    if not isinstance(event, FromWriter | Machine | Bounce | StaffWord):
        return None
    ready = event.arrival.finding
    if ready and ready.screening == event.screening:
        return ready
    return judged_as(event.arrival.letter, event.screening, mind.book, mind.brain())


def _step(event: Event, finding: Finding | None, history: History, mind: Mind, now: datetime) -> Step:
    match event:
        case FromWriter():
            assert finding is not None
            return on_writers_letter(event, finding, history, mind.book, now)
        case Machine():
            return on_machine(event, history, now)
        case Bounce():
            return on_bounce(event, history, mind.book, now)
        case Refused():
            return on_refused(event, history, mind.book, now)
        case OwnCopy():
            return on_own_copy(event)
        case AnsweredByPerson():
            return on_answered_by_person(event, history, now)
        case StaffWord():
            return on_staff_word(event, finding, history, mind.book, now)
        case StrangeWord():
            return on_strange_word(event, history, mind.book, now)
        case Unreadable():
            return on_unreadable(event, history, mind.book, now)
        case Lapse():
            return on_lapse(event, history, mind.book, now)
    assert_never(event)


def _drafts(event: Event, step: Step, finding: Finding | None, mind: Mind, now: datetime) -> tuple[Draft, ...]:
    """Every writing of the step, worded and frozen."""
    if step.case is None:
        return ()
    matter = _matter(event, step.case, finding)
    return tuple(_draft(writing, matter, mind, now) for writing in step.writings)


def _matter(event: Event, case: Case, finding: Finding | None) -> Matter:
    """What mail may speak of. Only a writer's own letter is ever shown: a colleague's or a stranger's never is."""
    match event:
        case FromWriter():
            return Matter(case=case, letter=event.arrival.letter, raw=event.arrival.raw, finding=finding)
        case Unreadable():
            return Matter(case=case, letter=None, raw=event.raw, finding=None)
        case StaffWord() | Lapse():
            return Matter(case=case, letter=None, raw=event.original or None, finding=None)
        case _:
            return Matter(case=case, letter=None, raw=None, finding=None)


def _draft(writing: Writing, matter: Matter, mind: Mind, now: datetime) -> Draft:
    return mind.compose(writing, matter, mind.book, mind.wording, mind.secret, now)


def _held(drafts: tuple[Draft, ...], history: History, book: Rulebook, now: datetime) -> Held | None:
    """The first reason why mail to the writer may not go out at all."""
    for draft in drafts:
        if draft.kind in FOR_WRITERS:
            answer = may_send(mail_of(draft), history.tally, book, now)
            if isinstance(answer, Held) and answer.reason not in WAITS:
                return answer
    return None


def _with_sent(case: Case | None, drafts: tuple[Draft, ...], now: datetime) -> Case | None:
    """The case knows the Message-IDs of its mail from the moment they are owed, so that replies find it."""
    if case is None or not drafts:
        return case
    sent = tuple(SentMail(draft.message_id, draft.kind, draft.recipient, now) for draft in drafts)
    return replace(case, sent=(*case.sent, *sent))
