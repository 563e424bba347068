import json
from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.casebook.rows import ROWS, CaseChanged
from mailbot.cases.case import CaseState, Kind
from mailbot.rulebook.ids import Route, Slot, Topic
from mailbot.rulebook.types import OnExpired
from tests.life_school import CONSULTANT, DUTY, TEACHER_5B, School, at, rules

MAMA = "mama@mail.example"
LOST_MARK = "Здравствуйте! В дневнике пропала пятёрка по математике за контрольную, а была."


@pytest.fixture
def school() -> School:
    return School()


def test_only_what_is_missing_is_asked_for(school: School) -> None:
    school.write(LOST_MARK)

    assert school.kinds() == [Kind.QUESTIONS]
    assert school.case().state is CaseState.WAITING
    assert school.case().missing == (Slot.STUDENT, Slot.CLASS)
    assert "предмет: математика" in school.last(Kind.QUESTIONS).text


def test_bare_facts_are_the_answer_to_our_questions(school: School) -> None:
    school.write(LOST_MARK)

    school.write("Иванова Мария, 5Б", answers=school.last(Kind.QUESTIONS))

    case = school.case()
    assert (case.number, case.state, case.topics) == ("2026-00001", CaseState.WITH_STAFF, (Topic.GRADES,))
    assert {fact.slot: fact.value for fact in case.facts} == {
        Slot.STUDENT: "Иванова Мария",
        Slot.CLASS: "5Б",
        Slot.SUBJECT: "математика",
    }
    assert school.kinds() == [Kind.QUESTIONS, Kind.RECEIPT, Kind.FORWARD]


def test_whoever_gets_the_case_reads_the_question_and_not_only_the_last_answer(school: School) -> None:
    school.write(LOST_MARK)

    school.write("Иванова Мария, 5Б", answers=school.last(Kind.QUESTIONS))

    assert "за контрольную" in school.last(Kind.FORWARD, CONSULTANT).text


def test_our_own_example_quoted_below_is_not_news(school: School) -> None:
    school.write(LOST_MARK)
    ours = school.last(Kind.QUESTIONS)

    school.write("Не понимаю, что вам ещё нужно.\n\n> " + ours.text.replace("\n", "\n> "), answers=ours)

    assert school.case().missing == (Slot.STUDENT, Slot.CLASS)
    assert school.case().fruitless == 1


def test_the_next_round_asks_only_for_what_is_still_missing(school: School) -> None:
    school.write(LOST_MARK)

    school.write("Иванова Мария", answers=school.last(Kind.QUESTIONS))

    assert school.case().missing == (Slot.CLASS,)
    assert school.case().round == 2
    assert "класс" in school.last(Kind.QUESTIONS).text


def test_facts_sent_as_a_letter_of_their_own_are_the_answer_too(school: School) -> None:
    school.write(LOST_MARK)
    school.wait(hours=3)

    school.write("Иванова Мария, 5Б", subject="класс")

    assert list(school.ledger.cases) == ["2026-00001"]
    assert school.case().state is CaseState.WITH_STAFF


def test_a_silent_writer_is_reminded_once_in_working_time_and_then_a_person_takes_over(school: School) -> None:
    school.write(LOST_MARK)

    sent = school.wait_until(at(23, 10))

    assert [(one.kind, one.recipient, one.at) for one in sent] == [
        (Kind.REMINDER, MAMA, at(19, 10)),
        (Kind.HANDED_OVER, MAMA, at(23, 10)),
        (Kind.FORWARD, CONSULTANT, at(23, 10)),
    ]
    assert "ответственному за электронный журнал" in school.last(Kind.HANDED_OVER).text


def test_over_the_new_year_nobody_is_reminded_on_a_holiday() -> None:
    school = School(now=at(29, 16, month=12))
    school.write(LOST_MARK)

    sent = school.wait(days=40)

    reminder, handed = (next(one.at for one in sent if one.kind is kind) for kind in (Kind.REMINDER, Kind.HANDED_OVER))
    assert reminder == at(12, 16, month=1, year=2027)
    assert handed == at(14, 16, month=1, year=2027)


def test_a_program_that_stood_still_reminds_nobody_at_night_and_skips_the_stale_reminder(school: School) -> None:
    school.write(LOST_MARK)
    case = school.case()
    school.ledger.cases[case.number] = replace(case, dues=())
    school.wait_until(at(28, 2))  # a Saturday night
    school.ledger.cases[case.number] = replace(school.case(), dues=case.dues)

    sent = school.wait_until(at(30, 9))

    assert [(one.kind, one.at) for one in sent] == [
        (Kind.HANDED_OVER, at(30, 9)),
        (Kind.FORWARD, at(30, 9)),
    ]


def test_the_hand_over_cites_the_clause_and_offers_a_ready_refusal_where_the_regulation_has_one() -> None:
    school = School(rules("kansk-eljur"))
    school.write(LOST_MARK)

    school.wait(days=14)

    forward = school.last(Kind.FORWARD)
    assert "Рябинина Ольга <mama@mail.example>" in forward.flat
    assert "ГОТОВЫЙ ТЕКСТ ОТКАЗА" in forward.text
    assert "вправе отклонить" in forward.text


def test_a_school_with_a_clause_of_its_own_may_refuse_instead() -> None:
    book = rules()
    clause = next(iter(book.regulation.clauses))
    life = replace(book.lifecycle, on_expired=OnExpired.REFUSE, on_expired_clause=clause)
    school = School(replace(book, lifecycle=life))
    school.write(LOST_MARK)

    school.wait(days=10)

    assert school.kinds() == [Kind.QUESTIONS, Kind.REMINDER, Kind.REFUSAL]
    assert school.case().state is CaseState.REFUSED


def test_a_late_reply_reopens_the_case(school: School) -> None:
    school.write(LOST_MARK)
    asked = school.last(Kind.QUESTIONS)
    school.wait(days=30)

    school.write("Извините, болели. Иванова Мария, 5Б", answers=asked)

    assert school.case().number == "2026-00001"
    assert school.case().missing == ()
    assert school.case().state is CaseState.WITH_STAFF
    assert school.kinds()[-1] is Kind.FORWARD


def test_rounds_without_a_new_fact_end_with_a_person_at_once(school: School) -> None:
    school.write(LOST_MARK)
    for words in ("Вы сами должны знать, в каком она классе.", "Сколько можно спрашивать одно и то же?"):
        school.wait(hours=2)
        school.write(words, answers=school.last(Kind.QUESTIONS))

    assert school.case().state is CaseState.WITH_STAFF
    assert school.kinds(CONSULTANT) == [Kind.FORWARD]
    assert "класс" in school.last(Kind.FORWARD).text


def test_rounds_that_bring_one_fact_each_end_with_a_person_after_the_last_round(school: School) -> None:
    school.write("Пропала оценка.")
    for words in ("Это по математике.", "Иванова Мария", "не знаю точно какой у неё класс, пятый какой-то"):
        school.write(words, answers=school.last(Kind.QUESTIONS))
        school.wait(hours=2)

    assert school.kinds(MAMA) == [Kind.QUESTIONS] * 3 + [Kind.HANDED_OVER]
    assert school.case().missing == (Slot.CLASS,)


def test_an_absence_today_goes_on_at_once_and_the_class_is_asked_for(school: School) -> None:
    school.write("Доброе утро! Иванов Пётр сегодня заболел, в школу не придёт.")

    assert school.kinds(MAMA) == [Kind.QUESTIONS]
    assert "уже передано сотрудникам школы" in school.last(Kind.QUESTIONS).flat
    assert school.kinds(DUTY) == [Kind.FORWARD]
    assert school.case().missing == (Slot.CLASS,)


def test_the_class_named_later_brings_the_absence_to_the_class_teacher(school: School) -> None:
    school.write("Доброе утро! Иванов Пётр сегодня заболел, в школу не придёт.")

    school.write("5Б", answers=school.last(Kind.QUESTIONS))

    assert school.kinds(TEACHER_5B) == [Kind.FORWARD]
    assert school.case().with_whom == TEACHER_5B
    assert school.case().missing == ()


def test_a_new_question_in_an_old_thread_is_a_new_case_linked_to_the_old_one(school: School) -> None:
    school.write(LOST_MARK)

    school.write("Как восстановить пароль от электронного дневника?", answers=school.last(Kind.QUESTIONS))

    new = school.case("2026-00002")
    assert new.topics == (Topic.ACCESS,)
    assert new.linked == ("2026-00001",)
    assert school.case("2026-00001").state is CaseState.WAITING
    assert school.kinds(MAMA) == [Kind.QUESTIONS, Kind.GUIDANCE]


def test_nobody_who_has_moved_on_is_reminded_of_the_old_question(school: School) -> None:
    school.write(LOST_MARK)
    school.write("Как восстановить пароль от электронного дневника?", answers=school.last(Kind.QUESTIONS))

    sent = school.wait(days=10)

    assert [one.kind for one in sent if one.recipient == MAMA] == []
    assert school.case("2026-00001").state is CaseState.WITH_STAFF


def test_one_letter_sent_twice_in_a_minute_is_answered_once(school: School) -> None:
    school.write(LOST_MARK)
    school.wait(minutes=1)

    school.write(LOST_MARK)

    assert school.kinds() == [Kind.QUESTIONS]
    assert list(school.ledger.cases) == ["2026-00001"]


def test_one_letter_delivered_twice_is_answered_once(school: School) -> None:
    school.write(LOST_MARK, message_id="<one@mail.example>", headers="X-Route: a")
    school.wait(hours=5)

    school.write(LOST_MARK, message_id="<one@mail.example>", headers="X-Route: b")

    assert school.kinds() == [Kind.QUESTIONS]


def test_an_afterthought_a_minute_later_joins_the_case(school: School) -> None:
    school.write("Пропала пятёрка по математике у Ивановой Марии.")
    school.wait(minutes=1)

    school.write("забыла написать: 5Б класс", subject="дополнение")

    assert list(school.ledger.cases) == ["2026-00001"]
    assert school.case().state is CaseState.WITH_STAFF


@pytest.mark.parametrize("empty", ["", "Здравствуйте!"])
def test_what_an_empty_letter_was_about_is_told_in_the_answer_to_our_question(school: School, empty: str) -> None:
    school.write(empty, subject="вопрос")

    school.write("У Ивановой Марии из 5Б пропала пятёрка по математике", answers=school.last(Kind.QUESTIONS))

    assert list(school.ledger.cases) == ["2026-00001"]
    assert (school.case().topics, school.case().state) == ((Topic.GRADES,), CaseState.WITH_STAFF)
    assert school.last(Kind.FORWARD).subject == "Успеваемость [№ 2026-00001]"


def test_a_correction_is_passed_on_and_leaves_nothing_missing(school: School) -> None:
    school.write(LOST_MARK + " Иванова Мария, 5Б.")

    school.write("Извините, ошиблась: не 5Б, а 6Б", answers=school.last(Kind.RECEIPT))

    assert school.case().school_class == "6Б"
    assert school.case().missing == ()
    assert school.kinds(CONSULTANT) == [Kind.FORWARD, Kind.FORWARD]


def test_two_children_in_two_letters_are_two_cases(school: School) -> None:
    school.write("Пропала пятёрка по математике у Ивановой Марии.")
    school.wait(minutes=5)

    school.write("Пропала оценка по физике у Иванова Петра из 7А.")

    assert sorted(school.ledger.cases) == ["2026-00001", "2026-00002"]
    assert school.case("2026-00001").missing == (Slot.CLASS,)


def test_thanks_close_an_answered_case_and_nothing_else(school: School) -> None:
    school.write("Как восстановить пароль от электронного дневника?")
    school.write("Спасибо большое, всё получилось!", answers=school.last(Kind.GUIDANCE))
    assert school.case().state is CaseState.CLOSED

    school.write(LOST_MARK, sender="Папа <papa@mail.example>")
    school.write("Спасибо!", sender="Папа <papa@mail.example>", answers=school.last(Kind.QUESTIONS))
    assert school.case("2026-00002").state is CaseState.WAITING
    assert len(school.out) == 2


@pytest.mark.parametrize(
    "word",
    [
        "ЧЕЛОВЕК",
        "человек",
        "Человек!",
        "«Человек»",
        "  ЧЕЛОВЕК.\nспасибо",
        "Позовите человека, пожалуйста",
        "чиловек",
        "ЧЕЛОВК",
        "xtkjdtr",
        "CHELOVEK",
        "ЧEЛOBEK",
        "Здравствуйте! Хочу поговорить с живым человеком.",
        "Ничего не понятно, ЧЕЛОВЕК, помогите",
        "Не помогло. Человек!",
    ],
)
def test_the_word_person_always_brings_a_person(school: School, word: str) -> None:
    school.write("Как восстановить пароль от электронного дневника?")

    school.write(word, answers=school.last(Kind.GUIDANCE))

    assert school.case().state is CaseState.WITH_STAFF
    assert school.kinds() == [Kind.GUIDANCE, Kind.RECEIPT, Kind.FORWARD]
    assert school.case().with_whom == CONSULTANT


@pytest.mark.parametrize(
    "words",
    [
        "Как восстановить пароль? Человек я пожилой, объясните попроще.",
        "У МЕНЯ НЕ ОТКРЫВАЕТСЯ ДНЕВНИК, Я ПОЖИЛОЙ ЧЕЛОВЕК, КАК ВОССТАНОВИТЬ ПАРОЛЬ",
    ],
)
def test_the_word_in_a_sentence_is_no_call(school: School, words: str) -> None:
    outcome = school.write(words)

    assert all(reason.rule != "the word «ЧЕЛОВЕК»" for reason in outcome.why)


def test_who_calls_for_a_person_at_once_gets_one(school: School) -> None:
    school.write("", subject="ЧЕЛОВЕК")

    assert school.kinds() == [Kind.RECEIPT, Kind.FORWARD]
    assert school.case().with_whom == CONSULTANT


def test_who_calls_again_while_waiting_is_heard_by_the_person_and_not_answered_by_the_program(school: School) -> None:
    school.write("ЧЕЛОВЕК")
    school.wait(hours=2)

    school.write("ЧЕЛОВЕК!!!", answers=school.last(Kind.RECEIPT))

    assert school.kinds() == [Kind.RECEIPT, Kind.FORWARD, Kind.FORWARD]


def test_the_word_person_ends_the_questions(school: School) -> None:
    school.write(LOST_MARK)

    school.write("ЧЕЛОВЕК", answers=school.last(Kind.QUESTIONS))

    assert school.kinds(CONSULTANT) == [Kind.FORWARD]
    assert all(one.kind is not Kind.REMINDER for one in school.wait(days=14))


def test_the_same_guidance_is_never_sent_twice_a_person_takes_over(school: School) -> None:
    school.write("Как восстановить пароль от электронного дневника?")

    school.write("А как всё-таки восстановить пароль? Не выходит.", answers=school.last(Kind.GUIDANCE))

    assert school.kinds().count(Kind.GUIDANCE) == 1
    assert school.case().state is CaseState.WITH_STAFF


def test_who_says_that_the_guidance_did_not_help_gets_a_person_and_no_questions_beside_the_point(
    school: School,
) -> None:
    school.write("Как восстановить пароль от электронного дневника?")

    school.write("Не получается, письмо не приходит", answers=school.last(Kind.GUIDANCE))

    assert school.kinds() == [Kind.GUIDANCE, Kind.RECEIPT, Kind.FORWARD]
    assert school.case().with_whom == CONSULTANT


def test_what_is_added_to_a_case_goes_to_whoever_has_it(school: School) -> None:
    school.write(LOST_MARK + " Иванова Мария, 5Б.")
    school.wait(hours=2)

    school.write("Это было 13 ноября, третий урок.", answers=school.last(Kind.RECEIPT))

    assert school.kinds() == [Kind.RECEIPT, Kind.FORWARD, Kind.FORWARD]
    assert school.kinds(CONSULTANT) == [Kind.FORWARD, Kind.FORWARD]


def test_a_letter_out_of_hours_is_told_when_work_begins() -> None:
    school = School(now=at(21, 22))  # a Saturday night

    school.write(LOST_MARK + " Иванова Мария, 5Б.")

    assert "в понедельник, 23 ноября" in school.last(Kind.RECEIPT).flat


def test_a_letter_found_days_later_goes_to_a_person_only(school: School) -> None:
    school.get(school.letter(LOST_MARK), received_at=school.now - timedelta(days=5))

    assert school.kinds(MAMA) == []
    assert school.case().state is CaseState.WITH_STAFF
    assert school.case().route is Route.CONSULTANT


def test_cases_written_by_an_older_program_can_still_be_read() -> None:
    school = School()
    school.write(LOST_MARK)
    row = CaseChanged(at=school.now, case=school.case(), mails=(), cancel=(), why=())
    text = ROWS.dump_json(row).decode()
    for added in ("intents", "subject", "answer_by", "news_at", "not_to", "relay_asked", "said"):
        assert f'"{added}"' in text
        text = _without(text, added)
    read = ROWS.validate_json(text)
    assert isinstance(read, CaseChanged)
    assert read.case.number == "2026-00001"


def _without(text: str, key: str) -> str:
    row = json.loads(text)
    del row["case"][key]
    return json.dumps(row, ensure_ascii=False)
