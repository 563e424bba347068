"""What the commands `digest --preview` and `report` print or write; they read the state and change nothing in it."""

from datetime import datetime
from pathlib import Path

from rich.console import Console

from mailbot.casebook.casebook import load_ledger
from mailbot.casebook.entries import past_of
from mailbot.daemon.telling import digests_of, record_of, register_name
from mailbot.errors import BadInput, Words
from mailbot.replies.wording import Wording
from mailbot.reports.digest import Digest
from mailbot.reports.mail import digest_text
from mailbot.reports.register import months_of, register_of, terminal_table
from mailbot.reports.times import Span
from mailbot.reports.xlsx import workbook_bytes
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Rulebook
from mailbot.settings import Settings

EMPTY = Words("рассказать не о чем: само по себе это письмо не ушло бы", "nothing to tell: it would not be sent")
UNSEEN = Words(
    "Сверка с сервером и папка «Спам» добавляются при отправке: здесь в ящик не заглядывают.",
    "The count of letters on the server is added when it is sent: this preview does not look into the mailbox.",
)
TITLE = {Span.DAY: Words("Сводка дня", "Daily digest"), Span.WEEK: Words("Сводка недели", "Weekly digest")}


def preview_digests(settings: Settings, now: datetime) -> None:
    """The digests as they would be written now: to whom, under which subject, and the text part."""
    book = load_rulebook(settings.rules, settings.templates)
    ledger, wording = load_ledger(settings.state, now), Wording.of(book)
    for span in Span:
        record = record_of(span, settings.state, ledger, None, book, settings.imap.folders, now)
        for digest in digests_of(span, record):
            print(_preview(digest, book, wording, settings))
    print(UNSEEN.said_in(settings.language))


def show_register(settings: Settings, now: datetime) -> None:
    """The whole register on the terminal."""
    book, ledger = load_rulebook(settings.rules, settings.templates), load_ledger(settings.state, now)
    entries = past_of(settings.state, ledger).entries
    if entries:
        Console().print(terminal_table(entries, book, settings.language))
    else:
        print(Words("обращений нет", "no requests").said_in(settings.language))


def write_register(settings: Settings, target: Path, now: datetime) -> None:
    """The register as xlsx, with those who wrote: the file stays where the command is run. Raises BadInput."""
    book, ledger = load_rulebook(settings.rules, settings.templates), load_ledger(settings.state, now)
    entries = past_of(settings.state, ledger).entries
    content = workbook_bytes((register_of(entries, book, with_writers=True), months_of(entries, book)), now)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise BadInput(
            where=str(target),
            what=Words(f"файл не записать ({error.strerror})", f"the file cannot be written ({error.strerror})"),
            mend=Words("Укажите другой файл: --xlsx ФАЙЛ", "Name another file: --xlsx FILE"),
        ) from error
    said = Words(f"{target}: обращений {len(entries)}", f"{target}: {len(entries)} requests")
    print(said.said_in(settings.language))


def _preview(digest: Digest, book: Rulebook, wording: Wording, settings: Settings) -> str:
    person, title = digest.reader.person, TITLE[digest.span].said_in(settings.language)
    head = f"=== {title}: {person.name} <{person.address}>"
    if digest.is_empty:
        return f"{head}\n{EMPTY.said_in(settings.language)}\n"
    worded = digest_text(digest, book, wording, register_name(digest, book))
    return f"{head}\n{worded.subject}\n\n{worded.text}"
