"""The daemon on a real mailbox: first contact, people in the same mailbox, one daemon only, waking by IDLE, orders."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from mailbot.casebook.casebook import load_ledger
from mailbot.cases.case import CaseState
from mailbot.demo.imap_server import PymapServer
from mailbot.demo.smtp_sink import Sink
from mailbot.letters.key import letter_key
from mailbot.mailroom.imap_session import ImapSession
from mailbot.settings import load_settings
from tests.conftest import MailUser
from tests.school import LONG_AGO, School, end, found_school, letter
from tests.servers.dovecot import Dovecot
from tests.servers.sent_copies import ImapAccount
from tests.servers.toxi import ImapToxi, Lack
from tests.test_kill import wait_until

pytestmark = pytest.mark.slow

QUESTION = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"


@pytest.fixture
def school(tmp_path: Path, mail_user: MailUser, sink: Sink) -> School:
    return found_school(tmp_path, mail_user, sink, copy="none")


def test_first_contact_with_a_mailbox_of_old_letters_sends_nothing(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    for n in range(40):
        old = datetime.now(UTC) - timedelta(days=n)
        dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address, n=n), internaldate=old)

    done = school.mailbot("once")

    assert done.returncode == 0, done.stderr
    assert "skipped=40" in done.stderr
    assert sink.accepted == ()
    assert len(dovecot.folder_letters(mail_user.address)) == 40


def test_after_the_first_contact_new_letters_are_answered_and_old_ones_are_left_alone(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address, n=1))
    school.once(since="")

    new = letter(QUESTION, to=mail_user.address, sender="Папа <papa@mail.example>", n=2)
    dovecot.deliver(mail_user.address, new)
    school.once(since="")

    assert {rcpt for one in sink.accepted for rcpt in one.rcpts if rcpt.endswith("mail.example")} == {
        "papa@mail.example"
    }
    assert len(dovecot.folder_letters(mail_user.address)) == 1


def test_a_lost_state_is_asked_about_instead_of_starting_anew(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    school.once()
    for path in school.state.rglob("*"):
        if path.is_file():
            path.unlink()

    asked = school.mailbot("once")
    anew = school.mailbot("once", "--start-anew")

    assert asked.returncode == 78
    assert "папка состояния потеряна" in asked.stderr
    assert anew.returncode == 0, anew.stderr


def test_a_letter_older_than_three_days_goes_to_a_person_and_its_writer_hears_nothing(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    five_days_ago = datetime.now(UTC) - timedelta(days=5)
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address), internaldate=five_days_ago)

    school.once()

    assert all(rcpt.endswith("school.example.org") for one in sink.accepted for rcpt in one.rcpts)
    assert len(sink.accepted) == 1


def test_a_persons_own_answer_in_sent_stops_ours(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address, n=7))
    answer = (
        f"From: <{mail_user.address}>\r\nTo: <mama@mail.example>\r\nSubject: Re: vopros\r\n"
        "Message-ID: <written-by-a-person@thunderbird.example>\r\nIn-Reply-To: <letter-7@mail.example>\r\n\r\n"
        "Nazhmite «Zabyli parol».\r\n"
    ).encode()
    dovecot.deliver(mail_user.address, answer, folder="Sent")

    school.once()

    assert sink.accepted == ()
    assert dovecot.folder_letters(mail_user.address) == []


def test_a_second_daemon_leaves_and_says_who_holds_the_lock(school: School) -> None:
    daemon = school.start()
    try:
        second = school.mailbot("run")
    finally:
        end(daemon)

    assert second.returncode == 78
    assert f"mailbot уже работает: pid {daemon.pid}" in second.stderr


def test_cases_close_works_beside_a_running_daemon(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter("У Ивановой Марии пропала пятёрка по химии", to=mail_user.address))
    daemon = school.start("--since", LONG_AGO)
    try:
        wait_until(lambda: bool(sink.accepted))
        closed = school.mailbot("cases", "close", f"{datetime.now(UTC):%Y}-00001")
        dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address, n=2))  # wakes it
        wait_until(lambda: state_of_first_case(school) is CaseState.CLOSED)
    finally:
        end(daemon)

    assert closed.returncode == 0, closed.stderr
    assert list((school.state / "orders").iterdir()) == []


def state_of_first_case(school: School) -> CaseState:
    now = datetime.now(UTC)
    return load_ledger(school.state, now).cases[f"{now:%Y}-00001"].state


def test_a_new_letter_wakes_the_daemon_by_idle_and_not_by_the_poll(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    daemon = school.start()
    try:
        time.sleep(1.5)
        started = time.monotonic()
        dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
        sink.wait_for(1, 10)
        waited_s = time.monotonic() - started
    finally:
        end(daemon)

    assert waited_s < 10, "an IDLE slice is 60 s, the poll 60 s: only news can have woken it"


def test_a_letter_announced_together_with_the_idle_answer_is_not_slept_through(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    with ImapToxi(dovecot.port) as proxy:
        proxy.glue_exists = True
        school = found_school(tmp_path, mail_user, sink, copy="none", imap_port=proxy.port)
        daemon = school.start()
        try:
            assert proxy.idle_held.wait(10)
            dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
            sink.wait_for(1, 10)
        finally:
            end(daemon)


def test_an_idle_mailbox_costs_under_one_percent_of_a_core(school: School) -> None:
    daemon = school.start()
    try:
        time.sleep(1)
        before_s, since = cpu_s(daemon.pid), time.monotonic()
        time.sleep(6)
        share = (cpu_s(daemon.pid) - before_s) / (time.monotonic() - since)
    finally:
        end(daemon)

    assert share < 0.01


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and the children it has waited for (proc(5), fields 14–17)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def test_sigterm_ends_the_daemon_cleanly_within_seconds(school: School) -> None:
    daemon = school.start()

    end(daemon)

    assert daemon.returncode == 0


@pytest.mark.parametrize("lacking", [(Lack.IDLE,), (Lack.MOVE,), (Lack.MOVE, Lack.UIDPLUS), (Lack.IDLE, Lack.MOVE)])
def test_servers_without_idle_move_or_uidplus_are_served_all_the_same(
    lacking: tuple[Lack, ...], tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    with ImapToxi(dovecot.port) as proxy:
        proxy.lack(*lacking)
        school = found_school(tmp_path, mail_user, sink, copy="none", imap_port=proxy.port, poll_s=1)
        daemon = school.start()
        try:
            dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
            sink.wait_for(1, 15)
            time.sleep(2.5)  # two more polls: nothing may be answered twice
        finally:
            end(daemon)
        school.once()

    assert len(sink.accepted) == 1
    stays = Lack.UIDPLUS in lacking
    assert len(dovecot.folder_letters(mail_user.address)) == (1 if stays else 0)
    assert len(dovecot.folder_letters(mail_user.address, "Отвечено")) == 1


def test_a_server_like_mail_ru_without_keywords_and_idle_is_served(tmp_path: Path) -> None:
    with (
        PymapServer(allow_keywords=False) as imap,
        ImapToxi(imap.port) as proxy,
        Sink(user=imap.user, password=imap.password) as sink,
    ):
        proxy.lack(Lack.IDLE)
        address = "help@school.example.org"
        user = MailUser(
            address=imap.user, password=imap.password, imap_host="127.0.0.1", imap_port=proxy.port,
            imap_tls_port=0, ca_path=Path("/dev/null"),
        )  # fmt: skip
        school = found_school(tmp_path, user, sink, copy="none", mailbox=address, poll_s=1)
        ImapAccount(imap.port, imap.user, imap.password).append("INBOX", letter(QUESTION, to=address))

        school.once()
        school.once()

        assert [one.rcpts for one in sink.accepted] == [("mama@mail.example",)]


def test_one_letter_delivered_twice_is_answered_once(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    raw = letter(QUESTION, to=mail_user.address)
    dovecot.deliver(mail_user.address, raw)
    dovecot.deliver(mail_user.address, raw)
    dovecot.deliver(mail_user.address, raw.replace(b"Received: from mx", b"Received: from mx2", 1))

    school.once()

    assert len(sink.accepted) == 1
    assert dovecot.folder_letters(mail_user.address) == []


def test_a_reply_with_our_message_id_joins_its_case(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter("У дочери пропала пятёрка по химии", to=mail_user.address, n=1))
    school.once()
    ours = str(message_from_bytes(sink.accepted[0].raw)["Message-ID"])
    reply = letter("Иванова Мария, 5Б", to=mail_user.address, subject="Re: вопрос", n=2)
    reply = reply.replace(b"MIME-Version", f"In-Reply-To: {ours}\r\nReferences: {ours}\r\nMIME-Version".encode(), 1)
    dovecot.deliver(mail_user.address, reply)

    school.once()

    ledger = load_ledger(school.state, datetime.now(UTC))
    assert len(ledger.cases) == 1
    (case,) = ledger.cases.values()
    assert {fact.value for fact in case.facts} >= {"Иванова Мария", "5Б", "химия"}
    assert case.state is CaseState.WITH_STAFF


def test_status_tells_the_age_of_the_last_good_round(school: School) -> None:
    daemon = school.start()
    try:
        told = json.loads(school.mailbot("status", "--json").stdout)
    finally:
        end(daemon)

    assert told["age_s"] is not None
    assert told["age_s"] < 30
    assert told["failures"] == 0


def test_a_filed_letter_is_found_again_byte_for_byte(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    raw = letter(QUESTION, to=mail_user.address, n=5)
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address, sender="<papa@mail.example>", n=4))
    dovecot.deliver(mail_user.address, raw)
    school.once()

    session = ImapSession(load_settings(school.config).imap, mail_user.password)
    try:
        found = session.find("Отвечено", "<letter-5@mail.example>", letter_key(raw))
        assert session.find("Отвечено", "<letter-5@mail.example>", "another key") == b""
        assert session.find("Отвечено", '<a) OR ALL ("@mail.example>', letter_key(raw)) == b""
        assert session.uids() == ()
    finally:
        session.close()

    assert letter_key(found) == letter_key(raw)
