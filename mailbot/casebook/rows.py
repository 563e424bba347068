"""The journal's rows: one JSON object a line, told apart by `row`. All other state is folded from them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from mailbot.cases.case import Case
from mailbot.cases.draft import Mail, MailState
from mailbot.cases.history import Folder
from mailbot.rulebook.ids import Disposition, Flag, Intent, Route, Topic, WriterGets


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """First contact: letters below `uidnext` are never answered; where UIDVALIDITY has changed since, or `uidnext` is 0
    (a day was named), those the server received before `instant`.

    instant: by the server's clock, as INTERNALDATE tells it; ours may be wrong by hours.
    """

    at: datetime
    instant: datetime
    uidvalidity: int
    uidnext: int
    skipped: int
    row: Literal["started"] = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """These letters are about to be read; a letter met here too often without an outcome is set aside."""

    at: datetime
    keys: tuple[str, ...]
    row: Literal["attempted"] = "attempted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What was concluded, as far as the register and the digest count it."""

    disposition: Disposition
    route: Route | None
    writer_gets: WriterGets
    topics: tuple[Topic, ...]
    intent: Intent
    flags: tuple[Flag, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """The outcome of one letter. From this row on the letter is never thought about again and its mail is owed.

    uid, uidvalidity: hints only. message_id with text_digest recognise a second delivery of the same letter.
    """

    at: datetime
    key: str
    received_at: datetime
    uid: int
    uidvalidity: int
    message_id: str
    text_digest: str
    event: str
    reason: str
    concluded: Concluded | None
    folder: Folder
    case: Case | None
    mails: tuple[Mail, ...]
    cancel: tuple[str, ...]
    dead: tuple[str, ...]
    why: tuple[str, ...]
    rules: str
    model: str
    row: Literal["considered"] = "considered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChanged:
    """A case changed without a letter: a deadline passed, a person answered elsewhere, an order was carried out,
    or the server refused an address, which is `dead` from now on.
    """

    at: datetime
    case: Case
    mails: tuple[Mail, ...]
    cancel: tuple[str, ...]
    why: tuple[str, ...]
    dead: tuple[str, ...] = ()
    row: Literal["case_changed"] = "case_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailMoved:
    """A mail we owe took a step; `answer` is the server's reply or the reason, `next_try_at` when it is tried again."""

    at: datetime
    id: str
    state: MailState
    answer: str
    next_try_at: datetime | None = None
    row: Literal["mail_moved"] = "mail_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The letter lies in its folder; nothing is left to do for it."""

    at: datetime
    key: str
    folder: Folder
    row: Literal["filed"] = "filed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A letter that a person must look at, because we could not handle it."""

    at: datetime
    key: str
    reason: str
    row: Literal["set_aside"] = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The breaker: nothing is sent before `until` (a block by the provider); `until` in the past closes it."""

    at: datetime
    until: datetime
    reason: str
    row: Literal["paused"] = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A timed job has run; a missed one is made up for after a restart."""

    at: datetime
    job: str
    row: Literal["ran"] = "ran"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A digest was written; its mail is owed from this row on, so none is lost and none is written twice."""

    at: datetime
    job: str
    mails: tuple[Mail, ...]
    row: Literal["told"] = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A person was forgotten: told without their address, by the numbers of what was theirs.

    `mails` had not left yet and never will; `cases` lost writer, words and facts in every month of the journal.
    """

    at: datetime
    cases: tuple[str, ...]
    mails: tuple[str, ...]
    row: Literal["forgotten"] = "forgotten"


Row = Started | Attempted | Considered | CaseChanged | MailMoved | Filed | SetAside | Paused | Ran | Told | Forgotten

ROWS: TypeAdapter[Row] = TypeAdapter(Annotated[Row, Field(discriminator="row")])
"""Reads and writes one row; `validate_json` raises pydantic.ValidationError on anything else."""
