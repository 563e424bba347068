"""A complaint about a specialist never goes to that specialist."""

import re

from mailbot.cases.doors import staff_of
from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Route, Topic
from mailbot.rulebook.types import Person, Rulebook
from mailbot.triage.finding import Finding

DEPUTY = re.compile(r"\bзавуч|\bзам\.?\s?директор|\bзаместител\w+\s+директор", re.IGNORECASE)
SHORTEST_STEM = 4


def is_complaint(finding: Finding) -> bool:
    """Whether the letter complains of a person or of how a request was handled."""
    return any(one.topic is Topic.COMPLAINT for one in finding.topics)


def complained_of(letter: Letter, book: Rulebook) -> tuple[str, ...]:
    """Addresses of staff whom a complaint names, by surname or as the deputy head."""
    text = f"{letter.subject}\n{letter.text}".lower().replace("ё", "е")
    named = {person.address for person in staff_of(book) if _is_named(person, text)}
    if DEPUTY.search(text):
        named |= _only_deputies(book)
    return tuple(sorted(named))


def _only_deputies(book: Rulebook) -> set[str]:
    """Those at the supervisor's desk who are not at the director's."""
    supervisors, directors = (book.school.desks.get(route) for route in (Route.SUPERVISOR, Route.DIRECTOR))
    above = {person.address for person in (directors.people if directors else ())}
    return {person.address for person in (supervisors.people if supervisors else ())} - above


def _is_named(person: Person, text: str) -> bool:
    """Whether the person's surname stands in the text in any case; an entry that is a post has no surname."""
    words = person.name.lower().replace("ё", "е").split()
    if len(words) < 2 or any(not word[:1].isupper() for word in person.name.split()):
        return False
    stem = words[0][:-2] if len(words[0]) > SHORTEST_STEM + 1 else words[0]
    return re.search(rf"\b{re.escape(stem)}\w{{0,3}}\b", text) is not None
