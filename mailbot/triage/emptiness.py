"""Whether a letter holds any text to act on.

A blank body under a telling subject is not empty: then the subject is the text.
"""

import re

from mailbot.letters.letter import Letter
from mailbot.triage.language import parses_of
from mailbot.triage.text import Reading, Word, words_of

# What may stand in a letter that asks nothing: greetings, farewells, pointers to an attachment.
_NOTHING = re.compile(
    r"здравствуй(?:те)?|здрасте|приветствую|привет|добр(?:ый|ое|ого) (?:день|вечер|утро|времени суток|дня)"
    r"|доброго времени суток|с уважением[^\n]*|отправлено (?:с|из)[^\n]*|sent from[^\n]*|всего доброго"
    r"|спасибо(?: большое)?|заранее|благодарю|cid:\S+"
    r"|(?:документ|файл|фото|скан|заявление|все|письмо|информация|справка)?\s*(?:во|в|на) "
    r"(?:вложени|прикреплени|приложени)\w+"
    r"|(?:см\.?|смотри(?:те)?) (?:во )?(?:вложени|прилож|файл|фото|документ)\w*"
    r"|(?:прикреп|прилаг|прилож|высыл|отправ|посыл|шл)\w*(?:,? как просили)?|вот(?: документ| файл| фото)?"
    r"|(?:документ|файл|фото|скан|картинк|снимок|скриншот)\w*(?: прикреп\w+)?"
)
MOST_WORDS_OF_NOTHING = 15  # that greetings, a farewell and a signature may take
_SUBJECT_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|отв|ответ|пересл|на|wg|aw|ha)\s*(?:\[\d+\])?\s*:)+", re.IGNORECASE)
_VAGUE = frozenset((
    "тема", "без", "нет", "вопрос", "вопросик", "вопросы", "обращение", "письмо", "сообщение", "документ", "файл",
    "фото", "скан", "скриншот", "картинка", "вложение", "заявление", "дневник", "журнал", "школа", "школьный",
    "электронный", "эл", "эж", "срочно", "важно", "помощь", "помогите", "помочь", "консультация", "здравствуйте",
    "привет", "добрый", "доброе", "день", "вечер", "утро", "от", "по", "о", "об", "про", "для", "из", "в", "на", "к",
    "с", "у", "и", "ваш", "наш", "мой", "запрос", "ответ", "класс", "ребенок", "сын", "дочь", "дочка", "внук",
    "внучка", "мама", "папа", "родитель", "ученик", "ученица", "учитель", "просьба", "информация", "справка", "один",
    "два", "ещё", "еще", "раз", "снова", "опять", "это", "тест", "проверка", "прошу", "прочитать", "срочный",
    "image", "img", "photo", "no", "subject", "untitled", "doc", "scan", "new",
))  # fmt: skip


def is_empty(letter: Letter, reading: Reading) -> bool:
    """No text to act on in body or subject."""
    of_question = sum(word.start > len(reading.subject) for word in reading.words)
    if of_question > MOST_WORDS_OF_NOTHING or _has_words(reading.question):
        return False
    subject = _SUBJECT_PREFIX.sub("", reading.subject)
    return not any(_is_telling(word) for word in words_of(subject))


def _has_words(question: str) -> bool:
    """Whether the body says more than a greeting, a name and «во вложении»."""
    rest = _NOTHING.sub(" ", question.lower().replace("ё", "е"))
    return (
        any(word.form[0].isalpha() and not _is_name(word) for word in words_of(rest))
        and len(rest.strip(" \n.,!?-")) > 1
    )


def _is_telling(word: Word) -> bool:
    """A word of the subject that says what is wanted; names, numbers, classes and «вопрос» do not."""
    if len(word.form) < 3 or not word.form[0].isalpha() or not word.lemmas.isdisjoint(_VAGUE) or word.form in _VAGUE:
        return False
    return not _is_name(word)


def _is_name(word: Word) -> bool:
    return not {"Name", "Surn", "Patr"}.isdisjoint(parses_of(word.form)[0].grammemes) or not word.form[0].isalpha()
