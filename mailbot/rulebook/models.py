"""The form of every rules file as strict pydantic models: unknown keys are refused, nothing is converted silently.

Only the form: what one file says of another is looked at in the modules that make the frozen types. A school employee
writes these keys, so they are named as in the files; `docs` and the comments in `rules/` explain each.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from mailbot.rulebook.ids import Audience, Flag, Intent, Route, Slot, Topic
from mailbot.rulebook.phrases import PhraseText
from mailbot.rulebook.scalars import Address, AddressOrDomain, Day, Days, Domain, Hours, Link, Listed, Text, Zone
from mailbot.rulebook.types import OnExpired, Strength

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Count = Annotated[int, Field(ge=1, le=10_000)]
WorkingDays = Annotated[int, Field(ge=1, le=60)]
Minutes = Annotated[int, Field(ge=0, le=1_440)]


class Form(BaseModel):
    """Strict, closed and frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class PersonForm(Form):
    """A person mail is sent to."""

    name: Text
    address: Address
    outside: Literal["number-only"] | None = None


class AbsenceForm(Form):
    """Days away."""

    address: Address
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


class HelpForm(Form):
    """A line of the schedule of help."""

    days: Days
    hours: Hours
    where: Text
    how: Text


Deskful = Annotated[tuple[PersonForm, ...], Field(min_length=1)]


class SchoolForm(Form):
    """rules/school.yaml."""

    name: Text
    short_name: Text
    signature: Text
    zone: Zone
    mailbox: Address
    own: tuple[Address, ...] = ()
    domains: Annotated[tuple[Domain, ...], Field(min_length=1)]
    site: Link
    phones: tuple[Text, ...]
    routes: dict[Route, Deskful]
    class_teachers: dict[str, Deskful] = {}
    director_absent: PersonForm
    roster: PersonForm
    admin: PersonForm
    absences: tuple[AbsenceForm, ...] = ()
    help_hours: Annotated[tuple[HelpForm, ...], Field(min_length=1)]


class RuleForm(Form):
    """A named rule with its phrases."""

    id: Id
    phrases: Annotated[tuple[PhraseText, ...], Field(min_length=1)]
    unless: tuple[PhraseText, ...] = ()
    strength: Strength
    intent: Intent | None = None
    audience: Audience | None = None


class ExampleForm(Form):
    """A letter and what must come of it."""

    subject: str = ""
    text: Text
    expect: dict[str, Listed] = {}


class GuidanceForm(Form):
    """What is answered."""

    text: Text
    links: dict[str, Link] = {}


class TopicForm(Form):
    """One topic of rules/topics.yaml."""

    title: Text
    required: tuple[Slot, ...]
    rules: tuple[RuleForm, ...]
    guidance: dict[Audience, GuidanceForm] = {}
    examples: tuple[ExampleForm, ...] = ()
    negative: tuple[ExampleForm, ...] = Field(default=(), alias="not")


class TopicsForm(RootModel[dict[Topic, TopicForm]]):
    """rules/topics.yaml."""


class FlagForm(Form):
    """One flag of rules/flags.yaml."""

    rules: tuple[RuleForm, ...]
    lookalikes: tuple[PhraseText, ...] = ()
    examples: tuple[ExampleForm, ...] = ()
    negative: tuple[ExampleForm, ...] = Field(default=(), alias="not")


class FlagsForm(RootModel[dict[Flag, FlagForm]]):
    """rules/flags.yaml."""


class LifecycleForm(Form):
    """rules/lifecycle.yaml."""

    rounds: Annotated[int, Field(ge=1, le=10)]
    fruitless_rounds: Annotated[int, Field(ge=1, le=10)]
    wait_working_days: WorkingDays
    reminder_working_days: WorkingDays
    on_expired: OnExpired
    on_expired_clause: str = ""
    staff_due_working_days: WorkingDays
    staff_reminder_working_days: WorkingDays
    supervisor_after_working_days: WorkingDays
    emergency_after_working_days: WorkingDays
    safety_repeat_minutes: Annotated[int, Field(ge=5, le=1_440)]
    relay_hold_minutes: Minutes
    outage_wave_letters: Annotated[int, Field(ge=2, le=1_000)]
    outage_wave_minutes: Annotated[int, Field(ge=5, le=1_440)]
    first_sight_days: Annotated[int, Field(ge=1, le=30)]


class CapsForm(Form):
    """How many automatic letters may leave."""

    per_person_day: Count
    per_person_week: Count
    per_thread_week: Count
    per_subject_day: Count
    per_domain_hour: Count
    total_hour: Count
    total_day: Count


class ScreeningForm(Form):
    """rules/screening.yaml."""

    never_answer: tuple[AddressOrDomain, ...] = ()
    authorities: tuple[AddressOrDomain, ...] = ()
    forms: tuple[AddressOrDomain, ...] = ()
    authserv_ids: tuple[Domain, ...] = ()
    caps: CapsForm


class HolidayForm(Form):
    """Days off."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    title: Text


class CalendarForm(Form):
    """rules/calendar.yaml."""

    hours: dict[str, Hours]
    holidays: tuple[HolidayForm, ...] = ()
    working_days: tuple[Day, ...] = ()
