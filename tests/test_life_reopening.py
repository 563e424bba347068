"""Any new word of the writer's reopens; desks outside the school learn the number only."""

from dataclasses import replace

from mailbot.cases.case import CaseState, Kind
from mailbot.cases.orders import closed_by_order, reopened_by_order
from mailbot.rulebook.ids import Flag, Intent, Route, Topic
from tests.life_school import CONSULTANT, DIRECTOR, SUPERVISOR, School, above_marker, rules

MAMA = "mama@mail.example"
LOST_MARK = "Здравствуйте! В дневнике пропала пятёрка по математике за контрольную."
PROBLEM = "Здравствуйте! У Соловьёвой Марии из 6Г пропала пятёрка по физике за лабораторную."
HOLDER = f"Сидорова Анна <{CONSULTANT}>"


def test_a_refused_case_reopens_with_the_missing_facts() -> None:
    school = School(rules("kansk-eljur"))
    school.write(LOST_MARK)
    school.wait(days=14)
    forward = school.last(Kind.FORWARD)
    school.write(above_marker("#отказать", forward), HOLDER, answers=forward)
    school.wait(minutes=6)

    school.write("Иванова Мария, 5Б", answers=school.last(Kind.REFUSAL))

    assert school.case().number == "2026-00001"
    assert school.case().state is CaseState.WITH_STAFF
    assert school.case().missing == ()
    assert school.last(Kind.FORWARD).at == school.now


def test_a_closed_case_reopens_with_a_further_question_about_the_same() -> None:
    school = School()
    school.write(PROBLEM)
    forward = school.last(Kind.FORWARD)
    school.write(above_marker("#закрыть", forward), HOLDER, answers=forward)
    school.wait(days=3)

    school.write("Оценка по физике опять пропала, проверьте, пожалуйста.", answers=school.last(Kind.RECEIPT))

    assert school.case().number == "2026-00001"
    assert school.case().state is not CaseState.CLOSED


def test_the_admin_closes_for_good_and_reopens_with_terms() -> None:
    school = School()
    school.write(PROBLEM)

    closed = closed_by_order(school.case(), school.now)
    assert (closed.state, closed.dues, closed.answer_by) == (CaseState.CLOSED, (), None)

    opened = reopened_by_order(closed, school.book, school.now)
    assert opened.state is CaseState.WITH_STAFF
    assert opened.dues
    assert opened.answer_by


def test_a_desk_outside_the_school_learns_the_number_only_for_ever() -> None:
    book = rules()
    desk = book.school.desks[Route.CONSULTANT]
    outside = replace(desk.people[0], address="journal@vendor.example")
    desks = {**book.school.desks, Route.CONSULTANT: replace(desk, people=(outside,), number_only=True)}
    school = School(replace(book, school=replace(book.school, desks=desks)))

    school.write(PROBLEM)
    school.wait(days=3)

    told = school.to("journal@vendor.example")
    assert [sent.kind for sent in told] == [Kind.FORWARD, Kind.STAFF_REMINDER]
    for sent in told:
        for secret in ("Соловьёв", "физик", "6Г", "Рябинина"):
            assert secret not in sent.text
        assert len(list(sent.message.iter_attachments())) == 0


def test_leaked_data_are_the_directors_like_danger() -> None:
    school = School()

    school.write("Вижу данные чужого ребёнка: в моём личном кабинете открывается другая семья.")

    assert Flag.LEAK in school.case().flags
    assert school.kinds() == [Kind.RECEIPT, Kind.URGENT]
    assert school.last(Kind.URGENT).recipient == DIRECTOR


def test_both_matters_of_one_letter_are_asked_for_together_and_kept_apart() -> None:
    school = School()
    school.write(
        "Здравствуйте! В дневнике пропала пятёрка по математике. И ещё: как восстановить пароль от дневника для мужа?"
    )
    case = school.case()
    if len(case.topics) < 2:  # understood as one matter: nothing to keep apart
        return
    assert set(case.topics) == {Topic.GRADES, Topic.ACCESS}
    assert dict(zip(case.topics, case.intents, strict=True))[Topic.ACCESS] is Intent.HOWTO

    school.write("Иванова Мария, 5Б", answers=school.last(Kind.QUESTIONS))

    assert school.case().missing == ()
    assert school.case().state is CaseState.WITH_STAFF


def test_nobody_is_told_twice_where_one_person_holds_every_post() -> None:
    book = rules()
    only = book.school.desks[Route.SUPERVISOR].people[:1]
    desks = {route: replace(desk, people=only) for route, desk in book.school.desks.items()}
    school = School(replace(book, school=replace(book.school, desks=desks)))
    school.write(PROBLEM)

    school.wait(days=14)

    ids = [sent.message_id for sent in school.out]
    assert len(ids) == len(set(ids))
    assert {sent.recipient for sent in school.out} <= {MAMA, SUPERVISOR, book.school.director_absent.address}
