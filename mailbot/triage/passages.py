"""The passages of a letter that the sense hears each by itself: its sentences, a long one in several.

Public: `clipped(pieces)`, `passages_of(lengths)`.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TypeVar

One = TypeVar("One")

MOST_PIECES, OF_THE_END = 256, 64  # of a letter; of a longer one the beginning and the end are heard
LONGEST, SHORTEST = 40, 8  # pieces of a passage; a shorter sentence is heard with the one after it
APART = 16  # pieces from one beginning to the next within a longer sentence


def clipped(pieces: list[One]) -> list[One]:
    """A letter's pieces, at most MOST_PIECES."""
    return pieces if len(pieces) <= MOST_PIECES else pieces[: MOST_PIECES - OF_THE_END] + pieces[-OF_THE_END:]


def passages_of(lengths: Sequence[int]) -> list[slice]:
    """Where the passages stand among a letter's clipped pieces, by the lengths of its sentences."""
    found = []
    for start, end in pairwise(_bounds(lengths)):
        overlapping = range(start, end - LONGEST, APART)
        found += [slice(begin, begin + LONGEST) for begin in overlapping]
        found.append(slice(start + len(overlapping) * APART, end))
    return found


def _bounds(lengths: Sequence[int]) -> list[int]:
    """Where sentences begin among the clipped pieces, and where the last one ends."""
    ends = list(accumulate(lengths))
    left_out = max(0, ends[-1] - MOST_PIECES)
    if left_out:
        gap = MOST_PIECES - OF_THE_END
        ends = [*(end for end in ends if end < gap), gap, *(end - left_out for end in ends if end > gap + left_out)]
    bounds = [0]
    for end in ends:
        if end - bounds[-1] >= SHORTEST:
            bounds.append(end)
    return bounds if bounds[-1] == ends[-1] else [*bounds, ends[-1]]
