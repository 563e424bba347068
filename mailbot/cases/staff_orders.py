"""Commands that move a case: to another colleague, another topic, another deadline, a refusal, an emergency."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches

from mailbot.cases.case import Case, CaseState, Kind, Note
from mailbot.cases.commands import Order
from mailbot.cases.days import days_in
from mailbot.cases.deadlines import dues_before, staff_answer_by, staff_dues
from mailbot.cases.decision import decide_topic
from mailbot.cases.doors import Door, door, door_of, staff_of
from mailbot.cases.emergency import declared, next_up, vendor_can_help
from mailbot.cases.staff_said import Done
from mailbot.cases.working_time import WorkingTime
from mailbot.cases.writings import Says, forward_to, to_writer, with_story
from mailbot.rulebook.ids import Intent, Route, Topic
from mailbot.rulebook.types import Person, Rulebook
from mailbot.triage.finding import Evidence, TopicFinding

ROLE_WORDS = (
    ("классн", Route.CLASS_TEACHER),
    ("завуч", Route.SUPERVISOR),
    ("заместител", Route.SUPERVISOR),
    ("руководител", Route.SUPERVISOR),
    ("директор", Route.DIRECTOR),
    ("канцеляри", Route.OFFICE),
    ("секретар", Route.OFFICE),
    ("ответственн", Route.CONSULTANT),
    ("консультант", Route.CONSULTANT),
)
IN_DAYS = re.compile(r"(?<![\d.])(?P<days>\d{1,2})\s*(?:раб\w*\.?\s*)?(?:дн\w*|день|дня)")
LONGEST_TERM_DAYS = 90
SHORTEST_SURNAME = 4


def sent_on(case: Case, order: Order, dead: frozenset[str], book: Rulebook, now: datetime, attach: bool) -> Done:
    """`#переслать`: the case to a colleague named by address, surname or role."""
    without = dead | frozenset(case.not_to)
    found = _colleague(order.argument, case, book, WorkingTime.of(book).today(now), without)
    if found is None:
        return Done(case, needed="Кому переслать? Напишите адрес сотрудника школы, фамилию или роль: #переслать завуч")
    if found.person.address in without:
        return Done(
            case, needed="Этому сотруднику обращение передать нельзя. Назовите другого, например: #переслать завуч"
        )
    return _handed(case, found, "a colleague passed it on", book, now, attach)


def cannot(case: Case, dead: frozenset[str], book: Rulebook, now: datetime, attach: bool) -> Done:
    """`#не могу`: the emergency of the regulation, or the next person where the vendor is no help."""
    if vendor_can_help(case, book):
        emergency = declared(case, book, now)
        return Done(
            emergency.case, "Заявителю отправлены контакты службы поддержки системы.", writings=emergency.writings
        )
    person = next_up(case, book, now, dead)
    return _handed(
        case, door_of(person, case.route or Route.CONSULTANT, book), "a colleague cannot help", book, now, attach
    )


def retopic(case: Case, order: Order, dead: frozenset[str], book: Rulebook, now: datetime, attach: bool) -> Done:
    """`#тема`: what the case is about is corrected; it moves if that is somebody else's work."""
    topic = topic_named(order.argument, book)
    if topic is None:
        titles = ", ".join(rules.title for rules in book.topics.values())
        return Done(case, needed=f"Такой темы нет. Темы: {titles}.")
    intent = case.intent if case.intent not in (Intent.HOWTO, Intent.THANKS) else Intent.PROBLEM
    route = decide_topic(TopicFinding(topic=topic, intent=intent, score=1.0), (), book).route or Route.CONSULTANT
    route = Route.SUPERVISOR if topic is Topic.COMPLAINT else Route.CONSULTANT if route is Route.VENDOR else route
    note = Note(now, f"Тема исправлена: {book.topics[topic].title}")
    renamed = replace(case, topics=(topic,), intents=(intent,), changed_at=now, notes=(*case.notes, note))
    done = f"Тема исправлена: {book.topics[topic].title}."
    if case.in_danger_lane or route is case.route:
        return Done(renamed, done)
    today = WorkingTime.of(book).today(now)
    found = door(route, case.school_class, book, today, dead | frozenset(case.not_to))
    handed = _handed(renamed, found, "a colleague corrected the topic", book, now, attach)
    return replace(handed, said=f"{done} {handed.said}")


def topic_named(words: str, book: Rulebook) -> Topic | None:
    """The topic meant by its title, the beginning of it or its id, slips of the pen allowed for."""
    said = words.strip().lower().replace("ё", "е")
    names = {rules.title.lower().replace("ё", "е"): topic for topic, rules in book.topics.items()}
    names |= {topic.value: topic for topic in book.topics}
    if not said:
        return None
    begun = [topic for name, topic in names.items() if name.startswith(said)]
    near = get_close_matches(said, names, n=1, cutoff=0.75)
    return begun[0] if begun else names[near[0]] if near else None


def refused(case: Case, order: Order, book: Rulebook, now: datetime) -> Done:
    """`#отказать`: the ready text with its clause, or the colleague's own words; it waits for the hold, too."""
    words = "\n".join(part for part in (order.argument, order.text) if part)
    rules = book.regulation
    clause = rules.rejection_incomplete if case.missing else rules.rejection_not_constructive
    if case.in_danger_lane:
        return Done(case, needed="По срочному обращению отказ не отправляется. Чтобы написать заявителю: #ответить")
    if not clause and not words:
        return Done(case, needed="В регламенте нет пункта для отказа. Напишите причину под строкой #отказать.")
    at = now + timedelta(minutes=book.lifecycle.relay_hold_minutes)
    says = Says(missing=case.missing, clause=clause, extra=(("words", words),))
    writings = to_writer(Kind.REFUSAL, case, says=says, not_before=at)
    if not writings:
        return Done(case, needed="Отказ не отправлен: у обращения нет адреса, на который можно писать.")
    note = Note(now, "Отказ отправлен сотрудником")
    ended = replace(case, state=CaseState.REFUSED, dues=(), answer_by=None, changed_at=now, notes=(*case.notes, note))
    local = at.astimezone(WorkingTime.of(book).zone)
    return Done(ended, f"Отказ уйдёт заявителю в {local:%H:%M}.", needed="Чтобы отменить: #стоп", writings=writings)


def term_set(case: Case, order: Order, book: Rulebook, now: datetime) -> Done:
    """`#срок`: another day by which staff answer."""
    last = _term(order.argument, book, now)
    if last is None:
        return Done(case, needed="До какого дня? Напишите, например: #срок 25.11 или #срок 3 дня")
    ends = WorkingTime.of(book).end_of(last)
    if (
        last < WorkingTime.of(book).today(now)
        or ends <= now
        or last > WorkingTime.of(book).today(now) + timedelta(days=LONGEST_TERM_DAYS)
    ):
        return Done(case, needed=f"Срок должен быть в ближайшие {LONGEST_TERM_DAYS} дней.")
    note = Note(now, f"Срок ответа: {last:%d.%m.%Y}")
    dues = case.dues if case.in_danger_lane else dues_before(ends, book, now)
    changed = replace(
        case, state=CaseState.WITH_STAFF, answer_by=ends, dues=dues, changed_at=now, notes=(*case.notes, note)
    )
    return Done(changed, f"Срок ответа: {WorkingTime.of(book).today(ends):%d.%m.%Y}.")


def _handed(case: Case, found: Door, rule: str, book: Rulebook, now: datetime, attach: bool) -> Done:
    """The case in another colleague's hands, with terms that run anew."""
    note = Note(now, "Передано другому сотруднику")
    handed = replace(
        case,
        state=CaseState.WITH_STAFF,
        route=found.route,
        with_whom=found.person.address,
        dues=staff_dues(book, now),
        answer_by=staff_answer_by(book, now),
        changed_at=now,
        notes=(*case.notes, note),
    )
    until = WorkingTime.of(book).local(handed.answer_by) if handed.answer_by else ""
    says = Says(why=(Evidence(rule, ""),), extra=(("by_when", until),))
    forward = forward_to(found, handed, with_story(says, handed), attach=attach)
    return Done(handed, f"Обращение передано: {found.person.name or found.person.address}.", writings=(forward,))


def _colleague(words: str, case: Case, book: Rulebook, today: date, without: frozenset[str]) -> Door | None:
    """Who is meant; an address the rules do not name must lie in the school's domains."""
    said = words.strip().strip("<>").lower().replace("ё", "е")
    route = case.route or Route.CONSULTANT
    if "@" in said:
        known = next((person for person in staff_of(book) if person.address == said), None)
        if known is None and said.rpartition("@")[2] not in book.school.domains:
            return None
        person = known or Person(name="", address=said, place=book.lifecycle.place)
        return None if said in book.school.own else door_of(person, route, book)
    role = next((route for stem, route in ROLE_WORDS if stem in said), None)
    if role:
        return door(role, case.school_class, book, today, without)
    for person in staff_of(book):
        surname = person.name.lower().replace("ё", "е").split(" ")[0]
        if len(surname) >= SHORTEST_SURNAME and said[: len(surname) - 1] == surname[:-1]:
            return door_of(person, route, book)
    return None


def _term(words: str, book: Rulebook, now: datetime) -> date | None:
    """The day meant by «25.11», «завтра», «3 дня»."""
    time = WorkingTime.of(book)
    named = days_in(words, time.today(now))
    if named:
        return named[-1]
    counted = IN_DAYS.search(words.lower())
    return time.today(time.add_working_days(now, int(counted["days"]))) if counted else None
