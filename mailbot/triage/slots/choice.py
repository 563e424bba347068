"""Which of the classes a letter names is the pupil's (or the lesson's)."""

import re

from mailbot.rulebook.ids import Slot
from mailbot.triage.finding import FilledSlot
from mailbot.triage.slots.passage import Passage
from mailbot.triage.slots.school_class import ClassMention
from mailbot.triage.slots.student import Pupil

_NEW_CLASS = re.compile(
    r"(?:перев[её]л[а-я]*|перевод[а-я]*|перевед[а-я]*|переш[а-я]+|переход[а-я]*|переехал[а-я]*|зачисл[а-я]+)\b[^.\n]{0,40}\b(?:в|во|на)\s*$"
)
_AFTER_OLD = re.compile(r"^\s*(?:во?|на)\s*$")
_NOT_OURS = re.compile(
    r"(?:чуж[а-я]+|друг[а-я]{2,3}|каком-то|какой-то|соседн[а-я]+|параллельн[а-я]+|\bне|вместо|а не|остальн[а-я]+|почему-то|\bкак|у кого|из соседнего|преподает в|веду в)\s*(?:ребен[а-я]+|мальчик[а-я]*|девочк[а-я]+|класс[а-я]*|из|в|во|у|с)?\s*(?:из|в)?\s*$"
)
_OURS = re.compile(
    r"(?:класс[а-я]*:?|\bкл\.?|ученик[а-я]*|учениц[а-я]+|учится во?|учимся во?|учусь во?|ходит во?|из|мы|наш[а-я]*|мой|моем|моего|сын[а-я]*|доч[а-я]+|нашего|нашем|нашем же|у нас в)\s*$"
)
_BESIDE = 40  # characters between a pupil's name and a class that may be theirs


def class_of(
    passages: tuple[Passage, ...], classes: tuple[ClassMention, ...], pupils: tuple[Pupil, ...]
) -> FilledSlot | None:
    """The class beside the pupil's name, else the likeliest one with those joined to it; None without any."""
    chosen = _beside(passages, classes, pupils) or _likeliest(passages, classes)
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
            chosen.append(min(same_line, key=lambda mention: _distance(mention, pupil) - _worth(passages, mention)))
    return sorted(set(chosen), key=lambda mention: (mention.passage, mention.start))


def _distance(mention: ClassMention, pupil: Pupil) -> int:
    return mention.start - pupil.end if mention.start >= pupil.end else pupil.start - mention.end + 3


def _gap(passages: tuple[Passage, ...], mention: ClassMention, pupil: Pupil) -> str:
    start, end = sorted((mention.start, pupil.start))
    return passages[mention.passage].text[start:end]


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
    passage = passages[mention.passage]
    before = passage.folded[max(0, mention.start - 50) : mention.start]
    worth = (
        2.0 * bool(_OURS.search(before)) - 3.0 * bool(_NOT_OURS.search(before)) - 2.0 * bool(_NEW_CLASS.search(before))
    )
    worth -= 3.0 * (passage.source == "quoted") + 0.5 * (passage.source == "signature")
    return worth - mention.start / 3000
