"""What the server has, as the session tells it: letters, facts known before they are fetched, threads of Sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.letters.headers import decode_header, message_ids, scan_head
from mailbot.letters.key import with_unix_ends

MAX_LETTER_BYTES = 35 * 1024 * 1024
PART_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """A letter on the server. `raw` is None if it is larger than MAX_LETTER_BYTES: then only `head` was fetched."""

    uid: int
    received_at: datetime
    size: int
    raw: bytes | None
    head: bytes

    @property
    def at_hand(self) -> bytes:
        """What there is of it: all its bytes, or its head."""
        return self.head if self.raw is None else self.raw


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a letter before it is fetched; `size` is None where the server does not tell."""

    uid: int
    size: int | None
    received_at: datetime

    @property
    def is_too_large(self) -> bool:
        """Whether only its head is fetched."""
        return (self.size or 0) > MAX_LETTER_BYTES

    @property
    def to_fetch(self) -> int:
        """How many bytes will come."""
        return 0 if self.is_too_large else self.size or 0


@dataclass(frozen=True, slots=True)
class Cited:
    """The threading headers of a letter in Sent: whose it is and what it answers."""

    message_id: str
    cites: tuple[str, ...]
    ours: bool


@dataclass(frozen=True, slots=True)
class BoxState:
    """UIDVALIDITY and UIDNEXT of the inbox at the moment it was opened."""

    uidvalidity: int
    uidnext: int


def by_bytes(facts: Sequence[Fact]) -> Iterator[tuple[Fact, ...]]:
    """Neighbours together, up to PART_BYTES; a larger letter stands alone."""
    part: list[Fact] = []
    for fact in facts:
        if part and sum(one.to_fetch for one in part) + fact.to_fetch > PART_BYTES:
            yield tuple(part)
            part = []
        part.append(fact)
    if part:
        yield tuple(part)


def header_blocks(answer: dict[bytes, object]) -> Iterator[bytes]:
    """The header literal of one FETCH answer; servers spell its key differently."""
    return (value for key, value in answer.items() if key.startswith(b"BODY[") and isinstance(value, bytes))


def cited_in(block: bytes) -> Cited:
    """What the header block of a letter in Sent tells of its thread."""
    head = scan_head(with_unix_ends(block), len(block))
    own = message_ids(decode_header(head.first("message-id"))[0])
    cites = head.first("references") + b" " + head.first("in-reply-to")
    ours = any(field.name == "x-mailbot-loop" for field in head.fields)
    return Cited(own[0] if own else "", message_ids(decode_header(cites)[0]), ours)
