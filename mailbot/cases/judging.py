"""What triage says of a letter that may belong to a case: our own words in its subject are not the writer's."""

from dataclasses import replace

from mailbot.cases.ids import number_in
from mailbot.letters.letter import Letter
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Finding, Screening
from mailbot.triage.model import Brain
from mailbot.triage.screening import screen
from mailbot.triage.triage import triage


def judged(letter: Letter, book: Rulebook, brain: Brain) -> Finding:
    """Screening and triage of one letter, from nothing but the letter, the rules and the model."""
    return judged_as(letter, screen(letter, book), book, brain)


def judged_as(letter: Letter, screening: Screening, book: Rulebook, brain: Brain) -> Finding:
    """Triage of a letter that has been screened."""
    return triage(_own_words(letter), screening, book, brain)


def _own_words(letter: Letter) -> Letter:
    """The letter without a subject that carries our number: those words are ours, not the writer's."""
    return replace(letter, subject="") if number_in(letter.subject) else letter
