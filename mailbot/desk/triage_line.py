"""One letter's triage as the contract wants it: one JSON object with exactly its keys."""

import json

from mailbot.desk.trying import Tried
from mailbot.rulebook.ids import Disposition, Flag, Intent, Route, WriterGets
from mailbot.triage.finding import FilledSlot


def triage_line(tried: Tried) -> str:
    """The line of `mailbot triage --json`; a letter that could not be read has one, too."""
    return json.dumps(triage_object(tried), ensure_ascii=False)


def triage_object(tried: Tried) -> dict[str, object]:
    """The contract's keys and values for one letter."""
    finding, decision = tried.outcome.finding, tried.outcome.decision
    if finding is None:
        return _unread(tried)
    disposition = decision.disposition if decision else Disposition.IGNORE
    told: dict[str, object] = {
        "file": str(tried.path),
        "audience": finding.audience,
        "topics": [topic.topic for topic in finding.topics],
        "intent": finding.intent,
        "slots": _joined(finding.slots),
        "missing": list(finding.missing),
        "flags": list(finding.flags),
        "disposition": disposition,
        "route": decision.route if decision else None,
        "writer_gets": decision.writer_gets if decision else WriterGets.NOTHING,
        "confidence": round(finding.confidence, 3),
        "why": [str(reason) for reason in tried.outcome.why],
    }
    if len(finding.topics) > 1:
        told["topic_intents"] = {topic.topic: topic.intent for topic in finding.topics}
    return told


def _joined(slots: tuple[FilledSlot, ...]) -> dict[str, str]:
    """Each slot's values; several of one slot are joined with «; »."""
    values: dict[str, list[str]] = {}
    for filled in slots:
        values.setdefault(filled.slot, []).append(filled.value)
    return {slot: "; ".join(dict.fromkeys(found)) for slot, found in values.items()}


def _unread(tried: Tried) -> dict[str, object]:
    return {
        "file": str(tried.path),
        "audience": "parent",
        "topics": ["other"],
        "intent": Intent.REQUEST,
        "slots": {},
        "missing": [],
        "flags": [Flag.DOUBTFUL],
        "disposition": Disposition.ESCALATE,
        "route": Route.CONSULTANT,
        "writer_gets": WriterGets.NOTHING,
        "confidence": 0.0,
        "why": [str(reason) for reason in tried.outcome.why],
    }
