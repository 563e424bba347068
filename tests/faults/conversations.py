"""A conversation between two programs as a row of the fault matrix."""

from collections import Counter
from email import message_from_bytes

from mailbot.cases.case import CaseState
from tests.faults.matrix import Result, record
from tests.scenarios.living_school import LivingSchool


def ended(name: str, school: LivingSchool, program: str) -> Result:
    """What has come of the letters of `program`, an address: recorded, and nothing may be lost or doubled.

    answered: how many automatic mails of ours it got. with_a_person: cases that the staff has.
    """
    ledger = school.ledger
    ids = Counter(str(message_from_bytes(one.raw)["Message-ID"]) for one in school.sink.accepted)
    result = Result(
        side="loops",
        name=name,
        letters=len(ledger.letters),
        answered=len(school.automatic_to(program)),
        with_a_person=sum(case.state is CaseState.WITH_STAFF for case in ledger.cases.values()),
        lost=len(school.filed("INBOX")) + sum(not letter.filed for letter in ledger.letters.values()),
        doubled=sum(count - 1 for count in ids.values()),
        recovered_s=0.0,
        cpu_waiting=None,
    )
    record(result)
    assert (result.lost, result.doubled) == (0, 0)
    return result
