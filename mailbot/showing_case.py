"""What `cases show` prints: a case's whole life, told from the journal, in the school's own time.

Every letter with what was understood and decided and why, every mail with what became of it, what falls due next.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from mailbot import words
from mailbot.casebook.journal import months, read_rows
from mailbot.casebook.rows import CaseChanged, Concluded, Considered, MailMoved, Row
from mailbot.cases.case import Case, DueKind
from mailbot.cases.draft import Mail, MailState
from mailbot.cases.working_time import WorkingTime
from mailbot.daemon.rules_kept import book_in_force
from mailbot.errors import BadInput, Language, Words
from mailbot.letters.letter import Proof
from mailbot.replies.why import why_said
from mailbot.replies.words import SLOT_LABEL
from mailbot.rulebook.ids import Topic
from mailbot.settings import Settings
from mailbot.triage.finding import Evidence

TOLD_OF_MAIL = frozenset({MailState.SENT, MailState.HELD, MailState.FAILED, MailState.HUMAN})
PROOF = {
    Proof.PROVEN: Words("адрес подтверждён", "address proven"),
    Proof.UNPROVEN: Words("адрес не подтверждён", "address not proven"),
    Proof.FORGED: Words("адрес поддельный", "address forged"),
}
WRITERS_LETTER = Words("письмо", "letter")
LAPSED = Words("наступил срок", "a deadline has passed")
REASON = re.compile(r"(?P<rule>.*?)(?:: «(?P<words>.*)»)?", re.DOTALL)
REASONS = {
    "a person answered from the same mailbox": "человек ответил из того же ящика",
    "a colleague's reply": "ответ сотрудника",
    "order: close": "команда администратора: закрыть",
    "order: reopen": "команда администратора: открыть снова",
}
"""What of the journal's own words for reasons staff are never told, in Russian."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One moment of a case's life: the line that tells it, and lines that explain it."""

    at: datetime
    what: str
    more: tuple[str, ...] = ()


def show_case(settings: Settings, number: str) -> None:
    """One case from its first letter on. Raises BadInput for a number the journal does not know."""
    rows = tuple(rows_of(settings.state, number))
    case = next((row.case for row in reversed(rows) if isinstance(row, Considered | CaseChanged)), None)
    if case is None:
        raise BadInput(
            where=number,
            what=Words("такого обращения нет", "there is no such case"),
            mend=Words("Номера показывает mailbot cases list --all", "See mailbot cases list --all"),
        )
    console, works = Console(), WorkingTime.of(book_in_force(settings))
    for line in head_of(case, works, settings.language):
        console.print(line, markup=False, highlight=False)
    for one in life_of(rows, case, settings.language):
        console.print(f"\n{_local(one.at, works)}  {one.what}", markup=False, highlight=False)
        for line in one.more:
            console.print(f"    {line}", markup=False, highlight=False)


def rows_of(folder: Path, number: str) -> Iterator[Row]:
    """The journal's rows about one case, oldest first, however long ago."""
    for path in months(folder):
        for row in read_rows(path, naming=number):
            match row:
                case Considered() | CaseChanged() if row.case and row.case.number == number:
                    yield row
                case MailMoved() if row.id.startswith(f"{number}-"):
                    yield row


def head_of(case: Case, works: WorkingTime, language: Language) -> Iterator[str]:
    """Where the case stands now: state, topic, writer, who has it until when, what is known and what is missing."""
    ru = language is Language.RU
    yield f"№ {case.number}  {words.STATE[case.state].said_in(language)}"
    yield _topics(case.topics, language)
    yield f"{case.writer_name} <{case.writer}>, {PROOF[case.proof].said_in(language)}".strip()
    if case.with_whom:
        yield f"{'у кого' if ru else 'with'}: {case.with_whom}"
    if case.answer_by:
        yield f"{'ответить до' if ru else 'answer due'}: {_local(case.answer_by, works)}"
    for fact in case.facts:
        yield f"{SLOT_LABEL[fact.slot].lower() if ru else fact.slot}: {fact.value}"
    if case.missing:
        slots = (SLOT_LABEL[slot].lower() if ru else slot for slot in case.missing)
        yield f"{'не хватает' if ru else 'missing'}: {', '.join(slots)}"
    if case.linked:
        yield f"{'связано с' if ru else 'linked to'}: {', '.join(case.linked)}"


def life_of(rows: Iterable[Row], case: Case, language: Language) -> Iterator[Happening]:
    """Everything that has happened, and what falls due."""
    mails: dict[str, Mail] = {}
    notes = 0
    for row in rows:
        if isinstance(row, MailMoved):
            if row.state in TOLD_OF_MAIL:
                yield Happening(row.at, _moved(row, mails.get(row.id), language))
        elif isinstance(row, Considered | CaseChanged) and row.case:
            mails |= {mail.id: mail for mail in row.mails}
            fresh, notes = row.case.notes[notes:], len(row.case.notes)
            yield Happening(row.at, _begun(row, language), (*(note.what for note in fresh), *_explained(row, language)))
    for due in sorted(case.dues):
        yield Happening(due.at, f"… {words.DUE[due.kind].said_in(language)}")


def _begun(row: Considered | CaseChanged, language: Language) -> str:
    """What set the case going."""
    if isinstance(row, CaseChanged):
        return "· " + ("; ".join(_reason(why, language) for why in row.why) or "–")
    sender = next((one.sender for one in reversed(row.case.letters) if one.key == row.key), "") if row.case else ""
    what = words.EVENT.get(row.event, WRITERS_LETTER).said_in(language)
    return f"← {what}: {sender}" if sender else f"← {what}"


def _explained(row: Considered | CaseChanged, language: Language) -> Iterator[str]:
    """What was understood and decided, why, and the mail that followed."""
    if isinstance(row, Considered):
        if row.concluded and row.case:
            yield _concluded(row.concluded, language, opens=len(row.case.letters) == 1)
        yield from (_reason(why, language) for why in row.why)
    for mail in row.mails:
        yield f"→ {words.KIND[mail.kind].said_in(language)}: {mail.recipient}"


def _reason(why: str, language: Language) -> str:
    """One reason: in Russian where there are words for it, else as the journal has it."""
    found = REASON.fullmatch(why)
    rule, heard = (found["rule"], found["words"] or "") if found else (why, "")
    if rule == LAPSED.en and heard in set(DueKind):
        return f"{LAPSED.said_in(language)}: {words.DUE[DueKind(heard)].said_in(language)}"
    if language is not Language.RU:
        return why
    return REASONS.get(why) or why_said(Evidence(rule, heard)) or why


def _concluded(one: Concluded, language: Language, *, opens: bool) -> str:
    """What was decided; what a further letter sounds like alone says nothing of its case."""
    route = f" ({words.ROUTE[one.route].said_in(language)})" if one.route else ""
    decided = f"⇒ {words.DISPOSITION[one.disposition].said_in(language)}{route}"
    if not opens:
        return decided
    said = [_topics(one.topics, language), words.INTENT[one.intent].said_in(language)]
    said += [words.FLAG[flag].said_in(language) for flag in one.flags]
    return f"{', '.join(said)} {decided}"


def _moved(row: MailMoved, mail: Mail | None, language: Language) -> str:
    state = words.MAIL_STATE[row.state].said_in(language)
    about = f"{words.KIND[mail.kind].said_in(language)}: {mail.recipient}" if mail else row.id
    return f"→ {state}, {about}" + (f" ({row.answer})" if row.answer else "")


def _topics(topics: Iterable[Topic], language: Language) -> str:
    return ", ".join(words.TOPIC[topic].said_in(language) for topic in topics)


def _local(at: datetime, works: WorkingTime) -> str:
    return f"{at.astimezone(works.zone):%d.%m.%Y %H:%M}"
