"""From a writing and its matter to the facts its templates may print."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mailbot.cases.case import FOR_WRITERS, Case, Kind
from mailbot.cases.draft import Writing
from mailbot.letters.printable import printable_text
from mailbot.letters.split import MARKER
from mailbot.replies.dangerous import is_dangerous
from mailbot.replies.facts import Cited, Extra, Facts, Help, Original, Stated, Support, TheSchool
from mailbot.replies.matter import Matter
from mailbot.replies.subject import one_line, reply_subject, shortened
from mailbot.replies.vendor import hours_line
from mailbot.replies.why import why_said
from mailbot.replies.words import (
    AUDIENCE_TITLE,
    SLOT_LABEL,
    SLOT_QUESTION,
    fill_in_line,
    hours,
    weekdays,
)
from mailbot.rulebook.ids import Flag, Route, Slot
from mailbot.rulebook.types import Rulebook

LONGEST_ATTACHED = 7_000_000  # bytes; base64 makes 9.6 MB of it, and 10 MB is what small mailboxes still take
LONGEST_QUOTED = 4_000  # characters of a letter, and of all earlier ones, shown to staff; HTML may take 5 bytes for one
LONGEST_LINE = 200  # characters of a subject, a name, a fact or a reason
MOST_FILES = 20  # names of attachments that are listed
MOST_REASONS = 12
NOTHING = Original(sender="", subject="", text="", is_cut=False, files=(), more_files=0, received="")


def facts_of(writing: Writing, matter: Matter, book: Rulebook, now: datetime) -> Facts:
    """What the mail's templates may see; what is a template itself (guidance) is added by `compose`."""
    case = matter.case
    clause = book.regulation.clauses.get(writing.clause)
    titles = _titles(writing, case, book)
    understood = _understood(case) if _may_repeat(writing, matter) else ()
    dangerous = _is_dangerous(writing, matter)
    return Facts(
        number=matter.number,
        re=_re(writing, matter),
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
        understood=understood,
        error="; ".join(fact.value for fact in understood if fact.label == SLOT_LABEL[Slot.ERROR]),
        clause=Cited(clause.printed, clause.text) if clause else None,
        by_support=bool(clause) and writing.clause in _rejections(book),
        vendor=_support(book, now),
        vendor_request="",
        training_days=book.regulation.training_working_days or 0,
        is_safety=case is not None and Flag.SAFETY in case.flags,
        is_leak=case is not None and Flag.LEAK in case.flags,
        why=_why(writing),
        original=_original(writing, matter, book),
        is_proven=matter.proven,
        is_answer=writing.kind is Kind.GUIDANCE,
        number_only=writing.number_only,
        attached=_carries_original(writing, matter) and not dangerous,
        too_big=writing.attach_original and len(matter.raw or b"") > LONGEST_ATTACHED,
        dangerous=dangerous,
        linked=case.linked if case else (),
        relay_hold_minutes=book.lifecycle.relay_hold_minutes,
        repeat_minutes=book.lifecycle.safety_repeat_minutes,
        extra=_extra(writing),
        digest=matter.page,
    )


def _carries_original(writing: Writing, matter: Matter) -> bool:
    """Whether the writer's letter goes along as a file, unless it is dangerous."""
    if matter.raw is None or not writing.attach_original or writing.number_only:
        return False
    return len(matter.raw) <= LONGEST_ATTACHED


def _is_dangerous(writing: Writing, matter: Matter) -> bool:
    """Whether the letter would go along, but for a file in it."""
    if matter.raw is None or not writing.attach_original or len(matter.raw) > LONGEST_ATTACHED:
        return False
    return is_dangerous(matter.raw, matter.letter)


def _may_repeat(writing: Writing, matter: Matter) -> bool:
    """Whether the mail may tell what is known of the case: to staff, and to a writer who is who they say."""
    return matter.proven if writing.kind in FOR_WRITERS else not writing.number_only


def _re(writing: Writing, matter: Matter) -> str:
    """«Re: тема» of a proven writer, or of any in a relay: that is a person's answer, and a person chose to send it."""
    if writing.kind is Kind.RELAY or _may_repeat(writing, matter):
        return reply_subject(writing.subject_of, matter.number)
    return ""


def _titles(writing: Writing, case: Case | None, book: Rulebook) -> tuple[str, ...]:
    """Titles of the topics the mail is about, none where only the number may be told."""
    topics = () if writing.number_only else writing.topics or (case.topics if case else ())
    return tuple(book.topics[topic].title for topic in topics)


def _rejections(book: Rulebook) -> tuple[str, ...]:
    """The clauses by which the vendor's support, and not the school, may reject a request."""
    return (book.regulation.rejection_incomplete, book.regulation.rejection_not_constructive)


def _why(writing: Writing) -> tuple[str, ...]:
    """The reasons, each once; none where only the number may be told, for they quote the letter."""
    reasons = dict.fromkeys(shortened(said, LONGEST_LINE) for line in writing.why if (said := why_said(line)))
    return () if writing.number_only else tuple(reasons)[:MOST_REASONS]


def _extra(writing: Writing) -> dict[str, str]:
    """Every name of `Extra`. Raises ValueError for a name that no template knows."""
    given = {Extra(name): printable_text(value) for name, value in writing.extra}
    if Extra.EARLIER in given:
        given[Extra.EARLIER] = given[Extra.EARLIER][-LONGEST_QUOTED:]
    return {name.value: given.get(name, "") for name in Extra}


def _understood(case: Case | None) -> tuple[Stated, ...]:
    facts = case.facts if case else ()
    return tuple(Stated(SLOT_LABEL[fact.slot], shortened(one_line(fact.value), LONGEST_LINE)) for fact in facts)


def _school(book: Rulebook) -> TheSchool:
    school = book.school
    return TheSchool(
        name=school.name,
        short_name=school.short_name,
        signature=school.signature,
        mailbox=school.mailbox,
        site=school.site,
        phones=school.phones,
        consultant=_in_a_sentence(school.desks[Route.CONSULTANT].people[0].name),
    )


def _in_a_sentence(name: str) -> str:
    """A post begins small («ответственный за электронный журнал»), a person's name («Сидорова Анна») does not."""
    is_person = all(word[:1].isupper() for word in name.split())
    return name if is_person else name[:1].lower() + name[1:]


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


def _original(writing: Writing, matter: Matter, book: Rulebook) -> Original:
    """The letter for staff to read; never for writers, nor where only the number may be told.

    Everything is cut to a length, so that no letter can make a mail too long to be written.
    """
    letter = matter.letter
    if writing.kind in FOR_WRITERS or writing.number_only:
        return NOTHING
    if letter is None:
        return replace(NOTHING, sender=_writer(matter.case) if matter.case else "")
    text = printable_text(letter.text)
    names = tuple(shortened(one_line(file.name), LONGEST_LINE) for file in letter.attachments[:MOST_FILES])
    return Original(
        sender=f"{shortened(one_line(letter.sender.name), LONGEST_LINE)} <{letter.sender.address}>".strip(),
        subject=shortened(one_line(letter.subject), LONGEST_LINE),
        text=text[:LONGEST_QUOTED],
        is_cut=len(text) > LONGEST_QUOTED,
        files=names,
        more_files=len(letter.attachments) - len(names),
        received=_received(matter, book),
    )


def _writer(case: Case) -> str:
    """The case's writer, as far as there is one, for mail that no letter of today gave rise to."""
    return f"{shortened(one_line(case.writer_name), LONGEST_LINE)} <{case.writer}>".strip() if case.writer else ""


def _received(matter: Matter, book: Rulebook) -> str:
    """When the server took the letter in, in the school's time: the sender's own Date may be anything."""
    refs = matter.case.letters if matter.case else ()
    at = next((ref.at for ref in refs if ref.key == matter.letter_key), None)
    return at.astimezone(ZoneInfo(book.school.zone)).strftime("%Y-%m-%dT%H:%M") if at else ""
