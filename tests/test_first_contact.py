"""First contact under a wrong clock: which letters are old is told by the server, not by our machine."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.school import ROOT, School, found_school, letter
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow

QUESTION = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
HOUR_S = 3600


@pytest.fixture
def school(tmp_path: Path, mail_user: MailUser, sink: Sink) -> School:
    return found_school(tmp_path, mail_user, sink, copy="none")


def once(school: School, *words: str, wrong_by_s: float = 0) -> None:
    """One pass over the mailbox on a machine whose clock is wrong by so much."""
    clock = school.folder / "clock"
    clock.write_text(str(wrong_by_s))
    command = [sys.executable, "-m", "tests.faults.hurried", str(clock), "--", "once", *words]
    done = subprocess.run(
        [*command, "--config", str(school.config)], capture_output=True, text=True, timeout=60, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr


def answered(sink: Sink) -> list[str]:
    return sorted(rcpt for one in sink.accepted for rcpt in one.rcpts if rcpt.endswith("mail.example"))


@pytest.mark.parametrize("wrong_by_s", [5 * HOUR_S, -5 * HOUR_S])
def test_a_letter_right_after_a_first_contact_under_a_wrong_clock_is_answered(
    wrong_by_s: float, school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address, n=1))
    once(school, wrong_by_s=wrong_by_s)

    new = letter(QUESTION, to=mail_user.address, sender="<papa@mail.example>", n=2)
    dovecot.deliver(mail_user.address, new)
    once(school)

    assert answered(sink) == ["papa@mail.example"]


def test_after_a_change_of_uidvalidity_old_and_new_are_told_apart_by_the_servers_dates(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    now = datetime.now(UTC)
    old = letter(QUESTION, to=mail_user.address, n=1)
    dovecot.deliver(mail_user.address, old, internaldate=now - timedelta(hours=2))
    once(school, wrong_by_s=5 * HOUR_S)

    new = letter(QUESTION, to=mail_user.address, sender="<papa@mail.example>", n=2)
    dovecot.deliver(mail_user.address, new)
    dovecot.change_uidvalidity(mail_user.address)
    once(school)

    assert answered(sink) == ["papa@mail.example"]


def test_an_old_letter_with_a_date_to_come_does_not_make_later_letters_old(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    in_a_year = datetime.now(UTC) + timedelta(days=365)
    dovecot.deliver(mail_user.address, b"Subject: misdated\r\n\r\n-\r\n")  # the user must have logged in before `drop`
    dovecot.drop(mail_user.address, letter(QUESTION, to=mail_user.address, n=1), arrived_at=in_a_year)
    once(school)

    new = letter(QUESTION, to=mail_user.address, sender="<papa@mail.example>", n=2)
    dovecot.drop(mail_user.address, new, arrived_at=datetime.now(UTC) + timedelta(seconds=2))
    dovecot.change_uidvalidity(mail_user.address)
    once(school, wrong_by_s=2)

    assert "papa@mail.example" in answered(sink)


def test_letters_since_a_day_are_told_apart_by_their_dates(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    older = letter(QUESTION, to=mail_user.address, n=1)
    dovecot.deliver(mail_user.address, older, internaldate=yesterday - timedelta(days=1))
    newer = letter(QUESTION, to=mail_user.address, sender="<papa@mail.example>", n=2)
    dovecot.deliver(mail_user.address, newer)

    once(school, "--since", f"{yesterday:%Y-%m-%d}", wrong_by_s=5 * HOUR_S)

    assert answered(sink) == ["papa@mail.example"]
