"""Typed settings from one YAML file: servers, folders, paths. Secrets stand in files of their own, never here.

A password is read from `password_file`, or from the systemd credential of that name (`$CREDENTIALS_DIRECTORY/NAME`).
Every mistake becomes BadSettings with the key's place, the cause and the mend.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from mailbot.errors import BadSettings, Language, Words

LOOPBACK = ("127.0.0.1", "::1", "localhost")
MAX_SETTINGS_BYTES = 256 * 1024


class Tls(StrEnum):
    """How a connection is protected; `plain` is refused unless the host is loopback."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class SentCopy(StrEnum):
    """How we learn that a mail was accepted: the server files it in Sent, we Bcc ourselves, or not at all."""

    SENT = "sent"
    BCC = "bcc"
    NONE = "none"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FolderNames(_Strict):
    """Names of the folders on the server."""

    inbox: str = "INBOX"
    answered: str = "Отвечено"
    handed_over: str = "Передано"
    not_answered: str = "Без ответа"
    attention: str = "Требует внимания"
    copies: str = "Копии ответов"
    sent: str = ""
    spam: str = ""


class Server(_Strict):
    """One server: where it is, who we are there, how the connection is protected."""

    host: str
    port: Annotated[int, Field(gt=0, lt=65536)]
    tls: Tls = Tls.TLS
    ca_file: Path | None = None
    user: str
    password_file: str


class ImapSettings(Server):
    """The mailbox. `poll_seconds`: how often to look where IDLE is missing or slept through a letter;
    less than systemd's patience (WatchdogSec).
    """

    port: Annotated[int, Field(gt=0, lt=65536)] = 993
    folders: FolderNames = FolderNames()
    poll_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    idle: bool = True


class SmtpSettings(Server):
    """Sending. `copy_wait_seconds`: how long to look for our own copy before the same bytes are sent again."""

    port: Annotated[int, Field(gt=0, lt=65536)] = 465
    copy_kept: SentCopy = Field(SentCopy.SENT, alias="copy")
    copy_wait_seconds: Annotated[int, Field(ge=0, le=3600)] = 120


class Settings(_Strict):
    """Everything the daemon must know that is not a rule. Relative paths count from the settings file."""

    language: Language = Language.RU
    rules: Path = Path("rules")
    templates: Path = Path("templates")
    state: Path = Path("state")
    imap: ImapSettings
    smtp: SmtpSettings
    alarm_smtp: SmtpSettings | None = None
    alarm_after_minutes: Annotated[int, Field(ge=1)] = 30


def load_settings(path: Path) -> Settings:
    """Reads and checks the settings file. Raises BadSettings for anything that is not right in it."""
    data = _parsed(path)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise _as_bad_settings(path, error) from error
    base = path.resolve().parent
    settings = settings.model_copy(
        update={name: base / getattr(settings, name) for name in ("rules", "templates", "state")}
    )
    for name, server in (("imap", settings.imap), ("smtp", settings.smtp), ("alarm_smtp", settings.alarm_smtp)):
        if server and server.tls is Tls.PLAIN and server.host not in LOOPBACK:
            raise BadSettings(
                where=f"{path}: {name}.tls",
                what=Words(
                    f"пароль ушёл бы на {server.host} открытым текстом",
                    f"the password would travel to {server.host} in clear",
                ),
                mend=Words("Укажите tls: tls (или starttls)", "Write tls: tls (or starttls)"),
            )
    return settings


def read_secret(server: Server, settings_path: Path) -> str:
    """The password of a server; a trailing line end is not part of it. Raises BadSettings if it cannot be read."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    beside = Path(credentials) / server.password_file if credentials else None
    path = beside if beside and beside.exists() else settings_path.resolve().parent / server.password_file
    try:
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(
            where=str(path),
            what=Words(f"пароль не читается ({error})", f"the password cannot be read ({error})"),
            mend=Words(
                "Запишите пароль в этот файл и дайте право чтения только пользователю mailbot (chmod 600)",
                "Put the password into this file, readable by mailbot's user only (chmod 600)",
            ),
        ) from error
    if not secret:
        raise BadSettings(
            where=str(path),
            what=Words("файл пароля пуст", "the password file is empty"),
            mend=Words("Запишите в него пароль приложения", "Put the app password into it"),
        )
    return secret


def _parsed(path: Path) -> dict[str, Any]:
    """The YAML as plain data; safe loader, no duplicate keys."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadSettings(
            where=str(path),
            what=Words(f"файл настроек не читается ({error.strerror})", f"cannot read the settings ({error.strerror})"),
            mend=Words("Укажите файл: --config ФАЙЛ; образец — в README", "Name the file: --config FILE; see README"),
        ) from error
    try:
        if len(raw) > MAX_SETTINGS_BYTES or b"\x00" in raw:
            raise YAMLError("not a settings file")
        data = YAML(typ="safe", pure=True).load(raw.decode("utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        cause = " ".join(str(getattr(error, "problem", None) or error).split())
        raise BadSettings(
            where=place,
            what=Words(f"это не YAML: {cause}", f"this is not YAML: {cause}"),
            mend=Words("Исправьте строку; отступы — пробелами", "Mend the line; indent with spaces"),
        ) from error
    if not isinstance(data, dict):
        raise BadSettings(
            where=str(path),
            what=Words("в файле нет настроек", "there are no settings in the file"),
            mend=Words("Образец — в README", "See README for a sample"),
        )
    return data


def _as_bad_settings(path: Path, error: ValidationError) -> BadSettings:
    """All of pydantic's complaints as one message: each with the dotted key."""
    russian = {"missing": "не указано", "extra_forbidden": "такого ключа нет", "enum": "недопустимое значение"}
    told_ru, told_en = [], []
    for problem in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in problem["loc"])
        told_ru.append(f"{key} — {russian.get(problem['type'], problem['msg'])}")
        told_en.append(f"{key}: {problem['msg']}")
    return BadSettings(
        where=str(path),
        what=Words("; ".join(told_ru), "; ".join(told_en)),
        mend=Words(
            "Исправьте эти ключи; все ключи описаны в docs/operations.ru.md", "Mend these keys; see docs/operations.md"
        ),
    )
