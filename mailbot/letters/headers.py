"""The raw scan of a header block. It survives what makes ordinary parsers stop, so nothing hides from us.

A line `X-Foo : y` or a line without a colon ends the header block for the standard library and for mail-parser, and
with it every later header (cpython feedparser); here the former is read and the latter skipped and noted.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from mailbot.letters.charsets import decode
from mailbot.letters.letter import Oddity
from mailbot.letters.printable import printable_line

NAME = re.compile(rb"([!-9;-~]{1,80})([ \t]*):(.*)", re.DOTALL)
WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
RUN = re.compile(rf"{WORD.pattern}(?:\s*{WORD.pattern})*")
# CPython's own generator, common in mailing scripts, writes a blank of the text as a second blank between two words.
LOST_BLANK, KEPT_BLANK = "?=  =?", "?==?utf-8?q?_?==?"
# A Message-ID we are ready to handle: no spaces, controls or nested brackets (RELIABILITY on search injection).
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


@dataclass(frozen=True, slots=True)
class Field:
    """One header: lower-cased name and its unfolded, undecoded value."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The header block: fields topmost first, where the body begins, how many lines, whether lines were malformed."""

    fields: tuple[Field, ...]
    body_at: int
    lines: int
    broken: bool

    def first(self, name: str) -> bytes:
        """The topmost raw value of header `name` (lower case), b"" where it is absent."""
        return next((field.raw for field in self.fields if field.name == name), b"")


def scan_head(raw: bytes, most_bytes: int) -> Head:
    """Read the header block of `raw` (LF line ends), looking no further than `most_bytes`."""
    blank = 0 if raw.startswith(b"\n") else raw.find(b"\n\n", 0, most_bytes)
    end = min(len(raw), most_bytes) if blank < 0 else blank
    lines = raw[:end].split(b"\n") if end else []
    last = last_header_line(lines)
    fields, broken = fields_of(lines[: last + 1])
    if last + 1 == len(lines):
        return Head(fields, min(end + 2, len(raw)) if blank else 1, len(lines), broken)
    # The blank line is missing: what follows the last header is the body already.
    body_at = sum(len(line) + 1 for line in lines[: last + 1])
    return Head(fields, body_at, last + 1, True)


def last_header_line(lines: list[bytes]) -> int:
    """Index of the last line that belongs to a header, -1 where there is none."""
    for index in range(len(lines) - 1, -1, -1):
        if NAME.match(lines[index]):
            folded = index + 1
            while folded < len(lines) and lines[folded][:1] in (b" ", b"\t"):
                folded += 1
            return folded - 1
    return -1


def fields_of(lines: list[bytes]) -> tuple[tuple[Field, ...], bool]:
    """The fields of header lines, and whether any line was malformed."""
    fields: list[tuple[bytes, list[bytes]]] = []
    broken = in_junk = False
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if fields and not in_junk:
                fields[-1][1].append(line)
            continue
        match = NAME.match(line)
        in_junk = match is None
        broken = broken or match is None or bool(match[2])
        if match is not None:
            fields.append((match[1], [match[3]]))
    return tuple(Field(name.decode("ascii").lower(), b"".join(value)) for name, value in fields), broken


def made_of(raw: bytes, head: Head) -> bytes:
    """The body of `raw` under the fields that tell when it was written and how it is made, mended: all a parser needs.

    The other fields are read here; to mail-parser, who takes them apart, too, they were half of the work.
    """
    needed = (field for field in head.fields if field.name == "date" or field.name.startswith("content-"))
    block = b"".join(field.name.encode() + b":" + field.raw + b"\n" for field in needed)
    return block + b"\n" + raw[head.body_at :]


def decode_header(raw: bytes) -> tuple[str, tuple[Oddity, ...]]:
    """The value as one printable line, encoded words (RFC 2047) and raw 8-bit text decoded, and what was odd."""
    if raw.isascii() and b"=?" not in raw:
        return printable_line(raw.decode("ascii")), ()
    outer = decode(raw)
    text, odd = decode_words(outer.text)
    return printable_line(text), ((outer.oddity,) if outer.oddity else ()) + odd


def decode_words(text: str) -> tuple[str, tuple[Oddity, ...]]:
    """`text` with its encoded words decoded; blanks between two words are not text (RFC 2047 §6.2)."""
    pieces: list[str] = []
    odd: list[Oddity] = []
    done = 0
    for run in RUN.finditer(text):
        decoded = [decode(data, charset) for charset, data in joined_words(run[0])]
        pieces += [text[done : run.start()], *(part.text for part in decoded)]
        odd += [part.oddity for part in decoded if part.oddity]
        done = run.end()
    return "".join([*pieces, text[done:]]), tuple(odd)


def joined_words(run: str) -> Iterator[tuple[str, bytes]]:
    """Charset and bytes of neighbouring words; those in one charset are joined, for some programs split characters."""
    spaced = run.replace(LOST_BLANK, KEPT_BLANK)
    for charset, words in groupby(WORD.finditer(spaced), key=lambda word: word[1].lower()):
        yield charset, b"".join(word_bytes(word[2], word[3]) for word in words)


def word_bytes(encoding: str, text: str) -> bytes:
    """The bytes of one encoded word; damaged base64 gives as much as can be read."""
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def message_ids(value: str) -> tuple[str, ...]:
    """The well-formed ids of a Message-ID, In-Reply-To or References value, in their order, without repeats."""
    return tuple(dict.fromkeys(MESSAGE_ID.findall(value)))
