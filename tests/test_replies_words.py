"""What our mail says to parents, and what it never says."""

import re
from dataclasses import replace
from html import unescape

import pytest

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.errors import BadInput
from mailbot.letters.letter import Proof
from mailbot.letters.split import MARKER
from mailbot.replies.matter import Matter
from mailbot.replies.vendor import hours_line
from mailbot.replies.wording import Wording
from mailbot.rulebook.ids import Audience, Flag, Slot, Topic
from mailbot.rulebook.types import Guidance, Place, Rulebook
from tests.pictures.said import BOOK, UGLY, flat, parts, said
from tests.pictures.samples import (
    KINDS,
    NOW,
    draft,
    fact,
    matter,
    rulebook,
)

AUTOMATIC_TO_WRITERS = tuple(kind for kind in KINDS if kind in FOR_WRITERS and kind is not Kind.RELAY)
TAG = re.compile(r"<!--.*?-->|<title>.*?</title>|<[^>]*>", re.DOTALL)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


# --- every mail ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", AUTOMATIC_TO_WRITERS)
def test_every_automatic_letter_says_so_and_how_to_reach_a_person_and_help(kind: Kind) -> None:
    for form in said(kind)[1:]:
        bare = flat(unescape(TAG.sub("", form)))
        assert "составлено автоматически" in bare
        assert "ответьте на него одним словом: ЧЕЛОВЕК" in bare
        assert "звоните 112" in bare
        assert "8-800-2000-122" in bare


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not Kind.ALARM])
def test_the_line_above_which_to_answer_comes_first(kind: Kind) -> None:
    _, text, html = said(kind)

    assert text.startswith(MARKER)
    assert TAG.sub("", html).split("\n\n")[0].strip() == MARKER or TAG.sub("", html).strip().startswith(MARKER)


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same(kind: Kind) -> None:
    _, text, html = said(kind)

    shown = words_of(unescape(TAG.sub(" ", html)).replace("не\N{NO-BREAK SPACE}могу", "не могу"))
    band = words_of(f"{BOOK.school.short_name} обращение")

    assert shown - band == words_of(text) - band


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_is_at_most_78_columns_wide_but_for_web_addresses(kind: Kind) -> None:
    for line in said(kind)[1].splitlines():
        assert len(line) <= 78 or "https://" in line


@pytest.mark.parametrize("kind", KINDS)
def test_html_is_one_column_without_scripts_pictures_or_anything_from_the_net(kind: Kind) -> None:
    html = said(kind)[2]

    assert "max-width:640px" in html
    assert not re.search(r"<(?:script|img|link|iframe|form)\b|url\(|\bflex\b|\bgrid\b|\bon\w+=|src=", html)


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_has_english_words_a_parent_would_stumble_over(kind: Kind) -> None:
    text = re.sub(r"https?://\S+|\S+@\S+|pismo-\S+|mailbot status", "", said(kind)[1])

    assert re.findall(r"[A-Za-z]{3,}", text) == []


def luminance(colour: str) -> float:
    """Relative luminance of «#rrggbb» (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_stands_out_from_any_background_of_the_mail(kind: Kind) -> None:
    html = said(kind)[2]
    inks = re.findall(r"(?<!-)color:(#[0-9a-f]{6})", html)
    darkest = min(luminance(colour) for colour in re.findall(r"background-color:(#[0-9a-f]{6})", html))

    assert inks
    for ink in inks:
        assert (darkest + 0.05) / (luminance(ink) + 0.05) >= 4.5, ink


# --- the receipt -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", [Flag.SAFETY, Flag.LEAK])
def test_a_letter_about_danger_gets_the_very_receipt_that_every_letter_gets(flag: Flag) -> None:
    usual = said(Kind.RECEIPT, topics=(), extra=())
    in_danger = said(Kind.RECEIPT, matter(flags=(flag,), topic=Topic.COMPLAINT), topics=(), extra=())

    assert in_danger == usual


def test_the_receipt_of_every_letter_has_one_subject_and_quotes_nothing() -> None:
    subject, text, html = said(Kind.RECEIPT, topics=(), extra=())

    assert subject == "Ваше обращение зарегистрировано [№ 2026-00017]"
    for word in ("Иванов", "пятёрка", "математик", "mama", "Мари"):
        assert word not in text + html


def test_a_receipt_tells_who_has_it_from_when_and_until_when_and_gives_the_guidance() -> None:
    text = flat(said(Kind.RECEIPT)[1])

    assert "Оно передано ответственному за электронный журнал." in text
    assert "начнут в понедельник, 23 ноября" in text
    assert "до вторника, 24 ноября" in text
    assert "УСПЕВАЕМОСТЬ" in text


# --- questions -------------------------------------------------------------------------------------------------------


def test_only_what_is_missing_is_asked_with_a_line_to_copy() -> None:
    text = said(Kind.QUESTIONS, missing=(Slot.STUDENT, Slot.CLASS, Slot.SUBJECT))[1]

    assert "    Ученик: Иванова Мария; класс: 5Б; предмет: математика\n" in text
    assert "дата" not in text
    assert "ошибк" not in text


def test_a_proven_writer_reads_what_was_understood() -> None:
    about = matter(facts=(fact(Slot.STUDENT, "Петров Пётр"),))

    assert "- ученик: Петров Пётр" in said(Kind.QUESTIONS, about)[1]


def test_nothing_of_the_case_is_told_to_a_writer_nobody_proved() -> None:
    about = matter(proof=Proof.UNPROVEN, facts=(fact(Slot.STUDENT, "Петров Пётр"),))

    for kind in AUTOMATIC_TO_WRITERS:
        assert "Петров" not in "".join(said(kind, about))


def test_an_empty_letter_is_asked_what_happened() -> None:
    text = said(Kind.QUESTIONS, missing=())[1]

    assert "Текста, по которому мы могли бы помочь, в письме не оказалось." in text
    assert "образец" not in text


# --- guidance and the vendor -----------------------------------------------------------------------------------------


def test_a_question_nobody_wrote_guidance_for_is_not_answered_with_an_empty_letter() -> None:
    text = said(Kind.GUIDANCE, topics=())[1]

    assert "Готовой справки по этому вопросу у нас пока нет" in text
    assert "кабинет информатики" in text


def test_guidance_prints_the_schools_values_and_its_links() -> None:
    guidance = Guidance(
        text="Позвоните: {{ school.phones }}.\n- вход через {{ system }}",
        links=(("Памятка", "https://school.example.org/memo"),),
        place=Place("rules/topics.yaml", 1),
    )
    book = with_guidance(BOOK, guidance)

    _, text, html = said(Kind.GUIDANCE, book=book)

    assert "Позвоните: 8 (000) 000-00-00.\n- вход через АИС «Дневник.ру»" in text
    assert "- Памятка: https://school.example.org/memo" in text
    assert '<a href="https://school.example.org/memo"' in html


def test_guidance_cannot_be_made_to_look_behind_the_words_it_may_use() -> None:
    for text in ("{{ school.__class__ }}", "{{ secret }}", "{% for x in range(99999999) %}a{% endfor %}"):
        book = with_guidance(BOOK, Guidance(text=text, links=(), place=Place("rules/topics.yaml", 1)))
        with pytest.raises(BadInput):
            said(Kind.GUIDANCE, book=book)


def with_guidance(book: Rulebook, guidance: Guidance) -> Rulebook:
    grades = replace(book.topics[Topic.GRADES], guidance={Audience.PARENT: guidance})
    return replace(book, topics={**book.topics, Topic.GRADES: grades})


def test_a_parent_in_krasnoyarsk_reads_the_vendors_hours_on_their_own_clock() -> None:
    book = rulebook("kansk-eljur", zone="Asia/Krasnoyarsk")

    text = flat(said(Kind.VENDOR, book=book)[1])

    assert "ежедневно 13:00–1:00 следующего дня по времени школы (9:00–21:00" in text
    assert "самостоятельно" in text


def test_in_moscow_the_vendors_hours_are_said_once() -> None:
    line = rulebook("tyukalinsk-dnevnik").regulation.vendor.hours[0]

    assert hours_line(line, "Europe/Moscow", NOW.date()) == "ежедневно 9:00–21:00 по московскому времени"
    assert hours_line(replace(line, zone=""), "Asia/Omsk", NOW.date()).endswith("(часовой пояс в регламенте не указан)")


def test_the_text_for_the_vendor_names_the_error_and_no_child() -> None:
    about = matter(topic=Topic.OUTAGE, facts=(fact(Slot.STUDENT, "Иванова Мария"), fact(Slot.ERROR, "Ошибка 502")))

    text = said(Kind.VENDOR, about)[1]

    assert "> Что происходит: Ошибка 502" in text
    assert "Иванова" not in text


@pytest.mark.parametrize(
    "regulation", ["adilsoltanova-portal", "kansk-eljur", "lindovo-ais", "osh-dnevnik", "tyukalinsk-dnevnik"]
)
def test_every_mail_can_be_written_under_every_regulation(regulation: str) -> None:
    book = rulebook(regulation)
    wording = Wording.of(book)
    for kind in KINDS:
        subject, text, html = parts(draft(kind, book, wording))

        assert subject
        assert "None" not in text + html
        assert not UGLY.search(text), kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_can_be_written_with_the_barest_of_facts(kind: Kind) -> None:
    bare = Matter(case=None, letter=None, raw=None, finding=None) if kind is Kind.ALARM else matter(facts=())

    subject, text, _ = said(kind, bare, topics=(), missing=(), clause="", why=(), extra=())

    assert subject
    assert not UGLY.search(text)
