"""Templates that fail are named; numbers, dates and lines come out as people write them."""

from dataclasses import replace
from datetime import time

import pytest

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.errors import BadInput
from mailbot.replies.prose import blocks, reflowed, wrapped
from mailbot.replies.words import fill_in_line, hours, on_day, plural, until_day, weekdays
from mailbot.rulebook.ids import Slot
from mailbot.rulebook.types import TemplateSource
from tests.pictures.said import BOOK, said
from tests.pictures.samples import (
    KINDS,
    STAFF_KINDS,
)


def test_a_template_that_fails_is_named_with_its_mend() -> None:
    broken = {**BOOK.templates, "receipt": TemplateSource(text="Тема: x\n{{ nobody }}", html="")}

    with pytest.raises(BadInput) as caught:
        said(Kind.RECEIPT, book=replace(BOOK, templates=broken))

    assert caught.value.where == "templates/receipt.txt"
    assert "mailbot check" in caught.value.mend.ru


def test_a_template_without_a_subject_line_is_refused() -> None:
    broken = {**BOOK.templates, "receipt": TemplateSource(text="Здравствуйте!", html="")}

    with pytest.raises(BadInput, match="line 1"):
        said(Kind.RECEIPT, book=replace(BOOK, templates=broken))


def test_a_template_that_never_ends_is_stopped() -> None:
    letters = "".join(f"{{% for {name} in regulation %}}" for name in "abcd")
    endless = f"Тема: x\n{letters}много слов {'{% endfor %}' * 4}"
    broken = {**BOOK.templates, "receipt": TemplateSource(text=endless, html="")}

    with pytest.raises(BadInput, match="60000 bytes"):
        said(Kind.RECEIPT, book=replace(BOOK, templates=broken))


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (21, "21 день"), (112, "112 дней"), (0, "0 дней")],
)
def test_numbers_take_the_right_form_of_the_noun(count: int, expected: str) -> None:
    assert plural(count, "день", "дня", "дней") == expected


def test_dates_are_said_as_people_say_them() -> None:
    assert on_day("2026-11-24") == "во вторник, 24 ноября"
    assert on_day("2026-11-25") == "в среду, 25 ноября"
    assert until_day("2026-11-24") == "до вторника, 24 ноября"
    assert until_day("2026-11-24T15:05") == "до вторника, 24 ноября, 15:05"


def test_hours_are_said_with_their_midnight() -> None:
    assert hours(time(9), time(18, 5)) == "9:00–18:05"
    assert hours(time(12), time(0)) == "12:00–24:00"
    assert hours(time(13), time(1)) == "13:00–1:00 следующего дня"


def test_weekdays_are_said_in_the_shortest_way() -> None:
    assert weekdays((0, 1, 2, 3, 4)) == "по будням"
    assert weekdays(range(7)) == "ежедневно"
    assert weekdays((3, 1, 2)) == "вт–чт"
    assert weekdays((0, 2)) == "пн, ср"
    assert weekdays((5,)) == "по субботам"


def test_the_line_to_copy_holds_each_fact_once() -> None:
    assert fill_in_line((Slot.CLASS, Slot.DATE)) == "Класс: 5Б; дата: 12 ноября"


def test_a_long_line_is_wrapped_under_its_list_item_and_behind_its_quotation_mark() -> None:
    item, quotation = wrapped("- " + "слово " * 20), wrapped("> " + "слово " * 20)

    assert all(line.startswith(("- ", "  ")) and len(line) <= 78 for line in item.splitlines())
    assert all(line.startswith("> ") and len(line) <= 78 for line in quotation.splitlines())


def test_what_stands_below_a_list_is_no_part_of_its_last_line() -> None:
    assert reflowed("- по субботам: лично\nТелефон: 8\nи сайт") == "- по субботам: лично\nТелефон: 8 и сайт"


def test_a_sentence_broken_by_the_admins_editor_is_joined_and_a_list_stays_a_list() -> None:
    joined = reflowed("Отметки видны\nв дневнике.\nИтоги: \n- раз\n- два\n\nКонец.")

    assert joined == "Отметки видны в дневнике.\nИтоги:\n- раз\n- два\n\nКонец."
    assert blocks(joined) == [
        (False, ["Отметки видны в дневнике.", "Итоги:"]),
        (True, ["раз", "два"]),
        (False, ["Конец."]),
    ]


def test_staff_kinds_and_writers_kinds_are_all_there_is() -> None:
    assert set(KINDS) == {*FOR_WRITERS, *STAFF_KINDS, Kind.ALARM}
