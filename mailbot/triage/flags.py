"""What changes a letter's fate whatever it asks: abuse, danger, a leak, other people's data, foreign, empty, doubtful.

Public: `flags_of(letter, reading, screening, book, brain)`. Two topics (`multi`) are the understanding's to tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Flag
from mailbot.rulebook.types import Rulebook
from mailbot.triage.abuse import abuse_in
from mailbot.triage.emptiness import is_empty
from mailbot.triage.finding import Evidence, Screening, Verdict
from mailbot.triage.flag_ear import FlagEar
from mailbot.triage.language_of import foreign_words
from mailbot.triage.model import Brain
from mailbot.triage.text import Reading

# Log-odds from which the learned judge alone raises a flag; measured on letters it had not seen, docs/understanding.md.
# For safety a false alarm is preferred to silence.
LEARNED_AT: Mapping[Flag, float] = {Flag.SAFETY: -0.3, Flag.LEAK: 0.3, Flag.PRIVACY: 0.3}
AUTO_AT = 0.0  # log-odds of «not written by a person» from which nothing automatic goes out

Raised = tuple[Flag, Evidence]


def flags_of(
    letter: Letter, reading: Reading, screening: Screening, book: Rulebook, brain: Brain
) -> tuple[Raised, ...]:
    """Every flag with what raised it, in the contract's order."""
    ear = _ears_of(_Edition(book.hash, book))
    learned = _learned(letter, reading, brain)
    tests: Mapping[Flag, Callable[[], Evidence | None]] = {
        Flag.ABUSE: lambda: abuse_in(reading) or ear[Flag.ABUSE].hears(reading),
        Flag.SAFETY: lambda: ear[Flag.SAFETY].hears(reading) or _judged(Flag.SAFETY, learned),
        Flag.LEAK: lambda: ear[Flag.LEAK].hears(reading) or _judged(Flag.LEAK, learned),
        Flag.PRIVACY: lambda: ear[Flag.PRIVACY].hears(reading) or _judged(Flag.PRIVACY, learned),
        Flag.FOREIGN: lambda: _told("language", foreign_words(reading)),
        Flag.EMPTY: lambda: _told("empty", "нет текста") if is_empty(letter, reading) else None,
        Flag.DOUBTFUL: lambda: _doubt(screening, learned),
    }
    return tuple((flag, found) for flag in Flag if (test := tests.get(flag)) and (found := test()))


@dataclass(frozen=True, slots=True)
class _Edition:
    """A rulebook known by its hash, so that its ears are made once."""

    hash: str
    book: Rulebook = field(compare=False)


@lru_cache(maxsize=4)
def _ears_of(edition: _Edition) -> Mapping[Flag, FlagEar]:
    rules = edition.book.flags
    return {flag: FlagEar(rules.get(flag)) for flag in Flag}


def _learned(letter: Letter, reading: Reading, brain: Brain) -> Mapping[str, float]:
    """Log-odds of every judge of the model on the whole letter."""
    return dict(zip(brain.heads, brain.scores_of(brain.bag_of(letter, reading)).tolist(), strict=True))


def _judged(flag: Flag, learned: Mapping[str, float]) -> Evidence | None:
    score = learned.get(f"flag {flag}", -9.0)
    return Evidence("model.npz", f"{flag} {score:+.1f}") if score >= LEARNED_AT[flag] else None


def _told(rule: str, words: str) -> Evidence | None:
    return Evidence(rule, words) if words else None


def _doubt(screening: Screening, learned: Mapping[str, float]) -> Evidence | None:
    """Weak signs of a machine, or a letter that reads like one although nothing in it proves that."""
    if screening.verdict is Verdict.DOUBTFUL:
        return screening.why[0]
    intents = {name: score for name, score in learned.items() if name.startswith("intent ")}
    sounds_automatic = screening.reason == "person" and max(intents, key=lambda name: intents[name]) == "intent auto"
    return Evidence("model.npz", "auto") if sounds_automatic else None
