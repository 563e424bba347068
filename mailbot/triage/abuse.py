"""Insults and obscenities aimed at anyone, but not those quoted, told of oneself, of books, or a family's name."""

import re
from collections.abc import Sequence

from mailbot.triage.finding import Evidence
from mailbot.triage.obscenity import Foul, fouls_in
from mailbot.triage.text import Reading, Word, quotation

_NEAR = 6  # words on either side in which an aim or an excuse counts
_SOMEBODY = re.compile(
    r"^(?:училк\w*|учител\w+|математичк\w*|физичк\w*|химичк\w*"
    r"|англичанк\w*|русичк\w*|историчк\w*|физрук\w*|трудовик\w*"
    r"|класс(?:ная|уха|ухи|уху|ной|ную)"
    r"|директор\w*|директрис\w*|завуч\w*|секретар\w*|консультант\w*|программист\w*|админ\w*|охранник\w*|вахтер\w*|повар\w*|разработчик\w*"
    r"|сотрудник\w*|чиновник\w*|начальни\w+|руководств\w+|сайт\w*|дневник\w*|журнал\w*|систем\w*|приложени\w+|школ\w+|родител\w+|мамаш\w+|папаш\w+)$"
)
_POINTING = re.compile(
    r"^(?:вы|вас|вам|вами|ваш\w*|ты|тебя|тебе|твой|твоя|твои|этот|эта|эти|этой|эту|этих|этим|этого|этому|этак\w+)$"
)
_HOW = re.compile(
    r"^(?:так(?:ая|ие|их|ой)|сам(?:а|и)?|весь|все|полн\w+|просто|стар\w+|туп\w+|жирн\w+|накраш\w+|безмозгл\w+"
    r"|наст(?:оящ)\w+|конченн?\w*|последн\w+)$"
)
"""Words that aim only if they stand right beside: «все козлы», but not «дедушка старый, … барана режут»."""
_BESIDE = 2
_CLOSE = 3
_BEGINNING = 5  # letters by which two forms of one surname are known
_LIKE = frozenset(("как", "будто", "словно"))
_SPEECH = re.compile(
    r"^(?:назв(?:ал\w*|ать|ав\w*)|назыв\w+|обозв\w+|обзыва\w+|оскорб\w+|кричит|кричал\w*|орет|орал\w*|говорит|говорят|говорил\w*"
    r"|сказал\w*|заявил\w*|дразн\w+|матер\w+|матюг\w+|выража(?:ется|лся|лась|ются)|написал\w*|пишет|пишут|обзывательств\w+|слов(?:о|ом|ами)"
    r"|кличк\w+|прозв\w+|произн\w+|выкрик\w*|нецензурн\w+|ругает\w*|ругал\w*|ругательств\w+|подпис(?:ал|ыва)\w*|послал\w*|цитат\w+|цитир\w+"
    r"|услыш\w+|слышал\w*|слышит|звать|зовет|рассказыв\w+|счита\w+)$"
)
_SELF = re.compile(r"^(?:я|меня|мне|мной|себя|себе|мы|нас|сама?)$")
_FORGIVE = re.compile(r"^(?:прости(?:те)?|извини(?:те)?)$")
_I = re.compile(r"^(?:я|мы|сама?)$")  # «какой урод меня забанил» is not told of oneself
_YOU = re.compile(r"^(?:вы|вас|вам|вами|ваш\w*|ты|твой|тво[яеи])$")
_FICTION = re.compile(
    r"роман\b|достоевск|литератур|сочинени|произведени|рассказ\b|повест|спектакл|пьес|сказк|басн|стих|\bрол(?:ь|и)\b|кукл|мульт|фильм"
    r"|экскурс|зоопарк|ферм|деревн|огород|хозяйств|окружающ|биологи|зоолог|животн|рисун|поделк|\bигр[аеуы]|персонаж|герой"
    r"|герои|прочест|тем[аеу] урока"
)
_BOOKISH = re.compile(r"^(?:идиот|дурак|дур|твар|скот|урод|болван|паразит|клоун|чучел|чудовищ|даун)")
_QUOTES = quotation(300)
_FOOLS = frozenset(("дураков", "дурака", "дуракам", "дуры"))
_DOGS, _OF_DOGS = re.compile(r"собак|щен(?:ок|ки|ят)|кобел|кличк|питомник|ощени"), re.compile(r"^сук|^сучк")
_AT_THE_GATE = re.compile(r"\bбаран[а-я]* на новые ворота")
_DULL = re.compile(r"\bуг(?:ол|л[аоуы])|\bнож|карандаш|лезви")
_DRAWN = re.compile(
    r"(?:единиц|двойк|двоеч|тройк|троеч|четверк|пятерк|пятероч|оценк|отметк|балл|кол$|точк|черт|лини|букв|шрифт|запят"
    r"|цифр|крест|плюс|минус|пятн|клякс|рамк|строк|надпис)"
)
_PROVERBIAL = re.compile(r"^(?:не|в|нет|наш(?:ли|ел|ла)|ищите|ищи|валя\w+|счита\w+|закон|вез\w+|для|от)$")
_THESE = frozenset(("эта", "этот", "эти", "эту", "этой", "этому", "этих"))
_ADDRESSED = frozenset(("вы", "вас", "вам", "вами", "ты"))


def abuse_in(reading: Reading, quotes: Sequence[tuple[int, int]]) -> Evidence | None:
    """The first insult or obscenity that the writer aims at somebody; between `quotes` it is somebody else's."""
    fouls = tuple(fouls_in(reading))
    names = {foul.word[:_BEGINNING] for foul in fouls if _is_name(foul, reading)}
    border = len(reading.subject)
    judged = [(foul, _is_excused(foul, reading, quotes)) for foul in fouls]
    harmless = {foul.word[:_BEGINNING] for foul, excused in judged if excused and foul.start >= border}
    for foul, excused in judged:
        if foul.start < border and foul.word[:_BEGINNING] in harmless:
            continue
        is_named_elsewhere = foul.word[:_BEGINNING] in names and reading.text[foul.start].isupper()
        if not is_named_elsewhere and not excused:
            return Evidence("insults.txt", reading.text[foul.start : foul.end])
    return None


def quotes_in(reading: Reading) -> tuple[tuple[int, int], ...]:
    """Where text in quotation marks begins and ends."""
    return tuple(match.span() for match in _QUOTES.finditer(reading.text))


def _is_excused(foul: Foul, reading: Reading, quotes: Sequence[tuple[int, int]]) -> bool:
    """Quoted, a name, told of oneself, of a book or an animal; a word that must be aimed and is not."""
    number = next((n for n, word in enumerate(reading.words) if word.end > foul.start), len(reading.words) - 1)
    before, after = _around(reading, number)
    quoted = any(start < foul.start and foul.end <= end for start, end in quotes)
    if _is_told_of_others(before) or (quoted and _speech_near(reading.words, number)):
        return True
    if _is_name(foul, reading):
        return True
    near = (*before, *after)
    if _OF_DOGS.match(foul.word) and _DOGS.search(reading.folded) and not any(_YOU.match(word.form) for word in near):
        return True
    if foul.word.startswith("баран") and _AT_THE_GATE.search(reading.folded):
        return True
    if foul.section == "obscene":
        return False
    if foul.word.startswith("туп") and _DULL.search(reading.folded):
        return True
    if foul.word.startswith("жирн") and any(_DRAWN.match(word.form) for word in near):  # «жирная пятёрка»
        return True
    if quoted or _of_oneself(foul, before, after) or _is_proverbial(foul, before, after):
        return True
    if _FICTION.search(reading.folded) and (foul.section == "aimed" or _BOOKISH.match(foul.word)):
        return True
    return foul.section == "aimed" and not _is_aimed(before, after) and not _is_exclaimed(foul, reading, before, after)


def _is_told_of_others(before: Sequence[Word]) -> bool:
    """«учитель назвал его дебилом», but not «я вам говорю, идиоты»."""
    return any(_SPEECH.match(word.form) for word in before) and not any(word.form in _ADDRESSED for word in before)


def _around(reading: Reading, number: int) -> tuple[list[Word], list[Word]]:
    """The neighbours of a word within its sentence; the subject is a sentence of its own."""
    word, words, border = reading.words[number], reading.words, len(reading.subject)

    def together(other: Word) -> bool:
        return other.sentence == word.sentence and (other.start < border) == (word.start < border)

    before = [other for other in words[max(0, number - _NEAR) : number] if together(other)]
    after = [other for other in words[number + 1 : number + 1 + _NEAR] if together(other)]
    return before, after


def _speech_near(words: Sequence[Word], number: int) -> bool:
    return any(_SPEECH.match(word.form) for word in words[max(0, number - 12) : number + 12])


def _is_name(foul: Foul, reading: Reading) -> bool:
    """Capitalised inside a sentence that is not written in capitals: «я Дураков», «Хренова Екатерина»."""
    written = reading.text[foul.start : foul.end]
    if not written[:1].isupper() or written.isupper():
        return False
    first = next((word for word in reading.words if word.start >= foul.start), None)
    if first is None:
        return False
    neighbours = [word for word in reading.words if word.sentence == first.sentence and word.start != foul.start]
    if any(word.start < foul.start for word in neighbours):
        return True
    follower = next((word for word in neighbours if word.start > foul.end), None)
    return follower is not None and reading.text[follower.start].isupper()


def _of_oneself(foul: Foul, before: Sequence[Word], after: Sequence[Word]) -> bool:
    """«я, дура старая», «чувствую себя идиоткой», «сама дура», «стою как дурак», «слепой я дурень, а вы …»."""
    if before and before[-1].form == "я" and foul.word[-1] not in "ыи":  # but «я, идиоты, просил»
        return True
    forgiven = [word.form for word in before[-2:]]
    if any(map(_FORGIVE.match, forgiven)) and "но" not in forgiven and not any(map(_SOMEBODY.match, forgiven)):
        return True
    if any(_YOU.match(word.form) or word.form in _THESE for word in (*before, *after)):
        return False
    told = any(_SELF.match(word.form) for word in before[-3:]) or any(_I.match(word.form) for word in after[:2])
    compared = bool(before) and before[-1].form in _LIKE and not any(_SOMEBODY.match(word.form) for word in before)
    return told or compared


def _is_proverbial(foul: Foul, before: Sequence[Word], after: Sequence[Word]) -> bool:
    """«дураков не считаем», «валяет дурака», «дуракам закон не писан», «защита от дурака»."""
    beside = (*before[-1:], *after[:1])
    return foul.word in _FOOLS and any(_PROVERBIAL.match(word.form) for word in beside)


def _is_aimed(before: Sequence[Word], after: Sequence[Word]) -> bool:
    near = any(
        _POINTING.match(word.form) or _SOMEBODY.match(word.form) for word in (*before[-_CLOSE:], *after[:_CLOSE])
    )
    return near or any(_HOW.match(word.form) for word in (*before[-_BESIDE:], *after[:_BESIDE]))


def _is_exclaimed(foul: Foul, reading: Reading, before: Sequence[Word], after: Sequence[Word]) -> bool:
    """«Бараны.», «паразиты ненасытные!»: hardly anything else in the sentence, or the end of an exclamation."""
    end = after[-1].end if after else foul.end
    alone = len(before) + len(after) <= 1 and foul.start > len(reading.subject)
    return alone or (len(after) <= 1 and reading.text[end : end + 1] == "!")
