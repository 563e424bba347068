"""Danger, failures of the system itself, requests to be taught."""

import pytest

from mailbot.cases.case import CaseState, Kind
from tests.life_school import BULLYING, CONSULTANT, DEPUTY, DIRECTOR, OUTAGES, above_marker, at
from tests.scenarios.living_school import Founded, summary

pytestmark = pytest.mark.slow

MAMA = "mama@mail.example"


def test_danger_on_new_years_night_reaches_the_director_at_once_and_again_until_somebody_answers(
    founded: Founded,
) -> None:
    with founded(now=at(31, 23, month=12)) as school:
        sent = school.write(BULLYING, subject="сына бьют")
        assert sorted(summary(sent)) == sorted([(Kind.RECEIPT, MAMA), (Kind.URGENT, DIRECTOR)])
        receipt, urgent = school.last(Kind.RECEIPT), school.last(Kind.URGENT)
        assert receipt.subject == "Ваше обращение зарегистрировано [№ 2026-00001]"
        assert not any(word in receipt.text for word in ("бьют", "Иванов", "директор", "срочн"))
        assert ("112" in receipt.text, urgent.message["Importance"]) == (True, "high")

        again = school.wait(minutes=31)
        assert {one.recipient for one in again} == {DIRECTOR, DEPUTY}
        last = school.last(Kind.URGENT, DIRECTOR)
        told = school.write(above_marker("#внутри\nЗвоню родителям.", last), DIRECTOR, answers=last)
        assert summary(told) == [(Kind.STAFF_ANSWER, DIRECTOR)]
        assert school.wait(days=20) == []

        school.write("#ответить\nЖду Вас у себя 11 января в 9:00.", DIRECTOR, answers=told[0])
        (relay,) = school.wait(minutes=6)
        assert (relay.kind, relay.recipient, "бьют" in relay.subject) == (Kind.RELAY, MAMA, False)


def test_a_wave_of_outages_is_one_alarm_and_each_writer_is_told_that_it_is_known(founded: Founded) -> None:
    school = founded(regulation="tyukalinsk-dnevnik")
    school.change("school.yaml", "zone: Europe/Moscow", "zone: Asia/Omsk")
    with school:
        families = [school.letter(words, f"Родитель <family{n}@mail.example>") for n, words in enumerate(OUTAGES)]
        sent = school.get(*families)

        told = [kind for kind, recipient in summary(sent) if recipient != CONSULTANT]
        assert told == [Kind.VENDOR] * 4 + [Kind.KNOWN_OUTAGE] * 3
        assert school.kinds(CONSULTANT) == [Kind.OUTAGE_DRAFT]
        assert "family" not in school.last(Kind.OUTAGE_DRAFT).text

        first = school.last(Kind.VENDOR)
        for contact in (
            "8 (812) 490-70-33",
            "по времени школы (9:00–21:00 по Москве)",
            "самостоятельно",
            "Прошу помочь",
        ):
            assert contact in first.flat
        assert all(case.state is CaseState.ANSWERED for case in school.ledger.cases.values())


def test_the_term_of_teaching_runs_over_the_new_year(founded: Founded) -> None:
    with founded(now=at(29, 10, month=12), regulation="kansk-eljur") as school:
        teacher = "Смирнова Ирина <smirnova@school.example.org>"
        sent = school.write("Прошу провести для меня обучение работе с электронным журналом, я новый учитель.", teacher)
        asked = school.last(Kind.TRAINING_TERM)
        assert "с какого дня Вы работаете" in asked.flat
        assert (Kind.FORWARD, CONSULTANT) in summary(sent)

        school.write("С 29 декабря 2026 года.", teacher, answers=asked)
        # three working days after the 29th: 30 December, then 11 and 12 January
        assert "12 января" in school.last(Kind.TRAINING_TERM).flat
        assert school.case().answer_by == at(12, 17, month=1, year=2027)
