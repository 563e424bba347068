"""The admin's rules of one flag, listened to phrase by phrase; a lookalike silences the words it covers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.rulebook.types import FlagRules, Phrase, Rule, Strength
from mailbot.triage.finding import Evidence
from mailbot.triage.phrases import Denial, Ear, Span
from mailbot.triage.text import Reading

# In log-odds; the last settles it. Measured on letters of writers that the model had not met: docs/understanding.md.
PUSH: Mapping[Strength, float] = {Strength.WEAK: 0.3, Strength.STRONG: 1.0, Strength.SURE: 50.0}
SHORT = 15  # words of a letter in which a strong rule settles it, too: nothing else is said that could explain it away


@dataclass(frozen=True, slots=True)
class Heard:
    """How strongly the rules speak for a flag (log-odds) and the first that spoke strongest; None if none did."""

    push: float
    evidence: Evidence | None


class FlagEar:
    """Made once per rulebook; None for a flag the admin wrote nothing about."""

    __slots__ = ("_alarms", "_exceptions", "_lookalikes")

    def __init__(self, rules: FlagRules | None) -> None:
        self._alarms = Ear(_one_by_one(rules.rules) if rules else ())
        self._lookalikes = Ear(map(_innocent, rules.lookalikes) if rules else ())
        self._exceptions = {rule.id: Ear(map(_innocent, rule.unless)) for rule in (rules.rules if rules else ())}

    def hears(self, reading: Reading, quotes: Sequence[tuple[int, int]] = ()) -> Heard:
        """All rules that speak, denials («его не бьют»), lookalikes («убил время») and exceptions set aside.

        What stands between `quotes` is somebody else's words, and not heard.
        """
        spoken = self.spoken(reading, quotes)
        if not spoken:
            return Heard(0.0, None)
        return Heard(sum(push for push, _ in spoken.values()), max(spoken.values(), key=lambda one: one[0])[1])

    def spoken(self, reading: Reading, quotes: Sequence[tuple[int, int]] = ()) -> Mapping[str, tuple[float, Evidence]]:
        """Each rule that speaks by its id, with its weight and what it heard."""
        spoken: dict[str, tuple[float, Evidence]] = {}
        covered = None
        for rule, span in self._alarms.places(reading, Denial.DEED):
            covered = [one for _, one in self._lookalikes.places(reading)] if covered is None else covered
            quoted = any(start <= span.start and span.end <= end for start, end in quotes)
            innocent = quoted or any(_covers(one, span) for one in covered)
            if rule.id not in spoken and not innocent and not self._excepted(rule, span, reading):
                words = reading.text[span.start : span.end].replace("\n", " ")
                spoken[rule.id] = (_push_of(rule, reading), Evidence(str(rule.place), words))
        return spoken

    def _excepted(self, rule: Rule, alarm: Span, reading: Reading) -> bool:
        """Whether an exception of the rule stands in the alarm’s sentence; a pattern has none but the whole letter."""
        words = reading.words
        return any(
            min(one.first, alarm.first) < 0 or words[one.first].sentence == words[alarm.first].sentence
            for _, one in self._exceptions[rule.id].places(reading, denial=None)
        )


def _push_of(rule: Rule, reading: Reading) -> float:
    settles = rule.strength is Strength.STRONG and len(reading.words) <= SHORT
    return PUSH[Strength.SURE if settles else rule.strength]


def _covers(lookalike: Span, alarm: Span) -> bool:
    """Whether the two were heard in the same words."""
    return lookalike.start < alarm.end and alarm.start < lookalike.end


def _one_by_one(rules: tuple[Rule, ...]) -> Iterator[Rule]:
    """A rule for every phrase, so that only phrases whose words stand in the letter are tried."""
    for rule in rules:
        yield from (replace(rule, phrases=(phrase,), place=phrase.place) for phrase in rule.phrases)


def _innocent(phrase: Phrase) -> Rule:
    """A lookalike or an exception, which are phrases and no rules."""
    return Rule(
        id="innocent", phrases=(phrase,), unless=(), strength=Strength.SURE, intent=None, audience=None,
        place=phrase.place,
    )  # fmt: skip
