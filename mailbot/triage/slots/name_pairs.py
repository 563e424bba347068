"""Neighbouring words that are a surname and a given name, brought to the nominative together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import islice
from typing import NamedTuple

from mailbot.triage.language import is_russian, parses_of
from mailbot.triage.slots.given_names import (
    PATRONYMIC_WORDS,
    NameForm,
    given_forms,
    guessed_given_forms,
    is_patronymic,
)
from mailbot.triage.slots.name_cues import fitting
from mailbot.triage.slots.passage import Passage
from mailbot.triage.slots.surnames import agreed, looks_like_surname, plural_surname

_WORD = re.compile(r"(?<![^\W\d_])[А-ЯЁа-яё]{2,}+(?:['’-][А-ЯЁа-яё]+)*+(?![^\W\d_])")  # «Сейітов» is no «тов»
_BETWEEN = re.compile(r" {1,2}|\n| ?\(")
_MAX_WORDS = 4_000  # of one passage
_MOST_PAIRS = 100  # of one passage, the likeliest
_FORMAL_ORDER = 0.3  # «Бек Роберт»: where both may be either, the surname comes first
_AROUND = 40  # characters before a given name in which «сын» or «у» may stand, a surname between
_IMPOSSIBLE = -2.0
_LEAD = 6  # characters before a word that tell whether it opens a sentence
_OF_OURS = re.compile(
    r"\b(?:сын[а-я]{0,3}|доч[а-я]+|внук[а-я]{0,2}|внуч[а-я]+|мо[а-я]{1,3}|наш[а-я]{0,3}|у|племянни[а-я]+)\s(?:[а-я]+\s)?$"
)
_COMMA = re.compile(r"(?P<ours> (?:мо|наш)[а-я]{0,3})?(?:, | \()")
_END_OF_NAME = re.compile(r"[.,;!?)\n]|\Z| \d")
_CLASS_AFTER = re.compile(r",? \(?\d{1,2}[ -]?[«\"]?[а-т](?![а-я])")
_AFTER_NUMBER = re.compile(r"\d $")  # «22 мая Савва уезжает»
_OF_SEVERAL = frozenset(("и", "два", "две", "двух", "двое", "двоих", "оба", "обе", "обоих", "трое", "троих", "трех"))
_SYLLABLE = 4  # letters of one part of a given name of two words («Чжи Ён»)
_GAP_OF_A_NAME = 4  # a patronymic stands between given name and surname
# Korean, Chinese and Vietnamese surnames, some of which are given names elsewhere.
_SHORT_SURNAMES = frozenset(
    re.findall(
        r"\w+", "ким ли пак цой тен тян юн шин хан хван ан кан лю ван чен чжан нгуен фам чан огай сон хегай югай"
    )
)


@dataclass(frozen=True, slots=True)
class NamePair:
    """A surname and a given name: `name` in the nominative, the case they stand in, how much they are like a name.

    `adult_order`: a patronymic is there, as in an adult's full name; a `likeness` below 0 needs a strong cue.
    """

    name: str
    surname: str
    given: str
    case: str
    start: int
    end: int
    likeness: float
    adult_order: bool


class _Token(NamedTuple):
    """A word; a tuple, because a letter has many. `before`: the last characters before it."""

    text: str
    form: str
    start: int
    end: int
    before: str

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def opens_sentence(self) -> bool:
        lead = self.before.rstrip(' "«(')
        return not lead or lead[-1] in ".!?:;\n-–—>|"


@cache
def load_not_surnames() -> frozenset[str]:
    """The words of words/not_surnames.txt."""
    text = resources.files("mailbot.triage").joinpath("words/not_surnames.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def pairs_in(passage: Passage) -> tuple[NamePair, ...]:
    """Every surname beside a given name; a word belongs to one pair only, the likelier one."""
    tokens = _tokens(passage)
    shouted = sum(token.text.isupper() for token in tokens) > 0.6 * len(tokens)
    names = [at for at, token in enumerate(tokens) if token.capital or _given(token)]
    found = [pair for at in names for pair in _pairs_at(passage, tokens, at, shouted)]
    found.sort(key=lambda pair: -pair.likeness)
    kept: list[NamePair] = []
    for pair in found[:_MOST_PAIRS]:
        if not any(pair.start < other.end and other.start < pair.end for other in kept):
            kept.append(pair)
    return tuple(sorted(kept, key=lambda pair: pair.start))


def _tokens(passage: Passage) -> list[_Token]:
    text, folded = passage.text, passage.folded
    places = (word.span() for word in islice(_WORD.finditer(text), _MAX_WORDS))
    return [_Token(text[at:end], folded[at:end], at, end, text[max(0, at - _LEAD) : at]) for at, end in places]


def _pairs_at(passage: Passage, tokens: Sequence[_Token], at: int, shouted: bool) -> Iterator[NamePair]:
    """Pairs whose given name is word `at`: «Иванов Пётр», «Пётр Иванов», «Пётр Сергеевич Иванов», «Пётр (Иванов)»."""
    given = tokens[at]
    possible = _given(given)
    if not possible:
        yield from _guessed_pairs(passage, tokens, at, shouted)
        return
    follows = _follows(passage, tokens, at)
    patronymic = follows is not None and is_patronymic(follows.form) and not _is_of_other_gender(follows, possible)
    before = passage.folded[max(0, given.start - _AROUND) : given.start]
    names = fitting(possible, before, follows.form if follows and patronymic else "")
    if at and _touch(passage, tokens[at - 1], given, brackets=False):
        end = follows.end if follows and patronymic else given.end
        of_father = at > 1 and bool(_given(tokens[at - 2])) and _touch(passage, tokens[at - 2], tokens[at - 1])
        yield from _pair(tokens[at - 1], given, names, shouted, end, bonus=_FORMAL_ORDER, of_father=of_father)
    surname = _follows(passage, tokens, at + 1) if patronymic else follows
    if surname is not None:
        yield from _pair(surname, given, names, shouted, surname.end, of_father=patronymic)
    if added := _added(passage, tokens, at, before):
        yield from _pair(added, given, names, shouted, added.end)
    yield from _family(tokens, at, names)


def _is_of_other_gender(token: _Token, names: tuple[NameForm, ...]) -> bool:
    """«Глафира Ярошевич»: no girl has a father's name in «-вич»."""
    return token.form.endswith(("вич", "ьич")) and all(name.gender == "femn" for name in names)


def _added(passage: Passage, tokens: Sequence[_Token], at: int, before: str) -> _Token | None:
    """A surname added after a comma or in brackets: «моему Азамату, Хубиеву, …», «Амирхан наш (Галиуллин, 2Д)», «Тихон,
    Ожогин, 4Б»."""
    following = tokens[at + 1 : at + 3]
    surname = next((token for token in following if token.capital), None)
    if surname is None or not _is_known_surname(surname.form) or _given(surname):
        return None
    comma = _COMMA.fullmatch(passage.folded, tokens[at].end, surname.start)
    of_ours = comma and (comma["ours"] or _OF_OURS.search(before) or _CLASS_AFTER.match(passage.folded, surname.end))
    return surname if of_ours and _END_OF_NAME.match(passage.folded, surname.end) else None


def _follows(passage: Passage, tokens: Sequence[_Token], at: int) -> _Token | None:
    """The next word if nothing but a space or a bracket stands between."""
    if at + 1 < len(tokens) and _touch(passage, tokens[at], tokens[at + 1]):
        return tokens[at + 1]
    return None


def _pair(
    surname: _Token,
    given: _Token,
    names: tuple[NameForm, ...],
    shouted: bool,
    end: int,
    bonus: float = 0,
    of_father: bool = True,
) -> Iterator[NamePair]:
    """`of_father`: whether the surname would be a patronymic, if it is like one: no patronymic opens a name."""
    likeness = _likeness(surname, shouted, of_father)
    if likeness <= _IMPOSSIBLE:
        return
    likeness += bonus - 1.5 * (not given.capital and _has_everyday_meaning(given.form))
    both = agreed(_titled(surname.text), names)
    if both is None:
        if likeness < 2:
            return
        both = (NameForm(_titled(surname.text), "", names[0].case), names[0])
        likeness -= 1.2
    mine, name = both
    start = min(surname.start, given.start)
    yield NamePair(
        name=f"{mine.nominative} {name.nominative}",
        surname=mine.nominative,
        given=name.nominative,
        case=name.case,
        start=start,
        end=end,
        likeness=likeness,
        adult_order=end > max(surname.end, given.end)
        or (start == given.start and surname.start - given.end > _GAP_OF_A_NAME),
    )


def _guessed_pairs(passage: Passage, tokens: Sequence[_Token], at: int, shouted: bool) -> Iterator[NamePair]:
    """«Байгильдин Ырыс»: a name in no list; believed beside a class, after «сын», or after a plain surname."""
    yield from _guessed_first(passage, tokens, at, shouted)
    if (
        shouted
        or not at
        or not _is_strange(tokens[at])
        or not _touch(passage, tokens[at - 1], tokens[at], brackets=False)
    ):
        return
    surname, given = tokens[at - 1], tokens[at]
    if not surname.capital or surname.form in load_not_surnames() or _given(surname) or is_patronymic(surname.form):
        return
    both = agreed(_titled(surname.text), guessed_given_forms(given.text))
    second = _follows(passage, tokens, at)
    if both is None or (surname.opens_sentence and _is_verb_or_particle(surname.form)):
        return
    name, end = both[1].nominative, given.end
    if second and _is_strange(second) and len(given.text) <= _SYLLABLE and len(second.text) <= _SYLLABLE:
        name, end = f"{given.text} {second.text}", second.end
    yield NamePair(
        name=f"{both[0].nominative} {name}",
        surname=both[0].nominative,
        given=name,
        case="nomn",
        start=surname.start,
        end=end,
        likeness=1.3 if surname.form in _SHORT_SURNAMES or _is_known_surname(surname.form) else -0.5,
        adult_order=False,
    )


def _guessed_first(passage: Passage, tokens: Sequence[_Token], at: int, shouted: bool) -> Iterator[NamePair]:
    """«Бата Жамсаранов, 6В»: a name in no list before a plain surname and a class."""
    given, surname = tokens[at], _follows(passage, tokens, at)
    if shouted or surname is None or not surname.capital or not _is_strange(given):
        return
    if _given(surname) or not _is_known_surname(surname.form):
        return
    both = agreed(_titled(surname.text), guessed_given_forms(given.text))
    if both is None or not _CLASS_AFTER.match(passage.folded, surname.end):
        return
    yield NamePair(
        name=f"{both[0].nominative} {both[1].nominative}",
        surname=both[0].nominative,
        given=both[1].nominative,
        case="nomn",
        start=given.start,
        end=surname.end,
        likeness=0.5,
        adult_order=False,
    )


def _is_strange(token: _Token) -> bool:
    """A capitalised word that the dictionary does not know and that is no patronymic."""
    return token.capital and not is_russian(token.form) and not is_patronymic(token.form) and not token.text.isupper()


def _titled(surname: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in surname.split("-"))


def _family(tokens: Sequence[_Token], at: int, names: tuple[NameForm, ...]) -> Iterator[NamePair]:
    """«Лука и Варя Агаповы», «Агаповы Лука и Варя», «двух Гасановых Фаридов»: a surname in the plural."""
    for other in (at - 3, at - 2, at - 1, at + 1, at + 2, at + 3):
        if not 0 <= other < len(tokens) or not tokens[other].capital or _given(tokens[other]):
            continue
        plural = plural_surname(tokens[other].form)
        between = tokens[min(at, other) + 1 : max(at, other)]
        if tokens[other].form.endswith("ых") and not _are_several(tokens, at, other):
            continue  # «Захара Петровых» is of no family called Петров
        if plural and all(token.form == "и" or _given(token) for token in between):
            yield _of_family(*plural, names, tokens[at])


def _are_several(tokens: Sequence[_Token], at: int, other: int) -> bool:
    """Whether words beside a given name and a surname tell of more than one child: «и», «двух», another name."""
    around = tokens[max(0, min(at, other) - 2) : max(at, other) + 3]
    return any(token.form in _OF_SEVERAL or _given(token) for token in around if token is not tokens[at])


def _of_family(masculine: str, case: str, names: tuple[NameForm, ...], given: _Token) -> NamePair:
    name = next((name for name in names if name.case == case), names[0])
    surname = masculine
    if name.gender == "femn":
        surname = masculine[:-2] + "ая" if masculine.endswith("ий") else masculine + "а"
    return NamePair(
        name=f"{_titled(surname)} {name.nominative}",
        surname=_titled(surname),
        given=name.nominative,
        case=name.case,
        start=given.start,
        end=given.end,
        likeness=4.5,
        adult_order=False,
    )


def _given(token: _Token) -> tuple[NameForm, ...]:
    """A given name; words of everyday meaning only with a capital, unless the surname and its company say otherwise."""
    is_a_word = token.form in load_not_surnames() and "ё" not in token.text  # «Тёма» is no «тема»
    return () if is_a_word or token.form in _SHORT_SURNAMES else given_forms(token.form)


@lru_cache(maxsize=10_000)
def _has_everyday_meaning(form: str) -> bool:
    """Whether the dictionary knows the form first of all as something else than a name."""
    names = {"Name", "Surn", "Patr", "Geox", "Orgn", "Init"}
    return is_russian(form) and any(not names & parse.grammemes and parse.score > 0.3 for parse in parses_of(form))


@lru_cache(maxsize=10_000)
def _is_known_surname(form: str) -> bool:
    """A surname to the dictionary, or an unknown word that ends like one."""
    listed = any("Surn" in parse.grammemes for parse in parses_of(form)) and is_russian(form)
    return looks_like_surname(form) and (listed or not is_russian(form))


def _touch(passage: Passage, first: _Token, second: _Token, brackets: bool = True) -> bool:
    """Whether only a space, a line end or an opening bracket stands between two words."""
    between = passage.text[first.end : second.start]
    return bool(_BETWEEN.fullmatch(between)) and (brackets or "(" not in between)


def _likeness(surname: _Token, shouted: bool, of_father: bool = True) -> float:
    """How much the word is like a surname: its ending, the dictionary, a capital in mid-sentence."""
    form = surname.form
    short = surname.capital and form in _SHORT_SURNAMES
    if (form in load_not_surnames() and not short) or form.startswith("по-"):
        return _IMPOSSIBLE
    if is_patronymic(form) and (of_father or not surname.capital or form in PATRONYMIC_WORDS):
        return _IMPOSSIBLE
    if not surname.capital and (_AFTER_NUMBER.search(surname.before) or _is_number(form)):
        return _IMPOSSIBLE
    typical = short or _is_known_surname(form)
    if not surname.capital or shouted:
        return 2.5 if typical else _likeness_of_lower_case(form)
    likeness = 1.3 + 1.5 * typical + 1.0 * (not surname.opens_sentence) - 1.0 * bool(given_forms(form))
    if surname.opens_sentence and not typical:
        likeness -= 1.2 * _is_verb_or_particle(form)
    return max(likeness, 0.1)


def _likeness_of_lower_case(form: str) -> float:
    """An unknown word may well be a surname; a noun («лебедь») only where a class or «сын» stands beside the name."""
    if not is_russian(form) and len(form) > 2:
        return 1.5
    parses = parses_of(form)
    is_noun = any({"NOUN", "nomn"} <= parse.grammemes for parse in parses)
    if looks_like_surname(form) and not parses[0].grammemes & {"ADJF", "PRTS", "VERB"}:
        return 0.0
    return -0.5 if len(form) > 2 and is_noun else _IMPOSSIBLE


@lru_cache(maxsize=10_000)
def _is_number(form: str) -> bool:
    """A number in words: «сто», «пять»."""
    return any("NUMR" in parse.grammemes for parse in parses_of(form))


@lru_cache(maxsize=10_000)
def _is_verb_or_particle(form: str) -> bool:
    """Words that open a sentence and are no nouns or adjectives: «Переведите», «Где»."""
    first = parses_of(form)[0].grammemes
    return not first & {"NOUN", "ADJF", "ADJS", "UNKN"}
