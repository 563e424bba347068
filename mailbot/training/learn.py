"""Fitting the judges of the learned model to labelled letters. Deterministic: same letters, same numbers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience, Intent, Topic
from mailbot.training.corpus import PHRASEBOOK_PEN, Labelled, wants_person
from mailbot.training.packing import NO_WATCH, in_bytes, packed
from mailbot.triage.features import Kind, pieces_of, units_of
from mailbot.triage.model import MACHINE, Bag, brain_from
from mailbot.triage.sense import WATCHED
from mailbot.triage.text import Reading, readable
from mailbot.triage.topics import SIGNS
from mailbot.triage.understand import TRUST_SIGNS

LEAST_LETTERS = 8  # a unit seen in fewer teaches nothing
LEAST_OF_A_WORD = 2  # the same of a word or a sign
WORDS = frozenset((Kind.WORD, Kind.ASKED_WORD, Kind.SIGN, Kind.SENDER))
FLAG_STRENGTH = 20.0
STRENGTH = 8.0  # inverse of the regularisation; chosen by cross-validation, docs/understanding.md
PHRASE_WEIGHT = 0.8  # of a piece of the phrasebook beside a whole letter
LEAST_OF_A_PAIR = 5  # letters of one topic and intent, from which the pair has a judge of its own


@dataclass(frozen=True, slots=True)
class Record:
    """Numbers learned from letters the judges had not seen, see `model.Brain`."""

    second: NDArray[np.float32]
    trust: NDArray[np.float32]
    alarm: NDArray[np.float32]
    alarm_with_sense: NDArray[np.float32]


NO_RECORD = Record(
    second=np.array([*([0.0] * SIGNS), -9.0], np.float32),
    trust=np.array([[1.0, *([0.0] * TRUST_SIGNS)]] * 2, np.float32),
    alarm=np.array([[1.0, 0.0, 0.0]] * len(WATCHED), np.float32),
    alarm_with_sense=np.array([[1.0, 0.0, 0.0, 0.0]] * len(WATCHED), np.float32),
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
    vocabulary = sorted(unit for unit, times in seen.items() if times >= _least_of(unit))
    idf = np.array([np.log((1 + len(letters)) / (1 + seen[unit])) + 1 for unit in vocabulary], np.float32)
    without_heads = brain_from(
        model_file(vocabulary, idf, [Head("topic none", np.zeros(len(vocabulary)), 0.0)], record), NO_WATCH
    )
    rows = matrix_of([without_heads.bag_of(one.letter, reading) for one, reading in pairs], len(vocabulary))
    said = rows.multiply(np.array([unit[0] != Kind.SENDER for unit in vocabulary])).tocsr()
    return model_file(vocabulary, idf, _judges(rows, said, letters), record)


def _least_of(unit: str) -> int:
    """In how many letters a unit must have been seen."""
    return LEAST_OF_A_WORD if unit[0] in WORDS else LEAST_LETTERS


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
    pairs, often = pairs_of(letters)
    return [
        *_judge("topic", [str(one.topics[0]) for one in letters], tuple(Topic), said, letters),
        *_judge("intent", [str(one.intent) for one in letters], tuple(Intent), said, letters),
        *_judge("audience", [str(one.audience) for one in letters], tuple(Audience), rows, letters),
        *_judge("pair", pairs, often, said, letters, balanced=False),
        *(
            _of_persons(f"flag {flag}", [flag in one.flags for one in letters], FLAG_STRENGTH, said, letters)
            for flag in WATCHED
        ),
        _of_persons("wants person", list(map(wants_person, letters)), STRENGTH, said, letters),
        _of_persons("wants two", [len(one.topics) > 1 for one in letters], STRENGTH, said, letters),
        _yes_or_no(MACHINE, [one.intent is Intent.AUTO for one in letters], STRENGTH, said),
    ]


def _of_persons(
    name: str, labels: Sequence[bool], strength: float, rows: csr_matrix, letters: Sequence[Labelled]
) -> Head:
    """A judge who has heard nothing but letters of persons."""
    persons = [number for number, one in enumerate(letters) if one.intent is not Intent.AUTO]
    return _yes_or_no(name, [labels[number] for number in persons], strength, rows[persons])


def _yes_or_no(name: str, labels: Sequence[bool], strength: float, rows: csr_matrix) -> Head:
    judge = LogisticRegression(C=strength, max_iter=300, tol=1e-4).fit(rows, labels)
    return Head(name, judge.coef_[0], float(judge.intercept_[0]))


def _judge(
    kind: str,
    labels: Sequence[str],
    names: Sequence[str],
    rows: csr_matrix,
    letters: Sequence[Labelled],
    balanced: bool = True,
) -> list[Head]:
    trust = np.array([PHRASE_WEIGHT if one.pen == PHRASEBOOK_PEN else 1.0 for one in letters])
    judge = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3, class_weight="balanced" if balanced else None)
    judge.fit(rows, labels, trust)
    found = {name: (judge.coef_[n], float(judge.intercept_[n])) for n, name in enumerate(judge.classes_)}
    return [Head(f"{kind} {name}", *found[str(name)]) for name in names]


def pairs_of(letters: Sequence[Labelled]) -> tuple[list[str], list[str]]:
    """«topic+intent» of each letter, and all of them; a rare pair is taken for its topic's most frequent one."""
    pairs = [f"{one.topics[0]}+{one.intent}" for one in letters]
    times = Counter(pairs)
    usual = {topic: max((p for p in times if p.startswith(f"{topic}+")), key=lambda p: (times[p], p)) for topic in
             {one.topics[0] for one in letters}}  # fmt: skip
    told = [
        pair if times[pair] >= LEAST_OF_A_PAIR else usual[one.topics[0]]
        for pair, one in zip(pairs, letters, strict=True)
    ]
    return told, sorted(set(told))


def model_file(vocabulary: Sequence[str], idf: NDArray[np.float32], heads: Sequence[Head], record: Record) -> bytes:
    """The model as one npz file."""
    weights, scale = in_bytes(np.stack([head.weights for head in heads], axis=1), axis=1)
    return packed(
        {
            "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
            "heads": np.frombuffer("\n".join(head.name for head in heads).encode(), np.uint8),
            "idf": idf.astype(np.float16),
            "weights": weights,
            "scale": scale[:, 0],
            "bias": np.array([head.bias for head in heads], np.float32),
            "second": record.second,
            "trust": record.trust,
            "alarm": record.alarm,
            "alarm_with_sense": record.alarm_with_sense,
        }
    )
