"""Phrases that cannot do anything: undone by an exception or a lookalike, covered by a wider one, outweighed.

Each phrase is spoken to the rules as a letter that says just its words; patterns are left out, for nobody can say all
that they may find. Only what holds for every reading of a phrase is told.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import product
from math import prod

from mailbot.errors import Words
from mailbot.letters.read import read_letter
from mailbot.rulebook.problems import Problem, ProblemCode
from mailbot.rulebook.types import Phrase, Rule, Rulebook, Strength
from mailbot.triage.phrases import Ear, heard
from mailbot.triage.text import Reading, readable

MOST_SAYINGS = 64  # of one phrase with alternatives; they are tried until one tells
NOTHING_WRITTEN = read_letter(b"")


def phrase_findings(book: Rulebook) -> Iterator[Problem]:
    """Warnings about single phrases."""
    topics = ((rule, rule.unless) for topic in book.topics.values() for rule in topic.rules)
    flags = ((rule, (*rule.unless, *flag.lookalikes)) for flag in book.flags.values() for rule in flag.rules)
    for rule, undoing in (*topics, *flags):
        yield from _needless(rule)
        yield from (problem for phrase in rule.phrases if (problem := _silenced(phrase, undoing)))
    yield from _shadowed(book)


def _needless(rule: Rule) -> Iterator[Problem]:
    """Phrases that are heard only where another phrase of the same rule is heard; of two alike the later is told."""
    spoken = tuple((phrase, sayings_of(phrase)) for phrase in rule.phrases)
    for number, (phrase, sayings) in enumerate(spoken):
        for place, (wider, its_sayings) in enumerate(spoken):
            if place == number or not _covers(wider, sayings):
                continue
            if place < number or not _covers(phrase, its_sayings):
                yield _warning(phrase, ProblemCode.NEEDLESS_PHRASE, *_covered_by(phrase, wider))
                break


def _covered_by(phrase: Phrase, wider: Phrase) -> tuple[Words, Words]:
    what = Words(
        f"фраза «{phrase.written}» лишняя: её слышит и «{wider.written}»",
        f"the phrase «{phrase.written}» is needless: «{wider.written}» hears it, too",
    )
    return what, Words("Удалите её", "Remove it")


def _silenced(phrase: Phrase, undoing: tuple[Phrase, ...]) -> Problem | None:
    """A phrase that contains one of its rule's exceptions or of its flag's lookalikes never speaks."""
    exception = next((one for one in undoing if _covers(one, sayings_of(phrase))), None)
    if exception is None:
        return None
    what = Words(
        f"фраза «{phrase.written}» никогда не сработает: её отменяет исключение «{exception.written}»",
        f"the phrase «{phrase.written}» can never speak: the exception «{exception.written}» undoes it",
    )
    mend = Words("Уточните исключение или удалите фразу", "Narrow the exception or remove the phrase")
    return _warning(phrase, ProblemCode.SILENT_PHRASE, what, mend)


def _shadowed(book: Rulebook) -> Iterator[Problem]:
    """Phrases of a topic in whose every reading a sure rule of another topic speaks: they never decide."""
    for topic in book.topics.values():
        others = (one for other in book.topics.values() if other is not topic for one in other.rules)
        sure = Ear(rule for rule in others if rule.strength is Strength.SURE)
        for rule in (rule for rule in topic.rules if rule.strength is not Strength.SURE):
            for phrase in rule.phrases:
                winner = _always_heard(sure, sayings_of(phrase))
                if winner:
                    yield _shadow(phrase, winner)


def _always_heard(ear: Ear, sayings: tuple[str, ...]) -> str:
    """Id of a rule that speaks whichever way the phrase is said, "" if none does."""
    always: set[str] | None = None
    for saying in sayings:
        spoken = {rule.id for rule, _ in ear.hears(reading_of(saying))}
        always = spoken if always is None else always & spoken
        if not always:
            return ""
    return min(always) if always else ""


def _shadow(phrase: Phrase, winner: str) -> Problem:
    what = Words(
        f"фраза «{phrase.written}» ничего не решает: её всегда перевешивает правило «{winner}»",
        f"the phrase «{phrase.written}» never decides: the rule «{winner}» always outweighs it",
    )
    mend = Words("Уточните одно из правил", "Make one of the rules narrower")
    return _warning(phrase, ProblemCode.SHADOWED_PHRASE, what, mend)


def sayings_of(phrase: Phrase) -> tuple[str, ...]:
    """The phrase said aloud, once for each choice among its alternatives; nothing if there are too many to say."""
    if not phrase.tokens or prod(len(token.forms) for token in phrase.tokens) > MOST_SAYINGS:
        return ()
    return tuple(" ".join(forms) for forms in product(*(token.forms for token in phrase.tokens)))


@lru_cache(maxsize=4096)  # each is looked at from three sides
def reading_of(saying: str) -> Reading:
    """A letter that says just this."""
    return readable(replace(NOTHING_WRITTEN, question=saying))


def _covers(phrase: Phrase, sayings: tuple[str, ...]) -> bool:
    """Whether the phrase is heard in every one of them; never, if there are none."""
    if not sayings or len(phrase.tokens) > len(sayings[0].split()):
        return False
    return all(heard(phrase, reading_of(one).words, reading_of(one).text) for one in sayings)


def _warning(phrase: Phrase, code: ProblemCode, what: Words, mend: Words) -> Problem:
    return Problem(place=phrase.place, code=code, what=what, mend=mend, warning=True)
