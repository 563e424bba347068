"""Text fit to be shown, stored and put into our own mail: NFC, no control characters, no broken surrogates."""

import re
import unicodedata

LINE_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# C0, C1, soft hyphen, zero-width space, bidi marks and overrides, BOM, lone surrogates, and the private-use
# characters with which `html` marks quotations: none of them is something a person wrote.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ue000\ue001]"
)
SPACES = re.compile(r"[ \t]+")


def printable_line(text: str) -> str:
    """One line for a header, name or subject: line breaks become spaces, so nothing can be injected by it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    unbroken = SPACES.sub(" ", LINE_BREAKS.sub(" ", text))
    return unicodedata.normalize("NFC", UNSEEN.sub("", unbroken)).strip()


def printable_text(text: str) -> str:
    """Running text: every kind of line break becomes "\\n", tabs stay, trailing blanks go."""
    unified = UNSEEN.sub("", LINE_BREAKS.sub("\n", text))
    lines = unicodedata.normalize("NFC", unified).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")
