"""What one letter is about, who wrote it and what it lacks: the contract TRIAGE.md, without stored state.

Public: `triage(letter, screening, book, brain) -> Finding`.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience, Flag, Intent, Slot, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import FilledSlot, Finding, Screening, TopicFinding, Verdict
from mailbot.triage.flags import flags_of
from mailbot.triage.impression import impression_of
from mailbot.triage.model import Brain
from mailbot.triage.phrases import Ear
from mailbot.triage.second_opinion import heard_again
from mailbot.triage.text import Reading
from mailbot.triage.understand import HeardRule, Understanding, understand

_NEEDS_FACTS = frozenset((Intent.PROBLEM, Intent.REQUEST, Intent.NOTICE))
_NEVER_ANSWERED = frozenset((Topic.OTHER, Topic.COMPLAINT))
# Chances from which a letter may be answered or asked for facts without a person, and from which a complaint is
# suspected; chosen by what a wrong letter costs on letters the model had not seen: docs/understanding.md.
ANSWER_AT, ASK_AT, COMPLAINS_AT = 0.66, 0.25, 0.18
_ABOUT_THEMSELVES = frozenset((Topic.ACCESS, Topic.PROFILE))


def triage(letter: Letter, screening: Screening, book: Rulebook, brain: Brain) -> Finding:
    """Everything that can be said of one letter; the decision is taken elsewhere."""
    seen = impression_of(letter, brain)
    screening = heard_again(screening, seen)
    understood = understand(seen, rules_heard(seen.reading, book))
    slots = seen.facts(understood.audience)
    topics = _of_machine(understood.topics, screening)
    lacking = tuple((one.topic, _missing(one, slots, understood.audience, book)) for one in topics)
    flags = flags_of(seen, screening, book)
    raised = {flag for flag, _ in flags} | ({Flag.MULTI} if len(topics) > 1 else set())
    return Finding(
        screening=screening,
        audience=understood.audience,
        topics=topics,
        slots=slots,
        missing=tuple(slot for slot in Slot if any(slot in missing for _, missing in lacking)),
        missing_by_topic=lacking,
        flags=tuple(flag for flag in Flag if flag in raised),
        confidence=understood.confidence,
        confident=_is_confident(understood, topics, lacking),
        runner_up=understood.runner_up,
        why=(*screening.why, *(evidence for _, evidence in flags), *understood.why),
        model=brain.hash,
    )


def _is_confident(
    understood: Understanding, topics: tuple[TopicFinding, ...], lacking: tuple[tuple[Topic, tuple[Slot, ...]], ...]
) -> bool:
    """Whether the outcome may go out unseen by a person: an answer needs most, a question less, a hand-over nothing."""
    answers = all(one.intent is Intent.HOWTO and one.topic not in _NEVER_ANSWERED for one in topics)
    if not answers and not any(missing for _, missing in lacking):
        return True
    told = any(one.topic is Topic.COMPLAINT for one in topics)
    return understood.confidence >= (ANSWER_AT if answers else ASK_AT) and (told or understood.complaint < COMPLAINS_AT)


@dataclass(frozen=True, slots=True)
class _Edition:
    """A rulebook known by its hash, so that what is made of it is made once."""

    hash: str
    book: Rulebook = field(compare=False)


@lru_cache(maxsize=4)
def _ear_of(edition: _Edition) -> tuple[Ear, dict[str, Topic]]:
    rules = edition.book.topics.values()
    return Ear(rule for topic in rules for rule in topic.rules), {
        rule.id: topic.id for topic in rules for rule in topic.rules
    }


def rules_heard(reading: Reading, book: Rulebook) -> tuple[HeardRule, ...]:
    """The rules of all topics that speak in this letter."""
    ear, topic_at = _ear_of(_Edition(book.hash, book))
    return tuple(HeardRule(topic_at[rule.id], rule, evidence) for rule, evidence in ear.hears(reading))


def _of_machine(topics: tuple[TopicFinding, ...], screening: Screening) -> tuple[TopicFinding, ...]:
    """A machine's letter has one topic and the intent auto, whatever its words are."""
    if screening.verdict not in (Verdict.MACHINE, Verdict.BOUNCE):
        return topics
    return (TopicFinding(topic=topics[0].topic, intent=Intent.AUTO, score=topics[0].score),)


def _missing(one: TopicFinding, slots: tuple[FilledSlot, ...], audience: Audience, book: Rulebook) -> tuple[Slot, ...]:
    """The facts this topic still lacks, in the contract's order."""
    told = {filled.slot for filled in slots}
    about_themselves = audience is Audience.STAFF and one.topic in _ABOUT_THEMSELVES and Slot.STUDENT not in told
    if one.intent not in _NEEDS_FACTS or about_themselves:
        return ()
    return tuple(slot for slot in Slot if slot in book.topics[one.topic].required and slot not in told)
