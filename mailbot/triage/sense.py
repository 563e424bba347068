"""A sense of what sentences mean, beside the judges who count words.

A small network for sentences, pre-trained by others on sixteen languages (Universal Sentence Encoder multilingual,
Y. Yang et al. 2019) and fitted to the letters of a school by `make model`: pieces of words, their neighbours in twos,
threes and fives, the sum of the letter and of each of its passages, and what a few heads attend to. Kept in
`sense.npz` in eight bits, without pickle.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from mailbot.rulebook.ids import Audience, Flag, Intent, Topic
from mailbot.triage.passages import clipped, passages_of
from mailbot.triage.pieces import Pieces
from mailbot.triage.remembered import Numbers, Remembered

Floats = NDArray[np.float32]

WATCHED = (Flag.SAFETY, Flag.LEAK, Flag.PRIVACY)
LEARNED = (*WATCHED, Flag.MULTI, Flag.ABUSE)  # of the last only for what it teaches to listen to
ENDS = np.cumsum([len(Topic), len(Intent), len(Audience), len(LEARNED), len(Topic)])  # of each kind of verdicts
NEIGHBOURS: Mapping[int, int] = {2: 0, 3: 1, 5: 2}  # how many pieces are heard together, and how many of them before
SMALLEST = 1e-12  # added to a variance
REMEMBERED_PIECES = 5_000  # 17 MB


@dataclass(frozen=True, slots=True)
class Said:
    """What the sense makes of a letter: the logarithm of each verdict's chance, log-odds of what may go together.

    `questioned`: the same of the topics, by the passages with a question mark alone; zeros where all or none has one.
    `named`: that a topic is one of the letter's matters; `two`: that there are two; `guidance`: that one of them asks
    how something is done, `person`: that one wants a person; `abuse`: that the writer insults somebody. `passages`:
    which of the letter's pieces each is. `told`: what each (a row) adds to the odds of each verdict, in the order of
    ENDS.
    """

    topics: Floats
    questioned: Floats
    intents: Floats
    audiences: Floats
    flags: Mapping[Flag, float]
    abuse: float
    named: Floats
    two: float
    guidance: float
    person: float
    passages: Sequence[slice]
    told: Floats

    def intents_of_part(self, topic: int, beside: int) -> Floats | None:
        """The logarithm of each intent's chance by the passages that tell more of one topic than of another."""
        part = self.told[:, topic] > self.told[:, beside]
        return _log_chances(_any_of(self.told[part, ENDS[0] : ENDS[1]])) if part.any() else None


@dataclass(frozen=True, eq=False)
class Sense:
    """`layers`: the network's matrices by name. `table` times `scale`: a row for each piece."""

    pieces: Pieces
    table: NDArray[np.int8]
    scale: Floats
    layers: Mapping[str, Floats]

    def says(self, text: str) -> Said:
        """What a text in lower case means."""
        sentences = self.pieces.sentences_of(text)
        passages = passages_of(list(map(len, sentences)))
        numbers = clipped(list(chain.from_iterable(sentences)))
        verdicts, told = self.verdicts_of(numbers, passages)
        topics, intents, audiences, flags, named, (guidance, person) = np.split(verdicts, ENDS)
        of_flags = dict(zip(LEARNED, map(float, flags), strict=True))
        return Said(
            _log_chances(topics),
            self._questioned(numbers, passages, told[:, : len(Topic)]),
            _log_chances(intents),
            _log_chances(audiences),
            {flag: of_flags[flag] for flag in WATCHED},
            of_flags[Flag.ABUSE],
            named,
            of_flags[Flag.MULTI],
            float(guidance),
            float(person),
            passages,
            told,
        )

    def _questioned(self, numbers: Sequence[int], passages: Sequence[slice], told: Floats) -> Floats:
        """Where a story leads up to a question, what is asked is told by the question."""
        asks = np.array([not self._question_marks.isdisjoint(numbers[one]) for one in passages])
        return _log_chances(_any_of(told[asks])) if asks.any() and not asks.all() else np.zeros_like(told[0])

    @cached_property
    def _question_marks(self) -> frozenset[int]:
        return frozenset(number for number, name in enumerate(self.pieces.names) if "?" in name)

    def loudest(self, text: str, said: Said, flag: Flag) -> slice:
        """Where in the text the passage stands that speaks most for a flag."""
        passage = said.passages[int(said.told[:, ENDS[2] + LEARNED.index(flag)].argmax())]
        words = clipped(self.pieces.places_of(text))[passage]
        return slice(words[0].start, words[-1].stop)

    def verdicts_of(self, numbers: list[int], passages: Sequence[slice]) -> tuple[Floats, Floats]:
        """The last layer for the pieces of one letter: log-odds in the order topics, intents, audiences, flags, topics
        that are among its matters, guidance asked for, a person wanted.

        Beside it what each passage (a row) told of them.
        """
        of = self.layers
        heard: list[Floats] = [self._rows_of(numbers)]
        alone = np.split(self._remembered.rows_of(numbers), self._ends_of_alone[:-1], axis=1)
        for plain, told, many in zip(alone[::2], alone[1::2], NEIGHBOURS, strict=True):
            once = self._among(plain, told, "once", many)
            heard.append(self._among(once, once @ self._telling["twice", many], "twice", many))
        rows = np.concatenate(heard, axis=1)
        parts = [slice(0, len(rows)), *passages]
        heads = slice(len(parts), len(parts) + of["attend"].shape[1])
        lengths = np.ones((_in_fours(heads.stop), 1), np.float32)
        lengths[: len(parts), 0] = [one.stop - one.start for one in parts]
        sums = self._sums(rows, parts, lengths)
        roots = np.asarray(np.sqrt(lengths), np.float32)
        meant = _deep(of, (sums / roots + of["sum_bias"] * roots)[: _in_fours(len(parts))])[: len(parts)]
        attended = sums[heads] + of["sum_bias"]
        verdicts = meant[0] @ of["verdict"] + np.einsum("qd,qdv->v", attended, of["verdict_attended"])
        told = np.asarray(meant[1:] @ of["verdict_passage"], np.float32)
        return np.asarray(verdicts + _any_of(told) + of["verdict_bias"], np.float32), told

    def _rows_of(self, numbers: Sequence[int] | Numbers) -> Floats:
        return np.asarray(self.table[numbers] * self.scale[numbers, None], np.float32)

    def _sums(self, rows: Floats, parts: Sequence[slice], lengths: Floats) -> Floats:
        """The sum of each part's pieces, and what each head attends to: normalised and multiplied by the matrix behind.

        All of it is linear but for how far a piece's numbers are apart, so the few sums are scaled, shifted and
        multiplied instead of the many pieces. `lengths`: a row for each sum; those beyond the heads mean nothing.
        """
        means = rows @ np.full(rows.shape[1], 1 / rows.shape[1], np.float32)
        steadied = 1 / np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1] - means * means + SMALLEST)
        scaled_sum, shifted_sum, attend = self._behind_level
        shares = _shares((rows @ attend) * steadied[:, None])  # a shift is the same for all pieces: no share changes
        within = np.zeros((len(lengths), len(rows)), np.float32)
        for row, part in zip(within, parts, strict=False):
            row[part] = 1
        within[len(parts) : len(parts) + shares.shape[1]] = shares.T
        return np.asarray((within * steadied) @ rows @ scaled_sum + lengths * shifted_sum, np.float32)

    @cached_property
    def _behind_level(self) -> tuple[Floats, Floats, Floats]:
        """The matrix behind the sums with the level's slope in it, what the level's shift becomes behind it, and the
        heads with the slope in them; columns that add up to nothing take the means of the rows away."""
        of = self.layers
        scaled_sum, attend = (of["level"][:, None] * of[name] for name in ("sum", "attend"))
        return scaled_sum - scaled_sum.mean(axis=0), of["level_bias"] @ of["sum"], attend - attend.mean(axis=0)

    @cached_property
    def _remembered(self) -> Remembered:
        return Remembered(self._alone, len(self.table), self._ends_of_alone[-1], REMEMBERED_PIECES)

    def _alone(self, numbers: Numbers) -> Floats:
        """What pieces mean by themselves, and what each tells the ones beside it, for each number of neighbours."""
        of = self.layers
        projected = _level(
            self._rows_of(numbers) @ of["project"] + of["project_bias"], of["project_level"], of["project_level_bias"]
        )
        parts = [
            (plain, plain @ self._telling["once", many])
            for plain, many in zip(np.split(projected, len(NEIGHBOURS), axis=1), NEIGHBOURS, strict=True)
        ]
        return np.concatenate([one for part in parts for one in part], axis=1)

    @cached_property
    def _telling(self) -> Mapping[tuple[str, int], Floats]:
        """For each layer and number of neighbours the matrices of what a piece tells each of them, side by side."""
        return {
            (layer, many): np.concatenate(np.split(self.layers[f"{layer}_in_{many}"], many), axis=1)
            for layer in ("once", "twice")
            for many in NEIGHBOURS
        }

    @cached_property
    def _ends_of_alone(self) -> Sequence[int]:
        """Where each of the parts of `_alone` ends."""
        widths = [width for many in NEIGHBOURS for width in self._telling["once", many].shape]
        return [int(end) for end in np.cumsum(widths)]

    def _among(self, rows: Floats, told: Floats, layer: str, many: int) -> Floats:
        """What each piece means among its neighbours. The matrix is kept as two narrow ones: half the work."""
        narrow = _gathered(told, many, NEIGHBOURS[many])
        wide = narrow @ self.layers[f"{layer}_out_{many}"] + self.layers[f"{layer}_bias_{many}"]
        return np.asarray(np.maximum(wide, 0) + rows, np.float32)


def _in_fours(rows: int) -> int:
    """So many rows as are multiplied quickest: it goes by four, and a remainder takes longer than a full four."""
    return -(-rows // 4) * 4


def _gathered(told: Floats, many: int, before: int) -> Floats:
    """For each piece the sum of what its neighbours tell it: part k of row n is meant for piece n - k + before."""
    parts = np.split(told, many, axis=1)
    sums = parts[before].copy()
    for k, part in enumerate(parts):
        shift = k - before
        if shift < 0:
            sums[-shift:] += part[:shift]
        elif shift > 0:
            sums[:-shift] += part[shift:]
    return sums


def _level(rows: Floats, slope: Floats, shift: Floats) -> Floats:
    """Layer normalisation."""
    rows = rows - rows.mean(axis=-1, keepdims=True)
    spread = np.einsum("ij,ij->i", rows, rows)[:, None] / rows.shape[-1]
    return np.asarray(rows / np.sqrt(spread + SMALLEST) * slope + shift, np.float32)


def _deep(of: Mapping[str, Floats], sums: Floats) -> Floats:
    first = np.maximum(sums @ of["deep_0"], 0)
    second = np.maximum(sums @ of["past_1"] + first @ of["deep_1"], 0)
    third = np.maximum(second @ of["deep_2"], 0)
    return np.asarray(np.tanh(second @ of["past_3"] + third @ of["deep_3"]), np.float32)


def _shares(rows: Floats) -> Floats:
    raised = np.exp(rows - rows.max(axis=0))
    return np.asarray(raised / raised.sum(axis=0), np.float32)


def _any_of(odds: Floats) -> Floats:
    """The logarithm of the sum of what the rows tell: that one of them says it."""
    most = odds.max(axis=0)
    return np.asarray(most + np.log(np.exp(odds - most).sum(axis=0)), np.float32)


def _log_chances(odds: Floats) -> Floats:
    raised = odds - odds.max()
    return np.asarray(raised - np.log(np.exp(raised).sum()), np.float32)


def sense_from(raw: bytes) -> Sense:
    """A sense from the bytes of its file."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        names = stored["pieces"].tobytes().decode().split("\n")
        layers = {
            name.removeprefix("layer "): stored[name] * stored[name.replace("layer", "scale")]
            for name in stored.files
            if name.startswith("layer ")
        }
        return Sense(
            pieces=Pieces(names, stored["chances"].tolist()),
            table=stored["table"],
            scale=stored["table_scale"],
            layers=layers,
        )
