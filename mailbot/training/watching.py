"""Fitting the watch: letters are labelled, but danger stands in one sentence of them, and nobody marked which.

So the judge first learns from all windows of a letter, then again and again only from those windows of a dangerous
letter that it finds most alarming itself (multiple-instance learning); harmless letters teach with every window.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailbot.rulebook.ids import Intent
from mailbot.training.corpus import Labelled
from mailbot.training.packing import watch_file
from mailbot.triage.sense import WATCHED
from mailbot.triage.text import Reading, readable
from mailbot.triage.watch import Watch, units_of, watch_from, windows_of

LEAST_WINDOWS = 5  # in which a unit must have been seen
LEAST_OF_A_WORD = 2  # the same of a word or a notion
WORDS = frozenset("wn")
STRENGTH = 8.0
ROUNDS = 2
NEARLY_WORST = 0.5  # log-odds below the most alarming window within which others still teach
MOST_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class Windows:
    """All windows of all letters: their units as rows, the letter each belongs to."""

    rows: csr_matrix
    owner: NDArray[np.int64]


def learn_watch(letters: Sequence[Labelled]) -> bytes:
    """The bytes of a watch fitted to the letters of persons."""
    persons = [one for one in letters if one.intent is not Intent.AUTO]
    readings = [readable(one.letter) for one in persons]
    seen = Counter(unit for one in readings for window in windows_of(one) for unit in set(units_of(one.words[window])))
    vocabulary = sorted(unit for unit, times in seen.items() if times >= _least_of(unit))
    blank = watch_from(watch_file(vocabulary, np.zeros((len(vocabulary), len(WATCHED))), np.zeros(len(WATCHED))))
    windows = windows_in(readings, blank)
    judges = [fitted(windows, np.array([flag in one.flags for one in persons])) for flag in WATCHED]
    return watch_file(vocabulary, np.stack([w for w, _ in judges], axis=1), np.array([bias for _, bias in judges]))


def _least_of(unit: str) -> int:
    """In how many windows a unit must have been seen."""
    return LEAST_OF_A_WORD if unit[0] in WORDS else LEAST_WINDOWS


def windows_in(readings: Sequence[Reading], watch: Watch) -> Windows:
    """The windows of the readings as the watch hears them."""
    heard = [watch.heard_in(windows_of(reading), reading) for reading in readings]
    sizes = [np.diff(one.ends) for one in heard]
    values, units = (np.concatenate(parts) for parts in zip(*((one.values, one.units) for one in heard), strict=True))
    ends = np.cumsum([0, *chain.from_iterable(sizes)])
    rows = csr_matrix((values, units, ends), shape=(len(ends) - 1, len(watch.vocabulary)))
    return Windows(rows, np.arange(len(heard)).repeat(list(map(len, sizes))))


def fitted(windows: Windows, dangerous: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of one judge."""
    of_letter = np.bincount(windows.owner, minlength=len(dangerous))
    answers = dangerous[windows.owner]
    trust = 1 / of_letter[windows.owner]
    judge = LogisticRegression(C=STRENGTH, max_iter=200).fit(windows.rows, answers, trust)
    for _ in range(ROUNDS):
        scores = windows.rows @ judge.coef_[0]
        chosen = np.concatenate([_most_alarming(scores, windows.owner, dangerous), np.flatnonzero(~answers)])
        trust = np.where(answers, 1.0, np.sqrt(1 / of_letter[windows.owner]))[chosen]
        judge = LogisticRegression(C=STRENGTH, max_iter=200).fit(windows.rows[chosen], answers[chosen], trust)
    return judge.coef_[0], float(judge.intercept_[0])


def _most_alarming(
    scores: NDArray[np.float64], owner: NDArray[np.int64], dangerous: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """For each dangerous letter its windows of the highest scores."""
    chosen: list[int] = []
    for letter in np.flatnonzero(dangerous):
        own = np.flatnonzero(owner == letter)
        ranked = own[np.argsort(-scores[own], kind="stable")]
        chosen += [int(n) for n in ranked[:MOST_WINDOWS] if scores[n] >= scores[ranked[0]] - NEARLY_WORST]
    return np.array(chosen, np.int64)
