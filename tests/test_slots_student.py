"""The pupil's name from any order and case, and the names that are not a pupil's."""

import pytest

from mailbot.rulebook.ids import Audience, Slot
from tests.test_slots import letter_of, slots_of, value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("у дочери Тихой Дарьи, 8А", "Тихая Дарья"),
        ("сыну Белому Андрею (7В)", "Белый Андрей"),
        ("у Кравца Льва, 4Б", "Кравец Лев"),
        ("Стефания Гречко, 5Б, сегодня дома", "Гречко Стефания"),
        ("Жука Алёшу 5А обижают", "Жук Алёша"),
        ("Жук Алёне 5А", "Жук Алёна"),
        ("Шевчука Александра 3в", "Шевчук Александр"),
        ("Шевчук Александре 3в", "Шевчук Александра"),
        ("сына Иванова Александра, 5А", "Иванов Александр"),
        ("дочь Иванова Александра, 5А", "Иванова Александра"),
        ("у Иванова Евгения, 5А", "Иванов Евгений"),
        ("Черных Павла 4А", "Черных Павел"),
        ("Бондаря Максима, 8а", "Бондарь Максим"),
        ("Могила Вера, 5Е", "Могила Вера"),
        ("у Саши Поповой 3в", "Попова Саша"),
        ("Сафонов Миша", "Сафонов Миша"),
        ("внучка Ульяночка Цветкова 2Г", "Цветкова Ульяна"),
        ("Петровой-Водкиной Анны 3А", "Петрова-Водкина Анна"),
        ("Штольц Анна-Мария, 4Б", "Штольц Анна-Мария"),
        ("ученица Давлетшина Камиля Маратовна", "Давлетшина Камиля"),
        ("Платон (Аксютин) на уроках не был, он из 1А", "Аксютин Платон"),
        ("в дневнике нет моего сына, зовут Глеб. Фамилия Поддубный", "Поддубный Глеб"),
        ("сын Мансур, Дадаев, пятый «В»", "Дадаев Мансур"),
        ("кто привязан к моему Азамату, Хубиеву, и зачем", "Хубиев Азамат"),
        ("у Нины моей, Соколовой, 4 «Б»", "Соколова Нина"),
        ("Амирхан наш (Галиуллин, 2Д) приболел", "Галиуллин Амирхан"),
        ("Тихон, Ожогин, 4Б, не открывается он один", "Ожогин Тихон"),
        ("дочь жены, Сёмина Ульяна, получила тройку", "Сёмина Ульяна"),
        ("новый код для отца: Хертек Айдыс, 7а", "Хертек Айдыс"),
        ("Ырбас Намсараев, 6В. Три цифры за один день", "Намсараев Ырбас"),
        ("По информатике Пшуковой Зарине поставили тройку", "Пшукова Зарина"),
        ("У моей Цой Миланы в дневнике чужие двойки", "Цой Милана"),
        ("это кочубей лада второй вэ завтра нас не ждите", "Кочубей Лада"),
        ("Илья не придёт, мы на похоронах. Сазонов, 8Д.", "Сазонов Илья"),
        ("Ли Матвей уехал в Хабаровск", "Ли Матвей"),
        ("Захара Петровых, 1А, не будет", "Петровых Захар"),
        ("два Гасановых Фарида, 3А", "Гасанов Фарид"),
        ("в анкете десятиклассницы Гайдук Оксаны ошибка", "Гайдук Оксана"),
        ("Моей Сабине сто шестнадцать лет. Зиганшина, 10А", "Зиганшина Сабина"),
        ("Вероника катается в Твери. Кубареву из 6Д завтра вычёркивайте.", "Кубарева Вероника"),
        ("баллы Варвары Гулевич (9Г) пропали", "Гулевич Варвара"),
        ("против имени Котов Мирон шесть пропусков", "Котов Мирон"),
        ("Дело другое: Сомов Антон получил двойку", "Сомов Антон"),
        ("Артура, Бероев фамилия, завтра не будет", "Бероев Артур"),
        ("Сын мой Тимур, фамилия Бероев", "Бероев Тимур"),
        ("имя Бо фамилия Чжан, третий класс", "Чжан Бо"),
        ("теперь и у Назара «Н» за среду. Лагода мы.", "Лагода Назар"),
        ("Умер дедушка Ашот, Сурен его любимец. До четверга его не ждите. Бархударян, 5А.", "Бархударян Сурен"),
    ],
)
def test_a_pupils_name_comes_out_in_the_nominative(text: str, name: str) -> None:
    assert value(Slot.STUDENT, letter_of(text)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("сына Мухаммада Алиева, 4Б", "Алиев Мухаммад"),
        ("Гершкович Лёва, 2В, сегодня дома", "Гершкович Лёва"),
        ("здраствуйте вася жук 5в завтра не придет", "Жук Вася"),
        ("дочери Магомедовой Патимат, 3В", "Магомедова Патимат"),
        ("внука Габдрахманова Ильнура", "Габдрахманов Ильнур"),
        ("ребёнка Цыренова Баира, 2А", "Цыренов Баир"),
        ("дочь Мкртчян Ани 9Б", "Мкртчян Ани"),
        ("Гусейнов Али Вагиф оглы, 4А", "Гусейнов Али"),
        ("Пак Артём, 9г", "Пак Артём"),
        ("ФИО ребёнка: Ли София, 3А", "Ли София"),
        ("сын Тер-Ованесян Нарек, 10Б", "Тер-Ованесян Нарек"),
        ("у Гелашвили Мариам, 4Д", "Гелашвили Мариам"),
        ("Байгильдин Ырысбек, 3г, болеет", "Байгильдин Ырысбек"),
        ("Пак Чжи Ён, 4 А, не придёт", "Пак Чжи Ён"),
        ("у Куулара Начына, 6Б", "Куулар Начын"),
        ("дочери Очировой Саглар, 8Б", "Очирова Саглар"),
        ("Рахмоновой Ситоры, 1В", "Рахмонова Ситора"),
        ("Сайдулаеву Турпал-Али, 11Б", "Сайдулаев Турпал-Али"),
    ],
)
def test_names_of_every_people_are_known(text: str, name: str) -> None:
    assert value(Slot.STUDENT, letter_of(text)) == name


@pytest.mark.parametrize(
    "text",
    [
        "добрый день у сына ковалева игоря 6б нет оценки",
        "ДОБРЫЙ ДЕНЬ! У СЫНА КОВАЛЕВА ИГОРЯ 6Б НЕТ ОЦЕНКИ",
        "Dobryy den, u syna Kovaleva Igorya 6b net ocenki po matematike",
    ],
)
def test_a_name_is_known_without_capitals_in_capitals_and_in_latin(text: str) -> None:
    assert value(Slot.STUDENT, letter_of(text)) == "Ковалев Игорь"


@pytest.mark.parametrize(
    "text",
    [
        "сын Петя, 5Б",
        "Иванов П., 5Б",
        "Я, Иванова Ольга Петровна, мама ученика 5Б, прошу помочь",
        "Меня зовут Ольга Смирнова. Сын в 5Б",
        "Прошу добавить дочь.\n\nС уважением,\nПетрова Анна",
        "Учитель Марина Ивановна Петрова поставила 2. Сын Глеб, 5А",
        "классный руководитель Петрова Анна так сказала",
        "Уважаемая Анна Сергеевна! Помогите",
        "Задали «Евгений Онегин», 9А",
    ],
)
def test_a_given_name_alone_initials_the_writer_a_teacher_or_a_book_are_no_pupil(text: str) -> None:
    assert value(Slot.STUDENT, letter_of(text)) is None


def test_the_name_in_from_is_not_the_pupils() -> None:
    assert value(Slot.STUDENT, letter_of("Ребёнок в 5Б, пропала оценка", sender="Orlova Vera")) is None


@pytest.mark.parametrize("sender", ["Хазиева Регина", "Регина Хазиева", "Сат Алдынай"])
def test_a_pupil_who_writes_is_known_by_the_name_in_from(sender: str) -> None:
    letter = letter_of("я была на физре, а стоит энка. 9Д", sender=sender)

    assert set((value(Slot.STUDENT, letter, Audience.STUDENT) or "").split()) == set(sender.split())
    assert slots_of(letter, Audience.STUDENT)[Slot.STUDENT].source == "sender"


@pytest.mark.parametrize("sender", ["Регина", "Хазиева Р.", "Хазиева Ольга Маратовна", "regina_05", "Аноним Вася"])
def test_half_a_name_in_from_or_an_adults_is_not_the_pupils(sender: str) -> None:
    letter = letter_of("я была на физре, а стоит энка. 9Д", sender=sender)

    assert value(Slot.STUDENT, letter, Audience.STUDENT) is None


def test_a_boy_who_writes_from_his_mothers_mailbox_is_not_taken_for_her() -> None:
    assert value(Slot.STUDENT, letter_of("я не прогуливал, я болел", sender="Ольга Хазиева"), Audience.STUDENT) is None
    assert value(Slot.STUDENT, letter_of("я болела", sender="Ольга Хазиева"), Audience.STUDENT) == "Хазиева Ольга"


def test_a_word_with_a_letter_of_another_alphabet_is_not_cut_into_a_name() -> None:
    assert value(Slot.STUDENT, letter_of("Менің ұлым Сейітов Арман 4Б сыныбында оқиды")) != "Тов Арман"


def test_a_pupil_named_in_the_letter_comes_before_the_name_in_from() -> None:
    letter = letter_of("Верните Ветрову Саше из 6А его пятёрку", sender="Хазиева Регина")

    assert value(Slot.STUDENT, letter, Audience.STUDENT) == "Ветров Саша"


def test_a_pupils_own_signature_counts() -> None:
    text = "нет оценки по физике\n\nПетров Коля 7А"

    assert value(Slot.STUDENT, letter_of(text), Audience.STUDENT) == "Петров Коля"


def test_the_child_counts_not_the_mother_who_signs() -> None:
    letter = letter_of("Прошу код.\nПетрова О.Н., мать Петрова Семёна (7Б)")

    assert value(Slot.STUDENT, letter) == "Петров Семён"


def test_a_parent_asked_for_access_is_not_the_pupil() -> None:
    letter = letter_of("У Златы Корниенко, 5 «б», пропала пятёрка. И добавьте папу, Корниенко Виктора")

    assert value(Slot.STUDENT, letter) == "Корниенко Злата"


@pytest.mark.parametrize("text", ["в пятницу Стёпы не было в школе", "Контрольная Аслана проверена"])
def test_a_day_or_a_test_beside_a_given_name_is_no_surname(text: str) -> None:
    assert value(Slot.STUDENT, letter_of(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Илья и Вера не придут. Сазонов, 8Д.",
        "Наш учитель Пётр Ильич молодец. Сазонов, 8Д.",
        "Илья не придёт. Литература, 8Д.",
        "телефон родителей девочки Софии из 5Б",
        "Соня она, а записана Софья",
    ],
)
def test_a_surname_beside_a_class_needs_the_name_of_one_child(text: str) -> None:
    assert value(Slot.STUDENT, letter_of(text)) is None


def test_a_name_in_quotes_is_the_childs_if_the_surname_is_the_senders() -> None:
    letter = letter_of("В дневнике «Аверченко Лазарь Геннадьевич», а он Олегович!", sender="Аверченко Юлиана")

    assert value(Slot.STUDENT, letter) == "Аверченко Лазарь"


def test_a_full_name_with_the_senders_surname_is_the_childs_and_not_a_relatives() -> None:
    sender = "Гуляев Борис"

    assert value(Slot.STUDENT, letter_of("В системе Гуляева Эмма Олеговна", sender=sender)) == "Гуляева Эмма"
    assert value(Slot.STUDENT, letter_of("Вход для жены: Гуляева Инна Олеговна", sender=sender)) is None
    assert value(Slot.STUDENT, letter_of("Написано «Гуляев Борис Олегович»", sender="Гуляев Б.")) is None


def test_somebody_elses_child_is_not_ours() -> None:
    letter = letter_of("Отвяжите от меня чужого ребёнка Орлова Дениса, 3Б. Моя дочь Зайцева Полина, 5А")

    assert value(Slot.STUDENT, letter) == "Зайцева Полина"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("телефоны мам Сони Ярцевой и Кати Бубновой из 4Б", "Ярцева Соня; Бубнова Катя"),
        ("наши дети, Лука и Варя Агаповы, не придут", "Агапов Лука; Агапова Варя"),
        ("близнецам Ивановым Маше и Даше, 3в", "Иванова Маша; Иванова Даша"),
        ("Орлов Тёма — 1А; Орлова Соня — 5Б", "Орлов Тёма; Орлова Соня"),
        ("1. Сидоренко Павел, 7А\n2. Ли Артём, 7А", "Сидоренко Павел; Ли Артём"),
    ],
)
def test_several_pupils_come_out_together(text: str, names: str) -> None:
    assert value(Slot.STUDENT, letter_of(text)) == names
