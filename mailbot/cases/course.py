"""What is done with a writer's letter in view of its case: the contract's decision, seen beside what came before.

The contract decides about one letter alone (`decision.decide`). Here earlier letters, rounds, age, waves of outages and
the word «ЧЕЛОВЕК» are weighed, in this order: danger, what must be silent, what a person must have, the case.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from mailbot.cases.absence import is_urgent_absence
from mailbot.cases.case import Case, CaseState, Kind
from mailbot.cases.decision import Decision, decide
from mailbot.cases.gate import listed
from mailbot.cases.outages import has_vendor, is_known_outage
from mailbot.cases.person_called import calls_a_person, says_little_else
from mailbot.cases.placing import is_repeated
from mailbot.cases.situation import Situation, has_fresh_word, is_unheeded
from mailbot.cases.training import first_day_of_term, is_training_request
from mailbot.cases.working_time import WorkingTime
from mailbot.letters.letter import Proof
from mailbot.rulebook.ids import Disposition, Flag, Intent, Route, Slot, Topic, WriterGets
from mailbot.rulebook.types import OnExpired
from mailbot.triage.finding import Evidence

UNHEEDED = "two letters of ours brought nothing new"
WRITER_KIND = {
    WriterGets.GUIDANCE: Kind.GUIDANCE,
    WriterGets.QUESTIONS: Kind.QUESTIONS,
    WriterGets.RECEIPT: Kind.RECEIPT,
    WriterGets.NOTICE: Kind.NOTICE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is done. `kind` is the mail the writer gets at once, None for silence; `holder` the address that keeps the
    case, "" for whoever is behind the route; `missing` what stays unknown though a person takes the case. `contract` is
    the contract's word on the letter alone where more is done than that, None where `decision` is it.
    """

    decision: Decision
    kind: Kind | None
    holder: str = ""
    missing: tuple[Slot, ...] = ()
    contract: Decision | None = None

    @property
    def concluded(self) -> Decision:
        """What is recorded and shown as the decision on this letter."""
        return self.contract or self.decision


def course_of(situation: Situation) -> Course:
    """The course of one letter. A doubtful or forged sender never gets a word, whatever else holds."""
    course = _course(situation)
    silent = Flag.DOUBTFUL in situation.finding.flags or situation.event.proof is Proof.FORGED
    if not silent:
        return course
    return replace(course, kind=None, decision=replace(course.decision, writer_gets=WriterGets.NOTHING))


def _course(situation: Situation) -> Course:
    decision = decide(situation.finding, situation.book)
    case = situation.case
    thanks = decision.disposition is Disposition.IGNORE
    if decision.route is Route.DIRECTOR or (case and case.in_danger_lane and not thanks):
        return _danger(situation, decision)
    if situation.finding.intent is Intent.AUTO:
        return _like_a_machine(situation, decision)
    if listed(situation.event.writer.address, situation.book.screening.authorities):
        return to_person(decision, "screening.yaml: authorities", route=Route.OFFICE)
    if situation.held:
        return _silent(situation, decision, f"gate: {situation.held.reason}", situation.held.why)
    if _is_old(situation) and not thanks:
        days = situation.book.lifecycle.first_sight_days
        return _silent(situation, decision, f"older than {days} days at first sight")
    if calls_a_person(situation.letter):
        return _person_called(situation, decision)
    if thanks:
        return Course(decision=decision, kind=None)
    return _of_case(situation, decision, case) if case else _of_new(situation, decision)


def _like_a_machine(situation: Situation, decision: Decision) -> Course:
    """Only the words sound like a machine, no header proves one: in a thread of ours a person looks at it once."""
    case = situation.case
    if case is None or case.state is CaseState.CLOSED or is_repeated(situation.letter, case):
        return Course(decision=decision, kind=None)
    return _silent(situation, decision, "sounds like an automatic reply")


def to_person(
    decision: Decision, rule: str, words: str = "", *, route: Route | None = None, kind: Kind | None = None
) -> Course:
    """A person takes the letter; the writer gets `kind`, or nothing."""
    handed = replace(
        decision,
        disposition=Disposition.ESCALATE,
        route=route or decision.route or Route.CONSULTANT,
        writer_gets=WriterGets.RECEIPT if kind else WriterGets.NOTHING,
        missing=(),
        guidance=(),
        why=(Evidence(rule, words), *decision.why),
    )
    return Course(decision=handed, kind=kind)


def plain(decision: Decision) -> Course:
    """The contract's own word."""
    kind = WRITER_KIND.get(decision.writer_gets)
    if decision.route is Route.VENDOR and kind is Kind.GUIDANCE:
        kind = Kind.VENDOR
    return Course(decision=decision, kind=kind, missing=decision.missing)


def _danger(situation: Situation, decision: Decision) -> Course:
    """Danger and leaks: the director's, and the writer gets the neutral receipt that every letter gets."""
    silent = situation.held or listed(situation.event.writer.address, situation.book.screening.authorities)
    case = situation.case
    told = case and case.in_danger_lane and _has_heard_enough(situation, case)
    kind = None if silent or told or _is_old(situation) else Kind.RECEIPT
    return to_person(decision, "the danger lane", route=Route.DIRECTOR, kind=kind)


def _of_new(situation: Situation, decision: Decision) -> Course:
    """A letter that opens a case."""
    if decision.writer_gets is WriterGets.NOTHING or decision.disposition is Disposition.REFUSE:
        return plain(decision)
    if situation.placed.parent and _brings_nothing_new(situation.placed.parent):
        return _silent(situation, decision, UNHEEDED)
    if is_known_outage(decision, situation.finding, situation.history, situation.book):
        return _known_outage(situation, decision)
    if decision.missing and is_urgent_absence(situation.event, situation.finding, situation.book):
        return _at_once(decision)
    if decision.disposition is Disposition.ESCALATE and is_training_request(situation.finding):
        return _training(situation, decision)
    return plain(decision)


def _of_case(situation: Situation, decision: Decision, case: Case) -> Course:
    """A further letter in a case; what was no clear new matter stays with those whose work the case is."""
    if decision.disposition is Disposition.REFUSE or decision.route is Route.SUPERVISOR:
        return _calmed(situation, plain(decision))
    if decision.route is Route.OFFICE and Topic.OTHER not in case.topics:
        decision = replace(decision, route=route_of(case))
    if is_repeated(situation.letter, case) and not situation.placed.news:
        return _silent(situation, decision, "the same words once more")
    if case.state is CaseState.WITH_STAFF or _was_answered_by_person(case):
        return _addition(situation, decision, case)
    if _was_in_vain(situation, decision, case):
        route = route_of(case, replace(decision, route=None))
        return _calmed(situation, to_person(decision, "our answer did not help", route=route, kind=Kind.RECEIPT))
    if decision.disposition is Disposition.CLARIFY:
        return _next_round(situation, decision, case)
    if decision.missing and is_urgent_absence(situation.event, situation.finding, situation.book):
        return _at_once(decision)
    return _calmed(situation, plain(decision))


def _was_in_vain(situation: Situation, decision: Decision, case: Case) -> bool:
    """Whether guidance or the vendor did not help: the same again, questions beside the point, or not one fact told."""
    sent = {one.kind for one in case.sent}
    if Kind.VENDOR in sent and decision.route is Route.VENDOR:
        return True
    if Kind.GUIDANCE not in sent:
        return False
    beside = not any(one.topic in case.topics for one in situation.finding.topics)
    asks_in_vain = decision.disposition is Disposition.CLARIFY and (beside or not situation.placed.news)
    return decision.disposition is Disposition.ANSWER or asks_in_vain


def _next_round(situation: Situation, decision: Decision, case: Case) -> Course:
    """Questions once more, unless there have been enough rounds: then a person gets what there is (REGULATIONS 2–3)."""
    life, rejection = situation.book.lifecycle, situation.book.regulation
    fruitless = 0 if situation.placed.news else case.fruitless + 1
    if fruitless >= life.fruitless_rounds:
        course = _unfinished(situation, decision, "rounds without a new fact", rejection.rejection_not_constructive)
    elif case.round >= life.rounds:
        course = _unfinished(situation, decision, "rounds used up", rejection.rejection_incomplete)
    else:
        course = plain(decision)
    return _calmed(situation, course)


def _unfinished(situation: Situation, decision: Decision, rule: str, clause: str) -> Course:
    """A person takes over with what is missing still missing; a school with its own clause may refuse instead."""
    life, case = situation.book.lifecycle, situation.case
    if life.on_expired is OnExpired.REFUSE:
        refused = to_person(decision, rule, kind=Kind.REFUSAL)
        clause = life.on_expired_clause
        ended = replace(refused.decision, disposition=Disposition.REFUSE, clause=clause)
        return replace(refused, decision=ended, missing=decision.missing)
    route = route_of(case, decision)
    course = to_person(decision, rule, route=route, kind=Kind.HANDED_OVER)
    return replace(course, decision=replace(course.decision, clause=clause), missing=decision.missing)


def route_of(case: Case | None, decision: Decision | None = None) -> Route:
    """Whose work a case is once a person must take it: the route it has, else that of its topic."""
    route = (decision.route if decision else None) or (case.route if case else None)
    if route and route is not Route.VENDOR:
        return route
    if case and case.topics[:1] == (Topic.ATTENDANCE,) and case.intent is Intent.NOTICE:
        return Route.CLASS_TEACHER
    return Route.CONSULTANT


def _addition(situation: Situation, decision: Decision, case: Case) -> Course:
    """A further word in a case that a person has: it goes to that person, and one receipt a day is enough."""
    today = WorkingTime.of(situation.book).today(situation.now)
    if first_day_of_term(situation.letter, situation.finding, case, today) and situation.book.regulation.training:
        return replace(
            _training(situation, to_person(decision, "the day of taking office").decision), holder=case.with_whom
        )
    told = _has_heard_enough(situation, case)
    course = to_person(
        decision,
        "a further letter in a case that a person has",
        route=route_of(case),
        kind=None if told else Kind.RECEIPT,
    )
    class_found = case.route is Route.CLASS_TEACHER and situation.placed.news
    known = {fact.slot for fact in situation.placed.facts}
    missing = tuple(slot for slot in case.missing if slot not in known)
    return replace(course, holder="" if class_found else case.with_whom, missing=missing)


def _has_heard_enough(situation: Situation, case: Case) -> bool:
    """Whether one more receipt would say nothing: there was one within a day, or two that brought nothing new."""
    return has_fresh_word(case, situation.now) or _brings_nothing_new(case)


def _was_answered_by_person(case: Case) -> bool:
    """Whether the last word to the writer was a colleague's: an answer to it is for that colleague."""
    return bool(case.with_whom) and any(sent.kind is Kind.RELAY for sent in case.sent)


def _person_called(situation: Situation, decision: Decision) -> Course:
    """The word «ЧЕЛОВЕК» always wins; whoever waits for that person already need not be told so again."""
    case, asks = situation.case, None if says_little_else(situation.letter) else decision
    with_staff = case is not None and case.state is CaseState.WITH_STAFF
    kind = None if case and with_staff and _has_heard_enough(situation, case) else Kind.RECEIPT
    course = to_person(decision, "the word «ЧЕЛОВЕК»", route=route_of(case, asks), kind=kind)
    holder = case.with_whom if case and with_staff else ""
    contract = None if case else decision
    return replace(course, holder=holder, missing=case.missing if case else (), contract=contract)


def _silent(situation: Situation, decision: Decision, rule: str, words: str = "") -> Course:
    """A person takes the letter and nothing goes to the writer."""
    case = situation.case
    complains = decision.route is Route.SUPERVISOR
    course = to_person(decision, rule, words, route=route_of(case, decision if case is None or complains else None))
    holder = case.with_whom if case and case.state is CaseState.WITH_STAFF else ""
    return replace(course, holder=holder, missing=case.missing if case else decision.missing)


def _calmed(situation: Situation, course: Course) -> Course:
    """The same, but silent once two letters of ours in a row have brought back nothing new."""
    case = situation.case
    if case is None or situation.placed.news or course.kind is None:
        return course
    if not _brings_nothing_new(case):
        return course
    if course.decision.route is Route.SUPERVISOR:
        return replace(course, kind=None, decision=replace(course.decision, writer_gets=WriterGets.NOTHING))
    silent = _silent(situation, course.decision, UNHEEDED)
    return replace(silent, decision=replace(silent.decision, clause=course.decision.clause), missing=course.missing)


def _brings_nothing_new(case: Case) -> bool:
    """Whether one more letter without a fact makes it two letters of ours that brought back nothing new."""
    return is_unheeded(replace(case, fruitless=case.fruitless + 1))


def _at_once(decision: Decision) -> Course:
    """An absence of today goes on as it is, and what is missing is asked for, too."""
    course = to_person(decision, "an absence of today cannot wait", route=Route.CLASS_TEACHER, kind=Kind.QUESTIONS)
    asked = replace(course.decision, writer_gets=WriterGets.QUESTIONS, missing=decision.missing)
    return replace(course, decision=asked, missing=decision.missing, contract=decision)


def _known_outage(situation: Situation, decision: Decision) -> Course:
    """One of many letters about the same failure: nobody is asked for details, the writer is told that it is known."""
    course = to_person(decision, "a wave of outages", route=Route.VENDOR, kind=Kind.KNOWN_OUTAGE)
    clause = situation.book.regulation.emergency
    return replace(course, decision=replace(course.decision, writer_gets=WriterGets.GUIDANCE, clause=clause))


def _training(situation: Situation, decision: Decision) -> Course:
    """The writer is told the document's term, and asked for the day it runs from if the letter does not name it."""
    if situation.book.regulation.training_working_days is None:
        return plain(decision)
    return replace(plain(replace(decision, clause=situation.book.regulation.training)), kind=Kind.TRAINING_TERM)


def _is_old(situation: Situation) -> bool:
    age = situation.now - situation.event.arrival.received_at
    return age > timedelta(days=situation.book.lifecycle.first_sight_days)


def needs_person(decision: Decision, course: Course, situation: Situation) -> bool:
    """Whether somebody at the school must be told: the vendor's route needs nobody if the vendor can be reached."""
    if decision.route is None:
        return False
    return decision.route is not Route.VENDOR or (
        course.kind is not Kind.KNOWN_OUTAGE and not has_vendor(situation.book)
    )
