"""Whether a rule of the admin speaks: its phrases heard in a letter's words, none of its exceptions, not denied.

Public: `heard(phrase, words, text)`, `speaks(rule, reading)` and, for many rules at once, `Ear(rules).hears(reading)`.
Patterns are google-re2, searched in lower-case text with ё as е; they cannot be made slow by a letter.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import re2

from mailbot.rulebook.types import Phrase, Rule, Token
from mailbot.triage.finding import Evidence
from mailbot.triage.language import lemmas_of, plain
from mailbot.triage.text import Reading, Word

_STEM = 3  # letters of a prefix by which a rule is looked up
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
    span = next(_spans(phrase, words, plain(text)), None)
    return text[span.start : span.end] if span else None


def speaks(rule: Rule, reading: Reading, denial: Denial = Denial.SUBJECT) -> Evidence | None:
    """What the rule heard, unless an exception is heard too or the letter denies it («вопрос не про оценки»)."""
    for phrase in rule.phrases:
        for span in _spans(phrase, reading.words, reading.folded):
            if _denied(phrase, span, reading.words, denial):
                continue
            if any(next(_spans(exception, reading.words, reading.folded), None) for exception in rule.unless):
                return None
            return Evidence(str(phrase.place), reading.text[span.start : span.end].replace("\n", " "))
    return None


class Ear:
    """Many rules listened to at once: a letter's lemmas lead to the few rules worth trying. Made once per rulebook."""

    __slots__ = ("_always", "_by_form", "_by_stem", "_rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        always: set[int] = set()
        by_form: defaultdict[str, set[int]] = defaultdict(set)
        by_stem: defaultdict[str, set[int]] = defaultdict(set)
        for number, rule in enumerate(self._rules):
            for phrase in rule.phrases:
                _file(number, phrase, always, by_form, by_stem)
        self._always = frozenset(always)
        self._by_form: Mapping[str, set[int]] = dict(by_form)
        self._by_stem: Mapping[str, set[int]] = dict(by_stem)

    def hears(self, reading: Reading, denial: Denial = Denial.SUBJECT) -> tuple[tuple[Rule, Evidence], ...]:
        """The rules that speak, in the order they were given."""
        said = ((self._rules[n], speaks(self._rules[n], reading, denial)) for n in sorted(self._worth_trying(reading)))
        return tuple((rule, evidence) for rule, evidence in said if evidence)

    def places(self, reading: Reading, denial: Denial = Denial.SUBJECT) -> Iterator[tuple[Rule, Span]]:
        """Every place where a rule's phrase is heard and not denied; exceptions are for the caller to weigh."""
        for number in sorted(self._worth_trying(reading)):
            for phrase in self._rules[number].phrases:
                for span in _spans(phrase, reading.words, reading.folded):
                    if not _denied(phrase, span, reading.words, denial):
                        yield self._rules[number], span

    def _worth_trying(self, reading: Reading) -> set[int]:
        found = set(self._always)
        for word in reading.words:
            found |= self._by_stem.get(word.form[:_STEM], frozenset())
            found |= self._by_form.get(word.form, frozenset())
            for lemma in word.lemmas:
                found |= self._by_form.get(lemma, frozenset())
        return found


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
        elif len(form) >= _STEM:
            by_stem[form[:_STEM]].add(number)
        else:
            always.add(number)


def _telling(token: Token) -> int:
    """A long word says more than a short one, a whole word more than a beginning."""
    return min(map(len, token.forms)) - 2 * token.prefix


def _spans(phrase: Phrase, words: Sequence[Word], folded: str) -> Iterator[Span]:
    """Every place where the phrase is heard, from left to right."""
    if phrase.pattern:
        for match in _compiled(phrase.pattern).finditer(folded):
            yield Span(match.start(), match.end(), -1, -1)
        return
    for first, word in enumerate(words):
        if phrase.tokens and _fits(phrase.tokens[0], word):
            last = _rest(phrase, words, first)
            if last is not None:
                yield Span(word.start, words[last].end, first, last)


def _rest(phrase: Phrase, words: Sequence[Word], first: int) -> int | None:
    """The number of the word that ends the phrase begun at `first`; tries every gap, the narrowest first."""
    ends = [first]
    for token in phrase.tokens[1:]:
        reachable = sorted({n for end in ends for n in range(end + 1, min(end + phrase.gap + 2, len(words)))})
        ends = [n for n in reachable if words[n].sentence == words[first].sentence and _fits(token, words[n])]
        if not ends:
            return None
    return ends[0]


def _fits(token: Token, word: Word) -> bool:
    if token.prefix:
        return word.form.startswith(_folded_forms(token))
    if token.exact:
        return word.form in _folded_forms(token)
    return not word.lemmas.isdisjoint(_lemmas(token))


@lru_cache(maxsize=8192)
def _folded_forms(token: Token) -> tuple[str, ...]:
    return tuple(map(plain, token.forms))


@lru_cache(maxsize=8192)
def _lemmas(token: Token) -> frozenset[str]:
    """The lemmas of the forms, and the forms themselves where they are whole lemmas of something else."""
    return frozenset(lemma for form in _folded_forms(token) for lemma in lemmas_of(form))


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    return re2.compile(pattern)


def _denied(phrase: Phrase, span: Span, words: Sequence[Word], denial: Denial) -> bool:
    """«не про оценки», «не оценки, а»; a phrase that says «не» itself means what it says."""
    if span.first < 1 or any("не" in _folded_forms(token) for token in phrase.tokens):
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
