"""Bytes → text when the declared charset is absent, unknown or a lie. Never fails: it replaces and says so.

Order: strict UTF-8, then the declared charset under its real name if the outcome reads like text, then a guess by
letter frequency among the five Cyrillic charsets in use. Sources of the cases: RELIABILITY tables on mail-parser.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from mailbot.letters.letter import Oddity

ALIASES = {
    "win-1251": "cp1251", "win1251": "cp1251", "cp-1251": "cp1251", "windows1251": "cp1251", "x-cp1251": "cp1251",
    "x-windows-1251": "cp1251", "ansi": "cp1251", "ms-cyrl": "cp1251", "1251": "cp1251",
    "x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic", "macintosh-cyrillic": "mac-cyrillic",
    "koi8": "koi8-r", "koi-8-r": "koi8-r", "x-koi8-r": "koi8-r", "koi8-ru": "koi8-u",
    "dos-866": "cp866", "x-cp866": "cp866", "dos866": "cp866", "iso8859-5": "iso-8859-5",
    "unicode-1-1-utf-7": "utf-7", "utf8mb4": "utf-8", "x-utf-8": "utf-8",
}  # fmt: skip
CYRILLIC = ("cp1251", "koi8-r", "cp866", "mac-cyrillic", "iso-8859-5")
# These hide text in ASCII or NUL bytes, so the strict UTF-8 test says nothing about them.
NOT_ASCII_BASED = re.compile(r"utf-?(7|16|32)|iso-?2022|hz-|hz$")
# Python's byte-to-byte and escape codecs are not charsets; «unicode_escape» would even execute escapes.
NOT_A_CHARSET = re.compile(r"escape|rot|base64|quopri|hex|uu|zip|bz2|zlib|idna|punycode|mbcs|oem|undefined")

PER_MILLE = dict(zip(
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёъ",
    (110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14, 12, 10, 9, 7, 6, 5, 4,
     3, 3, 1, 0),
    strict=True,
))  # fmt: skip
TYPOGRAPHY = "«»„“”‘’–—…№•\u00a0\u202f°§"
ODD_SIGN = -60
# No Russian word looks like this: capitals amid small letters, two alphabets, heaps of consonants or vowels.
FLAW = re.compile(
    r"[а-яё][А-ЯЁ]|[А-ЯЁ]{2}[а-яё]|[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]"
    r"|(?i:[бвгджзклмнпрстфхцчшщ]{4}|[аеёиоуыэюя]{3}|[ьъы]{2}|\b[ьъы])"
)
FLAW_COST = 60
# The 200 most frequent pairs of letters of the test corpora make 87 % of all pairs there, in any case.
PAIRS = frozenset(
    re.findall(
        "..",
        "абавадаеажазайакаламанапарасаташаюаябебобрбубывавевивнвовсвтвувыгагдгигодадвдедидндодрдуебевегедезей"
        "екелеменересетечжажежижнжузаздивидиеизииийикилиминириситихицишияйсйткакекиклкокркткулалелилолульляма"
        "мемимнмомумынаненинкнннонуныньняобовогодоеожоиойоколомонопоросоточошояпапепипопрпурарерирнрортрурыря"
        "сасесискслсмснсоспссстсусысьсятатвтетитктотртстутьудужуйукулурусутучфохочачечичтшешкшуывыйыльньтэтят",
    )
)
PAIR_WORTH = 60
# Measured on the shared corpus, texts of 6 letters to 200: right readings score 62 and more (99 % over 84), wrong ones
# 72 at the 99th percentile; cp1251 and mac-cyrillic differ in capitals only and are not told apart against a header.
READS_LIKE_RUSSIAN = 60.0
SURELY_RUSSIAN = 85.0
CLEARLY_BETTER = 8.0
SAMPLE = 1000
# Text spoiled on its way has no such run: its letters alternate or have their case turned round.
LOWER_RUN = re.compile("[а-яё]{4}")
# Below this many letters the frequencies say nothing («ДП» is as good as «до»), and what was declared stands.
FEWEST_LETTERS = 6


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and, if it did not come straight from a truthful declaration, what was wrong."""

    text: str
    oddity: Oddity | None = None


def decode(raw: bytes, declared: str = "") -> Decoded:
    """The text of `raw`; `declared` is the charset its header names, "" for none."""
    charset = python_name(declared)
    if charset and NOT_ASCII_BASED.match(charset):
        hidden = strictly(raw, charset)
        if hidden is not None:
            return Decoded(hidden)
    if raw.isascii():
        return Decoded(raw.decode("ascii"))
    text = strictly(raw, "utf-8-sig")
    if text is not None:
        return unmojibaked(text)
    return decode_eight_bit(raw, charset)


def decode_eight_bit(raw: bytes, charset: str) -> Decoded:
    """For bytes that are not UTF-8: the declaration if it reads well, else the best Cyrillic guess."""
    told = strictly(raw, charset) if charset else None
    if told is not None and charset in CYRILLIC and likeness(told) >= SURELY_RUSSIAN:
        return Decoded(told)
    guess = max((raw.decode(name, "replace") for name in CYRILLIC), key=likeness)
    if told is not None and not outshines(guess, told):
        return Decoded(told)
    if charset in ("utf-8", "") and mostly_utf8(raw):
        return Decoded(raw.decode("utf-8", "replace"), Oddity.UNDECODABLE)
    unreadable = "\ufffd" in guess or likeness(guess) < READS_LIKE_RUSSIAN / 2
    return Decoded(guess, Oddity.UNDECODABLE if unreadable else Oddity.CHARSET_GUESSED)


def outshines(guess: str, told: str) -> bool:
    """Whether a guess is so much better Russian than the declared reading that the declaration must be a lie."""
    worth = likeness(guess)
    if sum(not char.isascii() for char in told[:SAMPLE]) < FEWEST_LETTERS:
        return False
    return worth >= READS_LIKE_RUSSIAN and worth - likeness(told) >= CLEARLY_BETTER


def mostly_utf8(raw: bytes) -> bool:
    """Whether this is UTF-8 that was cut or damaged in a few places: under a tenth of its letters are broken."""
    text = raw.decode("utf-8", "replace")
    foreign = sum(not char.isascii() for char in text)
    return text.count("\ufffd") * 10 <= foreign


def python_name(declared: str) -> str:
    """Python's name of a declared charset; "" where it is absent, unknown or no charset at all."""
    name = declared.strip(" \t\"'\0").lower().split("*")[0]
    name = ALIASES.get(name, name)
    if not name or not name.isascii() or "\0" in name or NOT_A_CHARSET.search(name):
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def strictly(raw: bytes, charset: str) -> str | None:
    """`raw` in `charset`, None if a single byte does not fit."""
    try:
        return raw.decode(charset)
    except UnicodeError:
        return None


def likeness(text: str) -> float:
    """How much `text` is like Russian, by the frequency of its letters and of their pairs; ASCII alone is 0."""
    sample = text[:SAMPLE]
    counts = Counter(sample.lower())
    foreign = sum(count for char, count in counts.items() if char >= "\x80")
    if not foreign:
        return 0.0
    worth = sum(count * weight(char) for char, count in counts.items() if char >= "\x80")
    flaws = len(FLAW.findall(sample))
    return (worth - FLAW_COST * flaws) / foreign + PAIR_WORTH * pairs_known(sample.lower())


def pairs_known(text: str) -> float:
    """Which part of the Cyrillic letter pairs in lower-case `text` is frequent in Russian, 0 to 1."""
    pairs = Counter(map("".join, pairwise(text)))
    cyrillic = sum(count for pair, count in pairs.items() if pair[0] in PER_MILLE and pair[1] in PER_MILLE)
    return sum(count for pair, count in pairs.items() if pair in PAIRS) / max(cyrillic, 1)


def weight(char: str) -> int:
    """What one lower-case character says for (positive) or against (negative) a Russian text."""
    if char in TYPOGRAPHY:
        return 0
    return PER_MILLE.get(char, ODD_SIGN)


def unmojibaked(text: str) -> Decoded:
    """UTF-8 text, undone if an earlier program read UTF-8 (or KOI8-R) as another charset and stored the soup."""
    if LOWER_RUN.search(text):
        return Decoded(text)
    for wrong, right in (("cp1251", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8"), ("cp1251", "koi8-r")):
        mended = reread(text, wrong, right)
        if mended and outshines(mended, text):
            return Decoded(mended, Oddity.CHARSET_GUESSED)
    return Decoded(text)


def reread(text: str, wrong: str, right: str) -> str:
    """`text` turned back into bytes as `wrong` and read as `right`; "" where that is impossible."""
    try:
        return text.encode(wrong).decode(right)
    except UnicodeError:
        return ""
