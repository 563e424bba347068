"""The form of every rules file as strict pydantic models: unknown keys are refused, nothing is converted silently.

Only the form: what one file says of another is looked at in the modules that make the frozen types. A school employee
writes these keys, so they are named as in the files; `docs` and the comments in `rules/` explain each.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from mailbot.rulebook.ids import Audience, Flag, Intent, Route, Slot, Topic
from mailbot.rulebook.phrases import PhraseText
from mailbot.rulebook.scalars import (
    Address,
    AddressOrDomain,
    Day,
    Days,
    Domain,
    Hours,
    Link,
    Listed,
    ServerName,
    Text,
    Zone,
)
from mailbot.rulebook.types import OnExpired, Strength

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Count = Annotated[int, Field(ge=1, le=100_000)]
WorkingDays = Annotated[int, Field(ge=1, le=60)]
Minutes = Annotated[int, Field(ge=0, le=1_440)]


class Form(BaseModel):
    """Strict, closed and frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class PersonForm(Form):
    """A person mail is sent to."""

    name: Text = Field(description="Как подписать адрес: должность или имя")
    address: Address = Field(description="Адрес почты в домене школы")
    outside: Literal["number-only"] | None = Field(
        default=None,
        description="number-only – адрес вне доменов школы: туда уходит только номер обращения, без текста письма",
    )


class AbsenceForm(Form):
    """Days away."""

    address: Address = Field(description="Чей адрес: этого человека замещает следующий в списке")
    first: Day = Field(alias="from", description="Первый день отсутствия, год-месяц-день")
    last: Day = Field(alias="to", description="Последний день отсутствия (включительно)")


class HelpForm(Form):
    """A line of the schedule of help."""

    days: Days = Field(description="Дни недели: пн–пт или вт, чт")
    hours: Hours = Field(description="Часы: 15:00–17:00")
    where: Text = Field(description="Где принимают")
    how: Text = Field(description="Как: лично, по телефону")


Deskful = Annotated[tuple[PersonForm, ...], Field(min_length=1)]


class SchoolForm(Form):
    """rules/school.yaml."""

    name: Text = Field(description="Полное имя школы, как на бланке")
    short_name: Text = Field(description="Как школу называют в письмах")
    signature: Text = Field(description="Подпись под каждым письмом")
    zone: Zone = Field(description="Часовой пояс школы: Europe/Moscow, Asia/Omsk …")
    mailbox: Address = Field(description="Адрес этого почтового ящика")
    own: tuple[Address, ...] = Field(default=(), description="Все адреса этого ящика вместе с псевдонимами")
    domains: Annotated[tuple[Domain, ...], Field(min_length=1)] = Field(
        description="Домены школы (не общая почта вроде mail.ru): письма сотрудникам уходят только сюда"
    )
    site: Link = Field(description="Сайт школы")
    phones: tuple[Text, ...] = Field(description="Телефоны школы, каждый в кавычках")
    routes: dict[Route, Deskful] = Field(
        description="Кто стоит за каждой дверью: первый основной, остальные замещают его"
    )
    class_teachers: dict[str, Deskful] = Field(default={}, description="Классные руководители по классам: 5А, 5Б …")
    director_absent: PersonForm = Field(description="Кому срочные письма, пока директор в отъезде")
    roster: PersonForm = Field(description="Кому сообщать о письмах, присланных будто бы от имени сотрудника")
    admin: PersonForm = Field(description="Кому писать о неполадках программы и ошибках в правилах")
    absences: tuple[AbsenceForm, ...] = Field(default=(), description="Отсутствия сотрудников")
    help_hours: Annotated[tuple[HelpForm, ...], Field(min_length=1)] = Field(
        description="График оказания помощи: его цитируют ответы и печатает mailbot publish"
    )


class RuleForm(Form):
    """A named rule with its phrases."""

    id: Id = Field(description="Короткое латинское имя правила: его называют explain и журнал")
    phrases: Annotated[tuple[PhraseText, ...], Field(min_length=1)] = Field(
        description="Фразы: любая из них включает правило"
    )
    unless: tuple[PhraseText, ...] = Field(default=(), description="Фразы, которые правило отменяют")
    strength: Strength = Field(description="Вес: weak – намёк, strong – верный признак, sure – решает дело")
    intent: Intent | None = Field(
        default=None,
        description="О цели письма: howto – общий вопрос, problem – неполадка, request – просьба, notice – сообщение",
    )
    audience: Audience | None = Field(
        default=None,
        description="Что правило говорит об авторе: parent – родитель, staff – сотрудник, student – ученик",
    )


class ExampleForm(Form):
    """A letter and what must come of it."""

    subject: str = Field(default="", description="Тема письма; можно не указывать")
    text: Text = Field(description="Текст письма")
    expect: dict[str, Listed] = Field(
        default={},
        description="Что должно получиться: audience, topics, intent, missing, flags, disposition, route, writer_gets",
    )


class GuidanceForm(Form):
    """What is answered."""

    text: Text = Field(description="Текст ответа; подстановки вроде {{ system }} описаны в начале файла")
    links: dict[str, Link] = Field(default={}, description="Ссылки на инструкции: название и адрес")


class TopicForm(Form):
    """One topic of rules/topics.yaml."""

    title: Text = Field(description="Название темы для людей")
    required: tuple[Slot, ...] = Field(description="Что нужно знать, прежде чем сотрудник возьмётся за дело")
    rules: tuple[RuleForm, ...] = Field(description="По каким словам тема узнаётся")
    guidance: dict[Audience, GuidanceForm] = Field(
        default={}, description="Что ответить: parent – родителю, staff – сотруднику, student – ученику"
    )
    examples: tuple[ExampleForm, ...] = Field(default=(), description="Письма, на которых тема должна узнаваться")
    negative: tuple[ExampleForm, ...] = Field(default=(), alias="not", description="Похожие письма, но о другом")


class TopicsForm(RootModel[dict[Topic, TopicForm]]):
    """rules/topics.yaml."""


class FlagForm(Form):
    """One flag of rules/flags.yaml."""

    rules: tuple[RuleForm, ...] = Field(description="По каким словам признак узнаётся")
    lookalikes: tuple[PhraseText, ...] = Field(
        default=(), description="Безобидные выражения: накрытые ими слова признаком не считаются"
    )
    examples: tuple[ExampleForm, ...] = Field(default=(), description="Письма, в которых признак должен узнаваться")
    negative: tuple[ExampleForm, ...] = Field(default=(), alias="not", description="Похожие, но безобидные письма")


class FlagsForm(RootModel[dict[Flag, FlagForm]]):
    """rules/flags.yaml."""


class LifecycleForm(Form):
    """rules/lifecycle.yaml."""

    rounds: Annotated[int, Field(ge=1, le=10)] = Field(
        description="Столько раз просим недостающее, потом обращение уходит человеку"
    )
    fruitless_rounds: Annotated[int, Field(ge=1, le=10)] = Field(
        description="Столько ответов без новых сведений – и обращение сразу уходит человеку"
    )
    wait_working_days: WorkingDays = Field(description="Сколько рабочих дней ждём ответа на уточняющий вопрос")
    reminder_working_days: WorkingDays = Field(
        description="Через сколько рабочих дней напоминаем об уточняющем вопросе"
    )
    on_expired: OnExpired = Field(
        description="Если ответа нет: forward – передать сотруднику, refuse – отказать по собственному пункту школы"
    )
    on_expired_clause: str = Field(
        default="", description="Пункт школы, который разрешает отказать (regulation.yaml, clauses)"
    )
    staff_due_working_days: WorkingDays = Field(description="Срок сотрудника в рабочих днях")
    staff_reminder_working_days: WorkingDays = Field(description="Через сколько рабочих дней напоминаем сотруднику")
    supervisor_after_working_days: WorkingDays = Field(description="Через сколько рабочих дней сообщаем руководителю")
    emergency_after_working_days: WorkingDays = Field(
        description="Через сколько рабочих дней ситуация нештатная: человеку даются контакты службы поддержки"
    )
    safety_repeat_minutes: Annotated[int, Field(ge=5, le=1_440)] = Field(
        description="Повтор срочного письма директору, в минутах"
    )
    relay_hold_minutes: Minutes = Field(
        description="Сколько минут ответ сотрудника ждёт перед отправкой (команда #стоп)"
    )
    outage_wave_letters: Annotated[int, Field(ge=2, le=1_000)] = Field(
        description="Столько писем о сбое считаем одной аварией"
    )
    outage_wave_minutes: Annotated[int, Field(ge=5, le=1_440)] = Field(description="За столько минут")
    first_sight_days: Annotated[int, Field(ge=1, le=30)] = Field(
        description="Письмам старше (в днях) программа сама не отвечает"
    )
    names_kept_days: Annotated[int, Field(ge=30, le=3_650)] = Field(
        default=400, description="Столько дней хранятся имена, адреса и слова авторов; потом остаётся строка реестра"
    )
    register_kept_days: Annotated[int, Field(ge=30, le=36_500)] = Field(
        default=1_830, description="Столько дней хранится реестр без имён"
    )


class CapsForm(Form):
    """How many automatic letters may leave."""

    per_person_day: Count = Field(description="Писем одному человеку за день")
    per_person_week: Count = Field(description="Писем одному человеку за неделю")
    per_thread_week: Count = Field(description="Писем в одной переписке за неделю")
    per_subject_day: Count = Field(description="Писем с одной темой за день")
    per_domain_hour: Count = Field(description="Писем на один домен за час")
    total_hour: Count = Field(description="Всего писем за час")
    total_day: Count = Field(description="Всего писем за день")


class ScreeningForm(Form):
    """rules/screening.yaml."""

    never_answer: tuple[AddressOrDomain, ...] = Field(
        default=(), description="Кому никогда не отвечать: адрес или @домен"
    )
    authorities: tuple[AddressOrDomain, ...] = Field(
        default=(), description="Ведомства: письмо сразу в канцелярию, отправителю ничего"
    )
    forms: tuple[AddressOrDomain, ...] = Field(
        default=(), description="Адреса форм обратной связи сайта: автор письма стоит в Reply-To"
    )
    authserv_ids: tuple[ServerName, ...] = Field(
        default=(), description="Имя нашего почтового сервера в Authentication-Results"
    )
    caps: CapsForm = Field(description="Предел автоматических писем")
    breaker_hours: Annotated[int, Field(ge=1, le=168)] = Field(
        default=24, description="Столько часов ничего не отправляем, если почтовый сервис запретил отправку"
    )


class HolidayForm(Form):
    """Days off."""

    first: Day = Field(alias="from", description="Первый день, год-месяц-день")
    last: Day = Field(alias="to", description="Последний день (включительно)")
    title: Text = Field(description="Как эти дни называют")


class CalendarForm(Form):
    """rules/calendar.yaml."""

    hours: dict[str, Hours] = Field(
        description="Часы, в которые сотрудники читают почту, по дням недели: пн, вт …; нет строки – нерабочий день"
    )
    holidays: tuple[HolidayForm, ...] = Field(default=(), description="Каникулы и другие дни, когда почту не читают")
    working_days: tuple[Day, ...] = Field(default=(), description="Рабочие субботы и воскресенья школы")
