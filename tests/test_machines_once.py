"""A mailbox full of machines' letters, kept by the real program: nobody but the school's own people is written to."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from mailbot.letters.read import read_letter
from tests.conftest import MailUser
from tests.machine.formats import ANSWERS, BOUNCES, many
from tests.machine.read import OURS, messages
from tests.school import found_school
from tests.servers.dovecot import Dovecot

AT_ONCE = 100
EACH_OTHER = 2  # bounces and automatic answers differ by person, domain and code: every second is plenty
SCHOOL = "@school.example.org"


def batched(letters: Sequence[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(letters), AT_ONCE):
        yield list(letters[start : start + AT_ONCE])


@pytest.mark.slow
def test_once_writes_to_no_machine(tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink) -> None:
    by_hand = [message.raw for message in messages() if message.verdict in ("A", "B", "N")]
    by_systems = list(islice((*many(BOUNCES), *many(ANSWERS)), 0, None, EACH_OTHER))
    machines = [*by_hand, *by_systems]
    with dovecot.client(mail_user.address) as client:
        for batch in batched(machines):
            client.multiappend("INBOX", batch)
    school = found_school(tmp_path / "school", mail_user, sink, copy="none", mailbox=OURS)

    school.once()

    written_to = {rcpt for one in sink.accepted for rcpt in one.rcpts}
    writers = {read_letter(raw).sender.address for raw in machines}
    assert len(by_hand) >= 120
    assert len(by_systems) > 1000
    assert not written_to & writers
    assert all(address.endswith(SCHOOL) for address in written_to)
    assert dovecot.folder_letters(mail_user.address) == []
