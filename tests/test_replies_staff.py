"""What colleagues, the director and the admin read."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.cases import decision
from mailbot.cases.case import Kind
from mailbot.letters.letter import Attachment, Proof
from mailbot.replies.facts import Extra
from mailbot.replies.why import why_said
from mailbot.rulebook.ids import Flag, Slot
from mailbot.triage.finding import Evidence
from tests.pictures.said import flat, said
from tests.pictures.samples import (
    EXTRA,
    fact,
    matter,
    rulebook,
)


def test_a_colleague_reads_who_writes_what_was_understood_what_is_missing_and_the_letter() -> None:
    text = said(Kind.FORWARD)[1]

    assert "Кто пишет: родитель, Мама Марии <mama@example.com>" in text
    assert "- ученик: Иванова Мария" in text
    assert "Чего не хватает:\n- класс\n" in text
    assert "> У моей дочери Ивановой Марии" in text
    assert "- нужно, чтобы данные посмотрел человек" in text
    assert "Ответить нужно до вторника, 24 ноября." in text


def test_a_colleague_is_warned_when_the_sender_is_not_proven() -> None:
    warning = "Адрес отправителя не подтверждён"

    assert warning in said(Kind.FORWARD, matter(proof=Proof.UNPROVEN))[1]
    assert warning not in said(Kind.FORWARD)[1]


def test_the_program_offers_a_refusal_but_leaves_it_to_a_person() -> None:
    book = rulebook("kansk-eljur")

    text = " ".join(said(Kind.FORWARD, book=book)[1].split())

    assert "ГОТОВЫЙ ТЕКСТ ОТКАЗА (решаете Вы; отправит его команда #отказать)" in text
    assert "Служба поддержки системы вправе отклонить такое обращение" in text


def test_the_director_reads_at_once_why_it_is_urgent() -> None:
    subject, text, _ = said(Kind.URGENT)

    assert subject == "СРОЧНО: обращение [№ 2026-00017]"
    assert "угрозе жизни или здоровью" in text
    assert "чужие данные" in said(Kind.URGENT, matter(flags=(Flag.LEAK,)))[1]


def test_the_report_of_a_wave_of_outages_names_nobody() -> None:
    _, text, html = said(Kind.OUTAGE_DRAFT)

    assert "7 писем" in text
    for word in ("Иванов", "mama", "Мари", "пятёрка"):
        assert word not in text + html


def test_a_letters_markup_is_shown_and_not_obeyed() -> None:
    about = matter("From: <x@example.com>\nSubject: <b>тема</b>\n\n<script>alert(1)</script> {{ secret }} {% raw %}\n")

    html = said(Kind.FORWARD, about)[2]

    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ secret }} {% raw %}" in html
    assert "<script" not in html


def test_every_step_of_the_contract_has_its_russian_reason() -> None:
    source = Path(decision.__file__).read_text("utf-8")
    steps = set(re.findall(r'"(step \d+)[:"]', source)) | set(re.findall(r'f"(step \d+):', source))

    assert len(steps) >= 8
    for step in steps:
        assert why_said(Evidence(f"TRIAGE.md {step}: said in English", ""))


def test_no_letter_is_so_odd_that_it_cannot_be_handed_over() -> None:
    about = matter()
    assert about.letter
    odd = replace(
        about.letter,
        subject="&" * 100_000,
        text="&<\n" * 100_000,
        sender=replace(about.letter.sender, name="Ё" * 100_000),
        attachments=tuple(Attachment(name="ё" * 500, media_type="a/b", size=1) for _ in range(1000)),
        date=datetime.max.replace(tzinfo=UTC),
    )
    reasons = tuple(Evidence(f"rules/topics.yaml:{line}", "ё" * 5000) for line in range(500))
    facts = tuple(fact(slot, "ё" * 50_000) for slot in Slot)

    about = replace(about, letter=odd, case=matter(facts=facts).case)

    text = said(Kind.FORWARD, about, why=reasons, extra=(("earlier", "&<\n" * 100_000),))[1]

    assert "(показано только начало)" in text
    assert "и ещё 980" in flat(text)


def test_a_colleagues_answer_is_passed_on_in_their_words_and_nothing_is_added_but_the_school() -> None:
    text = said(Kind.RELAY)[1]

    assert "Пятёрка на месте: учитель случайно поставил её в другой день.\n- Проверьте 18 ноября." in text
    assert "journal@school.example.org" not in text


def test_reasons_are_told_in_russian_and_rules_by_their_place() -> None:
    assert why_said(Evidence("TRIAGE.md step 5: complaint", "")) == "это жалоба"
    assert why_said(Evidence("rules/topics.yaml:41", "тройка")) == "правило rules/topics.yaml:41: «тройка»"
    assert why_said(Evidence("gate: cap_person_day", "предел")) == "автоматический ответ не отправлен: предел"
    assert why_said(Evidence("some new reason nobody put into Russian", "")) == ""


def test_an_unknown_extra_is_a_programmers_mistake_and_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="handed"):
        said(Kind.RECEIPT, extra=(("handed", "x"),))


def test_every_extra_is_printed_by_some_mail() -> None:
    assert {name for extra in EXTRA.values() for name, _ in extra} == {name.value for name in Extra}
