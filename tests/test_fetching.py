"""Fetching in parts: no command brings more than PART_BYTES, so that memory stays flat and its deadline is fair."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from mailbot.mailroom.imap_session import BATCH, ImapSession
from mailbot.mailroom.on_server import MAX_LETTER_BYTES, PART_BYTES
from mailbot.settings import load_settings
from tests.conftest import MailUser
from tests.school import found_school, letter
from tests.servers.dovecot import Dovecot
from tests.servers.toxi import ImapToxi, Line

pytestmark = pytest.mark.slow

MB = 1_000_000


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[ImapToxi]:
    with ImapToxi(dovecot.port) as line:
        yield line


@pytest.fixture
def session(tmp_path: Path, proxy: ImapToxi, mail_user: MailUser, sink: Sink) -> Iterator[ImapSession]:
    school = found_school(tmp_path, mail_user, sink, copy="none", imap_port=proxy.port)
    opened = ImapSession(load_settings(school.config).imap, mail_user.password)
    try:
        yield opened
    finally:
        opened.close()


def deliver(dovecot: Dovecot, user: MailUser, sizes: tuple[int, ...]) -> None:
    """Letters of about these sizes in bytes."""
    with dovecot.client(user.address) as client:
        for n, size in enumerate(sizes):
            line = b"x" * 76 + b"\r\n"
            client.append("INBOX", letter("", to=user.address, n=n) + line * (size // len(line)))


def listed(session: ImapSession) -> tuple[int, ...]:
    """All UIDs: a server may tell of new letters one command late."""
    session.uids()
    return session.uids()


def fetches(proxy: ImapToxi) -> list[str]:
    """A list that grows by an entry with every FETCH."""
    seen: list[str] = []

    def note(_: Line) -> None:
        seen.append("UID FETCH")
        proxy.on_command["UID FETCH"] = note

    proxy.on_command["UID FETCH"] = note
    return seen


def test_large_letters_come_in_parts_in_their_order_and_one_that_is_larger_than_a_part_comes_alone(
    session: ImapSession, proxy: ImapToxi, dovecot: Dovecot, mail_user: MailUser
) -> None:
    deliver(dovecot, mail_user, (3 * MB, 3 * MB, 3 * MB, 12 * MB, 1000, 1000))
    asked = fetches(proxy)
    uids = listed(session)

    parts = [[one.uid for one in part] for part in session.parts(uids)]

    assert parts == [list(uids[:2]), [uids[2]], [uids[3]], list(uids[4:])]
    assert len(asked) == 1 + len(parts), "one command asks for all sizes, then one brings each part"


def test_no_part_is_larger_than_was_agreed_nor_has_more_letters(
    session: ImapSession, dovecot: Dovecot, mail_user: MailUser
) -> None:
    deliver(dovecot, mail_user, (2 * MB,) * 7 + (500,) * (BATCH + 5))

    parts = list(session.parts(listed(session)))

    assert sum(map(len, parts)) == BATCH + 12
    assert max(map(len, parts)) <= BATCH
    assert max(sum(len(one.raw or b"") for one in part) for part in parts) <= PART_BYTES


def test_of_a_letter_that_is_too_large_only_the_head_comes_and_its_neighbours_come_with_it(
    session: ImapSession, dovecot: Dovecot, mail_user: MailUser
) -> None:
    deliver(dovecot, mail_user, (500, MAX_LETTER_BYTES + MB, 500))

    (part,) = session.parts(listed(session))

    assert [one.raw is None for one in part] == [False, True, False]
    assert part[1].head.startswith(b"Received: ")
    assert part[1].size > MAX_LETTER_BYTES


def test_a_letter_that_a_person_takes_away_between_two_parts_is_no_error(
    session: ImapSession, dovecot: Dovecot, mail_user: MailUser
) -> None:
    deliver(dovecot, mail_user, (5 * MB, 5 * MB, 5 * MB))
    uids = listed(session)
    parts = session.parts(uids)
    next(parts)
    with dovecot.client(mail_user.address) as client:
        client.select_folder("INBOX")
        client.add_flags([uids[1]], [rb"\Deleted"], silent=True)
        client.uid_expunge([uids[1]])
    session.find("Sent", "<nobody@mail.example>", "")  # another folder is looked into meanwhile

    assert [one.uid for part in parts for one in part] == [uids[2]]
