"""Nothing is written to a machine, and no person's letter is eaten."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.letters.read import read_letter
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Verdict
from mailbot.triage.screening import screen
from tests.machine.formats import ANSWERS, BOUNCES, many
from tests.machine.read import OURS, Message, messages, raw_letter

ROOT = Path(__file__).parent.parent
ALL = tuple(messages())
MOST_SHOWN = 0.15


def verdict_of(message: Message, book: Rulebook) -> str:
    verdict = screen(read_letter(message.raw), book).verdict
    return "P" if verdict is Verdict.PERSON else str(verdict)


@pytest.mark.parametrize("message", ALL, ids=[message.title for message in ALL])
def test_every_hand_made_message_gets_its_verdict(message: Message, book: Rulebook) -> None:
    assert verdict_of(message, book) == message.verdict


def test_there_are_enough_machines_to_speak_of() -> None:
    assert sum(message.verdict != "P" for message in ALL) >= 120


def test_few_machines_are_shown_to_a_person(book: Rulebook) -> None:
    machines = [message for message in ALL if message.verdict in ("A", "B")]

    shown = [message.title for message in machines if verdict_of(message, book) == "N"]

    assert len(shown) <= MOST_SHOWN * len(machines)


def test_every_bounce_of_a_known_mail_system_is_a_bounce(book: Rulebook) -> None:
    verdicts = [screen(read_letter(raw), book).verdict for raw in many(BOUNCES)]

    assert len(verdicts) >= 1000
    assert set(verdicts) == {Verdict.BOUNCE}


def test_every_automatic_answer_of_a_known_mail_system_is_a_machine(book: Rulebook) -> None:
    verdicts = [screen(read_letter(raw), book).verdict for raw in many(ANSWERS)]

    assert len(verdicts) >= 1000
    assert set(verdicts) == {Verdict.MACHINE}


def test_a_reason_is_a_stable_code_with_what_was_seen(book: Rulebook) -> None:
    letter = read_letter(raw_letter("From: a@b.example\nSubject: x\nAuto-Submitted: auto-replied\n\ntext"))

    screening = screen(letter, book)

    assert screening.reason == "auto-submitted"
    assert "Auto-Submitted: auto-replied" in str(screening.why[0])


LISTED = raw_letter(
    "From: Отдел образования <noreply@rono.example>\nSubject: Запрос\nPrecedence: bulk\nList-Id: <x>\n\nПришлите план."
)
VISITOR = raw_letter(
    "From: forms@site.example\nReply-To: mama@mail.example\nSubject: Сайт\nAuto-Submitted: auto-generated\n\nВопрос"
)


def listing(book: Rulebook, **lists: tuple[str, ...]) -> Rulebook:
    return replace(book, screening=replace(book.screening, **lists))


@pytest.mark.parametrize(
    "text",
    [
        "Дважды обращался, оба раза пришла отписка «ваше письмо принято», и тишина. Прошу начальника это прочитать.",
        "На сайте висит «Это письмо создано автоматически, не отвечайте на него», а кому тогда писать об оценках?",
    ],
)
def test_a_person_who_quotes_a_machine_is_a_person(text: str, book: Rulebook) -> None:
    letter = raw_letter(f"From: Юрий <y@mail.example>\nTo: {OURS}\nSubject: Так и не ответили\n\n{text}")

    assert screen(read_letter(letter), book).verdict is Verdict.PERSON


def test_an_authority_may_write_through_robots_and_lists(book: Rulebook) -> None:
    assert screen(read_letter(LISTED), listing(book, authorities=("@rono.example",))).verdict is Verdict.PERSON


def test_an_authoritys_automatic_answer_is_neither_answered_nor_eaten(book: Rulebook) -> None:
    answer = raw_letter("From: a@rono.example\nSubject: Автоответ\nAuto-Submitted: auto-replied\n\nОтпуск")

    assert screen(read_letter(answer), listing(book, authorities=("@rono.example",))).verdict is Verdict.DOUBTFUL


def test_a_trusted_form_is_the_person_in_its_reply_to(book: Rulebook) -> None:
    trusting = listing(book, forms=("forms@site.example",))

    assert screen(read_letter(VISITOR), trusting).verdict is Verdict.PERSON
    assert (
        screen(read_letter(VISITOR.replace(b"Reply-To: mama@mail.example\r\n", b"")), trusting).reason
        == "form-without-writer"
    )


def test_a_forged_sender_is_answered_by_nobody_automatic(book: Rulebook) -> None:
    forged = raw_letter(
        "Authentication-Results: mx.example.net; spf=fail smtp.mailfrom=bank.example;"
        " dmarc=fail header.from=bank.example\n"
        "Received: from evil.example (evil.example [192.0.2.1]) by mx.example.net; Sat, 21 Nov 2026 10:00:00 +0300\n"
        "From: Мама <mama@bank.example>\nSubject: Оценка\n\nУ моего сына, 5Б, нет оценки."
    )

    screening = screen(read_letter(forged), listing(book, authserv_ids=("mx.example.net",)))

    assert (screening.verdict, screening.reason) == (Verdict.DOUBTFUL, "forged")
