"""Content-Type and Content-Disposition values: the word in front and its parameters, read leniently.

The standard library loses raw 8-bit file names and raises on some charsets, so the values are read here.
"""

import re
from email.message import Message
from urllib.parse import unquote_to_bytes

from mailbot.letters.charsets import decode
from mailbot.letters.headers import decode_words
from mailbot.letters.printable import printable_line

# name, section and star of RFC 2231; an unquoted value runs to the next ";" because many programs forget the quotes.
PARAMETER = re.compile(rb';\s*([\w.-]{1,60})(?:\*(\d{1,3}))?(\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
MOST_BYTES = 8192
MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)


def raw_header(part: Message, name: str) -> bytes:
    """The topmost header `name` (lower case) of a part as the bytes that came; b"" where it is absent."""
    for key, value in part.raw_items():
        if key.lower() == name:
            return str(value).encode("utf-8", "surrogateescape")
    return b""


def front_word(raw: bytes) -> str:
    """What stands before the parameters, lower-cased: `text/plain`, `attachment`."""
    return raw[:MOST_BYTES].split(b";")[0].strip().lower().decode("ascii", "replace")


def media_type(raw: bytes) -> str:
    """The media type of a Content-Type value; text/plain where it is absent or no type (RFC 2045 §5.2)."""
    word = front_word(raw)
    return word if MEDIA_TYPE.fullmatch(word) else "text/plain"


def parameter(raw: bytes, name: str) -> str:
    """Parameter `name` (lower case) as a printable line, RFC 2231 sections and charsets resolved; "" if absent."""
    sections: dict[int, tuple[bool, bytes]] = {}
    for key, section, star, value in PARAMETER.findall(raw[:MOST_BYTES]):
        if key.decode("ascii").lower() == name:
            sections.setdefault(int(section or 0), (bool(star), bare(value)))
    if not sections:
        return ""
    charset = ""
    if sections[min(sections)][0]:
        charset, sections = split_charset(sections)
    data = b"".join(unquote_to_bytes(value) if star else value for _, (star, value) in sorted(sections.items()))
    return printable_line(decode_words(decode(data, charset).text)[0])


def split_charset(sections: dict[int, tuple[bool, bytes]]) -> tuple[str, dict[int, tuple[bool, bytes]]]:
    """The charset in front of the first extended section (`utf-8'ru'…`), and the sections without it."""
    first = min(sections)
    head = sections[first][1].split(b"'", 2)
    if len(head) != 3:
        return "", sections
    return head[0].decode("ascii", "replace"), {**sections, first: (True, head[2])}


def bare(value: bytes) -> bytes:
    """A parameter value without its quotes and escapes."""
    text = value.strip()
    if not text.startswith(b'"'):
        return text
    return re.sub(rb"\\(.)", rb"\1", text.strip(b'"'))
