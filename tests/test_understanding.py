"""What a letter is about, what is wanted, who writes: told from letters as a school gets them, with the reasons."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from mailbot.cases.decision import decide
from mailbot.letters.letter import Letter
from mailbot.letters.read import read_letter
from mailbot.rulebook.ids import Audience, Disposition, Flag, Intent, Route, Slot, Topic
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Phrase, Place, Rule, Rulebook, Strength, Token
from mailbot.triage.finding import Finding, Screening, Verdict
from mailbot.triage.model import load_brain
from mailbot.triage.triage import triage
from mailbot.triage.understand import MORE_THAN_A_QUESTION

ROOT = Path(__file__).parent.parent
A_PERSON = Screening(Verdict.PERSON, "person", ())


@cache
def shipped_rules() -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "templates")


def letter_from(text: str, subject: str = "", sender: str = "Мама <mama@example.org>") -> Letter:
    head = f"From: {sender}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n"
    return read_letter((head + text).encode())


def found(text: str, subject: str = "", sender: str = "Мама <mama@example.org>") -> Finding:
    return triage(letter_from(text, subject, sender), A_PERSON, shipped_rules(), load_brain())


@pytest.mark.parametrize(
    ("topic", "intent", "text"),
    [
        ("access", "howto", "Здравствуйте! Забыла пароль от дневника, подскажите, как его восстановить?"),
        ("access", "request", "Прошу привязать к моему кабинету второго ребёнка, Орлову Веру из 2А."),
        ("grades", "problem", "У Седова Ильи, 6В, в тетради по физике пять, а в журнале три. Исправьте, пожалуйста."),
        ("grades", "howto", "Подскажите, как считается средний балл за четверть?"),
        ("attendance", "notice", "Доброе утро! Лиза Котова, 3А, сегодня в школу не придёт, температура."),
        ("attendance", "problem", "Поставили Н за 12 ноября, а сын Петров Олег, 7Б, был на всех уроках."),
        ("schedule", "howto", "Где в дневнике посмотреть расписание на завтра?"),
        ("lessons", "problem", "В 5А на среду не записано домашнее задание по истории."),
        ("planning", "howto", "Коллеги, как загрузить КТП из файла Excel?"),
        ("profile", "request", "Исправьте, пожалуйста, отчество дочери, в карточке ошибка. Белова Анна, 4Г."),
        ("training", "request", "Прошу обучить меня работе в журнале, я новый учитель физики."),
        ("contacts", "howto", "По каким дням и в какие часы вы принимаете родителей?"),
        ("outage", "problem", "Сайт не открывается, пишет «Ошибка 502 Bad Gateway»."),
        ("complaint", "complaint", "Учительница кричит на детей и называет их бездарями, прошу принять меры."),
        ("other", "request", "Прошу подготовить справку о том, что сын учится у вас, для соцзащиты."),
    ],
)
def test_a_plain_letter_is_understood(topic: str, intent: str, text: str) -> None:
    finding = found(text)

    assert (finding.topics[0].topic, finding.intent) == (topic, intent)


def test_thanks_ask_nothing() -> None:
    assert found("Спасибо большое, всё получилось, зашла! Вопрос снят.", "Re: пароль").intent is Intent.THANKS


@pytest.mark.parametrize(
    "text",
    [
        "Рюкзак нашёлся, спасибо вахтёру! Только сменки в нём уже нет, поищите, пожалуйста.",
        "Зашла, ура, виноват был капслок, спасибо. Только дочку я вижу, а сына в списке детей уже нет.",
        "Спасибо, пароль подошёл! А вот оценок сына в дневнике так и не видно, посмотрите.",
    ],
)
def test_thanks_with_something_left_to_do_are_not_left_unanswered(text: str) -> None:
    assert found(text).intent is not Intent.THANKS


def test_a_complaint_beside_a_question_is_neither_answered_nor_asked() -> None:
    finding = found("Ваша сотрудница ушла с приёма на двадцать минут раньше. И какие часы приёма у вас настоящие?")

    decision = decide(finding, shipped_rules())
    assert (decision.disposition, decision.route) == (Disposition.ESCALATE, Route.SUPERVISOR)


def test_of_two_matters_each_is_heard_in_its_own_sentences() -> None:
    finding = found("В дневнике пропала пятёрка по математике. И ещё: как восстановить пароль от дневника для мужа?")

    assert {one.topic: one.intent for one in finding.topics} == {
        Topic.GRADES: Intent.PROBLEM,
        Topic.ACCESS: Intent.HOWTO,
    }


def test_what_the_writer_says_it_is_not_about_does_not_decide() -> None:
    finding = found("Вопрос не про оценки. Забыл пароль от дневника, как его сменить?")

    assert finding.topics[0].topic is Topic.ACCESS


@pytest.mark.parametrize(
    ("audience", "text", "sender"),
    [
        ("parent", "Мой сын учится в 5А, где посмотреть его оценки?", "Ольга <olga@example.org>"),
        (
            "staff",
            "Коллеги, в моём журнале 7Б не сохраняется тема урока.",
            "Сомова Инна Петровна <s@school.example.org>",
        ),
        ("student", "здравствуйте я ученик 8б, забыл логин от дневника, мама не знает", "Дима <dima@example.org>"),
    ],
)
def test_who_writes_is_heard_from_name_address_and_words(audience: str, text: str, sender: str) -> None:
    assert found(text, sender=sender).audience is Audience(audience)


def test_a_letter_on_two_things_has_two_topics_and_each_its_own_intent() -> None:
    finding = found(
        "Здравствуйте! Первый вопрос: у Котова Ивана, 6А, пропала оценка по химии, верните, пожалуйста. "
        "И второй вопрос: как восстановить пароль от дневника, если почта старая?",
        "два вопроса",
    )

    assert {topic.topic for topic in finding.topics} == {Topic.GRADES, Topic.ACCESS}
    assert Flag.MULTI in finding.flags


def test_a_question_beside_something_for_a_person_is_more_than_a_question() -> None:
    alone = found("Где в дневнике посмотреть средний балл за четверть?")
    beside = found("Где в дневнике посмотреть средний балл? И Петю Смирнова из 5Б сегодня не ждите, температура.")

    assert MORE_THAN_A_QUESTION not in alone.why
    assert alone.confident
    assert Intent.NOTICE in {one.intent for one in beside.topics} or MORE_THAN_A_QUESTION in beside.why


def test_only_what_the_topic_needs_is_missing() -> None:
    finding = found("У сына пропала оценка по математике, верните, пожалуйста. 5Б.")

    assert finding.missing == (Slot.STUDENT,)


def test_a_teacher_without_access_is_not_asked_for_a_pupil() -> None:
    finding = found(
        "Коллеги, не могу войти в журнал, пишет «доступ запрещён». Прошу восстановить доступ.",
        sender="Сомова Инна Петровна <somova@school.example.org>",
    )

    assert finding.audience is Audience.STAFF
    assert finding.missing == ()


def test_a_teacher_who_writes_of_a_pupils_access_is_asked_for_what_a_parent_would_be() -> None:
    teacher = "Сомова Инна Петровна <somova@school.example.org>"
    of_a_pupil = found("Родители Тамилы Царёвой потеряли код доступа, выдайте новый.", sender=teacher)
    of_a_colleague = found("Создайте учётную запись новому учителю Мамедову Эльчину Рауфовичу.", sender=teacher)

    of_oneself = found("Я вышла замуж, стала Штокман Еленой, в журнале прежняя фамилия. Исправьте.", sender=teacher)

    assert of_a_pupil.missing == (Slot.CLASS,)
    assert of_a_colleague.missing == ()
    assert of_oneself.missing == ()


def test_a_letter_that_nobody_could_be_sure_of_is_not_answered_by_guess() -> None:
    finding = found("подскажите про это как там теперь")

    assert decide(finding, shipped_rules()).disposition is Disposition.ESCALATE


def test_a_machine_s_letter_has_the_intent_auto_whatever_it_says() -> None:
    machine = Screening(Verdict.MACHINE, "auto-submitted", ())
    letter = letter_from("Забыл пароль, как его восстановить?")

    assert triage(letter, machine, shipped_rules(), load_brain()).intent is Intent.AUTO


def with_rule(rule: Rule, topic: Topic) -> Rulebook:
    book = shipped_rules()
    topics = dict(book.topics)
    topics[topic] = replace(topics[topic], rules=(*topics[topic].rules, rule))
    return replace(book, topics=topics, hash=f"with {rule.id}")


def rule_on(word: str, strength: Strength) -> Rule:
    place = Place("rules/topics.yaml", 999)
    phrase = Phrase(written=word, tokens=(Token((word,)),), pattern="", place=place)
    return Rule(
        id=f"on-{word}-{strength}", phrases=(phrase,), unless=(), strength=strength, intent=Intent.HOWTO, audience=None,
        place=place,
    )  # fmt: skip


def test_a_sure_rule_of_the_admin_settles_the_topic_and_is_named_as_the_reason() -> None:
    letter = letter_from("Подскажите, как оформить абонемент в планетарий?")
    before = triage(letter, A_PERSON, shipped_rules(), load_brain())

    book = with_rule(rule_on("планетарий", Strength.SURE), Topic.CONTACTS)
    after = triage(letter, A_PERSON, book, load_brain())

    assert before.topics[0].topic is not Topic.CONTACTS
    assert after.topics[0].topic is Topic.CONTACTS
    assert any("rules/topics.yaml:999: «планетарий»" in str(reason) for reason in after.why)


def test_a_strong_rule_moves_a_topic_and_a_weak_one_moves_it_less() -> None:
    letter = letter_from("Подскажите, как оформить абонемент в планетарий?")

    scores = [
        score_of(Topic.CONTACTS, triage(letter, A_PERSON, book, load_brain()))
        for book in (
            shipped_rules(),
            with_rule(rule_on("планетарий", Strength.WEAK), Topic.OTHER),
            with_rule(rule_on("планетарий", Strength.STRONG), Topic.OTHER),
        )
    ]

    assert scores == sorted(scores, reverse=True)


def score_of(topic: Topic, finding: Finding) -> float:
    return next((one.score for one in finding.topics if one.topic is topic), 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "Поставили двойку по физике, исправьте отметку Седову Илье, 6В.",
        "Забыла пароль от дневника, как его восстановить?",
        "Учительница кричит на детей и обзывает их, примите меры.",
    ],
)
def test_without_the_words_it_names_as_its_reason_a_conclusion_is_weaker(text: str) -> None:
    finding = found(text)
    named = next(reason for reason in finding.why if reason.rule == "model.npz").words.split(", ")
    for word in named:
        text = text.replace(word, "")

    assert score_of(finding.topics[0].topic, found(text)) < finding.topics[0].score
