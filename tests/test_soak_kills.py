"""Random kills of a daemon at work: twenty of what `make soak` does for hours, and the judge of its outcome itself."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Accepted
from tests.school import letter
from tests.servers.dovecot import Dovecot
from tests.soak import KILLS_IN_CI
from tests.soak.kills import kill
from tests.soak.tally import Tally, tally

SEED = 20261127


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_twenty_random_kills_lose_nothing_and_double_nothing(tmp_path: Path, dovecot: Dovecot) -> None:
    done = kill(random.Random(SEED), KILLS_IN_CI, tmp_path, dovecot)

    assert (done.kills, done.mistakes) == (KILLS_IN_CI, ())
    assert done.tally.letters > KILLS_IN_CI
    assert done.tally.answered + done.tally.with_a_person == done.tally.letters
    assert (done.tally.lost, done.tally.doubled) == (0, 0)


WRITTEN = [letter("вопрос", to="help@school.example.org", sender=f"<parent{n}@mail{n}.example>", n=n) for n in (1, 2)]


def sent(recipient: str, name: str, brings: bytes = b"") -> Accepted:
    """A mail of ours; `name` makes its Message-ID."""
    file = b'\r\nContent-Disposition: attachment; filename="pismo.eml"\r\nContent-Type: application/octet-stream'
    raw = f"Message-ID: <{name}@school.example.org>".encode() + (file if brings else b"") + b"\r\n\r\n" + brings
    return Accepted(mail_from="", rcpts=(recipient,), raw=raw, at=datetime.now(UTC), connection=1, nth=1)


ANSWERS = (sent("parent1@mail1.example", "a"), sent("parent2@mail2.example", "b"))
FORWARD = sent("office@school.example.org", "c", WRITTEN[0])
TO_STAFF = (1, 0)


def judged(
    *accepted: Accepted, filed: list[bytes] = WRITTEN, aside: tuple[bytes, ...] = (), copies: bool = True
) -> Tally:
    return tally(TO_STAFF, accepted, filed, aside, copies=copies)


def test_what_came_as_it_must_is_whole() -> None:
    assert judged(*ANSWERS, FORWARD) == Tally(letters=2, mails=3, answered=2)


def test_a_letter_without_its_answer_or_its_forward_is_lost() -> None:
    assert judged(ANSWERS[0], FORWARD).lost == 1
    assert judged(*ANSWERS).lost == 1


def test_a_letter_that_lies_nowhere_or_twice_is_lost() -> None:
    assert judged(*ANSWERS, FORWARD, filed=WRITTEN[:1]).lost == 1
    assert judged(*ANSWERS, FORWARD, filed=[*WRITTEN, WRITTEN[0]]).lost == 1


def test_a_letter_that_was_set_aside_or_that_staff_have_without_an_answer_is_with_a_person() -> None:
    assert judged(ANSWERS[0], FORWARD, aside=(WRITTEN[1],)).with_a_person == 1
    assert judged(ANSWERS[1], FORWARD).with_a_person == 1


def test_a_second_answer_under_another_message_id_is_doubled() -> None:
    assert judged(*ANSWERS, FORWARD, sent("parent1@mail1.example", "d")).doubled == 1
    assert judged(*ANSWERS, FORWARD, sent("office@school.example.org", "d", WRITTEN[0])).doubled == 1


def test_a_repeated_mail_is_doubled_where_a_copy_could_have_told_and_a_repeat_where_none_is_kept() -> None:
    assert judged(*ANSWERS, FORWARD, FORWARD).doubled == 1
    none_kept = judged(*ANSWERS, FORWARD, FORWARD, copies=False)
    assert (none_kept.doubled, none_kept.repeats) == (0, 1)


def test_a_repeat_in_other_bytes_is_doubled_whatever_is_kept() -> None:
    other = replace(FORWARD, raw=FORWARD.raw + b" ")

    assert judged(*ANSWERS, FORWARD, other, copies=False).doubled == 1
