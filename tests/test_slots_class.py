"""Classes in every spelling that parents, pupils and teachers use; numbers that are no classes."""

import pytest

from mailbot.rulebook.ids import Slot
from tests.test_slots import letter_of, value


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ('сын в 5 "б" кл.', "5Б"),
        ("дочь в пятом бэ", "5Б"),
        ("10-й А класс", "10А"),
        ("шестой В", "6В"),
        ('1"А"', "1А"),
        ("учится в 5B", "5В"),
        ("ходит в 9b", "9Б"),
        ("5-б", "5Б"),
        ("2 г кл", "2Г"),
        ("из 6 а", "6А"),
        ("11 «Б»", "11Б"),
        ("7-го «г» класса", "7Г"),
        ("учимся в 5 классе «Д»", "5Д"),
        ("3 класс, буква В", "3В"),
        ("6акласс", "6А"),
        ("два дэ класс", "2Д"),
        ("Зуйков Егор 8 в до среды не ждите", "8В"),
        ("Петухов Макар четвёртый а и скажите учителю", "4А"),
        ("4А и 4Б", "4А; 4Б"),
        ("6 А и Б", "6А; 6Б"),
        ("3А, 3Б и 3В", "3А; 3Б; 3В"),
        ("Садыкова Амелия, 7Р", "7Р"),
        ("у седьмого литер А", "7А"),
        ("пятый класс, литера «Г»", "5Г"),
        ("по географии в 7О честно записала", "7О"),
        ("завтра ваш 5О пусть держится без него", "5О"),
        ("на мой 5Е у одного новенького нет кода", "5Е"),
        ("не 6Б, а 6В", "6В"),
        ("галя 6 г не придёт", "6Г"),
        ("где мой сын, 3-й б? он один", "3Б"),
        ("восемь зе завтра учится?", "8З"),
        ("захар 3н. вход есть", "3Н"),
    ],
)
def test_a_class_is_known_in_any_spelling(text: str, settled: str) -> None:
    assert value(Slot.CLASS, letter_of(text)) == settled


@pytest.mark.parametrize(
    "text",
    [
        "сын в пятом классе",
        "сын в 9м классе",
        "с 1 по 4 класс",
        "поставили 4 в четверти",
        "получил 5 а должен 4",
        "стоит 5 и 4, а в четверти 4",
        "уроки в кабинете 5Б",
        "живём на ул. Ленина, д. 5А",
        "школа на Каштановой 5А",
        "не было 2 и 3 декабря",
        "пришёл в 8 а уроки с 9",
        "из 5 в 4 превратилась",
        "упражнение 5б",
        "живём на Полевой 5А",
        "5-е классы не учатся",
    ],
)
def test_a_number_alone_a_mark_a_room_or_an_address_is_no_class(text: str) -> None:
    assert value(Slot.CLASS, letter_of(text)) is None


def test_the_class_of_ones_own_child_counts_not_the_one_of_somebody_elses() -> None:
    letter = letter_of("Висит чужой мальчик из 2Г, а моя дочь Ткаченко Эмилия из 5В")

    assert value(Slot.CLASS, letter) == "5В"


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("Переведите Гусева Тимофея из 4А в 4Б", "4А"),
        ("Адлер Марта переходит из 5А в 5Б", "5А"),
        ("Из 2А Лунёву Есению уже вычеркнули, во 2Г ещё не вписали", "2А"),
        ("Шульгин Макар переведён из 10Б в 10А, отметки остались в прежнем журнале", "10А"),
    ],
)
def test_of_a_transfer_the_present_class_counts(text: str, present: str) -> None:
    assert value(Slot.CLASS, letter_of(text)) == present
