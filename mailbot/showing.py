"""What the commands `owed`, `cases` and `status` print: the ledger, told to a person at a terminal or to monitoring."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from mailbot import words
from mailbot.casebook.ledger import LIVE, Ledger, OwedMail
from mailbot.cases.case import CaseState
from mailbot.cases.draft import MailState
from mailbot.daemon.rules_kept import book_in_force
from mailbot.errors import BadInput, Language, Words
from mailbot.settings import Settings

HEALTHY = {
    True: Words("работает", "works"),
    False: Words("не работает: почта давно не проверялась", "does not work: no good round for too long"),
}


def show_cases(ledger: Ledger, language: Language, everything: bool) -> None:
    """Open cases (or all that are remembered), the oldest first."""
    live = (case for case in ledger.cases.held.values() if case.state in LIVE)
    found = (
        (*ledger.cases.held.values(), *ledger.cases.settled())
        if everything
        else (*live, *ledger.cases.settled(answered=True))
    )
    headings = (
        Words("№", "no."),
        Words("состояние", "state"),
        Words("тема", "topic"),
        Words("от кого", "from"),
        Words("у кого", "with"),
        Words("изменено, UTC", "changed, UTC"),
    )
    table = _table(language, *headings)
    for case in sorted(found, key=lambda case: case.number):
        topics = ", ".join(words.TOPIC[topic].said_in(language) for topic in case.topics)
        state = words.STATE[case.state].said_in(language)
        table.add_row(case.number, state, topics, case.writer, case.with_whom, f"{case.changed_at:%Y-%m-%d %H:%M}")
    _print_table(table, Words("обращений нет", "no cases"), language)


def show_owed(ledger: Ledger, language: Language) -> None:
    """Mail that has not left, and mail that needs a person."""
    headings = (
        Words("письмо", "mail"),
        Words("вид", "kind"),
        Words("состояние", "state"),
        Words("попыток", "tries"),
        Words("ответ или причина", "answer or reason"),
    )
    table = _table(language, *headings)
    for owed in (*ledger.owed.values(), *ledger.troubled.values()):
        state = words.MAIL_STATE[owed.state].said_in(language)
        table.add_row(
            owed.mail.id, words.KIND[owed.mail.kind].said_in(language), state, str(owed.tries), owed.answer[:80]
        )
    _print_table(table, Words("неотправленных писем нет", "nothing is owed"), language)


def show_status(settings: Settings, ledger: Ledger, now: datetime, as_json: bool) -> bool:
    """Health, and whether all is well: what proves that mailbot works is the age of its last good round."""
    told = status_of(settings, ledger, now)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        _print_status(told, settings.language)
    return bool(told["healthy"])


def _print_status(told: Mapping[str, object], language: Language) -> None:
    print(HEALTHY[bool(told["healthy"])].said_in(language))
    titles = {
        "last_good_round": Words("последний удачный проход", "last good round"),
        "age_s": Words("секунд назад", "seconds ago"),
        "failures": Words("неудач подряд", "failures in a row"),
        "trouble": Words("причина", "trouble"),
        "owed": Words("писем к отправке", "mail owed"),
        "oldest_owed_s": Words("старшее ждёт, с", "oldest owed, s"),
        "needs_person": Words("писем, где нужен человек", "mail that needs a person"),
        "set_aside": Words("отложено для человека", "letters set aside"),
        "unfinished_letters": Words("писем в работе", "letters in hand"),
        "open_cases": Words("открытых обращений", "open cases"),
        "waiting_for_writer": Words("ждём сведений от заявителя", "waiting for writers"),
        "paused_until": Words("отправка приостановлена до", "sending paused until"),
        "mail_today": Words("писем за сутки", "mail in 24 h"),
        "budget_left": Words("осталось в дневном лимите", "left of the daily budget"),
        "rules": Words("правила в силе", "rules in force"),
        "rules_refused": Words("изменённые правила не приняты", "changed rules refused"),
    }
    for key, title in titles.items():
        if told[key] not in ("", None):
            print(f"{title.said_in(language)}: {told[key]}")


def status_of(settings: Settings, ledger: Ledger, now: datetime) -> dict[str, object]:
    """The figures behind `status`."""
    health = _health(settings)
    last_good = str(health.get("last_good", ""))
    age = (now - datetime.fromisoformat(last_good)).total_seconds() if last_good else None
    unsent = [owed for owed in ledger.owed.values() if owed.state is not MailState.SENT]
    paused = ledger.paused.until if ledger.paused and ledger.paused.until > now else None
    written, budget = ledger.tally("", "", "", now).total_day, _budget(settings)
    return {
        "healthy": age is not None and age <= settings.alarm_after_minutes * 60,
        "last_good_round": last_good,
        "age_s": round(age) if age is not None else None,
        "failures": health.get("failures", 0),
        "trouble": health.get("trouble", ""),
        "owed": len(unsent),
        "oldest_owed_s": round(max((_age(owed, now) for owed in unsent), default=0)),
        "needs_person": len(ledger.troubled),
        "set_aside": len(ledger.aside),
        "unfinished_letters": len(ledger.attempts) + len(ledger.unfiled),
        "open_cases": sum(case.state in LIVE for case in ledger.cases.held.values()) + ledger.cases.answered(),
        "waiting_for_writer": sum(case.state is CaseState.WAITING for case in ledger.cases.held.values()),
        "paused_until": paused.astimezone(ZoneInfo("UTC")).isoformat() if paused else "",
        "mail_today": written,
        "budget": budget,
        "budget_left": None if budget is None else max(0, budget - written),
        **_rules(settings),
    }


def _budget(settings: Settings) -> int | None:
    """How much mail may leave in a day; None while no rules can be read."""
    try:
        return book_in_force(settings).screening.caps.total_day
    except BadInput:
        return None


def _rules(settings: Settings) -> dict[str, object]:
    """Which rules are in force, and why a change of theirs is not; empty before the first round."""
    told = _told(settings.state / "rules.json")
    return {"rules": told.get("in_force", ""), "rules_refused": told.get("refused", "")}


def _age(owed: OwedMail, now: datetime) -> float:
    return (now - owed.mail.made_at).total_seconds()


def _health(settings: Settings) -> dict[str, object]:
    """What the daemon last said of itself; nothing if it has never run."""
    return _told(settings.state / "health.json")


def _told(path: Path) -> dict[str, object]:
    try:
        told: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return told


def _table(language: Language, *headings: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading.said_in(language))
    return table


def _print_table(table: Table, nothing: Words, language: Language) -> None:
    if table.row_count:
        Console().print(table)
    else:
        print(nothing.said_in(language))
