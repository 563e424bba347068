"""The form of every rules file as strict pydantic models: unknown keys are refused, nothing is converted silently.

Only the form: what one file says of another is looked at in the modules that make the frozen types. A school employee
writes these keys, so they are named as in the files; `docs` and the comments in `rules/` explain each.
"""

from typing import Annotated, Literal, TypeVar

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


Root = TypeVar("Root")


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


class ClauseForm(Form):
    """A passage of the document."""

    printed: Text
    text: Text
    locked: bool = False


class VendorHoursForm(Form):
    """When the vendor does something; around the clock is days пн–вс, hours 0:00–23:59."""

    what: Text
    days: Days
    hours: Hours
    zone: Zone | None = None
    except_holidays: bool = False


class VendorForm(Form):
    """The support service of the system; what the document does not say is left out."""

    name: Text
    mail: Address | None = None
    phone: Text | None = None
    phone_note: Text | None = None
    site: Link | None = None
    registers: Text | None = None
    hours: tuple[VendorHoursForm, ...] = ()
    requirements: tuple[Text, ...] = ()


class RolesForm(Form):
    """Which clause speaks when; a role the document has no clause for is left out."""

    rejection_incomplete: str = ""
    rejection_not_constructive: str = ""
    emergency: str = ""
    emergency_definition: str = ""
    etiquette: str = ""
    training: str = ""
    materials: str = ""
    publish: str = ""
    answer: str = ""
    clear_question: str = ""
    locked_by: str = ""


class InferredForm(Form):
    """A value that is not read in the document but follows from it."""

    value: Text
    inferred: Literal[True]


class InferredZoneForm(Form):
    """A time zone that follows from where the school lies."""

    value: Zone
    inferred: Literal[True]


OPEN_KEYS = (
    "system", "answer_working_days", "training_working_days", "vendor.mail", "vendor.phone", "vendor.phone_note",
    "vendor.site", "vendor.registers", "vendor.hours",
)  # fmt: skip
OpenKey = Literal[
    "system", "answer_working_days", "training_working_days", "vendor.mail", "vendor.phone", "vendor.phone_note",
    "vendor.site", "vendor.registers", "vendor.hours",
]  # fmt: skip


class PackForm(Form):
    """rules/regulations/NAME.yaml: one of the documents as data."""

    title: Text
    system: Text
    school: Text
    dated: Text | None = None
    region: InferredForm | None = None
    zone: InferredZoneForm | None = None
    topics_for_staff: tuple[Topic, ...]
    who_may_ask: tuple[Audience, ...]
    who_helps: tuple[Text, ...]
    staff_channels: tuple[Text, ...] = ()
    parent_channels: tuple[Text, ...] = ()
    training_working_days: WorkingDays | None = None
    answer_working_days: WorkingDays | None = None
    vendor: VendorForm
    roles: RolesForm
    clauses: dict[Id, ClauseForm]
    open: tuple[OpenKey, ...] = ()


class VendorValuesForm(Form):
    """What a school adds about the vendor where the document is silent."""

    mail: Address | None = None
    phone: Text | None = None
    phone_note: Text | None = None
    site: Link | None = None
    registers: Text | None = None
    hours: tuple[VendorHoursForm, ...] | None = None


class ValuesForm(Form):
    """What the document leaves to the school."""

    system: Text | None = None
    answer_working_days: WorkingDays | None = None
    training_working_days: WorkingDays | None = None
    vendor: VendorValuesForm = VendorValuesForm()


class RegulationForm(Form):
    """rules/regulation.yaml."""

    use: Text
    values: ValuesForm = ValuesForm()
    clauses: dict[Id, ClauseForm] = {}


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
