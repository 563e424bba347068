"""A letter's text made comparable: one alphabet, plain spaces, words with their lemmas.

Public: `readable(letter) -> Reading` and `words_of(text)`. Never fails; a text that is not Russian stays as it is and
`Reading` tells how much of it the dictionary knew.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailbot.letters.letter import Letter
from mailbot.triage.language import is_russian, lemmas_of, plain
from mailbot.triage.script import ScriptNote, settle

STEM = 3  # letters of a form by which beginnings of words are looked up
MAX_CHARACTERS = 20_000  # of one letter; nobody asks a question that long

_TOKEN = re.compile(
    r"(?P<address>https?://\S{1,500}|www\.\S{1,500}|[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,200})"
    r"|(?P<number>\d+(?:[.,:/]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:[-\u2010\u2011'’`][^\W\d_]+)*)"
    r"|(?P<stop>[.!?…;]+|\n+)"
)
# fmt: off
_ABBREVIATIONS = frozenset((
    "кл", "рук", "г", "гг", "ул", "д", "т", "тд", "тп", "п", "пп", "стр", "др", "пр", "ст", "тел", "им", "уч",
    "уч-ль", "преп", "эл", "мин", "сек", "руб", "коп", "янв", "фев", "мар", "апр", "авг", "сен", "сент", "окт",
    "ноя", "нояб", "дек", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "анг", "англ", "рус", "матем", "физ", "лит",
))
# fmt: on


def quotation(most: int) -> re.Pattern[str]:
    """What finds text in quotation marks of any kind, on one line and of at most so many characters."""
    pairs = (("«", "»"), ('"', '"'), ("„", "“"), ("“", "”"))
    return re.compile("|".join(rf"{begin}[^{end}\n]{{1,{most}}}{end}" for begin, end in pairs))


class Word(NamedTuple):
    """One word: `form` lower case with ё as е, its lemmas, its place in the text, the number of its sentence.

    A tuple, because a letter has many and a frozen dataclass takes three times as long to make.
    """

    form: str
    lemmas: frozenset[str]
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where words stand: numbers of words by lemma, by form, and by the first STEM letters of the form."""

    by_lemma: Mapping[str, Sequence[int]]
    by_form: Mapping[str, Sequence[int]]
    by_stem: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the writer asks, made comparable.

    text: subject, a line end, question; `words` and their positions are of it. sentences: the words by sentence, in
    order. places: where each word stands. folded: text in lower case with ё as е, position by position. script_notes:
    what was settled. known_before, known_after: share of the words that the Russian dictionary knows, before and after
    settling (1.0 for a text without words); a letter whose `known_after` is low is not in Russian.
    """

    subject: str
    question: str
    text: str
    folded: str
    words: tuple[Word, ...]
    sentences: tuple[tuple[Word, ...], ...]
    places: Places
    script_notes: tuple[ScriptNote, ...]
    known_before: float
    known_after: float


def readable(letter: Letter) -> Reading:
    """The letter's subject and question; subject and question are settled together, for a subject alone is short."""
    written = f"{letter.subject.replace(chr(10), ' ')}\n{letter.question}"[:MAX_CHARACTERS]
    settled = settle(written)
    subject, _, question = settled.text.partition("\n")
    words = words_of(settled.text)
    after = known_share(words)
    return Reading(
        subject=subject,
        question=question,
        text=settled.text,
        folded=plain(settled.text),
        words=words,
        sentences=tuple(_sentences_of(words)),
        places=places_of(words),
        script_notes=settled.notes,
        known_before=known_share(words_of(written)) if settled.notes else after,
        known_after=after,
    )


def words_of(text: str) -> tuple[Word, ...]:
    """The words and numbers of a text in order; digits and letters that touch («5б») are two words."""
    words: list[Word] = []
    folded = plain(text)
    sentence = 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "stop":
            sentence += _ends_sentence(text, token, words)
            continue
        form = folded[token.start() : token.end()]
        lemmas = frozenset((form,)) if token.lastgroup in ("address", "number") else lemmas_of(form)
        words.append(Word(form, lemmas, token.start(), token.end(), sentence))
    return tuple(words)


def _sentences_of(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    start = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or words[end].sentence != words[start].sentence:
            yield words[start:end]
            start = end


def places_of(words: Sequence[Word]) -> Places:
    """The words by lemma, form and stem, so that a phrase is looked for only where it can begin."""
    by_lemma: defaultdict[str, list[int]] = defaultdict(list)
    by_form: defaultdict[str, list[int]] = defaultdict(list)
    by_stem: defaultdict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(words):
        by_form[word.form].append(number)
        by_stem[word.form[:STEM]].append(number)
        for lemma in word.lemmas:
            by_lemma[lemma].append(number)
    return Places(by_lemma, by_form, by_stem)


def _ends_sentence(text: str, stop: re.Match[str], before: list[Word]) -> bool:
    """A full stop after an abbreviation and a line broken in mid-sentence by the mail program do not end one."""
    mark = stop.group()
    if mark == "\n":
        return not text[stop.end() : stop.end() + 1].islower() or text[: stop.start()].rstrip()[-1:] in ":,"
    if mark == ".":
        last = before[-1].form if before and before[-1].end == stop.start() else ""
        return last not in _ABBREVIATIONS and not (len(last) == 1 and last.isalpha() and last not in "яе")
    return True


def known_share(words: tuple[Word, ...]) -> float:
    """Share of the words of two and more letters that are Russian; 1.0 if there are none."""
    counted = [word.form for word in words if len(word.form) > 1 and word.form[0].isalpha() and "@" not in word.form]
    return sum(is_russian(form) for form in counted) / len(counted) if counted else 1.0
