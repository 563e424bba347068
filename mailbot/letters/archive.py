"""What a zip file holds, read from its central directory (APPNOTE 6.3 §4.3.12): names only, nothing is unpacked.

Bounded: an archive that names more files than `MOST_FILES`, or whose list cannot be read whole, is said to be sealed.
"""

import struct
from dataclasses import dataclass

from mailbot.letters.printable import printable_line

MOST_FILES = 1000
LONGEST_NAME = 120
END, ENTRY = b"PK\x05\x06", b"PK\x01\x02"
BEGINS = (b"PK\x03\x04", END)
END_FIELDS, ENTRY_FIELDS = struct.Struct("<4s4H2LH"), struct.Struct("<4s4xH18x3H12x")
LONGEST_COMMENT = 65_535
ENCRYPTED, UTF8 = 0x1, 0x800


@dataclass(frozen=True, slots=True)
class Contents:
    """The names of the files inside; `sealed`: locked by a password, or not to be read to the end."""

    names: tuple[str, ...]
    sealed: bool


def contents_of(data: bytes) -> Contents | None:
    """The list of a zip file, None for what is none. Never raises."""
    if not data.startswith(BEGINS):
        return None
    at = data.rfind(END, max(0, len(data) - LONGEST_COMMENT - END_FIELDS.size))
    if at < 0 or at + END_FIELDS.size > len(data):
        return Contents((), True)
    *_, count, size, _, _ = END_FIELDS.unpack_from(data, at)
    return _listed(data, at - size, count) if count <= MOST_FILES and size <= at else Contents((), True)


def _listed(data: bytes, at: int, count: int) -> Contents:
    names: list[str] = []
    locked = False
    for _ in range(count):
        if at + ENTRY_FIELDS.size > len(data):
            break
        mark, flags, name_size, extra_size, comment_size = ENTRY_FIELDS.unpack_from(data, at)
        if mark != ENTRY:
            break
        begin = at + ENTRY_FIELDS.size
        names.append(_name(data[begin : begin + name_size], flags))
        locked = locked or bool(flags & ENCRYPTED)
        at = begin + name_size + extra_size + comment_size
    return Contents(tuple(names), locked or len(names) < count)


def _name(raw: bytes, flags: int) -> str:
    """A name without folders; those of Russian Windows are cp866 where they do not say UTF-8."""
    text = raw.decode("utf-8" if flags & UTF8 else "cp866", "replace")
    return printable_line(text.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]).strip(" .")[-LONGEST_NAME:]
