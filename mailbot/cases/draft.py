"""Mail we owe: what is to be written (`Writing`), its frozen bytes (`Draft`), what the gate let through."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.cases.case import Kind
from mailbot.rulebook.ids import Slot, Topic
from mailbot.triage.finding import Evidence


class MailState(StrEnum):
    """How far a mail we owe has come; each arrow is one durable write before the next outside act."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    DONE = "done"
    HELD = "held"
    FAILED = "failed"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A mail decided upon but not yet worded.

    recipient: one addr-spec. thread_ids: References of the letter answered (last is In-Reply-To); empty starts a new
    thread. subject_of: the subject answered, "" for a subject of the template's own. attach_original: the letter goes
    along as raw bytes. not_before: earliest moment of sending. round: distinguishes repeats of the same kind.
    extra: closed set of further values templates may print, the names and forms of `replies.context.Extra`. Set here:
    handed_to, by_when, starts_at, wait_until (to writers and with forwards); term_from, term_until (training_term);
    words (relay, refusal); done, needed (staff_answer); what, needed (staff_note); level, holder, since, by_when
    (staff_reminder); count (outage_draft); since (known_outage, outage_draft).
    """

    kind: Kind
    recipient: str
    recipient_name: str
    thread_ids: tuple[str, ...]
    subject_of: str
    topics: tuple[Topic, ...] = ()
    missing: tuple[Slot, ...] = ()
    clause: str = ""
    attach_original: bool = False
    number_only: bool = False
    not_before: datetime | None = None
    round: int = 0
    why: tuple[Evidence, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Frozen mail: bytes, Message-ID and Date never change again. `id` names it in the journal and in state/owed/."""

    id: str
    case: str
    kind: Kind
    letter_key: str
    recipient: str
    message_id: str
    subject_key: str
    made_at: datetime
    not_before: datetime
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A draft as the journal knows it: everything but the bytes, which lie beside it under their hash."""

    id: str
    case: str
    kind: Kind
    letter_key: str
    recipient: str
    message_id: str
    subject_key: str
    made_at: datetime
    not_before: datetime
    sha256: str
    size: int


def mail_of(draft: Draft) -> Mail:
    """What the journal keeps of a draft."""
    return Mail(
        id=draft.id,
        case=draft.case,
        kind=draft.kind,
        letter_key=draft.letter_key,
        recipient=draft.recipient,
        message_id=draft.message_id,
        subject_key=draft.subject_key,
        made_at=draft.made_at,
        not_before=draft.not_before,
        sha256=hashlib.sha256(draft.raw).hexdigest(),
        size=len(draft.raw),
    )


@dataclass(frozen=True, slots=True)
class Cleared:
    """A mail the gate let through; the outbox takes nothing else."""

    mail: Mail


@dataclass(frozen=True, slots=True)
class Held:
    """A mail the gate keeps back; `reason` is a stable code, `why` tells a person."""

    reason: str
    why: str
