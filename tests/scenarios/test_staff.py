"""Colleagues answer, command, are silent or away; nothing of theirs and of other families leaves."""

import pytest

from mailbot.cases.case import CaseState, Kind
from mailbot.rulebook.ids import Topic
from tests.life_school import CONSULTANT, DIRECTOR, OFFICE, SUPERVISOR, above_marker, at
from tests.scenarios.living_school import Founded, LivingSchool, summary

pytestmark = pytest.mark.slow

MAMA = "mama@mail.example"
OTHER = "sosedka@inbox.example"
PROBLEM = "Здравствуйте! У Соловьёвой Марии из 6Г пропала пятёрка по физике за лабораторную."
HOLDER = f"Сидорова Анна <{CONSULTANT}>"


def answer(school: LivingSchool, words: str, sender: str = HOLDER, **more: str) -> list[tuple[Kind, str]]:
    """A colleague answers the latest mail that handed them the case. What left after it."""
    address = sender.rpartition("<")[2].rstrip(">")
    mail = next(one for one in reversed(school.out) if one.recipient == address and one.kind is not Kind.STAFF_ANSWER)
    return summary(school.write(above_marker(words, mail), sender, answers=mail, **more))


def test_an_answer_leaves_after_the_hold_without_a_trace_of_who_wrote_it(founded: Founded) -> None:
    with founded() as school:
        school.write(PROBLEM, subject="пропала оценка")
        told = answer(
            school,
            f"Оценка восстановлена.\n\n--\nСидорова А. А., каб. 12\n{CONSULTANT}",
            headers="X-Inner: teacher-pc",
        )
        assert told == [(Kind.STAFF_ANSWER, CONSULTANT)]
        assert school.wait(minutes=4) == []

        (relay,) = school.wait(minutes=2)
        forward = school.last(Kind.FORWARD)
        assert (relay.recipient, "Оценка восстановлена." in relay.flat) == (MAMA, True)
        for hidden in (CONSULTANT, "Сидорова", "teacher-pc", forward.message_id, "Received", "<letter-2@mail.example>"):
            assert hidden not in relay.raw.decode() + relay.text
        assert school.case().state is CaseState.CLOSED
        assert school.wait(days=21) == []


def test_stop_within_the_hold_means_that_nothing_leaves(founded: Founded) -> None:
    with founded() as school:
        school.write(PROBLEM)
        answer(school, "Оценка восстановлена.")
        school.skip(minutes=2)

        assert answer(school, "#стоп") == [(Kind.STAFF_ANSWER, CONSULTANT)]
        assert school.wait(minutes=30) == []
        assert school.case().state is CaseState.WITH_STAFF


@pytest.mark.parametrize(
    ("words", "more", "reason"),
    [
        ("Оценка восстановлена.", {"cc": OTHER}, "другие получатели"),
        ("Оценка ученика Петрова Кирилла из 5Б восстановлена.", {}, "другой ученик"),
        (f"Пишите сразу на {SUPERVISOR}, там помогут.", {}, "рабочий адрес"),
    ],
)
def test_what_might_tell_too_much_is_held_and_asked_about(
    founded: Founded, words: str, more: dict[str, str], reason: str
) -> None:
    with founded() as school:
        school.write(PROBLEM)
        answer(school, words, **more)

        assert reason in school.last(Kind.STAFF_ANSWER).flat
        assert school.wait(hours=1) == []


def test_every_command_is_carried_out_and_told(founded: Founded) -> None:
    with founded(regulation="tyukalinsk-dnevnik") as school:
        school.write(PROBLEM)
        only_told = [(Kind.STAFF_ANSWER, CONSULTANT)]
        for command, told in (
            ("#помощь", "#отказать"),
            ("#внутри\nМама звонила в пятницу.", "заявителю она не уйдёт"),
            ("#Тема посещаемость", "Тема исправлена"),
            ("#срок 25.11", "25.11.2026"),
            ("#закрыть", "заявителю ничего не отправлено"),
            ("#вернуть", "снова в работе"),
            ("#стоп", "неотправленного ответа нет"),
            ("#абракадабра", "Такой команды нет"),
        ):
            assert answer(school, command) == only_told, command
            assert told in school.last(Kind.STAFF_ANSWER).flat
        assert school.case().topics == (Topic.ATTENDANCE,)

        passed = answer(school, f"#переслать {OFFICE}")
        assert passed == [(Kind.FORWARD, OFFICE), (Kind.STAFF_ANSWER, CONSULTANT)]
        office = f"Канцелярия <{OFFICE}>"
        assert answer(school, "#не могу", office) == [(Kind.VENDOR, MAMA), (Kind.STAFF_ANSWER, OFFICE)]
        assert answer(school, "#отказать\nНе наше.", office) == [(Kind.STAFF_ANSWER, OFFICE)]
        assert summary(school.wait(minutes=6)) == [(Kind.REFUSAL, MAMA)]
        assert answer(school, "#ответить\nЗайдите, пожалуйста, в школу.", office) == [(Kind.STAFF_ANSWER, OFFICE)]
        assert summary(school.wait(minutes=6)) == [(Kind.RELAY, MAMA)]
        assert "звонила" not in "".join(one.text for one in school.to(MAMA))


@pytest.mark.parametrize(("sender", "proof"), [(HOLDER, "fail"), (HOLDER, ""), (f"Чужой <{OTHER}>", "pass")])
def test_a_word_that_does_not_count_does_nothing_and_the_roster_address_hears_of_it(
    founded: Founded, sender: str, proof: str
) -> None:
    with founded() as school:
        school.write(PROBLEM)
        forward = school.last(Kind.FORWARD)

        note = school.write(above_marker("#закрыть", forward), sender, answers=forward, proof=proof)

        assert summary(note) == [(Kind.STAFF_NOTE, SUPERVISOR)]
        assert note[0].message["In-Reply-To"] is None
        assert len(school.filed("Требует внимания")) == 1
        assert school.case().state is CaseState.WITH_STAFF


def test_an_out_of_office_answer_is_no_word_and_the_stand_in_gets_the_case_while_somebody_is_away(
    founded: Founded,
) -> None:
    school = founded()
    away = f"absences:\n  - {{address: {CONSULTANT}, from: 2026-11-17, to: 2026-11-20}}"
    school.change("school.yaml", "absences: []", away)
    with school:
        school.write(PROBLEM)
        assert answer(school, "Я в отпуске до 21 ноября.", headers="Auto-Submitted: auto-replied") == []
        assert school.case().state is CaseState.WITH_STAFF

        school.skip(days=1)
        sent = school.write("Пропала тройка по химии у Кузнецова Олега из 7А.", f"Соседка <{OTHER}>")
        assert (Kind.FORWARD, SUPERVISOR) in summary(sent)
        assert "Соловьёв" not in "".join(one.text for one in school.to(OTHER))


def test_silent_staff_are_reminded_then_the_supervisor_then_the_emergency_and_never_on_a_holiday(
    founded: Founded,
) -> None:
    with founded(now=at(30, 12, month=10), regulation="tyukalinsk-dnevnik") as school:  # a Friday
        school.write(PROBLEM)
        assert school.wait_until(at(2, 12, 5)) == []  # one working day later

        reminder = school.wait_until(at(3, 12, 5))
        assert summary(reminder) == [(Kind.STAFF_REMINDER, CONSULTANT)]
        assert len(list(reminder[0].message.iter_attachments())) == 1
        assert school.wait_until(at(4, 12, 5)) == []  # Unity Day
        assert school.wait_until(at(5, 12, 5)) == []  # the answer is due, nobody is blamed yet

        overdue = school.wait_until(at(6, 12, 5))
        assert summary(overdue) == [(Kind.STAFF_REMINDER, SUPERVISOR)]
        assert school.wait_until(at(9, 12, 5)) == []

        emergency = school.wait_until(at(10, 12, 5))
        assert summary(emergency) == [(Kind.VENDOR, MAMA), (Kind.STAFF_REMINDER, DIRECTOR)]
        assert "8 (812) 490-70-33" in emergency[0].text
        assert "самостоятельно" in emergency[0].flat

        life = school.command("cases", "show", "2026-00001")
        for moment in (
            "№ 2026-00001  у сотрудника",
            "30.10.2026 12:00  ← письмо: mama@mail.example",
            "оценки, что-то не так ⇒ передать (консультант)",
            "→ отправлено, подтверждение: mama@mail.example (250",
            "03.11.2026 12:05  · наступил срок: напомнить сотруднику",
            "→ напоминание сотруднику: zavuch@school.example.org",
            "Нештатная ситуация: заявителю сообщены контакты службы поддержки",
        ):
            assert moment in life, life
        assert "такого обращения нет" in school.command("cases", "show", "2026-00099")


def test_a_saturday_worked_in_exchange_for_a_monday_counts(founded: Founded) -> None:
    with founded(now=at(19, 12, month=2, year=2027)) as school:  # a Friday; the 20th is worked, the 22nd and 23rd not
        school.write(PROBLEM)
        assert school.wait_until(at(23, 12, 5, month=2, year=2027)) == []

        assert summary(school.wait_until(at(24, 12, 5, month=2, year=2027))) == [(Kind.STAFF_REMINDER, CONSULTANT)]


def test_a_person_who_answers_in_webmail_ends_what_is_automatic(founded: Founded) -> None:
    with founded() as school:
        (questions,) = school.write("Здравствуйте! В дневнике пропала пятёрка по математике.")
        own = school.letter("Мария, всё уже исправили.", f"Школа <{school.address}>", to=MAMA, answers=questions)
        own = own.replace(questions.message_id.encode(), b"<letter-1@mail.example>")
        school.get(own, folder="Sent")

        assert school.case().state is CaseState.CLOSED
        assert school.wait(days=21) == []
