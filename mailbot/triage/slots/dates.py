"""The day or period a letter is about, in the writer's words: «12.11», «с 16 по 20 ноября», «за первую четверть»."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from mailbot.triage.finding import Source
from mailbot.triage.slots.passage import Passage

_MONTH = (
    r"(?:январ[ьяе]|феврал[ьяе]|март[ае]?|апрел[ьяе]|ма[йяе]|июн[ьяе]|июл[ьяе]|август[ае]?|сентябр[ьяе]|октябр[ьяе]"
    r"|ноябр[ьяе]|декабр[ьяе]|янв|фев|мар|апр|авг|сент|сен|окт|ноябр|нояб|ноя|дек)\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_TH = r"(?:-?(?:ого|го|ое|е|ему|му|м|ым|х|ых|ого))?"
_NUMERIC = rf"{_DAY}\.(?:0?[1-9]|1[0-2])(?:\.(?:20)?\d\d)?(?!\d|[.:]\d)"
_NUMERIC_OTHER = (
    r"20\d\d-\d\d-\d\d|(?:0?[1-9]|[12]\d|3[01])(?:/(?:0[1-9]|1[0-2])(?:/(?:20)?\d\d)?|-(?:0[1-9]|1[0-2])-20\d\d)(?!\d)"
)
_NAMED = rf"{_DAY}{_TH}\s?{_MONTH}(?:\s+20\d\d(?:\s*г(?:ода|\b\.?)?)?)?"
_WORD_DAY = (
    r"(?:перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|одиннадцат|двенадцат|тринадцат|четырнадцат|пятнадцат"
    r"|шестнадцат|семнадцат|восемнадцат|девятнадцат|двадцат|тридцат)(?:ого|ое|ьего|ье|ьему|ому|ым|ом)"
)
_DAY_IN_WORDS = (
    r"(?:(?:двадцать|тридцать) (?:перв|втор|трет|четверт|пят|шест|седьм|восьм|девят)"
    r"|(?:двенадцат|тринадцат|четырнадцат|пятнадцат|шестнадцат|семнадцат|восемнадцат|девятнадцат|двадцат|тридцат))"
)  # of a month; smaller ones are classes and lessons
_COUNTED = r"(?:урок|кабинет|этаж|раз|ряд|номер|задани|пункт|вопрос|вариант)"  # no days
_NAMED_WORD = rf"(?:двадцать |тридцать )?{_WORD_DAY}\s+{_MONTH}"
_WEEKDAY = (
    r"(?:п[ао]н[еи]дельник[ауи]?|вторник[ауи]?|сред[ауыеу]|среду|ч[еи]тверг[ауи]?|п[яеи]тниц[ауыеу]|суб+от[ауыеу]"
    r"|в[оа]скр[еи]сень[еяю]"
    r"|понедельникам|вторникам|средам|четвергам|пятницам|субботам)\b"
)
_SHORT_WEEKDAY = r"(?:пнд?|втр?|срд?|чтв?|птн?|сбт?)\b"
_SHORT_WEEKDAYS = rf"{_SHORT_WEEKDAY}(?:\s*(?:,|и)\s*{_SHORT_WEEKDAY})?"
_DATE = rf"(?:{_NUMERIC}|{_NUMERIC_OTHER}|{_NAMED}|{_NAMED_WORD})"
_RELATIVE = (
    r"(?:(?:позавчера|вчера|сегодня|завтра|послезавтра|седня|сегодн|сёдня|сегодняшн[а-я]+|вчерашн[а-я]+"
    r"|завтрашн[а-я]+)(?:\s+(?:утром|вечером|днем|ночью|день|дня))?)"
)
_WHOLE_MONTH = (
    r"(?:январ[ьяе]|феврал[ьяе]|март[ае]?|апрел[ьяе]|ма[йяе]|сентябр[ьяе]|октябр[ьяе]|ноябр[ьяе]|декабр[ьяе])"
)
_OF_WEEK = r"(?:(?:прошл|эт|следующ|будущ|ближайш|текущ|прошедш)[а-я]*|т(?:ой|у))"
_ORDINAL = r"(?:перв|втор|трет|четверт|последн|[1-4i]{1,3}-?(?:ю|ую|й|ой|я|ая|ое|го|м)?)[а-я]*"
_ANY = rf"(?:{_DATE}|{_RELATIVE}|{_DAY}(?:-е|-?го|-?ое|-?ого)\b|{_WEEKDAY}|{_DAY}\s+числ[а-я]+)"
_START = rf"(?:{_ANY}|{_DAY}{_TH})"


class Cue(Enum):
    """What a text must hold for a kind of date to stand in it; looked for first, because most kinds never do."""

    DIGIT = auto()
    NUMERIC = auto()  # «12.11»
    ORDINAL = auto()  # «12-го», «12 числа»
    MONTH = auto()
    WEEKDAY = auto()
    SHORT_WEEKDAY = auto()
    RELATIVE = auto()  # «вчера»
    PERIOD = auto()  # «четверть»
    DAY = auto()  # «второй день», but «добрый день», too
    COUNTED = auto()  # «двадцать третьего»
    WEEKEND = auto()


_CUE_PATTERNS = {
    Cue.DIGIT: re.compile(r"\d"),
    Cue.MONTH: re.compile(rf"(?<![а-я]){_MONTH}"),  # «марта», not Марина
    Cue.NUMERIC: re.compile(r"\d[./-]\d"),
    Cue.ORDINAL: re.compile(r"\d(?:[-го]|\s+числ)"),
    Cue.SHORT_WEEKDAY: re.compile(rf"\s{_SHORT_WEEKDAY}"),
}
_CUE_STEMS = {
    Cue.MONTH: ["янв", "фев", "мар", "апр", "май", "мая", "мае", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
    Cue.WEEKDAY: ["дельник", "вторник", "сред", "тверг", "тниц", "субот", "суббот", "скресень", "скрисень"],
    Cue.RELATIVE: ["вчера", "сегодн", "седня", "завтра", "третьего дня", "нынче"],
    Cue.COUNTED: ["цат"],
    Cue.WEEKEND: ["выходны"],
    Cue.PERIOD: ["четверт", "триместр", "полугод", "недел", "месяц", "года", "каникул"],
    Cue.DAY: ["день"],
}
_CUES = tuple((cue, tuple(_CUE_STEMS.get(cue, ())), _CUE_PATTERNS.get(cue)) for cue in Cue)
C = Cue

# Kinds, the most telling first: (cues of which one must be there for the pattern to fit at all, pattern, worth).
_KINDS = tuple(
    (frozenset(cues), re.compile(pattern), worth)
    for cues, pattern, worth in (
        (
            (C.DIGIT, C.MONTH, C.RELATIVE, C.WEEKDAY),
            rf"\b(?:со?|от)\s+(?:{_START}\s+(?:по|до)\s+{_ANY}|{_DAY}{_TH}\s+по\s+{_DAY}{_TH})(?:\s+включительно)?",
            9,
        ),
        (
            (C.NUMERIC, C.MONTH),
            rf"(?<![\d.]){_DAY}{_TH}\s?[-–—]\s?{_DAY}{_TH}\s?{_MONTH}|{_NUMERIC}\s?[-–—]\s?{_NUMERIC}",
            9,
        ),
        ((C.MONTH,), rf"(?<![\d.])(?:{_DAY}{_TH},?\s+){{0,9}}{_DAY}{_TH}\s+и\s+{_DAY}{_TH}\s+{_MONTH}", 9),
        ((C.NUMERIC,), rf"{_NUMERIC}(?:,\s*{_NUMERIC}){{0,9}}\s+и\s+{_NUMERIC}", 9),
        ((C.WEEKDAY,), rf"\b(?:(?:за|на|в|во|по|до|с|со|от|к)\s+)?(?:{_WEEKDAY},?\s+)(?:{_DATE})", 8),
        ((C.NUMERIC, C.MONTH), rf"\b(?:за|на|в|по|до|с|к)\s+(?<![\d.]){_DATE}", 8),
        ((C.NUMERIC, C.MONTH), rf"(?<![\d.]){_DATE}", 7),
        ((C.RELATIVE,), rf"\b(?:со?|до|по|за|на)\s+{_RELATIVE}", 6),
        ((C.RELATIVE,), rf"\b{_RELATIVE}\s*(?:,|и)\s*(?:наверное\s+|возможно\s+)?{_RELATIVE}", 6),
        (
            (C.PERIOD,),
            rf"\b(?:за|в|на|во)\s+(?:{_ORDINAL}\s+)(?:четверт[а-я]*|триместр[а-я]*|полугоди[а-я]*|недел[а-я]*)",
            5,
        ),
        ((C.PERIOD,), r"(?<!\w)(?:1|2|3|4|i|ii|iii|iv)\s+(?:четверт[ьи]|триместр|полугодие)", 5),
        ((C.WEEKDAY,), rf"\b(?:со?|до|за|на|в|во|по|к|этот|эту|этой)\s+(?:{_OF_WEEK}\s+)?{_WEEKDAY}", 6),
        ((C.PERIOD,), rf"\b(?:за|на|в|за всю|за весь|за все)\s+(?:{_OF_WEEK}\s+)?(?:недел[юеи]|месяц|четверть|триместр"
         r"|полугодие)\b", 4),
        ((C.PERIOD,), r"\bвс[юе] (?:прошл[а-я]+|эту|ту) недел[юи]", 4),
        ((C.PERIOD,), r"\b(?:(?:прошл|следующ|будущ|ближайш)(?:ая|ую)|эт[ау]) недел[яю]\b", 3),
        ((C.PERIOD,), r"(?<=болеет )неделю\b|(?<=болел )неделю\b|(?<=лежит )неделю\b|"
         r"\bнеделю(?= (?:леж|боле|дома|сид))", 3),
        ((C.PERIOD,), r"\b(?:прошлой|этой|нынешней|первой|второй|третьей) четверти\b", 2),
        ((C.MONTH,), rf"\b(?:в|за|с|до|на|весь|по)\s+(?:{_OF_WEEK}\s+|весь\s+)?{_WHOLE_MONTH}\b", 6),
        (
            (C.PERIOD,),
            rf"\bсо?\s+(?:{_OF_WEEK}|нов[а-я]+)\s+(?:недели|четверти|триместра|полугодия|месяца)\b"
            r"|\bс нового (?:учебного )?года\b",
            4,
        ),
        ((C.PERIOD,), r"\b(?:до|с)\s+(?:конца|начала)\s+(?:недели|месяца|четверти|года|каникул)", 4),
        (
            (C.ORDINAL,),
            rf"\b(?:за|на|в|с|со|до|по|к)?\s*(?<![\d.,]){_DAY}(?:-е|-?го|-?ого|-?ое)(?![а-я])|\b{_DAY}\s+числ[а-я]+",
            5,
        ),
        ((C.RELATIVE,), rf"\b(?:{_RELATIVE}|третьего дня)", 5),
        ((C.RELATIVE,), r"\bнынче(?= (?:[а-я]+ ){0,2}(?:дома|не (?:будет|прид|пойд)|боле|леж))", 3),
        (
            (C.COUNTED,),
            rf"\b(?:(?:до |со? |к )?{_DAY_IN_WORDS}(?:ого|ьего|ому|ьему)|на {_DAY_IN_WORDS}(?:ое|ье))\b(?! {_COUNTED})",
            4,
        ),
        ((C.WEEKEND,), r"\b(?:на|за) (?:эти |прошлые |прошедшие |следующие )?выходные\b", 4),
        ((C.SHORT_WEEKDAY,), rf"\b(?:за|на|в|во|по|с|до)\s+{_SHORT_WEEKDAYS}", 5),
        ((C.PERIOD,), r"\b(?:со?|до|после)\s+(?:(?:осенних|зимних|весенних|летних)\s+)?каникул", 3),
        ((C.WEEKDAY,), rf"\b{_WEEKDAY}", 2),
        ((C.PERIOD, C.DAY), r"\b(?:втор(?:ой|ую)|трет(?:ий|ью)|четверт(?:ый|ую)|уже)\s+(?:день|недел[яю]|месяц)\b", 1),
    )
)  # fmt: skip
# Words beside a day on which the writer only looked, wrote, called or was told.
_LOOKED = re.compile(
    r"\b(?:зашл[аи]|зашел|захо(?:жу|дил[аи]?)|открыл[аи]?|открыва[а-я]+|посмотрел[аи]?|смотр(?:ю|им|ел[аи]?)"
    r"|увидел[аи]?|вижу|обнаружил[аи]?"
    r"|заметил[аи]?|проверил[аи]?|проверя[а-я]+|писал[аи]?|написал[аи]?|пишу(?! голосом)|звонил[аи]?|позвонил[аи]?"
    r"|обращал[а-я]+"
    r"|обратил[а-я]+|спросил[аи]?"
    r"|спрашивал[аи]?|говорил[аи]?|сказал[аи]?|узнал[аи]?|прислал[аи]?|заглянул[аи]?|гляжу|глянул[аи]?|вылез[а-я]*"
    r"|хватил[а-я]+|просмотрел[аи]?|отправ[а-я]+(?![а-я]| на )|подал[аи]?"
    r"|сда[еи]т[а-я]*|сдам|сдадим|принес(?!ти)[а-я]*|ждем|жду)\b"
)
_NOT_THE_DAY_BEFORE = re.compile(
    r"(?:средн[а-я]+(?: балл[а-я]*)?|балл[а-я]*|выходит|приказ[а-я]*(?:\s+№?\s?\S+)?|решени[а-я]+|договор[а-я]*"
    r"|родил[а-я]+|рожден[а-я]+|рожд\.?|д\.\s?р\.?|заявлени[а-я]+|обращени[а-я]+|письм[а-я]+|срок"
    r"|ответ[а-я]*"
    r"|принят[а-я]*|работа[а-я]+|учительствую|обещал[а-я]*|обеща[а-я]+)\s*(?:от|с|до|за)?\s*(?:№?\s?\S+\s+от)?\s*$"
)
_CERTIFICATE_BEFORE = re.compile(r"справк[а-я]+\s*(?:(?:№?\s?\S+\s+)?от)?\s*$")  # but «справка за 17.11»
_ABOUT_LESSON = re.compile(
    r"урок|контрольн|задан|задал|отметк|пропуск|отсутств|\bнк?и?\b|дз\b|домашк|замен|расписани|стоит|болел|заболел"
    r"|не будет|не жд|прид|был[аои]?\b|звонк"
)
# «на пятницу», «за октябрь», «до среды»: said of a lesson or an absence, not of looking.
_AIMED = re.compile(r"(?:на|за|до|с|со|по)\s")
_CLAUSE_END = re.compile(r"[,;:!?()\n–—]|\.(?:\s|$)|\s(?:а|но)\s")
_HEADER_LINE = re.compile(
    r"^.*(?:\d\d:\d\d|@|20\d\d ?г\b|отправлено|дата:|date:|sent:|^\W*(?:пн|вт|ср|чт|пт|сб|вс), ).*$", re.MULTILINE
)
_RATE_BEFORE = re.compile(r"(?:\bраз[а]?|\bчас[а-я]*|\bурок[а-я]*|\bдн(?:я|ей)|\bс недели)\s$")  # «пять раз в неделю»
_RATE = re.compile(r"(?:в|на) (?:неделю|месяц)")
_CLOCK_BEFORE = re.compile(r"\bв\s$")
_CLOCK = re.compile(r"\d{1,2}\.\d\d")
_REPLY_LINE = re.compile(r"^.{0,120}(?:20\d\d ?г\b|@).{0,120}:[ \t]*$", re.MULTILINE)
_MOST_LOOKED_AT = 60
_MOST_DATES = 3
_NEAR_THE_BEST = 4.0


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day or period as written, and how likely it is the one meant."""

    words: str
    source: Source
    worth: float


def dates_in(passages: tuple[Passage, ...]) -> tuple[DateMention, ...]:
    """The days and periods the letter is about, the likeliest first; a quoted letter is asked if the rest is silent."""
    own = [mention for passage in passages if passage.is_own for mention in _mentions(passage)]
    mentions = own or [
        mention for passage in passages if passage.source is Source.QUOTED for mention in _mentions(passage)
    ]
    mentions.sort(key=lambda mention: -mention.worth)
    return tuple(mention for mention in mentions[:_MOST_DATES] if mention.worth > mentions[0].worth - _NEAR_THE_BEST)


def _mentions(passage: Passage) -> list[DateMention]:
    """Each day once, by the most telling pattern that covers it."""
    between = _HEADER_LINE if passage.source is Source.QUOTED else _REPLY_LINE
    taken = [line.span() for line in between.finditer(passage.folded)]
    mentions: list[DateMention] = []
    end_of_text = passage.tail if passage.source is Source.BODY else len(passage.folded)
    cues = _cues_in(passage.folded)
    for needed, pattern, worth in _KINDS:
        if cues.isdisjoint(needed):
            continue
        for match in pattern.finditer(passage.folded, 0, end_of_text):
            start, end = match.span()
            if len(taken) >= _MOST_LOOKED_AT or any(
                start < other_end and other_start < end for other_start, other_end in taken
            ):
                continue
            taken.append((start, end))
            value = _worth(passage, start, end, worth)
            if value > 0:
                mentions.append(DateMention(passage.text[start:end].strip(" ,"), passage.source, value))
    return mentions


def _cues_in(folded: str) -> set[Cue]:
    """By their stems and patterns; where a cue has both, the stems are quicker and come first."""
    return {
        cue
        for cue, stems, pattern in _CUES
        if (not stems or any(stem in folded for stem in stems)) and (pattern is None or pattern.search(folded))
    }


def _worth(passage: Passage, start: int, end: int, worth: int) -> float:
    """Days of looking, writing and papers count little; what stands in the subject and early counts a bit more."""
    if _CLOCK_BEFORE.search(passage.folded[max(0, start - 4) : start]) and _CLOCK.fullmatch(passage.folded[start:end]):
        return 0
    before = passage.folded[max(0, start - 40) : start]
    is_rate = _RATE.fullmatch(passage.folded[start:end]) and _RATE_BEFORE.search(before)
    aimed = _AIMED.match(passage.folded[start:end])
    if is_rate or _NOT_THE_DAY_BEFORE.search(before) or (_CERTIFICATE_BEFORE.search(before) and not aimed):
        return 0
    clause = _clause(passage.folded, start, end)
    looked = bool(_LOOKED.search(clause)) and not aimed
    if looked and worth <= 6 and not _ABOUT_LESSON.search(clause):
        return 0
    return worth - 3 * looked + (passage.source is Source.SUBJECT) - start / 2000


def _clause(folded: str, start: int, end: int) -> str:
    """The words around, up to the nearest comma, dash or stop."""
    before = _CLAUSE_END.split(folded[max(0, start - 60) : start])[-1]
    after = _CLAUSE_END.split(folded[end : end + 60])[0]
    return f"{before} {after}"
