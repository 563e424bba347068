"""Digests on working mornings: frozen and owed like any mail before anything is sent, so each goes out once.

`tell_what_is_due` is asked after every round. What it wrote stands in the journal; a morning that passed while nobody
ran is made up for at the next start.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from mailbot.casebook.entries import machinery_of, past_of
from mailbot.casebook.ledger import Ledger
from mailbot.casebook.rows import Told
from mailbot.cases.draft import Draft, mail_of
from mailbot.cases.history import Folder
from mailbot.cases.working_time import WorkingTime
from mailbot.daemon.paying import pay
from mailbot.daemon.spam import look_into_spam
from mailbot.daemon.world import World
from mailbot.reports.digest import Digest, Record, digest_for
from mailbot.reports.entries import Past
from mailbot.reports.mail import digest_draft
from mailbot.reports.readers import Reader, may_see, readers_of
from mailbot.reports.register import months_of, register_of
from mailbot.reports.times import Span, last_moment
from mailbot.reports.trend import WEEKS_SHOWN
from mailbot.reports.troubles import Box
from mailbot.reports.xlsx import workbook_bytes
from mailbot.rulebook.types import Rulebook
from mailbot.settings import FolderNames

JOB = {Span.DAY: "daily digest", Span.WEEK: "weekly digest"}
TREND = timedelta(weeks=WEEKS_SHOWN + 1)
FIRST_DAY_OF_SCHOOL_YEAR = (9, 1)


def tell_what_is_due(world: World) -> None:
    """Writes the digests whose moment has come since they were written last, and sends them."""
    now, works = world.clock(), WorkingTime.of(world.mind.book)
    moments = {span: last_moment(span, now, works) for span in Span}
    due = [span for span, at in moments.items() if at and told_at(span, world.casebook.ledger, now) < at]
    for span in due:
        tell(world, span, asked=False)
    if due:
        pay(world)


def tell(world: World, span: Span, *, asked: bool) -> None:
    """Writes the digests of this span to all their readers; empty ones only if somebody asked."""
    now, ledger, book = world.clock(), world.casebook.ledger, world.mind.book
    box = box_of(world)
    record = record_of(span, world.settings.state, ledger, box, book, world.settings.imap.folders, now)
    digests = digests_of(span, record)
    drafts = tuple(_draft(world, digest, record) for digest in digests if asked or not digest.is_empty)
    mails = tuple(mail_of(draft) for draft in drafts)
    world.casebook.stage(Told(at=now, job=JOB[span], mails=mails), drafts)
    world.casebook.commit(now)
    world.log.info("digest", span=span.value, mails=len(mails))


def told_at(span: Span, ledger: Ledger, now: datetime) -> datetime:
    """When this digest was written last; before the first one, when the mailbox was taken over."""
    begun = ledger.started.at if ledger.started else now
    return ledger.last_run.get(JOB[span], begun)


def record_of(
    span: Span, state: Path, ledger: Ledger, box: Box | None, book: Rulebook, names: FolderNames, now: datetime
) -> Record:
    """Everything the digests of this moment are made from; reads the journal, changes nothing."""
    since = told_at(span, ledger, now)
    first = since if span is Span.DAY else min(since, now - TREND, school_year(now, book))
    folders = {folder: str(getattr(names, folder.value)) for folder in Folder}
    past = past_of(state, ledger, first)
    return Record(past=past, machinery=machinery_of(ledger, box, book, folders), book=book, since=since, now=now)


def digests_of(span: Span, record: Record) -> tuple[Digest, ...]:
    """One digest for each of its readers."""
    readers = readers_of(span, record.book, record.works.today(record.now))
    return tuple(digest_for(reader, span, record) for reader in readers)


def box_of(world: World) -> Box:
    """The inbox counted anew, against what the round knew of each letter: the one check that nothing is passed by."""
    seen, ledger = world.seen, world.casebook.ledger
    there = frozenset(world.session.uids())
    aside = {uid for key, uids in seen.present.items() if key in ledger.aside for uid in uids}
    taken = {uid for key, uids in seen.present.items() if key in ledger.letters for uid in uids} - aside
    older = seen.passed_over - aside - taken
    return Box(
        on_server=len(there),
        taken=len(there & taken),
        set_aside=len(there & aside),
        older=len(there & older),
        waiting=sum(uid > seen.looked_to for uid in there),
        spam=look_into_spam(world),
    )


def school_year(now: datetime, book: Rulebook) -> datetime:
    """The first moment of the school year of `now`."""
    works = WorkingTime.of(book)
    today = works.today(now)
    begun = date(today.year, *FIRST_DAY_OF_SCHOOL_YEAR)
    first = begun if today >= begun else begun.replace(year=today.year - 1)
    return datetime.combine(first, time(0), works.zone).astimezone(UTC)


def register_name(digest: Digest, book: Rulebook) -> str:
    """The name of the register that goes along with a week's digest inside the school, "" with any other."""
    if digest.span is Span.DAY or digest.reader.number_only:
        return ""
    return f"reestr-{WorkingTime.of(book).today(digest.now):%Y-%m-%d}.xlsx"


def _draft(world: World, digest: Digest, record: Record) -> Draft:
    mind = world.mind
    name = register_name(digest, mind.book)
    files = ((name, _register(digest.reader, record.past, mind.book, digest.now)),) if name else ()
    return digest_draft(digest, mind.book, mind.wording, mind.secret, files)


def _register(reader: Reader, past: Past, book: Rulebook, now: datetime) -> bytes:
    """The school year's requests without the names of those who wrote: a mailed file is soon everywhere."""
    year = school_year(now, book)
    entries = tuple(entry for entry in past.entries if may_see(reader, entry) and entry.received_at >= year)
    return workbook_bytes((register_of(entries, book, with_writers=False), months_of(entries, book)), now)
