"""What the learned judge says of a letter that was screened by its signs: who wrote it, a machine or a person.

Public: `heard_again(screening, seen) -> Screening`. What a header proves is never doubted.
"""

from dataclasses import replace

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience, Intent, Slot
from mailbot.triage.finding import Evidence, Screening, Verdict
from mailbot.triage.impression import Impression
from mailbot.triage.machine_words import is_personal
from mailbot.triage.model import MACHINE, SENSE
from mailbot.triage.screening import OUR_ID

# Log-odds that nobody wrote it: from which a letter of no other sign is doubted, the same where the writer speaks of
# their own child or asks us, where a class is named, and below which signs that only add up prove nothing.
# docs/understanding.md
LIKE_A_MACHINE, DESPITE_A_CHILD, DESPITE_A_CLASS, LIKE_A_PERSON = -2.8, -1.0, 2.0, -4.0
# Of fewer words, and of other languages, the judge knows too little to gainsay the signs.
ENOUGH_WORDS, MOSTLY_RUSSIAN = 10, 0.7


def heard_again(screening: Screening, seen: Impression) -> Screening:
    """A letter that reads like a machine's goes to a person unanswered; so does one that is called a machine's by signs
    that are no proof and reads like a person's. A colleague's word is as short as a machine's: there the doubt is not
    sure, and does not count (`cases.staff`)."""
    if screening.verdict is Verdict.MACHINE and not screening.sure and _reads_like_person(seen):
        return replace(screening, verdict=Verdict.DOUBTFUL)
    if screening.verdict is Verdict.PERSON and screening.reason == "person" and _reads_like_machine(seen):
        return Screening(Verdict.DOUBTFUL, "reads-like-machine", (Evidence("model.npz", "auto"),), sure=False)
    return screening


def _reads_like_person(seen: Impression) -> bool:
    known = len(seen.reading.words) >= ENOUGH_WORDS and seen.reading.known_after >= MOSTLY_RUSSIAN
    return known and seen.told(MACHINE) < LIKE_A_PERSON


def _answers_us(letter: Letter) -> bool:
    return any(OUR_ID.match(one) for one in (*letter.in_reply_to, *letter.references))


def _answers_with_facts(seen: Impression) -> bool:
    """Whether it names a class, or little but a pupil, as answers to our questions do: «Орлов Петя, 5Б»."""
    told = {fact.slot for fact in seen.facts(Audience.PARENT)}
    return Slot.CLASS in told or (Slot.STUDENT in told and len(seen.reading.words) < ENOUGH_WORDS)


def _reads_like_machine(seen: Impression) -> bool:
    machine = seen.told(MACHINE)
    if _answers_us(seen.letter):  # as shortly as people do: «во вторник»
        return machine >= DESPITE_A_CLASS
    if machine >= LIKE_A_MACHINE and (machine >= DESPITE_A_CHILD or not is_personal(seen.letter)):
        return machine >= DESPITE_A_CLASS or not _answers_with_facts(seen)
    names, columns = seen.brain.groups["intent"]
    intents = seen.scores[columns] if seen.said is None else seen.scores[columns] + SENSE * seen.said.intents
    return names[int(intents.argmax())] == Intent.AUTO and not is_personal(seen.letter)
