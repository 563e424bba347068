"""A saved change of the rules: live when it is good, told to the admin and kept out when it is not."""

import json
import subprocess
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.daemon.rules_kept import book_in_force, keep
from mailbot.demo.smtp_sink import Sink
from mailbot.rulebook.files import read_folder
from mailbot.settings import load_settings
from tests.conftest import MailUser
from tests.school import LONG_AGO, School, end, found_school, letter
from tests.servers.dovecot import Dovecot
from tests.test_kill import wait_until

pytestmark = pytest.mark.slow

QUESTION = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
GUIDANCE = "Забытый пароль или логин восстанавливаются самостоятельно"
ADMIN = "admin@school.example.org"


@pytest.fixture
def school(tmp_path: Path, mail_user: MailUser, sink: Sink) -> School:
    return found_school(tmp_path, mail_user, sink, copy="none", poll_s=1)


def change(school: School, name: str, old: str, new: str) -> None:
    path = school.folder / "rules" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def break_rules(school: School) -> None:
    change(school, "lifecycle.yaml", "rounds: 3", "rouns: 3")


def break_an_example(school: School) -> None:
    change(school, "topics.yaml", "expect: {missing: date, disposition: clarify}", "expect: {disposition: answer}")


def settle() -> None:
    """Lets a change be older than an editor may take to write it."""
    time.sleep(2.1)


def said(sink: Sink, recipient: str) -> list[str]:
    """Text parts of what was sent to an address."""
    found = []
    for one in sink.accepted:
        if recipient in one.rcpts:
            message = message_from_bytes(one.raw, policy=policy.default)
            assert isinstance(message, EmailMessage)
            body = message.get_body(("plain",))
            assert body is not None
            found.append(" ".join(str(body.get_content()).split()))
    return found


def status(school: School) -> dict[str, str]:
    told: dict[str, str] = json.loads(school.mailbot("status", "--json").stdout)
    return told


class Running:
    """A daemon of the school; letters wake it."""

    def __init__(self, school: School, dovecot: Dovecot, user: MailUser) -> None:
        self.school, self.dovecot, self.user, self.letters = school, dovecot, user, 0
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Running":
        self.process = self.school.start("--since", LONG_AGO)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:
            end(self.process)

    def ask(self) -> str:
        """A new parent asks for the password; the parent's address."""
        self.letters += 1
        sender = f"parent-{self.letters}@mail.example"
        raw = letter(QUESTION, to=self.user.address, sender=f"<{sender}>", n=self.letters)
        self.dovecot.deliver(self.user.address, raw)
        return sender


@pytest.fixture
def daemon(school: School, dovecot: Dovecot, mail_user: MailUser) -> Running:
    return Running(school, dovecot, mail_user)


def test_a_good_change_is_live_with_the_next_letter_without_a_restart(
    daemon: Running, school: School, sink: Sink
) -> None:
    with daemon:
        before = daemon.ask()
        wait_until(lambda: bool(said(sink, before)))
        change(school, "topics.yaml", GUIDANCE, "По-новому: забытый пароль или логин восстанавливаются самостоятельно")
        settle()
        after = daemon.ask()
        wait_until(lambda: bool(said(sink, after)))

    assert "По-новому" not in said(sink, before)[0]
    assert "По-новому" in said(sink, after)[0]
    assert said(sink, ADMIN) == []


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (break_rules, "неизвестный ключ «rouns». Возможно, имелось в виду «rounds»"),
        (break_an_example, "disposition: ожидалось answer, получилось clarify"),
    ],
)
def test_a_bad_change_leaves_the_old_rules_in_force_and_is_told_once(
    spoil: Callable[[School], None], reason: str, daemon: Running, school: School, sink: Sink
) -> None:
    with daemon:
        hash_before = status(school)["rules"]
        spoil(school)
        settle()
        asked = [daemon.ask(), daemon.ask()]
        wait_until(lambda: all(said(sink, one) for one in asked) and bool(said(sink, ADMIN)))
        (school.folder / "rules" / "topics.yaml").touch()
        settle()
        later = daemon.ask()
        wait_until(lambda: bool(said(sink, later)))
        told = status(school)

    assert len(said(sink, ADMIN)) == 1
    assert reason in said(sink, ADMIN)[0]
    assert "в силе остаются прежние" in said(sink, ADMIN)[0]
    assert reason in " ".join(told["rules_refused"].split())
    assert hash_before in ("", told["rules"])


def test_after_the_mend_the_new_rules_are_in_force_and_status_is_content(
    daemon: Running, school: School, sink: Sink
) -> None:
    with daemon:
        break_rules(school)
        settle()
        first = daemon.ask()
        wait_until(lambda: bool(said(sink, first)))
        before = status(school)["rules"]
        change(school, "lifecycle.yaml", "rouns: 3", "rounds: 2")
        settle()
        second = daemon.ask()
        wait_until(lambda: bool(said(sink, second)))
        told = status(school)

    assert told["rules_refused"] == ""
    assert told["rules"] != before


def test_the_last_good_rules_survive_a_restart_with_broken_ones_on_disk(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    school.once()
    break_rules(school)
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    settle()

    school.once()
    school.once()

    assert GUIDANCE in said(sink, "mama@mail.example")[0]
    assert len(said(sink, ADMIN)) == 1
    assert "rouns" in status(school)["rules_refused"]


def test_a_first_start_with_broken_rules_is_refused(school: School, sink: Sink) -> None:
    break_rules(school)

    done = school.mailbot("once", "--since", LONG_AGO)

    assert done.returncode == 65
    assert "«rounds»" in done.stderr
    assert sink.accepted == ()


def test_another_mailbox_address_waits_for_a_restart(
    daemon: Running, school: School, sink: Sink, mail_user: MailUser
) -> None:
    with daemon:
        change(school, "school.yaml", f"mailbox: {mail_user.address}", "mailbox: other@school.example.org")
        settle()
        asked = daemon.ask()
        wait_until(lambda: bool(said(sink, asked)) and bool(said(sink, ADMIN)))

    assert "Перезапустите mailbot" in said(sink, ADMIN)[0]


def test_an_alarm_can_be_written_while_the_rules_on_disk_are_broken(school: School) -> None:
    settings = load_settings(school.config)
    keep(settings.state, read_folder(settings.rules, settings.templates))
    break_rules(school)

    assert book_in_force(settings).school.admin.address == ADMIN
