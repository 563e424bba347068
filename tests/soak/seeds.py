"""What fuzzing begins with: real letters of every shape, and what hostile letters put into our own mail."""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.letters_mime.make_eml import message
from tests.machine.read import messages
from tests.school import ROOT

FOUND = Path(__file__).with_name("found")
"""Inputs that once broke something, a folder for each target; tests/test_soak_fuzz.py tries them all."""
CORPUS = 200
HOSTILE = (
    "\r\nBcc: spy@evil.example\r\n\r\n<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>{{7*7}}',
    "=?utf-8?q?=0D=0ABcc:_spy=40evil.example?=",
    "--_mail_0123456789abcdef\r\nContent-Type: text/html\r\n\r\n.",
    "Почему в журнале стоит «тройка»? https://dnevnik.example/school/1?class=5b",
    "\u2028\u202e\ufeff👩‍👩‍👧‍👦" * 30,
)


def seeds_of(target: str) -> Iterator[bytes]:
    """The first inputs of a target."""
    yield from found(target)
    match target:
        case "slots":
            yield from (f"{row['subject']}\n{row['body']}".encode("cp1251", "ignore") for row in rows())
        case "headers":
            ids = ("<a@mail.example>", "<b=?utf-8?q?=0D=0ABcc:?=@mail.example>", "<c@mail.example>")
            for n in range(24):
                told = [HOSTILE[(n + place) % len(HOSTILE)] for place in range(5)]
                yield bytes((n, n // 2)) + "\x1f".join((*told, *ids)).encode()
        case _:
            yield from (path.read_bytes() for path in sorted((ROOT / "tests/letters_mime").glob("*.eml")))
            yield from (one.raw for one in messages())
            yield from (message(row) for row in rows())


def found(target: str) -> Iterator[bytes]:
    """What broke it once."""
    return (path.read_bytes() for path in sorted((FOUND / target).glob("*")))


def rows() -> Iterator[dict[str, str]]:
    """Letters of the corpus."""
    lines = (ROOT / "tests/corpus/shared.jsonl").read_text(encoding="utf-8").splitlines()
    return (json.loads(line) for line in lines[:CORPUS])
