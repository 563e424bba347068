"""The answers `mailbot init` needs: from a YAML file, or asked one by one with sensible defaults."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML

from mailbot.errors import BadInput, Words
from mailbot.rulebook.positions import document
from mailbot.rulebook.problems import RuleProblems
from mailbot.rulebook.scalars import (
    Address,
    Link,
    Text,
    Zone,
    address_of,
    days_of,
    hours_of,
    link_of,
    text_of,
    zone_of,
)
from mailbot.rulebook.schema import formed
from mailbot.settings import SentCopy, Tls


def _kept(reader: Callable[[str], object]) -> Callable[[str], str]:
    """The value as it was written, if `reader` understands it."""

    def checked(value: str) -> str:
        reader(value)
        return value

    return checked


ANSWERS = "answers.yaml"
REGULATIONS = ("tyukalinsk-dnevnik", "adilsoltanova-portal", "kansk-eljur", "osh-dnevnik", "lindovo-ais")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerAnswers(_Answer):
    """A mail server."""

    host: Text
    port: Annotated[int, Field(ge=1, le=65_535)]
    tls: Tls = Tls.TLS


class HelpAnswers(_Answer):
    """A line of the schedule of help, as it goes into school.yaml."""

    days: Annotated[str, AfterValidator(_kept(days_of))] = "пн–пт"
    hours: Annotated[str, AfterValidator(_kept(hours_of))] = "15:00–17:00"
    where: Text = "кабинет информатики"
    how: Text = "лично или по телефону"


class Answers(_Answer):
    """A dozen things only the school knows; the people are addresses. Paths count from the school's folder."""

    regulation: Literal[REGULATIONS] = "osh-dnevnik"  # type: ignore[valid-type]
    name: Text
    short_name: Text
    zone: Zone = "Europe/Moscow"
    mailbox: Address
    site: Link
    phones: tuple[Text, ...] = ()
    consultant: Address
    supervisor: Address
    director: Address
    director_absent: Address
    office: Address
    class_teacher: Address | Literal[""] = ""
    admin: Address | Literal[""] = ""
    help_hours: tuple[HelpAnswers, ...] = (HelpAnswers(),)
    answer_working_days: Annotated[int, Field(ge=1, le=60)] | None = None
    imap: ServerAnswers
    smtp: ServerAnswers
    copy_kept: SentCopy = Field(default=SentCopy.SENT, alias="copy")
    password_file: Text = "password"


def read_answers(path: Path) -> Answers:
    """The answers in a file. Raises RuleProblems with everything that is missing, unknown or wrong, at its place."""
    try:
        read = document(path.name, path.read_bytes())
    except OSError as error:
        raise BadInput(
            where=str(path),
            what=Words("файл ответов не читается", f"the answers cannot be read ({error.strerror})"),
            mend=Words("Проверьте путь; образец – в docs/rules.ru.md", "Check the path; a sample is in docs/rules.md"),
        ) from error
    if read.value is None:
        raise RuleProblems(read.problems)
    made = formed(read.value, Answers)
    if made.value is None:
        raise RuleProblems(made.problems)
    return made.value


def answers_text(answers: Answers) -> str:
    """The answers as a file that `read_answers` reads: to repeat `init` without being asked again."""
    text = StringIO()
    YAML().dump(answers.model_dump(mode="json", by_alias=True, exclude_none=True), text)
    return text.getvalue()


Ask = Callable[[Words, str], str]
"""Asks one question with its default; the answer."""


def asked_answers(ask: Ask, zones: Callable[[str], str]) -> Answers:
    """The answers of whoever sits at the terminal; `zones` tells the time zone of a regulation's school, or ""."""

    def sound(ru: str, en: str, default: str, reader: Callable[[object], object] = text_of) -> str:
        """Asks until the answer can be used, each time saying what was wrong with the last."""
        question = Words(ru, en)
        while True:
            answer = ask(question, default).strip()
            try:
                reader(answer)
            except PydanticCustomError as error:
                said = error.context or {}
                question = Words(f"{said['ru']}. {said['mend_ru']}. {ru}", f"{said['en']}. {said['mend_en']}. {en}")
            else:
                return answer

    regulation = _one_of(ask, REGULATIONS, Words("Регламент", "Regulation"), "osh-dnevnik")
    name = sound("Полное название школы", "Full name of the school", "")
    short_name = sound("Как называть школу в письмах", "What mail calls the school", name)
    mailbox = sound("Адрес консультационного ящика", "Address of the mailbox", "", address_of)
    domain = mailbox.rpartition("@")[2]
    consultant = sound("Почта ответственного за журнал", "Mail of the consultant", f"journal@{domain}", address_of)
    supervisor = sound("Почта его руководителя", "Mail of the supervisor", f"zavuch@{domain}", address_of)
    director = sound("Почта директора", "Mail of the director", f"director@{domain}", address_of)
    return Answers(
        regulation=regulation,
        name=name,
        short_name=short_name,
        zone=sound("Часовой пояс", "Time zone", zones(regulation) or "Europe/Moscow", zone_of),
        mailbox=mailbox,
        site=sound("Сайт школы", "Web site", f"https://{domain}", link_of),
        phones=tuple(filter(None, [ask(Words("Телефон школы", "Phone"), "")])),
        consultant=consultant,
        supervisor=supervisor,
        director=director,
        director_absent=sound(
            "Почта того, кто замещает директора", "Who stands in for the director", supervisor, address_of
        ),
        office=sound("Почта канцелярии", "Mail of the office", f"office@{domain}", address_of),
        admin=sound("Почта администратора программы", "Mail of the admin", consultant, address_of),
        imap=_server(ask, Words("Сервер входящей почты (IMAP)", "IMAP server"), f"imap.{domain}", 993),
        smtp=_server(ask, Words("Сервер исходящей почты (SMTP)", "SMTP server"), f"smtp.{domain}", 465),
    )


def _server(ask: Ask, question: Words, default: str, port: int) -> ServerAnswers:
    """«host» or «host:port»."""
    host, _, given = ask(question, default).partition(":")
    return ServerAnswers(host=host.strip(), port=int(given) if given.isdigit() and 0 < int(given) < 65_536 else port)


def _one_of(ask: Ask, known: tuple[str, ...], question: Words, default: str) -> str:
    """One of the names; whoever writes another is asked again."""
    listed = ", ".join(known)
    wanted = Words(f"{question.ru} ({listed})", f"{question.en} ({listed})")
    answer = ask(wanted, default).strip()
    while answer not in known:
        answer = ask(Words(f"«{answer}» – нет такого. {wanted.ru}", f"No «{answer}». {wanted.en}"), default).strip()
    return answer
