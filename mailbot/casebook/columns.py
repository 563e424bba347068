"""Under what a row of the journal is found again: sorted columns of hashes and places, one run of them a month.

A hash that only looks right is found out by the row it leads to.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from mailbot.casebook.rows import CaseChanged, Considered, Row, Told
from mailbot.cases.case import Case, CaseState

LONG = 8
"""Bytes of a hash and of a place."""


class Column(StrEnum):
    """What is asked for: a letter's key, its Message-ID, a Message-ID of ours, a case's number, a writer's address."""

    LETTER = "letter"
    MESSAGE_ID = "message_id"
    OWN_ID = "own_id"
    CASE = "case"
    WRITER = "writer"


LATEST_ONLY = frozenset({Column.LETTER, Column.CASE})
"""Here a later place replaces an earlier one; of the others all places count."""

Entry = tuple[Column, str, int]
Numbers: TypeAlias = "array[int] | memoryview[int]"
Sorted: TypeAlias = tuple[Numbers, Numbers]
"""Hashes, ascending, and the place of each."""


def is_settled(case: Case) -> bool:
    """Whether nothing is awaited in this case, so that the journal may hold it alone."""
    return not case.dues and case.state in (CaseState.ANSWERED, CaseState.REFUSED, CaseState.CLOSED)


def is_in_touch(case: Case) -> bool:
    """Whether a further letter of its writer must know of this settled case: answered, or grown out of others."""
    return case.state is CaseState.ANSWERED or bool(case.linked)


def entries_of(row: Row, place: int) -> Iterator[Entry]:
    """Under what a row is found. The lowest bit of a place says «answered» of a case, «in touch» of a writer's."""
    if isinstance(row, Considered):
        yield Column.LETTER, row.key, place
        if row.message_id:
            yield Column.MESSAGE_ID, row.message_id, place
    if isinstance(row, Considered | CaseChanged | Told):
        for mail in row.mails:
            yield Column.OWN_ID, mail.message_id, place
    if isinstance(row, Considered | CaseChanged) and row.case and is_settled(row.case):
        yield Column.CASE, row.case.number, place | (row.case.state is CaseState.ANSWERED)
        if row.case.writer:
            yield Column.WRITER, row.case.writer, place | is_in_touch(row.case)


def hash_of(text: str) -> int:
    """64 bits of a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=LONG).digest(), "big")


@dataclass(frozen=True, slots=True)
class Run:
    """Sorted columns of one month."""

    month: str
    columns: Mapping[Column, Sorted]

    def places(self, column: Column, hashed: int) -> Iterator[int]:
        """The places under a hash, in the order of the journal."""
        hashes, places = self.columns[column]
        at = bisect_left(hashes, hashed)
        while at < len(hashes) and hashes[at] == hashed:
            yield places[at]
            at += 1


def merged(runs: Sequence[Run]) -> Run:
    """One run of several of the same month."""
    columns = {}
    for column in Column:
        pairs = sorted(pair for run in runs for pair in zip(*run.columns[column], strict=True))
        kept: Iterable[tuple[int, int]] = dict(pairs).items() if column in LATEST_ONLY else dict.fromkeys(pairs)
        hashes, places = array("Q"), array("Q")
        for hashed, place in kept:
            hashes.append(hashed)
            places.append(place)
        columns[column] = hashes, places
    return Run(runs[0].month, columns)
