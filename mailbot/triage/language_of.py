"""Whether a letter is in Russian: known words, letters that Russian does not have, other scripts.

A foreign greeting around a Russian question is not foreign; nor is Russian in Latin letters, settled before.
"""

import re
from functools import lru_cache

from mailbot.triage.language import is_russian
from mailbot.triage.text import Reading, Word

FEWEST_FOREIGN = 3  # foreign words; below that it may be a name, a product or an error message
RUSSIAN_QUESTION = 5  # Russian words that make a question, however much greeting stands around it
RUSSIAN_SHARE = 0.6  # of all words, above which a letter is Russian with foreign words in it
RUSSIAN_PART = 0.25
FOREIGN_SHARE = 0.3
MISSPELT_SHARE = 0.2  # of the words that are plainly Russian in a letter whose others are misspelt
MARKED_SHARE = 0.05  # of the words of a Cyrillic letter; from there on it is no misspelt Russian
MARKERS = re.compile(r"ъ(?![еёюя])|[јіїєґўқғңұүһәөӣӯҳҷҗҥҕѓќљњћђџӊӑӗҫӳӟӥӧӵҡҙ]")
REMEMBERED_FORMS = 20_000  # 2 MB
CYRILLIC = re.compile(r"[а-я]")
PREFIXES = frozenset(("re", "fw", "fwd"))
OTHER_SCRIPT = re.compile(r"[\u0530-\u06ff\u0900-\u0dff\u10a0-\u10ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
# Words of kindred languages that the Russian dictionary knows, too, or that are no less telling than letters.
KINDRED = frozenset((
    "мен", "менің",
    "менин", "мин", "минем", "бала", "балам", "балабыз", "улым", "кызым", "кызымдын", "рахмат", "рахмет",
    "салом", "дар", "аз", "ва", "бо", "дзякуй", "вучыцца", "што", "калі", "ласка", "дякую", "будь", "добрий", "доброго",
    "мій", "моя", "вашій", "школі", "саламатсызбы", "исэнмесез", "сезнең", "сездән", "ничек", "кайда", "мектеп",
))  # fmt: skip


def foreign_words(reading: Reading) -> str:
    """The first words of a letter that is not in Russian; "" where it is."""
    words = [word for word in reading.words if _counts(word)]
    other = OTHER_SCRIPT.findall(reading.folded)
    if other and len(other) > len(CYRILLIC.findall(reading.folded)):
        return reading.text.strip()[:60]
    russian = [word for word in words if is_plainly_russian(word.form)]
    if len(russian) >= RUSSIAN_SHARE * len(words):
        return ""
    foreign = [word for word in words if is_plainly_foreign(word)]
    if len(foreign) < FEWEST_FOREIGN or len(foreign) < FOREIGN_SHARE * len(words) or len(foreign) <= len(russian):
        return ""
    if has_russian_question(russian, words) or is_misspelt(russian, foreign, words):
        return ""
    return " ".join(word.form for word in foreign[:6])


def _counts(word: Word) -> bool:
    """Whether a word is one of a language: no number, address or «Re:»."""
    return word.form[0].isalpha() and "@" not in word.form and "/" not in word.form and word.form not in PREFIXES


def is_misspelt(russian: list[Word], foreign: list[Word], words: list[Word]) -> bool:
    """«пороль не подходит чо делать»: Cyrillic words that no dictionary knows, and hardly one of another language."""
    marked = sum(is_marked(word.form) for word in words)
    in_cyrillic = all(CYRILLIC.match(word.form) for word in foreign if not is_marked(word.form))
    return len(russian) >= MISSPELT_SHARE * len(words) and in_cyrillic and marked < MARKED_SHARE * len(words)


def is_marked(form: str) -> bool:
    """Whether a word has letters Russian does not have or is one of a kindred language."""
    return bool(MARKERS.search(form)) or form in KINDRED


def has_russian_question(russian: list[Word], words: list[Word]) -> bool:
    """Whether enough Russian stands among the words, most of one sentence being Russian."""
    if len(russian) < RUSSIAN_QUESTION or len(russian) < RUSSIAN_PART * len(words):
        return False
    sentences = {word.sentence for word in russian}
    return any(
        sum(word.sentence == one for word in russian) > RUSSIAN_SHARE * sum(word.sentence == one for word in words)
        for one in sentences
    )


@lru_cache(maxsize=REMEMBERED_FORMS)
def is_plainly_russian(form: str) -> bool:
    """A Cyrillic word of three and more letters that the dictionary knows and no kindred language claims."""
    return len(form) > 2 and bool(CYRILLIC.match(form)) and not is_marked(form) and is_russian(form)


def is_plainly_foreign(word: Word) -> bool:
    """A word with letters Russian does not have, or one the dictionary does not know."""
    return is_marked(word.form) or (len(word.form) > 1 and not is_russian(word.form))
