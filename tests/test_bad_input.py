"""Whatever is wrong: a message with place, cause and mend, the right exit code, and nothing lost."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.school import LONG_AGO, School, end, found_school, letter
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow

QUESTION = "Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"


@pytest.fixture
def school(tmp_path: Path, mail_user: MailUser, sink: Sink) -> School:
    return found_school(tmp_path, mail_user, sink, copy="none")


def edit(school: School, old: str, new: str) -> None:
    text = school.config.read_text(encoding="utf-8")
    assert old in text
    school.config.write_text(text.replace(old, new, 1), encoding="utf-8")


def wrong_password(school: School) -> None:
    (school.folder / "password").write_text("не тот пароль\n", encoding="utf-8")


def no_password_file(school: School) -> None:
    (school.folder / "password").unlink()


def missing_folder(school: School) -> None:
    edit(school, "  poll_seconds", "  folders: {inbox: Консультация}\n  poll_seconds")


def plain_connection_abroad(school: School) -> None:
    edit(school, "host: 127.0.0.1", "host: imap.mail.example")


def unknown_key(school: School) -> None:
    edit(school, "language: ru", "language: ru\nlanguag: ru")


def missing_key(school: School) -> None:
    edit(school, "  password_file: password\n", "")


def broken_yaml(school: School) -> None:
    edit(school, "imap:", "imap: [")


def broken_rules(school: School) -> None:
    rules = school.folder / "rules" / "lifecycle.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + "\nраундов: 3\n", encoding="utf-8")


def torn_checkpoint(school: School) -> None:
    school.state.mkdir(exist_ok=True)
    (school.state / "cases.json").write_text('{"cases": {"1": {"num', encoding="utf-8")


def torn_journal(school: School) -> None:
    school.state.mkdir(exist_ok=True)
    (school.state / "journal-2026-11.jsonl").write_text(
        '{"row":"ran","at":"2026-11-\n{"row":"ran"}\n', encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("spoil", "code", "place", "cause"),
    [
        (wrong_password, 78, "IMAP 127.0.0.1", "не принял пароль"),
        (no_password_file, 78, "password", "пароль не читается"),
        (missing_folder, 78, "Консультация", "такой папки нет на сервере"),
        (plain_connection_abroad, 78, "imap.tls", "открытым текстом"),
        (unknown_key, 78, "mailbot.yaml", "languag — такого ключа нет"),
        (missing_key, 78, "mailbot.yaml", "imap.password_file — не указано"),
        (broken_yaml, 78, "mailbot.yaml:", "это не YAML"),
        (broken_rules, 65, "lifecycle.yaml:", "раундов"),
        (torn_checkpoint, 78, "cases.json", "это не JSON"),
        (torn_journal, 78, "journal-2026-11.jsonl", "строка 1 не читается"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_wrong_is_told_with_place_cause_and_exit_code(
    spoil: Callable[[School], None],
    code: int,
    place: str,
    cause: str,
    school: School,
    dovecot: Dovecot,
    mail_user: MailUser,
    sink: Sink,
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    spoil(school)

    done = school.mailbot("once", "--since", LONG_AGO)

    assert done.returncode == code, done.stderr
    assert place in done.stderr
    assert cause in done.stderr
    assert "Traceback" not in done.stderr
    assert sink.accepted == ()
    assert len(dovecot.folder_letters(mail_user.address)) == 1


def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path, school: School) -> None:
    done = subprocess.run(
        [*school.command("once")[:-1], str(tmp_path / "нет.yaml")], capture_output=True, text=True, check=False
    )

    assert done.returncode == 78
    assert "нет.yaml" in done.stderr


def test_the_same_message_comes_in_english_where_the_terminal_is_english(school: School) -> None:
    wrong_password(school)

    done = school.mailbot("once", "--since", LONG_AGO, LC_ALL="en_US.UTF-8")

    assert "the login was refused" in done.stderr


def test_an_unreachable_server_means_try_again_later(school: School, mail_user: MailUser) -> None:
    edit(school, f"port: {mail_user.imap_port}", "port: 9")

    done = school.mailbot("once", "--since", LONG_AGO)

    assert done.returncode == 75
    assert "связь с сервером прервана" in done.stderr


def test_an_untrusted_certificate_is_refused_and_a_named_authority_is_enough(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    edit(school, f"port: {mail_user.imap_port}\n  tls: plain", f"port: {mail_user.imap_tls_port}\n  tls: tls")
    refused = school.mailbot("once", "--since", LONG_AGO)
    edit(school, "  tls: tls", f"  tls: tls\n  ca_file: {mail_user.ca_path}")
    trusted = school.mailbot("once", "--since", LONG_AGO)

    assert refused.returncode == 78
    assert "сертификату сервера нельзя доверять" in refused.stderr
    assert trusted.returncode == 0, trusted.stderr


def test_a_sending_server_that_is_away_keeps_the_mail_for_later(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    edit(school, f"port: {sink.port}", "port: 9")
    away = school.mailbot("once", "--since", LONG_AGO)
    owed = school.mailbot("owed").stdout

    assert away.returncode == 0, away.stderr
    assert "ждёт отправки" in owed
    assert len(dovecot.folder_letters(mail_user.address)) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB; root only, as in CI."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_stops_the_work_and_space_resumes_it(
    small_disk: Path, school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    edit(school, "language: ru", f"language: ru\nstate: {small_disk}")
    for n in range(3):
        raw = letter(QUESTION, to=mail_user.address, sender=f"<p{n}@mail.example>", n=n)
        dovecot.deliver(mail_user.address, raw)
    school.mailbot("once", "--since", "2030-01-01")  # first contact, nothing to answer yet
    filler = small_disk / "filler"
    fill(filler)

    full = school.mailbot("once", "--since", LONG_AGO)
    sent_while_full = sink.accepted
    filler.unlink()
    school.once()

    assert full.returncode == 75
    assert "Освободите место" in full.stderr
    assert sent_while_full == ()
    reached = [rcpt for one in sink.accepted for rcpt in one.rcpts if rcpt.endswith("@mail.example")]
    assert sorted(reached) == [f"p{n}@mail.example" for n in range(3)]
    assert dovecot.folder_letters(mail_user.address) == []


def fill(path: Path) -> None:
    """Writes until nothing more goes on."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass


def test_a_read_only_state_is_told_and_nothing_is_sent(
    small_disk: Path, school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    edit(school, "language: ru", f"language: ru\nstate: {small_disk}")
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    done = school.mailbot("once", "--since", LONG_AGO)

    assert done.returncode == 75
    assert str(small_disk) in done.stderr
    assert sink.accepted == ()


def test_a_daemon_waits_out_a_server_restart(school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink) -> None:
    daemon = school.start()
    try:
        dovecot.restart()
        dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
        sink.wait_for(1, 30)
    finally:
        log = end(daemon)

    assert "Traceback" not in log


def test_state_files_are_readable_by_their_owner_only(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    school.once()

    assert school.state.stat().st_mode & 0o077 == 0
    for path in school.state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_mailbot_is_installed_as_a_command() -> None:
    done = subprocess.run([Path(sys.executable).with_name("mailbot"), "--help"], capture_output=True, check=False)

    assert done.returncode == 0
    assert b"once" in done.stdout
