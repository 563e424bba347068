"""The command line: thin commands, messages in Russian or English, exit codes of `errors.ExitCode`.

Imports stand inside the commands, against the house rule, so that `mailbot --help` need not load the rooms it does not
use; ARCHITECTURE.md names this exception.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mailbot.errors import BadInput, ExitCode, Language, MailbotError, Words


def language_of_locale() -> Language:
    """The language of whoever sits at the terminal: English only where the locale says so."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Language.EN if locale.lower().startswith("en") else Language.RU


LANGUAGE = language_of_locale()


def said(ru: str, en: str) -> str:
    """A help text in the language of the terminal."""
    return Words(ru, en).said_in(LANGUAGE)


app = typer.Typer(
    help=said("mailbot ведёт почтовый ящик школьной консультации.", "mailbot keeps a school's consultation mailbox."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cases_app = typer.Typer(
    help=said("Обращения: список, показать, закрыть, открыть снова.", "Cases."), no_args_is_help=True
)
app.add_typer(cases_app, name="cases")

Config = Annotated[Path, typer.Option("--config", "-c", help=said("файл настроек", "settings file"))]
Since = Annotated[
    str, typer.Option(help=said("взять и старые письма, с этой даты (ГГГГ-ММ-ДД)", "take old letters from this date"))
]
Anew = Annotated[bool, typer.Option("--start-anew", help=said("состояние потеряно, начать заново", "state is lost"))]
Debug = Annotated[bool, typer.Option("--debug", help=said("подробный журнал, тоже без имён", "a log of every step"))]
Json = Annotated[bool, typer.Option("--json", help=said("для программ: JSON", "for programs: JSON"))]
Letters = Annotated[list[Path], typer.Argument(help=said("письма (.eml) или папки", "letters (.eml) or folders"))]
Rules = Annotated[Path, typer.Option("--rules", help=said("папка правил", "folder of rules"))]
Own = Annotated[
    list[str] | None, typer.Option("--own", help=said("адрес ящика вместо адресов из правил", "own address"))
]
RegulationName = Annotated[
    str, typer.Option("--regulation", help=said("регламент вместо указанного в правилах", "regulation"))
]
DEFAULT_CONFIG = Path("mailbot.yaml")
DEFAULT_RULES = Path("rules")


@app.command(help=said("Работать постоянно (для systemd).", "Keep the mailbox for ever."))
def run(config: Config = DEFAULT_CONFIG, since: Since = "", start_anew: Anew = False, debug: Debug = False) -> None:
    """Keeps the mailbox until a signal ends it."""
    from mailbot.daemon.logs import log_to_stderr
    from mailbot.daemon.loop import run as run_daemon

    log_to_stderr(debug=debug)
    run_daemon(config, _day(since), start_anew)


@app.command(help=said("Один проход: разобрать почту и выйти.", "One pass over the mailbox, then leave."))
def once(config: Config = DEFAULT_CONFIG, since: Since = "", start_anew: Anew = False, debug: Debug = False) -> None:
    """Handles what is there, then leaves."""
    from mailbot.daemon.logs import log_to_stderr
    from mailbot.daemon.loop import once as run_once

    log_to_stderr(debug=debug)
    run_once(config, _day(since), start_anew)


@app.command(help=said("Как mailbot понял бы письмо; ничего не отправляет.", "How a letter would be understood."))
def triage(
    letters: Letters,
    as_json: Json = False,
    rules: Rules = DEFAULT_RULES,
    own: Own = None,
    regulation: RegulationName = "",
) -> None:
    """Triage of letters, without a mailbox."""
    from mailbot.desk.mind import mind_for_trying
    from mailbot.desk.triage_line import triage_line
    from mailbot.desk.triage_text import triage_text
    from mailbot.desk.trying import try_letters
    from mailbot.desk.unworded import without_words

    mind = without_words(mind_for_trying(rules, tuple(own or ()), regulation))
    for tried in try_letters(letters, mind, datetime.now(UTC)):
        print(triage_line(tried) if as_json else triage_text(tried, LANGUAGE), flush=True)


@app.command(help=said("Почему письмо понято именно так.", "Why a letter is understood as it is."))
def explain(
    letter: Annotated[Path, typer.Argument(help=said("письмо (.eml)", "a letter (.eml)"))],
    rule: Annotated[str, typer.Option(help=said("почему не сработало это правило", "why not this rule"))] = "",
    rules: Rules = DEFAULT_RULES,
    own: Own = None,
    regulation: RegulationName = "",
) -> None:
    """Every conclusion with its reason; or the first unmet condition of one rule."""
    from mailbot.desk.explain import explained, why_not
    from mailbot.desk.mind import mind_for_trying
    from mailbot.desk.trying import try_letters

    mind = mind_for_trying(rules, tuple(own or ()), regulation)
    for tried in try_letters([letter], mind, datetime.now(UTC)):
        print(why_not(tried, rule, mind, LANGUAGE) if rule else explained(tried, mind, LANGUAGE))


@app.command(help=said("Проверить правила и шаблоны: все ошибки сразу.", "Check rules and templates: all at once."))
def check(
    rules: Rules = DEFAULT_RULES, as_json: Json = False, own: Own = None, regulation: RegulationName = ""
) -> None:
    """All problems and warnings with file:line:column and mend; 1 if there is a problem."""
    from mailbot.desk.check import check_json, check_rules, check_text

    templates = rules.parent / "templates"
    problems = check_rules(rules, templates, regulation or None, tuple(own or ())).problems
    print(check_json(problems, rules, templates) if as_json else check_text(problems, LANGUAGE))
    if any(not problem.warning for problem in problems):
        raise typer.Exit(ExitCode.FINDINGS)


@app.command("test", help=said("Испытать правила на их собственных примерах.", "Try the rules on their own examples."))
def try_examples(rules: Rules = DEFAULT_RULES, own: Own = None, regulation: RegulationName = "") -> None:
    """The examples of the rules, tried as letters are; 1 if one does not come out as expected."""
    from mailbot.desk.mind import mind_for_trying
    from mailbot.desk.rule_tests import examples_text, tried_examples

    done = tried_examples(mind_for_trying(rules, tuple(own or ()), regulation))
    print(examples_text(done, LANGUAGE))
    if done.failed:
        raise typer.Exit(ExitCode.FINDINGS)


@app.command(
    help=said("Прошлые письма при нынешних и изменённых правилах.", "Past letters under today's and changed rules.")
)
def replay(
    letters: Annotated[
        Path | None, typer.Argument(help=said("папка писем (.eml) или mbox", "a folder or mbox"))
    ] = None,
    imap: Annotated[str, typer.Option(help=said("папка на сервере (только чтение)", "a folder on the server"))] = "",
    rules: Annotated[Path | None, typer.Option(help=said("изменённые правила", "the changed rules"))] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Nothing is sent, stored or changed; 1 if danger or automatic mail would come out otherwise."""
    from mailbot.desk.replaying import run_replay

    if not run_replay(letters, imap, rules, config, LANGUAGE):
        raise typer.Exit(ExitCode.FINDINGS)


@app.command(
    help=said("Записать схемы правил для подсказок в редакторе.", "Write the schemas by which editors complete.")
)
def schema(rules: Rules = DEFAULT_RULES) -> None:
    """JSON Schema of every rules file, into rules/schemas/."""
    from mailbot.desk.schema import write_schemas

    for path in write_schemas(rules):
        print(path)


@app.command(help=said("Настроить школу: вопросы, правила, настройки, проба ящика.", "Set up a school."))
def init(
    answers: Annotated[Path | None, typer.Option(help=said("файл ответов (YAML)", "a file of answers (YAML)"))] = None,
    folder: Annotated[Path, typer.Option(help=said("папка школы", "the school's folder"))] = Path(),
) -> None:
    """Writes rules, templates and settings; safe to run again."""
    from mailbot.desk.initing import run_init

    raise typer.Exit(run_init(answers, folder, LANGUAGE))


@app.command(
    help=said("График помощи и контакты: лист для стенда и вставка для сайта.", "The schedule of help to print.")
)
def publish(
    rules: Rules = DEFAULT_RULES,
    out: Annotated[Path, typer.Option(help=said("куда записать", "where to write"))] = Path("publish"),
) -> None:
    """One A4 page for the stand and a fragment for the site."""
    from mailbot.desk.publish import publish as publish_pages
    from mailbot.rulebook.load import load_rulebook

    for path in publish_pages(load_rulebook(rules, rules.parent / "templates"), out, datetime.now(UTC)):
        print(path)


@app.command(help=said("Письма, которые ещё не отправлены.", "Mail that is still owed."))
def owed(config: Config = DEFAULT_CONFIG) -> None:
    """Mail we owe and mail in trouble."""
    from mailbot.casebook.casebook import load_ledger
    from mailbot.settings import load_settings
    from mailbot.showing import show_owed

    settings = load_settings(config)
    show_owed(load_ledger(settings.state, datetime.now(UTC)), settings.language)


@app.command(help=said("Работает ли mailbot и чего он ждёт.", "Whether mailbot works, and what it waits for."))
def status(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Health for a person or for monitoring; 1 if there was no good round for as long as would raise the alarm."""
    from mailbot.casebook.casebook import load_ledger
    from mailbot.settings import load_settings
    from mailbot.showing import show_status

    settings = load_settings(config)
    now = datetime.now(UTC)
    if not show_status(settings, load_ledger(settings.state, now), now, as_json):
        raise typer.Exit(ExitCode.FINDINGS)


@app.command(help=said("Сводка для сотрудников: отправить сейчас или показать.", "The staff's digest, now."))
def digest(
    config: Config = DEFAULT_CONFIG,
    preview: Annotated[bool, typer.Option(help=said("только показать, ничего не менять", "only show it"))] = False,
) -> None:
    """Shows what would be sent; without --preview asks the daemon to send the day's digest, even an empty one."""
    from mailbot.casebook.orders import Order, OrderKind, place_order
    from mailbot.settings import load_settings
    from mailbot.showing_reports import preview_digests

    settings, now = load_settings(config), datetime.now(UTC)
    if preview:
        preview_digests(settings, now)
        return
    place_order(settings.state, Order(kind=OrderKind.DIGEST, subject="", at=now))
    print(
        Words(
            "записано; работающий mailbot отправит сводку при ближайшем проходе",
            "noted; the running mailbot sends the digest in its next round",
        ).said_in(settings.language)
    )


@app.command(help=said("Реестр обращений: на экран или в файл xlsx.", "The register of requests."))
def report(
    config: Config = DEFAULT_CONFIG,
    xlsx: Annotated[Path | None, typer.Option(help=said("записать в этот файл", "write to this file"))] = None,
) -> None:
    """One row a request; the file also counts by month."""
    from mailbot.settings import load_settings
    from mailbot.showing_reports import show_register, write_register

    settings, now = load_settings(config), datetime.now(UTC)
    if xlsx:
        write_register(settings, xlsx, now)
    else:
        show_register(settings, now)


@cases_app.command("list", help=said("Открытые обращения.", "Open cases."))
def cases_list(
    config: Config = DEFAULT_CONFIG,
    everything: Annotated[bool, typer.Option("--all", help=said("и закрытые", "closed ones, too"))] = False,
) -> None:
    """The cases there are."""
    from mailbot.casebook.casebook import load_ledger
    from mailbot.settings import load_settings
    from mailbot.showing import show_cases

    settings = load_settings(config)
    show_cases(load_ledger(settings.state, datetime.now(UTC)), settings.language, everything)


@cases_app.command("show", help=said("Вся история одного обращения.", "A case's whole life."))
def cases_show(number: str, config: Config = DEFAULT_CONFIG) -> None:
    """One case, told from its beginning."""
    from mailbot.settings import load_settings
    from mailbot.showing_case import show_case

    show_case(load_settings(config), number)


@cases_app.command("close", help=said("Закрыть обращение.", "Close a case."))
def cases_close(number: str, config: Config = DEFAULT_CONFIG) -> None:
    """Asks the daemon to close a case; carried out at once if none is running."""
    from mailbot.casebook.orders import OrderKind

    _order(OrderKind.CLOSE.value, number, config)


@cases_app.command("reopen", help=said("Открыть обращение снова.", "Reopen a case."))
def cases_reopen(number: str, config: Config = DEFAULT_CONFIG) -> None:
    """Asks the daemon to open a case again."""
    from mailbot.casebook.orders import OrderKind

    _order(OrderKind.REOPEN.value, number, config)


@app.command(help=said("Забыть человека: убрать его из журнала и обращений.", "Forget a person."))
def forget(
    address: Annotated[str, typer.Argument(help=said("адрес; «-» – прочитать с ввода", "address; «-» reads stdin"))],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Removes a person from all that is kept here; «-» keeps the address out of the shell's history."""
    from mailbot.daemon.privacy import ask_to_forget
    from mailbot.daemon.rules_kept import book_in_force
    from mailbot.settings import load_settings

    settings = load_settings(config)
    written = sys.stdin.readline() if address == "-" else address
    done = ask_to_forget(settings.state, written, lambda: book_in_force(settings), datetime.now(UTC))
    print(done.said_in(settings.language))


def _order(kind: str, number: str, config: Path) -> None:
    """Places an order and says what becomes of it."""
    from mailbot.casebook.casebook import load_ledger
    from mailbot.casebook.orders import Order, OrderKind, place_order
    from mailbot.settings import load_settings

    settings, now = load_settings(config), datetime.now(UTC)
    if number not in load_ledger(settings.state, now).cases:
        raise BadInput(
            where=number,
            what=Words("такого обращения нет", "there is no such case"),
            mend=Words("Номера показывает mailbot cases list", "See mailbot cases list"),
        )
    place_order(settings.state, Order(kind=OrderKind(kind), subject=number, at=now))
    print(
        Words(
            f"{number}: записано; работающий mailbot выполнит это при ближайшем проходе",
            f"{number}: noted; the running mailbot does it in its next round",
        ).said_in(settings.language)
    )


@app.command(help=said("Показать работу на встроенных серверах.", "Show the work on embedded servers."))
def demo(
    letters: Annotated[Path | None, typer.Option(help=said("свои письма (.eml)", "letters of your own"))] = None,
    serve: Annotated[bool, typer.Option(help=said("оставить серверы работать", "leave the servers running"))] = False,
    out: Annotated[Path, typer.Option(help=said("куда сохранить письма", "where to save the mail"))] = Path("demo-out"),
) -> None:
    """The whole work on loopback servers."""
    from mailbot.demo.show import run_demo

    run_demo(letters, out, serve, LANGUAGE)


def _day(since: str) -> datetime | None:
    """A date of the command line as the UTC moment it begins."""
    if not since:
        return None
    try:
        return datetime.fromisoformat(since).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput(
            where="--since",
            what=Words(f"«{since}» — не дата", f"«{since}» is not a date"),
            mend=Words("Пишите так: 2026-11-01", "Write it like 2026-11-01"),
        ) from error


def main() -> None:
    """The console script: every known problem ends in one clear line and its exit code."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a letter's matrices are small: a second thread only spins
    try:
        app(standalone_mode=True)
    except MailbotError as error:
        print(error.said_in(LANGUAGE), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing more to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.DONE)


if __name__ == "__main__":
    main()
