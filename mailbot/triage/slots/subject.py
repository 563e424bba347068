"""School subjects by any usual name («матем», «физра», «окр. мир»), settled as the full name in lower case."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mailbot.triage.finding import Source
from mailbot.triage.slots.passage import Passage

_CUE = re.compile(
    r"(?:\bпо|\bуроки?|\bурок[аоуе]м?|\bуроков|\bуроках|\bпредмет[а-я]*:?|\bпредмету|\bдисциплин[а-я]+"
    r"|\bзадани[а-я]+ по|\bктп|\bучител[а-я]+|\bучилк[а-я]+|\bпрепод(?!авал)[а-я]*|\bвед[уе][а-я]?|\bпреподаю"
    r"|\bпровел[аи]?|\bвел[аи]?|\bречь про|\bу (?:него|нее))"
    r"\s*[:«\"(-]?\s*(?:(?:нашей|нашему|этой|этому|мо[а-я]+|предмету|и|\d{1,2} ?[а-г]?)\s+)?$"
)
_TOGETHER = re.compile(r"\s*(?:,|и|и по|, по|/|;|, и по)\s*")
_FALSE = re.compile(
    r"(?:войн[а-я]{1,2} и|та же|такая же|эта|така?я|это|вся|целая|вот)\s+$|\b(?:без|с|не|своим|чистым|говорю|буквами"
    r"|клавиатур[а-я]+)\s+$"
)
_FALSE_AFTER = re.compile(
    r"^\s*(?:букв|клавиатур|раскладк|школ(?:а|е|у|ой|ы)\b|по[- ]русски|браузер|отметок|оценок|входов|болезни|сообщени"
    r"|переписк|изменени|посещ|просмотр)"
)
_LESSON_AFTER = re.compile(
    r"^\s*(?:упр|стр\b|с\.|дз\b|д/з|домашк|домашн|задан|задал|план|ктп|номер|№|контрольн|к/р|урок|параграф|§"
    r"|(?:на|со?) (?:понедельник|вторник|сред|четверг|пятниц|суббот|завтра)|я вед|вел[аи]?\b"
    r"|(?:у|для|в)\s\d{1,2}\s?[\"«]?[а-т]\b)"
)
_BESIDE_LESSONS = re.compile(r"\b(?:олимпиад|конкурс|конференци|кружк|кружок|факультатив|соревнован)[а-я]*\s+по\s+$")
_IN_A_LANGUAGE = re.compile(r"\bна\s+$")
_AT, _IN_LESSON = re.compile(r"\bна\s$"), re.compile(r"(?:ии|чтении)$")  # «на истории отсутствовал»
_NATIVE = "родной язык"
_NOT_NATIVE = frozenset(("английский язык", "французский язык", "испанский язык", "китайский язык"))
_WORD_START = re.compile(r"(?<![а-яa-z-])[а-я]{2}")
_BEGINNING = 2  # letters by which a spelling is looked up
_TEACHER_OF = re.compile(r"учител[а-я]+ $")
_TEACHES = re.compile(r"учител|преподават|педагог")
_ALONE = re.compile(r"(?:^|[\n,.;:()«\"–—>|!?-]|\b\d{1,2}\s?[\"«]?[а-к]?[\"»]?|\b(?:бэ|вэ|гэ|дэ))\s*$")
_ALONE_AFTER = re.compile(
    r"^\s*(?:$|[\n,.;:)»\"–—-]|за\b|на\b|у\b|в\b|\d|не\b|нет\b|ничего"
    r"|(?:[а-я-]+ ){1,2}\d{1,2} ?[а-и]\b)"
)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One compiled set of forms: `sure` ones count anywhere, the others where the letter says it is a subject."""

    name: str
    pattern: re.Pattern[str]
    sure: bool


@dataclass(frozen=True, slots=True)
class SubjectMention:
    """A subject named in a passage; `worth` tells how clearly it is the one meant."""

    name: str
    words: str
    passage: int
    start: int
    end: int
    worth: float


@cache
def load_subjects() -> Mapping[str, tuple[_Spelling, ...]]:
    """The spellings of words/subjects.txt by their first two letters."""
    text = resources.files("mailbot.triage").joinpath("words/subjects.txt").read_text(encoding="utf-8")
    by_beginning: defaultdict[str, list[_Spelling]] = defaultdict(list)
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, forms = line.partition(":")
            sure, _, weak = forms.partition("?")
            _file(by_beginning, name, sure, is_sure=True)
            _file(by_beginning, name, weak, is_sure=False)
    return {beginning: tuple(spellings) for beginning, spellings in by_beginning.items()}


def _file(by_beginning: Mapping[str, list[_Spelling]], name: str, forms: str, *, is_sure: bool) -> None:
    """One pattern for all forms of a subject that begin alike, the longest form first."""
    written = sorted((form.strip() for form in forms.split(";") if form.strip()), key=len, reverse=True)
    for beginning in {form[:_BEGINNING] for form in written}:
        alike = (form for form in written if form.startswith(beginning))
        parts = [re.escape(form).replace(r"\*", "[а-я-]*").replace(r"\ ", r"\s+") for form in alike]
        by_beginning[beginning].append(_Spelling(name, re.compile(rf"(?:{'|'.join(parts)})(?![а-яa-z])"), is_sure))


def subjects_in(passages: tuple[Passage, ...]) -> tuple[SubjectMention, ...]:
    """The subject the letter is about, or several that are named together; quoted letters are asked last."""
    mentions = [mention for number, passage in enumerate(passages) for mention in _mentions(number, passage)]
    if not mentions:
        return ()
    native = [mention for mention in mentions if mention.name == _NATIVE]
    best = max(mentions, key=lambda mention: mention.worth)
    if native and best.name.endswith("ский язык") and best.name not in _NOT_NATIVE:
        return (native[0],)
    together = [best]
    for mention in sorted(mentions, key=lambda mention: (mention.passage, mention.start)):
        gap = passages[best.passage].folded[together[-1].end : mention.start]
        if mention.passage == best.passage and mention.start >= together[-1].end and _TOGETHER.fullmatch(gap):
            together.append(mention)
    return tuple({mention.name: mention for mention in together}.values())


def _mentions(number: int, passage: Passage) -> list[SubjectMention]:
    """Every spelling that fits; of those that overlap the longest stays."""
    taken: list[SubjectMention] = []
    subjects = load_subjects()
    for word in _WORD_START.finditer(passage.folded):
        for spelling in subjects.get(word.group(), ()):
            match = spelling.pattern.match(passage.folded, word.start())
            worth = _worth(passage, *match.span(), spelling) if match else 0
            if match is None or worth <= 0:
                continue
            start, end = match.span()
            if not spelling.sure and "ё" in passage.text[start:end]:
                continue  # «на нём» is no «нем.»
            rivals = [other for other in taken if start < other.end and other.start < end]
            if all(other.end - other.start < end - start for other in rivals):
                taken = [other for other in taken if other not in rivals]
                taken.append(SubjectMention(spelling.name, passage.text[start:end], number, start, end, worth))
    return taken


def _worth(passage: Passage, start: int, end: int, spelling: _Spelling) -> float:
    """«по …» and «урок …» say it is a subject; a teacher's title in the signature does not; 0 means it is not one."""
    before, after = passage.folded[max(0, start - 40) : start], passage.folded[end : end + 24]
    if (_FALSE_AFTER.search(after) and "язык" not in passage.folded[start:end]) or (
        _FALSE.search(before) and not _CUE.search(before)
    ):
        return 0
    if (_IN_A_LANGUAGE.search(before) and spelling.name.endswith("язык")) or _BESIDE_LESSONS.search(before):
        return 0.3
    at_lesson = _AT.search(before) and _IN_LESSON.search(passage.folded[start:end])
    said = bool(at_lesson or _CUE.search(before) or _LESSON_AFTER.search(after))
    alone = bool(_ALONE.search(before)) and bool(_ALONE_AFTER.search(after))
    if not spelling.sure and not said and not alone:
        return 0
    closing = passage.is_closing(start)
    if closing or (passage.source is Source.BODY and _TEACHES.search(before)):
        of_teacher = not closing and bool(_TEACHER_OF.search(before))
        return 0.5 if spelling.sure else 0.3 * of_teacher
    worth = 1 + 3 * said + alone + (passage.source is Source.SUBJECT)
    return max(0.1, worth - 2 * (passage.source is Source.QUOTED) - start / 3000)
