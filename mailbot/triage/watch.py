"""The watch: learned judges of danger, leaks and other people's data, who listen to two sentences at a time.

Danger is told in passing, in one sentence of a mundane letter; a judge of the whole letter would not hear it. A letter
scores as its most alarming pair of neighbouring sentences. `make model` makes `watch.npz` (no pickle).
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mailbot.rulebook.ids import Flag
from mailbot.triage.features import key_of
from mailbot.triage.signs import sentences_of
from mailbot.triage.text import Reading, Word

Floats = NDArray[np.float32]
Numbers = NDArray[np.int32]

LETTERS = 5  # of a word's beginning
PIECES = (3, 4, 5)
LONGEST_WORD = 20
REMEMBERED_PAIRS = 10_000  # about 2 MB
VALUES = {"w": 1.0, "f": 1.0, "b": 0.7, "p": 0.3, "n": 1.5}  # of a unit, by its kind


@dataclass(frozen=True, slots=True)
class Alarm:
    """How alarming a letter is (log-odds) and the words that are most so."""

    score: float
    words: str


@dataclass(frozen=True)
class Watch:
    """`weights` has a row for each unit of `vocabulary` and a column for each of `flags`."""

    vocabulary: Mapping[str, int]
    flags: tuple[Flag, ...]
    weights: Floats
    bias: Floats

    def alarms_of(self, reading: Reading) -> Mapping[Flag, Alarm]:
        """The most alarming window of the letter for each flag."""
        windows = windows_of(reading)
        scores = np.array([self.scores_of(self.units_in(window)) for window in windows])
        worst = scores.argmax(axis=0)
        return {
            flag: Alarm(float(scores[worst[n], n]), told(windows[worst[n]], reading))
            for n, flag in enumerate(self.flags)
        }

    def units_in(self, window: Sequence[Word]) -> Numbers:
        """The units of a window that the watch knows, each once."""
        keys = [key_of(word) for word in window]
        known = [self._of_form(word.form, key) for word, key in zip(window, keys, strict=True)]
        pairs = [n for one, other in pairwise(keys) if (n := self._of_pair(one, other)) is not None]
        return np.unique(np.concatenate([*known, np.array(pairs, np.int32)]))

    def scores_of(self, units: Numbers) -> Floats:
        """Log-odds for each flag."""
        return np.asarray(self.values_of(units) @ self.weights[units] + self.bias, np.float32)

    def values_of(self, units: Numbers) -> Floats:
        """What a window's units count for, the whole being of length one."""
        values = self._value_of[units]
        return np.asarray(values / (float(np.sqrt(values @ values)) or 1.0), np.float32)

    @cached_property
    def _value_of(self) -> Floats:
        return np.array([VALUES[unit[0]] for unit in self.vocabulary], np.float32)

    @cached_property
    def _of_pair(self):  # type: ignore[no-untyped-def]  # lru_cache keeps no useful type here
        @lru_cache(maxsize=REMEMBERED_PAIRS)
        def number_of(one: str, other: str) -> int | None:
            return self.vocabulary.get(pair_of(one, other))

        return number_of

    @cached_property
    def _of_form(self):  # type: ignore[no-untyped-def]  # lru_cache keeps no useful type here
        @lru_cache(maxsize=20_000)
        def numbers_of(form: str, key: str) -> Numbers:
            known = (self.vocabulary.get(unit) for unit in units_of_word(form, key))
            return np.array(sorted({number for number in known if number is not None}), np.int32)

        return numbers_of


def windows_of(reading: Reading) -> list[tuple[Word, ...]]:
    """Every two neighbouring sentences; the only one of a short letter."""
    sentences = list(sentences_of(reading.words)) or [()]
    return [(*one, *other) for one, other in pairwise(sentences)] or sentences


def units_of(window: Sequence[Word]) -> Iterator[str]:
    """Everything the watch may hear in a window."""
    for word in window:
        yield from units_of_word(word.form, key_of(word))
    yield from pairs_of(window)


def units_of_word(form: str, key: str) -> Iterator[str]:
    """The word, its beginning, its pieces and the notions it belongs to."""
    yield f"w {key}"
    yield f"f {form[:LETTERS]}"
    whole = f" {form[:LONGEST_WORD]} "
    yield from (f"p {whole[i : i + n]}" for n in PIECES for i in range(len(whole) - n + 1))
    yield from (f"n {notion}" for notion in notions_of(form))


def pairs_of(window: Sequence[Word]) -> Iterator[str]:
    """Neighbouring words: «не хочу», «нет дома»."""
    keys = [key_of(word) for word in window]
    yield from (pair_of(one, other) for one, other in pairwise(keys))


def pair_of(one: str, other: str) -> str:
    """The name of two words beside each other."""
    return f"b {one} {other}"


@lru_cache(maxsize=20_000)
def notions_of(form: str) -> frozenset[str]:
    """What a word is about, by `words/notions.txt`."""
    whole, beginnings = _notions()
    found = [whole.get(form, frozenset()), *(beginnings.get(form[:n], frozenset()) for n in range(2, len(form) + 1))]
    return frozenset().union(*found)


@cache
def _notions() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """Notions by whole word and by beginning."""
    whole: dict[str, set[str]] = {}
    beginnings: dict[str, set[str]] = {}
    notion = ""
    for line in files("mailbot.triage").joinpath("words/notions.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            notion = line[1:-1]
            continue
        for word in line.split() if not line.startswith("#") else ():
            if word.startswith("="):
                whole.setdefault(word[1:], set()).add(notion)
            else:
                beginnings.setdefault(word, set()).add(notion)
    return {w: frozenset(n) for w, n in whole.items()}, {w: frozenset(n) for w, n in beginnings.items()}


def told(window: Sequence[Word], reading: Reading) -> str:
    """A window as written, on one line."""
    return " ".join(reading.text[window[0].start : window[-1].end].split()) if window else ""


def watch_from(raw: bytes) -> Watch:
    """A watch from the bytes of its file."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        return Watch(
            vocabulary={unit: n for n, unit in enumerate(stored["vocabulary"].tobytes().decode().split("\n"))},
            flags=tuple(map(Flag, stored["flags"].tobytes().decode().split("\n"))),
            weights=stored["weights"].astype(np.float32),
            bias=stored["bias"],
        )
