"""The learned part of triage: a few linear judges over a letter's units, kept in `model.npz` (no pickle).

`load_brain()` reads the packaged file once; everything else is pure. `make model` makes it.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from mailbot.triage.features import units_of
from mailbot.triage.text import Reading

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bag:
    """A letter's known units: their numbers, values (unit length) and, for each mention, the word it came from."""

    numbers: NDArray[np.int32]
    values: Floats
    mentions: tuple[tuple[int, int], ...]  # (unit number, word number)


@dataclass(frozen=True)
class Brain:
    """The learned model. `heads` names the columns of `weights`: «topic grades», «intent howto», «flag safety»…"""

    vocabulary: Mapping[str, int]
    idf: Floats
    heads: tuple[str, ...]
    weights: NDArray[np.float16]
    bias: Floats
    hash: str

    @cached_property
    def groups(self) -> Mapping[str, tuple[tuple[str, ...], slice]]:
        """For each judge the names of its verdicts and where their columns stand."""
        kinds = [head.split()[0] for head in self.heads]
        return {
            kind: (
                tuple(head.split()[1] for head in self.heads if head.split()[0] == kind),
                slice(kinds.index(kind), kinds.index(kind) + kinds.count(kind)),
            )
            for kind in dict.fromkeys(kinds)
        }

    def bag_of(self, reading: Reading) -> Bag:
        """The units of a letter that the model knows."""
        mentions = tuple(
            (number, word) for unit, word in units_of(reading) if (number := self.vocabulary.get(unit)) is not None
        )
        numbers, counts = np.unique(np.fromiter((n for n, _ in mentions), np.int32, len(mentions)), return_counts=True)
        values = (1 + np.log(counts)).astype(np.float32) * self.idf[numbers]
        length = float(np.sqrt(values @ values)) or 1.0
        return Bag(numbers, values / length, mentions)

    def scores_of(self, bag: Bag) -> Floats:
        """One score (log-odds) for each head."""
        return np.asarray(bag.values @ self.weights[bag.numbers].astype(np.float32) + self.bias, np.float32)

    def weight_of_words(self, bag: Bag, head: str, words: int) -> Floats:
        """How much each of the letter's `words` speaks for a head, in log-odds."""
        column = self.heads.index(head)
        share = dict(zip(bag.numbers.tolist(), (bag.values * self.weights[bag.numbers, column]).tolist(), strict=True))
        times = dict(zip(*np.unique([n for n, _ in bag.mentions], return_counts=True), strict=True))
        spoken = np.zeros(words, np.float32)
        for number, word in bag.mentions:
            if word >= 0:
                spoken[word] += share[number] / times[number]
        return spoken


def load_brain() -> Brain:
    """The packaged model; takes well under a second."""
    return brain_from(files("mailbot.triage").joinpath("model.npz").read_bytes())


def brain_from(raw: bytes) -> Brain:
    """A model from the bytes of its file."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        vocabulary = stored["vocabulary"].tobytes().decode().split("\n")
        heads = stored["heads"].tobytes().decode().split("\n")
        return Brain(
            vocabulary={unit: number for number, unit in enumerate(vocabulary)},
            idf=stored["idf"].astype(np.float32),
            heads=tuple(heads),
            weights=stored["weights"],
            bias=stored["bias"],
            hash=hashlib.sha256(raw).hexdigest()[:16],
        )
