"""What one letter says before any rule is asked: its words, the model's units, its facts, how alarming it is.

Nothing here depends on a rulebook. The last letter's impression is kept, because a letter is often asked about again:
under another rulebook by `replay`, for its silent rules by `explain`. Each part is made when it is first wanted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience, Flag
from mailbot.triage.finding import FilledSlot
from mailbot.triage.model import Bag, Brain, Floats, is_plain
from mailbot.triage.sense import Said
from mailbot.triage.slots import slots_in
from mailbot.triage.text import Reading, readable
from mailbot.triage.watch import Alarm


@dataclass(frozen=True)
class Impression:
    """One letter as the learned part of triage sees it."""

    letter: Letter
    brain: Brain

    @cached_property
    def reading(self) -> Reading:
        """The words."""
        return readable(self.letter)

    @cached_property
    def bag(self) -> Bag:
        """The units that the model knows."""
        return self.brain.bag_of(self.letter, self.reading)

    @cached_property
    def scores(self) -> Floats:
        """What every judge says."""
        return self.brain.scores_of(self.bag)

    def told(self, head: str) -> float:
        """What one judge of words says, log-odds."""
        return float(self.scores[self.brain.heads.index(head)])

    @cached_property
    def word_odds(self) -> tuple[Floats, Floats]:
        """What the judges of words say of topics and intents, one with the other."""
        return self.brain.word_odds(self.scores)

    @cached_property
    def said(self) -> Said | None:
        """What the sense makes of it; None where the words alone are plain: it takes longer than all the judges."""
        sense = self.brain.sense
        if sense is None or is_plain(self.word_odds, self.alarms_by_words, self.told("wants person")):
            return None
        return sense.says(self.reading.folded)

    @cached_property
    def heard(self) -> Said | None:
        """The same, asked though the words be plain: for insults, and for the intents of two matters."""
        sense = self.brain.sense
        return None if sense is None else self.said or sense.says(self.reading.folded)

    @property
    def said_of_insults(self) -> float:
        """The log-odds that the writer insults somebody, by the sense."""
        return 0.0 if self.heard is None else self.heard.abuse

    @cached_property
    def watched(self) -> Mapping[Flag, Alarm]:
        """How alarming its most alarming sentences are."""
        return self.brain.watch.alarms_of(self.reading)

    @cached_property
    def alarms_by_words(self) -> Mapping[Flag, Alarm]:
        """How alarming its words are."""
        return self.brain.alarms_of(self.scores, self.watched, None)

    @cached_property
    def alarms(self) -> Mapping[Flag, Alarm]:
        """How alarming it is, all in all."""
        return self.brain.alarms_of(self.scores, self.watched, self.said)

    def loudest(self, flag: Flag) -> str:
        """The passage in which the sense hears a flag most, on one line; "" where the sense was not asked."""
        if self.brain.sense is None or self.said is None:
            return ""
        place = self.brain.sense.loudest(self.reading.folded, self.said, flag)
        return " ".join(self.reading.text[place].split())

    @cached_property
    def facts(self) -> Callable[[Audience], tuple[FilledSlot, ...]]:
        """The facts it gives, seen as the letter of one audience or another."""
        return cache(partial(slots_in, self.letter, self.reading))


@dataclass(frozen=True, slots=True)
class _Learned:
    """A brain known by its hash."""

    hash: str
    brain: Brain = field(compare=False)


def impression_of(letter: Letter, brain: Brain) -> Impression:
    """The letter's impression on this brain."""
    return _impression_of(letter, _Learned(brain.hash, brain))


@lru_cache(maxsize=1)
def _impression_of(letter: Letter, learned: _Learned) -> Impression:
    return Impression(letter, learned.brain)
