"""Bytes → `Letter`. The one public verb of this room; it never raises, whatever the bytes.

The header block is scanned raw first (`headers`), so that a letter whose body cannot be parsed still comes out with
its sender, subject and ids. mail-parser 4.8 (compat32 underneath, never `email.policy.default`) then finds the parts;
where it gives up, the parser beneath it is asked; where that gives up too, the headers alone are the letter.
"""

import email
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import Message

import mailparser.core
import mailparser.utils
from mailparser.exceptions import MailParserError

from mailbot.letters.addresses import parse_addresses
from mailbot.letters.clients import FORWARD_SUBJECT
from mailbot.letters.headers import Head, decode_header, made_of, message_ids, scan_head
from mailbot.letters.key import key_of_unix, with_unix_ends
from mailbot.letters.letter import Address, Letter, Oddity
from mailbot.letters.limits import MOST_HEAD_BYTES, MOST_HEAD_LINES, excess_of
from mailbot.letters.mime import Contents, TooDeepError, contents_of, readable_text
from mailbot.letters.parameters import media_type
from mailbot.letters.report import report_of
from mailbot.letters.split import split_text

# Measured on 20,000 mutated letters: mail-parser raised HeaderParseError 262 times and ValueError 24 times, all of them
# read by the parser beneath it; nothing else was raised. RecursionError and IndexError are known from bombs; TypeError
# and AttributeError stand for the next bug of that kind, since a letter must never be lost to one.
PARSER_FAILS = (MailParserError, MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
# These print the sender's words; our logs carry none.
mailparser.core.log.disabled = True
mailparser.utils.log.disabled = True
NOBODY = Address(name="", address="")
LONGEST_FORWARD = 100_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the parser found: the tree of parts and the Date header in UTC."""

    message: Message
    date: datetime | None


def read_letter(raw: bytes) -> Letter:
    """Everything known of the letter `raw`; `oddities` says what could not be read. Never raises."""
    unix = with_unix_ends(raw)
    head = scan_head(unix, MOST_HEAD_BYTES)
    bare = headers_only(head, key_of_unix(unix), len(raw))
    excess = excess_of(unix, head.lines, head.body_at)
    if excess:
        return with_oddities(bare, excess)
    try:
        return with_body(bare, head, unix)
    except TooDeepError:
        return with_oddities(bare, Oddity.TOO_DEEP)
    except PARSER_FAILS:
        return with_oddities(bare, Oddity.UNDECODABLE)


def with_oddities(letter: Letter, *more: Oddity) -> Letter:
    """`letter` with further oddities, each told once."""
    return replace(letter, oddities=tuple(dict.fromkeys((*letter.oddities, *more))))


def headers_only(head: Head, key: str, size: int) -> Letter:
    """The letter without its body: what the raw scan of the header block tells."""
    decoded = [(field.name, decode_header(field.raw)) for field in head.fields[:MOST_HEAD_LINES]]
    headers = tuple((name, value) for name, (value, _) in decoded)
    odd = [oddity for _, (_, oddities) in decoded for oddity in oddities]
    values = dict(reversed(headers))
    senders = senders_in(head.first("from"))
    return Letter(
        key=key,
        size=size,
        headers=headers,
        message_id=next(iter(message_ids(values.get("message-id", ""))), ""),
        in_reply_to=message_ids(values.get("in-reply-to", "")),
        references=message_ids(values.get("references", "")),
        date=None,
        sender=senders[0] if senders else NOBODY,
        reply_to=parse_addresses(head.first("reply-to")),
        to=parse_addresses(head.first("to")),
        cc=parse_addresses(head.first("cc")),
        subject=values.get("subject", ""),
        text="",
        question="",
        quoted="",
        signature="",
        html_only=False,
        forwarded=(),
        attachments=(),
        content_type=media_type(head.first("content-type")),
        calendar=False,
        report=None,
        oddities=tuple(dict.fromkeys([*header_oddities(head, len(senders)), *odd])),
    )


def senders_in(raw: bytes) -> tuple[Address, ...]:
    """The mailboxes of a From header. A name with a comma («Лукина В., приёмная <…>») is one name, unless it is a
    group's."""
    senders = parse_addresses(raw)
    sound = [one for one in senders if one.address]
    if len(sound) != 1 or b":" in raw or senders[-1] is not sound[0]:
        return senders
    return (replace(sound[0], name=", ".join(one.name for one in senders if one.name)),)


def header_oddities(head: Head, senders: int) -> list[Oddity]:
    """What is wrong with the header block itself."""
    odd = [Oddity.BROKEN_HEADERS] if head.broken else []
    from_headers = sum(field.name == "from" for field in head.fields)
    return [*odd, Oddity.SEVERAL_FROM] if senders > 1 or from_headers > 1 else odd


def with_body(letter: Letter, head: Head, unix: bytes) -> Letter:
    """`letter` with everything its body tells. Raises TooDeepError and what parsers raise on bytes beyond them."""
    parsed = parse(made_of(unix, head))
    contents = contents_of(parsed.message)
    text, html_only = readable_text(contents.texts or contents.attached_texts)
    split = split_text(text, bool(FORWARD_SUBJECT.match(letter.subject)))
    forwarded = [part[:LONGEST_FORWARD] for part in (split.forwarded, *contents.forwarded) if part]
    whole = replace(
        letter,
        date=parsed.date,
        text=text,
        question=split.question,
        quoted=split.quoted,
        signature=split.signature,
        html_only=html_only,
        forwarded=tuple(forwarded),
        attachments=tuple(contents.attachments),
        calendar=contents.calendar,
        report=report_of(head, letter.sender, contents.status_blocks, unix[head.body_at :], told(text, contents)),
    )
    return with_oddities(whole, *contents.oddities)


def told(text: str, contents: Contents) -> str:
    """The text of a possible bounce with the Message-IDs of letters returned in it."""
    ids = [f"Message-ID: {part.get('message-id', '')}" for part in contents.returned]
    return "\n".join([text, *ids])


def parse(raw: bytes) -> Parsed:
    """The letter's parts; where mail-parser itself fails, those of the standard parser beneath it and no date."""
    try:
        parser = mailparser.parse_from_bytes(raw)
    except PARSER_FAILS:
        return Parsed(email.message_from_bytes(raw), None)
    return Parsed(parser.message, in_utc(parser.date))


def in_utc(date: datetime | None) -> datetime | None:
    """mail-parser's date as an aware moment in UTC."""
    return date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date
