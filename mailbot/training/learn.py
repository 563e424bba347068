"""Fitting the judges of the learned model to labelled letters. Deterministic: same letters, same numbers."""

import io
import zipfile
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailbot.rulebook.ids import Audience, Flag, Intent, Topic
from mailbot.training.corpus import Labelled
from mailbot.triage.features import units_of
from mailbot.triage.model import Brain, brain_from
from mailbot.triage.text import readable

LEAST_LETTERS = 2  # a unit seen in one letter only teaches nothing
STRENGTH = 8.0  # inverse of the regularisation; chosen by cross-validation, docs/understanding.md
LEARNED_FLAGS = (Flag.ABUSE, Flag.SAFETY, Flag.LEAK, Flag.PRIVACY)


def learn(letters: Sequence[Labelled]) -> bytes:
    """The bytes of a model file fitted to the letters."""
    bags = [Counter(unit for unit, _ in units_of(readable(one.letter))) for one in letters]
    seen = Counter(unit for bag in bags for unit in bag)
    vocabulary = sorted(unit for unit, times in seen.items() if times >= LEAST_LETTERS)
    idf = np.array([np.log((1 + len(bags)) / (1 + seen[unit])) + 1 for unit in vocabulary], np.float32)
    empty = _file(vocabulary, idf, [("topic none", np.zeros(len(vocabulary)), 0.0)])
    rows = _matrix(letters, brain_from(empty))
    return _file(vocabulary, idf, _heads(rows, letters))


def _matrix(letters: Sequence[Labelled], brain: Brain) -> csr_matrix:
    bags = [brain.bag_of(readable(one.letter)) for one in letters]
    return csr_matrix(
        (
            np.concatenate([bag.values for bag in bags]),
            np.concatenate([bag.numbers for bag in bags]),
            np.cumsum([0, *(len(bag.numbers) for bag in bags)]),
        ),
        shape=(len(bags), len(brain.idf)),
    )


def _heads(rows: csr_matrix, letters: Sequence[Labelled]) -> list[tuple[str, np.ndarray, float]]:
    heads = []
    for kind, labels, names in (
        ("topic", [one.topics[0] for one in letters], tuple(Topic)),
        ("intent", [one.intent for one in letters], tuple(Intent)),
        ("audience", [one.audience for one in letters], tuple(Audience)),
    ):
        judge = LogisticRegression(C=STRENGTH, max_iter=500).fit(rows, labels)
        columns = dict(zip(judge.classes_, zip(judge.coef_, judge.intercept_, strict=True), strict=True))
        heads += [(f"{kind} {name}", *columns.get(name, (np.zeros(rows.shape[1]), -9.0))) for name in names]
    for flag in LEARNED_FLAGS:
        judge = LogisticRegression(C=STRENGTH, max_iter=500).fit(rows, [flag in one.flags for one in letters])
        heads.append((f"flag {flag}", judge.coef_[0], judge.intercept_[0]))
    return heads


def _file(vocabulary: Sequence[str], idf: np.ndarray, heads: Sequence[tuple[str, np.ndarray, float]]) -> bytes:
    arrays: dict[str, np.ndarray] = {
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
        "heads": np.frombuffer("\n".join(name for name, _, _ in heads).encode(), np.uint8),
        "idf": idf.astype(np.float16),
        "weights": np.stack([weights for _, weights, _ in heads], axis=1).astype(np.float16),
        "bias": np.array([bias for _, _, bias in heads], np.float32),
    }
    return packed(arrays)


def packed(arrays: dict[str, np.ndarray]) -> bytes:
    """An npz file that is the same to the byte for the same arrays: fixed order, fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for name, array in sorted(arrays.items()):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            box.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()
