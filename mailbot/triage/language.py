"""Russian word forms: a bounded cache in front of the morphological dictionary (pymorphy3).

`load_language()` is called once at start (about 0.1 s); everything else here is pure and fast once a form was seen.
Forms are lower case with ё written as е; so are lemmas.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from pymorphy3 import MorphAnalyzer
from pymorphy3.tagset import OpencorporaTag

REMEMBERED_FORMS = 50_000  # about 30 MB; a school's mail of a year has fewer


@dataclass(frozen=True, slots=True)
class Parse:
    """One way to understand a word form: its lemma and OpenCorpora grammemes («NOUN», «femn», «Surn»…).

    `dictionary_form` is the lemma as the dictionary writes it: «пётр», where the lemma is «петр».
    """

    lemma: str
    dictionary_form: str
    grammemes: frozenset[str]
    case: str  # "nomn", "gent", …; "" where the part of speech has none
    score: float


@cache
def load_language() -> MorphAnalyzer:
    """The morphological dictionary; the first call reads it from its package."""
    return MorphAnalyzer()


def plain(text: str) -> str:
    """Lower case, ё as е, character by character, so that positions stay those of `text`."""
    lowered = text.lower().replace("ё", "е")
    return lowered if len(lowered) == len(text) else "".join(map(_plain_letter, text))


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    lowered = letter.lower()
    return ("е" if lowered == "ё" else lowered) if len(lowered) == 1 else letter


@lru_cache(maxsize=REMEMBERED_FORMS)
def parses_of(form: str) -> tuple[Parse, ...]:
    """All readings of a form, the likeliest first; unknown words are guessed by their ending."""
    return tuple(
        Parse(
            parse.normal_form.replace("ё", "е"),
            parse.normal_form,
            *_told_by(parse.tag),
            parse.score,
        )
        for parse in load_language().parse(form)
    )


@lru_cache(maxsize=4096)
def _told_by(tag: OpencorporaTag) -> tuple[frozenset[str], str]:
    """Its grammemes and its case; there are fewer tags than words."""
    return frozenset(tag.grammemes), str(tag.case or "")


@lru_cache(maxsize=REMEMBERED_FORMS)
def lemmas_of(form: str) -> frozenset[str]:
    """Every lemma the form may belong to, the form of a non-word («502», «eljur») being its own lemma."""
    if not form.isalpha() and "-" not in form:
        return frozenset((form,))
    return frozenset(parse.lemma for parse in parses_of(form)) or frozenset((form,))


@lru_cache(maxsize=REMEMBERED_FORMS)
def is_russian(form: str) -> bool:
    """Whether the dictionary knows the form itself; guesses by ending do not count."""
    return bool(load_language().word_is_known(form))
