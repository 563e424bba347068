"""The parts of a letter: which text is the writer's own, what came along as a file, what is somebody else's letter.

The walk is our own because mail-parser mixes the text of forwarded letters into the writer's and loses unnamed
files. It stops at `message/*` and at attachments. Nothing here raises for odd content, only `TooDeepError` for nesting.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from itertools import count, islice

from mailbot.letters import archive
from mailbot.letters.charsets import decode
from mailbot.letters.html import html_to_text
from mailbot.letters.letter import Attachment, Oddity
from mailbot.letters.limits import MOST_DEPTH, MOST_TEXT_BYTES
from mailbot.letters.parameters import front_word, media_type, parameter, raw_header
from mailbot.letters.printable import printable_text
from mailbot.letters.stub import is_stub, may_be_stub

LONGEST_NAME = 120
EXTENSIONS = {
    "application/pdf": "pdf", "application/zip": "zip", "application/msword": "doc", "application/rtf": "rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "application/vnd.ms-excel": "xls",
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/heic": "heic", "image/webp": "webp",
    "message/rfc822": "eml", "text/calendar": "ics", "text/csv": "csv", "text/rtf": "rtf", "text/plain": "txt",
    "text/html": "html", "audio/mpeg": "mp3", "audio/ogg": "ogg", "video/mp4": "mp4",
}  # fmt: skip
READABLE = ("text/plain", "text/html")
ZIP_BEGINS = ("UEsDB", "UEsFB", "PK")  # in base64, or as it is


class TooDeepError(ValueError):
    """The parts are nested deeper than any person's letter; only its headers are read."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """One readable part. Parts of one multipart/alternative share a positive `choice`, all others have their own."""

    media_type: str
    text: str
    choice: int


@dataclass(slots=True)
class Contents:
    """What the walk gathers; private to the reading of one letter."""

    texts: list[TextPart] = field(default_factory=list)
    attached_texts: list[TextPart] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    status_blocks: list[Message] = field(default_factory=list)
    returned: list[Message] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    calendar: bool = False


def contents_of(message: Message) -> Contents:
    """Everything `message` carries. Raises TooDeepError beyond the bound on nesting."""
    found = Contents()
    for part, choice in leaves(message):
        gather(part, choice, found)
    return found


def leaves(message: Message) -> Iterator[tuple[Message, int]]:
    """Each part that is not a mere container, in reading order, with the number of its choice (see TextPart)."""
    waiting: list[tuple[Message, int, int]] = [(message, 0, 0)]
    choices = count(1)
    while waiting:
        part, choice, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise TooDeepError("parts nested too deeply")
        kind = media_type(raw_header(part, "content-type"))
        if not part.is_multipart() or kind.startswith("message/"):
            yield part, choice or -next(choices)
            continue
        if not choice and kind == "multipart/alternative":
            choice = next(choices)
        waiting.extend((child, choice, depth + 1) for child in reversed(children(part)))


def children(part: Message) -> list[Message]:
    """The direct parts of a container, none of a leaf."""
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def gather(part: Message, choice: int, found: Contents) -> None:
    """Put one leaf where it belongs."""
    content_type = raw_header(part, "content-type")
    kind = media_type(content_type)
    if kind.startswith("message/"):
        gather_message(part, kind, found)
        return
    found.calendar = found.calendar or kind == "text/calendar"
    disposition = raw_header(part, "content-disposition")
    name = file_name(disposition, content_type)
    is_file = bool(name) or front_word(disposition) == "attachment"
    readable = kind in READABLE or kind.startswith("multipart/")  # a multipart that has no parts is plain text
    if readable:
        text = TextPart(kind, text_of(part, content_type, found), choice)
        (found.attached_texts if is_file else found.texts).append(text)
    if is_file or not (readable or (kind.startswith("text/") and (choice > 0 or kind == "text/calendar"))):
        found.attachments.append(attached(part, name or spare_name(kind), kind))


def gather_message(part: Message, kind: str, found: Contents) -> None:
    """A letter inside the letter, or the machine-readable part of a delivery report (RFC 3464)."""
    inner = children(part)
    if kind in ("message/delivery-status", "message/disposition-notification"):
        found.status_blocks += inner if kind == "message/delivery-status" else []
        return
    disposition, content_type = raw_header(part, "content-disposition"), raw_header(part, "content-type")
    name = file_name(disposition, content_type) or spare_name("message/rfc822")
    found.attachments.append(Attachment(name=name, media_type=kind, size=size_of(part), inside=files_in(inner)))
    found.returned += inner
    found.forwarded += [text for text in map(forwarded_text, inner) if text]


def attached(part: Message, name: str, kind: str) -> Attachment:
    """A file with what can be seen of it from outside; the names in a zip, whatever it calls itself."""
    payload = part.get_payload()
    is_zip = isinstance(payload, str) and payload.lstrip().startswith(ZIP_BEGINS)
    listed = archive.contents_of(payload_of(part)) if is_zip else None
    size = size_of(part)
    if listed is None:
        return Attachment(name=name, media_type=kind, size=size)
    return Attachment(name=name, media_type=kind, size=size, inside=listed.names, sealed=listed.sealed)


def files_in(letters: list[Message]) -> tuple[str, ...]:
    """The names of files attached to letters that are attached themselves."""
    parts = (part for letter in letters for part in letter.walk())
    names = (file_name(raw_header(one, "content-disposition"), raw_header(one, "content-type")) for one in parts)
    return tuple(islice(filter(None, names), archive.MOST_FILES))


def forwarded_text(message: Message) -> str:
    """The readable text of an attached letter, without looking into letters attached to it in turn."""
    texts: list[TextPart] = []
    for part, choice in leaves(message):
        content_type = raw_header(part, "content-type")
        kind = media_type(content_type)
        if kind in READABLE and not file_name(raw_header(part, "content-disposition"), content_type):
            texts.append(TextPart(kind, text_of(part, content_type, Contents()), choice))
    return readable_text(texts)[0]


def readable_text(texts: list[TextPart]) -> tuple[str, bool]:
    """The parts as one text, each alternative once, and whether all of it had to come from HTML."""
    chosen: list[str] = []
    plain_used = html_used = False
    for choice in dict.fromkeys(text.choice for text in texts):
        group = [text for text in texts if text.choice == choice]
        plain, markup = of_type(group, "text/html", False), of_type(group, "text/html", True)
        read = better_of(plain, markup)
        plain_used = plain_used or (bool(plain) and read == plain)
        html_used = html_used or (bool(read) and read != plain)
        chosen.append(read)
    return "\n\n".join(text for text in chosen if text.strip()), html_used and not plain_used


def of_type(group: list[TextPart], kind: str, wanted: bool) -> str:
    """The texts of a group that are (or are not) of `kind`, joined."""
    return "\n\n".join(text.text for text in group if (text.media_type == kind) is wanted and text.text.strip())


def better_of(plain: str, markup: str) -> str:
    """The plain text, unless it only says that there is HTML to see."""
    if not markup or (plain.strip() and not may_be_stub(plain, markup)):
        return plain
    seen = html_to_text(markup)
    return seen if is_stub(plain, seen) else plain


def text_of(part: Message, content_type: bytes, found: Contents) -> str:
    """The decoded text of a part; HTML is still markup."""
    payload = payload_of(part)
    decoded = decode(payload[:MOST_TEXT_BYTES], parameter(content_type, "charset"))
    if len(payload) > MOST_TEXT_BYTES:
        found.oddities.append(Oddity.TOO_BIG)
    elif decoded.oddity:
        found.oddities.append(decoded.oddity)
    return decoded.text if media_type(content_type) == "text/html" else printable_text(decoded.text)


def payload_of(part: Message) -> bytes:
    """The part's bytes with the transfer encoding undone."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def size_of(part: Message) -> int:
    """The size in bytes of a file once its transfer encoding is undone; base64 is counted, not decoded."""
    payload = part.get_payload()
    if isinstance(payload, str) and front_word(raw_header(part, "content-transfer-encoding")) == "base64":
        letters = len(payload) - payload.count("\n") - payload.count(" ")
        return letters * 3 // 4 - payload[-4:].count("=")
    if isinstance(payload, list):
        return sum(size_of(child) for child in children(part))
    return len(payload_of(part))


def file_name(disposition: bytes, content_type: bytes) -> str:
    """The file's name as a person may see it: no folders, at most 120 characters; "" where it has none."""
    name = parameter(disposition, "filename") or parameter(content_type, "name")
    bare = name.replace("\\", "/").rsplit("/", 1)[-1].strip(" .")
    if len(bare) <= LONGEST_NAME:
        return bare
    stem, dot, extension = bare.rpartition(".")
    keep = extension if dot and len(extension) <= 10 else ""
    return (stem if keep else bare)[: LONGEST_NAME - len(keep) - 2] + "…" + ("." + keep if keep else "")


def spare_name(kind: str) -> str:
    """A name for a file that came without one."""
    return f"вложение.{EXTENSIONS.get(kind, 'bin')}"
