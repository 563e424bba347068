"""The error's own words or code, or a picture of it; what the writer saw happen («вылетает») is not one."""

import re
from dataclasses import dataclass

from mailbot.letters.letter import Letter
from mailbot.triage.finding import Source
from mailbot.triage.slots.passage import Passage

_QUOTE = re.compile(r"[«“„\"](?P<words>[^«»“”„\"\n]{2,160})[»”“\"]")
_SAYS = re.compile(
    r"(?:пишет|пишут|писал[оа]?|написан[оа]?|написал[оа]?|выда[её]т|выдал[оа]?|выдава[а-я]+|показыва[а-я]+"
    r"|покаж[а-я]+|появля[а-я]+|появил[а-я]+|вылеза[а-я]+|вылез[а-я]*"
    r"|выскакива[а-я]+|выскочил[оа]?|сообща[а-я]+|сообщени[а-я]+|надпис[а-я]+|текст[а-я]*|ошибк[а-я]+|error"
    r"|отвеча[а-я]+|ругает[а-я]+|высвечива[а-я]+|всплыва[а-я]+|окошк[а-я]+|окн[оае]|экран[а-я]*|вместо"
    r"|мол|табличк[а-я]+|вид(?:ит|ят|но|им|жу)|вижу|гласит|висит|заявля[а-я]+|возвраща[а-я]+"
    r"|падает|получа[а-я]+|строк[а-я]+|цифр[а-я]+|плашк[а-я]+|баннер[а-я]*|уведомлени[а-я]+|фраз[а-я]+)"
)
_SAYS_JUST = re.compile(r"(?:пишет|пишут|выдает|написано|надпись)\s*:?\s*$")
_CODE = re.compile(
    r"(?:(?:http|код(?:ом)?(?: ошибки| ответа)?|ошибк[а-я]+|error|err|сбой|статус|status)\s*(?:№|#|:"
    r"|номер)?\s*[-–]?\s?[a-zа-я]{0,5}[-–]?\d{2,6}\b(?:[ .,:-]{0,3}[A-Za-z][A-Za-z' -]{2,40})?"
    r"|\bошибк[а-я]+(?: [а-я]{2,12}){0,2} ?(?:№|#) ?[-–]?\d{1,6}\b|\bcode ?:? ?[-–]?\d{1,6}\b"
    r"|\b(?:неизвестная|непредвиденная|внутренняя|системная|критическая) ошибка [-–#]?\d{1,5}(?:\.\d{1,5})?\b"
    r"|\b(?:4(?:0[0-9]|1[0-9]|2[0-9]|51)|50[0-9]|5[12][0-9])\b\.?\s+[A-Za-z][A-Za-z -]{3,40}"
    r"|\bsqlstate\b\W{0,2}[a-z0-9]{5}\b|\b(?:net::)?err_[a-z_]{4,}|\b0x[0-9a-f]{1,10}\b|\b[a-z]{1,6}-\d{2,8}\b"
    r"|\b(?:null ?reference|nullpointer|timeout|exception|traceback)\w*)",
    re.IGNORECASE,
)
_CAPS_CODE = re.compile(
    r"\b(?:[A-Z]+(?:_[A-Z0-9]+)+|SIG(?:KILL|TERM|ABRT|SEGV|BUS|QUIT)|E[A-Z]{4,10}(?:OUT|SET|SED))\b"
)
_SPELT = re.compile(r"\d|_|[A-Za-z]{7}")  # in a code that is more than the word «error»
_MAYBE_CODE = re.compile(r"[a-z]|\d\d|ошибк", re.IGNORECASE)  # in every letter with a code; most letters have none
_BARE_CODE = re.compile(
    r"(?<![\d.,№:-])(?<!по )(?<!ние )(?:40[0-9]|41[0-9]|42[0-9]|50[0-9]|52[0-9])"
    r"(?![\d:]|\.\d|-\d| каб| рубл| руб| уч| р\b|-м|-й)"
    r"|\b(?:null|undefined|NaN)\b"
)
_ENTERING = re.compile(
    r"\bпри (?:вход|сохран|открыт|загруз|нажат|переход)|\bоткрыва[а-я]+|\bзахо(?:жу|дим|дит)\b|\bссылк"
    r"|\bстраниц[а-я]+ (?:журнал|дневник|вход)"
)
_ENGLISH = re.compile(r"\b[A-Za-z][A-Za-z']{1,30}(?:[ ,.:-]{1,3}[A-Za-z0-9']{1,30}){1,8}")
_ENGLISH_ERROR = re.compile(
    r"error|fail|denied|forbidden|timed? ?out|timeout|unavailable|not found|invalid|refused|expired|exception"
    r"|bad gateway|unable|cannot|too many|deadlock|unexpected|went wrong|reset|killed|internal|unauthorized"
    r"|fault|fatal|has stopped|crash|abort|overflow|out of memory|disk full|locked"
    r"|no (?:such|connection|response|route|access)|try again"
    r"|bad request|not (?:available|supported|allowed|responding)|violation",
    re.IGNORECASE,
)
_UNQUOTED = re.compile(
    r"(?:пишет|пишут|выда[её]т|выдал[оа]?|надпись|сообщение|показывает|отвечает|ошибк[аоу][а-я]{0,2}|выскакивает"
    r"|по (?:белому|ч[её]рному|серому|синему|красному|ж[её]лтому|зел[её]ному)|на весь экран|появляется|вылезает"
    r"|текст ошибки|высвечивается|вылез[а-я]*|написано|говорит|сообщает|заявляет)"
    r"(?:\s+(?:всем|мне|нам|у всех)(?:\s+(?:подряд|учителям|родителям|ученикам|детям))?)?"
    r"(?:\s+(?:табличка|надпись|окно|окошко|сообщение|плашка|уведомление|ошибка))?\s*[:–—-]?\s*"
    r"(?P<words>(?:(?:Упс|Ой|Ошибка|Внимание|Извините)[!.]\s+)?[А-ЯЁ][^\n.!?«»]{6,120}(?:\([^)\n]{1,30}\))?)"
)
_ERROR_WORDS = re.compile(
    r"не удал|не найден|не удается|недоступ|ошибк|сбой|истек|превышен|запрещен|отказано|невозможн|попробуйте"
    r"|не сохранен|сеанс|повторите|обслуживан|технич|нет данных|не отвечает|неверн|недействит|заблокир|ограничен"
    r"|просрочен|не защищен"
    r"|не поддерж|не существует|отсутствует|прервано|не сопостав|конфликт|пошло не так|загрузк|недостаточн"
    r"|не определен|непредвиден|не загруж|обновите|соединени|подключ|уже использован|сертификат|авториз|сесси|сервер"
    r"|служб|модул|код\b|устарел|нет прав|нет доступа"
    r"|слишком больш|прерван|аварийн|поврежд|тайм-?аут|токен|недопустим|слишком много (?:запрос|попыт)"
    r"|места на диске|нет места|нет активных|нет сети"
)
_MESSAGE = re.compile(
    r"^(?:Не уда(?:лось|[её]тся) (?:подключиться|загрузить|выполнить|установить|получить|сохранить|отобразить)"
    r"|Ошибка (?:загрузки|подключения|сервера|соединения|сети|доступа|авторизации|базы|данных)|Превышено время"
    r"|Внутренняя ошибка"
    r"|(?:Сервис|Сервер|Сайт) (?:временно )?недоступен|Шлюз не отвечает|Соединение (?:прервано|разорвано|потеряно)"
    r"|Сессия (?:истекла|недействительна|не подтверждена)|Доступ (?:запрещ[её]н|ограничен)|Страница не найдена)"
    r"[^\n.!?,]{0,60}(?=[.!,\n]|$)(?:[.,] [Кк]од[^\n.!?,]{1,20}|, \d{3}\b)?",
    re.MULTILINE,
)  # a line that begins as only a machine would
_VAGUE = re.compile(r"как(?:ую|ая|ое|ие)[ -]?то|что[ -]?то(?! пошло не так)|фигн|ерунд|непонятн|разн[а-я]+ ошибк")
_NEAR = 60  # characters between what says («пишет») and what is said


@dataclass(frozen=True, slots=True)
class ErrorMention:
    """The words of an error as written, or the name of a picture."""

    words: str
    source: Source


def error_in(letter: Letter, passages: tuple[Passage, ...]) -> ErrorMention | None:
    """The error's own words first, then a picture that really came along."""
    for passage in passages:
        if passage.is_own and (words := _words_of_error(passage)):
            return ErrorMention(words, passage.source)
    picture = next((attachment.name for attachment in letter.attachments if attachment.is_image), "")
    return ErrorMention(picture, Source.ATTACHMENT) if picture else None


def _words_of_error(passage: Passage) -> str:
    """Quoted words after «пишет», a code, an English phrase, or a phrase that begins like a message."""
    lines = (line.group().strip() for line in _MESSAGE.finditer(passage.text))
    found = [*_quoted(passage), *_unquoted(passage)] or list(lines)
    codes = _codes_in(passage.text)
    if codes and not any(code.group() in words for code in codes for words in found):
        found.insert(0, _with_neighbours(passage.text, codes[0]))
    if not found:
        found += [
            match.group().strip() for match in _ENGLISH.finditer(passage.text) if _ENGLISH_ERROR.search(match.group())
        ]
    if not found and (bare := _BARE_CODE.search(passage.text)):
        nothing_else = bare.group() == passage.text.strip(" .!?\n")
        if nothing_else or _of_system(passage.folded):
            found.append(bare.group())
    return "; ".join(dict.fromkeys(found[:2]))


def _codes_in(text: str) -> list[re.Match[str]]:
    if not _MAYBE_CODE.search(text):
        return []
    spelt = (match for match in _CODE.finditer(text) if _SPELT.search(match.group()))
    return [*_CAPS_CODE.finditer(text), *spelt]


def _of_system(folded: str) -> bool:
    """Whether a number may be an answer of the system: something says it, or somebody enters, saves, follows a link."""
    return bool(_SAYS.search(folded) or _ENTERING.search(folded))


def _with_neighbours(text: str, code: re.Match[str]) -> str:
    return text[code.start() : code.end()].strip(" .,")


def _quoted(passage: Passage) -> list[str]:
    """Words in quotation marks that a machine says: after a verb of saying, or worded like an error."""
    found = []
    for quote in _QUOTE.finditer(passage.text):
        words = quote["words"].strip()
        lead = passage.folded[max(0, quote.start() - _NEAR) : quote.start()]
        worded = _ERROR_WORDS.search(words.lower().replace("ё", "е")) or _ENGLISH_ERROR.search(words)
        if (worded and len(words) > 6) or _SAYS_JUST.search(lead) or (_SAYS.search(lead) and len(words.split()) > 2):
            found.append(words)
    return found


def _unquoted(passage: Passage) -> list[str]:
    """«пишет Превышено время ожидания»: a capital in mid-sentence begins the machine's words."""
    return [
        match["words"].strip(" ,")
        for match in _UNQUOTED.finditer(passage.text)
        if _ERROR_WORDS.search(match["words"].lower().replace("ё", "е")) and not _VAGUE.search(match["words"].lower())
    ]
