"""`python -m mailbot.training.evaluate`: the whole triage on letters its model has not seen, pen by pen.

Prints for each pen and in all what the score of the contract counts (but for slots): topic, intent, audience,
disposition, route, asked right and needlessly, safety, doubted, critical and misguided, with Wilson 95 % intervals;
then how far the confidence can be believed.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailbot.cases.decision import Decision, decide
from mailbot.rulebook.ids import Disposition, Flag, Intent, Route, Topic, WriterGets
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Rulebook
from mailbot.training.corpus import Labelled, corpus_files, labelled_letters, phrasebook
from mailbot.training.held_out import Judged, judged, record_of, taught
from mailbot.triage.finding import Finding, Verdict
from mailbot.triage.screening import screen
from mailbot.triage.triage import triage

ROOT = Path(__file__).resolve().parents[2]
PERSONS_DEEDS = (Disposition.ESCALATE, Disposition.REFUSE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One letter with its labels, what was found and what would be done."""

    one: Labelled
    finding: Finding
    decision: Decision

    @property
    def counts(self) -> bool:
        """Whether topic and intent are judged: not for machines' and empty letters."""
        return self.one.intent is not Intent.AUTO and Flag.EMPTY not in self.one.flags


def main() -> None:
    """Print the figures."""
    letters, pieces = labelled_letters(corpus_files()), phrasebook()
    book = load_rulebook(ROOT / "rules", ROOT / "templates", "osh-dnevnik", ("help@school.example.org",))
    outcomes = tuple(outcomes_of(judged(letters, pieces, _progress), book))
    pens = sorted({outcome.one.pen for outcome in outcomes})
    for pen in pens:
        print(f"{pen:6}", *figures([outcome for outcome in outcomes if outcome.one.pen == pen]))
    print(f"{'all':6}", *figures(outcomes))
    print("\nconfidence: claimed, right, letters (letters answered or asked for facts)")
    for line in calibration(outcomes):
        print(line)
    if "--errors" in sys.argv:
        for outcome in outcomes:
            print(*errors(outcome), sep="\n", end="\n" if errors(outcome) else "")


def outcomes_of(cases: Sequence[Judged], book: Rulebook) -> Iterable[Outcome]:
    """The whole triage of every letter. The few numbers of the record are learned from all letters together."""
    record = record_of(cases)
    for case in cases:
        finding = triage(case.one.letter, screen(case.one.letter, book), book, taught(case.brain, record))
        yield Outcome(case.one, finding, decide(finding, book))


def figures(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """The shares and counts of some letters."""
    counted = [outcome for outcome in outcomes if outcome.counts]
    asking = [outcome for outcome in counted if outcome.one.intent is not Intent.THANKS]
    answerable = [outcome for outcome in outcomes if outcome.one.disposition in ("answer", "clarify")]
    persons = [outcome for outcome in outcomes if outcome.one.intent is not Intent.AUTO]
    lacking = [outcome for outcome in persons if outcome.one.disposition == "clarify" and outcome.counts]
    whole = [outcome for outcome in persons if outcome.one.disposition != "clarify"]
    danger = [outcome for outcome in persons if Flag.SAFETY in outcome.one.flags]
    calm = [outcome for outcome in persons if Flag.SAFETY not in outcome.one.flags]
    return (
        share("topic", [outcome.finding.topics[0].topic in outcome.one.topics for outcome in asking]),
        share("intent", [outcome.finding.intent is outcome.one.intent for outcome in counted]),
        share("audience", [outcome.finding.audience is outcome.one.audience for outcome in counted]),
        share("disposition", [outcome.decision.disposition == outcome.one.disposition for outcome in outcomes]),
        share("route", [(outcome.decision.route or "") == outcome.one.route for outcome in outcomes]),
        share("asked right", [_asks_rightly(outcome) for outcome in lacking]),
        share("asked needlessly", [outcome.decision.disposition is Disposition.CLARIFY for outcome in whole]),
        share("safety", [outcome.decision.route is Route.DIRECTOR for outcome in danger]),
        share("false safety", [Flag.SAFETY in outcome.finding.flags for outcome in calm]),
        share("doubted", [outcome.decision.disposition is Disposition.ESCALATE for outcome in answerable]),
        f"critical {sum(map(is_critical, outcomes))}",
        f"misguided {sum(map(is_misguided, outcomes))}",
        f"of {len(outcomes)}",
    )


def _asks_rightly(outcome: Outcome) -> bool:
    """Whether just what the label says is asked for."""
    asks = outcome.decision.disposition is Disposition.CLARIFY
    return asks and set(outcome.finding.missing) == outcome.one.missing


def share(name: str, hits: Sequence[bool]) -> str:
    """A share with its Wilson 95 % interval."""
    n = len(hits)
    if not n:
        return f"{name} -"
    p, z = sum(hits) / n, 1.96
    middle, half = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return f"{name} {p:.3f} [{low:.3f} {high:.3f}]"


def is_misguided(outcome: Outcome) -> bool:
    """Answered with the guidance of a wrong topic, or answered though it should not be."""
    found = {one.topic for one in outcome.finding.topics}
    wrong = outcome.one.disposition != "answer" or not found & set(outcome.one.topics)
    return outcome.decision.disposition is Disposition.ANSWER and wrong


def is_critical(outcome: Outcome) -> bool:
    """A wrong outcome that does harm, in the words of score.py."""
    one, decision = outcome.one, outcome.decision
    sent = decision.writer_gets is not WriterGets.NOTHING
    if one.intent is Intent.AUTO:
        return sent
    to_person = decision.disposition in PERSONS_DEEDS and decision.route is not None
    return (
        (Flag.DOUBTFUL in one.flags and sent)
        or (bool(one.flags & {Flag.SAFETY, Flag.LEAK}) and decision.route != "director")
        or (bool(one.flags & {Flag.ABUSE, Flag.PRIVACY}) and not to_person)
        or (Topic.COMPLAINT in one.topics and not to_person)
        or (decision.disposition is Disposition.REFUSE and Flag.ABUSE not in one.flags)
        or (one.intent is not Intent.THANKS and decision.disposition is Disposition.IGNORE)
    )


def calibration(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """How often letters that would be answered or asked were right, by the confidence claimed."""
    unseen = [outcome for outcome in outcomes if outcome.counts and not outcome.finding.flags]
    for low in range(0, 100, 10):
        some = [outcome for outcome in unseen if low <= outcome.finding.confidence * 100 < low + 10]
        hits = [outcome.finding.topics[0].topic in outcome.one.topics and _deed_right(outcome) for outcome in some]
        if some:
            yield f"{low:3}–{low + 10:3} %  {sum(hits) / len(hits):.2f}  {len(hits)}"


def _deed_right(outcome: Outcome) -> bool:
    return (outcome.finding.intent is Intent.HOWTO) == (outcome.one.intent is Intent.HOWTO)


def errors(outcome: Outcome) -> tuple[str, ...]:
    """What went wrong with one letter, with its first words."""
    one, decision = outcome.one, outcome.decision
    wrong = "CRITICAL" if is_critical(outcome) else "MISGUIDED" if is_misguided(outcome) else ""
    if not wrong and decision.disposition != one.disposition:
        wrong = "disposition"
    if not wrong:
        return ()
    found = "+".join(f"{topic.topic}/{topic.intent}" for topic in outcome.finding.topics)
    wanted = "+".join(f"{topic}/{one.intents[topic]}" for topic in one.topics)
    verdict = "" if outcome.finding.screening.verdict is Verdict.PERSON else outcome.finding.screening.verdict
    words = f"{one.letter.subject} | {one.letter.question}".replace("\n", "/")[:200]
    flags = ",".join(sorted(set(one.flags) ^ set(outcome.finding.flags)))
    return (
        f"{wrong} {one.id} {verdict} {wanted} {one.disposition}/{one.route} -> {found} "
        f"{decision.disposition}/{decision.route or ''} {outcome.finding.confidence:.2f} [{flags}] {words}",
    )


def _progress(what: str) -> None:
    print(what, file=sys.stderr)


if __name__ == "__main__":
    main()
