"""From the journal's rows to what reports are made of; reads only, so it also serves commands beside a daemon."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from mailbot.casebook.journal import month_file, months, read_rows
from mailbot.casebook.ledger import UNSENT_MAIL, Ledger
from mailbot.casebook.rows import CaseChanged, Considered, Row
from mailbot.cases.case import FOR_WRITERS, Case
from mailbot.cases.doors import staff_of
from mailbot.cases.history import Folder
from mailbot.reports.entries import Event, Past, Taken, entry_of
from mailbot.reports.troubles import Box, Machinery, StuckMail
from mailbot.rulebook.ids import Flag, Intent
from mailbot.rulebook.types import Rulebook

ANSWERED_BY_PERSON = "a person answered from the same mailbox"
REPORTED = frozenset(Event)
PLAIN_REASONS = frozenset({"", "person", "form"})
"""What screening says of a letter that may be answered."""
CODE_OF_WHY = (
    ("the same letter delivered twice", "twice"),
    ("the same words twice", "twice"),
    ("older than", "old"),
    ("gate:", "held"),
)


def past_of(folder: Path, ledger: Ledger, since: datetime | None = None) -> Past:
    """Everything in the months from `since` on (None: in all that are kept), and every case that needs something."""
    first = month_file(folder, since).name if since else ""
    rows = (row for path in months(folder) if path.name >= first for row in read_rows(path, naming='"case":'))
    return folded(rows, _needing(ledger))


def _needing(ledger: Ledger) -> Iterator[Case]:
    """Cases held, and settled ones that the state of the works tells of: each reader may hear only of some."""
    yield from ledger.cases.held.values()
    for owed in (*ledger.owed.values(), *ledger.troubled.values()):
        if owed.mail.case and (case := ledger.cases.get(owed.mail.case)):
            yield case
    for address in ledger.dead:
        yield from ledger.cases_of(address, out_of_touch=True)


def machinery_of(ledger: Ledger, box: Box | None, book: Rulebook, folders: Mapping[Folder, str]) -> Machinery:
    """The state of the works; `box` is what the mailbox itself says, None where nobody looked."""
    unsent = [owed for owed in ledger.owed.values() if owed.state in UNSENT_MAIL]
    staff = {person.address for person in staff_of(book)}
    return Machinery(
        box=box,
        aside=tuple((aside.at, aside.reason) for aside in ledger.aside.values()),
        undelivered=tuple(
            (at, case.number)
            for address, at in ledger.dead.items()
            for case in ledger.cases_of(address, out_of_touch=True)
        ),
        dead_staff=tuple(sorted(staff & ledger.dead.keys())),
        stuck=tuple(
            StuckMail(
                number=owed.mail.case, kind=owed.mail.kind, state=owed.state, answer=owed.answer, at=owed.changed_at
            )
            for owed in ledger.troubled.values()
        ),
        owed=len(unsent),
        oldest_owed_at=min((owed.mail.not_before for owed in unsent), default=None),
        paused_until=ledger.paused.until if ledger.paused else None,
        folders=folders,
    )


def folded(rows: Iterable[Row], cases: Iterable[Case]) -> Past:
    """Rows in their order, on top of `cases`: the latest word on each case, and every letter taken.

    Only what reports count is kept of a row, so that years of them fit into memory.
    """
    latest = {case.number: entry_of(case, None) for case in cases}
    by_person: dict[str, datetime] = {}
    letters: list[Taken] = []
    for row in rows:
        if isinstance(row, Considered | CaseChanged) and row.case:
            if any(why.startswith(ANSWERED_BY_PERSON) for why in row.why):
                by_person.setdefault(row.case.number, row.at)
            latest[row.case.number] = entry_of(row.case, by_person.get(row.case.number))
        if isinstance(row, Considered):
            letters.extend(_taken(row))
    return Past(entries=tuple(entry for _, entry in sorted(latest.items())), letters=tuple(letters))


def _taken(row: Considered) -> Iterator[Taken]:
    """A letter of somebody outside. Our copies, bounces and colleagues' words are told elsewhere or need no telling."""
    if row.event in REPORTED:
        yield Taken(at=row.at, number=row.case.number if row.case else "", folder=row.folder, code=_code(row))


def _code(row: Considered) -> str:
    """Why nothing went to the writer; the reason screening gave, or a word for what the case's life decided."""
    if any(mail.kind in FOR_WRITERS for mail in row.mails):
        return ""
    if row.event == Event.UNREADABLE:
        return "unreadable"
    if row.event == Event.STRANGE_WORD:
        return "strange-word"
    told = next((code for begins, code in CODE_OF_WHY for why in row.why if why.startswith(begins)), "")
    if told or row.reason not in PLAIN_REASONS:
        return told or row.reason
    if row.concluded and row.concluded.intent is Intent.THANKS:
        return "thanks"
    if row.concluded and {Flag.SAFETY, Flag.LEAK} & set(row.concluded.flags):
        return ""
    return "in-work"
