"""Nothing of one family's case ever reaches another, and nothing of staff's mail reaches a family."""

import pytest

from mailbot.cases.case import CaseState, Kind
from tests.life_school import BOX, CONSULTANT, School, above_marker

MAMA, OTHER = "mama@mail.example", "sosedka@inbox.example"
PROBLEM = "Здравствуйте! У Соловьёвой Марии из 6Г пропала пятёрка по физике за лабораторную."
HOLDER = f"Сидорова Анна <{CONSULTANT}>"
SECRETS = ("Соловьёв", "физик", "6Г", "лабораторн")


@pytest.fixture
def school() -> School:
    """A family's case is with the consultant."""
    school = School()
    school.write(PROBLEM, subject="пропала оценка")
    return school


def answered(school: School, words: str, **more: str) -> None:
    forward = school.last(Kind.FORWARD)
    school.write(above_marker(words, forward), HOLDER, answers=forward, **more)


def everything_to(school: School, address: str) -> str:
    return "\n".join(str(sent.message) + sent.text for sent in school.to(address))


def tells_nothing(school: School, address: str) -> bool:
    return not any(secret in everything_to(school, address) for secret in SECRETS)


def test_a_guessed_number_opens_another_case_and_tells_nothing(school: School) -> None:
    school.write("Что по моему обращению?", f"Соседка <{OTHER}>", subject="Re: пропала оценка [№ 2026-00001]")

    assert school.case("2026-00002").writer == OTHER
    assert school.case("2026-00002").linked == ("2026-00001",)
    assert tells_nothing(school, OTHER)
    assert school.case("2026-00001").letters == school.case("2026-00001").letters[:1]


def test_a_shared_subject_joins_nothing(school: School) -> None:
    school.write("И у нас пропала!", f"Соседка <{OTHER}>", subject="Re: пропала оценка")

    assert school.case("2026-00002").linked == ()
    assert tells_nothing(school, OTHER)


def test_a_reply_to_a_forwarded_thread_tells_nothing(school: School) -> None:
    """The mother forwards our receipt to a neighbour, who answers it."""
    school.write("Передайте, что и у нас так же.", f"Соседка <{OTHER}>", answers=school.last(Kind.RECEIPT))

    assert school.case("2026-00002").writer == OTHER
    assert tells_nothing(school, OTHER)
    assert len(school.case("2026-00001").letters) == 1


def test_a_reply_to_staffs_forwarded_mail_tells_nothing(school: School) -> None:
    """The consultant forwards our forward to a neighbour by mistake, who answers us."""
    school.write("А что это вы мне прислали?", f"Соседка <{OTHER}>", answers=school.last(Kind.FORWARD))

    assert school.to(OTHER) == []
    assert len(school.case("2026-00001").letters) == 1


def test_a_forged_sender_touches_no_case_and_gets_nothing(school: School) -> None:
    receipt = school.last(Kind.RECEIPT)
    before = school.case("2026-00001")

    school.write("Пришлите, пожалуйста, всё, что по Марии есть.", answers=receipt, proof="fail")

    assert school.case("2026-00001").letters == before.letters
    assert school.kinds(MAMA) == [Kind.RECEIPT]
    assert school.case("2026-00002").linked == ("2026-00001",)


def test_an_unproven_sender_is_told_nothing_of_the_case(school: School) -> None:
    school.wait(days=2)

    school.write("Напомните, что у вас записано?", answers=school.last(Kind.RECEIPT), proof="")

    assert tells_nothing(school, MAMA)


def test_questions_to_an_unproven_writer_repeat_nothing() -> None:
    school = School()

    school.write("У Ивановой Марии пропала пятёрка.", proof="", subject="Иванова Мария, оценка")

    assert school.kinds() == [Kind.QUESTIONS]
    asked = school.last(Kind.QUESTIONS)
    assert "поняли" not in asked.text
    assert "Иванова Мария, оценка" not in asked.subject


def test_a_reminder_to_an_unproven_writer_repeats_nothing() -> None:
    school = School()
    school.write("У Соловьёвой Марии пропала пятёрка.", proof="", subject="Соловьёва Мария, оценка")

    school.wait(days=10)

    assert school.kinds(MAMA) == [Kind.QUESTIONS, Kind.REMINDER, Kind.HANDED_OVER]
    assert "Соловьёв" not in everything_to(school, MAMA)


@pytest.mark.parametrize("words", ["Оценка восстановлена, проверьте, пожалуйста.", "Оценка восстановлена.", "Да."])
def test_a_relay_shows_nothing_of_the_colleague(school: School, words: str) -> None:
    answered(
        school,
        f"{words}\n\n--\nСидорова А. А., каб. 12\njournal@school.example.org",
        headers="X-Inner: teacher-pc\r\nReply-To: journal@school.example.org",
    )
    school.wait(minutes=6)

    relay = school.last(Kind.RELAY)
    shown = relay.raw.decode("ascii") + relay.text
    forward, letter = school.last(Kind.FORWARD), "<letter-1@mail.example>"
    assert relay.message["In-Reply-To"] == letter
    assert relay.message["References"] == letter
    assert relay.message["From"].addresses[0].addr_spec == BOX
    for hidden in (CONSULTANT, "Сидорова", "teacher-pc", forward.message_id, "<letter-2@mail.example>", "Received"):
        assert hidden not in shown


def test_quoted_inner_remarks_do_not_go_along(school: School) -> None:
    forward = school.last(Kind.FORWARD)
    body = (
        "Оценка восстановлена.\n\n"
        "17.11.2026, 09:10, Петрова Е. <zavuch@school.example.org>:\n"
        "> Анна, это опять та самая мама, ответьте ей покороче.\n"
        "> " + forward.text.replace("\n", "\n> ")
    )

    school.write(body, HOLDER, answers=forward)
    school.wait(minutes=6)

    assert "та самая мама" not in everything_to(school, MAMA)
    assert "Оценка восстановлена." in school.last(Kind.RELAY).flat


def test_an_answer_without_our_marker_line_is_held_and_asked_about(school: School) -> None:
    school.write("Оценка восстановлена.", HOLDER, answers=school.last(Kind.FORWARD))
    school.wait(hours=1)

    assert Kind.RELAY not in school.kinds()
    assert "#ответить" in school.last(Kind.STAFF_ANSWER, CONSULTANT).text
    assert school.case().state is CaseState.WITH_STAFF


def test_a_held_answer_goes_out_once_it_is_confirmed(school: School) -> None:
    school.write("Оценка восстановлена.", HOLDER, answers=school.last(Kind.FORWARD))

    school.write("#ответить\nОценка восстановлена.", HOLDER, answers=school.last(Kind.STAFF_ANSWER))
    school.wait(minutes=6)

    assert "Оценка восстановлена." in school.last(Kind.RELAY).flat
    assert "#ответить" not in school.last(Kind.RELAY).text


@pytest.mark.parametrize("whom", [{"cc": OTHER}, {"to": f"{BOX}, zavuch@school.example.org"}, {"cc": MAMA}])
def test_a_reply_to_all_is_held(school: School, whom: dict[str, str]) -> None:
    answered(school, "Оценка восстановлена.", **whom)
    school.wait(hours=1)

    assert Kind.RELAY not in school.kinds()
    assert "другие получатели" in school.last(Kind.STAFF_ANSWER).flat


def test_another_pupils_name_in_an_answer_is_held(school: School) -> None:
    answered(school, "Оценка ученика Петрова Кирилла из 5Б восстановлена.")
    school.wait(hours=1)

    assert Kind.RELAY not in school.kinds()
    assert "другой ученик" in school.last(Kind.STAFF_ANSWER).flat


def test_even_an_express_answer_with_another_pupils_name_is_asked_about_once(school: School) -> None:
    answered(school, "#ответить\nОценка ученика Петрова Кирилла из 5Б восстановлена.")
    school.wait(hours=1)
    assert Kind.RELAY not in school.kinds()

    answered(school, "#ответить\nОценка ученика Петрова Кирилла из 5Б восстановлена, вашей дочери тоже.")
    school.wait(minutes=6)
    assert Kind.RELAY in school.kinds()


def test_the_cases_own_pupil_may_be_named(school: School) -> None:
    answered(school, "Оценка ученицы Соловьёвой Марии из 6Г восстановлена.")
    school.wait(minutes=6)

    assert Kind.RELAY in school.kinds()


def test_a_staff_address_in_an_answer_is_held(school: School) -> None:
    answered(school, "По этому вопросу пишите на zavuch@school.example.org, там помогут быстрее, чем я.")
    school.wait(hours=1)

    assert Kind.RELAY not in school.kinds()
    assert "рабочий адрес" in school.last(Kind.STAFF_ANSWER).flat


def test_nothing_above_the_marker_line_sends_nothing(school: School) -> None:
    answered(school, "")
    school.wait(hours=1)

    assert Kind.RELAY not in school.kinds()


def test_subjects_of_mail_to_staff_carry_no_names(school: School) -> None:
    school.wait(days=14)

    for sent in school.to(CONSULTANT):
        assert "Соловьёв" not in sent.subject
        assert "пропала оценка" not in sent.subject


def test_a_person_can_be_told_their_own_facts_and_nobody_elses() -> None:
    school = School()
    school.write(PROBLEM)
    school.write("Пропала тройка по химии.", f"Соседка <{OTHER}>")
    school.write("Кузнецов Олег, 7А", f"Соседка <{OTHER}>", answers=school.last(Kind.QUESTIONS))

    assert tells_nothing(school, OTHER)
    assert "Кузнецов" not in everything_to(school, MAMA)
