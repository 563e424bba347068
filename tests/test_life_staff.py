from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.cases.case import CaseState, Kind
from mailbot.cases.commands import Command, order_in
from mailbot.rulebook.ids import Route, Topic
from mailbot.rulebook.types import Absence
from tests.life_school import (
    BOX,
    CONSULTANT,
    DIRECTOR,
    OFFICE,
    SUPERVISOR,
    School,
    above_marker,
    at,
    rules,
)

MAMA = "mama@mail.example"
PROBLEM = "Здравствуйте! У Ивановой Марии из 5Б пропала пятёрка по математике за контрольную."
HOLDER = f"Сидорова Анна <{CONSULTANT}>"


@pytest.fixture
def school() -> School:
    """A case is with the consultant."""
    school = School()
    school.write(PROBLEM, subject="пропала оценка")
    return school


def answered(school: School, words: str, sender: str = HOLDER, **more: str) -> None:
    """The consultant answers our forward as mail programs do."""
    forward = school.last(Kind.FORWARD)
    school.write(above_marker(words, forward), sender, answers=forward, **more)


def test_the_answer_goes_to_the_writer_after_the_hold_and_the_case_closes(school: School) -> None:
    answered(school, "Оценка восстановлена, проверьте, пожалуйста.")
    assert Kind.RELAY not in school.kinds()

    school.wait(minutes=5)

    relay = school.last(Kind.RELAY)
    assert relay.recipient == MAMA
    assert "Оценка восстановлена, проверьте, пожалуйста." in relay.flat
    assert school.case().state is CaseState.CLOSED
    assert school.case().dues == ()


def test_the_colleague_is_told_when_the_answer_leaves_and_how_to_stop_it(school: School) -> None:
    answered(school, "Оценка восстановлена.")

    told = school.last(Kind.STAFF_ANSWER, CONSULTANT)
    assert "10:05" in told.text
    assert "#стоп" in told.text


def test_stop_within_the_hold_means_that_nothing_leaves(school: School) -> None:
    answered(school, "Оценка восстановлена.")
    school.wait(minutes=4)

    school.write("#стоп", HOLDER, answers=school.last(Kind.STAFF_ANSWER))
    school.wait(hours=1)

    assert Kind.RELAY not in school.kinds()
    assert school.case().state is CaseState.WITH_STAFF
    assert school.case().dues


def test_stop_after_the_hold_says_that_it_is_too_late(school: School) -> None:
    answered(school, "Оценка восстановлена.")
    school.wait(minutes=6)

    school.write("#стоп", HOLDER, answers=school.last(Kind.STAFF_ANSWER))

    assert "Останавливать нечего" in school.last(Kind.STAFF_ANSWER).flat
    assert school.case().state is CaseState.CLOSED


def test_the_writers_answer_to_a_colleagues_answer_goes_to_that_colleague(school: School) -> None:
    answered(school, "Оценка восстановлена.")
    school.wait(minutes=6)

    school.write("Оценки всё ещё нет, посмотрите ещё раз.", answers=school.last(Kind.RELAY))

    assert school.case().state is CaseState.WITH_STAFF
    assert school.case().with_whom == CONSULTANT
    assert school.kinds(CONSULTANT)[-1] is Kind.FORWARD


def test_thanks_after_an_answer_wake_nobody(school: School) -> None:
    answered(school, "Оценка восстановлена.")
    school.wait(minutes=6)
    before = len(school.out)

    school.write("Спасибо большое!", answers=school.last(Kind.RELAY))

    assert len(school.out) == before
    assert school.case().state is CaseState.CLOSED


def test_a_second_answer_of_the_same_person_is_relayed_too(school: School) -> None:
    answered(school, "Оценка восстановлена.")
    school.wait(hours=1)

    answered(school, "Уточню: она стоит за 13 ноября.")
    school.wait(minutes=6)

    assert school.kinds(MAMA).count(Kind.RELAY) == 2


# --- commands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "command", "argument"),
    [
        ("#закрыть", Command.CLOSE, ""),
        ("#Закрыть.", Command.CLOSE, ""),
        ("# закрыть", Command.CLOSE, ""),
        ("#не могу", Command.CANNOT, ""),
        ("#НеМогу", Command.CANNOT, ""),
        ("#не_могу помочь", Command.CANNOT, "помочь"),
        ("#переслать завуч", Command.FORWARD, "завуч"),
        ("#переслать: office@school.example.org", Command.FORWARD, "office@school.example.org"),
        ("#тема Посещаемость", Command.TOPIC, "Посещаемость"),
        ("#срок 25.11", Command.TERM, "25.11"),
        ("*#стоп*", Command.STOP, ""),
        ("#закрытьвсё", None, ""),
        ("#привет", None, ""),
    ],
)
def test_commands_are_heard_as_people_type_them(line: str, command: Command | None, argument: str) -> None:
    order = order_in(f"\n{line}\nостальное")
    assert order is not None
    assert (order.command, order.argument if command else "") == (command, argument)


def test_a_line_without_the_sign_is_no_command() -> None:
    assert order_in("закрыть") is None
    assert order_in("Номер телефона #5") is None


def test_close_closes_without_a_word_to_the_writer(school: School) -> None:
    before = school.kinds(MAMA)

    answered(school, "#закрыть\nРешили по телефону")
    school.wait(days=20)

    assert school.case().state is CaseState.CLOSED
    assert school.kinds(MAMA) == before
    assert "закрыто" in school.last(Kind.STAFF_ANSWER).flat


def test_give_back_reopens(school: School) -> None:
    answered(school, "#закрыть")

    school.write("#вернуть", HOLDER, answers=school.last(Kind.STAFF_ANSWER))

    assert school.case().state is CaseState.WITH_STAFF
    assert school.case().dues


def test_inner_notes_never_leave(school: School) -> None:
    answered(school, "#внутри\nмама конфликтная, осторожнее")
    school.wait(days=1)

    assert all("конфликтная" not in sent.text for sent in school.to(MAMA))
    assert school.case().state is CaseState.WITH_STAFF


@pytest.mark.parametrize(
    ("whom", "address"),
    [
        ("office@school.example.org", OFFICE),
        ("завуч", SUPERVISOR),
        ("директору", DIRECTOR),
        ("в канцелярию", OFFICE),
        ("newcomer@school.example.org", "newcomer@school.example.org"),
    ],
)
def test_passing_on_reaches_the_colleague_and_their_word_counts(school: School, whom: str, address: str) -> None:
    answered(school, f"#переслать {whom}")

    assert school.last(Kind.FORWARD).recipient == address
    assert "пропала пятёрка" in school.last(Kind.FORWARD).flat
    answered(school, "Оценка восстановлена.", sender=address)
    school.wait(minutes=6)
    assert school.kinds(MAMA)[-1] is Kind.RELAY


@pytest.mark.parametrize("whom", ["petrova@yandex.example", "кому-нибудь", "", BOX])
def test_nobody_outside_the_school_gets_a_case(school: School, whom: str) -> None:
    before = school.kinds().count(Kind.FORWARD)

    answered(school, f"#переслать {whom}")

    assert school.kinds().count(Kind.FORWARD) == before
    assert "Кому переслать?" in school.last(Kind.STAFF_ANSWER).flat


def test_cannot_is_the_emergency_of_the_regulation() -> None:
    school = School(rules("tyukalinsk-dnevnik"))
    school.write(PROBLEM)

    answered(school, "#не могу")

    vendor = school.last(Kind.VENDOR)
    assert vendor.recipient == MAMA
    assert "8 (812) 490-70-33" in vendor.text
    assert "team@company.dnevnik.ru" not in {sent.recipient for sent in school.out}


def test_cannot_passes_the_case_up_where_the_regulation_names_no_vendor(school: School) -> None:
    answered(school, "#не могу")

    assert school.last(Kind.FORWARD).recipient == SUPERVISOR
    assert Kind.VENDOR not in school.kinds()


def test_refusing_sends_the_ready_text_with_its_clause_after_the_hold() -> None:
    school = School(rules("kansk-eljur"))
    school.write("Здравствуйте! В дневнике пропала пятёрка по математике за контрольную.")
    school.wait(days=14)

    answered(school, "#отказать")
    school.wait(minutes=6)

    refusal = school.last(Kind.REFUSAL)
    assert refusal.recipient == MAMA
    assert "вправе отклонить такое обращение: не хватает сведений" in refusal.flat
    assert school.case().state is CaseState.REFUSED


def test_refusing_without_a_clause_needs_words_of_ones_own(school: School) -> None:
    answered(school, "#отказать")
    assert Kind.REFUSAL not in school.kinds()
    assert "Напишите причину" in school.last(Kind.STAFF_ANSWER).flat

    answered(school, "#отказать\nКлассный журнал за прошлый год уже сдан в архив.")
    school.wait(minutes=6)
    assert "сдан в архив" in school.last(Kind.REFUSAL).flat


def test_the_topic_is_corrected_and_the_case_moves_if_it_is_other_peoples_work(school: School) -> None:
    answered(school, "#тема прочее")

    assert school.case().topics == (Topic.OTHER,)
    assert school.last(Kind.FORWARD).recipient == OFFICE
    assert school.case().route is Route.OFFICE


def test_an_unknown_topic_is_answered_with_the_known_ones(school: School) -> None:
    answered(school, "#тема погода")

    assert school.case().topics == (Topic.GRADES,)
    assert "Успеваемость" in school.last(Kind.STAFF_ANSWER).flat


def test_a_term_moves_the_reminder_and_the_supervisor(school: School) -> None:
    answered(school, "#срок 1 декабря")

    assert school.case().answer_by == at(1, 17, month=12)
    assert [one.kind for one in school.wait_until(at(30, 9))] == []
    assert [one.recipient for one in school.wait_until(at(3, 9, month=12))] == [CONSULTANT, SUPERVISOR]


@pytest.mark.parametrize("term", ["", "вчера", "01.09.2026", "когда-нибудь", "31.12.2027"])
def test_an_impossible_term_changes_nothing(school: School, term: str) -> None:
    before = school.case().dues

    answered(school, f"#срок {term}")

    assert school.case().dues == before


def test_help_and_unknown_commands_list_all_commands(school: School) -> None:
    for words in ("#помощь", "#абракадабра"):
        answered(school, words)
        assert "#закрыть" in school.last(Kind.STAFF_ANSWER).text
    assert school.case().state is CaseState.WITH_STAFF


# --- whose word counts -----------------------------------------------------------------------------------------------


def test_a_stand_in_of_the_same_desk_may_answer(school: School) -> None:
    answered(school, "Оценка восстановлена.", sender=SUPERVISOR)
    school.wait(minutes=6)

    assert school.kinds(MAMA)[-1] is Kind.RELAY


@pytest.mark.parametrize(
    ("sender", "proof"),
    [
        (CONSULTANT, "fail"),
        (CONSULTANT, ""),
        (OFFICE, "pass"),
        ("journal@evil.example", "pass"),
        ("papa@mail.example", "pass"),
    ],
)
def test_a_word_in_staffs_name_that_does_not_count_does_nothing_and_is_told_to_the_roster(
    school: School, sender: str, proof: str
) -> None:
    before = school.case()

    answered(school, "#закрыть", sender=sender, proof=proof)
    school.wait(minutes=10)

    assert school.case().state is before.state
    assert school.case().dues == before.dues
    assert list(school.ledger.cases) == [before.number]
    note = school.out[-1]
    assert (note.kind, note.recipient) == (Kind.STAFF_NOTE, SUPERVISOR)
    assert note.message["In-Reply-To"] is None
    assert school.kinds(sender if sender != CONSULTANT else MAMA)[1:] == []


def test_a_colleague_who_wrote_through_the_schools_own_server_is_believed_without_further_proof(
    school: School,
) -> None:
    forward = school.last(Kind.FORWARD)
    raw = school.letter(above_marker("Оценка восстановлена, проверьте.", forward), HOLDER, answers=forward, proof="")
    taken = b"Received: from [10.0.0.7] (pc7 [10.0.0.7]) by mx.school.example.org with ESMTPSA; x"
    head, _, rest = raw.partition(b"Received: ")
    school.get(head + taken + b"\r\n" + rest.partition(b"\r\n")[2])
    school.wait(minutes=6)

    assert school.kinds(MAMA)[-1] is Kind.RELAY


def test_a_flood_of_false_words_is_one_note_a_day(school: School) -> None:
    for number in range(5):
        answered(school, f"#закрыть {number}", sender="journal@evil.example")

    assert school.kinds(SUPERVISOR) == [Kind.STAFF_NOTE]


def test_an_out_of_office_answer_of_staff_is_not_a_word(school: School) -> None:
    before = school.kinds()

    answered(school, "Я в отпуске до 1 декабря.", headers="Auto-Submitted: auto-replied")
    answered(school, "Добрый день! Меня нет на месте до 1 декабря, отвечу по возвращении. Это автоматический ответ.")
    school.wait(minutes=10)

    assert Kind.RELAY not in school.kinds()
    assert school.kinds(MAMA) == [kind for kind in before if kind is Kind.RECEIPT]
    assert school.case().state is CaseState.WITH_STAFF


def test_a_responder_of_staff_without_marks_is_heard_once_at_most(school: School) -> None:
    forward = school.last(Kind.FORWARD)
    for _ in range(6):
        school.write("Здравствуйте, обязательно посмотрю ваше сообщение позже.", HOLDER, answers=forward)
        school.wait(hours=12)

    assert school.kinds(CONSULTANT).count(Kind.STAFF_ANSWER) == 1
    assert Kind.RELAY not in school.kinds()


def test_while_somebody_is_away_the_stand_in_gets_the_case() -> None:
    book = rules()
    away = Absence(address=CONSULTANT, first=at(16, 0).date(), last=at(20, 0).date())
    school = School(replace(book, school=replace(book.school, absences=(away,))))

    school.write(PROBLEM)

    assert school.last(Kind.FORWARD).recipient == SUPERVISOR


def test_a_person_who_answers_in_their_own_mail_program_ends_what_is_automatic(school: School) -> None:
    school.write("Здравствуйте! Оценка восстановлена.", BOX, to=MAMA, headers="In-Reply-To: <letter-1@mail.example>")

    assert school.case().state is CaseState.CLOSED
    assert school.wait(days=20) == []


def test_staff_silent_reminder_then_supervisor_then_director(school: School) -> None:
    sent = school.wait(days=14)

    assert [(one.kind, one.recipient, one.at) for one in sent] == [
        (Kind.STAFF_REMINDER, CONSULTANT, at(18, 10)),
        (Kind.STAFF_REMINDER, SUPERVISOR, at(20, 10)),
        (Kind.STAFF_REMINDER, DIRECTOR, at(24, 10)),
    ]


def test_the_supervisor_who_was_told_may_answer(school: School) -> None:
    school.wait_until(at(20, 11))
    reminder = school.last(Kind.STAFF_REMINDER, SUPERVISOR)

    school.write(above_marker("Оценка восстановлена.", reminder), SUPERVISOR, answers=reminder)
    school.wait(minutes=6)

    assert school.kinds(MAMA)[-1] is Kind.RELAY
    assert school.wait(days=20) == []


def test_silence_through_the_chain_is_the_emergency_where_there_is_a_vendor() -> None:
    school = School(rules("tyukalinsk-dnevnik"), now=at(16, 10))
    school.write(PROBLEM)

    sent = school.wait(days=14)

    assert [one.kind for one in sent if one.recipient == MAMA] == [Kind.VENDOR]
    assert school.last(Kind.STAFF_REMINDER).recipient == DIRECTOR
    assert school.wait(days=30) == []


def test_deadlines_of_staff_skip_the_november_holiday() -> None:
    school = School(now=at(2, 12))
    school.write(PROBLEM)

    sent = school.wait_until(at(5, 12))

    assert [(one.recipient, one.at) for one in sent] == [(CONSULTANT, at(5, 12))]  # the 4th is a holiday
    assert school.case().answer_by == at(6, 12)


def test_mail_of_a_relay_waits_exactly_for_the_hold(school: School) -> None:
    answered(school, "Оценка восстановлена.")
    begun = school.now

    school.wait(hours=1)

    assert school.last(Kind.RELAY).at - begun == timedelta(minutes=school.book.lifecycle.relay_hold_minutes)
