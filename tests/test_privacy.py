"""A person's name goes nowhere but where docs/privacy.md says, and nowhere at all once they are to be forgotten.

The marker is a name no other text holds, planted in the subject, body, file name and address of letters to a real
mailbot, which is then killed, makes a mistake, gets a bounce and is refused by the server.
"""

import base64
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from urllib.parse import quote

import pytest

from mailbot.casebook.casebook import Casebook, load_ledger
from mailbot.casebook.journal import months, read_rows
from mailbot.casebook.rows import CaseChanged, Considered, Forgotten, Started
from mailbot.cases.case import CaseState
from mailbot.cases.history import Folder
from mailbot.demo.smtp_faults import RefuseConnection, RefuseRecipient
from mailbot.demo.smtp_sink import Sink
from mailbot.rulebook.load import load_rulebook
from tests.conftest import MailUser
from tests.pictures.samples import matter
from tests.school import LONG_AGO, ROOT, School, end, found_school, letter
from tests.servers.dovecot import Dovecot
from tests.test_kill import wait_until

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAME, ADDRESS = "Выхухолев", "vyhuholev@mail.example"
PROBLEM = f"Здравствуйте! У {NAME}а Ивана, 5Б, пропала пятёрка по математике за 12 ноября. Проверьте, пожалуйста."
MISTAKE = f"СБОЙ {NAME} просит восстановить пароль"
WRITTEN = ("journal-", "cases.json", "owed/")
"""Where a name may lie, as docs/privacy.md tells it."""


def forms(word: str) -> Iterator[bytes]:
    """A word as files and logs may hold it: in letters, escaped, and inside base64 at each of the three places."""
    yield from (word.encode(), word.lower().encode(), word.encode("cp1251"), quote(word).encode())
    yield word.encode("unicode_escape")
    yield word.encode("utf-8").hex(" ").replace(" ", "\\x").encode()
    for before in range(3):
        yield base64.b64encode(b"\0" * before + word.encode())[4 if before else 0 : -4]


MARKS = tuple(form for word in (NAME, ADDRESS.partition("@")[0]) for form in forms(word))


def holds_name(blob: bytes) -> bool:
    plain = blob.replace(b"\r\n", b"")
    return any(mark in plain for mark in MARKS)


def named_in(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in files if holds_name(path.name.encode() + path.read_bytes())}


def with_file(text: str, to: str, n: int) -> bytes:
    plain = letter(text, to=to, sender=f"{NAME} Пётр <{ADDRESS}>", subject=f"{NAME}: оценка", n=n)
    head, _, body = plain.partition(b"\r\n\r\n")
    head = head.replace(b"text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", b"multipart/mixed; boundary=b")
    return (
        head
        + b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + body
        + f'--b\r\nContent-Type: application/pdf; name="{NAME}.pdf"\r\n\r\n%PDF {NAME}\r\n--b--\r\n'.encode()
    )


def bounce(about: bytes, to: str) -> bytes:
    """What the writer's server says of the first mail we sent there."""
    return (
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mail.example>\r\n"
        f"To: {to}\r\nSubject: Undelivered Mail: {NAME}\r\nMessage-ID: <bounce-1@mail.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{NAME} <{ADDRESS}> is unknown.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {ADDRESS}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_from_bytes(about)['Message-ID']}\r\n"
        "\r\n--b--\r\n"
    ).encode()


def run(school: School, *words: str, ends: int = 0) -> str:
    """A process of ours with everything switched on that could make it talkative; what it said."""
    environment = {**os.environ, "LANG": "C.UTF-8", "PYTHONDEVMODE": "1", "PYTHONWARNINGS": "default"}
    command = [sys.executable, "-m", *words, "--debug", "--since", LONG_AGO, "--config", str(school.config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == ends, done.stderr[-2000:]
    return done.stdout + done.stderr


@pytest.fixture
def school(tmp_path: Path, mail_user: MailUser, sink: Sink) -> School:
    return found_school(tmp_path, mail_user, sink, copy="none")


@pytest.mark.slow
def test_a_name_is_found_only_where_it_must_be_and_nowhere_once_the_person_is_forgotten(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    box = mail_user.address
    dovecot.deliver(box, with_file(PROBLEM, box, 1))
    said = run(school, "tests.kill_at", "after sending row (L3)", "1", "-", "--", "once", ends=-signal.SIGKILL)
    after_the_crash = named_in(school.state)
    sink.fail(RefuseRecipient(ADDRESS, f"550 5.1.1 <{ADDRESS}> {NAME} unknown"))
    said += run(school, "tests.fail_on", "once")
    dovecot.deliver(box, with_file(MISTAKE, box, 2))
    said += run(school, "tests.fail_on", "once")
    dovecot.deliver(box, bounce(sink.accepted[0].raw, box))
    said += run(school, "tests.fail_on", "once")
    sink.fail(RefuseConnection(), times=None)
    dovecot.deliver(box, with_file(PROBLEM.replace("5Б", "6А"), box, 3))
    said += run(school, "tests.fail_on", "once")
    told = school.mailbot("status").stdout + school.mailbot("status", "--json").stdout
    kept = named_in(school.state)

    assert "ValueError" in said, "the mistake was made"
    assert not holds_name((said + told).encode())
    assert after_the_crash | kept == {name for name in after_the_crash | kept if name.startswith(WRITTEN)}
    assert {name.partition("/")[0].partition("-")[0] for name in kept} == {"journal", "cases.json", "owed"}
    for path in (school.state, *school.state.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path

    done = school.mailbot("forget", ADDRESS)

    assert done.returncode == 0, done.stderr
    assert not holds_name((done.stdout + done.stderr).encode())
    assert named_in(school.state) == set()
    sink.mend()
    before = len(sink.accepted)
    run(school, "tests.fail_on", "once")
    assert not any(holds_name(one.raw) or ADDRESS in one.rcpts for one in sink.accepted[before:])
    assert dovecot.folder_letters(box) == []
    assert any(holds_name(raw) for raw in dovecot.folder_letters(box, "Передано"))


@pytest.mark.slow
def test_a_running_daemon_forgets_when_asked_and_its_journal_tells_so_without_the_address(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, with_file(PROBLEM, mail_user.address, 1))
    daemon = school.start("--since", LONG_AGO)
    try:
        wait_until(lambda: len(sink.accepted) >= 2)
        asked = school.mailbot("forget", ADDRESS.upper())
        dovecot.deliver(mail_user.address, letter("Как восстановить пароль?", to=mail_user.address, n=2))  # wakes it
        wait_until(lambda: bool(forgotten(school)) and len(sink.accepted) >= 3)
    finally:
        log = end(daemon)

    assert asked.returncode == 0, asked.stderr
    assert "при ближайшем проходе" in asked.stdout
    assert [row.cases for row in forgotten(school)] == [(f"{datetime.now(UTC):%Y}-00001",)]
    assert not holds_name(log.encode())
    assert named_in(school.state) == set()
    assert list((school.state / "orders").iterdir()) == []


def forgotten(school: School) -> list[Forgotten]:
    rows = (row for path in months(school.state) for row in read_rows(path))
    return [row for row in rows if isinstance(row, Forgotten)]


@pytest.mark.slow
@pytest.mark.parametrize("count", ["1", "2"])
def test_killed_while_it_forgets_it_goes_on_at_the_next_start(
    count: str, school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, with_file(PROBLEM, mail_user.address, 1))
    sink.fail(RefuseConnection(), times=None)
    school.once()
    command = [
        sys.executable,
        "-m",
        "tests.kill_at",
        "one file without the person",
        count,
        "-",
        "--",
        "forget",
        ADDRESS,
    ]
    killed = subprocess.run([*command, "--config", str(school.config)], capture_output=True, check=False, timeout=60)
    sink.mend()

    school.once()

    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    assert sink.accepted == ()
    assert named_in(school.state) == set()
    assert dovecot.folder_letters(mail_user.address) == []


@pytest.mark.slow
def test_who_writes_again_after_being_forgotten_is_served_as_somebody_new(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, with_file(PROBLEM, mail_user.address, 1))
    school.once()
    ours = message_from_bytes(next(one.raw for one in sink.accepted if ADDRESS in one.rcpts))["Message-ID"]
    forward = message_from_bytes(next(one.raw for one in sink.accepted if ADDRESS not in one.rcpts))
    school.mailbot("forget", ADDRESS)
    before = len(sink.accepted)
    reply = letter("А где посмотреть расписание?", to=mail_user.address, sender=f"<{ADDRESS}>", n=2)
    dovecot.deliver(mail_user.address, reply.replace(b"MIME-V", f"In-Reply-To: {ours}\r\nMIME-V".encode(), 1))
    answer = letter("Пятёрка на месте.", to=mail_user.address, sender=f"<{forward['To']}>", n=3)
    answer = answer.replace(b"MIME-V", f"In-Reply-To: {forward['Message-ID']}\r\nMIME-V".encode(), 1)
    dovecot.deliver(mail_user.address, answer)

    school.once()

    cases = load_ledger(school.state, datetime.now(UTC)).cases
    year = f"{datetime.now(UTC):%Y}"
    assert [(number, case.writer) for number, case in sorted(cases.items())] == [
        (f"{year}-00001", ""),
        (f"{year}-00002", ADDRESS),
    ]
    assert cases[f"{year}-00001"].state is CaseState.CLOSED
    assert [one.rcpts for one in sink.accepted[before:] if ADDRESS in one.rcpts] == [(ADDRESS,)]
    assert dovecot.folder_letters(mail_user.address) == []


def test_an_address_inside_a_longer_one_is_somebody_elses(tmp_path: Path) -> None:
    book = Casebook(tmp_path, NOW)
    book.stage(considered("2026-00001", "anna@mail.example", NOW))
    book.stage(considered("2026-00002", "joanna@mail.example", NOW))
    book.stage(considered("2026-00003", "anna@mail.example.net", NOW))
    book.commit(NOW)

    book.forget("anna@mail.example", NOW)

    assert [case.writer for case in book.ledger.cases.values()] == ["", "joanna@mail.example", "anna@mail.example.net"]
    book.close()


def test_names_go_after_their_time_and_the_register_stays_until_its_own(tmp_path: Path) -> None:
    book = Casebook(tmp_path, NOW)
    for number, at in enumerate((NOW - timedelta(days=days) for days in (2000, 500, 10)), start=1):
        book.stage(considered(f"2026-0000{number}", f"{NAME.lower()}-{number}@mail.example", at))
        book.commit(at)
    book.checkpoint(NOW)

    book.expire(NOW - timedelta(days=400), NOW - timedelta(days=1830), NOW)

    rows = [row for path in months(tmp_path) for row in read_rows(path)]
    assert [(row.case.number, row.case.writer) for row in rows if isinstance(row, Considered) and row.case] == [
        ("2026-00002", ""),
        ("2026-00003", f"{NAME.lower()}-3@mail.example"),
    ]
    assert all(row.case.topics for row in rows if isinstance(row, Considered) and row.case)
    book.close()


def test_a_case_somebody_wrote_to_lately_keeps_its_people_however_old_its_beginning(tmp_path: Path) -> None:
    book = Casebook(tmp_path, NOW)
    old, late = considered("2026-00001", ADDRESS, NOW - timedelta(days=500)), considered("2026-00001", ADDRESS, NOW)
    book.stage(old)
    book.commit(old.at)
    assert late.case
    book.stage(CaseChanged(at=NOW, case=late.case, mails=(), cancel=(), why=()))
    book.commit(NOW)

    book.expire(NOW - timedelta(days=400), NOW - timedelta(days=1830), NOW)

    writers = [
        row.case.writer
        for path in months(tmp_path)
        for row in read_rows(path)
        if isinstance(row, Considered) and row.case
    ]
    assert writers == [ADDRESS]
    book.close()


@pytest.mark.slow
def test_the_daemon_keeps_to_the_terms_by_itself(school: School, sink: Sink) -> None:
    began = datetime.now(UTC) - timedelta(days=500)
    book = Casebook(school.state, began)
    book.start(Started(at=began, instant=began, uidvalidity=1, uidnext=1, skipped=0))
    book.stage(considered(f"{began:%Y}-00001", ADDRESS, began))
    book.commit(began)
    book.close()

    end(school.start())

    assert named_in(school.state) == set()
    assert sink.accepted == ()


@pytest.mark.parametrize(
    ("written", "code", "said"),
    [
        ("zavuch@school.example.org", 65, "адрес школы"),
        ("не адрес", 65, "не адрес почты"),
        ("mama@mail.example, papa@mail.example", 65, "не адрес почты"),
        (ADDRESS, 78, "здесь ещё нет состояния"),
    ],
)
def test_what_cannot_be_forgotten_is_refused_with_the_reason(
    written: str, code: int, said: str, school: School
) -> None:
    done = school.mailbot("forget", written)

    assert done.returncode == code
    assert said in done.stderr


def test_a_command_of_another_user_would_leave_files_the_daemon_cannot_read_and_is_refused(school: School) -> None:
    school.once()
    os.chown(school.state, 12345, -1)

    done = school.mailbot("forget", ADDRESS)
    os.chown(school.state, os.geteuid(), -1)

    assert done.returncode == 78
    assert "состояние принадлежит пользователю 12345" in done.stderr
    assert list((school.state / "orders").iterdir()) == []


def considered(number: str, writer: str, at: datetime) -> Considered:
    """A letter of a case that is long answered."""
    about = matter(number=number, writer=writer, writer_name=NAME, state=CaseState.CLOSED, changed_at=at, opened_at=at)
    assert about.case
    return Considered(
        at=at,
        key=f"key of {number}",
        received_at=at,
        uid=1,
        uidvalidity=1,
        message_id=f"<{writer}>",
        text_digest="0",
        event="FromWriter",
        reason="person",
        concluded=None,
        folder=Folder.ANSWERED,
        case=about.case,
        mails=(),
        cancel=(),
        dead=(),
        why=(f"topics.yaml:1: «{NAME}»",),
        rules="",
        model="",
    )


@pytest.mark.parametrize("name", ["privacy.md", "privacy.ru.md"])
def test_the_page_on_privacy_tells_the_terms_of_the_shipped_rules_and_every_file_of_the_state(
    name: str,
) -> None:
    told = (ROOT / "docs" / name).read_text(encoding="utf-8")
    terms = load_rulebook(ROOT / "rules", ROOT / "templates").lifecycle

    assert str(terms.names_kept_days) in told
    assert str(terms.register_kept_days) in told
    assert "no legal advice" in told or "не является юридической консультацией" in told
    for kept in ("journal-", "cases.json", "index-", "owed/", "orders/"):
        assert f"`state/{kept}" in told
