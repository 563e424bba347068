"""Killed at any instant, mailbot loses nothing and answers nobody twice: the real process, real Dovecot, a real sink.

Every arrow of DESIGN.md §2's table is a point of tests/kill_at.py. After the kill mailbot is started again until it has
nothing left to do; then each letter must have been answered exactly once where copies of sent mail are kept.
"""

import json
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from mailbot.casebook.casebook import load_ledger
from mailbot.cases.draft import MailState
from mailbot.demo.smtp_faults import DelayAnswer, DropInBody, LoseAnswer
from mailbot.demo.smtp_sink import Accepted, Sink
from tests.conftest import MailUser
from tests.kill_at import POINTS
from tests.power_cut import cut_power
from tests.school import LONG_AGO, School, found_school, letter
from tests.servers.dovecot import Dovecot
from tests.servers.sent_copies import LocalDelivery, SentCopies

pytestmark = pytest.mark.slow

PROBLEM = "Здравствуйте! У Ивановой Марии, 5Б, пропала пятёрка по математике за 12 ноября. Проверьте, пожалуйста."


def deliver_two(dovecot: Dovecot, user: MailUser) -> None:
    """Two letters of two families: what happens to one must not touch the other."""
    for n, name in enumerate(("mama", "papa"), start=1):
        raw = letter(PROBLEM, to=user.address, sender=f"Родитель <{name}@mail.example>", subject=f"оценка {n}", n=n)
        dovecot.deliver(user.address, raw)


def die(school: School, point: str, count: int | str = 1, durable_log: Path | None = None) -> None:
    """Runs `once` until the process kills itself at the point."""
    command = [sys.executable, "-m", "tests.kill_at", point, str(count), str(durable_log or "-"), "--", "once"]
    command += ["--since", LONG_AGO, "--config", str(school.config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]


def to_writers(sink: Sink) -> Counter[str]:
    """How many different transactions reached each writer."""
    return Counter(rcpt for one in sink.accepted for rcpt in one.rcpts if rcpt.endswith("@mail.example"))


def message_ids(accepted: tuple[Accepted, ...]) -> Counter[str]:
    return Counter(str(message_from_bytes(one.raw)["Message-ID"]) for one in accepted)


def assert_all_is_well(school: School, sink: Sink, dovecot: Dovecot) -> None:
    """Nothing lost, nothing twice, nothing left over."""
    assert to_writers(sink) == {"mama@mail.example": 1, "papa@mail.example": 1}
    assert set(message_ids(sink.accepted).values()) == {1}, "no mail left us twice, forwards included"
    assert_finished(school, dovecot)


def assert_finished(school: School, dovecot: Dovecot) -> None:
    """INBOX empty, both letters filed, the journal whole, no bytes left behind."""
    assert dovecot.folder_letters(school.user.address) == []
    folders = ("Передано", "Отвечено")
    assert sum(len(filed(dovecot, school, folder)) for folder in folders) == 2
    ledger = load_ledger(school.state, datetime.now(UTC))
    assert [known.filed for known in ledger.letters.values()] == [True, True]
    assert not ledger.owed
    assert len(ledger.cases) == 2
    assert list((school.state / "owed").iterdir()) == []


@pytest.mark.parametrize("uidvalidity_changes", [False, True], ids=["same mailbox", "uidvalidity changed"])
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_each_arrow_loses_nothing_and_answers_once_where_copies_are_kept(
    point: str, uidvalidity_changes: bool, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        SentCopies(mail_user.account, after_s=0) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        school = found_school(tmp_path, mail_user, sink)
        deliver_two(dovecot, mail_user)

        die(school, point)
        if uidvalidity_changes:
            dovecot.change_uidvalidity(mail_user.address)
        school.once()

        assert_all_is_well(school, sink, dovecot)


@pytest.mark.parametrize("point", [point for point in POINTS if "reading" not in point])
def test_a_power_cut_at_each_arrow_is_no_worse_than_a_kill(
    point: str, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        SentCopies(mail_user.account, after_s=0) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        school = found_school(tmp_path, mail_user, sink)
        deliver_two(dovecot, mail_user)

        die(school, point, durable_log=tmp_path / "durable")
        cut_power(school.state, tmp_path / "durable")
        school.once()

        assert_all_is_well(school, sink, dovecot)


@pytest.mark.parametrize("after_s", [5, 60])
def test_a_copy_that_comes_late_still_stops_the_second_sending(
    after_s: int, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        SentCopies(mail_user.account, after_s=after_s) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        school = found_school(tmp_path, mail_user, sink, copy_wait_s=after_s + 15)
        deliver_two(dovecot, mail_user)

        die(school, "after 250, before sent row (L3)")
        school.once()

        assert_all_is_well(school, sink, dovecot)


def test_a_copy_is_found_below_hundreds_of_letters_that_came_to_sent_after_it(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        SentCopies(mail_user.account, after_s=0) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        school = found_school(tmp_path, mail_user, sink)
        deliver_two(dovecot, mail_user)

        die(school, "after 250, before sent row (L3)")
        with dovecot.client(mail_user.address) as client:
            client.multiappend("Sent", [letter("Копия", to="papa@mail.example", n=n) for n in range(300)])
        school.once()

        assert_all_is_well(school, sink, dovecot)


def test_a_copy_once_met_is_not_forgotten_by_a_kill_before_the_round_has_ended(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        SentCopies(mail_user.account, after_s=0) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        school = found_school(tmp_path, mail_user, sink)
        deliver_two(dovecot, mail_user)

        die(school, "after 250, before sent row (L3)")
        dovecot.deliver(mail_user.address, letter("Спасибо!", to=mail_user.address, sender="<new@mail.example>", n=9))
        die(school, "after commit (L2)")

        states = {owed.mail.id: owed.state for owed in load_ledger(school.state, datetime.now(UTC)).owed.values()}
        assert MailState.SENDING not in states.values()
        assert MailState.SENT in states.values()


def test_a_copy_to_ourselves_that_is_set_aside_unread_still_proves_that_its_mail_was_taken(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    deliver = LocalDelivery({mail_user.address: mail_user.account})
    with Sink(user=mail_user.address, password=mail_user.password, on_accept=deliver) as sink:
        school = found_school(tmp_path, mail_user, sink, copy="bcc")
        deliver_two(dovecot, mail_user)

        die(school, "after 250, before sent row (L3)")
        for _ in range(3):
            die(school, "while reading (L1)", "text:X-Mailbot-Loop")
        school.once()

        assert set(message_ids(sink.accepted).values()) == {1}


@pytest.mark.parametrize("point", POINTS)
def test_where_no_copy_is_kept_at_most_the_same_message_id_is_repeated_once(
    point: str, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    school = found_school(tmp_path, mail_user, sink, copy="none")
    deliver_two(dovecot, mail_user)

    die(school, point)
    school.once()

    repeated = [count for count in message_ids(sink.accepted).values() if count > 1]
    assert repeated in ([], [2])
    if "250" not in point:
        assert repeated == []
    assert set(to_writers(sink)) == {"mama@mail.example", "papa@mail.example"}
    assert len({one.raw for one in sink.accepted}) == len(message_ids(sink.accepted)), "a repeat is the same bytes"
    assert_finished(school, dovecot)


def test_a_copy_to_ourselves_proves_acceptance_where_the_server_keeps_none(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    def deliver_copy(one: Accepted) -> None:
        if mail_user.address in one.rcpts:
            mail_user.account.append("INBOX", one.raw)

    with Sink(user=mail_user.address, password=mail_user.password, on_accept=deliver_copy) as sink:
        school = found_school(tmp_path, mail_user, sink, copy="bcc")
        deliver_two(dovecot, mail_user)

        die(school, "after 250, before sent row (L3)")
        school.once()
        school.once()  # copies of the last letters arrive while the first pass ends

        assert to_writers(sink) == {"mama@mail.example": 1, "papa@mail.example": 1}
        assert dovecot.folder_letters(mail_user.address) == []
        assert len(dovecot.folder_letters(mail_user.address, "Копии ответов")) == len(sink.accepted)


def test_a_lost_answer_to_the_final_dot_is_settled_by_the_copy(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        SentCopies(mail_user.account, after_s=0) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        sink.fail(LoseAnswer())
        school = found_school(tmp_path, mail_user, sink)
        deliver_two(dovecot, mail_user)

        school.once()

        assert_all_is_well(school, sink, dovecot)


def test_a_connection_cut_in_the_body_is_tried_again(tmp_path: Path, dovecot: Dovecot, mail_user: MailUser) -> None:
    with (
        SentCopies(mail_user.account, after_s=0) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        sink.fail(DropInBody(after_bytes=500))
        school = found_school(tmp_path, mail_user, sink, copy_wait_s=2)
        deliver_two(dovecot, mail_user)

        school.once()

        assert_all_is_well(school, sink, dovecot)


@pytest.mark.parametrize("accepted_before", [True, False], ids=["after the dot", "before the server has it"])
def test_a_kill_from_outside_while_the_server_holds_the_answer_back(
    accepted_before: bool, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        SentCopies(mail_user.account, after_s=0) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        sink.fail(DelayAnswer(20, accepted_before=accepted_before))
        school = found_school(tmp_path, mail_user, sink, copy_wait_s=3)
        deliver_two(dovecot, mail_user)
        running = subprocess.Popen(school.command("once", "--since", LONG_AGO), stderr=subprocess.DEVNULL)
        wait_until(lambda: "sending" in states(school))
        if accepted_before:
            sink.wait_for(1, 10)

        running.kill()
        running.wait()
        sink.mend()
        school.once()

        assert_all_is_well(school, sink, dovecot)


def test_a_letter_that_kills_us_three_times_is_set_aside_and_the_others_are_served(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    school = found_school(tmp_path, mail_user, sink, copy="none")
    deliver_two(dovecot, mail_user)
    poison = letter("ЯДОВИТОЕ", to=mail_user.address, sender="<poison@mail.example>", n=3)
    dovecot.deliver(mail_user.address, poison)
    for _ in range(3):
        die(school, "while reading (L1)", "text:ЯДОВИТОЕ")

    school.once()

    assert to_writers(sink) == {"mama@mail.example": 1, "papa@mail.example": 1}
    assert dovecot.folder_letters(mail_user.address) == []
    assert dovecot.folder_letters(mail_user.address, "Требует внимания") == [poison]


def test_random_kills_from_outside_lose_nothing(tmp_path: Path, dovecot: Dovecot, mail_user: MailUser) -> None:
    chance = random.Random(20261121)
    with (
        SentCopies(mail_user.account, after_s=0) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
    ):
        school = found_school(tmp_path, mail_user, sink, copy_wait_s=3)
        names = [f"parent{n}@mail.example" for n in range(12)]
        for n, name in enumerate(names, start=1):
            raw = letter(PROBLEM, to=mail_user.address, sender=f"<{name}>", subject=f"оценка {n}", n=n)
            dovecot.deliver(mail_user.address, raw)
        for _ in range(8):
            running = subprocess.Popen(school.command("once", "--since", LONG_AGO), stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.6, 2.2))
            running.kill()
            running.wait()
        school.once()

        # A letter that was being thought about at three of the kills could be the one that kills us: it has a person.
        aside = filed(dovecot, school, "Требует внимания")
        with_a_person = [message_from_bytes(raw)["From"].strip("<>") for raw in aside]
        assert to_writers(sink) == dict.fromkeys(set(names) - set(with_a_person), 1)
        assert len(with_a_person) < len(names) / 2
        assert set(message_ids(sink.accepted).values()) == {1}
        assert dovecot.folder_letters(mail_user.address) == []


def filed(dovecot: Dovecot, school: School, folder: str) -> list[bytes]:
    """The letters of a folder, none where it was never made."""
    with dovecot.client(school.user.address) as client:
        return dovecot.folder_letters(school.user.address, folder) if client.folder_exists(folder) else []


def states(school: School) -> set[str]:
    """The states of mail that the journal names so far."""
    found = set()
    for path in school.state.glob("journal-*.jsonl"):
        for line in path.read_text().splitlines():
            if re.match(r".*\"row\":\"mail_moved\"", line):
                found.add(json.loads(line)["state"])
    return found


def wait_until(happened: Callable[[], bool], limit_s: float = 20) -> None:
    until = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)
