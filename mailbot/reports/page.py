"""A digest in words: what its templates print. Everything that came from a letter is cut to one short line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailbot.cases.doors import staff_of
from mailbot.cases.working_time import WorkingTime
from mailbot.replies.page import Page, PageBar, PageLine, PageReason, PageSection, PageTrouble
from mailbot.replies.subject import one_line, shortened
from mailbot.replies.words import at_moment, day, on_day, plural, until_day
from mailbot.reports.digest import Digest, Section, names_writers
from mailbot.reports.entries import OPEN_RESULTS, Entry
from mailbot.reports.times import Span
from mailbot.reports.trend import Week
from mailbot.reports.words import RESULT_SAID, SECTION_SAID, TONE, day_of, hours_said
from mailbot.rulebook.types import Rulebook

MOST_LINES = 10  # of a section; beyond them a mail grows longer than it is read, and than Gmail shows
LONGEST_NAME = 60
SIX_DAYS = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class _Teller:
    """What every line needs: whose digest it is, the school's people and topics, its clock."""

    digest: Digest
    book: Rulebook

    @property
    def works(self) -> WorkingTime:
        return WorkingTime.of(self.book)


def page_of(digest: Digest, book: Rulebook, attached: str = "") -> Page:
    """The digest as its reader sees it; `attached` is the name of the register's file, "" if none goes along."""
    teller = _Teller(digest, book)
    return Page(
        subject=_subject(teller),
        title=_title(teller),
        calm="" if not digest.is_empty else "За это время ничего не произошло.",
        troubles=tuple(PageTrouble(one.what, one.mend) for one in digest.troubles),
        figures=_figures(digest),
        sections=tuple(_section(teller, section) for section in Section if _is_listed(digest, section)),
        weeks=_weeks(digest.weeks),
        topics=_topics(teller),
        unanswered=tuple(PageReason(one.count, one.meaning, one.code, one.release) for one in digest.unanswered),
        unguided=tuple(f"{book.topics[topic].title}: {_requests(count)}" for topic, count in digest.unguided),
        reconciliation=digest.reconciliation,
        spam=_spam(digest),
        attached=attached,
    )


def _subject(teller: _Teller) -> str:
    """Dates and counts only: subjects are read over shoulders and in logs."""
    urgent = [
        f"{said.lower()} {len(teller.digest.sections[section])}"
        for section, said in SECTION_SAID.items()
        if section in TONE and teller.digest.sections[section]
    ]
    wrong = ["нужно вмешаться"] if teller.digest.troubles else []
    counts = ", ".join([*wrong, *urgent])
    span = "за неделю" if teller.digest.span is Span.WEEK else f"на {day_of(teller.digest.now, teller.works)}"
    return f"Сводка обращений {span}{f': {counts}' if counts else ''}"


def _title(teller: _Teller) -> str:
    since, now = (at_moment(teller.works.local(at)) for at in (teller.digest.since, teller.digest.now))
    name = "Сводка за неделю" if teller.digest.span is Span.WEEK else "Сводка"
    return f"{name}: с {since} по {now}"


def _figures(digest: Digest) -> tuple[PageBar, ...]:
    counts = {SECTION_SAID[section]: len(entries) for section, entries in digest.sections.items() if entries}
    longest = max(counts.values(), default=0)
    return tuple(PageBar(said, str(count), _percent(count, longest), "") for said, count in counts.items())


def _is_listed(digest: Digest, section: Section) -> bool:
    """What a week brought to its end is counted only; the register beside it has every line."""
    return bool(digest.sections[section]) and not (digest.span is Span.WEEK and section is Section.CLOSED)


def _section(teller: _Teller, section: Section) -> PageSection:
    entries = teller.digest.sections[section]
    return PageSection(
        title=SECTION_SAID[section],
        count=len(entries),
        tone=TONE.get(section, "calm"),
        lines=tuple(_line(teller, section, entry) for entry in entries[:MOST_LINES]),
        more=max(0, len(entries) - MOST_LINES),
    )


def _line(teller: _Teller, section: Section, entry: Entry) -> PageLine:
    """The deadline first; how the case stands only where the heading does not say it."""
    number_only, mixed = teller.digest.reader.number_only, section in (Section.NEW, Section.CLOSED)
    said = [
        RESULT_SAID[entry.result] if mixed and not number_only else "",
        _deadline(teller, entry),
        "" if number_only else _holder(teller, entry),
        f"получено {day_of(entry.received_at, teller.works)}",
    ]
    return PageLine(entry.number, "" if number_only else _about(teller, entry), "; ".join(one for one in said if one))


def _about(teller: _Teller, entry: Entry) -> str:
    """The topic, and the writer's name where the reader works on the case."""
    topic = "; ".join(teller.book.topics[topic].title for topic in entry.topics)
    if not names_writers(teller.digest.reader):
        return topic
    name = shortened(one_line(entry.writer_name or entry.writer), LONGEST_NAME)
    return f"{topic}: {name}" if name else topic


def _holder(teller: _Teller, entry: Entry) -> str:
    """Who has it, where that is not the reader."""
    if not entry.with_whom or entry.with_whom == teller.digest.reader.person.address:
        return ""
    names = {person.address: person.name for person in staff_of(teller.book)}
    return names.get(entry.with_whom) or entry.with_whom


def _deadline(teller: _Teller, entry: Entry) -> str:
    if entry.answer_by is None or entry.result not in OPEN_RESULTS:
        return ""
    local = teller.works.local(entry.answer_by)
    if entry.answer_by < teller.digest.now:
        return f"срок истёк {on_day(local)}"
    return f"срок {until_day(local)}"


def _weeks(weeks: Sequence[Week]) -> tuple[PageBar, ...]:
    longest = max((week.received for week in weeks), default=0)
    return tuple(
        PageBar(_days(week), str(week.received), _percent(week.received, longest), _week_note(week)) for week in weeks
    )


def _days(week: Week) -> str:
    """«9–15 ноября», «30 ноября – 6 декабря»."""
    first, last = week.monday, week.monday + SIX_DAYS
    begins = str(first.day) if first.month == last.month else f"{day(first.isoformat())} "
    return f"{begins}–{day(last.isoformat())}" if first.month == last.month else f"{begins}– {day(last.isoformat())}"


def _week_note(week: Week) -> str:
    if not week.received:
        return ""
    parts = [f"ответила программа: {week.by_program}", f"сотрудники: {week.by_staff}", f"ещё открыто: {week.open}"]
    wait = f"; ответа сотрудника ждут обычно {hours_said(week.staff_hours)}" if week.staff_hours is not None else ""
    return ", ".join(parts) + wait


def _topics(teller: _Teller) -> tuple[PageBar, ...]:
    longest = max((one.count for one in teller.digest.topics), default=0)
    return tuple(
        PageBar(
            teller.book.topics[one.topic].title,
            str(one.count),
            _percent(one.count, longest),
            f"неделей раньше: {one.before}",
        )
        for one in teller.digest.topics
    )


def _spam(digest: Digest) -> str:
    """How full the spam folder is, and how much of it looks like persons' letters."""
    if digest.spam is None or not digest.spam.letters:
        return ""
    lie = f"В папке «Спам» {plural(digest.spam.letters, 'письмо', 'письма', 'писем')}"
    persons = len(digest.spam.persons)
    if not persons:
        return f"{lie}; похожих на письма людей среди них нет."
    return f"{lie}; похожи на письма людей: {persons}. Загляните туда: программа эту папку не трогает."


def _requests(count: int) -> str:
    return plural(count, "обращение", "обращения", "обращений")


def _percent(count: int, longest: int) -> int:
    return max(2, round(100 * count / longest)) if count and longest else 0
