"""As a service under systemd: what the daemon tells it, what the unit promises, how monitoring sees both."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from mailbot.daemon.loop import LONGEST_WAIT_S, SLICE_S
from mailbot.demo.smtp_faults import RefuseConnection, RefuseSender
from mailbot.demo.smtp_sink import Sink
from mailbot.mailroom.child import START_S, WALL_S
from mailbot.mailroom.imap_session import COMMAND_DEADLINE_S
from mailbot.mailroom.outbox import DATA_TIMEOUT_S, STEP_TIMEOUT_S
from mailbot.settings import ImapSettings
from tests.conftest import MailUser
from tests.school import ROOT, School, end, found_school, letter
from tests.servers.dovecot import Dovecot

UNIT = ROOT / "systemd" / "mailbot.service"
QUESTION = "Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"


class Systemd:
    """The other end of $NOTIFY_SOCKET: keeps what it is told."""

    def __init__(self, channel: socket.socket, name: str) -> None:
        self.channel, self.address = channel, f"@{name}"
        self.told: list[str] = []

    def until(self, heard: Callable[[list[str]], bool], timeout_s: float = 30) -> list[str]:
        """Everything told so far, once `heard` is true of it."""
        give_up = time.monotonic() + timeout_s
        while not heard(self.told):
            assert time.monotonic() < give_up, self.told
            self.channel.settimeout(max(0.01, give_up - time.monotonic()))
            try:
                self.told += self.channel.recv(4096).decode().split("\n")
            except TimeoutError:
                continue
        return list(self.told)


@contextmanager
def systemd() -> Iterator[Systemd]:
    name = f"mailbot-{uuid4().hex}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind("\0" + name)
        yield Systemd(channel, name)


@pytest.fixture
def school(tmp_path: Path, mail_user: MailUser, sink: Sink) -> School:
    return found_school(tmp_path, mail_user, sink, copy="none")


@pytest.mark.slow
def test_systemd_hears_of_the_first_round_of_every_answer_of_a_server_and_of_the_end(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    with systemd() as heard:
        daemon = school.start(NOTIFY_SOCKET=heard.address)
        try:
            heard.until(lambda told: "READY=1" in told)
            status = heard.until(lambda told: any(line.startswith("STATUS=last good round") for line in told))
            before = status.count("WATCHDOG=1")
            dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
            sink.wait_for(1, 20)
            after = heard.until(lambda told: told[-1].startswith("STATUS=last good round") and len(told) > len(status))
        finally:
            end(daemon)
        told = heard.until(lambda told: "STOPPING=1" in told)

    steps = len(("wait over", "letter", "ehlo", "auth", "mail", "rcpt", "data", "round"))
    assert after.count("WATCHDOG=1") - before >= steps
    assert told[-1] == "STOPPING=1"
    assert not [line for line in told if "@" in line], "a status names nobody"


@pytest.mark.slow
def test_a_mail_server_away_at_boot_neither_delays_the_start_nor_starves_the_watchdog(
    tmp_path: Path, mail_user: MailUser, sink: Sink
) -> None:
    school = found_school(tmp_path, mail_user, sink, copy="none", imap_port=1)
    with systemd() as heard:
        daemon = subprocess.Popen(
            school.command("run"), stderr=subprocess.PIPE, text=True, env={"NOTIFY_SOCKET": heard.address}
        )
        try:
            told = heard.until(lambda told: told.count("WATCHDOG=1") >= 3)
        finally:
            end(daemon)

    assert "READY=1" in told
    assert any(line.startswith("STATUS=waiting: IMAP 127.0.0.1:1") for line in told)
    assert daemon.returncode == 0


def settings_of(unit: Path) -> dict[str, list[str]]:
    """Every key of a unit with its values in order."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if (pair := re.fullmatch(r"(\w+)=(.*)", line)) is not None:
            found.setdefault(pair[1], []).append(pair[2])
    return found


def test_the_watchdog_outlasts_the_longest_single_wait() -> None:
    (written,) = settings_of(UNIT)["WatchdogSec"]
    assert (minutes := re.fullmatch(r"(\d+)min", written))
    longest_poll_s = next(rule.le for rule in ImapSettings.model_fields["poll_seconds"].metadata if hasattr(rule, "le"))
    waits = (
        DATA_TIMEOUT_S + 2 * STEP_TIMEOUT_S,
        COMMAND_DEADLINE_S,
        LONGEST_WAIT_S + COMMAND_DEADLINE_S,
        SLICE_S,
        longest_poll_s,
        START_S + 2 * WALL_S,
    )

    assert int(minutes[1]) * 60 > max(waits)


def test_the_unit_runs_as_a_fixed_user_with_credentials_and_leaves_time_and_language_to_the_rules() -> None:
    unit = settings_of(UNIT)

    assert unit["Type"] == ["notify"]
    assert unit["User"] == unit["Group"] == ["mailbot"]
    assert "DynamicUser" not in unit
    assert [one.partition(":")[0] for one in unit["LoadCredential"]] == ["imap.password", "smtp.password"]
    assert not re.search(r"\b(TZ|LANG)=", " ".join(unit["Environment"]))
    assert unit["UMask"] == ["0077"]
    assert unit["RestartPreventExitStatus"] == ["78 65"]


@pytest.mark.slow
def test_the_unit_is_as_closed_as_promised_and_the_check_would_notice_if_it_were_not(tmp_path: Path) -> None:
    def exposure(unit: Path) -> subprocess.CompletedProcess[str]:
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=12", str(unit)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    opened = tmp_path / "mailbot.service"
    opened.write_text(re.sub(r"^SystemCallFilter=.*\n", "", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE))

    assert exposure(UNIT).returncode == 0, exposure(UNIT).stdout
    assert exposure(opened).returncode == 1


@pytest.mark.slow
def test_status_tells_monitoring_everything_it_must_know(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    never_ran = school.mailbot("status", "--json")
    sink.fail(RefuseSender("550 5.7.1 suspicion of SPAM"), times=None)
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    daemon = school.start("--since", "2020-01-01")
    end(daemon)
    works = school.mailbot("status", "--json")
    told = json.loads(works.stdout)
    health = json.loads((school.state / "health.json").read_text())
    health["last_good"] = "2026-01-01T00:00:00+00:00"
    (school.state / "health.json").write_text(json.dumps(health))
    silent = school.mailbot("status")

    assert never_ran.returncode == 1
    assert json.loads(never_ran.stdout)["healthy"] is False
    assert works.returncode == 0
    assert told["healthy"] is True
    assert told["age_s"] < 60
    assert (told["owed"], told["needs_person"], told["set_aside"]) == (1, 0, 0)
    assert 0 <= told["oldest_owed_s"] < 60
    assert told["paused_until"], "the provider has blocked us: the breaker is open"
    assert told["unfinished_letters"] == 1
    assert (told["budget"], told["budget_left"], told["mail_today"]) == (300, 299, 1)
    assert silent.returncode == 1
    assert "давно не проверялась" in silent.stdout


@pytest.mark.slow
def test_the_daemon_cries_for_help_through_the_second_server_when_the_first_is_gone(school: School, sink: Sink) -> None:
    with Sink(user="alarm@other.example", password="another") as other:
        (school.folder / "alarm.password").write_text("another\n")
        with school.config.open("a", encoding="utf-8") as file:
            file.write(
                f"alarm_smtp: {{host: 127.0.0.1, port: {other.port}, tls: plain, user: alarm@other.example, "
                "password_file: alarm.password}\n"
            )
        end(school.start())
        sink.fail(RefuseConnection(), times=None)
        (school.folder / "rules" / "school.yaml").write_text("ошибка", encoding="utf-8")
        (school.state / "format").write_text("99")
        refused = school.mailbot("run")

        (alarm,) = other.accepted

    assert refused.returncode == 78
    assert alarm.rcpts == ("admin@school.example.org",)
    assert sink.accepted == ()
