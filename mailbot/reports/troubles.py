"""What is wrong with the mailbox, as sentences for the first lines of a digest: what happened, what a person can do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.cases.draft import MailState
from mailbot.cases.history import Folder
from mailbot.cases.working_time import WorkingTime
from mailbot.replies.words import at_moment, plural

LONG_OWED = timedelta(hours=1)
MOST_TOLD = 10
SMTP_CODE = re.compile(r"\b[245]\d\d\b")
CANCELLED = "cancelled"
HELD_BECAUSE = {
    "no_address": "у письма нет пригодного адреса отправителя",
    "own_address": "это адрес самого ящика",
    "dead_address": "прошлое письмо на этот адрес не доставлено",
    "never_answer": "адрес в списке «никогда не отвечать» (screening.yaml)",
    "authority": "органам власти программа сама не отвечает",
}
CAP = "достигнут предел автоматических писем (screening.yaml: caps)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spam:
    """The spam folder: how many letters lie there, and when those arrived that look like persons' letters."""

    letters: int
    persons: tuple[datetime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The inbox as the last round left it.

    on_server: letters there now. taken: with their outcome, their mail still on its way. set_aside: for a person.
    older: from before the first contact, or left there by a server that cannot move letters. waiting: arrived since
    the round looked. spam: None where there is no such folder.
    """

    on_server: int
    taken: int
    set_aside: int
    older: int
    waiting: int
    spam: Spam | None

    @property
    def unaccounted(self) -> int:
        """Letters that lie there and that the program cannot account for; 0 when all is well."""
        return self.on_server - self.taken - self.set_aside - self.older - self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckMail:
    """A mail of ours that needs a person. `answer`: the gate's reason or the server's words."""

    number: str
    kind: Kind
    state: MailState
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """The state of the works. box: None before the first round. aside: when and why letters were set aside.

    undelivered: cases whose writer's address is dead, with the moment it was found; dead_staff: dead addresses of
    colleagues. oldest_owed_at: when the oldest unsent mail could have gone first. folders: their names on the server.
    """

    box: Box | None
    aside: tuple[tuple[datetime, str], ...]
    undelivered: tuple[tuple[datetime, str], ...]
    dead_staff: tuple[str, ...]
    stuck: tuple[StuckMail, ...]
    owed: int
    oldest_owed_at: datetime | None
    paused_until: datetime | None
    folders: Mapping[Folder, str]

    def without(self, hidden: frozenset[str]) -> "Machinery":
        """The same for a reader who must not hear of these cases."""
        return replace(
            self,
            undelivered=tuple(one for one in self.undelivered if one[1] not in hidden),
            stuck=tuple(mail for mail in self.stuck if mail.number not in hidden),
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, and what a person can do about it."""

    what: str
    mend: str


def reconciled(box: Box) -> str:
    """The reconciliation as one line, whether it comes out or not."""
    sums = f"принято {box.taken} + отложено {box.set_aside} + ждёт разбора {box.waiting} + старых {box.older}"
    if box.unaccounted:
        return f"Сверка не сходится: писем во входящих {box.on_server}, а {sums}; не учтено {box.unaccounted}."
    return f"Сверка: писем во входящих {box.on_server} = {sums}."


def troubles_of(state: Machinery, since: datetime, now: datetime, works: WorkingTime) -> tuple[Trouble, ...]:
    """Everything wrong, the gravest first; of what happened once only what happened after `since`."""
    found = (
        _unaccounted(state),
        _breaker(state, now, works),
        _aside(state, since),
        _persons_in_spam(state, since),
        *_stuck(state, since),
        _undelivered(state, since),
        _dead_staff(state),
        _owed(state, now, works),
    )
    return tuple(trouble for trouble in found if trouble)


def _unaccounted(state: Machinery) -> Trouble | None:
    if state.box is None or not state.box.unaccounted:
        return None
    return Trouble(
        reconciled(state.box),
        "Откройте «Входящие» и прочитайте письма сами; сообщите администратору программы.",
    )


def _breaker(state: Machinery, now: datetime, works: WorkingTime) -> Trouble | None:
    if state.paused_until is None or state.paused_until <= now:
        return None
    until = at_moment(works.local(state.paused_until))
    return Trouble(
        f"Почтовый сервер не принимает наши письма; отправка остановлена до {until}.",
        "Срочные ответы отправляйте из ящика сами; администратору: mailbot status.",
    )


def _aside(state: Machinery, since: datetime) -> Trouble | None:
    new = [reason for at, reason in state.aside if at > since]
    if not new:
        return None
    reasons = "; ".join(dict.fromkeys(new))
    return Trouble(
        f"{plural(len(new), 'письмо отложено', 'письма отложены', 'писем отложено')} для человека: {reasons}.",
        f"Откройте папку «{state.folders[Folder.ATTENTION]}», прочитайте и ответьте сами.",
    )


def _persons_in_spam(state: Machinery, since: datetime) -> Trouble | None:
    spam = state.box.spam if state.box else None
    new = sum(at > since for at in spam.persons) if spam else 0
    if not new:
        return None
    return Trouble(
        f"В папке «Спам» {plural(new, 'новое письмо, похожее', 'новых письма, похожих', 'новых писем, похожих')} "
        "на письма людей.",
        "Загляните туда и верните нужное во «Входящие»: программа эту папку не трогает.",
    )


def _stuck(state: Machinery, since: datetime) -> list[Trouble]:
    new = [mail for mail in state.stuck if mail.at > since and mail.answer != CANCELLED]
    told = [Trouble(_stuck_said(mail), "Ответьте заявителю из ящика сами или позвоните.") for mail in new[:MOST_TOLD]]
    if len(new) > MOST_TOLD:
        told.append(Trouble(f"Не ушли и ещё {len(new) - MOST_TOLD}.", "Все такие письма показывает mailbot owed."))
    return told


def _stuck_said(mail: StuckMail) -> str:
    whom = "заявителю" if mail.kind in FOR_WRITERS else "сотруднику"
    about = f" по обращению № {mail.number}" if mail.number else ""
    return f"Письмо {whom}{about} не ушло: {_because(mail)}."


def _because(mail: StuckMail) -> str:
    """In our own words: the server's may hold the recipient's address."""
    if mail.state is MailState.HELD:
        return HELD_BECAUSE.get(mail.answer, CAP)
    if mail.state is MailState.HUMAN:
        return "сервер не принимает его (слишком велико или двое суток отказов)"
    code = SMTP_CODE.search(mail.answer)
    return f"сервер получателя отказал{f' (код {code[0]})' if code else ''}"


def _undelivered(state: Machinery, since: datetime) -> Trouble | None:
    new = [number for at, number in state.undelivered if at > since]
    if not new:
        return None
    return Trouble(
        f"Адрес заявителя не работает: {', '.join(f'№ {number}' for number in new[:MOST_TOLD])}"
        f"{f' и ещё {len(new) - MOST_TOLD}' if len(new) > MOST_TOLD else ''}.",
        "Больше на эти адреса ничего не отправляется; свяжитесь с заявителем иначе.",
    )


def _dead_staff(state: Machinery) -> Trouble | None:
    if not state.dead_staff:
        return None
    return Trouble(
        f"Письма коллегам не доходят: {', '.join(state.dead_staff)}.",
        "Исправьте адрес в school.yaml; пока обращения получает следующий по списку.",
    )


def _owed(state: Machinery, now: datetime, works: WorkingTime) -> Trouble | None:
    if state.oldest_owed_at is None or now - state.oldest_owed_at < LONG_OWED:
        return None
    return Trouble(
        f"{plural(state.owed, 'письмо ждёт', 'письма ждут', 'писем ждут')} отправки, первое с "
        f"{at_moment(works.local(state.oldest_owed_at))}.",
        "Они уйдут сами, когда сервер ответит; если это длится дольше дня, сообщите администратору.",
    )
