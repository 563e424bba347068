"""The form of rules/regulation.yaml and of the packs in rules/regulations/, as strict pydantic models."""

from typing import Literal

from pydantic import Field

from mailbot.rulebook.ids import Audience, Topic
from mailbot.rulebook.models import Form, Id, WorkingDays
from mailbot.rulebook.scalars import Address, Days, Hours, Link, Text, Zone


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
    clauses: dict[Id, ClauseForm] = Field(default_factory=dict)
