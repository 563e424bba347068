"""What changes a letter's fate whatever it asks: abuse, danger, a leak, other people's data, foreign, empty, doubtful.

Public: `flags_of(seen, screening, book)`. Two topics (`multi`) are the understanding's to tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.rulebook.ids import Flag
from mailbot.rulebook.types import Rulebook
from mailbot.triage.abuse import abuse_in, quotes_in
from mailbot.triage.emptiness import is_empty
from mailbot.triage.finding import Evidence, Screening, Verdict
from mailbot.triage.flag_ear import FlagEar, Heard
from mailbot.triage.impression import Impression
from mailbot.triage.language_of import foreign_words
from mailbot.triage.text import Reading

# Log-odds from which the model, pushed by the rules that speak, raises a flag; measured on letters of writers it had
# not met, docs/understanding.md. A false alarm is preferred to silence.
RAISED_AT: Mapping[Flag, float] = {Flag.SAFETY: -1.3, Flag.LEAK: -1.5, Flag.PRIVACY: -1.75}

NOBODY_IS_MEANT = -8.0  # log-odds of abuse, by the sense, below which a word of the lists is somebody's goat
TOLD_CHARACTERS = 200

Raised = tuple[Flag, Evidence]


def flags_of(seen: Impression, screening: Screening, book: Rulebook) -> tuple[Raised, ...]:
    """Every flag with what raised it, in the contract's order."""
    ears = _ears_of(_Edition(book.hash, book))
    reading = seen.reading
    tests: Mapping[Flag, Callable[[], Evidence | None]] = {
        Flag.ABUSE: lambda: _abuse(seen, ears[Flag.ABUSE]),
        Flag.SAFETY: lambda: _watched(Flag.SAFETY, ears[Flag.SAFETY].hears(reading), seen),
        Flag.LEAK: lambda: _watched(Flag.LEAK, ears[Flag.LEAK].hears(reading), seen),
        Flag.PRIVACY: lambda: _watched(Flag.PRIVACY, ears[Flag.PRIVACY].hears(reading), seen),
        Flag.FOREIGN: lambda: _told("language", foreign_words(reading)),
        Flag.EMPTY: lambda: _told("empty", "нет текста") if is_empty(seen.letter, reading) else None,
        Flag.DOUBTFUL: lambda: screening.why[0] if screening.verdict is Verdict.DOUBTFUL else None,
    }
    return tuple((flag, found) for flag in Flag if (test := tests.get(flag)) and (found := test()))


def rules_raising(reading: Reading, book: Rulebook) -> frozenset[str]:
    """Ids of the rules of all flags that speak in this letter, whether or not they are enough to raise the flag."""
    return frozenset(rule for ear in _ears_of(_Edition(book.hash, book)).values() for rule in ear.spoken(reading))


@dataclass(frozen=True, slots=True)
class _Edition:
    """A rulebook known by its hash, so that its ears are made once."""

    hash: str
    book: Rulebook = field(compare=False)


@lru_cache(maxsize=4)
def _ears_of(edition: _Edition) -> Mapping[Flag, FlagEar]:
    rules = edition.book.flags
    return {flag: FlagEar(rules.get(flag)) for flag in Flag}


def _abuse(seen: Impression, ear: FlagEar) -> Evidence | None:
    """An insult of the lists, unless the sense is sure that nobody is meant, or of the admin's rules; what is quoted is
    set aside."""
    quotes = quotes_in(seen.reading)
    listed = abuse_in(seen.reading, quotes)
    if listed and not _is_nobody_meant(seen):
        return listed
    return ear.hears(seen.reading, quotes).evidence


def insult_overruled(seen: Impression) -> str:
    """The word of the lists that would be an insult, were the sense not sure that it means nobody; "" if none is."""
    listed = abuse_in(seen.reading, quotes_in(seen.reading))
    return listed.words if listed and _is_nobody_meant(seen) else ""


def _is_nobody_meant(seen: Impression) -> bool:
    return seen.said_of_insults < NOBODY_IS_MEANT


def _watched(flag: Flag, heard: Heard, seen: Impression) -> Evidence | None:
    """The rule that spoke, or the most alarming sentences, if what is learned and the rules together are enough."""
    alarm = seen.alarms[flag]
    if alarm.score + heard.push < RAISED_AT[flag]:
        return None
    if heard.evidence:
        return heard.evidence
    if seen.alarms_by_words[flag].score + heard.push >= RAISED_AT[flag]:
        return Evidence("watch.npz", alarm.words[:TOLD_CHARACTERS])
    return Evidence("sense.npz", seen.loudest(flag)[:TOLD_CHARACTERS])


def _told(rule: str, words: str) -> Evidence | None:
    return Evidence(rule, words) if words else None
