"""Invented mail of every kind, by which templates and guidance are tried before a parent reads them."""

from dataclasses import replace
from datetime import UTC, datetime

from mailbot.cases.case import FOR_WRITERS, Case, CaseState, Kind, LetterRef
from mailbot.cases.draft import Writing
from mailbot.letters.letter import Letter, Proof
from mailbot.letters.read import read_letter
from mailbot.replies.context import facts_of
from mailbot.replies.facts import Advice, Extra, Facts, Link
from mailbot.replies.matter import Matter
from mailbot.replies.page import Page, PageBar, PageLine, PageReason, PageSection, PageTrouble
from mailbot.rulebook.ids import Audience, Flag, Intent, Route, Slot, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence, FilledSlot, Source

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday
VALUES = {
    Slot.STUDENT: "Иванова Мария",
    Slot.CLASS: "5Б",
    Slot.SUBJECT: "математика",
    Slot.DATE: "18 ноября",
    Slot.ERROR: "Ошибка 502",
}
MOMENT = "2026-11-24T15:00"  # as text it can be printed, as a moment it can be said
EXTRA = {Extra.COUNT: "7", Extra.LEVEL: "supervisor"}
BAR = PageBar(label="Обращений", value="12", percent=80, note="из них просрочено: 1")
FULL_PAGE = Page(
    subject="Сводка за 20 ноября",
    title="Сводка за пятницу, 20 ноября",
    calm="Всё спокойно.",
    troubles=(PageTrouble("Письмо не отправлено.", "Проверьте адрес."),),
    figures=(BAR,),
    sections=(PageSection("Просрочено", 7, "alarm", (PageLine("2026-00017", "оценки", "до 18 ноября"),), 6),),
    weeks=(BAR,),
    topics=(BAR,),
    unanswered=(PageReason(2, "письмо автомата", "list", "Перенесите письмо во входящие."),),
    unguided=("Прочее: 3",),
    reconciliation="Писем на сервере: 12.",
    spam="В папке спама 2 письма людей.",
    attached="reestr.xlsx",
)
EMPTY_PAGE = Page(
    subject="Сводка", title="Сводка", calm="", troubles=(), figures=(), sections=(), weeks=(), topics=(),
    unanswered=(), unguided=(), reconciliation="", spam="", attached="",
)  # fmt: skip
RAW = (
    "From: Мама Марии <mama@example.com>\r\nTo: help@school.example.org\r\nSubject: Пропала пятёрка\r\n"
    "Message-ID: <specimen@example.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Здравствуйте! У Марии пропала пятёрка.\r\n"
).encode()


def specimens_of(kind: Kind, book: Rulebook) -> tuple[Facts, Facts]:
    """The facts of a mail that has everything to say, and of one that has next to nothing."""
    if kind is Kind.DIGEST:
        return _digest(FULL_PAGE, book), _digest(EMPTY_PAGE, book)
    return _full(kind, book), _bare(kind, book)


def _digest(page: Page, book: Rulebook) -> Facts:
    """A digest belongs to no case and speaks of its page only."""
    matter = Matter(case=None, letter=None, raw=None, finding=None, page=page)
    writing = Writing(kind=Kind.DIGEST, recipient="zavuch@example.com", recipient_name="", thread_ids=(), subject_of="")
    return facts_of(writing, matter, book, NOW)


def _full(kind: Kind, book: Rulebook) -> Facts:
    letter = read_letter(RAW)
    matter = Matter(case=_case(letter, Proof.PROVEN), letter=letter, raw=RAW, finding=None)
    writing = Writing(
        kind=kind,
        recipient="mama@example.com",
        recipient_name="Мама Марии",
        thread_ids=(letter.message_id,),
        subject_of=letter.subject,
        topics=tuple(book.topics),
        missing=tuple(Slot),
        clause=next(iter(book.regulation.clauses), ""),
        attach_original=True,
        why=(Evidence("rules/topics.yaml:1", "пропала пятёрка"),),
        extra=tuple((name.value, EXTRA.get(name, MOMENT)) for name in Extra),
    )
    return _with_words(facts_of(writing, matter, book, NOW), kind)


def _bare(kind: Kind, book: Rulebook) -> Facts:
    """A mail nothing may be repeated in; what its kind always says (`extra`) stays."""
    matter = Matter(case=_case(read_letter(RAW), Proof.UNPROVEN), letter=None, raw=None, finding=None)
    writing = Writing(
        kind=kind,
        recipient="mama@example.com",
        recipient_name="",
        thread_ids=(),
        subject_of="",
        number_only=kind not in FOR_WRITERS,
        extra=tuple((name.value, EXTRA.get(name, MOMENT)) for name in Extra),
    )
    return facts_of(writing, matter, book, NOW)


def _with_words(facts: Facts, kind: Kind) -> Facts:
    """With what is itself worded by a template."""
    if kind not in FOR_WRITERS:
        return facts
    advice = Advice(title="Тема", text="Ответ.\n- Первое.\n- Второе.", links=(Link("Страница", "https://example.org"),))
    return replace(facts, guidance=(advice,), vendor_request="Текст обращения.")


def _case(letter: Letter, proof: Proof) -> Case:
    return Case(
        number="2026-00017",
        state=CaseState.WITH_STAFF,
        opened_at=NOW,
        changed_at=NOW,
        writer=letter.sender.address,
        writer_name=letter.sender.name,
        proof=proof,
        audience=Audience.PARENT,
        topics=(Topic.GRADES,),
        intent=Intent.PROBLEM,
        flags=(Flag.SAFETY, Flag.LEAK),
        facts=tuple(
            FilledSlot(slot=slot, value=value, heard=value, source=Source.BODY) for slot, value in VALUES.items()
        ),
        missing=(),
        route=Route.CONSULTANT,
        with_whom="journal@school.example.org",
        round=1,
        fruitless=0,
        letters=(LetterRef(letter.key, letter.message_id, NOW, letter.sender.address),),
        sent=(),
        dues=(),
        linked=("2026-00012",),
        notes=(),
    )
