"""Frozen types of everything the admin's rules say, made only by `load.load_rulebook`.

Every value that a decision may cite carries its `Place`, so that each «why» can name file and line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from mailbot.rulebook.ids import Audience, Flag, Intent, Route, Slot, Topic


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the rules something stands; lines and columns count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


# --- people and the school -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff mail may be sent to. `address` is a lower-cased addr-spec inside `School.domains`."""

    name: str
    address: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The people behind one route: the first who is not absent gets the mail.

    `number_only`: the address lies outside the school's domains, so only the case number may be sent there.
    """

    people: tuple[Person, ...]
    number_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days, both included, on which a person does not read mail."""

    address: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpHours:
    """One line of the schedule of help: weekdays (0 = Monday), hours in the school's zone, place and way."""

    days: tuple[int, ...]
    start: time
    end: time
    where: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """rules/school.yaml. `own` are all addresses of this mailbox, its aliases included; `domains` the school's own.

    `director_absent` is who gets safety letters while the director is away; `roster` hears of strange words in
    staff's name; `admin` is told about rules and machinery. `zone` is an IANA name.
    """

    name: str
    short_name: str
    signature: str
    zone: str
    mailbox: str
    own: tuple[str, ...]
    domains: tuple[str, ...]
    desks: Mapping[Route, Desk]
    class_teachers: Mapping[str, Desk]
    director_absent: Person
    roster: Person
    admin: Person
    absences: tuple[Absence, ...]
    help_hours: tuple[HelpHours, ...]
    phones: tuple[str, ...]
    site: str


# --- the regulation --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A passage of the regulation: `printed` is how a person finds it («п. 5.6», «раздел „Причины…“»)."""

    id: str
    printed: str
    text: str
    locked: bool
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorHours:
    """When the vendor does something: weekdays (0 = Monday), hours in `zone`; "" = the document names no zone."""

    what: str
    days: tuple[int, ...]
    start: time
    end: time
    zone: str
    except_holidays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Whom people turn to themselves in an emergency. Nothing is ever mailed there by mailbot."""

    name: str
    mail: str
    phone: str
    phone_note: str
    site: str
    registers: str
    hours: tuple[VendorHours, ...]
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """One of the five documents with the school's own values for what it leaves open.

    Clause roles name an id of `clauses` or are "": rejection reasons (1: not enough information, 2: not
    constructive), emergency, etiquette, training, materials to be read first, publishing the schedule.
    `training_working_days` None: the document has no term. `answer_working_days` None: it names none.
    `zone` is inferred from where the document's school lies, "" if it cannot be; `school` and `dated` say whose and
    from when the document is. Further roles: what counts as an emergency, the term of an answer, the duty to ask
    clearly (of staff, of parents), the duty to publish contacts, and the clause that forbids changing the locked
    ones. `open` names what the document leaves to the school.
    """

    id: str
    title: str
    system: str
    clauses: Mapping[str, Clause]
    rejection_incomplete: str
    rejection_not_constructive: str
    emergency: str
    etiquette: str
    training: str
    materials: str
    publish: str
    vendor: Vendor
    training_working_days: int | None
    answer_working_days: int | None
    inferred: tuple[str, ...]
    place: Place
    school: str = ""
    dated: str = ""
    zone: str = ""
    emergency_definition: str = ""
    answer: str = ""
    clear_question: str = ""
    clear_question_parents: str = ""
    publish_contacts: str = ""
    locked_by: str = ""
    audiences: tuple[Audience, ...] = ()
    staff_topics: tuple[Topic, ...] = ()
    staff_channels: tuple[str, ...] = ()
    parent_channels: tuple[str, ...] = ()
    who_helps: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


# --- what letters are about ------------------------------------------------------------------------------------------


class Strength(StrEnum):
    """How much a heard phrase weighs: a hint, a good sign, or a word that settles it."""

    WEAK = "weak"
    STRONG = "strong"
    SURE = "sure"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a phrase: any of `forms`, compared as lemmas, as prefixes («исправ*») or to the letter («"2"»)."""

    forms: tuple[str, ...]
    prefix: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words heard in this order within one sentence, at most `gap` other words between two of them.

    `written` is the phrase as the admin wrote it; `pattern` is set instead of `tokens` for «/…/» (google-re2).
    """

    written: str
    tokens: tuple[Token, ...]
    pattern: str
    place: Place
    gap: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named rule of the admin: it speaks when any of `phrases` is heard and none of `unless`."""

    id: str
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    strength: Strength
    intent: Intent | None
    audience: Audience | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A letter the admin wrote beside a rule, with what must come out: `expect` maps contract keys to values."""

    subject: str
    text: str
    expect: Mapping[str, str]
    negative: bool
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """What is answered on a topic to one audience; `text` is a Jinja2 template of plain text, `links` title → URL."""

    text: str
    links: tuple[tuple[str, str], ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRules:
    """Everything rules/topics.yaml says about one topic."""

    id: Topic
    title: str
    required: tuple[Slot, ...]
    rules: tuple[Rule, ...]
    guidance: Mapping[Audience, Guidance]
    examples: tuple[Example, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRules:
    """Wording of one flag: `rules` raise it, unless one of `lookalikes` covers what was heard."""

    id: Flag
    rules: tuple[Rule, ...]
    lookalikes: tuple[Phrase, ...]
    examples: tuple[Example, ...]
    place: Place


# --- the life of a case ----------------------------------------------------------------------------------------------


class OnExpired(StrEnum):
    """What happens when a writer never sends what is missing: the regulation lets us forward; a school may refuse."""

    FORWARD = "forward"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """rules/lifecycle.yaml; all waits in working hours of the school unless the name says otherwise.

    names_kept_days, register_kept_days: days of the calendar, after which a case loses its people, a month its rows.
    """

    rounds: int
    fruitless_rounds: int
    wait_working_days: int
    reminder_working_days: int
    on_expired: OnExpired
    on_expired_clause: str
    staff_due_working_days: int
    staff_reminder_working_days: int
    supervisor_after_working_days: int
    emergency_after_working_days: int
    safety_repeat_minutes: int
    relay_hold_minutes: int
    outage_wave_letters: int
    outage_wave_minutes: int
    first_sight_days: int
    names_kept_days: int
    register_kept_days: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many automatic letters may leave. Counted over days: some responders repeat only every 12 hours."""

    per_person_day: int
    per_person_week: int
    per_thread_week: int
    per_subject_day: int
    per_domain_hour: int
    total_hour: int
    total_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRules:
    """rules/screening.yaml. `never_answer` and `authorities`: addresses or «@domain»; `forms`: trusted form senders.

    breaker_hours: for so long nothing is sent once the provider has refused us.
    """

    never_answer: tuple[str, ...]
    authorities: tuple[str, ...]
    forms: tuple[str, ...]
    authserv_ids: tuple[str, ...]
    caps: Caps
    breaker_hours: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """Days off, both included, with the name people know them by."""

    first: date
    last: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """rules/calendar.yaml on top of the state calendar: working hours by weekday (0 = Monday), days off, moved days."""

    hours: Mapping[int, tuple[time, time]]
    holidays: tuple[Holiday, ...]
    working_days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """One kind of mail: Jinja2 sources. The text part begins with the line «Тема: …», which becomes the subject."""

    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All rules, loaded and checked whole. `hash` covers the bytes of every file read; decisions record it."""

    school: School
    regulation: Regulation
    topics: Mapping[Topic, TopicRules]
    flags: Mapping[Flag, FlagRules]
    lifecycle: Lifecycle
    screening: ScreeningRules
    calendar: Calendar
    templates: Mapping[str, TemplateSource]
    hash: str
