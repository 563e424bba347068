"""Topics, intents and audience of one letter: what the model learned, moved by the rules the admin wrote.

Public: `understand(letter, reading, heard, brain) -> Understanding`. A heard rule adds to the log-odds of its topic
(and of its intent and audience, where it names one); a sure one settles them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience, Intent, Topic
from mailbot.rulebook.types import Rule, Strength
from mailbot.triage.finding import Evidence, TopicFinding
from mailbot.triage.model import Bag, Brain
from mailbot.triage.text import Reading

PUSH: Mapping[Strength, float] = {Strength.WEAK: 0.5, Strength.STRONG: 1.5, Strength.SURE: 6.0}  # log-odds
SECOND_TOPIC_AT = 0.4
TOLD_WORDS = 4


@dataclass(frozen=True, slots=True)
class HeardRule:
    """A rule of a topic that spoke, and what it heard."""

    topic: Topic
    rule: Rule
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a letter asks: one or two topics with their intents, the next best topic, who asks, how sure we are."""

    topics: tuple[TopicFinding, ...]
    runner_up: TopicFinding | None
    audience: Audience
    confidence: float
    confident: bool
    why: tuple[Evidence, ...]


def understand(letter: Letter, reading: Reading, heard: Sequence[HeardRule], brain: Brain) -> Understanding:
    """The topics a letter asks about, the primary first."""
    bag = brain.bag_of(letter, reading)
    scores = brain.scores_of(bag)
    topics = _judged(brain, scores, heard, "topic")
    intents = _judged(brain, scores, heard, "intent")
    audiences = _judged(brain, scores, heard, "audience")
    first, second, *_ = sorted(topics, key=lambda name: -topics[name])
    intent = Intent(max(intents, key=lambda name: intents[name]))
    found = TopicFinding(topic=Topic(first), intent=intent, score=topics[first])
    confidence = topics[first] * intents[intent]
    return Understanding(
        topics=(found,),
        runner_up=TopicFinding(topic=Topic(second), intent=intent, score=topics[second]),
        audience=Audience(max(audiences, key=lambda name: audiences[name])),
        confidence=confidence,
        confident=confidence >= 0.35,
        why=(*(one.evidence for one in heard if one.topic == first), told_by_model(reading, bag, brain, first)),
    )


def _judged(brain: Brain, scores: np.ndarray, heard: Sequence[HeardRule], kind: str) -> dict[str, float]:
    """Probability of each verdict of one judge after the rules were heard."""
    names, columns = brain.groups[kind]
    odds = dict(zip(names, scores[columns].tolist(), strict=True))
    for one in heard:
        verdict = {"topic": one.topic, "intent": one.rule.intent, "audience": one.rule.audience}[kind]
        if verdict is not None:
            odds[verdict] += PUSH[one.rule.strength]
    chances = np.exp(np.array(list(odds.values())) - max(odds.values()))
    return dict(zip(names, (chances / chances.sum()).tolist(), strict=True))


def told_by_model(reading: Reading, bag: Bag, brain: Brain, topic: str) -> Evidence:
    """The letter's own words that spoke most for the topic, in their order."""
    spoken = brain.said_by_words(bag, f"topic {topic}", len(reading.words))
    best = sorted(sorted(range(len(spoken)), key=lambda number: -spoken[number])[:TOLD_WORDS])
    told = [reading.text[reading.words[n].start : reading.words[n].end] for n in best if spoken[n] > 0]
    return Evidence("model.npz", ", ".join(dict.fromkeys(told)))
