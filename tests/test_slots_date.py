"""The day or period a letter is about, in the writer's words; days of looking and papers are not it."""

import pytest

from mailbot.rulebook.ids import Slot
from tests.test_slots import letter_of, value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("урок 12.11 не записан", "12.11"),
        ("с 16 по 20 ноября не будет", "с 16 по 20 ноября"),
        ("с 23.11 по 27.11", "с 23.11 по 27.11"),
        ("сын сегодня не придёт", "сегодня"),
        ("сегодня и завтра дома", "сегодня и завтра"),
        ("во вторник не было урока", "во вторник"),
        ("до среды не ждите", "до среды"),
        ("за первую четверть", "за первую четверть"),
        ("за II четверть", "за II четверть"),
        ("на этой неделе нет дз", "на этой неделе"),
        ("за ноябрь", "за ноябрь"),
        ("27 и 28 ноября бой", "27 и 28 ноября"),
        ("за 18-е стоит Н", "за 18-е"),
        ("двадцать третьего ноября не было", "двадцать третьего ноября"),
        ("в четверг 3 декабря отпрашивается", "в четверг 3 декабря"),
        ("с понедельника по среду", "с понедельника по среду"),
        ("УП за всю прошлую неделю", "за всю прошлую неделю"),
        ("сын всю прошлую неделю просидел за партой", "всю прошлую неделю"),
        ("пропуски прошлой четверти висят неоправданными", "прошлой четверти"),
        ("меня во вторник физрук сам отправил на соревнования", "во вторник"),
        ("не будет в пнд и втр", "в пнд и втр"),
        ("переставьте со следующей недели", "со следующей недели"),
    ],
)
def test_a_day_or_period_comes_out_in_the_writers_words(text: str, words: str) -> None:
    assert value(Slot.DATE, letter_of(text)) == words


@pytest.mark.parametrize(
    "text",
    [
        "Сегодня зашла в дневник, а оценки нет",
        "вчера посмотрела, темы нет",
        "в понедельник увидела, что пусто",
        "дата рождения 12.04.2015",
        "приказ от 15.11",
        "средний балл 4.12",
        "в 8.30 ещё спали",
        "телефон 8-900-12-10-11",
    ],
)
def test_a_day_of_looking_a_birthday_an_order_or_a_time_is_not_the_day(text: str) -> None:
    assert value(Slot.DATE, letter_of(text)) is None


def test_the_days_of_the_lessons_come_out_not_the_day_of_writing() -> None:
    letter = letter_of("Вчера писала вам, ответа нет. В 5А на 20.11 нет домашнего")

    assert value(Slot.DATE, letter) == "на 20.11"


def test_the_line_over_a_quoted_letter_gives_no_date() -> None:
    letter = letter_of("Нет, тема не появилась.\n\nпн, 14 дек. 2026 г. в 10:00, Консультация:\n> Обновите страницу\n")

    assert value(Slot.DATE, letter) is None
