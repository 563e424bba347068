"""A request to be taught: the regulation's term runs from the day of taking office, if the letter names that day."""

import re
from datetime import date

from mailbot.cases.case import Case
from mailbot.cases.days import days_in
from mailbot.cases.working_time import WorkingTime
from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Intent, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Finding

TOOK_OFFICE = re.compile(
    r"(?:вступ\w+|приступ\w+|принят\w*|приня\w+|назнач\w+|устро\w+|оформ\w+|выш(?:ла|ел|ли)|выход\w+|работа\w+|трудоустро\w+"
    r"|должност\w+|приказ\w*)"
)
CLAUSE_END = re.compile(r"[!?;\n]|\.(?=\s|$)")


def is_training_request(finding: Finding) -> bool:
    """Whether the letter asks for an employee to be taught."""
    return any(one.topic is Topic.TRAINING and one.intent is Intent.REQUEST for one in finding.topics)


def first_day_of_term(letter: Letter, finding: Finding, case: Case | None, today: date) -> date | None:
    """The day of taking office: named in a request to be taught, or in the answer to our asking for it."""
    if case and Topic.TRAINING in case.topics:
        return next(iter(days_in(letter.question, today)), None)
    return _day_of_taking_office(letter, today) if is_training_request(finding) else None


def _day_of_taking_office(letter: Letter, today: date) -> date | None:
    """The day a letter names as that of taking office: the first in a clause that speaks of it."""
    for clause in CLAUSE_END.split(f"{letter.subject}\n{letter.question}".lower()):
        days = days_in(clause, today) if TOOK_OFFICE.search(clause) else ()
        if days:
            return days[0]
    return None


def term_of(first: date, book: Rulebook) -> date | None:
    """The last day of the term, None where the document has none (REGULATIONS 7)."""
    days = book.regulation.training_working_days
    return WorkingTime.of(book).last_day(first, days) if days else None
