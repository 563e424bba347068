"""The admin's rules of one flag, listened to phrase by phrase; a lookalike silences the words it covers."""

from collections.abc import Iterator
from dataclasses import replace

from mailbot.rulebook.types import FlagRules, Phrase, Rule, Strength
from mailbot.triage.finding import Evidence
from mailbot.triage.phrases import Denial, Ear, Span
from mailbot.triage.text import Reading


class FlagEar:
    """Made once per rulebook; None for a flag the admin wrote nothing about."""

    __slots__ = ("_alarms", "_lookalikes")

    def __init__(self, rules: FlagRules | None) -> None:
        self._alarms = Ear(_one_by_one(rules.rules) if rules else ())
        self._lookalikes = Ear(_as_rules(rules) if rules else ())

    def hears(self, reading: Reading) -> Evidence | None:
        """The first rule that speaks, denials («его не бьют») and lookalikes («убил время») set aside."""
        covered = [span for _, span in self._lookalikes.places(reading)]
        for rule, span in self._alarms.places(reading, Denial.DEED):
            if not any(_covers(one, span) for one in covered):
                return Evidence(str(rule.place), reading.text[span.start : span.end].replace("\n", " "))
        return None


def _covers(lookalike: Span, alarm: Span) -> bool:
    """Whether the two were heard in the same words."""
    return lookalike.start < alarm.end and alarm.start < lookalike.end


def _one_by_one(rules: tuple[Rule, ...]) -> Iterator[Rule]:
    """A rule for every phrase, so that only phrases whose words stand in the letter are tried."""
    for rule in rules:
        yield from (replace(rule, phrases=(phrase,), place=phrase.place) for phrase in rule.phrases)


def _as_rules(rules: FlagRules) -> Iterator[Rule]:
    yield from (_lookalike(phrase) for phrase in rules.lookalikes)


def _lookalike(phrase: Phrase) -> Rule:
    return Rule(
        id="lookalike", phrases=(phrase,), unless=(), strength=Strength.SURE, intent=None, audience=None,
        place=phrase.place,
    )  # fmt: skip
