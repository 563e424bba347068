"""What a person wrote, told from what their mail program put around it; samples as today's programs write them."""

from dataclasses import dataclass

import pytest

from mailbot.letters.clients import MARKER
from mailbot.letters.split import split_text

OURS = "Здравствуйте! Уточните, пожалуйста, класс и предмет."
ASKED = "Добрый день! Сын в 5Б, математика, оценка за 12.11."


@dataclass(frozen=True)
class Sample:
    client: str
    text: str
    question: str = ASKED
    signature: str = ""
    forwarded: str = ""
    is_forward: bool = False


SAMPLES = [
    Sample("Gmail RU", f"{ASKED}\n\nчт, 19 нояб. 2026 г. в 14:02, Служба <help@example.org>:\n\n> {OURS}\n> Служба"),
    Sample(
        "Gmail RU wrapped",
        f"{ASKED}\n\nчт, 19 нояб. 2026 г. в 14:02, Консультация по электронному журналу\n"
        f"<help@example.org>:\n\n> {OURS}",
    ),
    Sample("Gmail EN", f"{ASKED}\n\nOn Thu, Nov 19, 2026 at 2:02 PM Help <help@example.org> wrote:\n\n> {OURS}"),
    Sample(
        "Gmail EN wrapped", f"{ASKED}\n\nOn Thu, Nov 19, 2026 at 2:02 PM Help Desk\n<help@example.org> wrote:\n> {OURS}"
    ),
    Sample("Mail.ru web", f"{ASKED}\n\nЧетверг, 19 ноября 2026, 14:02 +03:00 от Служба <help@example.org>:\n>{OURS}"),
    Sample(
        "Mail.ru app",
        f"{ASKED}\n\n--\nОтправлено из Mail.ru для Android\n\n"
        f"четверг, 19 ноября 2026г., 14:02 +03:00 от Служба help@example.org:\n\n{OURS}",
        signature="--\nОтправлено из Mail.ru для Android",
    ),
    Sample("Yandex web", f'{ASKED}\n\n19.11.2026, 14:02, "Служба" <help@example.org>:\n> {OURS}'),
    Sample("Yandex without >", f'{ASKED}\n\n19.11.2026, 14:02, "Служба" <help@example.org>:\n\n{OURS}\n\nСлужба'),
    Sample("Yandex mobile", f"{ASKED}\n\n19.11.2026, 14:02, Служба поддержки:\n{OURS}"),
    Sample(
        "Outlook EN",
        f"{ASKED}\n\n-----Original Message-----\nFrom: Help <help@example.org>\n"
        f"Sent: Thursday, November 19, 2026 2:02 PM\n"
        f"To: Mama\nSubject: Re: x\n\n{OURS}",
    ),
    Sample(
        "Outlook RU, header alone",
        f"{ASKED}\n\nОт: Служба <help@example.org>\nОтправлено: 19 ноября 2026 г. 14:02\n"
        f"Кому: Мама\nТема: Re: оценка\n\n{OURS}",
    ),
    Sample(
        "Outlook web",
        f"{ASKED}\n________________________________\nОт: Служба <help@example.org>\n"
        f"Отправлено: 19 ноября 2026 г. 14:02\n"
        f"Кому: Мама <mama@example.org>\nТема: Re: оценка\n\n{OURS}",
    ),
    Sample(
        "Outlook for Android",
        f"{ASKED}\n\nПолучите Outlook для Android\n________________________________\nFrom: Help <help@example.org>\n"
        f"Sent: Thursday, November 19, 2026 2:02:11 PM\nTo: Mama\nSubject: Re: x\n\n{OURS}",
        signature="Получите Outlook для Android",
    ),
    Sample(
        "iPhone RU",
        f"{ASKED}\n\nОтправлено с iPhone\n\n"
        f"> 19 нояб. 2026 г., в 14:02, Служба <help@example.org> написал(а):\n> \n> {OURS}",
        signature="Отправлено с iPhone",
    ),
    Sample(
        "iPhone EN",
        f"{ASKED}\n\nSent from my iPhone\n\n> On 19 Nov 2026, at 14:02, Help <help@example.org> wrote:\n> \n> {OURS}",
        signature="Sent from my iPhone",
    ),
    Sample(
        "Thunderbird inline",
        f"19.11.2026 14:02, Служба пишет:\n> {OURS}\n5Б, математика\n> За какой день оценка?\nза 12 ноября",
        question="5Б, математика\nза 12 ноября",
    ),
    Sample(
        "The Bat!",
        f"Здравствуйте, Служба.\n\nВы писали 19 ноября 2026 г., 14:02:21:\n\n> {OURS}\n\n{ASKED}\n\n"
        f"-- \nС уважением,\n Мария",
        question=f"Здравствуйте, Служба.\n\n\n\n{ASKED}",
        signature="-- \nС уважением,\n Мария",
    ),
    Sample(
        "Samsung",
        f"{ASKED}\n\nОтправлено с моего устройства Galaxy\n\n-------- Исходное сообщение --------\n"
        f"От: Служба <help@example.org>\nДата: 19.11.2026 14:02 (GMT+03:00)\n"
        f"Кому: mama@example.org\nТема: Re: x\n\n{OURS}",
        signature="Отправлено с моего устройства Galaxy",
    ),
    Sample(
        "Huawei",
        f"{ASKED}\n\nОтправлено с моего Huawei\n\n-------- Исходное сообщение --------\nТема: Re: оценка\nОт: Служба\n"
        f"Кому: mama@example.org\nКопия:\n\n{OURS}",
        signature="Отправлено с моего Huawei",
    ),
    Sample("no announcement", f"{ASKED}\n\n> Здравствуйте!\n> {OURS}"),
    Sample("one quoted line at the end", f"5Б\n\n> {OURS}", question="5Б"),
    Sample("a date without a time", f"{ASKED}\n\nпн, 14 дек. 2026 г., Служба:\n> {OURS}"),
    Sample("Zoho", f"{ASKED}\n\n---- Служба написал(а) 19.11.2026 14:02 ----\n{OURS}"),
    Sample(
        "our marker",
        f"{ASKED}\n\nСлужба поддержки, вчера\n\n{MARKER}\n{OURS}",
        question=f"{ASKED}\n\nСлужба поддержки, вчера",
    ),
    Sample("our marker, quoted", f"{ASKED}\n\n> {MARKER}\n> {OURS}"),
    Sample("a word above our letter", f"5Б\n\n19.11.2026, 14:02, Служба <help@example.org>:\n> {OURS}", question="5Б"),
    Sample(
        "forward with words of one's own",
        f"{ASKED}\n\n-------- Пересылаемое сообщение --------\n"
        f"19.11.2026, 10:00, Учитель <t@example.org>:\n\nПринесите тетрадь.",
        forwarded=(
            "-------- Пересылаемое сообщение --------\n"
            "19.11.2026, 10:00, Учитель <t@example.org>:\n\nПринесите тетрадь."
        ),
    ),
    Sample(
        "Gmail forward",
        f"{ASKED}\n\n---------- Forwarded message ---------\nОт: Учитель <t@example.org>\n"
        f"Date: чт, 19 нояб. 2026 г. в 10:00\n"
        "Subject: Тетрадь\nTo: <mama@example.org>\n\nПринесите тетрадь.",
        forwarded="---------- Forwarded message ---------\nОт: Учитель <t@example.org>\n"
        "Date: чт, 19 нояб. 2026 г. в 10:00\n"
        "Subject: Тетрадь\nTo: <mama@example.org>\n\nПринесите тетрадь.",
    ),
    Sample(
        "Outlook forward",
        f"{ASKED}\n\nОт: Учитель <t@example.org>\nОтправлено: 19 ноября 2026 г. 10:00\nКому: Мама\n"
        f"Тема: Тетрадь\n\nПринесите.",
        forwarded=(
            "От: Учитель <t@example.org>\nОтправлено: 19 ноября 2026 г. 10:00\nКому: Мама\nТема: Тетрадь\n\nПринесите."
        ),
        is_forward=True,
    ),
    Sample(
        "regards",
        f"{ASKED}\n\nС уважением,\nИванова Анна Петровна\n+7 900 123-45-67",
        signature="С уважением,\nИванова Анна Петровна\n+7 900 123-45-67",
    ),
    Sample("mother of a pupil", f"{ASKED}\n\nмама Рябинина Елисея, 2В", signature="мама Рябинина Елисея, 2В"),
    Sample("class teacher", f"{ASKED}\n\nКовалёва И.С., кл. рук. 11Б", signature="Ковалёва И.С., кл. рук. 11Б"),
    Sample(
        "initials and phone",
        f"{ASKED}\nПетров В.Г.\nт. 8 (900) 123-45-67",
        signature="Петров В.Г.\nт. 8 (900) 123-45-67",
    ),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.client)
def test_the_question_is_told_from_quotation_and_signature(sample: Sample) -> None:
    split = split_text(sample.text, sample.is_forward)

    assert split.question == sample.question
    assert split.signature == sample.signature
    assert split.forwarded == sample.forwarded
    if OURS in sample.text:
        assert OURS.rsplit(" ", 1)[-1] in split.quoted


KEPT_WHOLE = [
    "Браузер пишет:\n> Ошибка 500\nЧто делать?",
    "От: нас ничего не зависит, поймите правильно, но оценку надо исправить.",
    "19.11.2026 в 14:02 сын получил пятёрку, а в журнале её нет.",
    "Вчера учитель писал: всё исправлю. Ничего не исправлено.",
    "Тема: оценки\nКласс: 5Б\nПредмет: математика",
    "Здравствуйте!\n\nС уважением отношусь к учителю, но двойка поставлена зря, прошу разобраться.",
    "Подскажите, где расписание?\n\nУчитель поставил тройку",
    "Проверьте оценку.\n\nИванова Мария, 5Б",
    "мама Рябинина Елисея, 2В",
    "С уважением,\nпрошу исправить оценку Иванову Пете, 5Б",
    "5Б, математика\nИванова Мария",
    "> не открывается дневник\n> пишет ошибку",
    "---- \nне открывается дневник, помогите",
    "Жми >>> fortuna-win.example.com",
    "",
]


@pytest.mark.parametrize("text", KEPT_WHOLE, ids=range(len(KEPT_WHOLE)))
def test_what_only_looks_like_quotation_or_signature_stays_the_question(text: str) -> None:
    split = split_text(text, False)

    assert split.question == text.strip()
    assert (split.quoted, split.signature, split.forwarded) == ("", "", "")


def test_a_bare_forward_is_about_what_it_forwards() -> None:
    text = (
        "-------- Пересылаемое сообщение --------\nОт: Учитель\nКому: мама\nТема: КТП\n\n"
        "Не могу загрузить планирование в 7В."
    )
    split = split_text(text, True)

    assert "Не могу загрузить планирование" in split.question
    assert split.forwarded == text


def test_our_own_letter_sent_back_without_a_word_asks_nothing() -> None:
    split = split_text(f"19.11.2026, 14:02, Служба <help@example.org>:\n> {MARKER}\n> {OURS}", False)

    assert split.question == ""
    assert OURS in split.quoted


def test_a_letter_that_is_only_a_signature_has_no_question() -> None:
    split = split_text("--\nС уважением,\nНаталья Игоревна\nОтправлено из мобильной Почты Mail.ru", False)

    assert split.question == ""


def test_a_closing_formula_alone_asks_nothing() -> None:
    assert split_text("С уважением, Николай Фёдоров\nотправлено с компьютера", False).question == ""


def test_an_answer_below_an_unmarked_quotation_is_not_lost() -> None:
    split = split_text(f"19.11.2026, 14:02, Служба <help@example.org>:\n\n{OURS}\n\n{ASKED}", False)

    assert ASKED in split.question
