"""Classes in every spelling («5 "б" кл.», «пятый бэ», «10-й А», «1"А"», «5B»), settled as «5Б»."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailbot.triage.slots.given_names import given_forms
from mailbot.triage.slots.passage import Passage

_LATIN = str.maketrans("ABCEKHMTVGDZabvgdezk", "АВСЕКНМТВГДЗабвгдезк")
_LETTER_NAMES = {
    "бэ": "Б",
    "вэ": "В",
    "гэ": "Г",
    "дэ": "Д",
    "жэ": "Ж",
    "зэ": "З",
    "зе": "З",
    "ка": "К",
    "эл": "Л",
    "эм": "М",
}
_ORDINALS = {
    "перв": 1, "втор": 2, "трет": 3, "четверт": 4, "пят": 5, "шест": 6, "седьм": 7, "восьм": 8, "девят": 9,
    "десят": 10, "одиннадцат": 11,
}  # fmt: skip
_COUNTED = {
    "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10, "одиннадцать": 11,
}  # fmt: skip
_NUMBER = r"(?<![\d.:№/#+])(?<!\d[ ,–—-])(?P<number>1[01]|[1-9])"
_ENDING = r"(?:\s?-?\s?(?:ый|ой|ий|его|ого|го|ому|му|ом|ем|м|й|е|ых|х))"
_WORD = r"(?:\s*кл(?:асс(?:а|е|у|ом|ы|ов)?)?(?![а-я])\.?)"
_OPEN = "[\"«“”„‘'`(]"
_CLOSE = "[\"»”“’'`)]"
_LETTER = "[А-ИК-ПР-ТA-EGHKMTVZа-ик-пabvgdez]"
_END = r"(?![0-9A-Za-zА-Яа-яЁё])"
_ORDINAL = (
    r"(?<![а-я])(?P<ordinal>(?i:перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|одиннадцат))(?:ый|ой|ий|ого"
    r"|ьего|ему|ому|ьему|ом|ем|ьем|ым)"
)

# Spellings that are a class wherever they stand.
_SURE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NUMBER}{_ENDING}?{_WORD}?\s*-?\s*{_OPEN}\s?(?P<letter>{_LETTER})\s?{_CLOSE}",
        rf"{_NUMBER}\s?-?\s?(?P<letter>[А-ИК-Н])(?=кл|\s+и\s+[А-К]\b|[.,;:!?)\n]|\s*$|\s*[-–—(]|\s+кл)",
        rf"{_NUMBER}-?(?P<letter>[ПРТ]|(?<!(?<!\d)1)С|[А-ИК-НABEKMHVGDZ]){_END}",  # but «1С» is a program
        rf"{_NUMBER}(?P<letter>О){_END}(?!\s?[\"«]?[А-И]\b)",  # but «1О А» is the tenth
        rf"{_NUMBER}(?!-е)-?(?P<letter>[а-жзикнabvgde])(?=\s?кл\b|\s?класс|{_END})",
        rf"{_NUMBER}-?(?:[йя]|ый|ая|ого|го|ому|му|ом|м)\s(?P<letter>[а-жзик])(?=\s*(?:[?.,;:!)\n]|\Z))",
        rf"{_NUMBER}(?!-е|-?м\sклассе){_ENDING}?\s*-?\s*{_OPEN}?(?P<letter>{_LETTER}){_CLOSE}?(?=\s*-?кл\b|\s*-?класс)",
        rf"{_NUMBER}{_ENDING}\s+(?P<letter>[А-ИК-Н]){_END}",
        rf"{_NUMBER}{_ENDING}?{_WORD}\s*[,(]?\s*(?:букв[а-я]+"
        rf"|литер[а-я]*)?\s*(?P<letter>[А-ИК-Н]){_CLOSE}?(?=[\s.,;:!?)]|$)(?!\s+[а-яё]{{2,}})",
        rf"{_NUMBER}{_ENDING}?{_WORD}?\s*[,(]?\s*(?:букв[а-я]+|литер[а-я]*"
        rf"|лит\.)\s*{_OPEN}?(?P<letter>{_LETTER}){_END}",
        rf"{_NUMBER}{_ENDING}?\s?-?\s?{_OPEN}?(?P<name>бэ|вэ|гэ|дэ|жэ|зэ)(?:ш[а-я]{{1,6}})?{_END}",  # «7-й „вэшный“»
    )
)
_WORDED = (
    re.compile(rf"{_ORDINAL}{_WORD}?\s*-?\s*{_OPEN}?(?P<name>бэ|вэ|гэ|дэ|жэ|зэ){_CLOSE}?{_END}"),
    re.compile(rf"{_ORDINAL}{_WORD}?\s*-?\s*{_OPEN}(?P<letter>{_LETTER}){_CLOSE}"),
    re.compile(rf"{_ORDINAL}{_WORD}?\s*-?\s*(?P<letter>[А-ИК-Нбгде]){_END}"),
    re.compile(rf"{_ORDINAL}{_WORD}?\s*[,(]?\s*литера?\s*{_OPEN}?(?P<letter>{_LETTER}){_END}"),
    re.compile(rf"{_ORDINAL}\s*(?P<letter>[а-жзик])(?=\s+кл|[.,;!?)]|\s*$)"),
)
_MONTH = r"(?:январ|феврал|март|апрел|ма[ея]|июн|июл|август|сентябр|октябр|ноябр|декабр)"
_WORDED_APART = re.compile(rf"{_ORDINAL}\s(?P<letter>[а-г]){_END}(?!\s{_MONTH})")  # right after a name, as dictated
# As a phone writes down what it hears: «два дэ класс».
_NUMBER_IN_WORDS = rf"\b(?P<counted>{'|'.join(_COUNTED)})"
_DICTATED = re.compile(rf"{_NUMBER_IN_WORDS}\s(?:(?P<name>бэ|вэ|гэ|дэ|жэ|зэ|зе)\b|(?P<letter>[абвгде])(?=\sкласс))")
_DICTATED_APART = re.compile(rf"{_NUMBER_IN_WORDS}\s(?P<letter>[а-г]){_END}")  # right after a name
# A number and a letter apart («8 в») are a class only in the right company: «в», «а» and «с» are words, too.
_APART = re.compile(rf"{_NUMBER}\s(?P<letter>[А-ИК-Набвгдежзик]){_END}")
_BEFORE_CLASS = re.compile(
    r"(?:\bиз|\bклассы?|\bкл\.?|\bученик[а-я]*|\bученица|\bученицы|\bучащ[а-я]+|\bуч-ся|\bучится в|\bучусь в|\bходим"
    r"|\bходит в"
    r"|\bдля|\bу|\bв|\bво|\bнаш[а-я]*|\bдети|\bродител[а-я]+|\bпараллел[а-я]+)\s*[:(,-]?\s*$"
)
_NOT_A_CLASS_BEFORE = re.compile(
    r"(?:\b(?:каб(?:инет[а-я]*)?\.?|аудитори[а-я]+|ауд\.|корпус[а-я]*|дом[а-я]{0,2}|д\.|кв\.?|параграф[а-я]*"
    r"|упр(?:ажнени[а-я]+)?\.?"
    r"|стр\.?|задач[а-я]+|номер[а-я]*|пункт[а-я]*|п\.|вариант[а-я]*|подъезд[а-я]*|отряд[а-я]*"
    r"|этаж[а-я]*|часть|ч\.)"
    r"|№|§|\b(?:ул\.|улиц[а-я]+|на) (?!мо(?:й|ей|ем|его)\b|сво|тво)[а-я]+(?:ой|ая|ого)"
    r"|\b(?:ул\.|улиц[а-я]+|пр\.|проспект[а-я]*|пер\."
    r"|переул[а-я]+) ?[а-я-]+,?(?: д\.)?)\s*$"
)
_MARK_BEFORE = re.compile(
    r"\b(?:поставил[аи]?|ставят|оценк[а-я]+|отметк[а-я]+|балл[а-я]*|стоит|стоят|получил[аи]?|вышл[оаи]|на|с|со|до"
    r"|после|вместо|за|около|было|была|есть)\s*$"
)
_APART_AFTER = re.compile(
    r"\s+(?:четверт|журнал|дневник|полугод|триместр|год|балл|процент|раз|урок|час|мин|этаж|недел)"
)
_LESSON_AFTER = re.compile(r" по (?!\d|шкал|факт|пункт|списк)")  # «задано 3 А по русскому»
_TEACHER = re.compile(r"кл\.? ?рук|классн[а-я]+ рук|классн(?:ая|ый|ого|ой)\b|учител|преподават|педагог")
_INLINE_SIGNATURE = re.compile(r"(?:кл\.? ?рук[а-я]*\.?|классн[а-я]+ рук[а-я]*\.?)\s*$")
_ANY_NUMBER = re.compile(r"(?<!\d)[1-9]")
_ANY_ORDINAL = re.compile(_ORDINAL)
_CORRECTED = re.compile(r"\s*,?\s*а\s")  # «не 6Б, а 6В»
_MOST = 40  # classes of one passage
_JOIN = re.compile(r" |\s*(?:,|и|/|;|или|\+|&|, и|,? и у|,? и в|,? и из|,? и для|, а также)\s*")
_MORE_LETTERS = re.compile(r"\s*(?:,|и|/)\s*(?P<letter>[А-ИК-Н])(?![\w.])")


@dataclass(frozen=True, slots=True)
class ClassMention:
    """A class named in a passage: «5Б», the positions, and whether it is joined to the one before («4А и 4Б»)."""

    value: str
    passage: int
    start: int
    end: int
    joined: bool


def classes_in(passages: tuple[Passage, ...]) -> tuple[ClassMention, ...]:
    """Every class named in the letter, in order; the class of the teacher who signs is left out."""
    mentions: list[ClassMention] = []
    for number, passage in enumerate(passages):
        previous: ClassMention | None = None
        for value, start, end in _found(passage):
            joined = previous is not None and bool(_JOIN.fullmatch(passage.folded[previous.end : start]))
            previous = ClassMention(value, number, start, end, joined)
            mentions.append(previous)
    return tuple(mentions)


def _found(passage: Passage) -> list[tuple[str, int, int]]:
    taken: list[tuple[str, int, int]] = []
    for match in _candidates(passage):
        start, end = match.span()
        if len(taken) >= _MOST:
            break
        if any(start < other[2] and other[1] < end for other in taken) or not _is_meant(passage, match):
            continue
        value = _settled(match)
        taken.append((value, start, end))
        for more in _further_letters(passage, end):
            taken.append((value.rstrip("АБВГДЕЖЗИКЛМНОПРСТ") + more.group("letter"), more.start("letter"), more.end()))
    return sorted(taken, key=lambda item: item[1])


def _candidates(passage: Passage) -> Iterator[re.Match[str]]:
    numbers = [number.start() for number in _ANY_NUMBER.finditer(passage.text)]
    for pattern in _SURE:
        yield from _matches(pattern, passage.text, numbers)
    if any(stem in passage.folded for stem in _ORDINALS) and _ANY_ORDINAL.search(passage.folded):
        for pattern in _WORDED:
            yield from pattern.finditer(passage.text.replace("ё", "е"))
        yield from (match for match in _WORDED_APART.finditer(passage.folded) if _follows_name(passage, match))
    if any(number in passage.folded for number in _COUNTED):
        yield from _DICTATED.finditer(passage.folded)
        yield from (match for match in _DICTATED_APART.finditer(passage.folded) if _follows_name(passage, match))
    yield from (match for match in _matches(_APART, passage.text, numbers) if _in_company(passage, match))


def _follows_name(passage: Passage, match: re.Match[str]) -> bool:
    """Whether one of the two words before it is a given name."""
    return any(map(given_forms, passage.folded[: match.start()].rsplit(maxsplit=2)[-2:]))


def _matches(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """What begins at one of the places: quicker than a search where a pattern can begin at a number only."""
    return (match for start in starts if (match := pattern.match(text, start)))


def _further_letters(passage: Passage, end: int) -> Iterator[re.Match[str]]:
    """«6 А и Б»: letters that share the number."""
    while more := _MORE_LETTERS.match(passage.text, end):
        yield more
        end = more.end()


def _is_meant(passage: Passage, match: re.Match[str]) -> bool:
    """Not a room, a page or a mark; and not the class that a teacher signs with."""
    before = passage.folded[max(0, match.start() - 24) : match.start()]
    if before.endswith("не ") and _CORRECTED.match(passage.folded, match.end()):
        return False
    if _NOT_A_CLASS_BEFORE.search(before) and not _SPELLED_OUT.search(match.group()):
        return False
    line = passage.folded[passage.folded.rfind("\n", 0, match.start()) + 1 :].split("\n", 1)[0]
    if _INLINE_SIGNATURE.search(before) and len(passage.folded) - match.end() < 4:
        return False
    return not (passage.is_closing(match.start()) and _TEACHER.search(line))


_LAST_WORD = re.compile(r"[а-я-]+(?= $)")
_SPELLED_OUT = re.compile(r"кл", re.IGNORECASE)


def _in_company(passage: Passage, match: re.Match[str]) -> bool:
    """Whether «8 в» is a class: after «из», «класс», a name, or at the end of a clause."""
    after = passage.folded[match.end() :]
    before = passage.folded[: match.start()]
    if (
        _APART_AFTER.match(after)
        or (match["letter"].islower() and re.match(r" \d", after))
        or _MARK_BEFORE.search(before[-24:])
    ):
        return False
    if _BEFORE_CLASS.search(before[-24:]) and not re.match(
        r"\s+[а-я]{2,}", after[:8] if match["letter"] in "вас" else ""
    ):
        return True
    if match["letter"].isupper() and _LESSON_AFTER.match(after):
        return True
    if not after.strip() or after[:1] in ".,;:!?)\n" or re.match(r"\s*[-–—(]", after):
        return True
    if (
        match["letter"] in "бгдежз"
        and not passage.text[passage.text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
    ):
        return True
    if match["letter"] in "бгдежз" and (name := _LAST_WORD.search(before)) and given_forms(name.group()):
        return True
    previous = re.search(r"([А-ЯЁ][а-яё-]+),?\s*$", passage.text[: match.start()])
    return previous is not None and not re.search(r"[.!?]\s*$", passage.text[: previous.start()])


def _settled(match: re.Match[str]) -> str:
    groups = match.groupdict()
    number = groups.get("number") or str((_ORDINALS | _COUNTED)[(groups.get("ordinal") or groups["counted"]).lower()])
    name = groups.get("name")
    return number + (_LETTER_NAMES[name.lower()] if name else groups["letter"].translate(_LATIN).upper())
