"""rules/lifecycle.yaml, screening.yaml and calendar.yaml as frozen values, and what in them cannot be."""

from collections.abc import Iterator, Mapping
from datetime import time

from mailbot.errors import Words
from mailbot.rulebook.models import CalendarForm, HolidayForm, LifecycleForm, ScreeningForm
from mailbot.rulebook.positions import Document
from mailbot.rulebook.problems import Problem, ProblemCode, nearest
from mailbot.rulebook.regulation import unknown_clause
from mailbot.rulebook.regulation_models import PackForm, RegulationForm
from mailbot.rulebook.scalars import WEEKDAYS
from mailbot.rulebook.types import Calendar, Caps, Holiday, Lifecycle, OnExpired, ScreeningRules


def lifecycle_of(form: LifecycleForm, document: Document) -> Lifecycle:
    """The waits and rounds of a case."""
    return Lifecycle(**{name: getattr(form, name) for name in LifecycleForm.model_fields}, place=document.place())


def lifecycle_problems(
    form: LifecycleForm, document: Document, pack: PackForm | None, own: RegulationForm | None
) -> Iterator[Problem]:
    """Waits in the wrong order; a refusal without a clause that allows it."""
    yield from _order_problems(form, document)
    clause = form.on_expired_clause
    if pack and own and clause and clause not in {**pack.clauses, **own.clauses}:
        yield unknown_clause(document, ("on_expired_clause",), clause, {**pack.clauses, **own.clauses})
    if form.on_expired is OnExpired.REFUSE and not clause:
        what = Words(ru="отказ за молчание без пункта правил школы", en="refusal for silence without a clause")
        mend = Words(
            ru="Укажите on_expired_clause: пункт, который разрешает школе отказать, или «on_expired: forward»",
            en="Name in on_expired_clause the clause that lets the school refuse, or write «on_expired: forward»",
        )
        yield Problem(place=document.place("on_expired"), code=ProblemCode.UNKNOWN_CLAUSE, what=what, mend=mend)
    elif form.on_expired is OnExpired.REFUSE and pack and own and clause in pack.clauses and clause not in own.clauses:
        what = Words(
            ru=f"пункт «{clause}» даёт право отклонить службе поддержки, а не школе",
            en=f"clause «{clause}» lets the vendor's support refuse, not the school",
        )
        mend = Words(
            ru="Опишите пункт правил школы в regulation.yaml (clauses) или напишите «on_expired: forward»",
            en="Write a clause of the school's own into regulation.yaml or «on_expired: forward»",
        )
        yield Problem(place=document.place("on_expired_clause"), code=ProblemCode.NOT_OPEN, what=what, mend=mend)


def _order_problems(form: LifecycleForm, document: Document) -> Iterator[Problem]:
    for earlier, later in (
        ("reminder_working_days", "wait_working_days"),
        ("staff_reminder_working_days", "staff_due_working_days"),
        ("staff_due_working_days", "supervisor_after_working_days"),
        ("supervisor_after_working_days", "emergency_after_working_days"),
        ("fruitless_rounds", "rounds"),
        ("names_kept_days", "register_kept_days"),
    ):
        first, second = getattr(form, earlier), getattr(form, later)
        if first > second:
            what = Words(ru=f"{earlier} ({first}) больше, чем {later} ({second})",
                         en=f"{earlier} ({first}) is more than {later} ({second})")  # fmt: skip
            mend = Words(ru="Первое наступает раньше второго: уменьшите его", en="The first comes first: make it less")
            yield Problem(place=document.place(earlier), code=ProblemCode.WRONG_VALUE, what=what, mend=mend)


def screening_of(form: ScreeningForm, document: Document) -> ScreeningRules:
    """Whom nothing is sent to and how much may leave."""
    return ScreeningRules(
        never_answer=form.never_answer,
        authorities=form.authorities,
        forms=form.forms,
        authserv_ids=form.authserv_ids,
        caps=Caps(**form.caps.model_dump()),
        breaker_hours=form.breaker_hours,
        place=document.place(),
    )


def screening_problems(form: ScreeningForm, document: Document) -> Iterator[Problem]:
    """Caps that can never be reached because a narrower time allows less."""
    for smaller, larger in (
        ("per_person_day", "per_person_week"),
        ("per_domain_hour", "total_hour"),
        ("total_hour", "total_day"),
        ("per_person_day", "total_day"),
    ):
        if getattr(form.caps, smaller) > getattr(form.caps, larger):
            what = Words(ru=f"{smaller} больше, чем {larger}", en=f"{smaller} is more than {larger}")
            mend = Words(ru="Уменьшите первое или увеличьте второе", en="Lessen the first or raise the second")
            yield Problem(place=document.place("caps", smaller), code=ProblemCode.WRONG_VALUE, what=what, mend=mend)


def calendar_of(form: CalendarForm) -> Calendar:
    """The school's hours and days off."""
    return Calendar(
        hours=_hours_by_day(form),
        holidays=tuple(Holiday(first=off.first, last=off.last, title=off.title) for off in form.holidays),
        working_days=form.working_days,
    )


def _hours_by_day(form: CalendarForm) -> Mapping[int, tuple[time, time]]:
    return {WEEKDAYS[day]: hours for day, hours in form.hours.items() if day in WEEKDAYS}


def calendar_problems(form: CalendarForm, document: Document) -> Iterator[Problem]:
    """Weekdays that do not exist, no hours at all, days off that end before they begin or are working days as well."""
    for day in form.hours:
        if day not in WEEKDAYS:
            what = Words(ru=f"дня недели «{day}» нет", en=f"there is no weekday «{day}»")
            yield Problem(
                place=document.key("hours", day), code=ProblemCode.BAD_DAYS, what=what, mend=nearest(day, WEEKDAYS)
            )
    if not _hours_by_day(form):
        what = Words(ru="нет ни одного рабочего дня", en="there is not one working day")
        mend = Words(ru="Укажите часы работы, например «пн: 9:00–17:00»", en="Write hours such as «пн: 9:00–17:00»")
        yield Problem(place=document.key("hours"), code=ProblemCode.WRONG_VALUE, what=what, mend=mend)
    for number, off in enumerate(form.holidays):
        if off.first > off.last:
            what = Words(ru="каникулы кончаются раньше, чем начинаются", en="the days off end before they begin")
            mend = Words(ru="Поменяйте from и to местами", en="Swap from and to")
            place = document.place("holidays", number, "from")
            yield Problem(place=place, code=ProblemCode.BAD_DATE, what=what, mend=mend)
    yield from _contradictions(form, document)


def _contradictions(form: CalendarForm, document: Document) -> Iterator[Problem]:
    def off_on(number: int) -> HolidayForm | None:
        day = form.working_days[number]
        return next((off for off in form.holidays if off.first <= day <= off.last), None)

    for number, day in enumerate(form.working_days):
        if off := off_on(number):
            what = Words(ru=f"{day} – и рабочий день, и «{off.title}»", en=f"{day} is a working day and «{off.title}»")
            mend = Words(ru="Оставьте что-то одно", en="Keep one of them")
            yield Problem(place=document.place("working_days", number), code=ProblemCode.BAD_DATE, what=what, mend=mend)
