"""What the learned judge says of a letter that was screened by its signs: who wrote it, a machine or a person.

Public: `heard_again(screening, seen) -> Screening`. What a header proves is never doubted.
"""

from dataclasses import replace

from mailbot.rulebook.ids import Intent
from mailbot.triage.finding import Evidence, Screening, Verdict
from mailbot.triage.impression import Impression
from mailbot.triage.machine_words import is_personal
from mailbot.triage.model import MACHINE, SENSE

# Log-odds that nobody wrote it: from which a letter of no other sign is doubted, the same where the writer speaks of
# their own child or class, and below which signs that only add up prove nothing. docs/understanding.md
LIKE_A_MACHINE, DESPITE_A_CHILD, LIKE_A_PERSON = -1.0, 1.0, -3.0


def heard_again(screening: Screening, seen: Impression) -> Screening:
    """A letter that reads like a machine's goes to a person unanswered; so does one that is called a machine's by signs
    that are no proof and reads like a person's."""
    if screening.verdict is Verdict.MACHINE and not screening.sure and seen.told(MACHINE) < LIKE_A_PERSON:
        return replace(screening, verdict=Verdict.DOUBTFUL)
    if screening.verdict is Verdict.PERSON and screening.reason == "person" and _reads_like_machine(seen):
        return Screening(Verdict.DOUBTFUL, "reads-like-machine", (Evidence("model.npz", "auto"),))
    return screening


def _reads_like_machine(seen: Impression) -> bool:
    personal = is_personal(seen.letter)
    if seen.told(MACHINE) >= (DESPITE_A_CHILD if personal else LIKE_A_MACHINE):
        return True
    names, columns = seen.brain.groups["intent"]
    intents = seen.scores[columns] if seen.said is None else seen.scores[columns] + SENSE * seen.said.intents
    return not personal and names[int(intents.argmax())] == Intent.AUTO
