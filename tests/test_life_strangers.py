"""Machines, bounces, forms of the site, authorities, doubtful senders, letters nobody could read."""

from dataclasses import replace

import pytest

from mailbot.cases.case import CaseState, Kind
from mailbot.cases.events import Unreadable
from mailbot.cases.history import Folder
from mailbot.consider import consider
from mailbot.letters.letter import Proof
from mailbot.rulebook.ids import Route
from tests.life_school import BOX, CONSULTANT, DIRECTOR, OFFICE, SUPERVISOR, School, bounce, rules

MAMA = "mama@mail.example"
QUESTION = "Как восстановить пароль от электронного дневника?"
LOST_MARK = "Здравствуйте! В дневнике пропала пятёрка по математике за контрольную."
PROBLEM = "Здравствуйте! У Ивановой Марии из 5Б пропала пятёрка по математике за контрольную."


@pytest.fixture
def school() -> School:
    return School()


def test_an_address_that_bounced_gets_no_second_letter_ever(school: School) -> None:
    school.write(QUESTION)
    school.get(bounce(school.last(Kind.GUIDANCE)))

    for _ in range(5):
        school.wait(days=3)
        school.write(LOST_MARK)

    assert school.kinds(MAMA) == [Kind.GUIDANCE]


def test_a_bounce_is_no_word_of_the_writer_and_a_person_is_told(school: School) -> None:
    school.write(LOST_MARK)

    school.get(bounce(school.last(Kind.QUESTIONS)))

    assert school.case().state is CaseState.WITH_STAFF
    assert school.kinds(CONSULTANT) == [Kind.FORWARD]
    assert all(sent.recipient != MAMA for sent in school.wait(days=30))


def test_whoever_has_the_case_is_told_that_the_writer_cannot_be_reached(school: School) -> None:
    school.write(PROBLEM)

    school.get(bounce(school.last(Kind.RECEIPT)))

    assert school.kinds(CONSULTANT) == [Kind.FORWARD, Kind.STAFF_NOTE]
    assert "не работает" in school.last(Kind.STAFF_NOTE).flat


def test_mail_to_staff_that_bounces_goes_to_the_next_door_and_the_roster_is_told(school: School) -> None:
    school.write(PROBLEM)

    school.get(bounce(school.last(Kind.FORWARD)))

    assert school.case().with_whom == SUPERVISOR
    assert school.kinds(SUPERVISOR) == [Kind.FORWARD, Kind.STAFF_NOTE]


def test_a_dead_colleague_gets_no_further_cases(school: School) -> None:
    school.write(PROBLEM)
    school.get(bounce(school.last(Kind.FORWARD)))

    school.write(PROBLEM, "Папа <papa@mail.example>")

    assert school.kinds(CONSULTANT) == [Kind.FORWARD]


def test_a_delay_is_no_failure(school: School) -> None:
    school.write(LOST_MARK)

    school.get(bounce(school.last(Kind.QUESTIONS), status="4.4.1", action="delayed"))

    assert school.case().state is CaseState.WAITING
    assert school.ledger.dead == {}


def test_a_forged_bounce_silences_nobody(school: School) -> None:
    school.write(LOST_MARK)
    ours = school.last(Kind.QUESTIONS)
    guessed = ours.message_id.replace(ours.message_id.split(".")[2][:6], "000000")

    school.get(bounce(ours, original=guessed))
    school.get(bounce(ours, original="<something@else.example>"))

    assert school.ledger.dead == {}
    assert school.case().state is CaseState.WAITING


def test_an_out_of_office_answer_changes_nothing_but_is_noted(school: School) -> None:
    school.write(LOST_MARK)
    before = school.case()

    school.write(
        "Я в отпуске до 1 декабря.", answers=school.last(Kind.QUESTIONS), headers="Auto-Submitted: auto-replied"
    )

    after = school.case()
    assert (after.state, after.dues, after.round) == (before.state, before.dues, before.round)
    assert len(after.letters) == 2
    assert school.kinds() == [Kind.QUESTIONS]


def test_advertising_opens_no_case(school: School) -> None:
    outcome = school.write(
        "Скидки на канцтовары до 70 %! Только сегодня. Отписаться от рассылки.",
        "Магазин <news@shop.example>",
        headers="List-Unsubscribe: <https://shop.example/u>\r\nPrecedence: bulk",
    )

    assert outcome.case is None
    assert outcome.folder is Folder.NOT_ANSWERED
    assert school.out == []


# --- site forms and authorities --------------------------------------------------------------------------------------


@pytest.fixture
def with_lists() -> School:
    book = rules()
    screening = replace(book.screening, forms=("form@site.example",), authorities=("@edu.gov.example",))
    return School(replace(book, screening=screening))


def test_the_writer_of_a_site_form_is_whoever_stands_in_reply_to(with_lists: School) -> None:
    with_lists.write(LOST_MARK, "Сайт школы <form@site.example>", headers=f"Reply-To: {MAMA}")

    assert with_lists.case().writer == MAMA
    assert with_lists.case().proof is Proof.UNPROVEN
    assert with_lists.kinds(MAMA) == [Kind.QUESTIONS]
    assert with_lists.to("form@site.example") == []
    assert "математика" not in with_lists.last(Kind.QUESTIONS).text.split("Проще всего")[0]


def test_the_writer_of_a_form_answers_from_their_own_mailbox(with_lists: School) -> None:
    with_lists.write(LOST_MARK, "Сайт школы <form@site.example>", headers=f"Reply-To: {MAMA}")

    with_lists.write("Иванова Мария, 5Б", answers=with_lists.last(Kind.QUESTIONS))

    assert with_lists.case().number == "2026-00001"
    assert with_lists.case().state is CaseState.WITH_STAFF


def test_two_forms_of_two_families_are_two_cases(with_lists: School) -> None:
    with_lists.write(LOST_MARK, "Сайт <form@site.example>", headers=f"Reply-To: {MAMA}")
    with_lists.write("5Б", "Сайт <form@site.example>", headers="Reply-To: papa@mail.example")

    assert with_lists.case("2026-00002").writer == "papa@mail.example"
    assert with_lists.case("2026-00001").missing != ()


def test_authorities_go_to_the_office_and_get_nothing_automatic(with_lists: School) -> None:
    with_lists.write(
        "Прошу до 25.11 представить сведения о количестве обучающихся.", "Отдел образования <otdel@edu.gov.example>"
    )

    assert with_lists.kinds() == [Kind.FORWARD]
    assert with_lists.last(Kind.FORWARD).recipient == OFFICE
    assert all(sent.recipient.endswith("@school.example.org") for sent in with_lists.wait(days=30))


def test_authorities_that_write_of_danger_reach_the_director_and_get_nothing(with_lists: School) -> None:
    with_lists.write(
        "По сообщению, вашего ученика избивают одноклассники, ребёнок говорит, что не хочет жить. Примите меры.",
        "Отдел образования <otdel@edu.gov.example>",
    )

    assert with_lists.kinds() == [Kind.URGENT]
    assert with_lists.last(Kind.URGENT).recipient == DIRECTOR


# --- senders ---------------------------------------------------------------------------------------------------------


def test_a_forged_letter_reaches_a_person_and_its_alleged_sender_gets_nothing(school: School) -> None:
    school.write(LOST_MARK, proof="fail")

    assert school.kinds(MAMA) == []
    assert school.kinds(CONSULTANT) == [Kind.FORWARD]


def test_no_deadline_writes_to_a_forged_sender_later(school: School) -> None:
    school.write(LOST_MARK, proof="fail")

    assert all(sent.recipient != MAMA for sent in school.wait(days=30))


def test_a_letter_nobody_could_read_reaches_a_person_whole(school: School) -> None:
    event = Unreadable(key="k" * 32, received_at=school.now, raw=b"\xff\xfe broken", reason="письмо не разобрать")

    outcome = consider(event, school.lookup.history(event, school.now), school.mind, school.now)

    assert outcome.case is not None
    assert (outcome.case.route, outcome.case.writer) == (Route.CONSULTANT, "")
    assert [draft.recipient for draft in outcome.drafts] == [CONSULTANT]
    assert b"pismo-2026-00001.eml" in outcome.drafts[0].raw


def test_caps_bring_a_person_instead_of_one_letter_more(school: School) -> None:
    for number in range(8):
        school.write(
            f"Вопрос {number}: {QUESTION}", subject=f"вопрос {'абвгдежз'[number]}", message_id=f"<q{number}@m.example>"
        )
        school.wait(hours=2)

    assert len(school.automatic_to(MAMA)) <= school.book.screening.caps.per_person_day
    assert Kind.FORWARD in school.kinds(CONSULTANT)


def test_a_stranger_who_forges_our_own_address_closes_no_case(school: School) -> None:
    school.write(LOST_MARK)
    asked = school.last(Kind.QUESTIONS)

    school.write("Вопрос решён.", sender=f"Школа <{BOX}>", answers=asked, proof="fail")
    after_forged = school.case().state
    school.write("Ответил сам.", sender=f"Школа <{BOX}>", answers=asked, proof="pass")

    assert after_forged is CaseState.WAITING
    assert school.case().state is CaseState.CLOSED
