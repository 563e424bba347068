"""`python -m mailbot.training.curve`: how much the next letters would help: unseen letters judged by fewer and fewer.

For each pen and each share of the other pens' letters (picked by a hash of their id) topic and intent are counted as
`score.py` counts them, by the judges alone, without rules.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from mailbot.rulebook.ids import Flag, Intent, Topic
from mailbot.training.corpus import Labelled, corpus_files, labelled_letters, phrasebook
from mailbot.training.learn import NO_RECORD, learn
from mailbot.training.packing import NO_WATCH
from mailbot.triage.impression import Impression
from mailbot.triage.model import Brain, brain_from
from mailbot.triage.understand import odds_of

SHARES = (0.25, 0.5, 0.75, 1.0)
PENS = ("dev2", "dev3", "wc")  # ordinary, hard, and another writer's


def main() -> None:
    """Print one line for each share, with and without the phrasebook."""
    letters, pieces = labelled_letters(corpus_files()), phrasebook()
    for share in SHARES:
        for name, beside in (("with phrasebook", pieces), ("letters alone", ())):
            figures = [figure(pen, [*some(letters, pen, share), *beside], letters) for pen in PENS]
            print(f"{share:.0%} {name}:", *figures, flush=True)


def some(letters: Sequence[Labelled], pen: str, share: float) -> list[Labelled]:
    """A share of the letters of all pens but one."""
    return [one for one in letters if one.pen != pen and _place(one.id) < share]


def _place(name: str) -> float:
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def figure(pen: str, taught: Sequence[Labelled], letters: Sequence[Labelled]) -> str:
    """Topic and intent on one pen's letters after learning from others."""
    brain = brain_from(learn(taught, NO_RECORD), NO_WATCH)
    unseen = [
        one for one in letters if one.pen == pen and one.intent is not Intent.AUTO and Flag.EMPTY not in one.flags
    ]
    hits = np.array([_hits(one, brain) for one in unseen], float)
    asking = [one.intent is not Intent.THANKS for one in unseen]
    return f"{pen} {hits[asking, 0].mean():.3f}/{hits[:, 1].mean():.3f}"


def _hits(one: Labelled, brain: Brain) -> tuple[bool, bool]:
    odds = odds_of(Impression(one.letter, brain), ())
    topic = int(odds.topics.argmax())
    intent = tuple(Intent)[int(odds.intents[topic].argmax())]
    return tuple(Topic)[topic] in one.topics, intent is one.intent


if __name__ == "__main__":
    main()
