"""What the model makes of letters it has not seen: each pen's letters are judged by a model made without that pen.

Public: `judged(letters, pieces) -> tuple[Judged, ...]`, `record_of(judged) -> Record`.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from mailbot.rulebook.ids import Flag, Intent
from mailbot.training.corpus import Labelled
from mailbot.training.learn import NO_RECORD, Record, learn
from mailbot.training.packing import WATCHED
from mailbot.training.watching import learn_watch
from mailbot.triage.impression import Impression
from mailbot.triage.model import Brain, brain_from
from mailbot.triage.text import Reading, readable
from mailbot.triage.topics import second_topic_signs, sentence_scores
from mailbot.triage.understand import Understanding, chances, deed_of, odds_of, understand

HANDFULS = 8
"""One model for each pen would be more faithful by a hair, and takes three times as long."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A letter with a model that has not seen it."""

    one: Labelled
    reading: Reading
    brain: Brain


def judged(letters: Sequence[Labelled], pieces: Sequence[Labelled], told: Callable[[str], None]) -> tuple[Judged, ...]:
    """Every letter with a model made without its pen: the pens are left out by the handful, on all cores."""
    handfuls = _handfuls(Counter(one.pen for one in letters))
    found: list[Judged] = []
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), get_context("fork")) as workers:
        work = [workers.submit(_without, pens, letters, pieces) for pens in handfuls]
        for pens, made in zip(handfuls, work, strict=True):
            raw, raw_watch = made.result()
            told(f"a model without the letters of {', '.join(sorted(pens))}")
            brain = brain_from(raw, raw_watch)
            found += [Judged(one, readable(one.letter), brain) for one in letters if one.pen in pens]
    return tuple(found)


def _handfuls(letters_of: Mapping[str, int]) -> tuple[frozenset[str], ...]:
    """The pens in HANDFULS groups of about as many letters each; always the same ones."""
    groups: list[list[str]] = [[] for _ in range(min(HANDFULS, len(letters_of)))]
    for pen in sorted(letters_of, key=lambda one: (-letters_of[one], one)):
        min(groups, key=lambda group: sum(letters_of[one] for one in group)).append(pen)
    return tuple(map(frozenset, groups))


def _without(pens: frozenset[str], letters: Sequence[Labelled], pieces: Sequence[Labelled]) -> tuple[bytes, bytes]:
    """The files of a model that has seen nothing of these pens."""
    others = (*(one for one in letters if one.pen not in pens), *pieces)
    return learn(others, NO_RECORD), learn_watch(others)


def record_of(cases: Sequence[Judged]) -> Record:
    """What unseen letters teach about second topics, about trust in the judges."""
    counted = [case for case in cases if case.one.intent is not Intent.AUTO and Flag.EMPTY not in case.one.flags]
    second = _second(counted)
    knowing = [replace(case, brain=replace(case.brain, second=second, trust=(1.0, 0.0))) for case in counted]
    return replace(NO_RECORD, second=second, trust=_trust(knowing), alarm=_alarm(cases))


def _second(cases: Sequence[Judged]) -> NDArray[np.float32]:
    signs = []
    for case in cases:
        bag = case.brain.bag_of(case.one.letter, case.reading)
        topics = chances(odds_of(case.brain.scores_of(bag), (), case.brain).topics)
        signs.append(second_topic_signs(case.reading, topics, sentence_scores(case.reading, bag, "topic", case.brain)))
    judge = LogisticRegression(max_iter=2000).fit(np.stack(signs), [len(case.one.topics) > 1 for case in cases])
    return np.array([*judge.coef_[0], judge.intercept_[0]], np.float32)


def _alarm(cases: Sequence[Judged]) -> NDArray[np.float32]:
    """How much the most alarming sentences and the whole letter each say of a flag."""
    persons = [case for case in cases if case.one.intent is not Intent.AUTO]
    bags = [case.brain.bag_of(case.one.letter, case.reading) for case in persons]
    in_sentences = [case.brain.watch.alarms_of(case.reading) for case in persons]
    rows = []
    for flag in WATCHED:
        whole = [
            case.brain.scores_of(bag)[case.brain.heads.index(f"flag {flag}")]
            for case, bag in zip(persons, bags, strict=True)
        ]
        heard = np.column_stack([[alarms[flag].score for alarms in in_sentences], whole])
        judge = LogisticRegression(C=100.0).fit(heard, [flag in case.one.flags for case in persons])
        rows.append([*judge.coef_[0], judge.intercept_[0]])
    return np.array(rows, np.float32)


def _trust(cases: Sequence[Judged]) -> tuple[float, float]:
    understood = [understand(Impression(case.one.letter, case.brain), ()) for case in cases]
    right = [is_right(one, case.one) for one, case in zip(understood, cases, strict=True)]
    return _platt(_log_odds([one.confidence for one in understood]), right)


def is_right(understood: Understanding, label: Labelled) -> bool:
    """Whether the outcome would be right: a topic of the letter, and the deed that follows from its intent."""
    topics = {one.topic for one in understood.topics}
    wanted = {deed_of(intent) for intent in label.intents.values()}
    return topics <= set(label.topics) and {deed_of(one.intent) for one in understood.topics} == wanted


def _log_odds(chances_claimed: Sequence[float]) -> NDArray[np.float64]:
    claimed = np.clip(np.array(chances_claimed), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(claimed / (1 - claimed)))


def _platt(claimed: NDArray[np.float64], right: Sequence[bool]) -> tuple[float, float]:
    judge = LogisticRegression(C=100.0, max_iter=2000).fit(claimed[:, None], right)
    return float(judge.coef_[0, 0]), float(judge.intercept_[0])
