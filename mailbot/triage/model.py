"""The learned part of triage: linear judges over a letter's units, kept in `model.npz` (no pickle), the watch and
the sense beside them.

`load_brain()` reads the packaged files once; everything else is pure. `make model` makes the files.
"""

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import accumulate, chain, pairwise
from operator import add

import numpy as np
from numpy.typing import NDArray

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Flag, Intent, Topic
from mailbot.triage.features import WHOLE_LETTER, Kind, mentions_of, pieces_of, units_of_mention, units_of_whole
from mailbot.triage.sense import Said, Sense, sense_from
from mailbot.triage.text import Reading
from mailbot.triage.vocabulary import UNKNOWN, KnownUnits, Numbers, Vocabulary, vocabulary_from
from mailbot.triage.watch import Alarm, Watch, watch_from

Floats = NDArray[np.float32]

WEIGHT = {  # of each kind of units in a letter, chosen by cross-validation: docs/understanding.md
    Kind.WORD: 1.0, Kind.PAIR: 0.7, Kind.PIECE: 1.0, Kind.ASKED_WORD: 0.6, Kind.ASKED_PAIR: 0.5, Kind.SIGN: 0.3,
    Kind.SENDER: 0.5,
}  # fmt: skip
MACHINE = "by machine"  # the judge of whether nobody wrote it
REMEMBERED_FORMS = 20_000  # about 5 MB
_HOWTO = tuple(Intent).index(Intent.HOWTO)
UNHEARD_OF = -7.0  # log-chance of a pair of topic and intent that no letter had
# What is plain by its words alone: chances of topic and intent above, alarms below, and in a question the odds (all
# logarithms) that somebody is wanted, too. docs/understanding.md
PLAIN, CALM, FOR_NOBODY = 0.7, -3.0, -1.0
# What the sense counts for beside the judges of words: of a letter, of its questions alone, of the passages on one of
# two matters.
SENSE, QUESTIONS, SENSE_OF_PART = 0.5, 0.5, 1.5


@dataclass(frozen=True, slots=True)
class Bag:
    """A letter's units that the model knows: their numbers, sorted, and values.

    Each mention of a unit tells the unit (a place in `numbers`) and the number of the word it came from, ascending;
    what no single word carries stands first.
    """

    numbers: Numbers
    values: Floats
    mentioned: Numbers
    words: Numbers


@dataclass(frozen=True)
class Brain:
    """The learned model. `heads` names the columns of `weights`: «topic grades», «intent howto», «pair grades+howto»…

    Each row of `weights` (a unit's, in eight bits) is to be multiplied by the unit's `scale`. A head's score is the
    weighted sum of the letter's units plus `bias`: log-odds. `second`: weights of
    `topics.second_topic_signs`, the last one alone. `trust`: the same of `understand.trust_signs`, that make a chance
    claimed into a chance seen; one row for letters that would be answered, one for all others. `watch` listens for
    danger two sentences at a time, the heads «flag …» to the whole letter; a row of `alarm` for each flag of the watch
    says what the first, the second and neither count for, one of `alarm_with_sense` what the first, the second, the
    sense and none. `sense` is None in a model that was made without one. `hash` is of all that was learned.
    """

    vocabulary: Vocabulary
    idf: Floats
    heads: tuple[str, ...]
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats
    second: Floats
    trust: Floats
    alarm: Floats
    alarm_with_sense: Floats
    watch: Watch
    sense: Sense | None
    hash: str

    @cached_property
    def groups(self) -> Mapping[str, tuple[tuple[str, ...], slice]]:
        """For each judge («topic», «intent»…) the names of its verdicts and where their columns stand."""
        kinds = [head.split()[0] for head in self.heads]
        return {
            kind: (
                tuple(head.split()[1] for head in self.heads if head.split()[0] == kind),
                slice(kinds.index(kind), kinds.index(kind) + kinds.count(kind)),
            )
            for kind in dict.fromkeys(kinds)
        }

    def bag_of(self, letter: Letter, reading: Reading) -> Bag:
        """The units of a letter that the model knows, each kind scaled to its weight."""
        whole = self.vocabulary.known_among(list(units_of_whole(letter, reading))).tobytes()
        parts = [whole, *map(add, self._mentioned(reading), self._pieces.of([word.form for word in reading.words]))]
        units = np.frombuffer(b"".join(parts), np.int32)
        words = np.arange(WHOLE_LETTER, len(reading.words), dtype=np.int32)
        words = words.repeat([len(part) // units.itemsize for part in parts])[units != UNKNOWN]
        units = units[units != UNKNOWN]
        numbers, mentioned, counts = np.unique(units, return_inverse=True, return_counts=True)
        values = (1 + np.log(counts)).astype(np.float32) * self.idf[numbers]
        return Bag(numbers, self._scaled(numbers, values), mentioned.astype(np.int32), words)

    def scores_of(self, bag: Bag) -> Floats:
        """One score for each head."""
        weights = self.weights.take(bag.numbers, 0).astype(np.float32)
        return np.asarray((bag.values * self.scale[bag.numbers]) @ weights + self.bias, np.float32)

    def said_by_words(self, bag: Bag, kind: str, words: int) -> Floats:
        """How much each of the letter's `words` words (rows) adds to each verdict of a judge (columns)."""
        _, columns = self.groups[kind]
        times = np.bincount(bag.mentioned, minlength=len(bag.numbers))
        weights = self.weights.take(bag.numbers, 0)[:, columns]
        share = np.asarray((bag.values * self.scale[bag.numbers] / times)[:, None] * weights, np.float32)
        starts = np.flatnonzero(np.diff(bag.words, prepend=WHOLE_LETTER))  # the units no word carries come first
        said = np.zeros((words, share.shape[1]), np.float32)
        if len(starts):
            said[bag.words[starts]] = np.add.reduceat(share[bag.mentioned], starts, axis=0)
        return said

    def alarms_of(self, scores: Floats, watched: Mapping[Flag, Alarm], said: Said | None) -> Mapping[Flag, Alarm]:
        """The log-odds of each flag: by the letter's most alarming sentences, by the whole of it, by its sense."""
        names, columns = self.groups["flag"]
        whole = dict(zip(names, scores[columns], strict=True))
        rows = self.alarm if said is None else self.alarm_with_sense
        return {
            flag: Alarm(
                float(row @ (heard.score, whole[flag], *(() if said is None else (said.flags[flag],)), 1.0)),
                heard.words,
            )
            for (flag, heard), row in zip(watched.items(), rows, strict=True)
        }

    def word_odds(self, scores: Floats) -> tuple[Floats, Floats]:
        """The log-odds of the topics, and of the intents (a row for every topic), by words alone.

        Each judge is heard beside the judge of pairs, who knows that nobody thanks for a complaint: their mean.
        """
        pairs = self._pair_chances(scores)
        by_pairs = np.log(np.exp(pairs).sum(axis=1))
        topics = (scores[self.groups["topic"][1]] + by_pairs) / 2
        intents = (scores[self.groups["intent"][1]] + pairs) / 2
        return np.asarray(topics, np.float32), np.asarray(intents, np.float32)

    def _pair_chances(self, scores: Floats) -> Floats:
        """The logarithm of the chance of each topic (row) with each intent (column)."""
        places, columns = self._pairs
        odds = scores[columns] - scores[columns].max()
        table = np.full((len(Topic), len(Intent)), UNHEARD_OF, np.float32)
        table[places] = np.maximum(odds - np.log(np.exp(odds).sum()), UNHEARD_OF)
        return table

    @cached_property
    def _pairs(self) -> tuple[tuple[list[int], list[int]], slice]:
        names, columns = self.groups["pair"]
        topics, intents = zip(*(name.split("+") for name in names), strict=True)
        return ([tuple(Topic).index(one) for one in topics], [tuple(Intent).index(one) for one in intents]), columns

    def _scaled(self, numbers: Numbers, values: Floats) -> Floats:
        kinds = self._kind_of[numbers]
        lengths = np.sqrt(np.bincount(kinds, values * values, minlength=len(WEIGHT)))
        scale = np.array(list(WEIGHT.values())) / np.where(lengths > 0, lengths, 1)
        return (values * scale[kinds]).astype(np.float32)

    @cached_property
    def _kind_of(self) -> NDArray[np.int8]:
        by_initial = np.zeros(128, np.int8)
        by_initial[list(map(ord, WEIGHT))] = np.arange(len(WEIGHT))
        return by_initial[self.vocabulary.initials]

    def _mentioned(self, reading: Reading) -> Iterator[bytes]:
        """For each word the numbers of it and of the pair it ends, or UNKNOWN, as bytes of int32."""
        heard = [units_of_mention(*mention) for mention in mentions_of(reading)]
        numbers = self.vocabulary.numbers_of(list(chain.from_iterable(heard)))
        ends = accumulate((numbers.itemsize * len(units) for units in heard), initial=0)
        known = numbers.tobytes()
        return (known[start:end] for start, end in pairwise(ends))

    @cached_property
    def _pieces(self) -> KnownUnits[str]:
        return KnownUnits(self.vocabulary, pieces_of, REMEMBERED_FORMS)


def chances(odds: Floats) -> Floats:
    """Probabilities that add up to one."""
    raised = np.exp(odds - odds.max())
    return np.asarray(raised / raised.sum(), np.float32)


def chance_of(odds: Floats) -> Floats:
    """The chances that log-odds stand for, each by itself."""
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


def is_plain(word_odds: tuple[Floats, Floats], alarms: Mapping[Flag, Alarm], person: float) -> bool:
    """Whether the words alone leave no doubt what it is about, what is wanted, and that nothing is amiss.

    `person`: log-odds that something in it is for a person; a question must be nothing but one.
    """
    if any(alarm.score >= CALM for alarm in alarms.values()):
        return False
    topics = chances(word_odds[0])
    intents = chances(word_odds[1][topics.argmax()])
    if intents[_HOWTO] > PLAIN and person >= FOR_NOBODY:
        return False
    return bool(topics.max() > PLAIN and intents.max() > PLAIN)


def load_brain() -> Brain:
    """The packaged model; takes well under a second."""
    package = files("mailbot.triage")
    return brain_from(*(package.joinpath(f"{name}.npz").read_bytes() for name in ("model", "watch", "sense")))


def brain_from(raw: bytes, raw_watch: bytes, raw_sense: bytes = b"") -> Brain:
    """A model from the bytes of its files; it may have no sense."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        return Brain(
            vocabulary=vocabulary_from(stored["vocabulary"]),
            idf=stored["idf"].astype(np.float32),
            heads=tuple(stored["heads"].tobytes().decode().split("\n")),
            weights=stored["weights"],
            scale=stored["scale"].astype(np.float32),
            bias=stored["bias"],
            second=stored["second"],
            trust=stored["trust"],
            alarm=stored["alarm"],
            alarm_with_sense=stored["alarm_with_sense"],
            watch=watch_from(raw_watch),
            sense=sense_from(raw_sense) if raw_sense else None,
            hash=hashlib.sha256(raw + raw_watch + raw_sense).hexdigest()[:16],
        )
