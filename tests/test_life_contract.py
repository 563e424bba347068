"""A letter read alone is decided as the triage contract says, whatever a case may add to it."""

import json

from mailbot.cases.decision import decide
from tests.life_school import ROOT, School

EVERY = 7  # of the shared letters: enough for every row of the table, quick enough for every run


def test_the_first_letter_of_a_writer_is_decided_by_the_contract_alone() -> None:
    lines = (ROOT / "tests" / "corpus" / "shared.jsonl").read_text(encoding="utf-8").splitlines()
    book = School().book
    for written in map(json.loads, lines[::EVERY]):
        school = School(book)
        sender = f"{written['from_name']} <{written['from_addr']}>" if written["from_name"] else written["from_addr"]
        outcome = school.write(written["body"], sender, subject=written["subject"] or "", proof="")
        if outcome.finding is None or outcome.decision is None:
            continue
        alone = decide(outcome.finding, book)
        seen = outcome.decision
        assert (seen.disposition, seen.route, seen.writer_gets, seen.missing) == (
            alone.disposition,
            alone.route,
            alone.writer_gets,
            alone.missing,
        ), written["id"]
