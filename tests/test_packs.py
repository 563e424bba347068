"""The five regulations at work: one suite of scenarios that passes on all, then what each document has of its own.

Every row of the table of the documents in which they differ is a test here or, as data, in test_rulebook_regulations.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

import pytest

from mailbot.cases.case import CaseState, Kind
from mailbot.desk.answers import REGULATIONS
from mailbot.desk.publish import page_of
from mailbot.rulebook.types import Rulebook
from tests.life_school import CONSULTANT, MOTHER, OFFICE, SUPERVISOR, School, Sent, above_marker, rules

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TEACHER = "Петрова Анна <petrova@school.example.org>"
MOTHERS = "mama@mail.example"
HOWTO = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
LOST = "У Беловой Анны, 7В, пропала оценка по физике за контрольную, посмотрите, пожалуйста."
UNCLEAR = "Здравствуйте! У дочери пропала оценка по математике, исправьте, пожалуйста."
STAFFS = (
    "Здравствуйте! У меня пропала оценка у ученика по математике, исправьте, пожалуйста. Учитель математики Петрова."
)
OUTAGE = "Журнал не открывается, пишет: ошибка 502 Bad Gateway. Проверьте, пожалуйста."
DANGER = "Сына после уроков избили старшеклассники, он боится идти в школу."
ABUSE = "Вы там все тупые идиоты! Сколько можно, бездельники!"
TEACH = "Прошу обучить работе в журнале нового учителя, он вступил в должность 16.11.2026. Завуч Петрова."

with_every_pack = pytest.mark.parametrize("pack", REGULATIONS)


@cache
def book(pack: str) -> Rulebook:
    return rules(pack)


@pytest.fixture
def school(pack: str) -> School:
    return School(book(pack))


def flat(text: str) -> str:
    return " ".join(text.split())


# --- one suite for all -----------------------------------------------------------------------------------------------


@with_every_pack
def test_a_general_question_is_answered_with_the_name_of_the_documents_system(pack: str, school: School) -> None:
    school.write(HOWTO)

    answer = school.last(Kind.GUIDANCE, MOTHERS)
    assert flat(book(pack).regulation.system) in answer.flat
    assert school.case().state is CaseState.ANSWERED
    assert school.case().number in answer.subject


@with_every_pack
def test_a_complete_request_goes_to_the_consultant_and_the_writer_gets_a_number(pack: str, school: School) -> None:
    school.write(LOST)

    assert school.kinds(MOTHERS) == [Kind.RECEIPT]
    assert school.kinds(CONSULTANT) == [Kind.FORWARD]


@with_every_pack
def test_what_is_missing_is_asked_for_and_at_the_end_a_person_decides_never_the_program(
    pack: str, school: School
) -> None:
    school.write(UNCLEAR)
    school.wait(days=30)

    assert school.kinds(MOTHERS)[:3] == [Kind.QUESTIONS, Kind.REMINDER, Kind.HANDED_OVER]
    assert Kind.FORWARD in school.kinds(CONSULTANT)
    assert Kind.REFUSAL not in school.kinds()


@with_every_pack
def test_the_consultants_answer_reaches_the_writer_and_closes_the_case(pack: str, school: School) -> None:
    school.write(LOST)
    forward = school.last(Kind.FORWARD)
    school.write(above_marker("Оценку вернули, проверьте.", forward), sender=CONSULTANT, answers=forward)
    school.wait(minutes=10)

    assert "Оценку вернули" in school.last(Kind.RELAY, MOTHERS).flat
    assert school.case().state is CaseState.CLOSED


@with_every_pack
def test_danger_goes_to_the_director_at_once_and_the_writer_gets_the_neutral_receipt(pack: str, school: School) -> None:
    school.write(DANGER)

    assert school.kinds("director@school.example.org") == [Kind.URGENT]
    assert "избили" not in school.last(Kind.RECEIPT, MOTHERS).flat


@with_every_pack
def test_nothing_is_ever_mailed_to_the_vendor(pack: str, school: School) -> None:
    for number in range(7):
        school.write(OUTAGE, sender=f"Мама <mama{number}@mail.example>")
    school.wait(days=20)

    assert {sent.recipient.rpartition("@")[2] for sent in school.out} <= {"mail.example", "school.example.org"}


@with_every_pack
def test_school_business_outside_the_journal_goes_to_the_office(pack: str, school: School) -> None:
    school.write("Здравствуйте! Как записать ребёнка в первый класс, какие нужны документы?")

    assert school.kinds(OFFICE) == [Kind.FORWARD]


# --- what each has of its own ----------------------------------------------------------------------------------------


def told(pack: str, letter: str, kind: Kind, sender: str = MOTHER) -> Sent:
    """The mail of a kind that one letter brings about under a pack."""
    school = School(book(pack))
    school.write(letter, sender=sender)
    return school.last(kind)


@pytest.mark.parametrize(
    ("pack", "contacts"),
    [
        ("tyukalinsk-dnevnik", ("team@company.dnevnik.ru", "8 (812) 490-70-33", "звонок платный")),
        ("adilsoltanova-portal", ("https://support.dnevnik.ru",)),
        ("lindovo-ais", ("8 (831) 429-04-85", "будет предложено перезвонить в рабочие дни")),
    ],
)
def test_of_an_outage_the_writer_is_told_whom_to_turn_to_themselves(pack: str, contacts: tuple[str, ...]) -> None:
    said = told(pack, OUTAGE, Kind.VENDOR).flat

    assert "самостоятельно (регламент, " in said
    for contact in (*contacts, *book(pack).regulation.vendor.requirements):
        assert flat(contact) in said


@pytest.mark.parametrize("pack", ["kansk-eljur", "osh-dnevnik"])
def test_where_the_document_names_no_contact_of_the_vendor_a_person_takes_the_outage(pack: str) -> None:
    school = School(book(pack))
    school.write(OUTAGE)

    assert school.kinds(CONSULTANT) == [Kind.FORWARD]
    assert "Контакты службы в нашем регламенте не указаны" in school.last(Kind.VENDOR).flat


@pytest.mark.parametrize(
    ("pack", "hours"),
    [
        ("tyukalinsk-dnevnik", "регистрация телефонных обращений: ежедневно 9:00–21:00 по московскому времени"),
        ("adilsoltanova-portal", "обработка обращений: по будням, кроме праздников, 9:00–18:00 (часовой пояс в"),
        ("kansk-eljur", "обработка обращений: ежедневно 9:00–21:00 по московскому времени"),
        ("lindovo-ais", "обработка обращений: ежедневно 9:00–18:00 по московскому времени"),
    ],
)
def test_the_vendors_hours_are_told_as_the_document_has_them(pack: str, hours: str) -> None:
    assert hours in told(pack, OUTAGE, Kind.VENDOR).flat


@pytest.mark.parametrize(
    ("pack", "place"),
    [
        ("tyukalinsk-dnevnik", "п. 4"),
        ("adilsoltanova-portal", "раздел 5"),
        ("kansk-eljur", "п. 5"),
        ("lindovo-ais", "п. 5"),
    ],
)
def test_an_outage_cites_the_documents_clause_on_emergencies(pack: str, place: str) -> None:
    assert f"самостоятельно (регламент, {place}" in told(pack, OUTAGE, Kind.VENDOR).flat


def test_only_osh_answers_insults_with_a_notice_that_cites_its_etiquette() -> None:
    heard = {pack: School(book(pack)) for pack in REGULATIONS}
    for school in heard.values():
        school.write(ABUSE)

    notices = {pack for pack, school in heard.items() if school.kinds(MOTHERS) == [Kind.NOTICE]}
    assert notices == {"osh-dnevnik"}
    assert all(school.kinds(MOTHERS) == [Kind.RECEIPT] for pack, school in heard.items() if pack not in notices)
    assert all(school.kinds(SUPERVISOR) == [Kind.FORWARD] for school in heard.values())
    assert "Не допускаются оскорбления и нецензурные выражения" in heard["osh-dnevnik"].last(Kind.NOTICE).flat


@pytest.mark.parametrize(
    ("pack", "last_day"),
    [
        ("tyukalinsk-dnevnik", "до четверга, 19 ноября (считается со дня вступления в должность, 16 ноября)"),
        ("kansk-eljur", "до четверга, 19 ноября (считается со дня вступления в должность, 16 ноября)"),
        ("lindovo-ais", "до понедельника, 23 ноября (считается со дня вступления в должность, 16 ноября)"),
    ],
)
def test_a_new_colleague_is_taught_within_the_documents_term(pack: str, last_day: str) -> None:
    said = told(pack, TEACH, Kind.TRAINING_TERM, sender=TEACHER).flat

    assert last_day in said
    assert flat(book(pack).regulation.clauses[book(pack).regulation.training].printed) in said


@pytest.mark.parametrize("pack", ["adilsoltanova-portal", "osh-dnevnik"])
def test_where_the_document_has_no_term_of_training_none_is_invented(pack: str) -> None:
    school = School(book(pack))
    school.write(TEACH, sender=TEACHER)

    assert Kind.TRAINING_TERM not in school.kinds()
    assert school.kinds(CONSULTANT) == [Kind.FORWARD]


@with_every_pack
def test_the_term_of_an_answer_is_the_schools_for_no_document_names_one(pack: str, school: School) -> None:
    school.write(LOST)

    assert school.book.regulation.answer_working_days in (None, 3)
    assert "answer_working_days" in school.book.regulation.open
    assert "до четверга, 19 ноября" in school.last(Kind.RECEIPT).flat


@pytest.mark.parametrize(
    ("pack", "place"),
    [
        ("tyukalinsk-dnevnik", "п. 5.6"),
        ("adilsoltanova-portal", "раздел «Причины для отклонения обращения пользователя Службой поддержки»"),
        ("kansk-eljur", "п. 6, «Причины для отклонения обращения пользователя Службой поддержки»"),
    ],
)
def test_a_silent_writers_case_is_handed_over_with_the_clause_of_the_vendors_support(pack: str, place: str) -> None:
    school = School(book(pack))
    school.write(UNCLEAR)
    school.wait(days=12)

    said = school.last(Kind.FORWARD).flat.replace("> ", "")
    assert f"вправе отклонить такое обращение (регламент, {place})" in said
    assert Kind.REFUSAL not in school.kinds()


@pytest.mark.parametrize("pack", ["lindovo-ais", "osh-dnevnik"])
def test_where_the_document_gives_no_reasons_to_reject_none_is_cited(pack: str) -> None:
    school = School(book(pack))
    school.write(UNCLEAR)
    school.wait(days=12)

    assert "вправе отклонить" not in school.last(Kind.FORWARD).flat


CLEAR: Mapping[str, tuple[bool, bool]] = {  # whether the duty to ask clearly is laid upon staff, upon parents
    "tyukalinsk-dnevnik": (False, False),
    "adilsoltanova-portal": (True, True),
    "kansk-eljur": (True, False),
    "osh-dnevnik": (False, False),
    "lindovo-ais": (True, False),
}


@with_every_pack
def test_the_duty_to_ask_clearly_is_cited_to_those_on_whom_the_document_lays_it(pack: str) -> None:
    to_staff, to_parent = (
        "четкой, конкретной, понятной" in told(pack, letter, Kind.QUESTIONS, sender).flat
        for letter, sender in ((STAFFS, TEACHER), (UNCLEAR, MOTHER))
    )

    assert (to_staff, to_parent) == CLEAR[pack]


# --- what is published -----------------------------------------------------------------------------------------------


def published(pack: str) -> str:
    return flat(page_of("stand.html", book(pack), NOW).replace("&#34;", '"'))


@pytest.mark.parametrize("pack", [pack for pack in REGULATIONS if pack != "osh-dnevnik"])
def test_the_sheet_for_the_stand_cites_the_duty_to_publish_it(pack: str) -> None:
    assert f"{book(pack).regulation.clauses[book(pack).regulation.publish].printed}: «" in published(pack)


def test_adilsoltanova_must_publish_the_contacts_as_well_and_osh_nothing() -> None:
    assert "Информация о контактных данных (телефон, адрес электронной почты)" in published("adilsoltanova-portal")
    assert "стенд" not in published("osh-dnevnik").partition('class="foot"')[2]


@pytest.mark.parametrize(
    ("pack", "channels"),
    [
        ("tyukalinsk-dnevnik", ("Как обратиться родителю: лично, в том числе на родительских собраниях; по телефону",)),
        ("adilsoltanova-portal", ("Как обратиться сотруднику: лично в приёмные часы по графику; по телефону",)),
        ("kansk-eljur", ("Как обратиться родителю: лично, в том числе на родительских собраниях<",)),
        ("osh-dnevnik", ("Как обратиться: чат в АИС «Дневник.ру»; электронная почта",)),
        ("lindovo-ais", ("Как обратиться сотруднику: лично в приёмные часы по графику; по телефону региональной",)),
    ],
)
def test_the_sheet_names_the_channels_of_the_document(pack: str, channels: tuple[str, ...]) -> None:
    assert all(channel in published(pack) for channel in channels)


@with_every_pack
def test_the_sheet_says_who_may_ask_and_on_what_staff_are_helped(pack: str) -> None:
    said = published(pack)

    assert ("обучающиеся" in said) == (pack == "osh-dnevnik")
    assert ("по темам: расписание" in said) == (pack != "adilsoltanova-portal")
    assert all(one in said for one in book(pack).regulation.who_helps)
