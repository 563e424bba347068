"""One alphabet for a text: compatibility characters, look-alike letters, transliteration, the wrong keyboard layout.

`settle(text)` never fails. Foreign text, addresses and English error messages stay as they are: words are turned into
Cyrillic only where most of their neighbours become words that the Russian dictionary knows.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from mailbot.triage.language import is_russian, plain
from mailbot.triage.translit import LATIN_WORD, cyrillic_of, is_english, usual_spelling

_SPACES = re.compile(r"[^\S\n]")
_INVISIBLE = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe0e\ufe0f\ufeff]")
_MIXED_WORD = re.compile(r"\b(?=[A-Za-z]*[А-Яа-яЁё])(?=[А-Яа-яЁё]*[A-Za-z])[A-Za-zА-Яа-яЁё]+")
_LOOKALIKE = dict(zip("AaBCcEeHKkMOoPpTXxYyu", "АаВСсЕеНКкМОоРрТХхУуи", strict=True))
_LOOKALIKES = str.maketrans(_LOOKALIKE)
_LONE_LOOKALIKE = re.compile(r"(?<=[А-Яа-яЁё,.!?)»] )[aAcCoOyYkKB](?= [А-Яа-яЁё0-9«\"(])")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_CHUNK = re.compile(r"\S+")
_ADDRESS = re.compile(
    r"://|www\.|@\w|\w\.(?:ru|com|org|net|example|рф|su|online)\b|\w_|_\w|[a-z]{3}\d\d", re.IGNORECASE
)
_QWERTY = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?@#$^&"
_JCUKEN = 'ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"№;:?'
_KEYBOARD = str.maketrans(_QWERTY, _JCUKEN)
_END_MARK = re.compile(r"([.?!])(?=$|\s+[A-Z])")
_MARKS = ".,!?;:()«»\"'№-–—…"
_MOST = 0.6  # share of a run's words that must become Russian before the whole run is turned


class ScriptNote(StrEnum):
    """What had to be done to a text before it could be read."""

    LOOKALIKES = "lookalikes"
    TRANSLIT = "translit"
    LAYOUT = "layout"


@dataclass(frozen=True, slots=True)
class Settled:
    """A text in one alphabet and what was done to it."""

    text: str
    notes: tuple[ScriptNote, ...]


def settle(text: str) -> Settled:
    """The text with plain spaces and in Cyrillic where it was meant to be; line ends stay where they are."""
    tidy = tidied(text)
    if not _LATIN.search(tidy):
        return Settled(tidy, ())
    notes: list[ScriptNote] = []
    for note, step in _STEPS:
        changed = step(tidy)
        if changed != tidy:
            notes.append(note)
            tidy = changed
    return Settled(tidy, tuple(notes))


def tidied(text: str) -> str:
    """The text with plain spaces and without what cannot be seen: all of `settle` that needs no dictionary."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))


def guises_of(word: str) -> tuple[str, ...]:
    """What `settle` may make of a lower-case word with Latin letters, or something very much like it; () for others."""
    if not _LATIN.search(word):
        return ()
    return word.translate(_LOOKALIKES), word.translate(_KEYBOARD), usual_spelling(word)


def _without_lookalikes(text: str) -> str:
    """Latin letters inside Cyrillic words («oцeнки»), and Latin «c», «o», «a» standing between Cyrillic words."""
    text = _MIXED_WORD.sub(lambda match: _unmixed(match.group()), text)
    return _LONE_LOOKALIKE.sub(lambda match: match.group().translate(_LOOKALIKES), text)


def _unmixed(word: str) -> str:
    latin = _LATIN.findall(word)
    return word.translate(_LOOKALIKES) if all(letter in _LOOKALIKE for letter in latin) else word


def _without_layout(text: str) -> str:
    """Russian typed while the keyboard was in English («yt vjue djqnb»), line by line."""
    lines = text.split("\n")
    retyped = [_line_retyped(line, few=2) for line in lines]
    return "\n".join(_line_retyped(line, few=1) for line in lines) if retyped != lines else text


def _line_retyped(line: str, few: int) -> str:
    """Every run of chunks without Cyrillic is judged as a whole, because names are in no dictionary."""
    chunks = list(_CHUNK.finditer(line))
    pieces: list[str] = []
    at = 0
    for run in _runs(chunks):
        if _was_layout([chunk.group() for chunk in run], few):
            start, end = run[0].start(), run[-1].end()
            pieces += [line[at:start], _retyped(line[start:end])]
            at = end
    return "".join(pieces) + line[at:]


def _retyped(run: str) -> str:
    """Key by key; «.» and «?» at the end or before a capital stay, for most people find those keys."""
    return "".join(part if part in (".", "?", "!") else part.translate(_KEYBOARD) for part in _END_MARK.split(run))


def _runs(chunks: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Neighbouring chunks without any Cyrillic letter or address among them."""
    runs: list[list[re.Match[str]]] = [[]]
    for chunk in chunks:
        if _CYRILLIC.search(chunk.group()) or _ADDRESS.search(chunk.group()):
            runs.append([])
        else:
            runs[-1].append(chunk)
    return [run for run in runs if any(_LATIN.search(chunk.group()) for chunk in run)]


def _was_layout(run: list[str], few: int) -> bool:
    """Whether most words of three and more letters are Russian once retyped, and fewer are so as they stand.

    `few`: so many short words are too few to judge by; one is enough where another line was mistyped.
    """
    long = [chunk for chunk in run if len(chunk.strip(_MARKS)) > 2 and _LATIN.search(chunk)]
    if not long:
        return False
    retyped = sum(_is_word(chunk.translate(_KEYBOARD)) for chunk in long)
    as_it_stands = sum(is_english(chunk) or _becomes_russian(chunk) for chunk in long)
    needed = max(1, _MOST * len(long)) if len(long) > 1 or len(long[0]) > 4 else few
    return retyped >= needed and retyped > as_it_stands


def _is_word(chunk: str) -> bool:
    word = chunk.strip(_MARKS)
    return word.replace("-", "").isalpha() and is_russian(plain(word))


def _becomes_russian(chunk: str) -> bool:
    return all(cyrillic_of(word)[1] for word in LATIN_WORD.findall(chunk))


def _without_translit(text: str) -> str:
    """Russian in Latin letters: the whole letter if it is so, else single runs of words in it."""
    latin = sum(len(_LATIN.findall(chunk)) for chunk in text.split() if not _ADDRESS.search(chunk))
    if latin > len(_CYRILLIC.findall(text)):
        return _cyrillised(text) if _was_translit(text) else text
    return "\n".join(_line_cyrillised(line) if _LATIN.search(line) else line for line in text.split("\n"))


def _line_cyrillised(line: str) -> str:
    pieces: list[str] = []
    at = 0
    for run in _runs(list(_CHUNK.finditer(line))):
        start, end = run[0].start(), run[-1].end()
        if len(run) > 1 and _was_translit(line[start:end]):
            pieces += [line[at:start], _cyrillised(line[start:end])]
            at = end
    return "".join(pieces) + line[at:]


def _was_translit(text: str) -> bool:
    """Whether most words of three and more letters become Russian ones, and English words do not outweigh them."""
    words = [word for chunk in text.split() if not _ADDRESS.search(chunk) for word in LATIN_WORD.findall(chunk)]
    long = [word for word in words if len(word) > 2]
    if not long:
        return False
    russian = sum(cyrillic_of(word)[1] and not is_english(word) for word in long)
    return russian >= max(2, _MOST * len(long)) or (len(long) == 1 and russian == 1 and len(long[0]) > 4)


def _cyrillised(text: str) -> str:
    """Word by word; English words that are no Russian ones in disguise («Bad Gateway», «login») stay."""
    return _CHUNK.sub(lambda chunk: chunk.group() if _ADDRESS.search(chunk.group()) else _chunk_cyrillised(chunk), text)


def _chunk_cyrillised(chunk: re.Match[str]) -> str:
    def turned(word: re.Match[str]) -> str:
        text, known = cyrillic_of(word.group())
        return word.group() if is_english(word.group()) and not known else text

    return LATIN_WORD.sub(turned, chunk.group())


_STEPS = (
    (ScriptNote.LOOKALIKES, _without_lookalikes),
    (ScriptNote.LAYOUT, _without_layout),
    (ScriptNote.TRANSLIT, _without_translit),
)
