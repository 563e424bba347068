"""One mail of each kind as the school would send it: for the pictures and for the tests of replies."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from mailbot.cases.case import Case, CaseState, Kind, LetterRef
from mailbot.cases.draft import Draft, Writing
from mailbot.letters.letter import Proof
from mailbot.letters.read import read_letter
from mailbot.replies.compose import compose
from mailbot.replies.matter import Matter
from mailbot.replies.wording import Wording
from mailbot.rulebook.ids import Audience, Flag, Intent, Slot, Topic
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence, FilledSlot

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)  # a Friday
SECRET = b"a secret of the school"

LETTER = """\
From: Мама Марии <mama@example.com>
To: help@school.example.org
Subject: Пропала пятёрка
Message-ID: <20261120.1@example.com>
Date: Fri, 20 Nov 2026 11:02:00 +0300
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Здравствуйте!
У моей дочери Ивановой Марии вчера в журнале была пятёрка по математике, а сегодня её нет. Учитель говорит, что ставил.
Посмотрите, пожалуйста: https://dnevnik.example/school/1234567890/journal?class=5b&subject=mathematics&week=47

С уважением, мама
"""
STAFF_KINDS = (Kind.FORWARD, Kind.URGENT, Kind.STAFF_REMINDER, Kind.STAFF_ANSWER, Kind.STAFF_NOTE, Kind.OUTAGE_DRAFT)
KINDS = tuple(kind for kind in Kind if kind is not Kind.DIGEST)

EXTRA: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.RECEIPT: (
        ("handed_to", "ответственному за электронный журнал"),
        ("by_when", "2026-11-24"),
        ("starts_at", "2026-11-23T09:00"),
    ),
    Kind.QUESTIONS: (("wait_until", "2026-11-24"),),
    Kind.REMINDER: (("wait_until", "2026-11-25"),),
    Kind.HANDED_OVER: (("handed_to", "классному руководителю"), ("by_when", "2026-11-24")),
    Kind.REFUSAL: (("words", "Мы дважды спрашивали класс, но ответа не получили."),),
    Kind.RELAY: (
        (
            "words",
            "Здравствуйте!\n\nПятёрка на месте: учитель случайно поставил её в другой день.\n- Проверьте 18 ноября.\n"
            "- Средний балл уже пересчитан.\n\nС уважением, ответственный за электронный журнал",
        ),
    ),
    Kind.KNOWN_OUTAGE: (("since", "2026-11-20T08:40"),),
    Kind.TRAINING_TERM: (
        ("handed_to", "ответственному за электронный журнал"),
        ("term_from", "2026-11-18"),
        ("term_until", "2026-11-23"),
    ),
    Kind.FORWARD: (("by_when", "2026-11-24"), ("earlier", "Добрый день! Не вижу оценку дочери.")),
    Kind.STAFF_REMINDER: (
        ("since", "2026-11-17"),
        ("by_when", "2026-11-20"),
        ("level", "supervisor"),
        ("holder", "Ответственный за электронный журнал"),
    ),
    Kind.STAFF_ANSWER: (("done", "Обращение закрыто.\nЗаявителю ничего не отправлено."),),
    Kind.STAFF_NOTE: (
        ("what", "На письмо с обращением ответили с адреса, которому мы его не отправляли. Ответ не использован."),
        ("needed", "Если отвечали Вы, ответьте, пожалуйста, со своего рабочего адреса."),
    ),
    Kind.OUTAGE_DRAFT: (("count", "7"), ("since", "2026-11-20T08:40")),
    Kind.ALARM: (
        ("what", "Почтовый сервер не отвечает 30 минут: за это время ни одного письма не прочитано."),
        ("mend", "Проверьте связь с сервером и пароль ящика, затем посмотрите mailbot status."),
    ),
}
TOPIC: dict[Kind, Topic] = {
    Kind.VENDOR: Topic.OUTAGE,
    Kind.KNOWN_OUTAGE: Topic.OUTAGE,
    Kind.OUTAGE_DRAFT: Topic.OUTAGE,
    Kind.TRAINING_TERM: Topic.TRAINING,
    Kind.URGENT: Topic.COMPLAINT,
}
ASKED = {Kind.QUESTIONS, Kind.REMINDER, Kind.HANDED_OVER, Kind.REFUSAL, Kind.FORWARD}
WITH_GUIDANCE = {Kind.RECEIPT, Kind.GUIDANCE}


@cache
def rulebook(regulation: str | None = None, zone: str = "") -> Rulebook:
    """The shipped rules, with another regulation or time zone where the test is about one."""
    book = load_rulebook(ROOT / "rules", ROOT / "templates", regulation)
    return replace(book, school=replace(book.school, zone=zone)) if zone else book


def fact(slot: Slot, value: str) -> FilledSlot:
    """A fact the writer gave in the body of a letter."""
    return FilledSlot(slot=slot, value=value, heard=value, source="body")


def matter(text: str = LETTER, proof: Proof = Proof.PROVEN, topic: Topic = Topic.GRADES, **changes: object) -> Matter:
    """The case a letter opened; `changes` are fields of the case."""
    raw = text.replace("\n", "\r\n").encode()
    letter = read_letter(raw)
    case = Case(
        number="2026-00017",
        state=CaseState.REGISTERED,
        opened_at=NOW,
        changed_at=NOW,
        writer=letter.sender.address,
        writer_name=letter.sender.name,
        proof=proof,
        audience=Audience.PARENT,
        topics=(topic,),
        intent=Intent.PROBLEM,
        flags=(),
        facts=(fact(Slot.STUDENT, "Иванова Мария"), fact(Slot.SUBJECT, "математика")),
        missing=(),
        route=None,
        with_whom="",
        round=0,
        fruitless=0,
        letters=(LetterRef(letter.key, letter.message_id, NOW, letter.sender.address),),
        sent=(),
        dues=(),
        linked=(),
        notes=(),
    )
    return Matter(case=replace(case, **changes), letter=letter, raw=raw, finding=None)  # type: ignore[arg-type]


def writing(kind: Kind, about: Matter, book: Rulebook) -> Writing:
    """What would be decided for a letter such as the sample."""
    to_staff = kind in STAFF_KINDS or kind is Kind.ALARM
    letter = about.letter
    return Writing(
        kind=kind,
        recipient="journal@school.example.org" if to_staff else "mama@example.com",
        recipient_name="Ответственный за электронный журнал" if to_staff else "Мама Марии",
        thread_ids=() if to_staff or letter is None else (*letter.references, letter.message_id),
        subject_of="" if to_staff or letter is None or kind is Kind.RECEIPT else letter.subject,
        topics=(TOPIC.get(kind, Topic.GRADES),) if to_staff or kind in WITH_GUIDANCE else (),
        missing=(Slot.CLASS,) if kind in ASKED else (),
        clause=clause_of(kind, book),
        attach_original=kind in (Kind.FORWARD, Kind.URGENT),
        round=1,
        why=(Evidence("TRIAGE.md step 10: a person must look", ""),) if to_staff else (),
        extra=EXTRA.get(kind, ()),
    )


def clause_of(kind: Kind, book: Rulebook) -> str:
    """The clause such a mail cites, "" where the regulation has none."""
    roles = {
        Kind.NOTICE: book.regulation.etiquette,
        Kind.VENDOR: book.regulation.emergency,
        Kind.FORWARD: book.regulation.rejection_incomplete,
        Kind.HANDED_OVER: book.regulation.rejection_incomplete,
        Kind.REFUSAL: book.regulation.rejection_incomplete,
        Kind.TRAINING_TERM: book.regulation.training,
    }
    return roles.get(kind, "")


def sample_matter(kind: Kind) -> Matter:
    """The matter of a typical mail of this kind."""
    if kind is Kind.ALARM:
        return Matter(case=None, letter=None, raw=None, finding=None)
    if kind is Kind.URGENT:
        return matter(topic=Topic.COMPLAINT, flags=(Flag.SAFETY,))
    if kind is Kind.VENDOR:
        return matter(topic=Topic.OUTAGE, facts=(fact(Slot.ERROR, "Ошибка 502, шлюз не отвечает"),))
    return matter(topic=TOPIC.get(kind, Topic.GRADES))


def draft(kind: Kind, book: Rulebook, wording: Wording) -> Draft:
    """A typical mail of this kind, frozen."""
    about = sample_matter(kind)
    return compose(writing(kind, about, book), about, book, wording, SECRET, NOW)
