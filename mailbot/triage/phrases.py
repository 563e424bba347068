"""Whether a rule of the admin speaks: its phrases heard in a letter's words, none of its exceptions, not denied.

Public: `heard(phrase, words, text)`, `speaks(rule, reading)` and, for many rules at once, `Ear(rules).hears(reading)`.
Patterns are google-re2, searched in lower-case text with ё as е; they cannot be made slow by a letter.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import re2

from mailbot.rulebook.types import Phrase, Place, Rule, Token
from mailbot.triage.finding import Evidence
from mailbot.triage.language import lemmas_of, plain
from mailbot.triage.text import STEM, Places, Reading, Word, places_of

_NO_LEMMAS: frozenset[str] = frozenset()
_NO_STEMS: frozenset[str] = frozenset()
_ABOUT = frozenset(("про", "о", "об", "обо", "насчет", "касательно", "относительно", "по", "поводу", "из-за", "за"))


class Denial(StrEnum):
    """What counts as «not»: only the subject («вопрос не про оценки») or the deed as well («его не бьют»)."""

    SUBJECT = "subject"
    DEED = "deed"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a phrase was heard: positions in the text, and the numbers of its first and last word (-1: a pattern)."""

    start: int
    end: int
    first: int
    last: int


def heard(phrase: Phrase, words: Sequence[Word], text: str) -> str | None:
    """The words heard, as written; None if the phrase is not there. `text` is the one `words` were made of."""
    span = next(_spans(_listener(phrase), words, places_of(words), plain(text)), None)
    return text[span.start : span.end] if span else None


def speaks(rule: Rule, reading: Reading, denial: Denial = Denial.SUBJECT) -> Evidence | None:
    """What the rule heard, unless an exception is heard too or the letter denies it («вопрос не про оценки»)."""
    return _speaks(_prepared(rule), reading, denial)


class Ear:
    """Many rules listened to at once: a letter's lemmas lead to the few rules worth trying. Made once per rulebook."""

    __slots__ = ("_always", "_by_form", "_by_stem", "_rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(_prepared(rule) for rule in rules)
        always: set[int] = set()
        by_form: defaultdict[str, set[int]] = defaultdict(set)
        by_stem: defaultdict[str, set[int]] = defaultdict(set)
        for number, prepared in enumerate(self._rules):
            for phrase in prepared.rule.phrases:
                _file(number, phrase, always, by_form, by_stem)
        self._always = frozenset(always)
        self._by_form: Mapping[str, set[int]] = dict(by_form)
        self._by_stem: Mapping[str, set[int]] = dict(by_stem)

    def hears(self, reading: Reading, denial: Denial = Denial.SUBJECT) -> tuple[tuple[Rule, Evidence], ...]:
        """The rules that speak, in the order they were given."""
        tried = (self._rules[number] for number in sorted(self._worth_trying(reading)))
        said = ((prepared.rule, _speaks(prepared, reading, denial)) for prepared in tried)
        return tuple((rule, evidence) for rule, evidence in said if evidence)

    def places(self, reading: Reading, denial: Denial | None = Denial.SUBJECT) -> Iterator[tuple[Rule, Span]]:
        """Every place where a rule's phrase is heard and not denied (None: denied or not); exceptions are for the
        caller to weigh."""
        for number in sorted(self._worth_trying(reading)):
            for listener in self._rules[number].phrases:
                for span in _spans(listener, reading.words, reading.places, reading.folded):
                    if denial is None or not _denied(listener, span, reading.words, denial):
                        yield self._rules[number].rule, span

    def _worth_trying(self, reading: Reading) -> set[int]:
        places = reading.places
        found = set(self._always)
        for index, keys in (
            (self._by_stem, places.by_stem),
            (self._by_form, places.by_form),
            (self._by_form, places.by_lemma),
        ):
            for key in index.keys() & keys.keys():
                found |= index[key]
        return found


@dataclass(frozen=True, slots=True)
class _Fit:
    """One token made ready for comparing: its folded forms, or the lemmas of these.

    `stems`: by which beginnings are looked up; empty where one is too short for that.
    """

    lemmas: frozenset[str]
    forms: tuple[str, ...]
    stems: frozenset[str]
    prefix: bool
    exact: bool

    def places(self, words: Sequence[Word], places: Places) -> Sequence[int]:
        """Numbers of the words that are meant, ascending."""
        if not self.prefix:
            index = places.by_form if self.exact else places.by_lemma
            return _together(index, self.forms if self.exact else self.lemmas)
        if not self.stems:
            return [number for number, word in enumerate(words) if self.fits(word)]
        near = _together(places.by_stem, self.stems)
        return [number for number in near if self.fits(words[number])]

    def fits(self, word: Word) -> bool:
        """Whether this word is meant."""
        if self.prefix:
            return word.form.startswith(self.forms)
        if self.exact:
            return word.form in self.forms
        return not word.lemmas.isdisjoint(self.lemmas)


@dataclass(frozen=True, slots=True)
class _Listener:
    """A phrase made ready for listening; `says_not`: it has a «не» of its own."""

    fits: tuple[_Fit, ...]
    pattern: str
    gap: int
    place: Place
    says_not: bool


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A rule with its phrases and exceptions made ready once, not for every letter."""

    rule: Rule
    phrases: tuple[_Listener, ...]
    unless: tuple[_Listener, ...]


def _prepared(rule: Rule) -> _Prepared:
    return _Prepared(rule, tuple(map(_listener, rule.phrases)), tuple(map(_listener, rule.unless)))


def _listener(phrase: Phrase) -> _Listener:
    fits = tuple(map(_fit, phrase.tokens))
    return _Listener(fits, phrase.pattern, phrase.gap, phrase.place, any("не" in fit.forms for fit in fits))


def _fit(token: Token) -> _Fit:
    """The lemmas of the forms, and the forms themselves where they are whole lemmas of something else."""
    forms = tuple(map(plain, token.forms))
    by_lemma = not (token.prefix or token.exact)
    lemmas = frozenset(lemma for form in forms for lemma in lemmas_of(form)) if by_lemma else _NO_LEMMAS
    stems = frozenset(form[:STEM] for form in forms) if min(map(len, forms)) >= STEM else _NO_STEMS
    return _Fit(lemmas, forms, stems, token.prefix, token.exact)


def _speaks(prepared: _Prepared, reading: Reading, denial: Denial) -> Evidence | None:
    for listener in prepared.phrases:
        for span in _spans(listener, reading.words, reading.places, reading.folded):
            if _denied(listener, span, reading.words, denial):
                continue
            if any(_is_heard(exception, reading) for exception in prepared.unless):
                return None
            return Evidence(str(listener.place), reading.text[span.start : span.end].replace("\n", " "))
    return None


def _file(
    number: int, phrase: Phrase, always: set[int], by_form: Mapping[str, set[int]], by_stem: Mapping[str, set[int]]
) -> None:
    """Put a phrase where its most telling word leads to it."""
    if not phrase.tokens:
        always.add(number)
        return
    token = max(phrase.tokens, key=_telling)
    for form in map(plain, token.forms):
        if not token.prefix:
            for key in (form, *(() if token.exact else lemmas_of(form))):
                by_form[key].add(number)
        elif len(form) >= STEM:
            by_stem[form[:STEM]].add(number)
        else:
            always.add(number)


def _telling(token: Token) -> int:
    """A long word says more than a short one, a whole word more than a beginning."""
    return min(map(len, token.forms)) - 2 * token.prefix


def _spans(listener: _Listener, words: Sequence[Word], places: Places, folded: str) -> Iterator[Span]:
    """Every place where the phrase is heard, from left to right."""
    if listener.pattern:
        for match in _compiled(listener.pattern).finditer(folded):
            yield Span(match.start(), match.end(), -1, -1)
        return
    beginnings: Sequence[int] = ()
    for number, fit in enumerate(listener.fits):
        found = fit.places(words, places)
        if not found:
            return
        beginnings = beginnings if number else found
    for first in beginnings:
        last = _rest(listener, words, first)
        if last is not None:
            yield Span(words[first].start, words[last].end, first, last)


def _is_heard(listener: _Listener, reading: Reading) -> bool:
    return next(_spans(listener, reading.words, reading.places, reading.folded), None) is not None


def _together(index: Mapping[str, Sequence[int]], keys: Collection[str]) -> Sequence[int]:
    """The numbers under any of the keys, ascending and without repeats."""
    found: Sequence[int] = ()
    for key in keys:
        if key in index:
            found = sorted({*found, *index[key]}) if found else index[key]
    return found


def _rest(listener: _Listener, words: Sequence[Word], first: int) -> int | None:
    """The number of the word that ends the phrase begun at `first`; tries every gap, the narrowest first."""
    ends = [first]
    for fit in listener.fits[1:]:
        reachable = sorted({n for end in ends for n in range(end + 1, min(end + listener.gap + 2, len(words)))})
        ends = [n for n in reachable if words[n].sentence == words[first].sentence and fit.fits(words[n])]
        if not ends:
            return None
    return ends[0]


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    return re2.compile(pattern)


def _denied(listener: _Listener, span: Span, words: Sequence[Word], denial: Denial) -> bool:
    """«не про оценки», «не оценки, а»; a phrase that says «не» itself means what it says."""
    if span.first < 1 or listener.says_not:
        return False
    before = [
        word for word in words[max(0, span.first - 3) : span.first] if word.sentence == words[span.first].sentence
    ]
    if not before:
        return False
    if before[-1].form == "не":
        return denial is Denial.DEED or _contrasted(words, span)
    about = next((n for n in range(len(before) - 1, -1, -1) if before[n].form not in _ABOUT), -1)
    return about < len(before) - 1 and about >= 0 and before[about].form == "не"


def _contrasted(words: Sequence[Word], span: Span) -> bool:
    """«не оценки, а расписание»: «а» soon after in the same sentence."""
    after = words[span.last + 1 : span.last + 4]
    return any(word.form == "а" and word.sentence == words[span.last].sentence for word in after)
