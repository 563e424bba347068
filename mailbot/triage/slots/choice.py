"""Which of the classes a letter names is the pupil's (or the lesson's)."""

import re

from mailbot.rulebook.ids import Slot
from mailbot.triage.finding import FilledSlot, Source
from mailbot.triage.slots.given_names import given_forms
from mailbot.triage.slots.passage import Passage
from mailbot.triage.slots.school_class import ClassMention
from mailbot.triage.slots.student import Pupil

_MOVED_ALREADY = re.compile(r"(?:перевел[а-я]*|переведен[а-я]*|переш[а-я]+|зачислен[а-я]*)\b[^.\n]{0,40}\bиз\s*$")
_NEW_CLASS = re.compile(
    r"(?:перев[её]л[а-я]*|перевод[а-я]*|перевед[а-я]*|переш[а-я]+|переход[а-я]*|переехал[а-я]*|зачисл[а-я]+"
    r"|переписал[а-я]*|записал[а-я]*|попал[а-я]*|числ[а-я]+|значи[а-я]+)\b[^.\n]{0,40}\b(?:в|во|на)\s*$"
)
_NOT_OURS = re.compile(
    r"(?:чуж[а-я]+|друг[а-я]{2,3}|каком-то|какой-то|соседн[а-я]+|параллельн[а-я]+|\bне|вместо|а не|остальн[а-я]+"
    r"|почему-то|\bкак|у кого|из соседнего|преподает в|веду в)\s*(?:ребен[а-я]+|мальчик[а-я]*|девочк[а-я]+"
    r"|класс[а-я]*|из|в|во|у|с)?\s*(?:из|в)?\s*$"
)
_OURS = re.compile(
    r"(?:класс[а-я]*:?|\bкл\.?|ученик[а-я]*|учениц[а-я]+|учится во?|учимся во?|учусь во?|ходит во?|из|мы|наш[а-я]*"
    r"|мой|моем|моего|сын[а-я]*|доч[а-я]+|нашего|нашем|нашем же|у нас в)\s*$"
)
_ONE_OF_SEVERAL = re.compile(
    r"(?:(?P<child>старш[а-я]+|младш[а-я]+|сын[а-я]{0,2}|доч[а-я]+|один|одна|одного|одной|друго[а-я]+|другая|втор[а-я]+)"
    r"|(?P<name>[а-я]{3,}))(?:,? ?\(| —| учится|,)?(?: (?:из|во?))?\s?$"
)  # «старшей (7Д) … младшему (2А)», «Коля из 7А … Рома из 9А»
_BOTH = re.compile(r"\bи(?: у| в| из| для)?\s$")  # «ждут и 8В на втором этаже, и 10А»
_WEIGHT = 12  # characters of distance that one point of doubt weighs
_BESIDE = 60  # characters between a pupil's name and a class that may be theirs


def class_of(
    passages: tuple[Passage, ...], classes: tuple[ClassMention, ...], pupils: tuple[Pupil, ...]
) -> FilledSlot | None:
    """The class beside the pupil's name, else the likeliest one with those joined to it; None without any."""
    chosen = _beside(passages, classes, pupils) or _of_several(passages, classes) or _likeliest(passages, classes)
    if not chosen:
        return None
    values = dict.fromkeys(mention.value for mention in chosen)
    return FilledSlot(
        slot=Slot.CLASS,
        value="; ".join(values),
        heard="; ".join(passages[mention.passage].text[mention.start : mention.end] for mention in chosen),
        source=passages[chosen[0].passage].source,
    )


def _beside(
    passages: tuple[Passage, ...], classes: tuple[ClassMention, ...], pupils: tuple[Pupil, ...]
) -> list[ClassMention]:
    """For each pupil the nearest class of the same line, what follows the name before what precedes it."""
    chosen = []
    for pupil in pupils:
        near = [
            mention for mention in classes if mention.passage == pupil.passage and _distance(mention, pupil) <= _BESIDE
        ]
        same_line = [mention for mention in near if "\n\n" not in _gap(passages, mention, pupil)]
        if same_line:
            chosen.append(min(same_line, key=lambda one: _distance(one, pupil) + _WEIGHT * _doubt(passages, one)))
    if len(pupils) > 1:
        chosen += [mention for mention in classes if mention.joined and classes[classes.index(mention) - 1] in chosen]
    return sorted(set(chosen), key=lambda mention: (mention.passage, mention.start))


def _distance(mention: ClassMention, pupil: Pupil) -> int:
    return mention.start - pupil.end if mention.start >= pupil.end else pupil.start - mention.end + 3


def _gap(passages: tuple[Passage, ...], mention: ClassMention, pupil: Pupil) -> str:
    start, end = sorted((mention.start, pupil.start))
    return passages[mention.passage].text[start:end]


def _of_several(passages: tuple[Passage, ...], classes: tuple[ClassMention, ...]) -> list[ClassMention]:
    """The classes of several children who are told apart, or of «и 8В …, и 10А»; [] if there are no two such."""
    own = [one for one in classes if passages[one.passage].source is Source.BODY]
    children = {child: one for one in reversed(own) if (child := _child_before(passages, one))}
    both = [one for one in own if not _doubt(passages, one) and _BOTH.search(_before(passages[one.passage], one))]
    for found in (sorted(children.values(), key=lambda one: (one.passage, one.start)), both):
        if len({one.value for one in found}) > 1:
            return found
    return []


def _child_before(passages: tuple[Passage, ...], mention: ClassMention) -> str:
    """The word for a child, or the given name, that a class follows."""
    match = _ONE_OF_SEVERAL.search(_before(passages[mention.passage], mention))
    if match is None:
        return ""
    return match["child"] or (match["name"] if given_forms(match["name"]) else "")


def _likeliest(passages: tuple[Passage, ...], classes: tuple[ClassMention, ...]) -> list[ClassMention]:
    """The best class and the ones joined to it by «и» or a comma."""
    if not classes:
        return []
    best = max(classes, key=lambda mention: _worth(passages, mention))
    at = classes.index(best)
    first = at
    while classes[first].joined:
        first -= 1
    last = at + 1
    while last < len(classes) and classes[last].joined:
        last += 1
    return list(classes[first:last])


def _worth(passages: tuple[Passage, ...], mention: ClassMention) -> float:
    """How likely it is the class meant, where no pupil's name stands beside it."""
    passage = passages[mention.passage]
    ours = bool(_OURS.search(_before(passage, mention)))
    apart = 3.0 * (passage.source is Source.QUOTED) + 0.5 * (passage.source is Source.SIGNATURE)
    return 2.0 * ours - _doubt(passages, mention) - apart - mention.start / 3000


def _doubt(passages: tuple[Passage, ...], mention: ClassMention) -> float:
    """Signs that the class is somebody else's, the one a pupil goes to next, or the one a pupil has left."""
    before = _before(passages[mention.passage], mention)
    new = bool(_NEW_CLASS.search(before))
    return 3.0 * bool(_NOT_OURS.search(before)) + 2.0 * new + 4.0 * bool(_MOVED_ALREADY.search(before))


def _before(passage: Passage, mention: ClassMention) -> str:
    return passage.folded[max(0, mention.start - 70) : mention.start]
