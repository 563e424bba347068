"""The word «ЧЕЛОВЕК», with which everybody can reach a person: it always wins, however it is typed."""

import re
from difflib import SequenceMatcher

from mailbot.cases.ids import number_in
from mailbot.letters.letter import Letter
from mailbot.triage.script import guises_of, settle, tidied

CALL = "человек"
ALIKE = 0.8  # «чиловек», «человк»; «век» and «чек» are far below
REMINDS = 0.6  # of a guise, whose letters the dictionary may still change
HARDLY_ANY_WORDS = 3
AROUND_IT = frozenset(
    re.findall(
        r"\w+",
        """нужен нужна нужно нужны позовите позови хочу хотим дайте прошу просим пожалуйста пожалуста мне нам с со на к
        поговорить говорить общаться связаться соедините свяжите переключите ответит ответил ответить ответьте пусть
        живой живого живому живым слово словом здравствуйте здраствуйте добрый доброе день утро вечер спасибо обычный
        настоящий""",
    )
)
"""Words that may stand beside it and change nothing."""
SENTENCE_ENDS = re.compile(r"[.!?…\n]+")
WORD = re.compile(r"[^\W\d_]+")
LOOKED_AT = 10_000
"""Characters at either end of a letter in which the word is looked for: a megabyte of words takes a minute."""


def calls_a_person(letter: Letter) -> bool:
    """Whether a sentence of the letter says just this word, or the word stands in capitals among small letters."""
    subject = "" if number_in(letter.subject) else letter.subject
    return any(_is_call(text) or _stands_out(text) for text in (_ends_of(letter.question), subject))


def says_little_else(letter: Letter) -> bool:
    """Whether the letter is that word and hardly more («Не помогло. Человек!»), so that its own topic means nothing."""
    rest = [
        word
        for word in _words(settle(_ends_of(letter.question)).text)
        if word not in AROUND_IT and not _is_the_word(word)
    ]
    return len(rest) <= HARDLY_ANY_WORDS


def _ends_of(text: str) -> str:
    """A letter as it is; of an endless one the beginning and the end."""
    return text if len(text) <= 2 * LOOKED_AT else f"{text[:LOOKED_AT]}\n{text[-LOOKED_AT:]}"


def _is_call(text: str) -> bool:
    """The text is settled only if the word may be there: the dictionary that this needs takes 20 MB and is not loaded
    in the daemon otherwise.
    """
    sentences = map(_words, SENTENCE_ENDS.split(tidied(text)))
    return any(map(_may_be_just_the_word, sentences)) and any(
        _is_just_the_word(sentence) for sentence in SENTENCE_ENDS.split(settle(text).text)
    )


def _may_be_just_the_word(words: list[str]) -> bool:
    others = [(word, guises_of(word)) for word in words if word not in AROUND_IT]
    if any(_likeness(guise) >= REMINDS for _, guises in others for guise in guises):
        return True
    cyrillic = [word for word, guises in others if not guises]
    return len(cyrillic) == 1 and _is_the_word(cyrillic[0])


def _is_just_the_word(sentence: str) -> bool:
    words = [word for word in _words(sentence) if word not in AROUND_IT]
    return len(words) == 1 and _is_the_word(words[0])


def _is_the_word(word: str) -> bool:
    return _likeness(word) >= ALIKE


def _likeness(word: str) -> float:
    return SequenceMatcher(None, word, CALL).ratio()


def _stands_out(text: str) -> bool:
    """«Ничего не понятно, ЧЕЛОВЕК, помогите»; a letter all in capitals makes no word stand out."""
    words = WORD.findall(text)
    return CALL.upper() in words and any(not word.isupper() for word in words)


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("ё", "е"))
