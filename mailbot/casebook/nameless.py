"""Rows of the journal without the people in them; what stays is what the register counts: number, topic, dates, result.

Pure; `forgetting` applies it to files. A case without its writer is closed and falls due for nothing, and its letters
keep only their keys, so that none of them is ever taken for new.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from mailbot.casebook.entries import ANSWERED_BY_PERSON, CODE_OF_WHY
from mailbot.casebook.rows import CaseChanged, Considered, MailMoved, Row
from mailbot.cases.case import FOR_WRITERS, Case, CaseState, LetterRef, Note, SentMail
from mailbot.cases.draft import Mail
from mailbot.cases.ids import NO_CASE

OPEN = (CaseState.REGISTERED, CaseState.WAITING, CaseState.WITH_STAFF)
SOMEBODY = "—"
"""Who wrote a letter of a case that was not its writer's own."""
REMOVED = "Сведения об авторе удалены"
COUNTED = (*(begins for begins, _ in CODE_OF_WHY), ANSWERED_BY_PERSON)
"""Reasons that reports count by; none of them quotes anybody."""
CODE = re.compile(r"\b[245]\d\d\b")
OWN_WORDS = re.compile(r"[A-Za-z_ ,:]+")

IsGone = Callable[[str], bool]
"""Whether what belongs to a case's number goes; "" asks for what belongs to no case."""


def nameless_row(row: Row, is_gone: IsGone) -> Row:
    """The row, its people removed where they are gone."""
    match row:
        case Considered():
            return _considered(row, is_gone)
        case CaseChanged() if is_gone(row.case.number):
            return replace(row, case=nameless(row.case), mails=_mails(row.mails), why=_counted(row.why), dead=())
        case MailMoved() if is_gone(case_of_mail(row.id)):
            return replace(row, answer=_plain(row.answer))
        case _:
            return row


def _considered(row: Considered, is_gone: IsGone) -> Considered:
    if not is_gone(row.case.number if row.case else ""):
        return row
    return replace(
        row,
        message_id="",
        text_digest="",
        case=nameless(row.case) if row.case else None,
        mails=_mails(row.mails),
        dead=(),
        why=_counted(row.why),
    )


def nameless(case: Case) -> Case:
    """A case of nobody: nothing can be sent to its writer, and nothing is left to fall due."""
    return replace(
        case,
        state=CaseState.CLOSED if case.state in OPEN else case.state,
        writer="",
        writer_name="",
        subject="",
        facts=(),
        said=(),
        dues=(),
        answer_by=None,
        relay_asked=False,
        letters=tuple(_letter(one, case.writer) for one in case.letters),
        sent=tuple(_sent(one) for one in case.sent),
        notes=(Note(case.changed_at, REMOVED),),
    )


def _letter(letter: LetterRef, writer: str) -> LetterRef:
    return LetterRef(letter.key, "", letter.at, "" if letter.sender == writer else SOMEBODY)


def _sent(sent: SentMail) -> SentMail:
    return replace(sent, recipient="") if sent.kind in FOR_WRITERS else sent


def _mails(mails: tuple[Mail, ...]) -> tuple[Mail, ...]:
    return tuple(replace(one, recipient="", subject_key="") if one.kind in FOR_WRITERS else one for one in mails)


def _counted(why: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(begins for line in why for begins in COUNTED if line.startswith(begins))


def _plain(answer: str) -> str:
    """A server's answer as far as it is a code; our own plain words stay."""
    if found := CODE.search(answer):
        return found[0]
    return answer if OWN_WORDS.fullmatch(answer) else ""


def case_of_mail(mail_id: str) -> str:
    """The case a mail of ours belongs to, by its id («2026-00017-0123456789abcdef»); "" for mail of no case."""
    number = mail_id.rpartition("-")[0]
    return "" if number == NO_CASE else number
