"""Digests as a school would get them: a busy day, a quiet one, a week. For the pictures and the tests of reports."""

from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.cases.case import CaseState, Kind
from mailbot.cases.draft import Draft, MailState
from mailbot.cases.history import Folder
from mailbot.replies.wording import Wording
from mailbot.reports.digest import Digest, Record, digest_for
from mailbot.reports.entries import Entry, Past, Result, Taken
from mailbot.reports.mail import digest_draft
from mailbot.reports.readers import readers_of
from mailbot.reports.register import months_of, register_of
from mailbot.reports.times import Span
from mailbot.reports.troubles import Box, Machinery, Spam, StuckMail
from mailbot.reports.xlsx import workbook_bytes
from mailbot.rulebook.ids import Audience, Route, Topic
from mailbot.rulebook.types import Rulebook
from tests.pictures.samples import NOW, SECRET

DAY = timedelta(days=1)
CONSULTANT = "journal@school.example.org"
FOLDERS = {
    Folder.ANSWERED: "Отвечено",
    Folder.HANDED_OVER: "Передано",
    Folder.NOT_ANSWERED: "Без ответа",
    Folder.ATTENTION: "Требует внимания",
    Folder.COPIES: "Копии ответов",
}
WELL = Machinery(
    box=Box(on_server=3, taken=1, set_aside=0, older=2, waiting=0, spam=Spam(letters=0, persons=())),
    aside=(),
    undelivered=(),
    dead_staff=(),
    stuck=(),
    owed=0,
    oldest_owed_at=None,
    paused_until=None,
    folders=FOLDERS,
)
ILL = replace(
    WELL,
    box=Box(on_server=7, taken=3, set_aside=1, older=1, waiting=1, spam=Spam(letters=4, persons=(NOW,))),
    aside=((NOW - timedelta(hours=3), "чтение письма трижды прервалось"),),
    undelivered=((NOW - timedelta(hours=5), "2026-00011"),),
    stuck=(StuckMail(number="2026-00012", kind=Kind.RELAY, state=MailState.FAILED, answer="RCPT: 550 no", at=NOW),),
    owed=2,
    oldest_owed_at=NOW - timedelta(hours=5),
)


def entry(n: int, *, state: CaseState = CaseState.WITH_STAFF, **changes: object) -> Entry:
    """A request with number `n`, received that many hours before now where nothing else is said."""
    given: dict[str, object] = {"received_at": NOW - timedelta(hours=n), **changes}
    plain = Entry(
        number=f"2026-{n:05}",
        received_at=NOW,
        changed_at=NOW,
        state=state,
        result=Result.IN_WORK if state is CaseState.WITH_STAFF else Result.WAITING,
        writer="mama@example.com",
        writer_name="Мама Марии Ивановой",
        audience=Audience.PARENT,
        topics=(Topic.GRADES,),
        flags=(),
        school_class="5Б",
        route=Route.CONSULTANT,
        with_whom=CONSULTANT if state is CaseState.WITH_STAFF else "",
        answer_by=NOW + 4 * DAY if state is CaseState.WITH_STAFF else None,
        answered_at=None,
        closed_at=None,
        letters=1,
        rounds=0,
        not_to=(),
        danger=False,
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def answered(n: int, hours: float, **changes: object) -> Entry:
    """A request that a colleague answered after so many hours."""
    received = changes.get("received_at", NOW - timedelta(hours=n))
    assert isinstance(received, datetime)
    at = received + timedelta(hours=hours)
    told = {"result": Result.BY_STAFF, "answered_at": at, "closed_at": at, "answer_by": None, **changes}
    return entry(n, state=CaseState.CLOSED, with_whom=CONSULTANT, **told)


BUSY_PAST = Past(
    entries=(
        entry(60, answer_by=NOW - DAY, writer_name="Папа ученика 7А"),
        entry(30, answer_by=NOW + timedelta(hours=4), topics=(Topic.ATTENDANCE, Topic.GRADES)),
        entry(3, topics=(Topic.ACCESS,), writer_name=""),
        entry(50, topics=(Topic.PLANNING,), audience=Audience.STAFF, writer_name="Петрова Анна Сергеевна"),
        entry(52, topics=(Topic.SCHEDULE,)),
        entry(45, state=CaseState.WAITING, topics=(Topic.LESSONS,)),
        entry(
            7, state=CaseState.ANSWERED, result=Result.GUIDED, answered_at=NOW, topics=(Topic.ACCESS,), writer_name=""
        ),
        answered(40, 20.5),
        entry(41, with_whom="class-5b@school.example.org", topics=(Topic.ATTENDANCE,)),
    ),
    letters=(
        *(Taken(at=NOW, number="", folder=Folder.NOT_ANSWERED, code="list-unsubscribe") for _ in range(5)),
        Taken(at=NOW, number="", folder=Folder.NOT_ANSWERED, code="auto-submitted"),
        Taken(at=NOW, number="2026-00003", folder=Folder.HANDED_OVER, code="not-to-us"),
        Taken(at=NOW, number="", folder=Folder.NOT_ANSWERED, code="thanks"),
    ),
)
QUIET_PAST = Past(entries=(entry(50), entry(45, state=CaseState.WAITING)), letters=())


def past_of_weeks() -> Past:
    """Seven weeks of requests, fewer in the holidays, more towards the end of the quarter."""
    received = (9, 12, 0, 7, 15, 21, 4)
    entries: list[Entry] = []
    for week, count in enumerate(received):
        for n in range(count):
            number = 100 * (week + 1) + n
            at = NOW - 7 * DAY * (len(received) - 1 - week) - timedelta(hours=7 * n)
            topic = tuple(Topic)[n % 5]
            if n % 3:
                entries.append(answered(number, 3.0 + n, received_at=at, topics=(topic,)))
            else:
                entries.append(
                    entry(
                        number,
                        state=CaseState.ANSWERED,
                        received_at=at,
                        topics=(topic,),
                        result=Result.GUIDED,
                        answered_at=at,
                    )
                )
    return Past(entries=(*entries, *BUSY_PAST.entries), letters=BUSY_PAST.letters)


def record(past: Past, machinery: Machinery, book: Rulebook, since: timedelta = DAY) -> Record:
    """What the digest of this moment is made from."""
    return Record(past=past, machinery=machinery, book=book, since=NOW - since, now=NOW)


def digest(name: str, book: Rulebook) -> Digest:
    """«busy», «quiet» or «week»."""
    span = Span.WEEK if name == "week" else Span.DAY
    reader = readers_of(span, book, NOW.date())[0]
    made_from = {
        "busy": record(BUSY_PAST, ILL, book),
        "quiet": record(QUIET_PAST, WELL, book),
        "week": record(past_of_weeks(), WELL, book, 7 * DAY),
    }
    return digest_for(reader, span, made_from[name])


NAMES = ("busy", "quiet", "week")


def draft_of(name: str, book: Rulebook, wording: Wording) -> Draft:
    """The digest as mail; the week's carries the register."""
    files: tuple[tuple[str, bytes], ...] = ()
    if name == "week":
        entries = past_of_weeks().entries
        sheets = (register_of(entries, book, with_writers=False), months_of(entries, book))
        files = (("reestr-2026-11-20.xlsx", workbook_bytes(sheets, NOW)),)
    return digest_draft(digest(name, book), book, wording, SECRET, files)
