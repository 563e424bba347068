"""The answers `mailbot init` needs: from a YAML file, or asked one by one with sensible defaults."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from mailbot.errors import BadInput, Words
from mailbot.settings import SentCopy, Tls

REGULATIONS = ("tyukalinsk-dnevnik", "adilsoltanova-portal", "kansk-eljur", "osh-dnevnik", "lindovo-ais")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerAnswers(_Answer):
    """A mail server."""

    host: str
    port: int
    tls: Tls = Tls.TLS


class HelpAnswers(_Answer):
    """A line of the schedule of help."""

    days: str = "пн–пт"
    hours: str = "15:00–17:00"
    where: str = "кабинет информатики"
    how: str = "лично или по телефону"


class Answers(_Answer):
    """A dozen things only the school knows; the people are addresses. Paths count from the school's folder."""

    regulation: Literal[REGULATIONS] = "osh-dnevnik"  # type: ignore[valid-type]
    name: str
    short_name: str
    zone: str = "Europe/Moscow"
    mailbox: str
    site: str
    phones: tuple[str, ...] = ()
    consultant: str
    supervisor: str
    director: str
    director_absent: str
    office: str
    class_teacher: str = ""
    admin: str = ""
    help_hours: tuple[HelpAnswers, ...] = (HelpAnswers(),)
    answer_working_days: int | None = Field(default=None, ge=1, le=60)
    imap: ServerAnswers
    smtp: ServerAnswers
    copy_kept: SentCopy = Field(default=SentCopy.SENT, alias="copy")
    password_file: str = "password"


def read_answers(path: Path) -> Answers:
    """The answers in a file. Raises BadInput with every key that is missing, unknown or wrong."""
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        return Answers.model_validate(data)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        said = " ".join(str(error).split())
        raise BadInput(
            where=str(path),
            what=Words(f"файл ответов не читается ({said})", f"the answers cannot be read ({said})"),
            mend=Words("Образец – в docs/rules.ru.md", "See docs/rules.md for a sample"),
        ) from error
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False))
        raise BadInput(
            where=str(path),
            what=Words(f"в ответах ошибки ({told})", f"the answers are wrong ({told})"),
            mend=Words("Исправьте эти ключи", "Mend these keys"),
        ) from error


Ask = Callable[[Words, str], str]
"""Asks one question with its default; the answer."""


def asked_answers(ask: Ask, zones: Callable[[str], str]) -> Answers:
    """The answers of whoever sits at the terminal; `zones` tells the time zone of a regulation's school, or ""."""
    regulation = _one_of(ask, REGULATIONS, Words("Регламент", "Regulation"), "osh-dnevnik")
    name = ask(Words("Полное название школы", "Full name of the school"), "")
    short_name = ask(Words("Как называть школу в письмах", "What mail calls the school"), name)
    mailbox = ask(Words("Адрес консультационного ящика", "Address of the mailbox"), "")
    domain = mailbox.rpartition("@")[2]
    consultant = ask(Words("Почта ответственного за журнал", "Mail of the consultant"), f"journal@{domain}")
    supervisor = ask(Words("Почта его руководителя", "Mail of the supervisor"), f"zavuch@{domain}")
    director = ask(Words("Почта директора", "Mail of the director"), f"director@{domain}")
    return Answers(
        regulation=regulation,
        name=name,
        short_name=short_name,
        zone=ask(Words("Часовой пояс", "Time zone"), zones(regulation) or "Europe/Moscow"),
        mailbox=mailbox,
        site=ask(Words("Сайт школы", "Web site"), f"https://{domain}"),
        phones=tuple(filter(None, [ask(Words("Телефон школы", "Phone"), "")])),
        consultant=consultant,
        supervisor=supervisor,
        director=director,
        director_absent=ask(Words("Почта того, кто замещает директора", "Who stands in for the director"), supervisor),
        office=ask(Words("Почта канцелярии", "Mail of the office"), f"office@{domain}"),
        admin=ask(Words("Почта администратора программы", "Mail of the admin"), consultant),
        imap=_server(ask, Words("Сервер входящей почты (IMAP)", "IMAP server"), f"imap.{domain}", 993),
        smtp=_server(ask, Words("Сервер исходящей почты (SMTP)", "SMTP server"), f"smtp.{domain}", 465),
    )


def _server(ask: Ask, question: Words, default: str, port: int) -> ServerAnswers:
    """«host» or «host:port»."""
    host, _, given = ask(question, default).partition(":")
    return ServerAnswers(host=host, port=int(given) if given.isdigit() else port)


def _one_of(ask: Ask, known: tuple[str, ...], question: Words, default: str) -> str:
    listed = ", ".join(known)
    answer = ask(Words(f"{question.ru} ({listed})", f"{question.en} ({listed})"), default)
    return answer if answer in known else default
