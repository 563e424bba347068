"""Fitting the judges of the learned model to labelled letters. Deterministic: same letters, same numbers."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

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
from mailbot.triage.topics import SIGNS

LEAST_LETTERS = 2  # a unit seen in one letter only teaches nothing
STRENGTH = 8.0  # inverse of the regularisation; chosen by cross-validation, docs/understanding.md
PHRASE_WEIGHT = 0.8  # of a piece of the phrasebook beside a whole letter
FIT_DOUBT = 3.0  # letters of every pair of topic and intent that are taken as seen, so that nothing is impossible
FIT_SHARE = 0.7  # how far the pair is believed beside the words
LEARNED_FLAGS = (Flag.ABUSE, Flag.SAFETY, Flag.LEAK, Flag.PRIVACY)


@dataclass(frozen=True, slots=True)
class Record:
    """Numbers learned from letters the judges had not seen, see `model.Brain`; `flags`: slope and shift of each."""

    fit: NDArray[np.float32]
    second: NDArray[np.float32]
    trust: tuple[float, float]
    flags: Mapping[Flag, tuple[float, float]]


NO_RECORD = Record(
    fit=np.zeros((len(Topic), len(Intent)), np.float32),
    second=np.array([*([0.0] * SIGNS), -9.0], np.float32),
    trust=(1.0, 0.0),
    flags={},
)


@dataclass(frozen=True, slots=True)
class Head:
    """One column of the model."""

    name: str
    weights: NDArray[np.float64]
    bias: float


def learn(letters: Sequence[Labelled], record: Record) -> bytes:
    """The bytes of a model file fitted to the letters; `record` is what earlier models taught by their mistakes."""
    readings = [readable(one.letter) for one in letters]
    pairs = tuple(zip(letters, readings, strict=True))
    seen = Counter(unit for one, reading in pairs for unit in set(_all_units(one.letter, reading)))
    vocabulary = sorted(unit for unit, times in seen.items() if times >= LEAST_LETTERS)
    idf = np.array([np.log((1 + len(letters)) / (1 + seen[unit])) + 1 for unit in vocabulary], np.float32)
    without_heads = brain_from(
        model_file(vocabulary, idf, [Head("topic none", np.zeros(len(vocabulary)), 0.0)], record)
    )
    rows = matrix_of([without_heads.bag_of(one.letter, reading) for one, reading in pairs], len(vocabulary))
    said = rows.multiply(np.array([unit[0] != Kind.SENDER for unit in vocabulary])).tocsr()
    heads = [*_judges(rows, said, letters), *_flags(said, letters, record)]
    return model_file(vocabulary, idf, heads, replace(record, fit=fit_of(letters)))


def fit_of(letters: Sequence[Labelled]) -> NDArray[np.float32]:
    """How much each intent goes with each topic: the logarithm of seen by expected, damped by `FIT_DOUBT` letters."""
    times = np.zeros((len(Topic), len(Intent)))
    for one in letters:
        for topic, intent in one.intents.items():
            times[tuple(Topic).index(topic), tuple(Intent).index(intent)] += 1
    expected = np.outer(times.sum(axis=1), times.sum(axis=0)) / times.sum()
    return np.asarray(FIT_SHARE * np.log((times + FIT_DOUBT) / (expected + FIT_DOUBT)), np.float32)


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
        judge = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3, class_weight="balanced").fit(
            heard, labels, trust
        )
        found = {name: (judge.coef_[n], float(judge.intercept_[n])) for n, name in enumerate(judge.classes_)}
        heads += [Head(f"{kind} {name}", *found[str(name)]) for name in names]
    return heads


def _flags(rows: csr_matrix, letters: Sequence[Labelled], record: Record) -> list[Head]:
    heads: list[Head] = []
    for flag in LEARNED_FLAGS:
        judge = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3).fit(rows, [flag in one.flags for one in letters])
        slope, shift = record.flags.get(flag, (1.0, 0.0))
        heads.append(Head(f"flag {flag}", slope * judge.coef_[0], slope * float(judge.intercept_[0]) + shift))
    return heads


def model_file(vocabulary: Sequence[str], idf: NDArray[np.float32], heads: Sequence[Head], record: Record) -> bytes:
    """The model as one npz file."""
    return packed(
        {
            "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
            "heads": np.frombuffer("\n".join(head.name for head in heads).encode(), np.uint8),
            "idf": idf.astype(np.float16),
            "weights": np.stack([head.weights for head in heads], axis=1).astype(np.float16),
            "bias": np.array([head.bias for head in heads], np.float32),
            "fit": record.fit,
            "second": record.second,
            "trust": np.array(record.trust, np.float32),
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
