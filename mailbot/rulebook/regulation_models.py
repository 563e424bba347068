"""The form of rules/regulation.yaml and of the packs in rules/regulations/, as strict pydantic models."""

from typing import Literal

from pydantic import Field

from mailbot.rulebook.ids import Audience, Topic
from mailbot.rulebook.models import Form, Id, WorkingDays
from mailbot.rulebook.scalars import Address, Days, Hours, Link, Text, Zone


class ClauseForm(Form):
    """A passage of the document."""

    printed: Text = Field(description="Как пункт найти в документе: «п. 5»")
    text: Text = Field(description="Текст пункта дословно")
    locked: bool = Field(default=False, description="true – школа этот пункт изменить не может")


class VendorHoursForm(Form):
    """When the vendor does something; around the clock is days пн–вс, hours 0:00–23:59."""

    what: Text = Field(description="Что делает служба в эти часы")
    days: Days = Field(description="Дни недели: пн–вс")
    hours: Hours = Field(description="Часы: 9:00–21:00")
    zone: Zone | None = Field(default=None, description="Часовой пояс этих часов, если он назван")
    except_holidays: bool = Field(default=False, description="true – кроме праздничных дней")


class VendorForm(Form):
    """The support service of the system; what the document does not say is left out."""

    name: Text = Field(description="Как называется служба поддержки системы")
    mail: Address | None = Field(default=None, description="Её почта")
    phone: Text | None = Field(default=None, description="Её телефон, в кавычках")
    phone_note: Text | None = Field(default=None, description="Что сказано о звонках вне часов работы")
    site: Link | None = Field(default=None, description="Её сайт")
    registers: Text | None = Field(default=None, description="Когда она регистрирует обращения")
    hours: tuple[VendorHoursForm, ...] = Field(default=(), description="Когда она работает")
    requirements: tuple[Text, ...] = Field(default=(), description="Что она требует от обратившегося")


class RolesForm(Form):
    """Which clause speaks when; a role the document has no clause for is left out."""

    rejection_incomplete: str = Field(default="", description="Пункт об отклонении: не хватает сведений")
    rejection_not_constructive: str = Field(default="", description="Пункт об отклонении: обсуждение неконструктивно")
    emergency: str = Field(default="", description="Пункт о нештатной ситуации")
    emergency_definition: str = Field(default="", description="Пункт, где сказано, что такое нештатная ситуация")
    etiquette: str = Field(default="", description="Пункт о корректном общении")
    training: str = Field(default="", description="Пункт о сроке обучения")
    materials: str = Field(default="", description="Пункт о справочных материалах")
    publish: str = Field(default="", description="Пункт о публикации графика")
    publish_contacts: str = Field(default="", description="Пункт о публикации контактов")
    answer: str = Field(default="", description="Пункт о сроке ответа")
    clear_question: str = Field(default="", description="Пункт о чётком вопросе сотрудника")
    clear_question_parents: str = Field(default="", description="Пункт о чётком вопросе родителя")
    locked_by: str = Field(default="", description="Пункт, который запрещает изменять другие")


class InferredForm(Form):
    """A value that is not read in the document but follows from it."""

    value: Text = Field(description="Значение")
    inferred: Literal[True] = Field(description="true – в документе этого нет, выведено из него")


class InferredZoneForm(Form):
    """A time zone that follows from where the school lies."""

    value: Zone = Field(description="Часовой пояс")
    inferred: Literal[True] = Field(description="true – в документе этого нет, выведено из места")


OpenKey = Literal[
    "system", "answer_working_days", "training_working_days", "vendor.mail", "vendor.phone", "vendor.phone_note",
    "vendor.site", "vendor.registers", "vendor.hours",
]  # fmt: skip


class PackForm(Form):
    """rules/regulations/NAME.yaml: one of the documents as data."""

    title: Text = Field(description="Название документа")
    system: Text = Field(description="Как в документе названа система")
    school: Text = Field(description="Чей документ")
    dated: Text | None = Field(default=None, description="Когда принят")
    region: InferredForm | None = Field(default=None, description="Где школа")
    zone: InferredZoneForm | None = Field(default=None, description="Часовой пояс школы документа")
    topics_for_staff: tuple[Topic, ...] = Field(description="Темы, по которым помогают сотрудникам")
    who_may_ask: tuple[Audience, ...] = Field(description="Кто может обратиться")
    who_helps: tuple[Text, ...] = Field(description="Кто помогает")
    staff_channels: tuple[Text, ...] = Field(default=(), description="Как обращаются сотрудники")
    parent_channels: tuple[Text, ...] = Field(default=(), description="Как обращаются родители")
    training_working_days: WorkingDays | None = Field(
        default=None, description="Срок обучения новых сотрудников в рабочих днях"
    )
    answer_working_days: WorkingDays | None = Field(default=None, description="Срок ответа в рабочих днях")
    vendor: VendorForm = Field(description="Служба поддержки системы")
    roles: RolesForm = Field(description="Какой пункт о чём говорит")
    clauses: dict[Id, ClauseForm] = Field(description="Пункты документа: короткое имя, как печатать, текст")
    open: tuple[OpenKey, ...] = Field(default=(), description="Что документ оставляет школе")


class VendorValuesForm(Form):
    """What a school adds about the vendor where the document is silent."""

    mail: Address | None = Field(default=None, description="Почта службы поддержки")
    phone: Text | None = Field(default=None, description="Телефон службы поддержки, в кавычках")
    phone_note: Text | None = Field(default=None, description="Что сказано о звонках вне часов работы")
    site: Link | None = Field(default=None, description="Сайт службы поддержки")
    registers: Text | None = Field(default=None, description="Когда она регистрирует обращения")
    hours: tuple[VendorHoursForm, ...] | None = Field(default=None, description="Когда она работает")


class ValuesForm(Form):
    """What the document leaves to the school."""

    system: Text | None = Field(default=None, description="Как называется система")
    answer_working_days: WorkingDays | None = Field(
        default=None, description="За сколько рабочих дней школа обещает ответить"
    )
    training_working_days: WorkingDays | None = Field(
        default=None, description="За сколько рабочих дней обучают новых сотрудников"
    )
    vendor: VendorValuesForm = Field(
        default=VendorValuesForm(), description="Контакты службы поддержки, если документ их не даёт"
    )


class RegulationForm(Form):
    """rules/regulation.yaml."""

    use: Text = Field(description="Имя документа из папки regulations")
    values: ValuesForm = Field(default=ValuesForm(), description="Что документ оставляет школе")
    clauses: dict[Id, ClauseForm] = Field(
        default_factory=dict, description="Собственные пункты школы: короткое имя, как печатать, текст"
    )
