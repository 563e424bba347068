"""Which case a writer's letter belongs to, and what it says there.

A reply to our questions with the missing facts is their answer, whatever it would mean alone; a confident question
about something else is a new matter, linked to the old one. A forged letter touches no case.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import timedelta

from mailbot.cases.case import Case, CaseState
from mailbot.cases.events import FromWriter
from mailbot.cases.history import History
from mailbot.cases.sort import belongs
from mailbot.letters.letter import Letter, Proof
from mailbot.rulebook.ids import Flag, Intent, Slot, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import FilledSlot, Finding, Source, TopicFinding

ASKS = frozenset({Intent.HOWTO, Intent.PROBLEM, Intent.REQUEST, Intent.NOTICE, Intent.COMPLAINT})
NEEDS_FACTS = frozenset({Intent.PROBLEM, Intent.REQUEST, Intent.NOTICE})
OWN_SOURCES = frozenset((Source.SUBJECT, Source.BODY, Source.SIGNATURE, Source.ATTACHMENT))
STORY_OF_DANGER = frozenset({Topic.COMPLAINT, Topic.OTHER, Topic.ATTENDANCE, Topic.PROFILE})
"""What a further letter about danger may sound like; it stays with the director."""
WHAT_A_MATTER_IS_OF = frozenset({Slot.STUDENT, Slot.CLASS, Slot.SUBJECT})
PLAINLY = 0.9  # a topic's probability from which a letter in a thread may start a new matter by its sound alone
MOST_OTHER_WORDS = 8
FEWEST_WORDS_OF_A_MATTER = 3
FEW_WORDS = 5  # fewer start a new matter only if a rule heard its topic: «Мы ценим каждое обращение» does not
AFTERTHOUGHT = timedelta(minutes=30)
SAME_LETTER_AGAIN = timedelta(hours=1)
FEWEST_LETTERS_TO_COMPARE = 12
NOT_LETTERS = re.compile(r"[\W\d_]+")
WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A letter in its case. `case` None: a new one. `finding` is triage as the case sees it; `facts` are the case's.

    `news`: it fills what was missing. `is_twin`: the same words within the hour. `parent`: the case it grew out of.
    """

    case: Case | None
    finding: Finding
    facts: tuple[FilledSlot, ...]
    news: bool
    is_twin: bool
    parent: Case | None
    linked: str


def placed(event: FromWriter, finding: Finding, history: History, book: Rulebook) -> Placed:
    """Where a letter belongs, by its thread, else as an afterthought to the writer's latest case."""
    letter = event.arrival.letter
    own = _own_case(event, history)
    late = _afterthought(event, finding, history) if own is None else None
    twin = history.latest if own is None and _is_twin(event, history.latest) else None
    case = own or late or twin
    if case and not twin and not case.is_blank and is_new_matter(letter, finding, case, book):
        return _new(without_quoted(finding, book), parent=case, linked=case.number)
    if case is None:
        named = history.linked or (history.case.number if history.case else "")
        return _new(without_quoted(finding, book) if named else finding, parent=None, linked=named)
    facts = merged(case.facts, news_of(finding, case))
    return Placed(
        case=case,
        finding=in_case(finding, case, facts, book),
        facts=facts,
        news=any(fact.slot in case.missing for fact in news_of(finding, case)),
        is_twin=twin is not None,
        parent=None,
        linked="",
    )


def is_new_matter(letter: Letter, finding: Finding, case: Case, book: Rulebook) -> bool:
    """Whether a letter in a thread confidently asks about something else; bare facts never do."""
    first = finding.topics[0]
    if not finding.confident or first.intent not in ASKS or any(one.topic in case.topics for one in finding.topics):
        return False
    if case.in_danger_lane and first.topic in STORY_OF_DANGER:
        return False
    words = len(WORD.findall(letter.question))
    if words < FEWEST_WORDS_OF_A_MATTER or not {Flag.EMPTY, Flag.DOUBTFUL}.isdisjoint(finding.flags):
        return False
    if (first.score < PLAINLY or words < FEW_WORDS) and not _is_said(first.topic, finding, book):
        return False
    return not (case.missing and only_facts(letter, finding, case.missing))


def _is_said(topic: Topic, finding: Finding, book: Rulebook) -> bool:
    """Whether a rule of the topic heard its words: «Вы сами должны знать» only sounds like a question about hours."""
    places = {str(rule.place) for rule in book.topics[topic].rules}
    return any(evidence.rule in places for evidence in finding.why)


def only_facts(letter: Letter, finding: Finding, wanted: tuple[Slot, ...]) -> bool:
    """Whether a letter gives one of the wanted facts and says little else: «Иванова Мария, 5Б, математика»."""
    heard = [fact.heard for fact in finding.slots if fact.source in OWN_SOURCES]
    if not any(fact.slot in wanted and fact.source in OWN_SOURCES for fact in finding.slots):
        return False
    rest = letter.question.lower()
    for words in "; ".join(heard).lower().split("; "):
        rest = rest.replace(words, " ")
    return len(WORD.findall(rest)) <= MOST_OTHER_WORDS


def news_of(finding: Finding, case: Case) -> tuple[FilledSlot, ...]:
    """Facts the writer gave in this letter; the quoted text is mostly ours and says nothing new."""
    told = tuple(fact for fact in finding.slots if fact.source in OWN_SOURCES)
    known = {fact.slot: fact.value for fact in case.facts}
    return tuple(fact for fact in told if known.get(fact.slot) != fact.value)


def merged(older: tuple[FilledSlot, ...], newer: tuple[FilledSlot, ...]) -> tuple[FilledSlot, ...]:
    """Facts of the whole case; a newer letter's word replaces an older one."""
    both = {fact.slot: fact for fact in older} | {fact.slot: fact for fact in newer}
    return tuple(both[slot] for slot in Slot if slot in both)


def in_case(finding: Finding, case: Case, facts: tuple[FilledSlot, ...], book: Rulebook) -> Finding:
    """The finding as the case sees it: an answer to our questions keeps the case's topics and intents."""
    news = any(fact.slot in case.missing for fact in news_of(finding, case))
    if not case.missing or (finding.intent in (Intent.THANKS, Intent.AUTO) and not news):
        return completed(finding, facts)
    intents = case.intents or (case.intent,) * len(case.topics)
    topics = tuple(
        TopicFinding(topic=topic, intent=intent, score=1.0) for topic, intent in zip(case.topics, intents, strict=False)
    )
    lacking = tuple((one.topic, _lacking(one, case.missing, facts, book)) for one in topics)
    return replace(
        finding,
        audience=case.audience,
        topics=topics,
        slots=facts,
        missing=tuple(slot for slot in Slot if any(slot in slots for _, slots in lacking)),
        missing_by_topic=lacking,
        flags=tuple(flag for flag in finding.flags if flag not in (Flag.EMPTY, Flag.FOREIGN, Flag.MULTI)),
        confident=True,
    )


def completed(finding: Finding, facts: tuple[FilledSlot, ...]) -> Finding:
    """The finding with what earlier letters of the case already gave no longer missing."""
    known = {fact.slot for fact in facts}
    return replace(
        finding,
        slots=facts,
        missing=tuple(slot for slot in finding.missing if slot not in known),
        missing_by_topic=tuple(
            (topic, tuple(slot for slot in slots if slot not in known)) for topic, slots in finding.missing_by_topic
        ),
    )


def without_quoted(finding: Finding, book: Rulebook) -> Finding:
    """The finding without facts from quoted text: in a thread of ours it is our own mail, its example line included."""
    quoted = {fact.slot for fact in finding.slots if fact.source not in OWN_SOURCES}
    if not quoted:
        return finding
    lacking = tuple(
        (one.topic, tuple(slot for slot in Slot if slot in slots or (slot in quoted and _needs(one, slot, book))))
        for one, (_, slots) in zip(finding.topics, finding.missing_by_topic, strict=True)
    )
    return replace(
        finding,
        slots=tuple(fact for fact in finding.slots if fact.slot not in quoted),
        missing=tuple(slot for slot in Slot if any(slot in slots for _, slots in lacking)),
        missing_by_topic=lacking,
    )


def words_of(letter: Letter) -> str:
    """A hash of the writer's own words without digits, "" for a few words: an auto-reply differs in dates only."""
    letters = NOT_LETTERS.sub("", letter.question.lower())
    if len(letters) < FEWEST_LETTERS_TO_COMPARE:
        return ""
    return hashlib.sha256(letters.encode()).hexdigest()[:16]


def is_repeated(letter: Letter, case: Case) -> bool:
    """Whether the writer has said just this in this case before."""
    words = words_of(letter)
    return bool(words) and any(earlier.words == words for earlier in case.writers_letters)


def _own_case(event: FromWriter, history: History) -> Case | None:
    """The case of the letter's thread, if it is this writer's."""
    case = history.case
    if case is None or event.proof is Proof.FORGED or not belongs(event.writer.address, case):
        return None
    return case


def _afterthought(event: FromWriter, finding: Finding, history: History) -> Case | None:
    """The writer's latest case, if a letter outside its thread gives just the facts it lacks, or comes right after."""
    case = history.latest
    if case is None or event.proof is Proof.FORGED or case.in_danger_lane or event.by_form:
        return None
    if case.missing and only_facts(event.arrival.letter, finding, case.missing):
        return None if _contradicts(finding, case) else case
    is_soon = event.arrival.received_at - case.opened_at <= AFTERTHOUGHT and case.state is not CaseState.CLOSED
    if is_soon and only_facts(event.arrival.letter, finding, tuple(Slot)):
        return None if _contradicts(finding, case) else case
    return None


def _contradicts(finding: Finding, case: Case) -> bool:
    """Whether a letter outside the thread names another pupil, class or subject: that is another matter."""
    known = {fact.slot: fact.value for fact in case.facts if fact.slot in WHAT_A_MATTER_IS_OF}
    return any(fact.value != known.get(fact.slot, fact.value) for fact in finding.slots)


def _is_twin(event: FromWriter, latest: Case | None) -> bool:
    """Whether the writer sent the same words twice within the hour: a second press of the button, no second wish."""
    words, at = words_of(event.arrival.letter), event.arrival.received_at
    if latest is None or not words or event.proof is Proof.FORGED:
        return False
    return any(one.words == words and abs(at - one.at) <= SAME_LETTER_AGAIN for one in latest.writers_letters)


def _new(finding: Finding, parent: Case | None, linked: str) -> Placed:
    return Placed(
        case=None, finding=finding, facts=finding.slots, news=True, is_twin=False, parent=parent, linked=linked
    )


def _lacking(
    one: TopicFinding, missing: tuple[Slot, ...], facts: tuple[FilledSlot, ...], book: Rulebook
) -> tuple[Slot, ...]:
    """What a topic of the case still lacks of what was asked for."""
    known = {fact.slot for fact in facts}
    return tuple(slot for slot in missing if slot not in known and _needs(one, slot, book))


def _needs(one: TopicFinding, slot: Slot, book: Rulebook) -> bool:
    return one.intent in NEEDS_FACTS and slot in book.topics[one.topic].required
