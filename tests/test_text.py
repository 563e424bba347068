"""A letter's text made comparable: what parents type becomes words that rules can be held against."""

import pytest

from mailbot.letters.letter import Letter
from mailbot.letters.read import read_letter
from mailbot.triage.script import ScriptNote, settle
from mailbot.triage.text import readable, words_of


def letter_of(subject: str, text: str) -> Letter:
    head = f"From: mama@example.org\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n"
    return read_letter((head + text).encode())


def lemmas_in(text: str) -> set[str]:
    return set().union(*(word.lemmas for word in words_of(text)))


def test_every_form_of_a_word_is_the_same_word() -> None:
    assert "оценка" in lemmas_in("исправьте оценку")
    assert "оценка" in lemmas_in("нет ни одной ОЦЕНКИ")


def test_yo_and_ye_are_one_letter() -> None:
    assert [word.form for word in words_of("Ещё ребёнок")] == ["еще", "ребенок"]


def test_a_word_knows_where_it_stands() -> None:
    text = "Здравствуйте! Пропала пятёрка."

    words = words_of(text)

    assert [text[word.start : word.end] for word in words] == ["Здравствуйте", "Пропала", "пятёрка"]
    assert [word.sentence for word in words] == [0, 1, 1]


def test_a_line_broken_by_the_mail_program_does_not_end_the_sentence() -> None:
    first, *_, last = words_of("не могу\nвойти в дневник")

    assert first.sentence == last.sentence


def test_an_abbreviation_does_not_end_the_sentence() -> None:
    assert len({word.sentence for word in words_of("в 5 кл. нет расписания")}) == 1


def test_an_address_is_one_word_without_lemmas() -> None:
    words = words_of("пишите на mama.petrova@example.org")

    assert words[-1].form == "mama.petrova@example.org"


def test_the_subject_and_the_question_are_read_together() -> None:
    reading = readable(letter_of("Нет входа", "Не могу войти.\n"))

    assert reading.subject == "Нет входа"
    assert reading.text.startswith("Нет входа\nНе могу войти.")
    assert reading.known_after == 1.0


@pytest.mark.parametrize(
    ("written", "meant", "note"),
    [
        ("ne mogu voyti v dnevnik", "не могу войти в дневник", ScriptNote.TRANSLIT),
        ("gde posmotret ocenki za chetvert", "где посмотреть оценки за четверть", ScriptNote.TRANSLIT),
        ("yt vjue djqnb d lytdybr", "не могу войти в дневник", ScriptNote.LAYOUT),
        ("Gfhjkm gjvy.? kjuby ytn", "Пароль помню, логин нет", ScriptNote.LAYOUT),
        ("пропала oцeнка", "пропала оценка", ScriptNote.LOOKALIKES),
    ],
)
def test_russian_in_a_strange_alphabet_is_read_as_russian(written: str, meant: str, note: ScriptNote) -> None:
    settled = settle(written)

    assert settled.text.lower() == meant.lower()
    assert settled.notes == (note,)


def test_names_in_transliteration_come_out_in_cyrillic() -> None:
    settled = settle("Zdravstvuyte, pishu bez russkih bukv. Tarasov Ilya, 6V klass")

    assert "Тарасов Илья, 6В класс" in settled.text


@pytest.mark.parametrize(
    "text",
    [
        "My daughter has recently joined your school. Could you please explain how a parent can register?",
        "Sehr geehrte Damen und Herren, wie bekomme ich einen Zugang zum elektronischen Tagebuch?",
        "Assalomu alaykum! Elektron kundalikning parolini unutib qo'ydim. Uni qanday tiklash mumkin?",
        "Dzień dobry, nie mówię dobrze po rosyjsku. Jak mogę założyć konto rodzica?",
    ],
)
def test_a_foreign_letter_is_left_alone_and_seen_to_be_foreign(text: str) -> None:
    reading = readable(letter_of("", text))

    assert reading.question.strip() == text
    assert reading.known_after < 0.3


@pytest.mark.parametrize(
    "text",
    [
        "Сайт пишет 502 Bad Gateway, обновляла три раза",
        "Захожу на https://school.example.org/login и вижу Internal Server Error",
        "мой логин ivanova_m, почта mama@example.org",
        "приложение Dnevnik.ru на iPhone не открывается",
    ],
)
def test_errors_addresses_and_logins_in_a_russian_letter_stay_as_written(text: str) -> None:
    assert settle(text).text == text


def test_invisible_characters_and_odd_spaces_do_not_hide_a_word() -> None:
    assert settle("па\u200bроль\u00a0забыла").text == "пароль забыла"


def test_a_blank_letter_has_no_words_and_counts_as_known() -> None:
    reading = readable(letter_of("", "\n"))

    assert reading.words == ()
    assert reading.known_after == 1.0


def test_an_endless_letter_is_cut() -> None:
    assert len(readable(letter_of("", "слово " * 50_000)).text) <= 20_000
