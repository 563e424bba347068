"""Signs of who writes: the sender's name and address, the signature, what the writer calls himself."""

import re
from collections.abc import Iterator

from mailbot.letters.letter import Letter
from mailbot.triage.language import lemmas_of, plain

_PATRONYMIC = re.compile(r"[а-яё]+(?:ович|евич|ич|овна|евна|ична|инична)", re.IGNORECASE)
_INITIALS = re.compile(r"\b[А-ЯЁ]\.\s?[А-ЯЁ]\.")
_SCHOOL = re.compile(r"school|shkola|\bsch\d|edu|licey|lyceum|gymn|gimn|sosh", re.IGNORECASE)
_WORD = re.compile(r"[а-яё]{3,}", re.IGNORECASE)
_KINSHIP = re.compile(
    r"\b(?:мо(?:й|я|его|ей|ему|ю|ем|и|их) (?:сын|доч|реб[её]н|внук|внуч|дет|мальчик|девочк)|мама|папа|бабушка|дедушка"
    r"|сын(?:а|у|ом)?|доч(?:ь|ка|ери|ку|ке)|внук(?:а|у)?|внучк[аеиу]|ребен(?:ок|ка|ку)|опекун|муж|жена)\b"
)
_STAFF_TALK = re.compile(
    r"\b(?:коллеги|у меня в \d|мо(?:й|ем|его) класс|моих учеников|веду (?:уроки|\w+ику|\w+ию|в \d)|журнал[ае] моего"
    r"|учитель \w+\Z|кл\. ?рук|зам\. ?директора|завуч|методист|классный руководитель|мои уроки|моего урока|педстаж"
    r"|веду)\b"
)
_PUPIL_TALK = re.compile(
    r"\b(?:я учени(?:к|ца)|я из \d|учусь|моя мама|мама не|маме не|родител[яи] не|училка|классуха|физручка|физрук|дз"
    r"|домашк[аиу]|я в \d+ ?-?«?[а-я]\b|наш(?:а|ей) классн(?:ая|ой)|нам задали|мне поставил[аи]"
    r"|я \w+ \w+,? \d+ ?«?[а-я]\b)"
)
LONGEST_SIGNATURE = 15  # words that are looked at


def signs_of_sender(letter: Letter) -> Iterator[str]:
    """The signs, each at most once."""
    name = letter.sender.name
    if _PATRONYMIC.search(name) or _INITIALS.search(name):
        yield "full name"
    yield f"name of {min(3, len(name.split()))} words"
    if _SCHOOL.search(letter.sender.address):
        yield "school address"
    if _PATRONYMIC.search(letter.signature) or _INITIALS.search(letter.signature):
        yield "signed in full"
    told = plain(letter.question)
    for sign, pattern in (("kinship", _KINSHIP), ("staff talk", _STAFF_TALK), ("pupil talk", _PUPIL_TALK)):
        if pattern.search(told):
            yield sign
    for word in {min(lemmas_of(plain(word))) for word in _WORD.findall(letter.signature)[:LONGEST_SIGNATURE]}:
        yield f"signed {word}"
