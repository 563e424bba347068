"""The first value of a case; and what a case is about that was opened by an empty letter."""

from dataclasses import replace

from mailbot.cases.case import Case, CaseState, Note
from mailbot.cases.situation import Situation
from mailbot.rulebook.ids import Flag
from mailbot.triage.finding import Finding


def opened(situation: Situation) -> Case:
    """A new case of this letter's writer, before anything is decided."""
    writer, finding, now = situation.event.writer, situation.finding, situation.now
    return Case(
        number=situation.history.next_number,
        state=CaseState.REGISTERED,
        opened_at=now,
        changed_at=now,
        writer=writer.address,
        writer_name=writer.name,
        proof=situation.event.proof,
        audience=finding.audience,
        topics=tuple(topic.topic for topic in finding.topics),
        intent=finding.intent,
        flags=(),
        facts=(),
        missing=(),
        route=None,
        with_whom="",
        round=0,
        fruitless=0,
        letters=(),
        sent=(),
        dues=(),
        linked=(situation.placed.linked,) if situation.placed.linked else (),
        notes=(Note(now, "Обращение зарегистрировано"),),
        intents=tuple(topic.intent for topic in finding.topics),
        subject=situation.letter.subject,
    )


def told_at_last(case: Case, finding: Finding) -> Case:
    """The case; one that was opened by an empty letter is about what the next letter says."""
    if not case.is_blank or Flag.EMPTY in finding.flags:
        return case
    topics, intents = tuple(one.topic for one in finding.topics), tuple(one.intent for one in finding.topics)
    return replace(case, audience=finding.audience, topics=topics, intents=intents, intent=finding.intent)
