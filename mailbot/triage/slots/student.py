"""The pupil's surname and given name, in any order and case, settled as «Тихая Дарья»; never the writer's own name.

Every neighbouring pair of a given name and something like a surname is a candidate; cues around it («сын», a class,
«я», «учитель», a signature) decide whether it is a pupil.
"""

import re
from dataclasses import dataclass

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience
from mailbot.triage.finding import Source
from mailbot.triage.language import parses_of, plain
from mailbot.triage.slots.apart import pupil_apart, pupil_by_class
from mailbot.triage.slots.name_pairs import NamePair, pairs_in
from mailbot.triage.slots.passage import Passage
from mailbot.triage.slots.pupil_cues import (
    ADULT_AFTER,
    ADULT_BEFORE,
    CLASS_TO_NAME,
    GROWN_UP_RELATIVES,
    IN_ONE_BREATH,
    MOVED_AFTER,
    MOVED_BEFORE,
    MYSELF,
    NAME_TO_CLASS,
    OTHER_PUPIL_BEFORE,
    PARENT_OF_AFTER,
    PUPIL_BEFORE,
    RELATIVE_BEFORE,
    SEVERAL,
    WRITER_BEFORE,
)
from mailbot.triage.slots.school_class import ClassMention

_CLASS_FOLLOWS = re.compile(r"[\s,(]{0,3}\d{1,2}\s?[а-я]\b")
_CHILD_OF = re.compile(r"(?:сын|доч|внук|внуч|племян)[а-я]*\s$")  # «дочь жены, Сёмина Ульяна»
_BEGINNING = 4  # letters by which two forms of one surname are known
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


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a name is judged by: the passage it stands in, the words around it, the classes, and who writes."""

    passage: Passage
    number: int
    classes: tuple[ClassMention, ...]
    audience: Audience
    of_themselves: bool
    own_name: frozenset[str]

    def before(self, pair: NamePair) -> str:
        return self.passage.folded[max(0, pair.start - 60) : pair.start]

    def after(self, pair: NamePair) -> str:
        return self.passage.folded[pair.end : pair.end + 40]


def pupils_in(
    letter: Letter, passages: tuple[Passage, ...], audience: Audience, classes: tuple[ClassMention, ...]
) -> tuple[Pupil, ...]:
    """The pupil the letter is about, or several if it names brothers and sisters or a list; () if there is none."""
    own_name = frozenset(plain(letter.sender.name).replace(",", " ").split())
    candidates: list[Pupil] = []
    for number, passage in enumerate(passages):
        beside = tuple(mention for mention in classes if mention.passage == number)
        of_themselves = audience is Audience.STAFF and bool(MYSELF.search(passage.folded))
        scene = _Scene(passage, number, beside, audience, of_themselves, own_name)
        candidates += [_pupil(scene, pair) for pair in pairs_in(passage)]
    enough = [pupil for pupil in candidates if pupil.worth >= _ENOUGH]
    told = [pupil for pupil in enough if passages[pupil.passage].source is not Source.SENDER]
    strangers = frozenset() if audience is Audience.STUDENT else own_name
    in_words = _chosen(passages, told) or _apart(passages, audience) or _by_class(passages, classes, strangers)
    return in_words or _chosen(passages, enough)


def _pupil(scene: _Scene, pair: NamePair) -> Pupil:
    return Pupil(
        name=pair.name,
        words=scene.passage.text[pair.start : pair.end],
        passage=scene.number,
        start=pair.start,
        end=pair.end,
        worth=_worth(scene, pair),
        near_class=_has_class_beside(scene, pair),
    )


def _apart(passages: tuple[Passage, ...], audience: Audience) -> tuple[Pupil, ...]:
    """A pupil whose two names are said in different places of the writer's own text."""
    for number, passage in enumerate(passages):
        found = pupil_apart(passage, audience) if passage.source is Source.BODY else None
        if found:
            name, start, end = found
            return (Pupil(name, passage.text[start:end], number, start, end, _ENOUGH, near_class=False),)
    return ()


def _by_class(
    passages: tuple[Passage, ...], classes: tuple[ClassMention, ...], strangers: frozenset[str]
) -> tuple[Pupil, ...]:
    """A pupil whose surname stands alone beside a class."""
    found = pupil_by_class(passages, classes, strangers)
    if found is None:
        return ()
    name, number, start, end = found
    return (Pupil(name, passages[number].text[start:end], number, start, end, _ENOUGH, near_class=True),)


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
    return len(gap) < 60 and bool(IN_ONE_BREATH.fullmatch(gap))


def _is_sibling(passage: Passage, pupil: Pupil, best: Pupil) -> bool:
    """The same surname, a class of its own, and the letter says there are several children."""
    family = plain(pupil.name)[:_BEGINNING] == plain(best.name)[:_BEGINNING]
    return family and pupil.near_class and best.near_class and bool(SEVERAL.search(passage.folded))


def _worth(scene: _Scene, pair: NamePair) -> float:
    """The sum of the cues; earlier places and passages count a little more."""
    if scene.passage.source is Source.SENDER:
        return _ENOUGH  # there it stands as a name and nothing else
    place = scene.number * 0.2 + 1.5 * (scene.passage.source is Source.QUOTED) + pair.start / 5000
    about_writer = _signs_of_writer(scene, pair)
    return pair.likeness - place + _signs_of_pupil(scene, pair) - _signs_of_another(scene, pair) + about_writer


def _signs_of_pupil(scene: _Scene, pair: NamePair) -> float:
    """«сын», a class beside the name, «зачислен», «мама Рябинина Елисея», any case but the nominative."""
    before = scene.before(pair)
    said = bool(PUPIL_BEFORE.search(before)) + _has_class_beside(scene, pair)
    moved = bool(MOVED_BEFORE.search(before[-30:]) or MOVED_AFTER.match(scene.after(pair)))
    kin = _kin_worth(before, pair)
    return 3 * (said + moved) + (pair.case != "nomn") + (max(kin, 0) if _has_class_beside(scene, pair) else kin)


def _signs_of_another(scene: _Scene, pair: NamePair) -> float:
    """A teacher, a parent, somebody else's child, a person in a book."""
    before, after = scene.before(pair), scene.after(pair)
    in_quotes = _is_in_quotes(scene.passage, pair) and not _is_of_family(scene, pair)
    adult = bool(PARENT_OF_AFTER.match(after)) or (pair.case == "nomn" and bool(ADULT_AFTER.match(after)))
    full_name = pair.adult_order and not (PUPIL_BEFORE.search(before) or _is_familys_child(scene, pair))
    other = 3 * bool(OTHER_PUPIL_BEFORE.search(before)) + 6 * in_quotes
    of_staff = scene.audience is Audience.STAFF and not _has_class_beside(scene, pair)
    grown_up = 5 * (bool(ADULT_BEFORE.search(before)) + adult + (of_staff and scene.of_themselves))
    return grown_up + (5 if of_staff else 1.5) * full_name + other


def _signs_of_writer(scene: _Scene, pair: NamePair) -> float:
    """«Я, Иванова Ольга», the signature, the name in From: welcome from a pupil, unwelcome from anybody else."""
    before = scene.before(pair)
    dictated = before.endswith("это ") and _has_class_beside(scene, pair)
    introduced = bool(WRITER_BEFORE.search(before)) and (scene.audience is Audience.STUDENT or not dictated)
    closing = scene.passage.is_closing(pair.start)
    if scene.audience is Audience.STUDENT:
        return 4 * introduced + 2 * closing
    if pair.case != "nomn":
        return -5.0 * introduced
    sender = {plain(pair.surname), plain(pair.given)} <= scene.own_name
    return -5.0 * introduced - 4 * closing - 4 * sender


def _kin_worth(before: str, pair: NamePair) -> float:
    """«мама Рябинина Елисея» names a pupil, «мама Ольга Рябинина» and «папу, Корниенко Виктора» do not."""
    kin = RELATIVE_BEFORE.search(before)
    if not kin or _CHILD_OF.search(before[: kin.start()]):
        return 0
    nouns = [parse for parse in parses_of(kin["kin"]) if "NOUN" in parse.grammemes]
    cases = {parse.case for parse in nouns}
    if "accs" in cases and "nomn" not in cases and any("masc" in parse.grammemes for parse in nouns):
        return -5
    if pair.case == "gent" and ("gent" not in cases or "nomn" in cases):
        return 3
    return -5 if pair.case in cases else 0


def _is_familys_child(scene: _Scene, pair: NamePair) -> bool:
    """The sender's surname in a letter that speaks of no husband, wife or grandparent."""
    return _is_of_family(scene, pair) and not GROWN_UP_RELATIVES.search(scene.passage.folded)


def _is_of_family(scene: _Scene, pair: NamePair) -> bool:
    """A name in quotation marks or with a patronymic is the child's if the surname is the sender's: «Аверченко Лазарь
    Геннадьевич»."""
    given, family = plain(pair.given), plain(pair.surname)[:_BEGINNING]
    initial = any(name[1:2] in ("", ".") and given[0] == name[0] for name in scene.own_name)  # «Кашин Д. О.»
    if initial or given in scene.own_name:
        return False
    return any(len(name) >= _BEGINNING and name[:_BEGINNING] == family for name in scene.own_name)


def _has_class_beside(scene: _Scene, pair: NamePair) -> bool:
    """Whether a class is written right before or after the name."""
    return any(_is_beside(scene.passage.folded, pair, mention) for mention in scene.classes)


def _is_beside(folded: str, pair: NamePair, mention: ClassMention) -> bool:
    if mention.start >= pair.end:
        gap = folded[pair.end : mention.start]
        return len(gap) < 40 and bool(NAME_TO_CLASS.fullmatch(gap))
    gap = folded[mention.end : pair.start]
    return len(gap) < 40 and bool(CLASS_TO_NAME.fullmatch(gap))


def _is_in_quotes(passage: Passage, pair: NamePair) -> bool:
    """«Тарас Бульба», «Евгений Онегин»: a title or somebody's words."""
    if _CLASS_FOLLOWS.match(passage.folded, pair.end):
        return False
    line = passage.text[passage.text.rfind("\n", 0, pair.start) + 1 : pair.start]
    return line.count("«") > line.count("»")
