"""The hand-made messages of `messages.txt` as raw letters with the verdict each must get."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OURS = "help@school.example.org"
HEAD = re.compile(r"(?m)^== ([ABNP]) (.*)$")


@dataclass(frozen=True, slots=True)
class Message:
    """`verdict`: A, B, N, or P for a person."""

    verdict: str
    title: str
    raw: bytes


def messages() -> Iterator[Message]:
    """All messages of the file, in order."""
    pieces = HEAD.split(Path(__file__).with_name("messages.txt").read_text("utf-8"))[1:]
    for verdict, title, text in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        yield Message(verdict, title, raw_letter(text.strip("\n")))


def raw_letter(text: str) -> bytes:
    """Headers and body as a mail program would send them; To and the type are filled in where they are not named."""
    head, _, body = text.partition("\n\n")
    lines = head.split("\n")
    if not re.search(r"(?mi)^to:", head):
        lines.append(f"To: {OURS}")
    if not re.search(r"(?mi)^content-type:", head):
        lines.append("Content-Type: text/plain; charset=utf-8")
    return ("\n".join(lines) + "\n\n" + body + "\n").replace("\n", "\r\n").encode()
