"""Two programs never talk for long: whatever answers our mail, at most two letters of ours, then a person."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.cases.case import Kind
from tests.life_school import School, Sent, above_marker, bounce

MAMA = "mama@mail.example"
LETTERS = (
    "Здравствуйте! В дневнике пропала пятёрка по математике за контрольную.",
    "Здравствуйте! У Ивановой Марии из 5Б пропала пятёрка по математике за контрольную.",
    "Как восстановить пароль от электронного дневника?",
    "Прошу выдать справку об обучении.",
    "Моего сына бьют одноклассники, он боится идти в школу и говорит, что не хочет жить.",
)
RESPONSES = (
    "Добрый день! Я в отпуске до 1 декабря, по срочным вопросам звоните коллегам.",
    "Ваше письмо получено. Мы ответим в ближайшее время.",
    "Спасибо за обращение! Мы обязательно Вам ответим.",
    "Здравствуйте! Обращение 4521 принято в работу 16.11.2026 в 10:05.",
    "Сейчас я не у компьютера.",
    "I am currently away and will reply when I am back.",
    "Приёмные часы организации: пн–пт с 9 до 18, обед с 13 до 14.",
    "Оценки и расписание смотрите на нашем сайте. С уважением, команда поддержки.",
    "Где посмотреть расписание звонков?",
)
DAYS = 7


class Responder:
    """A program that answers every letter of ours, twice a day at most, and says nothing of being one."""

    def __init__(self, school: School, text: str, address: str, *, quotes: bool, counts: bool) -> None:
        self.school, self.text, self.address = school, text, address
        self.quotes, self.counts = quotes, counts
        self.heard: list[Sent] = []
        self.answers = 0
        school.on_sent.append(self._hear)

    def _hear(self, mail: Sent) -> None:
        if mail.recipient == self.address:
            self.heard.append(mail)

    def answer(self) -> None:
        """Answers the latest letter it has heard."""
        if not self.heard:
            return
        self.answers += 1
        words = f"{self.text} (№ {self.answers})" if self.counts else self.text
        mail = self.heard[-1]
        body = above_marker(words, mail) if self.quotes else words
        self.school.write(body, f"Мама <{self.address}>", answers=mail)


def week_with(responder: Responder) -> None:
    for _ in range(2 * DAYS):
        responder.answer()
        responder.school.wait(hours=12)


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("response", RESPONSES)
def test_a_responder_without_marks_gets_two_letters_in_a_week_and_then_a_person_has_it(
    letter: str, response: str
) -> None:
    school = School()
    responder = Responder(school, response, MAMA, quotes=False, counts=False)
    school.write(letter)

    week_with(responder)

    assert len(school.automatic_to(MAMA)) <= 2
    assert responder.answers > 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    letter=st.sampled_from(LETTERS),
    response=st.sampled_from(RESPONSES),
    quotes=st.booleans(),
    counts=st.booleans(),
    hours=st.sampled_from((1, 6, 12, 24)),
)
def test_no_responder_of_any_pace_makes_us_talk(
    letter: str, response: str, quotes: bool, counts: bool, hours: int
) -> None:
    school = School()
    responder = Responder(school, response, MAMA, quotes=quotes, counts=counts)
    school.write(letter)

    for _ in range(DAYS * 24 // max(hours, 6)):
        responder.answer()
        school.wait(hours=hours)

    assert len(school.automatic_to(MAMA)) <= 2


CHATTER = (
    "Сейчас я не у компьютера, посмотрю вечером.",
    "Принято, передал дальше.",
    "Мы ценим каждое обращение.",
    "Одну минуту, уточняю.",
    "Хорошо, записал себе.",
    "Вас услышали, ожидайте.",
    "Уже занимаюсь этим.",
    "Будет сделано в порядке очереди.",
)


@pytest.mark.parametrize("letter", LETTERS)
def test_even_one_that_says_something_else_each_time_gets_two_letters_and_then_a_person_has_it(letter: str) -> None:
    school = School()
    responder = Responder(school, "", MAMA, quotes=False, counts=False)
    school.write(letter)

    for words in CHATTER:
        responder.text = words
        responder.answer()
        school.wait(hours=12)

    assert len(school.automatic_to(MAMA)) <= 2


def test_two_mailbots_end_at_once() -> None:
    ours, theirs = School(), School()
    theirs_address = "help@school.example.org"
    ours.write("Как восстановить пароль от электронного дневника?", "Школа <bot@other.example>")
    first = ours.last(Kind.GUIDANCE)

    theirs.get(first.raw)

    assert theirs.out == []
    assert theirs_address not in {sent.recipient for sent in ours.wait(days=7)}


def test_our_own_mail_come_back_starts_nothing() -> None:
    school = School()
    school.write("Как восстановить пароль от электронного дневника?")

    school.get(school.last(Kind.GUIDANCE).raw)

    assert school.kinds() == [Kind.GUIDANCE]
    assert list(school.ledger.cases) == ["2026-00001"]


def test_a_bouncing_address_gets_one_letter_ever() -> None:
    school = School()

    def bounces(mail: Sent) -> None:
        if mail.recipient == MAMA:
            returned.append(bounce(mail))

    returned: list[bytes] = []
    school.on_sent.append(bounces)
    for letter in LETTERS * 2:
        school.write(letter, message_id=f"<{len(school.out)}-{letter[:3].encode().hex()}@mail.example>")
        while returned:
            school.get(returned.pop())
        school.wait(days=2)

    assert len(school.to(MAMA)) == 1


@pytest.mark.parametrize("letter", LETTERS)
def test_a_ticket_system_that_opens_a_new_ticket_for_each_of_our_letters_gets_two(letter: str) -> None:
    """It says nothing of being a machine, cites nothing, and has another number in subject, text and Message-ID."""
    school = School()
    school.write(letter, f"Поддержка <{MAMA}>")
    for ticket in range(4521, 4541):
        school.write(
            f"Здравствуйте! Ваше обращение {ticket} зарегистрировано. Специалист ответит в течение дня.",
            f"Поддержка <{MAMA}>",
            subject=f"[Обращение #{ticket}] принято",
            message_id=f"<ticket-{ticket}@mail.example>",
        )
        school.wait(hours=1)

    assert len(school.automatic_to(MAMA)) <= 2


def test_a_list_that_sends_our_letter_on_to_us_hears_it_once() -> None:
    school = School()
    school.write("Как восстановить пароль от электронного дневника?", f"Родители 5Б <{MAMA}>")
    ours = school.last(Kind.GUIDANCE)
    for number in range(5):
        head = f"Received: from list by mx\r\nList-Id: <parents.mail.example>\r\nX-Copy: {number}\r\n".encode()
        school.get(head + ours.raw)
        school.get(
            head + ours.raw.replace(b"X-Mailbot-Loop", b"X-Gone").replace(b"Message-ID: <mb.", b"Message-ID: <l.")
        )
        school.wait(hours=12)

    assert len(school.automatic_to(MAMA)) == 1
