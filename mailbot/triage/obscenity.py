"""Obscene words, masked ones too: «с*ка», «6ля», «х у й», «п***ц», Latin look-alikes and digits for letters.

Whole words are judged by their roots, so that «потребляет», «застрахуйте», «сабля» and «оглобля» stay clean.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from mailbot.triage.text import Reading

_LETTERS = "а-яёa-z"
_MASKED = re.compile(
    # A word is begun at its beginning only: a single word of 20,000 letters would cost seconds otherwise.
    rf"(?<![{_LETTERS}0-9@$])[{_LETTERS}0-9@$]+(?:[*#@$%&_?!.•·×]+[{_LETTERS}0-9]+)+"
    rf"|[хпбе][*#@$%&.•]{{2,}}|(?<![{_LETTERS}])[{_LETTERS}]+[*#]{{2,}}"
)
_SPACED = re.compile(rf"(?<![{_LETTERS}])(?:[{_LETTERS}6][ .*_-]{{1,2}}){{2,14}}[{_LETTERS}](?![{_LETTERS}])")
_SPELT = re.compile(r"(?<![а-яa-z0-9@$-])(?:[а-я]+[013469@$][а-я013469@$]*|[03469@$]+[а-я]+[а-я013469@$]*)")
_SPELT_WITH = "013469@$"  # one of these stands in every such word; most letters hold none
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"([а-я])\1")  # «сс*ка»
_MASKS = "*#@$%&_?!.•·×"
_MASK_RUN = re.compile(rf"[{re.escape(_MASKS)}]+")
_CYRILLIC, _PLAIN = re.compile("[а-я]"), re.compile("[а-я-]+")
_LONGEST_MASKED = 20
_LOOKALIKE = str.maketrans("aбbcekmhoptxyu013469@$", "абвсекмнортхуиоизчбяа" + "с")
_BARE_X = re.compile(r"(?:какого|на|ни|по|до|нафиг|с|к|за|иди(?:те)?)\s+х[*#@.]{2,}")


@dataclass(frozen=True, slots=True)
class Foul:
    """A foul word as written and where it stands in the text; `section` is that of words/insults.txt."""

    start: int
    end: int
    word: str
    section: str


@cache
def lexicon() -> Mapping[str, tuple[str, ...]]:
    """The lines of `words/insults.txt` by section."""
    sections: dict[str, list[str]] = {}
    for line in files("mailbot.triage").joinpath("words/insults.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            lines = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return {name: tuple(lines) for name, lines in sections.items()}


def fouls_in(reading: Reading) -> Iterator[Foul]:
    """Every foul word of a letter, whether plain, spelt with digits («6ля») or masked."""
    for word in reading.words:
        section = section_of(word.form)
        if section and reading.folded[word.start - 1 : word.start] != "-":  # «-бля» is a syllable of a lesson
            yield Foul(word.start, word.end, word.form, section)
    folded = reading.folded
    for found in _SPELT.finditer(folded) if any(sign in folded for sign in _SPELT_WITH) else ():
        if section_of(found.group()):
            yield Foul(found.start(), found.end(), found.group(), section_of(found.group()))
    for found in (*_MASKED.finditer(folded), *_SPACED.finditer(folded), *_BARE_X.finditer(folded)):
        section = masked_section(found.group())
        if section:
            yield Foul(found.start(), found.end(), found.group(), section)


@lru_cache(maxsize=20_000)
def section_of(word: str) -> str:
    """Which section of the lexicon knows a whole word, "" if none; digits and Latin letters stand for Cyrillic ones."""
    settled = settled_word(word)
    return next((name for name in ("obscene", "insult", "aimed") if _section(name).match(settled)), "")


def settled_word(word: str) -> str:
    """«6ля» is «бля», «cyкa» and «сууука» are «сука»; a word of digits or of Latin letters alone stays as it is."""
    word = _DRAWN_OUT.sub(r"\1", word)
    if _PLAIN.fullmatch(word) or not _CYRILLIC.search(word):
        return word.replace("-", "")
    return word.translate(_LOOKALIKE).replace("-", "")


@lru_cache(maxsize=2_000)
def masked_section(masked: str) -> str:
    """Which section a masked or spaced word belongs to; "" if nothing foul hides behind the mask."""
    if _BARE_X.fullmatch(masked):
        return "obscene"
    joined = re.sub(r"[ .*_-]", "", masked)
    if _SPACED.fullmatch(masked) and ((section := section_of(joined)) or not _MASK_RUN.search(masked)):
        return section
    if sum(letter not in _MASKS for letter in masked) < 2:
        return "obscene" if masked[0] == "х" else ""
    if len(masked) > _LONGEST_MASKED or not _CYRILLIC.search(masked):
        return ""
    single = _DOUBLED.sub(r"\1", masked)
    hidden = re.search(f"(?m)^{_unmasked(single)}$", _plain_forms())
    return section_of(hidden.group()) if hidden else ""


def _unmasked(masked: str) -> str:
    """A pattern in which each run of masks stands for letters, at most one more than there are signs."""
    letters = "".join(letter if letter in _MASKS else letter.translate(_LOOKALIKE) for letter in masked)
    return _MASK_RUN.sub(lambda run: f"[а-я]{{1,{len(run.group()) + 1}}}", letters)


@cache
def _plain_forms() -> str:
    """The plain forms that masked words are compared with, one a line."""
    return "\n".join(lexicon()["masked"])


@cache
def _section(name: str) -> re.Pattern[str]:
    return re.compile("|".join(lexicon()[name]))
