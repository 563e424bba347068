"""Where in the journal the letters, mail and settled cases of the last 90 days lie, so that memory need not hold them.

A file a month, `state/index-2026-11.bin`; a question is a binary search and one line read. All of it follows from the
journal alone and can be thrown away at any time. No names stand here, but hashes of addresses: when a month of the
journal is rewritten without a person, its file here is made anew, too.
"""

import hashlib
import json
import sys
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from mailbot.casebook.columns import LONG, Column, Run, Sorted, entries_of, hash_of, merged
from mailbot.casebook.durable import disk_errors, replace_durably
from mailbot.casebook.journal import Mark, mark_holds, month_at, month_file, month_name, row_at
from mailbot.casebook.rows import Row

FORM = f"1 {sys.byteorder}"
MOST_LOOSE = 50_000
"""Hashes kept unsorted at most: some ten megabytes."""


@dataclass(slots=True)
class Index:
    """The columns of one state folder. `loose` entries of `month` are not sorted yet («» where there is nothing new);
    `written` says how far each month's file reaches.
    """

    folder: Path
    runs: list[Run] = field(default_factory=list)
    loose: dict[tuple[Column, int], list[int]] = field(default_factory=dict)
    month: str = ""
    written: dict[str, Mark] = field(default_factory=dict)

    def note(self, row: Row, place: int) -> None:
        """Takes in a row that stands in the journal, there."""
        if self.loose and month_at(place) != self.month:
            self._sort_in()
        self.month = month_at(place)
        for column, text, marked in entries_of(row, place):
            self.loose.setdefault((column, hash_of(text)), []).append(marked)
        if len(self.loose) >= MOST_LOOSE:
            self._sort_in()

    def places(self, column: Column, text: str) -> tuple[int, ...]:
        """Where rows about this may stand, in the order of the journal."""
        hashed = hash_of(text)
        sorted_in = (place for run in self.runs for place in run.places(column, hashed))
        return tuple(sorted({*sorted_in, *self.loose.get((column, hashed), ())}))

    def rows(self, column: Column, text: str, *, marked: bool = False) -> Iterator[Row]:
        """The rows there, the latest first; `marked`: only those with the lowest bit set."""
        found = reversed(self.places(column, text))
        return (row_at(self.folder, place) for place in found if place & 1 or not marked)

    def everything(self, column: Column) -> dict[int, int]:
        """The latest place by hash, over all that is remembered."""
        latest: dict[int, int] = {}
        sorted_in = (pair for run in self.runs for pair in zip(*run.columns[column], strict=True))
        loose = ((hashed, max(places)) for (one, hashed), places in self.loose.items() if one is column)
        for hashed, place in chain(sorted_in, loose):
            latest[hashed] = max(place, latest.get(hashed, 0))
        return latest

    def tidy(self, edge: datetime) -> None:
        """One run a month; months that ended before `edge` are dropped."""
        self._sort_in()
        first = month_name(month_file(self.folder, edge))
        by_month: dict[str, list[Run]] = {}
        for run in self.runs:
            if run.month >= first:
                by_month.setdefault(run.month, []).append(run)
        self.runs = [runs[0] if len(runs) == 1 else merged(runs) for _, runs in sorted(by_month.items())]

    def store(self, marks: dict[str, Mark]) -> None:
        """Writes the months that have grown, each as far as its mark, and removes files of months that are dropped."""
        for run in self.runs:
            if self.written.get(run.month) != marks[run.month]:
                replace_durably(_file(self.folder, run.month), _bytes_of(run, marks[run.month]))
                self.written[run.month] = marks[run.month]
        kept = {_file(self.folder, run.month) for run in self.runs}
        for path in index_files(self.folder):
            if path not in kept:
                with disk_errors(path):
                    path.unlink(missing_ok=True)

    def _sort_in(self) -> None:
        if self.month:
            self.runs.append(merged((Run(self.month, _columns(self.loose)),)))
        self.loose, self.month = {}, ""


def index_files(folder: Path) -> tuple[Path, ...]:
    """Every file of an index there."""
    return tuple(folder.glob("index-????-??.bin"))


def load_index(folder: Path, needed: tuple[Mark, ...]) -> Index | None:
    """What the files hold, if they reach at least as far as `needed` and the journal still is as it was then."""
    index = Index(folder)
    for mark in needed:
        found = _read(_file(folder, mark.month))
        if found is None or found[1].month != mark.month or found[1].end < mark.end:
            return None
        if not mark_holds(folder, found[1]):
            return None
        index.runs.append(found[0])
        index.written[mark.month] = found[1]
    return index


def _columns(entries: dict[tuple[Column, int], list[int]]) -> dict[Column, Sorted]:
    columns = {column: (array("Q"), array("Q")) for column in Column}
    for (column, hashed), places in entries.items():
        for place in places:
            columns[column][0].append(hashed)
            columns[column][1].append(place)
    return dict(columns)


def _file(folder: Path, month: str) -> Path:
    return folder / f"index-{month}.bin"


def _bytes_of(run: Run, mark: Mark) -> bytes:
    """A line of JSON that tells what follows, then all columns: hashes, places."""
    body = b"".join(numbers.tobytes() for pair in run.columns.values() for numbers in pair)
    counts = {column.value: len(hashes) for column, (hashes, _) in run.columns.items()}
    told = {"form": FORM, "mark": asdict(mark), "counts": counts, "hash": _hash(body)}
    return json.dumps(told).encode() + b"\n" + body


def _read(path: Path) -> tuple[Run, Mark] | None:
    """What a file holds; None for one that is not there, torn, or of another form."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        told = json.loads(head)
        if told["form"] != FORM or told["hash"] != _hash(body):
            return None
        mark, counts = Mark(**told["mark"]), {column: int(told["counts"][column.value]) for column in Column}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    numbers, at, columns = memoryview(body).cast("Q"), 0, {}
    for column, count in counts.items():
        columns[column] = numbers[at : at + count], numbers[at + count : at + 2 * count]
        at += 2 * count
    return Run(mark.month, columns), mark


def _hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=2 * LONG).hexdigest()
