"""The journal: append-only JSON lines by month, one fsync a batch. The truth, the recovery log and the register in one.

A month's file is written only while it is the present month; later it is sealed, even if the clock goes back. A last
line without its line end was cut by a crash and is dropped on opening (its batch was never acted upon); a bad line
anywhere else stops the start.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from errno import EIO
from itertools import accumulate
from pathlib import Path

from pydantic import ValidationError

from mailbot.casebook.durable import bad_state, disk_errors, sync_folder, write_all
from mailbot.casebook.rows import ROWS, Row

MONTH_OF_PLACES = 2**44
"""Twice the bytes a month may have; 64 bits hold month and offset."""
SEALED_BYTES = 4096


def month_file(folder: Path, at: datetime) -> Path:
    """The file of the month of `at` (UTC)."""
    return folder / f"journal-{at:%Y-%m}.jsonl"


def months(folder: Path) -> tuple[Path, ...]:
    """All months there are, oldest first."""
    return tuple(sorted(folder.glob("journal-????-??.jsonl")))


def read_rows(path: Path, naming: str = "") -> Iterator[Row]:
    """The rows of one month (those that name something, if asked); a torn last line is passed over.

    Raises BadState for any other line that is not a row.
    """
    return (_row(path, offset, line) for offset, line in lines_of(path) if naming.encode() in line)


def rows_from(path: Path, offset: int) -> Iterator[tuple[Row, int]]:
    """The rows from there to the end of a month, each with its place in the journal."""
    begin = _place(path, 0)
    return ((_row(path, at, line), begin + 2 * at) for at, line in lines_of(path, offset))


def lines_of(path: Path, offset: int = 0) -> Iterator[tuple[int, bytes]]:
    """The whole lines of a month, each with its offset in bytes."""
    with path.open("rb") as lines:
        lines.seek(offset)
        for line in lines:
            if not line.endswith(b"\n"):
                return
            yield offset, line
            offset += len(line)


def row_at(folder: Path, place: int) -> Row:
    """The row at a place. Raises BadState if none begins there."""
    path, offset = folder / f"journal-{month_at(place)}.jsonl", place % MONTH_OF_PLACES // 2
    with path.open("rb") as lines:
        lines.seek(offset)
        return _row(path, offset, lines.readline())


def _row(path: Path, offset: int, line: bytes) -> Row:
    try:
        return ROWS.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        number = sum(at < offset for at, _ in lines_of(path)) + 1
        raise bad_state(
            path,
            f"строка {number} не читается ({place or 'JSON'})",
            f"line {number} cannot be read ({place or 'JSON'}: {first['msg']})",
        ) from error


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a month («2026-11») was read: bytes, and a hash of the last of them, by which it is known again."""

    month: str
    end: int
    seal: str


def mark_at(path: Path, end: int) -> Mark:
    """The mark of a month read up to there."""
    with path.open("rb") as file:
        file.seek(max(0, end - SEALED_BYTES))
        return Mark(month_name(path), end, hashlib.sha256(file.read(min(end, SEALED_BYTES))).hexdigest())


def mark_holds(folder: Path, mark: Mark) -> bool:
    """Whether the month still begins with all that was read then."""
    path = folder / f"journal-{mark.month}.jsonl"
    return path.exists() and path.stat().st_size >= mark.end and mark_at(path, mark.end) == mark


def end_of(path: Path) -> int:
    """Length of a month up to and with its last whole line."""
    with path.open("rb") as file:
        return _whole_lines(file.fileno())


def month_name(path: Path) -> str:
    """«2026-11» of the month's file."""
    return path.stem.removeprefix("journal-")


def _place(path: Path, offset: int) -> int:
    """Month and offset as one number that grows with the journal; its lowest bit is free."""
    year, month = map(int, month_name(path).split("-"))
    return (year * 12 + month - 1) * MONTH_OF_PLACES + 2 * offset


def month_at(place: int) -> str:
    """«2026-11» of a place."""
    year, month = divmod(place // MONTH_OF_PLACES, 12)
    return f"{year}-{month + 1:02d}"


class Journal:
    """The open end of the journal. One writer; `append` returns only when the rows are on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._handle = -1
        self._failed = False

    def append(self, rows: Iterable[Row], now: datetime) -> tuple[int, ...]:
        """Writes the rows in order and fsyncs once; the place of each in the journal.

        Raises DiskTrouble; then nothing of memory may be believed.
        """
        lines = [ROWS.dump_json(row) + b"\n" for row in rows]
        if not lines:
            return ()
        path = self._month_at(now)
        with disk_errors(path):
            if self._failed:
                raise OSError(EIO, "an earlier row may be torn")
            self._failed = True  # until the rows are durable: what follows a torn line would be lost with it
            if path != self._path:
                self._turn_to(path)
            end = os.lseek(self._handle, 0, os.SEEK_END)
            write_all(self._handle, b"".join(lines))
            os.fsync(self._handle)
            self._failed = False
        return tuple(accumulate((2 * len(line) for line in lines[:-1]), initial=_place(path, end)))

    def _month_at(self, now: datetime) -> Path:
        """The month of `now`, but never an earlier one than the newest: months are read in their order."""
        newest = (self._path,) if self._path else months(self._folder)[-1:]
        return max((month_file(self._folder, now), *newest))

    def _turn_to(self, path: Path) -> None:
        """Opens a month for appending, dropping a line that a crash cut short."""
        self.close()
        new = not path.exists()
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._path = path
        os.ftruncate(self._handle, _whole_lines(self._handle))
        if new:
            sync_folder(self._folder)

    def close(self) -> None:
        """Closes the month; every appended row is already durable."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle, self._path = -1, None


def _whole_lines(handle: int) -> int:
    """Length of the file up to and with its last line end."""
    end = os.lseek(handle, 0, os.SEEK_END)
    while end:
        start = max(0, end - 65536)
        at = os.pread(handle, end - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0
