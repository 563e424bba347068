"""Rows of numbers, each worked out once: most pieces of a letter's words stood in letters before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

NOWHERE = -1
FINEST = 32767  # steps between nothing and a row's largest number


@dataclass(slots=True, eq=False)
class Remembered:
    """What `work_out` gives for numbers below `many`, kept in sixteen bits for `most` of them; when there is no more
    room, all are forgotten. `width`: the length of a row."""

    work_out: Callable[[Numbers], Floats]
    many: int
    width: int
    most: int
    _places: NDArray[np.int32] = field(init=False)
    _rows: NDArray[np.int16] = field(init=False)
    _steps: Floats = field(init=False)
    _used: int = 0

    def __post_init__(self) -> None:
        self._places = np.full(self.many, NOWHERE, np.int32)
        self._rows = np.empty((self.most, self.width), np.int16)  # memory is taken as it is filled
        self._steps = np.empty((self.most, 1), np.float32)

    def rows_of(self, numbers: Sequence[int]) -> Floats:
        """A row for each number, at most `most` different ones."""
        asked = np.array(numbers)
        fresh = np.unique(asked[self._places[asked] == NOWHERE])
        if self._used + len(fresh) > self.most:
            self._places[:], self._used = NOWHERE, 0
            fresh = np.unique(asked)
        if len(fresh):
            self._remember(fresh)
        places = self._places[asked]
        return np.asarray(self._rows[places] * self._steps[places], np.float32)

    def _remember(self, fresh: Numbers) -> None:
        rows = self.work_out(fresh)
        steps = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.finfo(np.float32).tiny) / FINEST
        places = np.arange(self._used, self._used + len(fresh))
        self._rows[places], self._steps[places], self._places[fresh] = np.rint(rows / steps), steps, places
        self._used += len(fresh)
