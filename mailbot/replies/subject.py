"""Subjects: whose matter a mail is about, in one line that nothing can be injected by."""

import hashlib
import re
import unicodedata

from mailbot.cases.ids import NUMBER_IN_SUBJECT
from mailbot.letters.printable import printable_line

LONGEST = 120  # characters of a subject, the number included; longer ones are cut by many programs
PREFIX = re.compile(
    r"\s*(?:re|fwd?|aw|wg|отв|ответ|ha|на|пересл|перенапр|пер)(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:", re.IGNORECASE
)
HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})


def one_line(text: str) -> str:
    """Text fit for a header value: one line without control, direction or invisible characters."""
    line = printable_line(text)
    if line.isprintable():  # then none of its characters is hidden
        return line
    return "".join(sign for sign in line if unicodedata.category(sign) not in HIDDEN).strip()


def bare_subject(subject: str) -> str:
    """A subject without «Re:» and its kin and without case numbers: the same for every letter of a thread."""
    text = NUMBER_IN_SUBJECT.sub(" ", one_line(subject))
    while found := PREFIX.match(text):
        text = text[found.end() :]
    return " ".join(text.split())


def reply_subject(subject: str, number: str) -> str:
    """«Re: тема» short enough for the case number to follow it, "" where there is no subject to repeat."""
    bare = bare_subject(subject)
    return shortened(f"Re: {bare}", LONGEST - len(f" [№ {number}]")) if bare else ""


def shortened(text: str, most: int) -> str:
    """At most `most` characters, the cut shown by an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def subject_key(subject: str) -> str:
    """By what the gate counts letters on the same subject: a hash, because subjects name people."""
    return hashlib.sha256(bare_subject(subject).casefold().encode()).hexdigest()[:16]
