"""Russian words written in Latin letters («ne mogu voyti», «raspisanie», «4to») back in Cyrillic.

People follow no standard, so several spellings of each Latin group are tried and the first that is a Russian word is
taken; names and other unknown words get the usual spelling.
"""

import re
from functools import lru_cache
from itertools import islice, product

from mailbot.triage.language import is_russian

LATIN_WORD = re.compile(r"(?:(?<=\b)4(?=to))?[A-Za-z]+(?:['’`][A-Za-z]+)*['’`]?")

# A group's spellings, the usual first. Longer groups are tried before shorter ones.
_GROUPS = {
    "shch": "щ", "sch": "щ,сч", "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "ts": "ц,тс", "tz": "ц", "ck": "к",
    "yo": "ё,йо", "jo": "ё", "yu": "ю,ью", "ju": "ю", "ya": "я,ья", "ja": "я", "ye": "е,ье,ые", "je": "е", "iy": "ий",
    "yy": "ый", "ij": "ий", "yj": "ый", "ia": "ия,иа", "ie": "ие,ье", "ii": "ии,ий", "oi": "ой,ои", "ai": "ай,аи",
    "ei": "ей,еи", "ui": "уй,уи", "yi": "ый,ьи", "ks": "кс", "4": "ч",
    "a": "а", "b": "б", "c": "ц,к,с", "d": "д", "e": "е,э", "f": "ф", "g": "г", "h": "х", "i": "и,й", "j": "й,ж,дж",
    "k": "к", "l": "л,ль", "m": "м", "n": "н,нь", "o": "о", "p": "п", "q": "к", "r": "р,рь", "s": "с,сь", "t": "т,ть",
    "u": "у", "v": "в", "w": "в,ш", "x": "х,кс", "y": "ы,й,и", "z": "з", "'": "ь,ъ", "’": "ь,ъ", "`": "ь,ъ",
}  # fmt: skip
_GROUP = re.compile("|".join(sorted(map(re.escape, _GROUPS), key=len, reverse=True)))
_MAX_SPELLINGS = 400
_LONGEST_WORD = 40  # letters; longer runs are codes
_VOWELS = frozenset("аеёиоуыэюя")

# Words of error messages and of the trade that must survive inside a letter in transliteration.
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """access account address android app apple auth bad blocked browser by cannot chrome client code connection
        could data database denied down email error exception expired failed fatal file find firefox for forbidden
        found from gateway google has have host http https id in internal internet invalid ios ip is iphone java
        killed limit link loading login mail message mode name net network not null of offline online opera page
        password php please process proxy pin pdf request response safari security server service session site sms ssl
        status stopped support system temporarily test the this time timed timeout token try again unavailable
        unauthorized unexpected unknown update url user username value version web wifi windows with wrong www xml
        your you are my and dear she her his our thank thanks hello how to what can""",
    )
)


# Everyday words whose usual spelling happens to be another Russian word.
_EVERYDAY = {
    "eto": "это", "etot": "этот", "eta": "эта", "eti": "эти", "etogo": "этого", "etom": "этом", "opyat": "опять",
    "den": "день", "est": "есть", "ne": "не", "no": "но", "on": "он", "my": "мы", "vy": "вы", "ty": "ты", "by": "бы",
}  # fmt: skip


def is_english(word: str) -> bool:
    """Whether it is a usual English word of error messages."""
    return word.lower().strip(".,!?:;()'\"") in _ENGLISH


def cyrillic_of(word: str) -> tuple[str, bool]:
    """A Latin word in Cyrillic, its capitals kept, and whether the dictionary knows the result."""
    if len(word) > _LONGEST_WORD:
        return word, False
    spelled, known = _spelled(word.lower())
    if word.isupper() and len(word) > 1:
        return spelled.upper(), known
    return (spelled[:1].upper() + spelled[1:] if word[:1].isupper() else spelled), known


def usual_spelling(word: str) -> str:
    """A Latin word in Cyrillic, lower case, without a look into the dictionary."""
    return _usual([_GROUPS[group].split(",") for group in _GROUP.findall(word.lower())])


@lru_cache(maxsize=20_000)
def _spelled(word: str) -> tuple[str, bool]:
    if word in _EVERYDAY:
        return _EVERYDAY[word], True
    groups = [_GROUPS[group].split(",") for group in _GROUP.findall(word)]
    for letters in islice(_by_unusualness(groups), _MAX_SPELLINGS):
        spelling = "".join(letters)
        if is_russian(spelling):
            return spelling, True
    return _usual(groups), False


def _by_unusualness(groups: list[list[str]]) -> list[tuple[str, ...]]:
    """Spellings of the word, those with fewer unusual groups first; long words are tried with one or two of them."""
    variable = [n for n, spellings in enumerate(groups) if len(spellings) > 1][:8]
    choices = product(*(range(len(groups[n])) for n in variable))
    ranked = sorted(islice(choices, 4 * _MAX_SPELLINGS), key=sum)
    return [tuple(_chosen(groups, dict(zip(variable, choice, strict=True)))) for choice in ranked]


def _chosen(groups: list[list[str]], choice: dict[int, int]) -> list[str]:
    return [spellings[choice.get(n, 0)] for n, spellings in enumerate(groups)]


def _usual(groups: list[list[str]]) -> str:
    """The usual spelling; «y» is «й» beside a vowel («Sergey») and «ы» elsewhere."""
    letters = ""
    for spellings in groups:
        usual = spellings[0]
        letters += "й" if usual == "ы" and letters[-1:] in _VOWELS else usual
    return letters
