"""Topics, intents and audience of one letter: what the model learned, moved by the rules the admin wrote.

Public: `understand(seen, heard) -> Understanding`. A heard rule adds to the log-odds of its topic
(and of its intent and audience, where it names one); a sure one settles them unless another sure one contradicts.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mailbot.rulebook.ids import Audience, Intent, Topic
from mailbot.rulebook.types import Rule, Strength
from mailbot.triage.finding import Evidence, TopicFinding
from mailbot.triage.impression import Impression
from mailbot.triage.model import QUESTIONS, SENSE, Brain, Floats, chance_of, chances
from mailbot.triage.text import Reading
from mailbot.triage.topics import Asked, asked_in

PUSH: Mapping[Strength, float] = {Strength.WEAK: 0.3, Strength.STRONG: 0.8, Strength.SURE: 6.0}  # log-odds
# Thanks end a letter unanswered, so they must be certain; the more so if it has a question mark or a «но».
# That a machine wrote only screening may say (HYGIENE.md, verdicts A and B): an eaten letter is as bad as a loop.
NEVER = 2.0  # no probability reaches it
CERTAIN: Mapping[Intent, float] = {Intent.THANKS: 0.6, Intent.AUTO: NEVER}
CERTAIN_DESPITE_A_BUT = 0.95
WANTS_SOMEBODY = 2.0  # log-odds that a person is wanted, by words or sense, from which a letter is no mere thanks
_RUSSIAN = re.compile("[а-я]{2}")
_BUT = re.compile(r"\?|\b(?:но|однако|только|а вот)\b")
_UNSETTLED = re.compile(r"\bне (?:решен|помогл)|\bтак и не\b")  # no letter of thanks says so
TOLD_WORDS = 4
MORE_THAN_A_QUESTION = Evidence("more than a question", "")
TRUST_SIGNS = 13  # numbers that `trust_signs` gives
_TOPICS, _INTENTS, _AUDIENCES = tuple(Topic), tuple(Intent), tuple(Audience)  # in the order of the model's columns
_FACTS = frozenset((Intent.PROBLEM, Intent.REQUEST, Intent.NOTICE))


@dataclass(frozen=True, slots=True)
class HeardRule:
    """A rule of a topic that spoke, and what it heard."""

    topic: Topic
    rule: Rule
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a letter asks: one or two topics with their intents, the next best topic, who asks.

    `confidence` is the chance that topics and intents are right; `complaint` that the letter complains of someone.
    """

    topics: tuple[TopicFinding, ...]
    runner_up: TopicFinding
    audience: Audience
    confidence: float
    complaint: float
    why: tuple[Evidence, ...]


def understand(seen: Impression, heard: Sequence[HeardRule]) -> Understanding:
    """The topics a letter asks about, the primary first."""
    reading, brain = seen.reading, seen.brain
    odds = odds_of(seen, heard)
    topics = chances(odds.topics)
    by_words = seen.word_odds[0] + pushed(heard, "topic", brain)
    turned = seen.said is not None and topics.argmax() != by_words.argmax()
    by_word = brain.said_by_words(seen.bag, "topic", len(reading.words))
    asked = asked_in(seen, by_word, topics)
    other = next(int(one) for one in np.argsort(-topics) if one not in asked.topics)
    wanted = {one: _intent(intent_chances(one, asked, odds), seen) for one in (*asked.topics, other)}
    found = tuple(_finding(one, wanted[one], topics) for one in asked.topics)
    return Understanding(
        topics=found,
        runner_up=_finding(other, wanted[other], topics),
        audience=_AUDIENCES[int(odds.audiences.argmax())],
        confidence=_confidence(asked, found[0].intent, odds, seen),
        complaint=_complaint(topics, seen),
        why=(
            *_why(reading, by_word, found[0].topic, heard),
            *((Evidence("sense.npz", ""),) if turned else ()),
            *((MORE_THAN_A_QUESTION,) if found[0].intent is Intent.HOWTO and _wants_person(seen) else ()),
        ),
    )


@dataclass(frozen=True, slots=True)
class Odds:
    """The log-odds of all verdicts after the rules were heard. `intents` has a row for every topic."""

    topics: Floats
    intents: Floats
    audiences: Floats


def odds_of(seen: Impression, heard: Sequence[HeardRule]) -> Odds:
    """What the judges of words say, the sense where it was asked, and the rules."""
    brain, said, (topics, intents) = seen.brain, seen.said, seen.word_odds
    audiences = seen.scores[brain.groups["audience"][1]]
    if said is not None:
        topics = topics + SENSE * said.topics + QUESTIONS * said.questioned
        intents = intents + SENSE * said.intents
        audiences = audiences + SENSE * said.audiences
    return Odds(
        topics=np.asarray(topics + pushed(heard, "topic", brain), np.float32),
        intents=np.asarray(intents + pushed(heard, "intent", brain), np.float32),
        audiences=np.asarray(audiences + pushed(heard, "audience", brain), np.float32),
    )


def pushed(heard: Sequence[HeardRule], kind: str, brain: Brain) -> Floats:
    """What the rules add to the log-odds of one judge; of several rules for one verdict the strongest counts."""
    names, _ = brain.groups[kind]
    push = np.zeros(len(names), np.float32)
    for one in heard:
        verdict = {"topic": one.topic, "intent": one.rule.intent, "audience": one.rule.audience}[kind]
        if verdict is not None:
            place = names.index(verdict)
            push[place] = max(push[place], PUSH[one.rule.strength])
    return push


def intent_chances(topic: int, asked: Asked, odds: Odds) -> Floats:
    """What is wanted, seeing what it is about."""
    return chances(odds.intents[topic] + asked.own_intents.get(topic, 0.0))


def _finding(topic: int, intent: Intent, topics: Floats) -> TopicFinding:
    return TopicFinding(topic=_TOPICS[topic], intent=intent, score=float(topics[topic]))


def _complaint(topics: Floats, seen: Impression) -> float:
    """The chance that the letter complains of someone: as its topic, or by the sense as one of its matters."""
    complaint = _TOPICS.index(Topic.COMPLAINT)
    among_others = 0.0 if seen.said is None else float(chance_of(seen.said.named[complaint]))
    return max(float(topics[complaint]), among_others)


def _intent(likely: Floats, seen: Impression) -> Intent:
    """The likeliest intent, but none that leaves a letter unanswered unless that is certain."""
    folded = seen.reading.folded
    if not _RUSSIAN.search(folded):
        likely = np.where([intent in CERTAIN for intent in _INTENTS], 0, likely)
    somebody = seen.told("wants person") >= WANTS_SOMEBODY or (seen.said and seen.said.person >= WANTS_SOMEBODY)
    if somebody or _UNSETTLED.search(folded):
        likely = np.where([intent is Intent.THANKS for intent in _INTENTS], 0, likely)
    but = _BUT.search(folded) is not None
    for number in np.argsort(-likely):
        intent = _INTENTS[int(number)]
        if likely[number] >= max(CERTAIN.get(intent, 0.0), CERTAIN_DESPITE_A_BUT * but * (intent is Intent.THANKS)):
            return intent
    return Intent.REQUEST


def deed_of(intent: Intent) -> str:
    """What an intent leads to: a problem, a request and a notice are all handed over, once the facts are there."""
    return "facts" if intent in _FACTS else str(intent)


def _confidence(asked: Asked, intent: Intent, odds: Odds, seen: Impression) -> float:
    """Chance that topic and deed are right, by the record of letters the model had not seen: `Brain.trust`."""
    first = asked.topics[0]
    likely = intent_chances(first, asked, odds)
    deed = sum(float(likely[n]) for n, one in enumerate(_INTENTS) if deed_of(one) == deed_of(intent))
    right = float(chances(odds.topics)[first]) * deed
    if len(asked.topics) == 1:
        right *= 1 - asked.second
    *weights, shift = seen.brain.trust[int(intent is not Intent.HOWTO)]
    odds_claimed = float(np.log(right / (1 - min(right, 0.9999)) + 1e-9))
    topics = [_TOPICS[number] for number in asked.topics]
    return float(chance_of(trust_signs(odds_claimed, topics, intent, seen) @ weights + shift))


def _wants_person(seen: Impression) -> bool:
    """Whether something in the letter is for a person, most likely."""
    return (seen.told("wants person") if seen.said is None else seen.said.person) > 0


def trust_signs(claimed: float, topics: Collection[Topic], intent: Intent, seen: Impression) -> Floats:
    """What tells how far to believe the log-odds that judges claim: whether words and sense hear something for a person
    in the letter, where it would be answered, or nothing but a question, where it would not; whether they hear another
    matter than `topics`, or two, and how sure the sense is of the first one's intent. These four count more or less by
    what is claimed, so they come once more as its multiples."""
    said, two = seen.said, seen.told("wants two")
    by_sense, of_others = (0.0, 0.0, 0.0), (two, 0.0, 0.0, 0.0)
    if said is not None:
        by_sense = (1.0, said.person, said.guidance)
        beside = max(float(odds) for topic, odds in zip(_TOPICS, said.named, strict=True) if topic not in topics)
        of_others = (two, said.two, beside, float(said.intents[_INTENTS.index(intent)]))
    further = (*of_others, *(claimed * one for one in of_others))
    return np.array((claimed, seen.told("wants person"), *by_sense, *further), np.float32)


def _why(reading: Reading, said: Floats, topic: Topic, heard: Sequence[HeardRule]) -> tuple[Evidence, ...]:
    """The rules that spoke for the topic and the letter's own words the model heard most, in their order."""
    spoken = said[:, _TOPICS.index(topic)].tolist()
    best = sorted(sorted(range(len(spoken)), key=lambda number: -spoken[number])[:TOLD_WORDS])
    told = [reading.text[reading.words[n].start : reading.words[n].end] for n in best if spoken[n] > 0]
    rules = tuple(one.evidence for one in heard if one.topic == topic)
    return (*rules, Evidence("model.npz", ", ".join(dict.fromkeys(told))))
