"""The journal: append-only JSON lines by month, one fsync a batch. The truth, the recovery log and the register in one.

A month's file is written only while it is the present month; later it is sealed, even if the clock goes back. A last
line without its line end was cut by a crash and is dropped on opening (its batch was never acted upon); a bad line
anywhere else stops the start.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from errno import EIO
from pathlib import Path

from pydantic import ValidationError

from mailbot.casebook.durable import bad_state, disk_errors, sync_folder, write_all
from mailbot.casebook.rows import ROWS, Row


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
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                return
            if naming.encode() not in line:
                continue
            try:
                yield ROWS.validate_json(line)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                place = ".".join(str(part) for part in first["loc"])
                raise bad_state(
                    path,
                    f"строка {number} не читается ({place or 'JSON'})",
                    f"line {number} cannot be read ({place or 'JSON'}: {first['msg']})",
                ) from error


class Journal:
    """The open end of the journal. One writer; `append` returns only when the rows are on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._handle = -1
        self._failed = False

    def append(self, rows: Iterable[Row], now: datetime) -> None:
        """Writes the rows in order and fsyncs once. Raises DiskTrouble; then nothing of memory may be believed."""
        blob = b"".join(ROWS.dump_json(row) + b"\n" for row in rows)
        if not blob:
            return
        path = self._month_at(now)
        with disk_errors(path):
            if self._failed:
                raise OSError(EIO, "an earlier row may be torn")
            self._failed = True  # until the rows are durable: what follows a torn line would be lost with it
            if path != self._path:
                self._turn_to(path)
            write_all(self._handle, blob)
            os.fsync(self._handle)
            self._failed = False

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
