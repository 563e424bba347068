"""Lines and literals of a plain IMAP connection, told apart as they come."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole line with its CRLF, or some bytes of a literal."""

    text: bytes
    literal: bool = False
    first: bool = True  # False for what follows a literal within the same command or answer


class ImapReader:
    """Tells lines from literals (RFC 3501 §4.3) in one direction of one connection."""

    LITERAL_ANNOUNCED = re.compile(rb"\{(\d+)\+?\}\r?\n$")

    def __init__(self) -> None:
        self._unfinished = b""
        self._literal_left = 0
        self._first = True

    def read(self, chunk: bytes) -> list[Piece]:
        """The pieces that this chunk completes; the beginning of a line is kept for the next chunk."""
        pieces = []
        rest = self._unfinished + chunk
        self._unfinished = b""
        while rest:
            if self._literal_left:
                text, rest = rest[: self._literal_left], rest[self._literal_left :]
                self._literal_left -= len(text)
                pieces.append(Piece(text, literal=True))
                continue
            text, newline, rest = rest.partition(b"\n")
            if not newline:
                self._unfinished = text
                break
            pieces.append(Piece(text + newline, first=self._first))
            announced = self.LITERAL_ANNOUNCED.search(text + newline)
            self._first = announced is None
            self._literal_left = int(announced[1]) if announced else 0
        return pieces


def command_of(piece: Piece) -> tuple[str, str]:
    """Tag and command («UID MOVE» with its prefix) of a client's line; both empty for anything else."""
    words = piece.text.split(maxsplit=3)
    if piece.literal or not piece.first or len(words) < 2:
        return "", ""
    name = [word.decode("ascii", "replace").upper() for word in words[1:3]]
    return words[0].decode("ascii", "replace"), " ".join(name if name[0] == "UID" else name[:1])
