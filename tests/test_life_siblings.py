"""One letter about brothers and sisters in several classes: each class teacher learns of it, one has the case."""

from dataclasses import replace

import pytest

from mailbot.cases.case import CaseState, Kind
from mailbot.rulebook.types import Absence
from tests.life_school import CONSULTANT, DUTY, TEACHER_5B, School, above_marker, at, rules

MAMA = "mama@mail.example"
TEACHER_5A = "class-5a@school.example.org"
BOTH_ILL = "Мои дети Иванов Пётр (5А) и Иванова Мария (5Б) завтра в школу не придут, болеют."


@pytest.fixture
def school() -> School:
    return School()


def test_an_absence_of_two_children_reaches_both_class_teachers(school: School) -> None:
    school.write(BOTH_ILL)

    assert school.kinds(TEACHER_5A) == school.kinds(TEACHER_5B) == [Kind.FORWARD]
    assert school.kinds(DUTY) == []
    assert school.case().with_whom == TEACHER_5A
    assert "передано классным руководителям" in school.last(Kind.RECEIPT, MAMA).flat


def test_either_teacher_may_answer_and_then_nobody_is_reminded(school: School) -> None:
    school.write(BOTH_ILL)

    forward = school.last(Kind.FORWARD, TEACHER_5B)
    school.write(above_marker("Спасибо, выздоравливайте!", forward), TEACHER_5B, answers=forward)
    later = school.wait(days=14)

    assert school.case().state is CaseState.CLOSED
    assert [one.kind for one in later if one.recipient != MAMA] == []
    assert "выздоравливайте" in school.last(Kind.RELAY, MAMA).flat


def test_a_further_word_goes_to_both_teachers_too(school: School) -> None:
    school.write(BOTH_ILL)

    school.write("Иванов Пётр (5А) и Иванова Мария (5Б) не придут и в среду.", answers=school.last(Kind.RECEIPT))

    assert school.kinds(TEACHER_5A) == school.kinds(TEACHER_5B) == [Kind.FORWARD] * 2


def test_two_children_of_one_class_make_one_mail(school: School) -> None:
    school.write("Мои дети Иванов Пётр и Иванова Мария из 5Б завтра в школу не придут, болеют.")

    assert school.kinds(TEACHER_5B) == [Kind.FORWARD]
    assert school.kinds(TEACHER_5A) == school.kinds(DUTY) == []


def test_for_a_class_without_a_teacher_in_the_rules_the_desk_learns_of_it(school: School) -> None:
    school.write("Мои дети Иванов Пётр (7В) и Иванова Мария (5Б) завтра в школу не придут, болеют.")

    assert school.kinds(DUTY) == school.kinds(TEACHER_5B) == [Kind.FORWARD]


def test_for_a_teacher_who_is_away_the_desk_learns_of_it() -> None:
    book = rules()
    away = Absence(address=TEACHER_5B, first=at(16, 0).date(), last=at(20, 0).date())
    school = School(replace(book, school=replace(book.school, absences=(away,))))

    school.write(BOTH_ILL)

    assert school.kinds(TEACHER_5A) == school.kinds(DUTY) == [Kind.FORWARD]
    assert school.kinds(TEACHER_5B) == []


def test_a_letter_that_is_no_notice_of_absence_goes_to_no_teacher(school: School) -> None:
    school.write("У Иванова Петра (5А) и Ивановой Марии (5Б) пропали пятёрки по математике за контрольную 12 ноября.")

    assert school.kinds(TEACHER_5A) == school.kinds(TEACHER_5B) == []
    assert school.kinds(CONSULTANT) == [Kind.FORWARD]
