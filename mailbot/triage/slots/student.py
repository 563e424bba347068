"""The pupil's surname and given name, in any order and case, settled as «Тихая Дарья»; never the writer's own name.

Every neighbouring pair of a given name and something like a surname is a candidate; cues around it («сын», a class, «я»,
«учитель», a signature) decide whether it is a pupil.
"""

import re
from dataclasses import dataclass

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience
from mailbot.triage.language import parses_of, plain
from mailbot.triage.slots.apart import pupil_apart
from mailbot.triage.slots.name_pairs import NamePair, pairs_in
from mailbot.triage.slots.passage import Passage
from mailbot.triage.slots.school_class import ClassMention

_PUPIL = re.compile(
    r"(?:\bсын[а-я]{0,3}|сыноч[а-я]+|сынишк[а-я]+|\bдоч[а-я]+|\bдоцент|ребен[а-я]+|реб\.|\bдет[а-я]+|внук[а-я]*|внуч[а-я]+|племян[а-я]+|ученик[а-я]*|ученик|учениц[а-я]+|учащ[а-я]+|уч-с[а-я]+|обучающ[а-я]+|воспитанни[а-я]+"
    r"|мальчик[а-я]*|девочк[а-я]+|брат[а-я]{0,3}|братик[а-я]*|сестр[а-я]+|сестренк[а-я]+|пасын[а-я]+|падчериц[а-я]+|подопечн[а-я]+|крестни[а-я]+|близнец[а-я]*|двойня[а-я]*|старш[а-я]+|младш[а-я]+|средн[а-я]+|ф\.?\s?и\.?\s?о\.?(?: ребенка)?|фамилия(?: и имя)?|моего|моей|моему|мою|нашего|нашей|нашему|нашу|моя|мой|наш|наша|одноклассни[а-я]+|школьни[а-я]+|опекаем[а-я]+|реб[её]нок)"
    r"[\s:,(«\"–—-]*(?:(?:зовут|его|ее|ученик[а-я]*|учениц[а-я]+|учащ[а-я]+|класса|класс|по имени|имя|это|\d{1,2}[\s\"«-]*[а-яa-z]?[\"»]?(?: ?кл\.?)?)[\s:,(–—-]*){0,3}$"
)
_WRITER = re.compile(
    r"(?:\bя|меня зовут|\bпишет|пишу|вас беспокоит|беспокоит|обращается|с уваж[а-я]*|с ув\.?|уважением|спасибо|заранее благодарю|благодарностью|подпись|\bот|от кого|это)[\s:,.!–—-]*(?:(?:вам|опять|снова|я|мама|папа|бабушка)\s+)?$"
)
_ADULT = re.compile(
    r"(?:учител[а-я]+|училк[а-я]+|преподавател[а-я]+|педагог[а-я]*|препод[а-я]*|классн[а-я]+(?: руковод[а-я]+)?|кл\.? ?рук[а-я]*\.?|руководител[а-я]+|завуч[а-я]*|директор[а-я]*|психолог[а-я]*|логопед[а-я]*|тренер[а-я]*|воспитател[а-я]+|секретар[а-я]+"
    r"|библиотекар[а-я]+|врач[а-я]*|медсестр[а-я]+|социальн[а-я]+|зам\.?|заместител[а-я]+|репетитор[а-я]*|коллег[а-я]+|физрук[а-я]*|уважаем[а-я]+|информатик[а-я]*|нян[а-я]+|соседк[а-я]+|писател[а-я]+|поэт[а-я]*|имени|им\.|улиц[а-я]+|ул\.|книг[а-я]+|роман[а-я]*|вместо)[\s:,(–—-]*$"
)
_RELATIVE = re.compile(
    r"(?P<kin>\bмам[а-я]{1,3}|\bпап[а-я]{1,3}|\bматери|\bмать|\bматерью|\bотц[а-я]{1,3}|\bотец|\bбабушк[а-я]+|\bдедушк[а-я]+|\bдед[а-я]{0,2}|\bмуж[а-я]{0,3}|\bжен[а-я]{1,2}|\bтет[а-я]{1,3}|\bопекун[а-я]*|\bродител[а-я]+|представител[а-я]+|\bсупруг[а-я]*|\bтещ[а-я]+|\bсвекров[а-я]+)[\s:,(–—-]*$"
)
_ADULT_AFTER = re.compile(
    r"^[\s,(–—-]*(?:это )?(?:мам[аы]|пап[аы]|мать|отец|бабушка|дед(?:ушка)?|родитель|опекун|представитель|учител|преподават|классн|кл\.? ?рук|завуч|зам\b|директор|психолог|педагог|воспитател|секретар|тетя|логопед|соц)"
)
_PARENT_OF = re.compile(
    r"[\s,(–—-]*(?:мат|мам|отец|отц|пап|бабушк|представител)[а-я]*\s+(?:ученик|учениц|обуча|учащ|ребен|\d)"
)
_OTHER_PUPIL = re.compile(
    r"(?:чуж[а-я]+|друг[а-я]{2,3}|как(?:ой|ая|ого|ую|ие|их|ой)[ -]?то|некий|некая|некоего|посторонн[а-я]+|однофамил[а-я]+|вместо (?:него|нее)|перепута[а-я]+ с|спутал[а-я]* с|сосед[а-я]*|подруг[а-я]+|друг[а-я]?|еще один|ещё одна|после|между|следующ[а-я]+|обидчик[а-я]*)[\s:,(«\"–—-]*(?:мальчик[а-я]*|девочк[а-я]+|ученик[а-я]*|ребен[а-я]+|учениц[а-я]+)?[\s,«\"]*$"
)
_GAP_MARKS = r"[\s,:;()«»\"|/–—-]*"
_PUPIL_OF = (
    r"(?:из|с|в|ученик[а-я]*|учениц[а-я]+|учащ[а-я]+|обучающ[а-я]+|уч-[а-я]+|класса?|кл\.?|учится|наш[а-я]+|же|фио)"
)
_CLASS_AFTER_GAP = re.compile(rf"\.?\s*|{_GAP_MARKS}(?:{_PUPIL_OF}{_GAP_MARKS}){{0,4}}")
_CLASS_BEFORE_GAP = re.compile(rf"\.?\s*|{_GAP_MARKS}(?:(?:{_PUPIL_OF}|сын[а-я]*|доч[а-я]*){_GAP_MARKS}){{0,4}}")
_MOVED = re.compile(
    r"[\s,(]*(?:отчисл|зачисл|прибыл|выбыл|перевед|переводит|болеет|заболел|отсутств)[а-я]*[\s,:]*$|[\s,(]+(?:отчисл|зачисл|прибыл|выбыл|перевед|болеет|заболел|отсутств)"
)
_ENOUGH = 1.0
_NEAR_THE_BEST = 5.0


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil found: «Тихая Дарья», the words as written, where, and how sure we are."""

    name: str
    words: str
    passage: int
    start: int
    end: int
    worth: float
    near_class: bool


def pupils_in(
    letter: Letter, passages: tuple[Passage, ...], audience: Audience, classes: tuple[ClassMention, ...]
) -> tuple[Pupil, ...]:
    """The pupil the letter is about, or several if it names brothers and sisters or a list; () if there is none."""
    own_name = frozenset(plain(letter.sender.name).replace(",", " ").split())
    candidates = [
        Pupil(
            name=pair.name,
            words=passage.text[pair.start : pair.end],
            passage=number,
            start=pair.start,
            end=pair.end,
            worth=_worth(passage, number, pair, audience, classes, own_name),
            near_class=_class_beside(passage, number, pair, classes) is not None,
        )
        for number, passage in enumerate(passages)
        for pair in pairs_in(passage)
    ]
    chosen = _chosen(passages, [pupil for pupil in candidates if pupil.worth >= _ENOUGH])
    return chosen or _apart(passages, audience)


def _apart(passages: tuple[Passage, ...], audience: Audience) -> tuple[Pupil, ...]:
    """A pupil whose two names are said in different places of the writer's own text."""
    for number, passage in enumerate(passages):
        found = pupil_apart(passage, audience) if passage.source == "body" else None
        if found:
            name, start, end = found
            return (Pupil(name, passage.text[start:end], number, start, end, _ENOUGH, near_class=False),)
    return ()


def _chosen(passages: tuple[Passage, ...], candidates: list[Pupil]) -> tuple[Pupil, ...]:
    """The best, those named in one breath with it, and brothers and sisters who each have a class of their own."""
    if not candidates:
        return ()
    best = max(candidates, key=lambda pupil: pupil.worth)
    passage = passages[best.passage]
    here = [
        pupil for pupil in candidates if pupil.passage == best.passage and pupil.worth > best.worth - _NEAR_THE_BEST
    ]
    at = here.index(best)
    first, last = at, at
    while first and _in_one_breath(passage, here[first - 1], here[first]):
        first -= 1
    while last + 1 < len(here) and _in_one_breath(passage, here[last], here[last + 1]):
        last += 1
    chosen = here[first : last + 1] + [pupil for pupil in here if _is_sibling(passage, pupil, best)]
    by_name = {plain(pupil.name): pupil for pupil in sorted(chosen, key=lambda pupil: pupil.worth)}
    return tuple(sorted(by_name.values(), key=lambda pupil: (pupil.passage, pupil.start)))


def _in_one_breath(passage: Passage, first: Pupil, second: Pupil) -> bool:
    """«Сони Ярцевой и Кати Бубновой», «1. Ли Артём, 7А 2. Сидоренко Павел, 7А»."""
    gap = passage.folded[first.end : second.start]
    return len(gap) < 60 and bool(_ENUMERATED.fullmatch(gap))


def _is_sibling(passage: Passage, pupil: Pupil, best: Pupil) -> bool:
    """The same surname, a class of its own, and the letter says there are several children."""
    family = plain(pupil.name)[:4] == plain(best.name)[:4]
    return family and pupil.near_class and best.near_class and bool(_SEVERAL.search(passage.folded))


_SEVERAL = re.compile(
    r"\b(?:двое|двоих|трое|троих|четверо|пятеро|обоим|обоих|оба|обе|дети|детей|детям|сестр[а-я]+|брат[а-я]*|близнец[а-я]*|двойн[а-я]+)\b"
)
_ENUMERATED = re.compile(
    r"(?:[\s,;().:|/–—-]|\d{1,2}[\s\"«-]{0,2}[а-я]?[\"»]?(?![а-я])|кл(?:асс[а-я]*)?\b\.?|\bи\b|\bеще\b|\bа также\b|\b(?:его|ее)\b"
    r"|\b(?:брат|сестр|сын|доч|ученик|учениц)[а-я]*\b)*"
)


def _worth(
    passage: Passage,
    number: int,
    pair: NamePair,
    audience: Audience,
    classes: tuple[ClassMention, ...],
    own_name: frozenset[str],
) -> float:
    """The sum of the cues; see the module's docstring."""
    before = passage.folded[max(0, pair.start - 60) : pair.start]
    after = passage.folded[pair.end : pair.end + 40]
    is_pupil_writing = audience is Audience.STUDENT
    worth = pair.likeness - number * 0.2 - pair.start / 5000
    worth += 3 * bool(_PUPIL.search(before)) + (pair.case not in ("nomn", ""))
    worth += 3 * (_class_beside(passage, number, pair, classes) is not None)
    worth += _kin_worth(before, pair)
    worth -= 5 * bool(_ADULT.search(before)) + 5 * bool(
        _PARENT_OF.match(after) or (pair.case == "nomn" and _ADULT_AFTER.match(after))
    )
    worth -= 3 * bool(_OTHER_PUPIL.search(before)) + 4 * _is_in_quotes(passage, pair)
    worth += 3 * bool(_MOVED.search(before[-30:]) or _MOVED.match(after))
    worth -= 1.5 * (passage.source == "quoted") + 1.5 * (pair.adult_order and not _PUPIL.search(before))
    if is_pupil_writing:
        return worth + 4 * bool(_WRITER.search(before)) + 2 * passage.is_closing(pair.start)
    worth -= 5 * bool(_WRITER.search(before)) + 4 * (passage.is_closing(pair.start) and pair.case == "nomn")
    return worth - 4 * (pair.case == "nomn" and {plain(pair.surname), plain(pair.given)} <= own_name)


def _kin_worth(before: str, pair: NamePair) -> float:
    """«мама Рябинина Елисея» names a pupil, «мама Ольга Рябинина» and «папу, Корниенко Виктора» do not."""
    kin = _RELATIVE.search(before)
    if not kin:
        return 0
    cases = {parse.case for parse in parses_of(kin["kin"]) if "NOUN" in parse.grammemes}
    if pair.case == "gent" and ("gent" not in cases or "nomn" in cases):
        return 3
    return -5 if pair.case in cases else 0


def _class_beside(
    passage: Passage, number: int, pair: NamePair, classes: tuple[ClassMention, ...]
) -> ClassMention | None:
    """The class written right before or after the name, if any."""
    for mention in classes:
        if mention.passage != number:
            continue
        is_after = mention.start >= pair.end
        gap = passage.folded[pair.end : mention.start] if is_after else passage.folded[mention.end : pair.start]
        if len(gap) < 40 and (_CLASS_AFTER_GAP if is_after else _CLASS_BEFORE_GAP).fullmatch(gap):
            return mention
    return None


def _is_in_quotes(passage: Passage, pair: NamePair) -> bool:
    """«Тарас Бульба», «Евгений Онегин»: a title or somebody's words."""
    line = passage.text[passage.text.rfind("\n", 0, pair.start) + 1 : pair.start]
    return line.count("«") > line.count("»")
