"""The watch: learned judges of danger, leaks and other people's data, who listen to two sentences at a time.

Danger is told in passing, in one sentence of a mundane letter; a judge of the whole letter would not hear it. A letter
scores as its most alarming pair of neighbouring sentences. `make model` makes `watch.npz` (no pickle).
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray

from mailbot.rulebook.ids import Flag
from mailbot.triage.features import key_of
from mailbot.triage.text import Reading, Word
from mailbot.triage.vocabulary import UNKNOWN, KnownUnits, Vocabulary, vocabulary_from

Floats = NDArray[np.float32]

LETTERS = 5  # of a word's beginning
PIECES = (3, 4, 5)
LONGEST_WORD = 20
REMEMBERED_FORMS = 20_000  # about 6 MB
VALUES = {"w": 1.0, "f": 1.0, "b": 0.7, "p": 0.3, "n": 1.5}  # of a unit, by its kind


@dataclass(frozen=True, slots=True)
class Alarm:
    """How alarming a letter is (log-odds) and the words that are most so."""

    score: float
    words: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The known units of a letter's windows, one window after the other, and what each counts for.

    `ends`: 0 and where each window's units end. The values of a window are together of length one.
    """

    units: NDArray[np.int64]
    values: Floats
    ends: NDArray[np.int64]


@dataclass(frozen=True)
class Watch:
    """`weights` has a row for each unit of `vocabulary` and a column for each of `flags`."""

    vocabulary: Vocabulary
    flags: tuple[Flag, ...]
    weights: Floats
    bias: Floats

    def alarms_of(self, reading: Reading) -> Mapping[Flag, Alarm]:
        """The most alarming window of the letter for each flag."""
        windows = windows_of(reading)
        scores = self.scores_of(self.heard_in(windows, reading))
        worst = scores.argmax(axis=0)
        return {
            flag: Alarm(float(scores[worst[n], n]), told(windows[worst[n]], reading))
            for n, flag in enumerate(self.flags)
        }

    def heard_in(self, windows: Sequence[slice], reading: Reading) -> Heard:
        """The units of a letter's windows that the watch knows, each once in a window."""
        keys = [key_of(word) for word in reading.words]
        pairs = self.vocabulary.numbers_of([pair_of(one, other) for one, other in pairwise(keys)])
        forms = self._of_forms.of([(word.form, key) for word, key in zip(reading.words, keys, strict=True)])
        of_forms = np.frombuffer(b"".join(forms), np.int32)
        ends = [0, *accumulate(len(form) // of_forms.itemsize for form in forms)]
        parts = [(of_forms[ends[one.start] : ends[one.stop]], pairs[one.start : one.stop - 1]) for one in windows]
        units = np.concatenate(list(chain.from_iterable(parts)))
        owners = np.arange(len(windows)).repeat([len(one) + len(other) for one, other in parts])
        return self._each_once((owners * len(self.vocabulary) + units)[units != UNKNOWN], len(windows))

    def _each_once(self, heard: NDArray[np.int64], windows: int) -> Heard:
        """`heard`: the number of a window times the size of the vocabulary, and the unit's."""
        heard = np.sort(heard)
        heard = np.concatenate([heard[:1], heard[1:][heard[1:] != heard[:-1]]])
        ends = heard.searchsorted(np.arange(windows + 1) * len(self.vocabulary))
        units = heard % len(self.vocabulary)
        values = self._value_of[units]
        lengths = np.array([np.sqrt(one @ one) for one in _parts(values, ends)], np.float32)
        return Heard(units, values / lengths.repeat(np.diff(ends)), ends)

    def scores_of(self, heard: Heard) -> Floats:
        """Log-odds of each window (row) for each flag (column)."""
        weights = self.weights.take(heard.units, 0)
        windows = zip(_parts(heard.values, heard.ends), _parts(weights, heard.ends), strict=True)
        return np.array([values @ own for values, own in windows], np.float32) + self.bias

    @cached_property
    def _value_of(self) -> Floats:
        by_initial = np.zeros(128, np.float32)
        by_initial[[ord(kind) for kind in VALUES]] = list(VALUES.values())
        return by_initial[self.vocabulary.initials]

    @cached_property
    def _of_forms(self) -> KnownUnits[tuple[str, str]]:
        return KnownUnits(self.vocabulary, lambda word: tuple(units_of_word(*word)), REMEMBERED_FORMS)


def windows_of(reading: Reading) -> list[slice]:
    """The words of every two neighbouring sentences; those of the only one of a short letter."""
    ends = [0, *accumulate(map(len, reading.sentences))]
    return [slice(start, end) for start, end in zip(ends, ends[2:], strict=False)] or [slice(0, ends[-1])]


def _parts(rows: Floats, ends: NDArray[np.int64]) -> Iterator[Floats]:
    return (rows[start:end] for start, end in pairwise(ends.tolist()))


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


def told(window: slice, reading: Reading) -> str:
    """A window as written, on one line."""
    words = reading.words[window]
    return " ".join(reading.text[words[0].start : words[-1].end].split()) if words else ""


def watch_from(raw: bytes) -> Watch:
    """A watch from the bytes of its file."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        return Watch(
            vocabulary=vocabulary_from(stored["vocabulary"]),
            flags=tuple(map(Flag, stored["flags"].tobytes().decode().split("\n"))),
            weights=stored["weights"].astype(np.float32),
            bias=stored["bias"],
        )
