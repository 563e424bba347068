"""Who wrote it, once the learned judge has read the words, too: docs/hygiene.md."""

from pathlib import Path

import pytest

from mailbot.cases.judging import judged
from mailbot.letters.read import read_letter
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Screening, Verdict
from mailbot.triage.model import Brain
from tests.machine.read import raw_letter

ROOT = Path(__file__).parent.parent


def screened(text: str, book: Rulebook, brain: Brain, subject: str = "Re: Журнал", header: str = "") -> Screening:
    head = f"From: Ольга <olga@mail.example>\nSubject: {subject}\n{header}".rstrip("\n")
    return judged(read_letter(raw_letter(f"{head}\n\n{text}")), book, brain).screening


@pytest.mark.parametrize(
    "text",
    [
        "Уехала к морю, ноутбук остался дома. Вернусь двадцатого, тогда всем и отвечу. Срочное решит Марат Ильич.",
        "Благодарим за обращение! Наши специалисты уже изучают его. Номер заявки 40-118, ждите ответа сутки.",
        "Вы записаны на приём 14 марта в 10:40, кабинет 7. Перенести запись можно по телефону регистратуры.",
        "Приглашаем педагогов на онлайн-курс «Цифровой класс». Удостоверение, 72 часа, места ограничены.",
    ],
)
def test_what_no_header_gives_away_is_doubted_by_its_words(text: str, book: Rulebook, brain: Brain) -> None:
    assert screened(text, book, brain).verdict is not Verdict.PERSON


@pytest.mark.parametrize(
    "text",
    [
        "Орлов Петя, 5Б, математика.",
        "7В",
        "Спасибо, всё исправили!",
        "С 5 по 9 нас не будет, везём сына к бабушке, вернёмся в понедельник.",
        "Я в декрете, но журнал вести буду из дома. Кто вернёт мне доступ?",
        "Принято. А когда исправите?",
        "Перезвоните, пожалуйста, после шести.",
    ],
)
def test_a_persons_short_or_dry_letter_is_a_persons(text: str, book: Rulebook, brain: Brain) -> None:
    assert screened(text, book, brain).verdict is Verdict.PERSON


def test_a_parents_letter_sent_through_a_mailing_service_is_shown_and_not_eaten(book: Rulebook, brain: Brain) -> None:
    text = (
        "Пишу от двадцати семей. С начала месяца по обществознанию ни одного задания. Кто может поговорить с учителем?"
    )
    header = "X-Campaign-Id: single-7711\nList-Unsubscribe: <https://mta.example/u>"

    assert screened(text, book, brain, header=header).verdict is Verdict.DOUBTFUL


def test_a_newsletter_sent_by_the_same_service_is_a_machines(book: Rulebook, brain: Brain) -> None:
    text = (
        "Скидки на учебники до 40 %! Только до воскресенья. Смотрите каталог на сайте. Чтобы отписаться, нажмите сюда."
    )
    header = "X-Campaign-Id: 12\nList-Unsubscribe: <https://mta.example/u>"

    assert screened(text, book, brain, subject="Скидки", header=header).verdict is Verdict.MACHINE


def test_what_a_header_proves_is_never_doubted(book: Rulebook, brain: Brain) -> None:
    text = "Где посмотреть домашнее задание по русскому языку? Сын из 5Б второй день не может его найти в дневнике."

    assert screened(text, book, brain, header="Auto-Submitted: auto-replied").verdict is Verdict.MACHINE


def test_an_answer_to_our_question_may_be_as_short_as_a_machines(book: Rulebook, brain: Brain) -> None:
    header = "In-Reply-To: <mb.2026-00001.0123456789abcdef01234567@school.example.org>"

    assert screened("Во вторник.", book, brain, header=header).verdict is Verdict.PERSON
