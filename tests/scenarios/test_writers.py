"""What a writer's letters lead to, days and holidays later."""

import pytest

from mailbot.cases.case import CaseState, Kind
from mailbot.rulebook.ids import Slot, Topic
from tests.life_school import CONSULTANT, DUTY, OFFICE, TEACHER_5B, at
from tests.scenarios.living_school import Founded, summary

pytestmark = pytest.mark.slow

MAMA = "mama@mail.example"
PAPA = "Папа <papa@mail.example>"
PASSWORD = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
LOST_MARK = "Здравствуйте! В дневнике пропала пятёрка по математике за контрольную, а была."


def test_a_question_gets_guidance_a_further_one_a_person_and_thanks_close(founded: Founded) -> None:
    with founded() as school:
        (guidance,) = school.write(PASSWORD)
        assert (guidance.kind, school.case().state) == (Kind.GUIDANCE, CaseState.ANSWERED)
        for told in ("2026-00001", "«Забыли пароль?»", "ЧЕЛОВЕК", "112"):
            assert told in guidance.text
        assert len(school.filed("Отвечено")) == 1

        assert school.write("Спасибо большое, всё получилось!", answers=guidance) == []
        assert school.case().state is CaseState.CLOSED

        asked = school.write("«человек!!»", answers=guidance)
        assert summary(asked) == [(Kind.RECEIPT, MAMA), (Kind.FORWARD, CONSULTANT)]
        assert school.case().state is CaseState.WITH_STAFF


def test_only_the_missing_is_asked_for_and_answers_are_put_together(founded: Founded) -> None:
    with founded() as school:
        (questions,) = school.write(LOST_MARK)
        school.skip(days=1)
        (again,) = school.write("Иванова Мария", answers=questions)
        school.skip(days=1)
        receipt, forward = school.write("5Б", answers=again)

        assert ("предмет: математика" in questions.text, "ученик: Иванова Мария" in again.text) == (True, True)
        assert (again.kind, receipt.kind, forward.recipient) == (Kind.QUESTIONS, Kind.RECEIPT, CONSULTANT)
        assert {fact.slot: fact.value for fact in school.case().facts} == {
            Slot.STUDENT: "Иванова Мария",
            Slot.CLASS: "5Б",
            Slot.SUBJECT: "математика",
        }
        assert "за контрольную" in forward.flat


def test_over_the_new_year_a_silent_writer_is_reminded_and_a_person_takes_over_on_working_days_only(
    founded: Founded,
) -> None:
    with founded(now=at(29, 16, month=12)) as school:
        (questions,) = school.write(LOST_MARK)
        assert "до четверга, 14 января, 16:00" in questions.flat
        school.wait_until(at(30, 9, month=12))
        digests = len(school.told)
        assert digests > 0
        assert school.wait_until(at(31, 16, 5, month=12)) == []  # a day off, for a Sunday in January
        assert school.wait_until(at(8, 16, 5, month=1, year=2027)) == []
        assert len(school.told) == digests, "nobody reads digests on holidays"
        assert school.wait_until(at(11, 16, 5, month=1, year=2027)) == []

        reminder = school.wait_until(at(12, 16, 5, month=1, year=2027))
        handed = school.wait_until(at(14, 16, 5, month=1, year=2027))
        assert summary(reminder) == [(Kind.REMINDER, MAMA)]
        assert summary(handed) == [(Kind.HANDED_OVER, MAMA), (Kind.FORWARD, CONSULTANT)]
        assert school.case().number == "2026-00001"

        late = school.write("Были в отъезде. Иванова Мария, 5Б", answers=questions)
        assert summary(late) == [(Kind.FORWARD, CONSULTANT)]
        assert school.case().missing == ()


def test_rounds_without_a_new_fact_end_with_a_person_the_clause_and_a_ready_refusal(founded: Founded) -> None:
    with founded(regulation="kansk-eljur") as school:
        (questions,) = school.write(LOST_MARK)
        (again,) = school.write("Вы сами должны знать, в каком она классе.", answers=questions)
        school.skip(days=1)
        last = school.write("Сколько можно спрашивать одно и то же?", answers=again)

        forward = next(one for one in last if one.kind is Kind.FORWARD)
        assert "ГОТОВЫЙ ТЕКСТ ОТКАЗА" in forward.text
        assert "класс" in forward.text
        assert len(school.automatic_to(MAMA)) == 2


def test_an_absence_of_today_goes_on_at_once_whatever_is_missing(founded: Founded) -> None:
    with founded(now=at(3, 8, 10)) as school:  # the 3rd of November 2026 is worked, the 4th is not
        at_once = school.write("Доброе утро! Иванов Пётр сегодня заболел, в школу не придёт.")
        assert {(one.kind, one.recipient) for one in at_once} == {(Kind.QUESTIONS, MAMA), (Kind.FORWARD, DUTY)}

        later = school.write("5Б", answers=school.last(Kind.QUESTIONS))
        assert [(one.kind, one.recipient) for one in later if one.recipient != MAMA] == [(Kind.FORWARD, TEACHER_5B)]


def test_a_letter_on_the_eve_of_the_november_holiday_is_promised_an_answer_on_working_days(founded: Founded) -> None:
    with founded(now=at(3, 19)) as school:
        letter = school.letter(LOST_MARK + " Иванова Мария, 5Б.")
        receipt, forward = school.get(letter)

        assert "рассматривать его начнут в четверг, 5 ноября" in receipt.flat
        assert "до вторника, 10 ноября, 9:00" in receipt.flat
        attached = [part.get_content() for part in forward.message.iter_attachments()]
        assert len(attached) == 1
        assert "Почему оно у Вас" in forward.text
        assert len(school.filed("Передано")) == 1


def test_two_letters_in_a_minute_two_deliveries_and_two_children(founded: Founded) -> None:
    with founded() as school:
        twice = school.letter(LOST_MARK)
        again = school.letter(LOST_MARK)
        sent = school.get(twice, twice, again)
        assert [one.kind for one in sent] == [Kind.QUESTIONS]

        school.skip(minutes=5)
        school.write("Пропала оценка по физике у Иванова Петра из 7А.")
        assert sorted(school.ledger.cases) == ["2026-00001", "2026-00002"]
        assert school.case("2026-00001").missing == (Slot.STUDENT, Slot.CLASS)
        assert school.filed("INBOX") == []


def test_a_new_question_in_an_old_thread_is_a_new_case_linked_to_the_old_one(founded: Founded) -> None:
    with founded() as school:
        (questions,) = school.write(LOST_MARK)
        school.skip(days=1)
        (guidance,) = school.write(PASSWORD, answers=questions)

        new = school.case("2026-00002")
        assert (guidance.kind, new.topics, new.linked) == (Kind.GUIDANCE, (Topic.ACCESS,), ("2026-00001",))
        assert school.case("2026-00001").state is CaseState.WAITING


def test_site_forms_are_their_writers_and_authorities_hear_nothing_automatic(founded: Founded) -> None:
    school = founded()
    school.change("screening.yaml", "forms: []", "forms: [form@site.example]")
    school.change("screening.yaml", "authorities: []", 'authorities: ["@edu.gov.example"]')
    with school:
        (questions,) = school.write(LOST_MARK, "Сайт школы <form@site.example>", headers=f"Reply-To: {MAMA}")
        assert questions.recipient == MAMA
        assert "математика" not in questions.text.split("Проще всего")[0]

        asked = school.write("Просим представить сведения об успеваемости 5Б класса.", "Отдел <otdel@edu.gov.example>")
        assert summary(asked) == [(Kind.FORWARD, OFFICE)]
        assert school.wait(days=21) != []
        assert {one.recipient for one in school.out if one.recipient.endswith("gov.example")} == set()


def test_a_number_carries_the_schools_year(founded: Founded) -> None:
    school = founded(now=at(31, 22, month=12))  # 19:00 UTC: in Krasnoyarsk the new year is two hours old
    school.change("school.yaml", "zone: Europe/Moscow", "zone: Asia/Krasnoyarsk")
    with school:
        school.write(PASSWORD)

        assert list(school.ledger.cases) == ["2027-00001"]
