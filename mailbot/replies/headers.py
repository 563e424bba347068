"""Header fields written by ourselves: the same bytes under every Python, and long Message-IDs stay what they are.

The standard library encodes ids longer than a line as `=?utf-8?…?=` (cpython#79986), which breaks threads with
Exchange, and its encoded words may outgrow the 75 characters of RFC 2047 §2.
"""

from email.header import Header
from functools import lru_cache

Field = tuple[str, str]
LONGEST_WORD = 75
REMEMBERED = 256  # texts; the school's name stands in every mail, and a school has so many colleagues


def head(fields: tuple[Field, ...]) -> bytes:
    """A header block with its closing blank line. Values are ASCII, folded already; a stray break is an error."""
    for name, value in fields:
        if not value.isascii() or any(sign in value.replace("\r\n ", "") for sign in "\r\n\0"):
            raise ValueError(f"header {name} is not fit to be sent")
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii") + b"\r\n"


def words(name: str, text: str) -> str:
    """Running text as the value of header `name`: plain if it is short ASCII, else encoded words (RFC 2047)."""
    if text.isascii() and len(name) + len(text) < 76 and "=?" not in text:
        return text
    return encoded_words(name, text)


def mailbox(name: str, display: str, address: str) -> str:
    """`display <address>` as the value of header `name`; names are always encoded, so no sign in them can mean more."""
    if not display:
        return address
    encoded = encoded_words(name, display)
    whole = f"{encoded} <{address}>"
    return whole if len(name) + len(whole) < 76 else f"{encoded}\r\n <{address}>"


@lru_cache(maxsize=REMEMBERED)
def encoded_words(name: str, text: str) -> str:
    """`text` as encoded words, each at most 75 characters long, one a line."""
    return Header(text, "utf-8", maxlinelen=LONGEST_WORD, header_name=name).encode(linesep="\r\n")


def ids(message_ids: tuple[str, ...]) -> str:
    """Message-IDs one a line, never encoded whatever their length (RFC 5322 §2.1.1 allows 998 characters)."""
    return "\r\n ".join(message_ids)
