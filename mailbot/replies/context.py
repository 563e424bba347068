"""All that templates may see: plain words and numbers, no object of ours and nothing that can be called.

`Facts` is the closed set of names; `docs/templates.md` is written from it. What a mail to a writer repeats of their own
letter stands in `understood` and `re`, which are empty unless the writer is proven.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.cases.draft import Writing
from mailbot.letters.printable import printable_text
from mailbot.letters.split import MARKER
from mailbot.replies.matter import Matter
from mailbot.replies.subject import one_line, reply_subject
from mailbot.replies.vendor import hours_line
from mailbot.replies.words import (
    AUDIENCE_TITLE,
    SLOT_LABEL,
    SLOT_QUESTION,
    fill_in_line,
    hours,
    weekdays,
)
from mailbot.rulebook.ids import Flag
from mailbot.rulebook.types import Rulebook

LONGEST_ATTACHED = 7_000_000  # bytes; base64 makes 9.6 MB of it, and 10 MB is what small mailboxes still take
LONGEST_QUOTED = 6_000  # characters of a letter shown to staff; the whole stands in the attached original


class Extra(StrEnum):
    """What `Writing.extra` may hold beside the case: who sets it is the case's life, who prints it the templates.

    Dates are ISO («2026-11-24»), moments ISO without zone in the school's local time («2026-11-24T15:00»).

    handed_to: who has the case now, in the dative («классному руководителю»): receipt, handed_over, refusal.
    by_when: until when that person answers: receipt, handed_over, forward, urgent, staff_reminder.
    starts_at: the moment processing starts, where a letter came out of hours: receipt.
    wait_until: until when the writer's answer is waited for: questions, reminder.
    words: a person's own words: relay (the answer), refusal (the reason in their words).
    done: what was done, one line each: staff_answer. needed: what is needed of the reader: staff_answer, staff_note.
    what: what happened: staff_note, alarm. mend: what helps: alarm.
    since: when the case was handed over, or when the outage began: staff_reminder, known_outage, outage_draft.
    level: «supervisor» or «emergency» where the reminder goes up the chain: staff_reminder.
    holder: who has the case and is silent, the name on the roster: staff_reminder.
    count: how many letters speak of the outage: outage_draft.
    term_from, term_until: the day of taking office and the last day of the term: training_term.
    """

    HANDED_TO = "handed_to"
    BY_WHEN = "by_when"
    STARTS_AT = "starts_at"
    WAIT_UNTIL = "wait_until"
    WORDS = "words"
    DONE = "done"
    NEEDED = "needed"
    WHAT = "what"
    MEND = "mend"
    SINCE = "since"
    LEVEL = "level"
    HOLDER = "holder"
    COUNT = "count"
    TERM_FROM = "term_from"
    TERM_UNTIL = "term_until"


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact and what it is called: «Класс», «5Б»."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause of the regulation: how a person finds it, and its words."""

    printed: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to read."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The guidance on one topic, its own template already filled in."""

    title: str
    text: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """One line of the schedule of help, in the school's time."""

    when: str
    where: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The vendor's support: contacts that are "" where the document gives none, and its hours as sentences."""

    name: str
    mail: str
    phone: str
    phone_note: str
    site: str
    registers: str
    hours: tuple[Stated, ...]
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TheSchool:
    """The school as it signs its mail."""

    name: str
    short_name: str
    signature: str
    mailbox: str
    site: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A writer's letter as staff read it; empty in mail that may carry the number only."""

    sender: str
    subject: str
    text: str
    is_cut: bool
    files: tuple[str, ...]
    received: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a template may print. Text is "" and lists are empty where there is nothing to say.

    number: «2026-00017», "" for mail of no case. re: «Re: тема» or "". topic, topics: titles. audience: who wrote.
    missing: what is asked for; fill_in: a line to copy and correct. attached: the original comes along; too_big: it
    would, but for its size. extra: every name of `Extra`, "" where it was not set.
    """

    number: str
    re: str
    marker: str
    school: TheSchool
    help: tuple[Help, ...]
    regulation: str
    system: str
    audience: str
    topic: str
    topics: tuple[str, ...]
    guidance: tuple[Advice, ...]
    missing: tuple[Stated, ...]
    fill_in: str
    understood: tuple[Stated, ...]
    clause: Cited | None
    vendor: Support
    vendor_request: str
    training_days: int
    is_safety: bool
    is_leak: bool
    why: tuple[str, ...]
    original: Original
    number_only: bool
    attached: bool
    too_big: bool
    linked: tuple[str, ...]
    extra: dict[str, str]


def facts_of(writing: Writing, matter: Matter, book: Rulebook, now: datetime) -> Facts:
    """What the mail's templates may see; guidance is added by `compose`, for it is a template itself."""
    case = matter.case
    clause = book.regulation.clauses.get(writing.clause)
    to_writer = writing.kind in FOR_WRITERS
    may_repeat = (matter.proven if to_writer else not writing.number_only) or writing.kind is Kind.RELAY
    titles = tuple(book.topics[topic].title for topic in (writing.topics or (case.topics if case else ())))
    too_big = writing.attach_original and len(matter.raw or b"") > LONGEST_ATTACHED
    return Facts(
        number=matter.number,
        re=reply_subject(writing.subject_of, matter.number) if may_repeat else "",
        marker=MARKER,
        school=_school(book),
        help=_help(book),
        regulation=book.regulation.title,
        system=book.regulation.system,
        audience=AUDIENCE_TITLE[case.audience] if case else "",
        topic=titles[0] if titles else "",
        topics=titles,
        guidance=(),
        missing=tuple(Stated(SLOT_LABEL[slot], SLOT_QUESTION[slot]) for slot in writing.missing),
        fill_in=fill_in_line(writing.missing),
        understood=_understood(matter) if may_repeat else (),
        clause=Cited(clause.printed, clause.text) if clause else None,
        vendor=_support(book, now),
        vendor_request="",
        training_days=book.regulation.training_working_days or 0,
        is_safety=case is not None and Flag.SAFETY in case.flags,
        is_leak=case is not None and Flag.LEAK in case.flags,
        why=tuple(one_line(str(line)) for line in writing.why),
        original=_nothing() if to_writer or writing.number_only else _original(matter, book),
        number_only=writing.number_only,
        attached=carries_original(writing, matter),
        too_big=too_big,
        linked=case.linked if case else (),
        extra={name.value: "" for name in Extra} | {Extra(name).value: value for name, value in writing.extra},
    )


def carries_original(writing: Writing, matter: Matter) -> bool:
    """Whether the writer's letter goes along as a file."""
    if matter.raw is None or not writing.attach_original or writing.number_only:
        return False
    return len(matter.raw) <= LONGEST_ATTACHED


def _understood(matter: Matter) -> tuple[Stated, ...]:
    facts = matter.case.facts if matter.case else ()
    return tuple(Stated(SLOT_LABEL[fact.slot], one_line(fact.value)) for fact in facts)


def _school(book: Rulebook) -> TheSchool:
    school = book.school
    return TheSchool(
        name=school.name,
        short_name=school.short_name,
        signature=school.signature,
        mailbox=school.mailbox,
        site=school.site,
        phones=school.phones,
    )


def _help(book: Rulebook) -> tuple[Help, ...]:
    return tuple(
        Help(f"{weekdays(line.days)} {hours(line.start, line.end)}", line.where, line.how)
        for line in book.school.help_hours
    )


def _support(book: Rulebook, now: datetime) -> Support:
    vendor, zone = book.regulation.vendor, book.school.zone
    today = now.astimezone(ZoneInfo(zone)).date()
    return Support(
        name=vendor.name,
        mail=vendor.mail,
        phone=vendor.phone,
        phone_note=vendor.phone_note,
        site=vendor.site,
        registers=vendor.registers,
        hours=tuple(Stated(line.what, hours_line(line, zone, today)) for line in vendor.hours),
        requirements=vendor.requirements,
    )


def _original(matter: Matter, book: Rulebook) -> Original:
    letter = matter.letter
    if letter is None:
        return _nothing()
    text = printable_text(letter.text)
    sender = f"{one_line(letter.sender.name)} <{letter.sender.address}>".strip()
    at = letter.date.astimezone(ZoneInfo(book.school.zone)) if letter.date else None
    return Original(
        sender=sender,
        subject=one_line(letter.subject),
        text=text[:LONGEST_QUOTED],
        is_cut=len(text) > LONGEST_QUOTED,
        files=tuple(one_line(file.name) for file in letter.attachments),
        received=at.strftime("%Y-%m-%dT%H:%M") if at else "",
    )


def _nothing() -> Original:
    return Original(sender="", subject="", text="", is_cut=False, files=(), received="")
