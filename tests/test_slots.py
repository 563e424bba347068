"""The facts a letter gives, wherever they stand and however they are written; nothing that was not given."""

from email.message import EmailMessage

import pytest

from mailbot.letters.letter import Letter
from mailbot.letters.read import read_letter
from mailbot.rulebook.ids import Audience, Slot
from mailbot.triage.finding import FilledSlot
from mailbot.triage.slots import slots_in
from mailbot.triage.text import readable


def letter_of(text: str, subject: str = "", sender: str = "", picture: str = "") -> Letter:
    message = EmailMessage()
    message["From"] = f"{sender} <mama@example.org>".strip()
    message["Subject"] = subject
    message.set_content(text)
    if picture:
        message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename=picture)
    return read_letter(message.as_bytes())


def slots_of(letter: Letter, audience: Audience = Audience.PARENT) -> dict[Slot, FilledSlot]:
    return {slot.slot: slot for slot in slots_in(letter, readable(letter), audience)}


def value(slot: Slot, letter: Letter, audience: Audience = Audience.PARENT) -> str | None:
    filled = slots_of(letter, audience).get(slot)
    return filled.value if filled else None


def test_a_whole_letter_gives_all_that_is_needed() -> None:
    letter = letter_of("Добрый день! У моей дочери Тихой Дарьи, 8 «А», за 17 ноября стоит «Н» по химии. Исправьте!")

    assert {slot: filled.value for slot, filled in slots_of(letter).items()} == {
        Slot.STUDENT: "Тихая Дарья",
        Slot.CLASS: "8А",
        Slot.SUBJECT: "химия",
        Slot.DATE: "за 17 ноября",
    }


def test_each_fact_says_where_it_was_heard_and_in_which_words() -> None:
    slots = slots_of(letter_of("Нет оценки по матем у Рябинина Елисея", subject="2-в"))

    assert (slots[Slot.CLASS].source, slots[Slot.CLASS].heard) == ("subject", "2-в")
    assert (slots[Slot.STUDENT].source, slots[Slot.STUDENT].heard) == ("body", "Рябинина Елисея")
    assert slots[Slot.SUBJECT].heard == "матем"


def test_the_facts_are_told_in_the_order_we_ask_for_them() -> None:
    letter = letter_of("пишет «Ошибка 500», вчера, по физике, 7Г, Левченко Артём")

    assert [filled.slot for filled in slots_in(letter, readable(letter), Audience.PARENT)] == list(Slot)


def test_a_letter_without_facts_gives_none() -> None:
    assert slots_of(letter_of("Здравствуйте! Как посмотреть расписание на телефоне?")) == {}


def test_a_table_gives_the_pupil_and_the_class() -> None:
    message = EmailMessage()
    message["From"] = "mama@example.org"
    message.set_content(
        "<p>Не сходится:</p><table><tr><td>Ученик</td><td>Класс</td></tr>"
        "<tr><td>Кравец Лев</td><td>4 Б</td></tr></table>",
        subtype="html",
    )
    letter = read_letter(message.as_bytes())

    assert value(Slot.STUDENT, letter) == "Кравец Лев"
    assert value(Slot.CLASS, letter) == "4Б"


@pytest.mark.parametrize("signature", ["мама Рябинина Елисея, 2В", "--\nмама Рябинина Елисея, 2В"])
def test_a_parents_signature_that_names_the_child_gives_pupil_and_class(signature: str) -> None:
    letter = letter_of(f"Нет оценки.\n\n{signature}\n")

    assert (value(Slot.STUDENT, letter), value(Slot.CLASS, letter)) == ("Рябинин Елисей", "2В")


def test_a_class_teachers_own_class_in_the_signature_does_not_count() -> None:
    letter = letter_of("Не открывается журнал.\n\nКислицына В. П., кл. рук. 11Б\n")

    assert value(Slot.CLASS, letter, Audience.STAFF) is None


def test_pupil_and_class_may_stand_in_the_letter_that_is_quoted() -> None:
    letter = letter_of(
        "Так и не исправили.\n\n"
        "чт, 19 нояб. 2026 г. в 14:02, Мама <mama@example.org>:\n"
        "> У моего сына Захарова Кирилла, 6Б, нет оценки по химии\n"
    )

    assert (value(Slot.STUDENT, letter), value(Slot.CLASS, letter)) == ("Захаров Кирилл", "6Б")


def test_two_children_come_out_both() -> None:
    letter = letter_of("Дети Вартанян Карен, 6Б, и Вартанян Сона, 2А, завтра не придут")

    assert value(Slot.STUDENT, letter) == "Вартанян Карен; Вартанян Сона"
    assert value(Slot.CLASS, letter) == "6Б; 2А"


def test_a_letter_in_transliteration_gives_its_facts_in_cyrillic() -> None:
    letter = letter_of("Zdravstvuyte, net russkih bukv. Tarasov Ilya, 6V klass, po matematike propala ocenka")

    assert (value(Slot.STUDENT, letter), value(Slot.CLASS, letter)) == ("Тарасов Илья", "6В")
    assert value(Slot.SUBJECT, letter) == "математика"


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("по матем", "математика"),
        ("за диктант по русичу", "русский язык"),
        ("9г, гео, стоит 3", "география"),
        ("по англискому три двойки", "английский язык"),
        ("по русскому", "русский язык"),
        ("по рус. яз.", "русский язык"),
        ("по инглишу", "английский язык"),
        ("по ин. языку", "английский язык"),
        ("по ИЗО", "ИЗО"),
        ("по физре", "физкультура"),
        ("по обж", "ОБЗР"),
        ("по окр. миру", "окружающий мир"),
        ("по литре", "литература"),
        ("по чтению", "литературное чтение"),
        ("по труду", "технология"),
        ("по общаге", "обществознание"),
        ("по алгебре и геометрии", "алгебра; геометрия"),
        ("на уроке истории", "история"),
        ("у 8З историю за вторник и", "история"),
        ("за ответ на чтении", "литературное чтение"),
        ("в 8в физ. не ту", "физика"),
        ("нашей химички", "химия"),
        ("по родной лит-ре", "родная литература"),
        ("алга, третий номер", "алгебра"),
        ("на труде не ту", "технология"),
        ("у него русский, третью", "русский язык"),
        ("за русский на пятницу", "русский язык"),
        ("учителя истории попросите, не ту", "история"),
        ("дочь семь бэ русский. не ту", "русский язык"),
        ("был на олимпиаде по астрономии, а по физике поставили не ту", "физика"),
        ("я преподавала математику, внуку по алгебре не ту", "алгебра"),
    ],
)
def test_a_subject_is_known_by_its_everyday_name(written: str, settled: str) -> None:
    assert value(Slot.SUBJECT, letter_of(f"Исправьте {written} отметку")) == settled


@pytest.mark.parametrize(
    "text",
    [
        "опять та же история",
        "пишу без русских букв",
        "посмотрите в истории браузера",
        "без труда нашли",
        "весь мир видит",
        "задано прочесть Войну и мир на среду",
        "за грамотность сняли балл",
        "журнал, на нём уже кто-то сидит",
    ],
)
def test_everyday_words_are_no_subjects(text: str) -> None:
    assert value(Slot.SUBJECT, letter_of(text)) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Выдаёт «Сервис временно недоступен. Код 503»", "Сервис временно недоступен. Код 503"),
        ("пишет «код уже использован»", "код уже использован"),
        ("Заполняю. «Сеанс завершён, данные не сохранены»", "Сеанс завершён, данные не сохранены"),
        ("прога пишет мне no such session и выкидывает", "no such session"),
        ("502 Bad Gateway и всё", "502 Bad Gateway"),
        ("выдаёт 404", "404"),
        ("пишет Превышено время ожидания ответа сервера", "Превышено время ожидания ответа сервера"),
        ("вылезает табличка Сессия недействительна", "Сессия недействительна"),
        ("там ошибка связи #7 и тишина", "ошибка связи #7"),
        ("внизу мелко SSL_ERROR_EXPIRED", "SSL_ERROR_EXPIRED"),
        ("Код ответа 403", "Код ответа 403"),
        ("кидает с сайта: «Страница устарела»", "Страница устарела"),
        ("Неизвестная ошибка 2.71, и всё", "Неизвестная ошибка 2.71"),
        ("телефон говорит Ой! Произошёл сбой загрузки", "Ой! Произошёл сбой загрузки"),
        ("куда ни ткни, «Неизвестный токен»", "Неизвестный токен"),
        ("жму «Войти», а там «Слишком много запросов»", "Слишком много запросов"),
        ("сайт всем подряд пишет Что-то пошло не так", "Что-то пошло не так"),
        ("Надпись: E_TIMEOUT", "E_TIMEOUT"),
        ("на весь экран INTERNAL_FAULT_9 и красная грань", "INTERNAL_FAULT_9"),
        ("темнота и Segmentation fault", "Segmentation fault"),
        ("При входе 503, у всего подъезда", "503"),
        ("прила пишет network error хотя ютуб летает", "network error"),
        ("У всех одно и то же: «Database is locked»", "Database is locked"),
        ("ссылка на главной ведёт в никуда, 404", "404"),
        ("вложения не открываются: «Файл повреждён»", "Файл повреждён"),
        ("у всей школы «Тайм-аут операции»", "Тайм-аут операции"),
        ("в отчёте одно слово SIGKILL", "SIGKILL"),
        ("Шлюз не отвечает, 504. Так у меня и у брата", "Шлюз не отвечает, 504"),
        ("Ошибка загрузки данных 12. И всё, больше ничего", "Ошибка загрузки данных 12"),
        ("Не удалось подключиться. Код: -7\nэто у меня", "Не удалось подключиться. Код: -7"),
        ("захожу под своим логином: «Для пользователя нет активных ролей»", "Для пользователя нет активных ролей"),
        ("журнал падает с надписью Access violation at address 00F1", "Access violation at address 00F1"),
        ("пишет одно слово: null", "null"),
        ("Открываю, а там одно: null", "null"),
        ("белым по чёрному Ошибка подключения к базе", "Ошибка подключения к базе"),
        ("на весь экран: SQLSTATE HY001 и простыня", "SQLSTATE HY001"),
        ("фото не берёт: «Файл слишком большой»", "Файл слишком большой"),
        ("«Application has stopped», и так весь день", "Application has stopped"),
    ],
)
def test_an_error_is_told_in_its_own_words(text: str, words: str) -> None:
    assert value(Slot.ERROR, letter_of(text)) == words


def test_a_bare_code_as_the_subject_line_is_the_error() -> None:
    assert value(Slot.ERROR, letter_of("Выше ошибка, она с утра", subject="502")) == "502"


def test_a_subject_line_that_begins_with_a_lesson_names_it() -> None:
    assert value(Slot.SUBJECT, letter_of("за 16.11 двойка", subject="история дорофеева злата 6д")) == "история"


@pytest.mark.parametrize(
    "text",
    [
        "крутится кружочек",
        "приложение вылетает",
        "белый экран и всё",
        "скриншот приложу позже",
        "пишет какую-то ерунду",
        "исправьте ошибку 3.12 в журнале",
        "ошибка в 5 столбце",
        "Не удалось мне вчера до вас дозвониться",
    ],
)
def test_what_the_writer_saw_happen_or_promised_is_no_error(text: str) -> None:
    assert value(Slot.ERROR, letter_of(text)) is None


def test_a_picture_that_came_along_is_the_error() -> None:
    filled = slots_of(letter_of("Вот такое, см. картинку", picture="screen_vhod.png"))[Slot.ERROR]

    assert (filled.value, filled.source) == ("screen_vhod.png", "attachment")


@pytest.mark.parametrize("noise", ["5А " * 7000, "Иванов Пётр " * 2000, "1, " * 9000, "«" * 20000, "12.11 " * 4000])
def test_a_hostile_letter_still_gives_its_facts(noise: str) -> None:
    assert isinstance(slots_of(letter_of(noise)), dict)


def test_the_example_in_our_own_quoted_question_is_not_taken_for_facts() -> None:
    quoted_ours = (
        "> — Пишите ваш ответ выше этой строки —\n>\n> Чтобы помочь Вам, нам не хватает сведений.\n"
        "> Ученик: Иванова Мария; класс: 5Б; предмет: математика\n"
    )
    raw = (
        "From: Mama <mama@mail.example>\r\nTo: help@school.example.org\r\nSubject: Re: =?utf-8?b?0L7RhtC10L3QutCw?=\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"не знаю, посмотрите сами\n\n{quoted_ours}"
    ).encode()
    letter = read_letter(raw)

    assert slots_in(letter, readable(letter), Audience.PARENT) == ()
