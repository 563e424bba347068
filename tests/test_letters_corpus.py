"""All corpus letters in the shapes of real mail programs come back whole, and no damage to a letter ever raises."""

import json
import random
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.letters.letter import Letter, Oddity
from mailbot.letters.read import read_letter
from tests.letters_mime.make_eml import message, text_of

HERE = Path(__file__).parent
LETTERS = [json.loads(line) for line in (HERE / "corpus" / "shared.jsonl").read_text(encoding="utf-8").splitlines()]
GOLDEN = [path.read_bytes() for path in sorted((HERE / "letters_mime").glob("*.eml"))]
MUTATIONS = 2500
SEED = 20261121


def folded(text: str) -> str:
    return " ".join(text.split())


def spoken(text: str) -> str:
    """The letters and digits alone: HTML made text has marks of lists and quotations that the HTML has not."""
    return "".join(char for char in text if char.isalnum())


def test_the_shared_corpus_is_whole() -> None:
    assert len(LETTERS) == 560


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: str(letter["id"]))
def test_a_letter_comes_back_as_it_was_written(letter: dict[str, Any]) -> None:
    read = read_letter(message(letter))

    assert folded(read.subject) == folded(letter.get("subject") or "")
    assert [file.name for file in read.attachments] == (letter.get("attachments") or [])
    assert read.sender.address == letter["from_addr"]
    assert read.oddities == ()
    if letter.get("html"):
        told = Counter(spoken(text_of(letter["body"])))
        assert not told - Counter(spoken(read.text))
    else:
        assert folded(read.text) == folded(letter.get("body") or "")
    assert_split_is_complete(read)


def assert_split_is_complete(letter: Letter) -> None:
    parts = Counter(folded("\n".join([letter.question, letter.quoted, letter.signature, *letter.forwarded])).split())
    assert not Counter(letter.text.split()) - parts


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """`raw` with a few bytes, lines or pieces changed, doubled, moved or lost."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 12)):
        at, length = chance.randrange(len(data) + 1), chance.randint(1, 60)
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length] * chance.randint(1, 3)
            case 3:
                data[at:at] = chance.choice(SPICES)
            case _:
                other = chance.randrange(len(data) + 1)
                data[at:at] = data[other : other + length]
    return bytes(data)


SPICES = (
    b"\r\n",
    b"\0",
    b"=?utf-8?B?",
    b"?=",
    b'"',
    b"<",
    b"(",
    b"=?x?Q?=FF?=",
    b'charset="utf-8\0"',
    b"--b",
    b"\xff\xfe",
    b"*0*=",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"<blockquote ",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"<!--",
    b"<?xml encoding='x'?>",
    b"Date: Mon, 99 Foo 99999 99:99:99 +9999\r\n",
    b"\xd0",
    b"charset=utf-16",
    b"charset=utf-7",
    b"charset=idna",
    b"\r",
    b"Content-Type: message/delivery-status\r\n\r\nAction: \xff\r\n\r\n",
    "\u2028\ue000\u202e".encode(),
    b"&#xD800;&#0;",
)


def test_no_damage_to_a_letter_makes_reading_fail() -> None:
    chance = random.Random(SEED)
    sources = GOLDEN + [message(letter) for letter in LETTERS[::10]]

    for _ in range(MUTATIONS):
        letter = read_letter(mutated(chance.choice(sources), chance))

        letter.text.encode("utf-8")
        told = "".join(value for _, value in letter.headers) + letter.subject + letter.sender.name
        assert not {unicodedata.category(char) for char in told} & {"Cc", "Cs", "Zl", "Zp"}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_letter(raw: bytes) -> None:
    letter = read_letter(raw)

    assert letter.size == len(raw)
    assert not any(char in letter.text for char in "\0\r\u2028\x85")


def test_what_even_the_parsers_cannot_read_still_has_its_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(raw: bytes) -> None:
        raise ValueError("a parser's bug")

    monkeypatch.setattr("mailparser.parse_from_bytes", broken)
    monkeypatch.setattr("email.message_from_bytes", broken)
    letter = read_letter("From: a@example.org\r\nSubject: Вход\r\n\r\nтекст".encode())

    assert (letter.sender.address, letter.subject, letter.text) == ("a@example.org", "Вход", "")
    assert letter.oddities == (Oddity.UNDECODABLE,)
