"""Triage alone, by stage: where the time of one letter goes on one core."""

import gc
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from mailbot.cases.decision import decide
from mailbot.cases.events import Arrival
from mailbot.cases.sort import sort
from mailbot.consider import consider
from mailbot.desk.mind import mind_for_trying
from mailbot.desk.trying import NoPast, no_history
from mailbot.letters.read import read_letter
from mailbot.triage.screening import screen
from mailbot.triage.triage import triage

TO_DECISION = ("read", "screen", "understand", "decide")
STAGES = (*TO_DECISION, "the case's life, wording")


def milliseconds_by_stage(letters: Sequence[bytes], rules: Path) -> dict[str, float]:
    """CPU milliseconds a letter takes in each stage, after a hundred letters that warm the caches.

    `consider` is given what was understood, as the daemon gets it from the reading process.
    """
    mind, now = mind_for_trying(rules), datetime.now(UTC)
    brain = mind.brain()
    gc.freeze()  # as the reading process does
    spent = dict.fromkeys(STAGES, 0.0)
    for raws, counts in ((letters[:100], False), (letters, True)):
        for raw in raws:
            marks = [time.process_time()]
            letter = read_letter(raw)
            marks.append(time.process_time())
            screening = screen(letter, mind.book)
            marks.append(time.process_time())
            finding = triage(letter, screening, mind.book, brain)
            marks.append(time.process_time())
            decide(finding, mind.book)
            marks.append(time.process_time())
            arrival = Arrival(letter=letter, received_at=now, raw=raw, finding=finding)
            event = sort(arrival, screening, mind.book, NoPast(), mind.secret)
            consider(event, no_history(now), mind, now)
            marks.append(time.process_time())
            if counts:
                took = [(after - before) * 1000 for before, after in pairwise(marks)]
                for stage, milliseconds in zip(STAGES, took, strict=True):
                    spent[stage] += milliseconds
    return {stage: total / len(letters) for stage, total in spent.items()}
