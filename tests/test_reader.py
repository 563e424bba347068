"""Bombs kill the reading process, never the daemon, and the next letter is read as if nothing had been."""

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from mailbot.cases.judging import judged
from mailbot.letters.letter import Oddity
from mailbot.letters.read import read_letter
from mailbot.mailroom import child as child_module
from mailbot.mailroom.child import ReadLetter, Reason
from mailbot.mailroom.reader import Outcome, Reader, UnreadableLetter
from mailbot.rulebook.ids import Flag
from mailbot.triage.model import load_brain
from tests.pictures.samples import rulebook

ORDINARY = "From: mama@example.org\r\nSubject: Вход\r\n\r\nНе могу войти в дневник.\r\n".encode()
FURIOUS = "From: papa@example.org\r\nSubject: Вход\r\n\r\nВы там все с*ки и твари, верните пароль!\r\n".encode()
HEAD = b"From: mama@example.org\r\nSubject: bomb\r\nMIME-Version: 1.0\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(10_000))
DEADLINE_S = 10

# Made when needed: together they would fill the memory of the whole test run.
BOMBS: dict[str, Callable[[], bytes]] = {
    "10k nested multiparts": lambda: HEAD + NESTED,
    "5k nested letters": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5000,
    "100k parts": lambda: HEAD + MIXED + b"--b\r\n\r\nx\r\n" * 100_000,
    "20k encoded words": lambda: HEAD + b"Subject: " + b"\r\n ".join([b"=?utf-8?Q?a=D0=B0?="] * 20_000) + b"\r\n\r\nx",
    "50k addresses": lambda: HEAD + b"To: " + b", ".join([b"a@b.example"] * 50_000) + b"\r\n\r\nx",
    "50k parameters": lambda: HEAD + MIXED + b"--b\r\nContent-Type: a/b" + b"; p=1" * 50_000 + b"\r\n\r\nx",
    "1 MB folded subject": lambda: b"Subject: " + b"\r\n ".join([b"abc def"] * 110_000) + b"\r\n\r\nx",
    "20k quotes": lambda: HEAD + b"To: " + b'"' * 20_000 + b"\r\n\r\nx",
    "100k headers": lambda: b"".join(b"X-%d: 1\r\n" % n for n in range(100_000)) + b"\r\nx",
    "20 MB header line": lambda: b"Subject: " + b"a" * (20 << 20) + b"\r\n\r\nx",
    "100k nested div": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
    "75k open comments": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 75_000,
    "50k open links": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a " * 50_000,
    "5 MB of HTML": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>x <b>y</b></p>" * 300_000,
    "100k table cells": lambda: HEAD + b"Content-Type: text/html\r\n\r\n<table><tr>" + b"<td>x</td>" * 100_000,
    "30 MB of lines": lambda: HEAD + b"\r\n" + b"hello world\r\n" * 2_300_000,
    "12 MB of header-like lines": lambda: HEAD + b"\r\n" + "От: a\r\n".encode() * 1_300_000,
    "54 MB": lambda: HEAD + b"\r\n" + b"x" * (54 << 20),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


def memory_bomb() -> bytes:
    return b"\n" * (350 << 20)


def outcome_of(reader: Reader, raw: bytes) -> Outcome:
    with closing(reader.read_all((raw,))) as outcomes:
        return next(outcomes)


def child_of(reader: Reader) -> int:
    return reader._child._process.pid


def test_a_letter_is_read_in_the_child_as_it_would_be_here(reader: Reader) -> None:
    assert reader.read(ORDINARY).letter == read_letter(ORDINARY)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_time_and_the_next_letter_is_read(reader: Reader, name: str) -> None:
    bomb = BOMBS[name]()
    began = monotonic()
    outcome = outcome_of(reader, bomb)

    assert monotonic() - began < DEADLINE_S
    assert isinstance(outcome, UnreadableLetter) or outcome.letter.size == len(bomb)
    assert reader.read(ORDINARY).letter.subject == "Вход"


@pytest.mark.slow
def test_the_largest_letter_allowed_is_read_within_its_bounds(reader: Reader) -> None:
    scan = base64.encodebytes(os.urandom(24 << 20))
    file = b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + scan
    letter = reader.read(HEAD + MIXED + b"--b\r\n\r\nhi\r\n--b\r\n" + file + b"--b--\r\n").letter

    assert [file.size for file in letter.attachments] == [24 << 20]
    assert letter.oddities == ()


@pytest.mark.slow
def test_too_much_memory_is_told_as_such(reader: Reader) -> None:
    outcome = outcome_of(reader, memory_bomb())

    assert isinstance(outcome, UnreadableLetter)
    assert outcome.reason is Reason.MEMORY
    assert reader.read(ORDINARY).letter.subject == "Вход"


@pytest.mark.slow
def test_a_child_that_hangs_is_replaced(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "WALL_S", 0.3)
    first = child_of(reader)
    os.kill(first, signal.SIGSTOP)
    outcome = outcome_of(reader, ORDINARY)

    assert isinstance(outcome, UnreadableLetter)
    assert outcome.reason is Reason.TIME
    assert child_of(reader) != first
    monkeypatch.undo()
    assert reader.read(ORDINARY).letter.subject == "Вход"


@pytest.mark.slow
def test_a_child_stopped_for_its_cpu_time_is_told_as_too_slow(reader: Reader) -> None:
    child = reader._child
    os.kill(child_of(reader), signal.SIGSTOP)
    child.send(ORDINARY)
    os.kill(child_of(reader), signal.SIGXCPU)
    os.kill(child_of(reader), signal.SIGCONT)

    assert child.answer(monotonic() + DEADLINE_S) is Reason.TIME
    assert reader.read(ORDINARY).letter.subject == "Вход"


@pytest.mark.slow
def test_the_bound_on_cpu_time_counts_from_the_letter_not_from_the_start() -> None:
    program = "from mailbot.mailroom.reading_child import allow_cpu\nallow_cpu(1)\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)

    assert done.returncode == -signal.SIGXCPU


@pytest.mark.slow
def test_a_child_that_died_while_idle_costs_no_letter(reader: Reader) -> None:
    os.kill(child_of(reader), signal.SIGKILL)
    reader._child._process.wait()

    assert reader.read(ORDINARY).letter.subject == "Вход"


@pytest.mark.slow
def test_letters_sent_ahead_survive_the_bomb_before_them(reader: Reader) -> None:
    outcomes = list(reader.read_all([ORDINARY, memory_bomb(), ORDINARY, ORDINARY]))

    assert [isinstance(outcome, UnreadableLetter) for outcome in outcomes] == [False, True, False, False]


def test_letters_come_back_in_their_order(reader: Reader) -> None:
    raws = [b"Subject: %d\r\n\r\n%s" % (n, b"word " * (n % 7 * 4000)) for n in range(100)]

    subjects = [one.letter.subject for one in reader.read_all(raws) if isinstance(one, ReadLetter)]

    assert subjects == [str(n) for n in range(100)]


@pytest.mark.slow
def test_a_reading_broken_off_leaves_no_answers_behind(reader: Reader) -> None:
    raws = [b"Subject: %d\r\n\r\nx" % n for n in range(10)]
    with closing(reader.read_all(raws)) as outcomes:
        assert isinstance(next(outcomes), ReadLetter)

    assert reader.read(ORDINARY).letter.subject == "Вход"


def test_two_readings_at_once_are_refused(reader: Reader) -> None:
    first = reader.read_all([ORDINARY] * 3)
    next(first)

    with pytest.raises(RuntimeError, match="finish one"):
        reader.read_all([ORDINARY])

    assert len(list(first)) == 2


def test_one_letter_is_read_in_the_middle_of_others_and_none_gets_anothers_answer(reader: Reader) -> None:
    raws = [b"Subject: %d\r\n\r\n%s" % (n, b"word " * (n % 5 * 9000)) for n in range(60)]
    subjects = []
    for outcome in reader.read_all(raws):
        assert isinstance(outcome, ReadLetter)
        subjects.append(outcome.letter.subject)
        if len(subjects) % 7 == 1:
            assert reader.read(ORDINARY).letter.subject == "Вход"

    assert subjects == [str(n) for n in range(60)]


@pytest.mark.slow
def test_signals_to_stop_the_daemon_leave_the_child_reading(reader: Reader) -> None:
    child = child_of(reader)
    os.kill(child, signal.SIGTERM)
    os.kill(child, signal.SIGINT)

    assert reader.read(ORDINARY).letter.subject == "Вход"
    assert child_of(reader) == child


@pytest.mark.slow
def test_the_child_ends_when_nobody_holds_the_other_end() -> None:
    with Reader() as other:
        process = other._child._process
        other._child._socket.close()

        assert process.wait(timeout=10) == 0


@pytest.mark.slow
def test_a_child_with_rules_judges_as_the_daemon_would_itself() -> None:
    book = rulebook()
    with Reader(book) as judging:
        read = judging.read(ORDINARY)

        assert read.finding == judged(read.letter, book, load_brain())


@pytest.mark.slow
def test_other_rules_judge_from_the_next_letter_on() -> None:
    book = rulebook()
    deaf = replace(book, flags={}, hash="deaf")
    with Reader(book) as judging:
        before = judging.read(FURIOUS).finding
        judging.judge_by(deaf)
        after = judging.read(FURIOUS).finding

    assert before
    assert after
    assert Flag.ABUSE in before.flags
    assert after == judged(read_letter(FURIOUS), deaf, load_brain())


@pytest.mark.slow
def test_a_child_without_rules_knows_nothing_of_triage(reader: Reader) -> None:
    reader.read(ORDINARY)
    maps = Path(f"/proc/{child_of(reader)}/maps").read_text(encoding="utf-8")

    assert "lxml" in maps
    assert "numpy" not in maps


def test_an_unreadable_letter_is_told_in_both_languages() -> None:
    error = UnreadableLetter("0123456789abcdef", Reason.TIME)

    assert str(error).startswith("letter 0123456789ab: it took too long to read the letter.")
    assert "отведённое время" in error.what.ru


def test_a_letter_too_big_to_parse_still_has_its_sender(reader: Reader) -> None:
    letter = reader.read(HEAD + b"\r\n" + b"x" * (36 << 20)).letter

    assert letter.oddities == (Oddity.TOO_BIG,)
    assert letter.sender.address == "mama@example.org"


def test_a_command_broken_off_in_the_middle_leaves_no_complaint_of_the_reading_process() -> None:
    program = (
        "import os; from mailbot.mailroom.reader import Reader; "
        "answers = Reader().read_all([b'Subject: x\\r\\n\\r\\nx'] * 16); next(answers); os._exit(0)"
    )

    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
