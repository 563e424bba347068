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
from mailbot.training.corpus import PHRASEBOOK_PEN, Labelled, wants_guidance, wants_person
from mailbot.training.foundation import Foundation, foundation
from mailbot.training.packing import in_bytes, packed
from mailbot.triage.passages import SHORTEST, clipped, passages_of
from mailbot.triage.sense import ENDS, LEARNED, NEIGHBOURS, SMALLEST
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
SURE, SURE_OF_EACH = 0.95, 0.98  # how certain to become of a label, and of one of several that may be true together
LENGTHS = (16, 32, 48, 64, 96, 128, 192, 256)  # to which letters are filled up
PHRASE_WEIGHT, PHRASE_WEIGHT_OF_FLAGS = 0.6, 0.2  # of a piece of the phrasebook beside a whole letter
WEIGHT_OF_AUDIENCE, WEIGHT_OF_FLAGS, WEIGHT_OF_NAMED, WEIGHT_OF_WANTED = 0.3, 2.0, 0.5, 1.0  # beside topic and intent
SHARE_OF_SECOND = 0.35  # of a second topic in the verdict
NARROW = 96  # numbers between the two matrices into which each matrix over neighbours is cut
VERDICTS = (tuple(Topic), tuple(Intent), tuple(Audience))
WANTED = 2  # guidance, a person
NEW = ("attend", "verdict", "verdict_attended", "verdict_passage", "verdict_bias")
NOTHING = -1e9  # log-odds of what is not there
SEED = 1


@dataclass(frozen=True, slots=True)
class Lesson:
    """Letters as numbers.

    Columns of `labels`: topic, intent, audience; of `named`: each topic; of `wanted`: guidance, a person.
    """

    pieces: tuple[list[int], ...]
    passages: tuple[list[slice], ...]
    labels: NDArray[np.int32]
    flags: NDArray[np.float32]
    named: NDArray[np.float32]
    wanted: NDArray[np.float32]
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
            "of_passage": np.stack([shown(self.passages[number], length) for number in chosen]),
            "labels": self.labels[chosen],
            "flags": self.flags[chosen],
            "named": self.named[chosen],
            "wanted": self.wanted[chosen],
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
        passages=tuple(passages_of(list(map(len, pieces.sentences_of(text)))) for text in texts),
        labels=np.array([
            (VERDICTS[0].index(one.topics[0]), VERDICTS[1].index(one.intent), VERDICTS[2].index(one.audience))
            for one in letters
        ], np.int32),
        flags=np.array([[flag in one.flags for flag in LEARNED] for one in letters], np.float32),
        named=np.array([[topic in one.topics for topic in Topic] for one in letters], np.float32),
        wanted=np.array([(wants_guidance(one), wants_person(one)) for one in letters], np.float32),
        weights=np.where(is_phrase, PHRASE_WEIGHT, 1.0).astype(np.float32),
        weights_of_flags=np.where(is_phrase, PHRASE_WEIGHT_OF_FLAGS, 1.0).astype(np.float32),
    )  # fmt: skip


def shown(passages: Sequence[slice], length: int) -> NDArray[np.float32]:
    """Ones where a passage (a row) has a piece (a column); rows without any fill up to the most there may be."""
    found = np.zeros((length // SHORTEST + 1, length), np.float32)
    for row, passage in zip(found, passages, strict=False):
        row[passage] = 1
    return found


def _beginning(base: Foundation, dice: np.random.Generator) -> Layers:
    """The pre-trained layers and new ones for our verdicts."""
    width, verdicts = base.layers["sum"].shape[1], int(ENDS[-1]) + WANTED
    new = {
        "attend": dice.normal(0, 0.02, (base.layers["sum"].shape[0], HEADS)),
        "verdict": dice.normal(0, 0.02, (width, verdicts)),
        "verdict_attended": dice.normal(0, 0.01, (HEADS, width, verdicts)),
        "verdict_passage": dice.normal(0, 0.02, (width, verdicts)),
        "verdict_bias": np.zeros(verdicts),
    }
    layers = {**_narrowed(base.layers), **new, "table": base.table}
    return {name: jnp.asarray(layer, jnp.float32) for name, layer in layers.items()}


def _narrowed(layers: Mapping[str, NDArray[np.float32]]) -> Mapping[str, NDArray[np.float32]]:
    """Each matrix over neighbours as the two narrow ones whose product is nearest to it (by its singular values)."""
    wide = {f"{layer}_{many}": (layer, many) for layer in ("once", "twice") for many in NEIGHBOURS}
    made = {name: layer for name, layer in layers.items() if name not in wide}
    for name, (layer, many) in wide.items():
        left, strength, right = np.linalg.svd(layers[name], full_matrices=False)
        root = np.sqrt(strength[:NARROW])
        made |= {f"{layer}_in_{many}": left[:, :NARROW] * root, f"{layer}_out_{many}": root[:, None] * right[:NARROW]}
    return made


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
    verdicts = verdicts_of(of, some["pieces"], some["is_there"], some["of_passage"], key)
    *of_labels, of_flags, of_named, of_wanted = jnp.split(verdicts, ENDS, axis=1)
    topics, intents, audiences = (jax.nn.one_hot(some["labels"][:, n], len(one)) for n, one in enumerate(VERDICTS))
    others = some["named"] - topics
    topics += SHARE_OF_SECOND * (others - topics * others.sum(axis=1, keepdims=True))
    error = WEIGHT_OF_NAMED * _of_each(of_named, some["named"]) + WEIGHT_OF_WANTED * _of_each(of_wanted, some["wanted"])
    for odds, labels, weight in zip(of_labels, (topics, intents, audiences), (1, 1, WEIGHT_OF_AUDIENCE), strict=True):
        error += weight * optax.softmax_cross_entropy(odds, optax.smooth_labels(labels, 1 - SURE))
    flagged = optax.sigmoid_binary_cross_entropy(of_flags, some["flags"]).sum(axis=1)
    return jnp.mean(some["weights"] * error + WEIGHT_OF_FLAGS * some["weights_of_flags"] * flagged)


def _of_each(odds: Array, labels: Array) -> Array:
    """The error of verdicts of which several may be true, summed; none is learned to be wholly certain."""
    wanted = labels * (2 * SURE_OF_EACH - 1) + 1 - SURE_OF_EACH
    return jnp.asarray(optax.sigmoid_binary_cross_entropy(odds, wanted).sum(axis=1))


def verdicts_of(of: Layers, pieces: Array, is_there: Array, of_passage: Array, key: Array | None = None) -> Array:
    """What `Sense.verdicts_of` does, for letters of one length together; with a key some of it is not heard."""
    dice = _dice(key)
    there = is_there[:, :, None]
    heard = [_dulled(of["table"][pieces] * there, next(dice), DEAF, whole_rows=True)]
    projected = heard[0] @ of["project"] + of["project_bias"]
    projected = _level(projected, of["project_level"], of["project_level_bias"]) * there
    for plain, (many, before) in zip(jnp.split(projected, len(NEIGHBOURS), axis=2), NEIGHBOURS.items(), strict=True):
        once = _with_neighbours(of, plain, "once", many, before) * there
        heard.append(_with_neighbours(of, once, "twice", many, before))
    rows = _level(jnp.concatenate(heard, axis=2), of["level"], of["level_bias"])
    parts = jnp.concatenate([is_there[:, None], of_passage], axis=1)
    roots = jnp.sqrt(jnp.maximum(parts.sum(axis=2, keepdims=True), 1))
    sums = jnp.einsum("bwl,bld->bwd", parts, rows * there)
    whole, passages = jnp.split(_deep(of, (sums @ of["sum"]) / roots + of["sum_bias"] * roots), (1,), axis=1)
    shares = jax.nn.softmax(jnp.where(there > 0, rows @ of["attend"], NOTHING), axis=1)
    attended = jnp.einsum("blq,bld->bqd", shares, rows) @ of["sum"] + of["sum_bias"]
    whole, attended, passages = (_dulled(one, next(dice), FORGETFUL) for one in (whole[:, 0], attended, passages))
    told = jnp.where(of_passage.max(axis=2, keepdims=True) > 0, passages @ of["verdict_passage"], NOTHING)
    verdicts = whole @ of["verdict"] + jnp.einsum("bqd,qdv->bv", attended, of["verdict_attended"])
    return verdicts + jax.nn.logsumexp(told, axis=1) + of["verdict_bias"]


def _with_neighbours(of: Layers, rows: Array, layer: str, many: int, before: int) -> Array:
    narrow = _beside(rows, many, before) @ of[f"{layer}_in_{many}"]
    return jax.nn.relu(narrow @ of[f"{layer}_out_{many}"] + of[f"{layer}_bias_{many}"]) + rows


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
    arrays["table"], scale = in_bytes(layers["table"], axis=1)
    arrays["table_scale"] = scale[:, 0]
    for name in sorted(layers.keys() - {"table"}):
        layer = layers[name]
        if layer.ndim > 1:
            arrays[f"layer {name}"], arrays[f"scale {name}"] = in_bytes(layer, axis=-2)
        else:
            arrays[f"layer {name}"], arrays[f"scale {name}"] = layer, np.ones(1, np.float32)
    return packed(arrays)
