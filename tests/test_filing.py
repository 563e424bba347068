"""Filing on a server that can neither move nor remove: letters stay in the inbox, yet each is copied once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.school import School, found_school, letter
from tests.servers.dovecot import Dovecot
from tests.servers.toxi import ImapToxi, Lack

pytestmark = pytest.mark.slow

QUESTION = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
ANSWERED = "Отвечено"


@pytest.fixture
def school(tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink) -> Iterator[School]:
    with ImapToxi(dovecot.port) as proxy:
        proxy.lack(Lack.MOVE, Lack.UIDPLUS)
        yield found_school(tmp_path, mail_user, sink, copy="none", imap_port=proxy.port)


def test_a_letter_that_cannot_be_removed_is_copied_once_however_often_mailbot_starts(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address, n=1))
    for _ in range(3):
        school.once()
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address, sender="<papa@mail.example>", n=2))
    school.once()

    assert len(sink.accepted) == 2
    assert len(dovecot.folder_letters(mail_user.address, ANSWERED)) == 2
    assert len(dovecot.folder_letters(mail_user.address)) == 2


def test_the_same_letter_delivered_once_more_is_filed_too_and_not_answered(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    raw = letter(QUESTION, to=mail_user.address)
    dovecot.deliver(mail_user.address, raw)
    school.once()
    dovecot.deliver(mail_user.address, raw)
    school.once()
    school.once()

    assert len(sink.accepted) == 1
    assert len(dovecot.folder_letters(mail_user.address, ANSWERED)) == 2


def test_a_letter_that_a_person_has_marked_as_deleted_is_answered_and_filed_all_the_same(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    with dovecot.client(mail_user.address) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [rb"\Deleted"])

    school.once()

    assert len(sink.accepted) == 1
    assert len(dovecot.folder_letters(mail_user.address, ANSWERED)) == 1
