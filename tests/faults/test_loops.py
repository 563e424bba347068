"""Programs that answer programs: at most two letters of ours, then a person; between two mailbots it ends at once."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.cases.case import CaseState, Kind
from mailbot.demo.smtp_faults import RefuseRecipient
from mailbot.demo.smtp_sink import Accepted, Sink
from tests.conftest import MailUser
from tests.faults.conversations import ended
from tests.life_school import CONSULTANT, DEPUTY, DIRECTOR, SUPERVISOR, Sent, bounce
from tests.scenarios.living_school import Founded, LivingSchool, summary
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow

MAMA = "mama@mail.example"
PASSWORD = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
LOST_MARK = "Здравствуйте! В дневнике пропала пятёрка по математике за контрольную."
AWAY = "Добрый день! Я в отпуске до 1 декабря, по срочным вопросам звоните коллегам."


@pytest.mark.parametrize(("letter", "our"), [(PASSWORD, "answer"), (LOST_MARK, "receipt")])
def test_a_vacation_responder_without_marks_gets_two_letters_in_a_week_and_then_a_person_has_it(
    founded: Founded, letter: str, our: str
) -> None:
    with founded() as school:
        school.write(letter)
        for number in range(7):
            school.write(f"{AWAY} (№ {number})", answers=school.automatic_to(MAMA)[-1])
            school.skip(hours=24)

        assert ended(f"vacation responder without marks, to our {our}", school, MAMA).answered <= 2
        assert (Kind.FORWARD, CONSULTANT) in {(one.kind, one.recipient) for one in school.out}
        assert school.case().state is CaseState.WITH_STAFF


def test_two_mailbots_end_at_once(founded: Founded, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser) -> None:
    ours = founded()
    other = replace(mail_user, address=dovecot.user("other"))
    with ExitStack() as open_till_the_end:
        sink = open_till_the_end.enter_context(Sink(user=other.address, password=other.password))
        theirs = LivingSchool(tmp_path / "other", dovecot, other, sink)
        for school in (ours, theirs):
            open_till_the_end.enter_context(school)
        ours.sink.on_accept = lambda mail: _carry(mail, ours, theirs)
        theirs.sink.on_accept = lambda mail: _carry(mail, theirs, ours)

        ours.write(PASSWORD, f"Школа № 7 <{theirs.address}>")
        for days in (1, 6):
            theirs.wait(days=days)
            ours.wait(days=days)

        assert [one.kind for one in ours.to(theirs.address)] == [Kind.GUIDANCE]
        assert theirs.out == []
        assert len(theirs.filed("Без ответа")) == 1
        assert ended("mailbot against mailbot", ours, theirs.address).answered == 1


def _carry(mail: Accepted, sender: LivingSchool, recipient: LivingSchool) -> None:
    """The post between two schools, with the word of the receiving server on who sent it."""
    if recipient.address in mail.rcpts:
        recipient.bring(recipient.proving(mail.raw, sender.address))


def test_a_bouncing_address_gets_one_letter_ever(founded: Founded) -> None:
    with founded() as school:
        for number, letter in enumerate((PASSWORD, LOST_MARK, PASSWORD, "Как узнать расписание звонков?")):
            school.write(letter, subject=f"вопрос {number}")
            returned = [bounce(one) for one in _not_returned(school)]
            if returned:
                school.get(*returned)
            school.skip(days=3)
        school.wait(days=14)

        assert ended("bouncing address", school, MAMA).answered == 1
        assert school.kinds(CONSULTANT).count(Kind.FORWARD) >= 1
        assert list(school.ledger.dead) == [MAMA]


def test_a_ticket_system_that_opens_a_new_ticket_for_each_of_our_letters_gets_two(founded: Founded) -> None:
    """It says nothing of being a machine, cites nothing, and has another number in subject, text and Message-ID."""
    with founded() as school:
        school.write(LOST_MARK, f"Поддержка <{MAMA}>")
        for ticket in range(4521, 4525):
            school.write(
                f"Здравствуйте! Ваше обращение {ticket} зарегистрировано. Специалист ответит в течение дня.",
                f"Поддержка <{MAMA}>",
                subject=f"[Обращение #{ticket}] принято",
            )
            school.skip(hours=1)

        assert ended("ticket system's acknowledgement", school, MAMA).answered <= 2


def test_a_list_that_sends_our_letter_on_to_us_hears_it_once(founded: Founded) -> None:
    with founded() as school:
        (ours,) = school.write(PASSWORD, f"Родители 5Б <{MAMA}>")
        for number in range(2):
            head = f"Received: from list by mx\r\nList-Id: <parents.mail.example>\r\nX-Copy: {number}\r\n".encode()
            anew = ours.raw.replace(b"X-Mailbot-Loop", b"X-Gone").replace(b"Message-ID: <mb.", b"Message-ID: <l.")
            school.get(head + ours.raw, head + anew)
            school.skip(hours=12)

        assert ended("mailing list that sends our letter on to us", school, MAMA).answered == 1


def _not_returned(school: LivingSchool) -> list[Sent]:
    return [one for one in school.to(MAMA) if MAMA not in school.ledger.dead]


def test_a_colleague_whose_address_the_server_refuses_is_passed_by_at_once(founded: Founded) -> None:
    with founded() as school:
        school.sink.fail(RefuseRecipient(CONSULTANT, "550 5.1.1 user unknown"), times=None)
        sent = school.write("У Ивановой Марии из 5Б пропала пятёрка по математике за контрольную.")

        assert summary(sent) == [
            (Kind.RECEIPT, MAMA),
            (Kind.FORWARD, SUPERVISOR),
            (Kind.STAFF_NOTE, SUPERVISOR),
        ]
        assert school.case().with_whom == SUPERVISOR


def test_a_writer_whose_address_the_server_refuses_is_left_to_a_person(founded: Founded) -> None:
    with founded() as school:
        school.sink.fail(RefuseRecipient(MAMA, "550 5.1.1 user unknown"), times=None)
        school.sink.fail(RefuseRecipient("papa@mail.example", "552 5.2.2 mailbox is full"), times=None)
        sent = school.write(LOST_MARK)
        school.write(PASSWORD, "Папа <papa@mail.example>")

        assert summary(sent) == [(Kind.FORWARD, CONSULTANT)]
        assert list(school.ledger.dead) == [MAMA], "a refusal for other reasons says nothing of the address"
        assert school.wait(days=1) == []


def test_when_nobody_at_all_can_be_reached_the_program_does_not_go_round_in_circles(founded: Founded) -> None:
    with founded() as school:
        for address in (CONSULTANT, SUPERVISOR, DIRECTOR, DEPUTY):
            school.sink.fail(RefuseRecipient(address, "550 5.1.1 user unknown"), times=None)
        school.write("У Ивановой Марии из 5Б пропала пятёрка по математике за контрольную.")
        school.wait(hours=1)

        tried = [one.recipient for one in school.case().sent if one.kind is Kind.FORWARD]
        assert tried == [CONSULTANT, SUPERVISOR, DIRECTOR, DEPUTY]
