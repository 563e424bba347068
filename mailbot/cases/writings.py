"""What is to be written in a case, before it is worded: to its writer, and to the person who has it.

To the writer goes only what the case's own letters and rules hold; a relay carries a colleague's words and nothing else
of theirs: no address, no id, no reference.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.cases.case import Case, Kind
from mailbot.cases.doors import Door
from mailbot.cases.draft import Writing
from mailbot.letters.letter import Letter, Proof
from mailbot.rulebook.ids import Route, Slot, Topic
from mailbot.triage.finding import Evidence

ROLES = {
    Route.CONSULTANT: "ответственному за электронный журнал",
    Route.CLASS_TEACHER: "классному руководителю",
    Route.SUPERVISOR: "заместителю директора",
    Route.DIRECTOR: "ответственному сотруднику",
    Route.OFFICE: "в канцелярию школы",
    Route.VENDOR: "в службу поддержки системы",
}
"""How the writer is told who has it; in the danger lane they are not told."""

ROLES_OF_SEVERAL = "классным руководителям"


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """What a mail says beyond its kind and its case; see `Writing`."""

    topics: tuple[Topic, ...] = ()
    missing: tuple[Slot, ...] = ()
    clause: str = ""
    why: tuple[Evidence, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


NOTHING_MORE = Says()


def to_writer(
    kind: Kind,
    case: Case,
    letter: Letter | None = None,
    says: Says = NOTHING_MORE,
    not_before: datetime | None = None,
) -> tuple[Writing, ...]:
    """Mail to the case's writer, in answer to `letter` or, where a deadline or a colleague speaks, to their latest.

    Empty where there is nobody to write to: no address, or a forged one. In the danger lane nothing is told but the
    number, and the subject is not repeated.
    """
    if not case.writer or case.proof is Proof.FORGED:
        return ()
    may_repeat = not case.in_danger_lane and (letter is not None or case.proof is Proof.PROVEN)
    told = NOTHING_MORE if case.in_danger_lane and kind is not Kind.RELAY else says
    subject = letter.subject if letter else case.subject
    return (
        Writing(
            kind=kind,
            recipient=case.writer,
            recipient_name=case.writer_name,
            thread_ids=thread_ids(letter) if letter else case_thread(case),
            subject_of=subject if may_repeat and kind is not Kind.RECEIPT else "",
            topics=told.topics,
            missing=told.missing,
            clause=told.clause,
            not_before=not_before,
            extra=_said(told.extra),
        ),
    )


def to_staff(
    kind: Kind,
    door: Door,
    case: Case,
    says: Says = NOTHING_MORE,
    *,
    attach: bool = False,
    thread: tuple[str, ...] = (),
) -> Writing:
    """Mail to the member of staff behind a door. A desk outside the school's domains is told the number only."""
    return Writing(
        kind=kind,
        recipient=door.person.address,
        recipient_name=door.person.name,
        thread_ids=thread,
        subject_of="",
        topics=says.topics or case.topics,
        missing=says.missing,
        clause=says.clause,
        attach_original=attach and not door.number_only,
        number_only=door.number_only,
        why=says.why,
        extra=() if door.number_only else _said(says.extra),
    )


def forward_to(door: Door, case: Case, says: Says = NOTHING_MORE, *, attach: bool) -> Writing:
    """A case handed to the person behind a door; in the danger lane with urgent marks."""
    kind = Kind.URGENT if case.in_danger_lane else Kind.FORWARD
    return to_staff(kind, door, case, replace(says, missing=case.missing), attach=attach)


def with_story(says: Says, case: Case) -> Says:
    """The same with all that the writer has said: for mail that no letter of today gave rise to."""
    return replace(says, extra=(*says.extra, ("earlier", "\n\n".join(words for words in case.said if words))))


def numbered(writings: Iterable[Writing], case: Case) -> tuple[Writing, ...]:
    """Every mail of a case told apart from all before it: the same kind to the same person stays two mails."""
    return tuple(replace(one, round=len(case.sent) + place) for place, one in enumerate(writings))


def _said(extra: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Only what has something to say."""
    return tuple((name, value) for name, value in extra if value)


def thread_ids(letter: Letter) -> tuple[str, ...]:
    """References for a reply: the letter's own chain and its Message-ID (RFC 5322 §3.6.4)."""
    chain = (*letter.references, *letter.in_reply_to, letter.message_id)
    return tuple(dict.fromkeys(one for one in reversed(chain) if one))[::-1]


def case_thread(case: Case) -> tuple[str, ...]:
    """References for mail that answers no letter of today: the writer's own letters, the latest last."""
    return tuple(dict.fromkeys(letter.message_id for letter in case.writers_letters if letter.message_id))
