"""Danger and leaks, complaints, insults, outages in waves, requests to be taught."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.cases.case import CaseState, Kind
from mailbot.rulebook.ids import Route, Topic
from mailbot.rulebook.types import Absence, Person
from tests.life_school import (
    BULLYING,
    CONSULTANT,
    DEPUTY,
    DIRECTOR,
    OUTAGES,
    SUPERVISOR,
    School,
    above_marker,
    at,
    rules,
)

MAMA = "mama@mail.example"


def test_danger_reaches_the_director_at_once_and_the_writer_gets_only_the_neutral_receipt() -> None:
    school = School(now=at(21, 23))  # a Saturday night

    school.write(BULLYING, subject="сына бьют")

    urgent, receipt = school.last(Kind.URGENT), school.last(Kind.RECEIPT)
    assert (urgent.recipient, urgent.at) == (DIRECTOR, at(21, 23))
    assert urgent.message["Importance"] == "high"
    assert receipt.subject == "Ваше обращение зарегистрировано [№ 2026-00001]"
    for told in ("бьют", "Иванов", "директор", "срочн"):
        assert told not in receipt.text + receipt.subject
    assert "112" in receipt.text


def test_urgent_mail_is_repeated_day_and_night_until_a_person_answers() -> None:
    school = School(now=at(21, 23))
    school.write(BULLYING)

    sent = school.wait(hours=2)
    assert [one.at for one in sent if one.recipient == DIRECTOR] == [
        at(21, 23) + timedelta(minutes=30 * n) for n in (1, 2, 3, 4)
    ]
    assert {one.recipient for one in sent} == {DIRECTOR, DEPUTY}
    assert "не хочет жить" in sent[0].flat

    urgent = school.last(Kind.URGENT, DEPUTY)
    school.write(above_marker("#внутри\nЗвоню родителям.", urgent), DEPUTY, answers=urgent)
    assert school.wait(days=30) == []


def test_without_the_director_the_deputy_gets_the_urgent_mail() -> None:
    book = rules()
    away = Absence(address=DIRECTOR, first=at(16, 0).date(), last=at(20, 0).date())
    school = School(replace(book, school=replace(book.school, absences=(away,))))

    school.write(BULLYING)

    assert school.last(Kind.URGENT).recipient == DEPUTY


def test_in_the_danger_lane_nothing_goes_to_the_writer_but_what_follows_an_express_command() -> None:
    school = School()
    school.write(BULLYING)
    urgent = school.last(Kind.URGENT)

    school.write(above_marker("Завтра в 9:00 жду Вас у себя.", urgent), DIRECTOR, answers=urgent)
    school.wait(hours=1)
    assert Kind.RELAY not in school.kinds()

    told = school.last(Kind.STAFF_ANSWER, DIRECTOR)
    school.write("#ответить\nЗавтра в 9:00 жду Вас у себя.", DIRECTOR, answers=told)
    school.wait(minutes=6)
    assert "жду Вас у себя" in school.last(Kind.RELAY).flat
    assert "бьют" not in school.last(Kind.RELAY).subject


def test_danger_told_in_an_old_thread_is_acknowledged_like_any_letter() -> None:
    school = School()
    school.write("Пропала пятёрка по математике")

    school.write("Сына избили в школе одноклассники, он в больнице.", answers=school.last(Kind.QUESTIONS))

    assert school.kinds() == [Kind.QUESTIONS, Kind.RECEIPT, Kind.URGENT]
    assert [one.kind for one in school.wait(days=10) if one.recipient == MAMA] == []


def test_a_further_letter_about_danger_stays_with_the_director_and_asks_nothing() -> None:
    school = School()
    school.write(BULLYING)
    school.wait(hours=1)

    school.write("Сегодня опять порвали ему куртку.", answers=school.last(Kind.RECEIPT))

    assert school.case().state is CaseState.WITH_STAFF
    assert school.last(Kind.URGENT).recipient == DIRECTOR
    assert school.kinds(MAMA) == [Kind.RECEIPT]


def test_a_receipt_of_danger_reads_like_any_receipt_but_for_the_number() -> None:
    danger, plain = School(), School()
    danger.write(BULLYING)
    plain.write("Прошу оформить справку об обучении для соцзащиты.")

    one, other = danger.last(Kind.RECEIPT), plain.last(Kind.RECEIPT)
    assert one.subject == other.subject
    assert "зарегистрировано под номером 2026-00001" in one.flat
    assert "зарегистрировано под номером 2026-00001" in other.flat


def test_a_complaint_goes_to_the_supervisor() -> None:
    school = School()

    school.write("Жалоба на учителя: грубит родителям и не отвечает на вопросы.")

    assert school.last(Kind.FORWARD).recipient == SUPERVISOR
    assert school.kinds(MAMA) == [Kind.RECEIPT]


def test_a_complaint_about_the_supervisor_goes_past_them_and_stays_past_them() -> None:
    school = School()

    school.write("Жалоба на завуча: нагрубила мне по телефону и бросила трубку.")
    school.wait(days=20)

    assert SUPERVISOR not in {sent.recipient for sent in school.out}
    assert school.last(Kind.FORWARD).recipient == DIRECTOR


def test_a_complaint_that_names_a_specialist_never_goes_to_that_specialist() -> None:
    book = rules()
    desk = book.school.desks[Route.SUPERVISOR]
    petrova = Person(name="Петрова Елена Ивановна", address="petrova@school.example.org", place=desk.people[0].place)
    desks = {**book.school.desks, Route.SUPERVISOR: replace(desk, people=(petrova, *desk.people))}
    school = School(replace(book, school=replace(book.school, desks=desks)))

    school.write("Жалоба на Петрову Е. И.: она грубо разговаривала со мной и выгнала из кабинета.")

    assert petrova.address not in {sent.recipient for sent in school.out}
    assert school.case().not_to == (petrova.address,)


def test_a_case_may_not_be_passed_to_the_person_it_complains_of() -> None:
    school = School()
    school.write("Жалоба на завуча: нагрубила мне по телефону и бросила трубку.")
    forward = school.last(Kind.FORWARD)

    school.write(above_marker(f"#переслать {SUPERVISOR}", forward), DIRECTOR, answers=forward)

    assert SUPERVISOR not in {sent.recipient for sent in school.out}
    assert "передать нельзя" in school.last(Kind.STAFF_ANSWER).flat


def test_an_insult_gets_a_civil_notice_and_the_supervisor_a_copy() -> None:
    school = School()

    school.write("Вы идиоты и твари, верните оценку моей дочери!")

    assert school.kinds() == [Kind.NOTICE, Kind.FORWARD]
    assert school.last(Kind.FORWARD).recipient == SUPERVISOR
    assert school.case().state is CaseState.REFUSED


# --- outages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def wave() -> School:
    """Seven families write about one outage within minutes; five make a wave."""
    school = School(rules("tyukalinsk-dnevnik"))
    for number, words in enumerate(OUTAGES):
        school.write(words, f"Родитель <family{number}@mail.example>", subject="не работает")
        school.wait(minutes=3)
    return school


def test_one_outage_is_answered_with_the_vendors_contacts() -> None:
    school = School(rules("tyukalinsk-dnevnik"))

    school.write(OUTAGES[0])

    assert school.kinds() == [Kind.VENDOR]
    assert "8 (812) 490-70-33" in school.last(Kind.VENDOR).text
    assert school.case().state is CaseState.ANSWERED


def test_whom_the_vendor_did_not_help_gets_a_person_as_promised() -> None:
    school = School(rules("tyukalinsk-dnevnik"))
    school.write(OUTAGES[0])

    school.write("Поддержка не отвечает, всё равно не работает", answers=school.last(Kind.VENDOR))

    assert school.kinds() == [Kind.VENDOR, Kind.RECEIPT, Kind.FORWARD]
    assert school.last(Kind.FORWARD).recipient == CONSULTANT


def test_an_outage_reaches_a_person_where_the_regulation_names_no_vendor() -> None:
    school = School(rules("osh-dnevnik"))

    school.write(OUTAGES[0])

    assert school.kinds(CONSULTANT) == [Kind.FORWARD]


def test_a_wave_is_one_alarm_with_a_draft_and_each_writer_is_told_that_it_is_known(wave: School) -> None:
    kinds = [wave.kinds(f"family{number}@mail.example") for number in range(7)]

    assert kinds == [[Kind.VENDOR]] * 4 + [[Kind.KNOWN_OUTAGE]] * 3
    assert wave.kinds(CONSULTANT) == [Kind.OUTAGE_DRAFT]


def test_the_draft_of_a_wave_carries_no_personal_data(wave: School) -> None:
    draft = wave.last(Kind.OUTAGE_DRAFT)
    assert "с 16 ноября в 10:00" in draft.flat
    assert "первое письмо пришло 16 ноября в 10:00" in wave.last(Kind.KNOWN_OUTAGE).flat

    assert "family" not in draft.text
    assert "Родитель" not in draft.text


def test_in_a_wave_nobody_is_asked_for_the_error_text(wave: School) -> None:
    wave.write("Дневник не открывается с самого утра!", "Папа <papa@mail.example>")

    assert wave.kinds("papa@mail.example") == [Kind.KNOWN_OUTAGE]


def test_a_lone_letter_the_next_day_is_no_wave(wave: School) -> None:
    wave.wait(days=1)

    wave.write(OUTAGES[0], "Папа <papa@mail.example>")

    assert wave.kinds("papa@mail.example") == [Kind.VENDOR]


# --- training --------------------------------------------------------------------------------------------------------

NEWCOMER = "Смирнова Ирина <smirnova@school.example.org>"
TEACH_ME = "Здравствуйте! Прошу провести для меня обучение работе с электронным журналом, я новый учитель."


@pytest.mark.parametrize(
    ("regulation", "until"),
    [("kansk-eljur", "19 ноября"), ("lindovo-ais", "23 ноября")],
)
def test_the_term_of_teaching_runs_from_the_day_of_taking_office(regulation: str, until: str) -> None:
    school = School(rules(regulation))

    school.write(f"{TEACH_ME} В должность вступила 16.11.2026.", NEWCOMER)

    assert school.case().topics == (Topic.TRAINING,)
    assert until in school.last(Kind.TRAINING_TERM).flat
    assert school.case().answer_by is not None


def test_a_request_without_the_day_is_asked_for_it_and_the_answer_sets_the_term() -> None:
    school = School(rules("kansk-eljur"))
    school.write(TEACH_ME, NEWCOMER)
    asked = school.last(Kind.TRAINING_TERM)
    assert "с какого дня Вы работаете" in asked.flat

    school.wait(hours=1)
    school.write("С 16 ноября.", NEWCOMER, answers=asked)

    assert "19 ноября" in school.last(Kind.TRAINING_TERM).flat
    assert school.case().answer_by == at(19, 17)


def test_no_term_is_invented_where_the_document_has_none() -> None:
    school = School(rules("osh-dnevnik"))

    school.write(f"{TEACH_ME} В должность вступила 16.11.2026.", NEWCOMER)

    assert Kind.TRAINING_TERM not in school.kinds()
    assert school.kinds(CONSULTANT) == [Kind.FORWARD]
