"""Rules of topics that speak in the same words and want different things: which letter shows it, and who wins.

That one letter asks about two things is no fault, so two rules overlap only where they hear the same words: a phrase
of one is heard in what the other says, or two sure rules, each of which settles the matter, meet in a common word.
Patterns are left out: nobody can say all that they may find.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailbot.desk.phrase_check import reading_of, sayings_of
from mailbot.errors import Words
from mailbot.rulebook.ids import Topic
from mailbot.rulebook.problems import Problem, ProblemCode
from mailbot.rulebook.types import Phrase, Rule, Rulebook, Strength
from mailbot.triage.language import lemmas_of
from mailbot.triage.phrases import Ear, speaks

WEIGHT: Mapping[Strength, int] = {Strength.WEAK: 0, Strength.STRONG: 1, Strength.SURE: 2}


@dataclass(frozen=True, slots=True)
class _Said:
    """A phrase of a topic's rule, said aloud in one of its ways."""

    topic: Topic
    rule: Rule
    phrase: Phrase
    saying: str


def overlap_findings(book: Rulebook) -> Iterator[Problem]:
    """A warning for every two rules that overlap, with the shortest letter found in which both speak."""
    told: dict[frozenset[str], Problem] = {}
    for one, other, topic, letter in (*_heard_in_another(book), *_sure_ones_that_meet(book)):
        told.setdefault(frozenset((one.rule.id, other.id)), _overlap(one, other, topic, letter))
    yield from told.values()


def _heard_in_another(book: Rulebook) -> Iterator[tuple[_Said, Rule, Topic, str]]:
    """Phrases in whose words a rule of at least the same weight wants something else."""
    topic_of = {rule.id: topic.id for topic in book.topics.values() for rule in topic.rules}
    ear = Ear(rule for topic in book.topics.values() for rule in topic.rules)
    for said in _all_said(book):
        for rule, _ in ear.hears(reading_of(said.saying)):
            topic = topic_of[rule.id]
            if WEIGHT[rule.strength] < WEIGHT[said.rule.strength] or not _differs(said, rule, topic):
                continue
            if rule.strength is said.rule.strength or rule.strength is not Strength.SURE:
                yield said, rule, topic, said.saying
            elif any(speaks(rule, reading_of(way)) is None for way in sayings_of(said.phrase)):
                yield said, rule, topic, said.saying  # a phrase always outweighed is told as such elsewhere


def _sure_ones_that_meet(book: Rulebook) -> Iterator[tuple[_Said, Rule, Topic, str]]:
    """Two sure phrases of which one ends with the word the other begins with."""
    sure = tuple(said for said in _all_said(book) if said.rule.strength is Strength.SURE and " " in said.saying)
    beginning: defaultdict[str, list[_Said]] = defaultdict(list)
    for said in sure:
        for lemma in lemmas_of(said.saying.split()[0]):
            beginning[lemma].append(said)
    for said in sure:
        for lemma in sorted(lemmas_of(said.saying.split()[-1])):
            for other in beginning[lemma]:
                letter = f"{said.saying} {other.saying.partition(' ')[2]}"
                if _differs(said, other.rule, other.topic) and _both_speak(said.rule, other.rule, letter):
                    yield said, other.rule, other.topic, letter


def _all_said(book: Rulebook) -> Iterator[_Said]:
    for topic in book.topics.values():
        for rule in topic.rules:
            for phrase in rule.phrases:
                yield from (_Said(topic.id, rule, phrase, saying) for saying in sayings_of(phrase))


def _both_speak(one: Rule, other: Rule, letter: str) -> bool:
    return all(speaks(rule, reading_of(letter)) for rule in (one, other))


def _differs(said: _Said, rule: Rule, topic: Topic) -> bool:
    """Whether the two rules want different things; a phrase that stands in both is told elsewhere."""
    if said.rule.id == rule.id or any(_is_same(said.phrase, phrase) for phrase in rule.phrases):
        return False
    wanted = ((said.topic, topic), (said.rule.intent, rule.intent), (said.rule.audience, rule.audience))
    return any(one and other and one is not other for one, other in wanted)


def _is_same(one: Phrase, other: Phrase) -> bool:
    return one.tokens == other.tokens and one.pattern == other.pattern


def _overlap(said: _Said, other: Rule, topic: Topic, letter: str) -> Problem:
    if other.strength is said.rule.strength:
        ru, en = "какое верно, правила не решают", "the rules do not decide which is right"
    else:
        ru, en = f"решает «{other.id}»", f"«{other.id}» decides"
    what = Words(
        f"в письме «{letter}» говорят сразу два правила, и хотят они разного: «{said.rule.id}» "
        f"({_wanted(said.rule, said.topic)}) и «{other.id}» ({_wanted(other, topic)}, {other.place}); {ru}",
        f"in the letter «{letter}» two rules speak and want different things: «{said.rule.id}» "
        f"({_wanted(said.rule, said.topic)}) and «{other.id}» ({_wanted(other, topic)}, {other.place}); {en}",
    )
    mend = Words(
        "Уточните одну из фраз, добавьте ей unless или дайте верному правилу большую силу (strength)",
        "Narrow one of the phrases, give it unless, or make the right rule stronger (strength)",
    )
    return Problem(place=said.phrase.place, code=ProblemCode.OVERLAP, what=what, mend=mend, warning=True)


def _wanted(rule: Rule, topic: Topic) -> str:
    return ", ".join(filter(None, (topic, rule.intent, rule.audience)))
