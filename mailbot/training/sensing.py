"""Fitting the sense to labelled letters: a pre-trained network learns the school's verdicts, all of its layers with it.

Written in JAX, on one core and with fixed seeds. Public: `learn_sense(letters) -> bytes`.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")  # one a core

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from numpy.typing import NDArray

from mailbot.rulebook.ids import Audience, Intent, Topic
from mailbot.training.corpus import PHRASEBOOK_PEN, Labelled
from mailbot.training.foundation import Foundation, foundation
from mailbot.training.packing import packed
from mailbot.triage.sense import APART, LEARNED, NEIGHBOURS, PASSAGE, SMALLEST, clipped
from mailbot.triage.text import readable

Layers = dict[str, Array]

ROUNDS = 6  # through all letters
TOGETHER = 32  # letters in one step
SPEED = 3e-4
SPEED_OF_NEW_LAYERS = 5  # times that of the pre-trained ones
DECAY = 0.01
WARMING = 0.1  # share of the steps in which the speed rises
LONGEST_STEP = 1.0
DEAF = 0.1  # share of the pieces not heard in a step, so that no single one is relied on
FORGETFUL = 0.2  # the same of what the last layer hears
HEADS = 4  # that attend
SURE = 0.95  # how certain of a label to become
LENGTHS = (16, 32, 48, 64, 96, 128, 192, 256)  # to which letters are filled up
PHRASE_WEIGHT, PHRASE_WEIGHT_OF_FLAGS = 0.6, 0.2  # of a piece of the phrasebook beside a whole letter
WEIGHT_OF_AUDIENCE, WEIGHT_OF_FLAGS = 0.3, 2.0  # beside topic and intent
VERDICTS = (tuple(Topic), tuple(Intent), tuple(Audience))
NEW = ("attend", "verdict", "verdict_attended", "verdict_passage", "verdict_bias")
NOTHING = -1e9  # log-odds of what is not there
SEED = 1


@dataclass(frozen=True, slots=True)
class Lesson:
    """Letters as numbers. `labels` has a column for topic, intent and audience."""

    pieces: tuple[list[int], ...]
    labels: NDArray[np.int32]
    flags: NDArray[np.float32]
    weights: NDArray[np.float32]
    weights_of_flags: NDArray[np.float32]

    def some(self, chosen: NDArray[np.int64], length: int) -> Mapping[str, NDArray[np.generic]]:
        """Letters filled up to one length."""
        pieces, is_there = np.zeros((len(chosen), length), np.int32), np.zeros((len(chosen), length), np.float32)
        for row, number in enumerate(chosen):
            pieces[row, : len(self.pieces[number])] = self.pieces[number]
            is_there[row, : len(self.pieces[number])] = 1
        return {
            "pieces": pieces,
            "is_there": is_there,
            "labels": self.labels[chosen],
            "flags": self.flags[chosen],
            "weights": self.weights[chosen],
            "weights_of_flags": self.weights_of_flags[chosen],
        }

    def steps(self, dice: np.random.Generator) -> list[Mapping[str, NDArray[np.generic]]]:
        """All letters once, those of about one length together."""
        lengths = np.array([next(length for length in LENGTHS if length >= len(one)) for one in self.pieces])
        found: list[tuple[NDArray[np.int64], int]] = []
        for length in LENGTHS:
            numbers = dice.permutation(np.flatnonzero(lengths == length))
            full = -(-len(numbers) // TOGETHER) * TOGETHER
            numbers = np.resize(numbers, full)
            found += [(numbers[start : start + TOGETHER], length) for start in range(0, full, TOGETHER)]
        return [self.some(*found[number]) for number in dice.permutation(len(found))]


def learn_sense(letters: Sequence[Labelled]) -> bytes:
    """The bytes of a sense fitted to the letters."""
    texts = [readable(one.letter).folded for one in letters]
    base = foundation(texts)
    lesson = _lesson(letters, texts, base)
    dice = np.random.default_rng(SEED)
    layers = _beginning(base, dice)
    steps = len(lesson.steps(np.random.default_rng(SEED))) * ROUNDS
    rule = _rule(steps, layers)
    state, key = rule.init(layers), jax.random.key(SEED)

    @jax.jit
    def step(
        layers: Layers, state: optax.OptState, some: Mapping[str, Array], key: Array
    ) -> tuple[Layers, optax.OptState]:
        change, state = rule.update(jax.grad(_error)(layers, some, key), state, layers)
        return optax.apply_updates(layers, change), state

    for _ in range(ROUNDS):
        for some in lesson.steps(dice):
            key, own = jax.random.split(key)
            layers, state = step(layers, state, some, own)
    return sense_file(base, {name: np.asarray(layer) for name, layer in layers.items()})


def _lesson(letters: Sequence[Labelled], texts: Sequence[str], base: Foundation) -> Lesson:
    is_phrase = np.array([one.pen == PHRASEBOOK_PEN for one in letters])
    pieces = base.pieces
    return Lesson(
        pieces=tuple(clipped(pieces.numbers_of(text)) for text in texts),
        labels=np.array([
            (VERDICTS[0].index(one.topics[0]), VERDICTS[1].index(one.intent), VERDICTS[2].index(one.audience))
            for one in letters
        ], np.int32),
        flags=np.array([[flag in one.flags for flag in LEARNED] for one in letters], np.float32),
        weights=np.where(is_phrase, PHRASE_WEIGHT, 1.0).astype(np.float32),
        weights_of_flags=np.where(is_phrase, PHRASE_WEIGHT_OF_FLAGS, 1.0).astype(np.float32),
    )  # fmt: skip


def _beginning(base: Foundation, dice: np.random.Generator) -> Layers:
    """The pre-trained layers and new ones for our verdicts."""
    width, verdicts = base.layers["sum"].shape[1], sum(map(len, VERDICTS)) + len(LEARNED)
    new = {
        "attend": dice.normal(0, 0.02, (base.layers["sum"].shape[0], HEADS)),
        "verdict": dice.normal(0, 0.02, (width, verdicts)),
        "verdict_attended": dice.normal(0, 0.01, (HEADS, width, verdicts)),
        "verdict_passage": dice.normal(0, 0.02, (width, verdicts)),
        "verdict_bias": np.zeros(verdicts),
    }
    return {
        name: jnp.asarray(layer, jnp.float32) for name, layer in {**base.layers, **new, "table": base.table}.items()
    }


def _rule(steps: int, layers: Layers) -> optax.GradientTransformation:
    """AdamW, the speed rising and then falling along a cosine; new layers learn faster."""

    def adam(times: float) -> optax.GradientTransformation:
        speed = optax.warmup_cosine_decay_schedule(0, SPEED * times, int(steps * WARMING), steps, SPEED * times * 0.05)
        return optax.adamw(speed, weight_decay=DECAY)

    return optax.multi_transform(
        {"old": optax.chain(optax.clip_by_global_norm(LONGEST_STEP), adam(1)), "new": adam(SPEED_OF_NEW_LAYERS)},
        {name: "new" if name in NEW else "old" for name in layers},
    )


def _error(of: Layers, some: Mapping[str, Array], key: Array) -> Array:
    """How far the verdicts are from the labels: cross-entropy, weighted."""
    verdicts = verdicts_of(of, some["pieces"], some["is_there"], key)
    ends = np.cumsum([len(one) for one in VERDICTS])
    *of_labels, of_flags = jnp.split(verdicts, ends, axis=1)
    error = jnp.zeros(len(verdicts))
    for column, (odds, weight) in enumerate(zip(of_labels, (1.0, 1.0, WEIGHT_OF_AUDIENCE), strict=True)):
        wanted = optax.smooth_labels(jax.nn.one_hot(some["labels"][:, column], odds.shape[1]), 1 - SURE)
        error += weight * some["weights"] * optax.softmax_cross_entropy(odds, wanted)
    flagged = optax.sigmoid_binary_cross_entropy(of_flags, some["flags"]).sum(axis=1)
    return jnp.mean(error + WEIGHT_OF_FLAGS * some["weights_of_flags"] * flagged)


def verdicts_of(of: Layers, pieces: Array, is_there: Array, key: Array | None = None) -> Array:
    """What `Sense.verdicts_of` does, for letters of one length together; with a key some of it is not heard."""
    dice = _dice(key)
    there = is_there[:, :, None]
    heard = [_dulled(of["table"][pieces] * there, next(dice), DEAF, whole_rows=True)]
    projected = heard[0] @ of["project"] + of["project_bias"]
    projected = _level(projected, of["project_level"], of["project_level_bias"]) * there
    for plain, (many, before) in zip(jnp.split(projected, len(NEIGHBOURS), axis=2), NEIGHBOURS.items(), strict=True):
        once = jax.nn.relu(_beside(plain, many, before) @ of[f"once_{many}"] + of[f"once_bias_{many}"]) + plain
        once = once * there
        twice = jax.nn.relu(_beside(once, many, before) @ of[f"twice_{many}"] + of[f"twice_bias_{many}"]) + once
        heard.append(twice)
    rows = _level(jnp.concatenate(heard, axis=2), of["level"], of["level_bias"])
    places = np.arange(pieces.shape[1])
    begins = places[::APART, None]
    of_passage = np.concatenate([places[None] >= 0, (begins <= places) & (places < begins + PASSAGE)]).astype(
        np.float32
    )
    roots = jnp.sqrt(jnp.maximum(is_there @ of_passage.T, 1))[:, :, None]
    sums = jnp.einsum("wl,bld->bwd", of_passage, rows * there)
    whole, passages = jnp.split(_deep(of, (sums @ of["sum"]) / roots + of["sum_bias"] * roots), (1,), axis=1)
    shares = jax.nn.softmax(jnp.where(there > 0, rows @ of["attend"], NOTHING), axis=1)
    attended = jnp.einsum("blq,bld->bqd", shares, rows) @ of["sum"] + of["sum_bias"]
    whole, attended, passages = (_dulled(one, next(dice), FORGETFUL) for one in (whole[:, 0], attended, passages))
    told = jnp.where(is_there[:, ::APART, None] > 0, passages @ of["verdict_passage"], NOTHING)
    verdicts = whole @ of["verdict"] + jnp.einsum("bqd,qdv->bv", attended, of["verdict_attended"])
    return verdicts + jax.nn.logsumexp(told, axis=1) + of["verdict_bias"]


def _deep(of: Layers, sums: Array) -> Array:
    first = jax.nn.relu(sums @ of["deep_0"])
    second = jax.nn.relu(sums @ of["past_1"] + first @ of["deep_1"])
    return jnp.tanh(second @ of["past_3"] + jax.nn.relu(second @ of["deep_2"]) @ of["deep_3"])


def _dice(key: Array | None) -> Iterator[Array | None]:
    while True:
        key, own = (None, None) if key is None else jax.random.split(key)
        yield own


def _dulled(rows: Array, key: Array | None, share: float, whole_rows: bool = False) -> Array:
    """A share of the numbers (or of whole rows, which then are not made up for) left out."""
    if key is None:
        return rows
    kept = jax.random.uniform(key, rows.shape[:-1] if whole_rows else rows.shape) > share
    return rows * kept[..., None] if whole_rows else rows * kept / (1 - share)


def _beside(rows: Array, many: int, before: int) -> Array:
    padded = jnp.pad(rows, ((0, 0), (before, many - 1 - before), (0, 0)))
    return jnp.concatenate([padded[:, n : n + rows.shape[1]] for n in range(many)], axis=2)


def _level(rows: Array, slope: Array, shift: Array) -> Array:
    rows = rows - rows.mean(axis=-1, keepdims=True)
    return rows / jnp.sqrt((rows * rows).mean(axis=-1, keepdims=True) + SMALLEST) * slope + shift


def sense_file(base: Foundation, layers: Mapping[str, NDArray[np.float32]]) -> bytes:
    """A sense as one npz file, matrices in eight bits with a scale for each column, the table for each row."""
    arrays: dict[str, NDArray[np.generic]] = {
        "pieces": np.frombuffer("\n".join(base.names).encode(), np.uint8),
        "chances": np.array(base.chances, np.float32),
    }
    arrays["table"], scale = _in_bytes(layers["table"], axis=1)
    arrays["table_scale"] = scale[:, 0]
    for name in sorted(layers.keys() - {"table"}):
        layer = layers[name]
        if layer.ndim > 1:
            arrays[f"layer {name}"], arrays[f"scale {name}"] = _in_bytes(layer, axis=-2)
        else:
            arrays[f"layer {name}"], arrays[f"scale {name}"] = layer, np.ones(1, np.float32)
    return packed(arrays)


def _in_bytes(matrix: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scale = np.maximum(np.abs(matrix).max(axis=axis, keepdims=True), 1e-9) / np.float32(127)
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)
