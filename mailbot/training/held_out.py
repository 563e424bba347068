"""What the model makes of letters it has not seen: each pen's letters are judged by a model made without that pen.

Public: `judged(letters, pieces) -> tuple[Judged, ...]`, `record_of(judged) -> Record`, `taught(brain, record)`.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from mailbot.rulebook.ids import Flag, Intent
from mailbot.training.corpus import Labelled
from mailbot.training.learn import NO_RECORD, Record, learn
from mailbot.training.sensing import learn_sense
from mailbot.training.watching import learn_watch
from mailbot.triage.impression import Impression
from mailbot.triage.model import Brain, brain_from, chances
from mailbot.triage.sense import WATCHED
from mailbot.triage.topics import second_topic_signs, sentence_scores
from mailbot.triage.understand import Understanding, deed_of, odds_of, trust_signs, understand

HANDFULS = 8
"""One model for each pen would be more faithful by a hair, and takes three times as long."""
SENSES = 4
"""A sense takes minutes to fit, so that one has to do for two handfuls: it has seen neither."""

Pens = frozenset[str]


@dataclass(frozen=True)
class Judged:
    """A letter with a model that has not seen it."""

    one: Labelled
    brain: Brain

    @cached_property
    def seen(self) -> Impression:
        """What the model makes of it."""
        return Impression(self.one.letter, self.brain)


def judged(letters: Sequence[Labelled], pieces: Sequence[Labelled], told: Callable[[str], None]) -> tuple[Judged, ...]:
    """Every letter with a model made without its pen: the pens are left out by the handful, on all cores."""
    handfuls = _handfuls(Counter(one.pen for one in letters))
    found: list[Judged] = []
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), get_context("spawn")) as workers:
        senses = [workers.submit(_sense_without, pens, letters, pieces) for pens in unseen_by_senses(handfuls)]
        work = [workers.submit(_without, pens, letters, pieces) for pens in handfuls]
        for number, (pens, made) in enumerate(zip(handfuls, work, strict=True)):
            brain = brain_from(*made.result(), senses[number % len(senses)].result())
            told(f"a model without the letters of {', '.join(sorted(pens))}")
            found += [Judged(one, brain) for one in letters if one.pen in pens]
    return tuple(found)


def _handfuls(letters_of: Mapping[str, int]) -> tuple[Pens, ...]:
    """The pens in HANDFULS groups of about as many letters each; always the same ones."""
    groups: list[list[str]] = [[] for _ in range(min(HANDFULS, len(letters_of)))]
    for pen in sorted(letters_of, key=lambda one: (-letters_of[one], one)):
        min(groups, key=lambda group: sum(letters_of[one] for one in group)).append(pen)
    return tuple(map(frozenset, groups))


def unseen_by_senses(handfuls: Sequence[Pens]) -> tuple[Pens, ...]:
    """The pens left out of each sense; a handful's sense is the one of its number, counted round."""
    return tuple(frozenset().union(*handfuls[n::SENSES]) for n in range(min(SENSES, len(handfuls))))


def _without(pens: Pens, letters: Sequence[Labelled], pieces: Sequence[Labelled]) -> tuple[bytes, bytes]:
    """The files of a model that has seen nothing of these pens."""
    others = _others(pens, letters, pieces)
    return learn(others, NO_RECORD), learn_watch(others)


def _sense_without(pens: Pens, letters: Sequence[Labelled], pieces: Sequence[Labelled]) -> bytes:
    """The file of a sense that has seen nothing of these pens."""
    return learn_sense(_others(pens, letters, pieces))


def _others(pens: Pens, letters: Sequence[Labelled], pieces: Sequence[Labelled]) -> tuple[Labelled, ...]:
    return (*(one for one in letters if one.pen not in pens), *pieces)


def record_of(cases: Sequence[Judged]) -> Record:
    """What unseen letters teach about second topics, about trust in the judges and what an alarm counts for.

    The alarms come first: by them it is decided whether the sense is asked.
    """
    record = replace(NO_RECORD, alarm=_alarm(cases))
    cases = [_knowing(case, record) for case in cases]
    record = replace(record, alarm_with_sense=_alarm_with_sense(cases))
    counted = [case for case in cases if case.one.intent is not Intent.AUTO and Flag.EMPTY not in case.one.flags]
    record = replace(record, second=_second(counted))
    return replace(record, trust=_trust([_knowing(case, record) for case in counted]))


def taught(brain: Brain, record: Record) -> Brain:
    """The same judges with what is recorded so far."""
    return replace(
        brain,
        second=record.second,
        trust=record.trust,
        alarm=record.alarm,
        alarm_with_sense=record.alarm_with_sense,
    )


def _knowing(case: Judged, record: Record) -> Judged:
    """The case with what is recorded so far; the letter is heard anew, so that memory is given back."""
    return Judged(case.one, taught(case.brain, record))


def _second(cases: Sequence[Judged]) -> NDArray[np.float32]:
    signs = []
    for case in cases:
        topics = chances(odds_of(case.seen, ()).topics)
        signs.append(second_topic_signs(case.seen, topics, sentence_scores(case.seen, "topic")))
    judge = LogisticRegression(max_iter=2000).fit(np.stack(signs), [len(case.one.topics) > 1 for case in cases])
    return np.array([*judge.coef_[0], judge.intercept_[0]], np.float32)


def _alarm(cases: Sequence[Judged]) -> NDArray[np.float32]:
    """How much the most alarming sentences and the whole letter each say of a flag."""
    persons = [case for case in cases if case.one.intent is not Intent.AUTO]
    return _weighed(persons, {flag: [_told(case.seen, flag) for case in persons] for flag in WATCHED})


def _alarm_with_sense(cases: Sequence[Judged]) -> NDArray[np.float32]:
    """The same with the sense, learned where it was asked."""
    asked = [(case, said) for case in cases if case.one.intent is not Intent.AUTO and (said := case.seen.said)]
    told = {flag: [(*_told(case.seen, flag), said.flags[flag]) for case, said in asked] for flag in WATCHED}
    return _weighed([case for case, _ in asked], told)


def _told(seen: Impression, flag: Flag) -> tuple[float, float]:
    return seen.watched[flag].score, seen.told(f"flag {flag}")


def _weighed(cases: Sequence[Judged], told: Mapping[Flag, Sequence[tuple[float, ...]]]) -> NDArray[np.float32]:
    rows = []
    for flag, heard in told.items():
        judge = LogisticRegression(C=100.0).fit(np.array(heard), [flag in case.one.flags for case in cases])
        rows.append([*judge.coef_[0], judge.intercept_[0]])
    return np.array(rows, np.float32)


def _trust(cases: Sequence[Judged]) -> NDArray[np.float32]:
    """How far to believe that a letter to be answered, or another one, was understood."""
    understood = [understand(case.seen, ()) for case in cases]
    claimed = _log_odds([one.confidence for one in understood])
    signs = np.stack(
        [
            trust_signs(float(odds), [topic.topic for topic in one.topics], one.topics[0].intent, case.seen)
            for odds, one, case in zip(claimed, understood, cases, strict=True)
        ]
    )
    right = np.array([is_right(one, case.one) for one, case in zip(understood, cases, strict=True)])
    answered = np.array([one.topics[0].intent is Intent.HOWTO for one in understood])
    judges = [LogisticRegression(C=100.0, max_iter=2000).fit(signs[of], right[of]) for of in (answered, ~answered)]
    return np.array([[*judge.coef_[0], judge.intercept_[0]] for judge in judges], np.float32)


def is_right(understood: Understanding, label: Labelled) -> bool:
    """Whether the outcome would be right: a topic of the letter, and the deed that follows from its intent."""
    topics = {one.topic for one in understood.topics}
    wanted = {deed_of(intent) for intent in label.intents.values()}
    return topics <= set(label.topics) and {deed_of(one.intent) for one in understood.topics} == wanted


def _log_odds(chances_claimed: Sequence[float]) -> NDArray[np.float64]:
    claimed = np.clip(np.array(chances_claimed), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(claimed / (1 - claimed)))
