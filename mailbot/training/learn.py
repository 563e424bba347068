"""Fitting the judges of the learned model to labelled letters. Deterministic: same letters, same numbers."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience, Flag, Intent, Topic
from mailbot.training.corpus import PHRASEBOOK_PEN, Labelled
from mailbot.triage.features import Kind, pieces_of, units_of
from mailbot.triage.model import Bag, brain_from
from mailbot.triage.text import Reading, readable

LEAST_LETTERS = 2  # a unit seen in one letter only teaches nothing
STRENGTH = 8.0  # inverse of the regularisation; chosen by cross-validation, docs/understanding.md
PHRASE_WEIGHT = 0.4  # of a piece of the phrasebook beside a whole letter
LEARNED_FLAGS = (Flag.ABUSE, Flag.SAFETY, Flag.LEAK, Flag.PRIVACY)


@dataclass(frozen=True, slots=True)
class Head:
    """One column of the model."""

    name: str
    weights: NDArray[np.float64]
    bias: float


def learn(letters: Sequence[Labelled]) -> bytes:
    """The bytes of a model file fitted to the letters."""
    readings = [readable(one.letter) for one in letters]
    seen = Counter(unit for one, reading in zip(letters, readings, strict=True) for unit in set(_all_units(one.letter, reading)))
    vocabulary = sorted(unit for unit, times in seen.items() if times >= LEAST_LETTERS)
    idf = np.array([np.log((1 + len(letters)) / (1 + seen[unit])) + 1 for unit in vocabulary], np.float32)
    without_heads = brain_from(model_file(vocabulary, idf, [Head("topic none", np.zeros(len(vocabulary)), 0.0)]))
    rows = matrix_of([without_heads.bag_of(one.letter, reading) for one, reading in zip(letters, readings, strict=True)], len(vocabulary))
    said = rows.multiply(np.array([unit[0] != Kind.SENDER for unit in vocabulary])).tocsr()
    return model_file(vocabulary, idf, [*_judges(rows, said, letters), *_flags(said, letters)])


def _all_units(letter: Letter, reading: Reading) -> Iterable[str]:
    yield from (unit for unit, _ in units_of(letter, reading))
    for word in reading.words:
        yield from pieces_of(word.form)


def matrix_of(bags: Sequence[Bag], width: int) -> csr_matrix:
    """The letters as rows, units as columns."""
    return csr_matrix(
        (
            np.concatenate([bag.values for bag in bags]),
            np.concatenate([bag.numbers for bag in bags]),
            np.cumsum([0, *(len(bag.numbers) for bag in bags)]),
        ),
        shape=(len(bags), width),
    )


def _judges(rows: csr_matrix, said: csr_matrix, letters: Sequence[Labelled]) -> list[Head]:
    """`said` is `rows` without the units that tell who writes: they know nothing of what is asked."""
    trust = np.array([PHRASE_WEIGHT if one.pen == PHRASEBOOK_PEN else 1.0 for one in letters])
    heads: list[Head] = []
    for kind, labels, names, heard in (
        ("topic", [str(one.topics[0]) for one in letters], tuple(Topic), said),
        ("intent", [str(one.intent) for one in letters], tuple(Intent), said),
        ("audience", [str(one.audience) for one in letters], tuple(Audience), rows),
    ):
        judge = LogisticRegression(C=STRENGTH, max_iter=500, class_weight="balanced").fit(heard, labels, trust)
        found = {name: (judge.coef_[n], float(judge.intercept_[n])) for n, name in enumerate(judge.classes_)}
        heads += [Head(f"{kind} {name}", *found[str(name)]) for name in names]
    return heads


def _flags(rows: csr_matrix, letters: Sequence[Labelled]) -> list[Head]:
    heads: list[Head] = []
    for flag in LEARNED_FLAGS:
        judge = LogisticRegression(C=STRENGTH, max_iter=500).fit(rows, [flag in one.flags for one in letters])
        heads.append(Head(f"flag {flag}", judge.coef_[0], float(judge.intercept_[0])))
    return heads


def model_file(vocabulary: Sequence[str], idf: NDArray[np.float32], heads: Sequence[Head]) -> bytes:
    """The model as one npz file."""
    return packed(
        {
            "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
            "heads": np.frombuffer("\n".join(head.name for head in heads).encode(), np.uint8),
            "idf": idf.astype(np.float16),
            "weights": np.stack([head.weights for head in heads], axis=1).astype(np.float16),
            "bias": np.array([head.bias for head in heads], np.float32),
        }
    )


def packed(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    """An npz file that is the same to the byte for the same arrays: fixed order, fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for name, array in sorted(arrays.items()):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            box.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()
