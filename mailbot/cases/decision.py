"""From a finding to a decision: the contract's table «disposition, route and what the writer gets», in its order."""

from dataclasses import dataclass, replace

from mailbot.rulebook.ids import Disposition, Flag, Intent, Route, Slot, Topic, WriterGets
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence, Finding, TopicFinding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done with one letter.

    `guidance` names the topics whose guidance goes to the writer, whatever `writer_gets` is called; `clause` is the
    id of the regulation's clause the mail cites, or "".
    """

    disposition: Disposition
    route: Route | None
    writer_gets: WriterGets
    missing: tuple[Slot, ...] = ()
    guidance: tuple[Topic, ...] = ()
    clause: str = ""
    why: tuple[Evidence, ...] = ()


def decide(finding: Finding, book: Rulebook) -> Decision:
    """Steps 1–12 of the triage contract for one letter, without any stored state."""
    if finding.intent is Intent.AUTO:
        return _ignore("step 1: not written by a person to us")
    in_danger = Flag.SAFETY in finding.flags or Flag.LEAK in finding.flags
    decision = _escalate(Route.DIRECTOR, "step 2: safety or leak") if in_danger else _decide_calmly(finding, book)
    if Flag.DOUBTFUL in finding.flags and decision.writer_gets is not WriterGets.NOTHING:
        return _silently(decision)
    return decision


def _decide_calmly(finding: Finding, book: Rulebook) -> Decision:
    """Steps 4–12: no danger, no leak; whether anything may be sent (step 3) is the caller's question."""
    if Flag.ABUSE in finding.flags:
        return _on_abuse(book)
    if Flag.PRIVACY in finding.flags:
        return _escalate(Route.SUPERVISOR, "step 4: asks for what is not theirs")
    if any(topic.topic is Topic.COMPLAINT for topic in finding.topics):
        return _escalate(Route.SUPERVISOR, "step 5: complaint")
    if finding.intent is Intent.THANKS:
        return _ignore("step 6: thanks, nothing is asked")
    if Flag.EMPTY in finding.flags:
        return _clarify((), _step("step 7: no text"))
    if Flag.FOREIGN in finding.flags:
        return _escalate(Route.CONSULTANT, "step 7: not in a language of the rules")
    if not finding.confident:
        return _unsure(finding)
    return _best_of(finding, book)


def _best_of(finding: Finding, book: Rulebook) -> Decision:
    """Step 11: each topic alone, then escalate beats clarify beats answer; the first wins a tie."""
    missing = dict(finding.missing_by_topic)
    alone = tuple(decide_topic(topic, missing.get(topic.topic, ()), book) for topic in finding.topics)
    order = (Disposition.ESCALATE, Disposition.CLARIFY, Disposition.ANSWER)
    best = min(alone, key=lambda decision: order.index(decision.disposition))
    guidance = tuple(dict.fromkeys(topic for decision in alone for topic in decision.guidance))
    return replace(best, missing=finding.missing if best.missing else (), guidance=guidance)


def decide_topic(topic: TopicFinding, missing: tuple[Slot, ...], book: Rulebook) -> Decision:
    """Steps 8–10 for one topic alone."""
    if topic.topic is Topic.OTHER:
        return _escalate(Route.OFFICE, "step 8: school business outside the journal")
    guidance = (topic.topic,) if book.topics[topic.topic].guidance else ()
    if topic.intent is Intent.HOWTO:
        return Decision(
            disposition=Disposition.ANSWER,
            route=None,
            writer_gets=WriterGets.GUIDANCE,
            guidance=guidance,
            why=(_step("step 9: a general question"),),
        )
    if missing:
        return _clarify(missing, _step("step 10: asks for what is missing", ", ".join(missing)))
    if topic.topic is Topic.OUTAGE:
        return replace(
            _escalate(Route.VENDOR, "step 10: the system itself fails"),
            writer_gets=WriterGets.GUIDANCE,
            guidance=guidance,
            clause=book.regulation.emergency,
        )
    if topic.topic is Topic.ATTENDANCE and topic.intent is Intent.NOTICE:
        return _escalate(Route.CLASS_TEACHER, "step 10: an absence is announced")
    return replace(_escalate(Route.CONSULTANT, "step 10: a person must look"), guidance=guidance)


def _on_abuse(book: Rulebook) -> Decision:
    clause = book.regulation.etiquette
    if not clause:
        return _escalate(Route.SUPERVISOR, "step 4: insults; the regulation has no etiquette clause")
    return Decision(
        disposition=Disposition.REFUSE,
        route=Route.SUPERVISOR,
        writer_gets=WriterGets.NOTICE,
        clause=clause,
        why=(_step("step 4: insults", clause),),
    )


def _unsure(finding: Finding) -> Decision:
    """Step 12: never a guess at an answer; silence if there is any sign of a machine."""
    decision = _escalate(Route.CONSULTANT, f"step 12: not confident ({finding.confidence:.2f})")
    if finding.screening.verdict is not Verdict.PERSON:
        return replace(decision, writer_gets=WriterGets.NOTHING)
    return decision


def _silently(decision: Decision) -> Decision:
    """Step 3: nothing is sent to a doubtful sender; a step that would write becomes a hand-over without a word."""
    return replace(
        decision,
        disposition=Disposition.ESCALATE,
        route=decision.route or Route.CONSULTANT,
        writer_gets=WriterGets.NOTHING,
        missing=(),
        guidance=(),
        why=(_step("step 3: doubtful sender, nothing is sent"), *decision.why),
    )


def _ignore(step: str) -> Decision:
    return Decision(disposition=Disposition.IGNORE, route=None, writer_gets=WriterGets.NOTHING, why=(_step(step),))


def _clarify(missing: tuple[Slot, ...], why: Evidence) -> Decision:
    return Decision(
        disposition=Disposition.CLARIFY, route=None, writer_gets=WriterGets.QUESTIONS, missing=missing, why=(why,)
    )


def _escalate(route: Route, step: str) -> Decision:
    return Decision(disposition=Disposition.ESCALATE, route=route, writer_gets=WriterGets.RECEIPT, why=(_step(step),))


def _step(rule: str, words: str = "") -> Evidence:
    return Evidence(rule=f"TRIAGE.md {rule}", words=words)
