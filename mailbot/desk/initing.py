"""`mailbot init` from its words on the command line to the advice what to do next."""

import os
from pathlib import Path

import typer

from mailbot.desk.answers import ANSWERS, Answers, answers_text, asked_answers, read_answers
from mailbot.desk.init import SETTINGS, pack_zone, set_authserv_id, set_up
from mailbot.desk.probe import Found, probe, probe_text
from mailbot.errors import ExitCode, Language, MailbotError, Words
from mailbot.settings import load_settings


def run_init(answers_file: Path | None, folder: Path, language: Language) -> ExitCode:
    """Asks or reads, writes, looks into the mailbox, says what it found. What was written stays if the look fails."""
    answers = read_answers(answers_file) if answers_file else _asked(folder, language)
    changed = set_up(answers, folder)
    written = [str(path.relative_to(folder)) for path in changed]
    told = Words(f"Записано файлов: {len(written)}", f"Files written: {len(written)}")
    print(
        told.said_in(language) + (f" ({', '.join(written[:6])}{' …' if len(written) > 6 else ''})" if written else "")
    )
    try:
        found = probe(load_settings(folder / SETTINGS), folder / SETTINGS)
    except MailbotError as error:
        print(f"{error.where}: {error.what.said_in(language)}.")
        print(_again(answers_file or folder / ANSWERS, folder).said_in(language))
        return error.exit_code
    print(probe_text(found, _noted(found, folder), language))
    print(_NEXT.said_in(language))
    return ExitCode.DONE


_NEXT = Words(
    "Дальше: mailbot check, затем mailbot test, затем mailbot run. Первый запуск не трогает писем, которые уже лежат.",
    "Next: mailbot check, mailbot test, then mailbot run. The first run leaves alone whatever lies there already.",
)


def _again(answers: Path, folder: Path) -> Words:
    command = f"mailbot init --answers {answers}" + ("" if folder == Path() else f" --folder {folder}")
    return Words(
        "Правила и настройки записаны, а в ящик заглянуть не удалось. "
        f"Проверьте имя сервера, порт и пароль; ответы – в файле {answers}. Потом повторите: {command}",
        "Rules and settings are written, but the mailbox could not be looked at. "
        f"Check host, port and password; the answers are in {answers}. Then repeat: {command}",
    )


def _noted(found: Found, folder: Path) -> bool:
    return bool(found.authserv_id) and set_authserv_id(folder, found.authserv_id)


def _asked(folder: Path, language: Language) -> Answers:
    def ask(question: Words, default: str) -> str:
        return str(typer.prompt(question.said_in(language), default=default, show_default=bool(default)))

    answers = asked_answers(ask, pack_zone)
    password = folder / answers.password_file
    if not password.exists():
        question = Words("Пароль приложения для ящика", "App password of the mailbox").said_in(language)
        _store_secret(password, str(typer.prompt(question, hide_input=True)))
    (folder / ANSWERS).write_text(answers_text(answers), encoding="utf-8")
    return answers


def _store_secret(path: Path, secret: str) -> None:
    """Readable by its owner only, from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(secret + "\n")
