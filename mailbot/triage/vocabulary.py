"""The units that a learned judge knows, by number; only their fingerprints are kept, a tenth of the strings' memory."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Key = TypeVar("Key", bound=Hashable)
Numbers = NDArray[np.int32]

UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Units by number, in the order of their file.

    fingerprints: ascending; `numbers` says whose they are. shelves: where the fingerprints begin that have the same
    leading bits, so that no more than `most_of_a_shelf` are compared (half the time of a binary search). initials: the
    first letter of each unit, by its number.

    A fingerprint is Python's own 64-bit hash of a string, salted anew in every process: that two of a hundred thousand
    units are alike is a chance of one in a thousand million, and no writer can make a word that passes for another.
    """

    fingerprints: NDArray[np.int64]
    numbers: Numbers
    shelves: Numbers
    most_of_a_shelf: int
    initials: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.numbers)

    def numbers_of(self, units: Sequence[str]) -> Numbers:
        """The number of each unit, UNKNOWN for one that is not here."""
        asked = np.fromiter(map(hash, units), np.int64, len(units))
        places = self.shelves.take(_shelf_of(asked, len(self.shelves)))
        for _ in range(self.most_of_a_shelf):
            places += self.fingerprints.take(places, mode="clip") < asked
        is_here = self.fingerprints.take(places, mode="clip") == asked
        return np.where(is_here, self.numbers.take(places, mode="clip"), np.int32(UNKNOWN))

    def known_among(self, units: Sequence[str]) -> Numbers:
        """The numbers of those units that are here, in their order."""
        numbers = self.numbers_of(units)
        return np.asarray(numbers[numbers != UNKNOWN], np.int32)


@dataclass(slots=True, eq=False)
class KnownUnits(Generic[Key]):
    """The known units of words, looked up once for each word, and for all new words of a letter together.

    `units_of` names a word's units. At most `most` words and a letter's are remembered; then all are forgotten.
    """

    vocabulary: Vocabulary
    units_of: Callable[[Key], Sequence[str]]
    most: int
    _remembered: dict[Key, bytes] = field(default_factory=dict)

    def of(self, words: Sequence[Key]) -> list[bytes]:
        """For each word the numbers of its units, as bytes of int32."""
        fresh = [word for word in dict.fromkeys(words) if word not in self._remembered]
        if fresh and len(self._remembered) + len(fresh) > self.most:
            self._remembered.clear()
            fresh = list(dict.fromkeys(words))
        if fresh:
            self._remembered.update(zip(fresh, self._looked_up(fresh), strict=True))
        return [self._remembered[word] for word in words]

    def _looked_up(self, words: Sequence[Key]) -> list[bytes]:
        units = [self.units_of(word) for word in words]
        numbers = self.vocabulary.numbers_of(list(chain.from_iterable(units)))
        known = (numbers[start:end] for start, end in pairwise(accumulate(map(len, units), initial=0)))
        return [own[own != UNKNOWN].tobytes() for own in known]


def _shelf_of(fingerprints: NDArray[np.int64], shelves: int) -> NDArray[np.int64]:
    """By the leading bits; there are as many shelves as a power of two."""
    return (fingerprints >> (65 - shelves.bit_length())) + shelves // 2


def vocabulary_from(names: NDArray[np.uint8]) -> Vocabulary:
    """A vocabulary from the UTF-8 of its units, one a line; none of them is empty."""
    units = names.tobytes().decode().split("\n")
    fingerprints = np.fromiter(map(hash, units), np.int64, len(units))
    order = fingerprints.argsort()
    shelves = 2 << len(units).bit_length()
    lengths = np.bincount(_shelf_of(fingerprints, shelves), minlength=shelves)
    beginnings = np.concatenate([[0], np.flatnonzero(names == ord("\n")) + 1])
    return Vocabulary(
        fingerprints=fingerprints[order],
        numbers=order.astype(np.int32),
        shelves=(lengths.cumsum() - lengths).astype(np.int32),
        most_of_a_shelf=int(lengths.max()),
        initials=names[beginnings],
    )
