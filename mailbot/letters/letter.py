"""The frozen `Letter`: everything mailbot knows of one letter before it thinks about it.

Made by `read.read_letter(raw)`; nothing here touches the world. All text is NFC, without NUL and other control
characters, line ends are "\\n". Undecodable bytes never raise: they are replaced and `oddities` says so.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header: display name and lower-cased addr-spec (RFC 5322 §3.4).

    `address` is "" where the header holds no usable addr-spec; such a sender is never written to.
    """

    name: str
    address: str


class Oddity(StrEnum):
    """Something about the bytes that a person may want to know and that weakens what we conclude."""

    CHARSET_GUESSED = "charset_guessed"
    UNDECODABLE = "undecodable"
    BROKEN_HEADERS = "broken_headers"
    SEVERAL_FROM = "several_from"
    TOO_BIG = "too_big"
    TOO_DEEP = "too_deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came along: name as a person may see it (no paths, no bidi or control characters), type, bytes.

    inside: names of the files in a zip or in an attached letter. sealed: it is a zip whose list nobody can read.
    """

    name: str
    media_type: str
    size: int
    inside: tuple[str, ...] = ()
    sealed: bool = False

    @property
    def is_image(self) -> bool:
        """Whether it is a picture, e.g. a screenshot of an error."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a bounce says (RFC 3464 §2.3, or read from a non-standard bounce's text).

    `action` is failed, delayed, delivered, relayed, expanded or "" where the bounce does not say; `status` is the
    enhanced code («5.1.1») or ""; `original_ids` are Message-IDs found in the returned letter or its headers.
    """

    recipient: str
    action: str
    status: str
    original_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter, read. Field order follows the letter from the envelope inwards.

    key: first 32 hex digits of SHA-256 over the raw bytes with line ends normalised to CRLF; the letter's identity.
    headers: every occurrence, topmost first, names lower-cased, values unfolded and decoded; from a raw scan of the
        header block that survives malformed lines, so nothing hides behind `X-Foo : y`.
    message_id, in_reply_to, references: only well-formed ids `<…>` without control characters; "" or () else.
    text: all the writer's readable text (plain part, or HTML made text), quote and signature included.
    question, quoted, signature: `text` split; what a classifier reads is subject + question.
    html_only: there was no usable text/plain part.
    forwarded: texts of attached or inlined forwarded letters, kept apart from the writer's own.
    calendar: a text/calendar part was there (meeting answers).
    """

    key: str
    size: int
    headers: tuple[tuple[str, str], ...]
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    question: str
    quoted: str
    signature: str
    html_only: bool
    forwarded: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    content_type: str
    calendar: bool
    report: DeliveryReport | None
    oddities: tuple[Oddity, ...]

    def header(self, name: str) -> str:
        """The topmost value of header `name` (lower case), "" where it is absent."""
        return next((value for key, value in self.headers if key == name), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Every value of header `name` (lower case), topmost first."""
        return tuple(value for key, value in self.headers if key == name)


class Proof(StrEnum):
    """How far the sender's address is proven (RFC 8601): forged fails, unproven has no trusted header at all."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    FORGED = "forged"
