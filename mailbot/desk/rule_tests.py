"""`test`: the examples an admin wrote beside the rules, tried as real letters are, at a fixed moment of a working day.

What an example expects: of one value (`audience`, `intent`, `disposition`, `route`, `writer_gets`) exactly it; of
`missing` exactly this list; of `topics` and `flags` that all of them are found, `[]` that there are none. An example
also expects its own section, one under `not` that its section is not found. Silence is `writer_gets: nothing`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from pathlib import Path

from mailbot.cases.decision import Decision
from mailbot.consider import Mind
from mailbot.desk.reasons import reason_said
from mailbot.desk.trying import Tried, try_letter
from mailbot.errors import Language, Words
from mailbot.letters.read import read_letter
from mailbot.rulebook.ids import Disposition, Topic, WriterGets
from mailbot.rulebook.types import Example, FlagRules, Rule, Rulebook, TopicRules
from mailbot.triage.finding import Evidence, Finding
from mailbot.triage.phrases import Denial, speaks
from mailbot.triage.text import Reading, readable

CLOCK = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # a Tuesday morning in every zone of Russia but the farthest
EXACT = ("audience", "intent", "disposition", "route", "writer_gets")
MOST_REASONS = 4
SHOWN = 70  # characters of an example's text in a message


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing an example expects that did not come: the contract's key, what was expected and what was found."""

    key: str
    expected: str
    found: str


UNHEARD = Miss("event", "letter", "–")
"""An example that is no writer's letter at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One example with what was missed, nothing if it passed; `why` are the first reasons of the outcome."""

    section: str
    example: Example
    misses: tuple[Miss, ...]
    why: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class RuleTests:
    """All examples, and the rules that spoke in none of their section's examples."""

    tested: tuple[Tested, ...]
    rules: int
    untried: tuple[Rule, ...]

    @property
    def failed(self) -> tuple[Tested, ...]:
        """The examples that did not come out as expected."""
        return tuple(one for one in self.tested if one.misses)


def tried_examples(mind: Mind) -> RuleTests:
    """Every example of every topic and flag."""
    tried = tuple(_all_tried(mind))
    sections: tuple[TopicRules | FlagRules, ...] = _sections(mind.book)
    untried = (rule for section in sections for rule in _silent(section, tried))
    return RuleTests(
        tested=tuple(_tested(section, example, outcome) for section, example, outcome in tried),
        rules=sum(len(section.rules) for section in sections),
        untried=tuple(untried),
    )


def example_letter(example: Example, mailbox: str) -> bytes:
    """The example as a parent's letter from an address nobody knows."""
    subject = Header(" ".join(example.subject.split()), "utf-8").encode() if example.subject else ""
    head = (
        f"From: <writer@mail.example>\r\nTo: <{mailbox}>\r\nSubject: {subject}\r\n"
        f"Date: {CLOCK:%a, %d %b %Y %H:%M:%S} +0000\r\nMessage-ID: <{example.place.line}@mail.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + example.text.replace("\n", "\r\n").encode()


_Trial = tuple[TopicRules | FlagRules, Example, Tried]


def _sections(book: Rulebook) -> tuple[TopicRules | FlagRules, ...]:
    return (*book.topics.values(), *book.flags.values())


def _all_tried(mind: Mind) -> Iterator[_Trial]:
    for section in _sections(mind.book):
        for example in section.examples:
            raw = example_letter(example, mind.book.school.mailbox)
            yield section, example, try_letter(Path(example.place.file), read_letter(raw), raw, mind, CLOCK)


def _tested(section: TopicRules | FlagRules, example: Example, tried: Tried) -> Tested:
    finding = tried.outcome.finding
    misses = tuple(_misses(section, example, found_of(finding, tried.outcome.decision))) if finding else (UNHEARD,)
    return Tested(section=section.id, example=example, misses=misses, why=tried.outcome.why[-MOST_REASONS:])


def _misses(section: TopicRules | FlagRules, example: Example, found: Mapping[str, tuple[str, ...]]) -> Iterator[Miss]:
    key = "topics" if isinstance(section.id, Topic) else "flags"
    if example.negative and section.id in found[key]:
        yield Miss(key, f"не {section.id}", ", ".join(found[key]))
    for name, wanted in example.expect.items():
        expected = frozenset(filter(None, (word.strip() for word in wanted.split(","))))
        if not _meets(name, expected, frozenset(found[name])):
            yield Miss(name, ", ".join(sorted(expected)) or "[]", ", ".join(found[name]) or "[]")


def found_of(finding: Finding, decision: Decision | None) -> Mapping[str, tuple[str, ...]]:
    """What came out, by the contract's keys; about a machine's letter nothing is decided, so it is ignored."""
    return {
        "audience": (finding.audience,),
        "topics": tuple(topic.topic for topic in finding.topics),
        "intent": (finding.intent,),
        "missing": finding.missing,
        "flags": finding.flags,
        "disposition": (decision.disposition if decision else Disposition.IGNORE,),
        "route": (decision.route,) if decision and decision.route else (),
        "writer_gets": (decision.writer_gets if decision else WriterGets.NOTHING,),
    }


def _meets(name: str, expected: frozenset[str], found: frozenset[str]) -> bool:
    if name in EXACT or name == "missing" or not expected:
        return expected == found
    return expected <= found


def _silent(section: TopicRules | FlagRules, tried: tuple[_Trial, ...]) -> Iterator[Rule]:
    """The section's rules that no example of the section lets speak."""
    letters = tuple(one.letter for owner, _, one in tried if owner is section and one.letter)
    readings = tuple(readable(letter) for letter in letters)
    denial = Denial.SUBJECT if isinstance(section, TopicRules) else Denial.DEED
    yield from (rule for rule in section.rules if not _speaks_in(rule, readings, denial))


def _speaks_in(rule: Rule, readings: tuple[Reading, ...], denial: Denial) -> bool:
    return any(speaks(rule, reading, denial) for reading in readings)


def examples_text(done: RuleTests, language: Language) -> str:
    """The examples that failed with their reasons, the rules no example tries, the sum."""
    lines = [line for one in done.failed for line in _failure_lines(one, language)]
    if done.untried:
        title = Words("ни в одном примере не сработали правила", "rules that speak in no example")
        lines.append(f"{title.said_in(language)}:")
        lines += [f"  {rule.place}: {rule.id}" for rule in done.untried]
    passed, tried = len(done.tested) - len(done.failed), done.rules - len(done.untried)
    total = Words(
        f"примеров {len(done.tested)}, прошло {passed}; правил {done.rules}, примерами испытано {tried}",
        f"{len(done.tested)} examples, {passed} passed; {done.rules} rules, {tried} of them tried",
    )
    return "\n".join([*lines, total.said_in(language)])


def _failure_lines(tested: Tested, language: Language) -> Iterator[str]:
    place, text = tested.example.place, " ".join(tested.example.text.split())
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    yield f"{place.file}:{place.line}:{place.column}: {tested.section}: «{shown}»"
    for miss in tested.misses:
        yield "  " + Words(
            f"{miss.key}: ожидалось {miss.expected}, получилось {miss.found}",
            f"{miss.key}: expected {miss.expected}, found {miss.found}",
        ).said_in(language)
    yield from (f"    {reason_said(reason, language)}" for reason in tested.why)
