"""Letters and cases by key and number: those that still need something are held, the others are read from the journal
through its index. They look like dictionaries; to walk over all of them reads a line of the journal for each.
"""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.casebook.columns import Column, hash_of
from mailbot.casebook.index import Index
from mailbot.casebook.journal import row_at
from mailbot.casebook.rows import CaseChanged, Considered
from mailbot.cases.case import Case
from mailbot.cases.history import Folder


@dataclass(slots=True)
class KnownLetter:
    """A letter that has its outcome: where it belongs, and whether it lies there."""

    at: datetime
    folder: Folder
    case: str
    filed: bool
    message_id: str
    text_digest: str
    unsent: int = 0


def known_letter(row: Considered, *, filed: bool) -> KnownLetter:
    """What is remembered of a letter's outcome."""
    return KnownLetter(
        at=row.at,
        folder=row.folder,
        case=row.case.number if row.case else "",
        filed=filed,
        message_id=row.message_id,
        text_digest=row.text_digest,
    )


@dataclass(slots=True, eq=False)
class Letters(MutableMapping[str, KnownLetter]):
    """Letters by key; held are those that do not lie in their folder yet, and those of today."""

    index: Index
    held: dict[str, KnownLetter] = field(default_factory=dict)

    def __getitem__(self, key: str) -> KnownLetter:
        """Raises KeyError for a letter that is not known, or too old."""
        found = self.held.get(key) or self._filed(key)
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: str, letter: KnownLetter) -> None:
        """Holds a letter."""
        self.held[key] = letter

    def __delitem__(self, key: str) -> None:
        """Lets go of a letter; the index still finds it."""
        del self.held[key]

    def __iter__(self) -> Iterator[str]:
        """Those held, then the others."""
        yield from self.held
        for place in self.index.everything(Column.LETTER).values():
            row = row_at(self.index.folder, place)
            if isinstance(row, Considered) and row.key not in self.held:
                yield row.key

    def __len__(self) -> int:
        """How many there are; counts them one by one."""
        return sum(1 for _ in self)

    def _filed(self, key: str) -> KnownLetter | None:
        rows = self.index.rows(Column.LETTER, key)
        return next(
            (known_letter(row, filed=True) for row in rows if isinstance(row, Considered) and row.key == key), None
        )


@dataclass(slots=True, eq=False)
class Cases(MutableMapping[str, Case]):
    """Cases by number; held are those where something is awaited, and those of today."""

    index: Index
    held: dict[str, Case] = field(default_factory=dict)

    def __getitem__(self, number: str) -> Case:
        """Raises KeyError for a case that is unknown or long settled."""
        found = self.held.get(number) or self._settled(number)
        if found is None:
            raise KeyError(number)
        return found

    def __setitem__(self, number: str, case: Case) -> None:
        """Holds a case as it is now."""
        self.held[number] = case

    def __delitem__(self, number: str) -> None:
        """Lets go of a case; the index still finds it."""
        del self.held[number]

    def __iter__(self) -> Iterator[str]:
        """In the order of their numbers."""
        return iter(sorted({*self.held, *(case.number for case in self.settled())}))

    def __len__(self) -> int:
        """How many there are; counts them one by one."""
        return sum(1 for _ in self)

    def settled(self, *, answered: bool = False) -> Iterator[Case]:
        """Cases that are not held, as they were last; `answered`: only those that end so."""
        for place in self._places_of_settled():
            row = row_at(self.index.folder, place) if place & 1 or not answered else None
            if isinstance(row, Considered | CaseChanged) and row.case:
                yield row.case

    def answered(self) -> int:
        """How many of those that are not held end with an answer; reads none of them."""
        return sum(place & 1 for place in self._places_of_settled())

    def _places_of_settled(self) -> list[int]:
        latest = self.index.everything(Column.CASE)
        held = {hash_of(number) for number in self.held}
        return [place for hashed, place in latest.items() if hashed not in held]

    def _settled(self, number: str) -> Case | None:
        rows = self.index.rows(Column.CASE, number)
        found = (row.case for row in rows if isinstance(row, Considered | CaseChanged) and row.case)
        return next((case for case in found if case.number == number), None)
