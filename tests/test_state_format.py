"""The state of an older version is taken over as it is meant; that of a newer one is left untouched."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.casebook.casebook import Casebook, load_ledger
from mailbot.casebook.format import FORMAT
from mailbot.cases.case import CaseState
from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.school import School, found_school, letter
from tests.servers.dovecot import Dovecot

BOX = "help@school.example.org"
STATES = Path(__file__).parent / "states"
MADE_ON = b"2026-11-27T"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def taken_over(school: School, name: str) -> None:
    """Lays the state of an older version into the school's folder, as if it had been left yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for path in (STATES / name).rglob("*"):
        if path.is_file():
            target = school.state / path.relative_to(STATES / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            moved = path.read_bytes()
            if path.suffix != ".eml":  # frozen bytes are named by their hash
                moved = moved.replace(MADE_ON, f"{yesterday:%Y-%m-%d}T".encode())
            target.write_bytes(moved)
    (school.state / "journal.jsonl").rename(school.state / f"journal-{yesterday:%Y-%m}.jsonl")


@pytest.mark.slow
def test_a_state_of_the_first_version_goes_on_and_nobody_is_answered_twice(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    school = found_school(tmp_path, mail_user, sink, copy="none", mailbox=BOX)
    taken_over(school, "format-1")
    answered = letter("Как восстановить пароль от электронного дневника?", to=BOX, n=1)
    waiting = letter("У дочери пропала пятёрка по химии", to=BOX, sender="Папа <papa@mail.example>", n=2)
    for raw in (answered, waiting):
        dovecot.deliver(mail_user.address, raw)

    school.once(since="")

    ledger = load_ledger(school.state, datetime.now(UTC))
    assert [one.rcpts for one in sink.accepted] == [("papa@mail.example",)]
    assert dovecot.folder_letters(mail_user.address) == []
    assert [case.state for case in ledger.cases.values()] == [CaseState.ANSWERED, CaseState.WAITING]
    assert (school.state / "format").read_text() == f"{FORMAT}\n"


@pytest.mark.parametrize("told", [f"{FORMAT + 1}\n", "0", "две"])
def test_a_state_in_a_form_we_do_not_know_stops_every_command_and_is_not_touched(told: str, tmp_path: Path) -> None:
    user = MailUser(address=BOX, password="x", imap_host="127.0.0.1", imap_port=1, imap_tls_port=1, ca_path=Path())
    with Sink() as sink:
        school = found_school(tmp_path, user, sink, copy="none", mailbox=BOX)
    Casebook(school.state, NOW).close()
    (school.state / "format").write_text(told)
    before = {path: path.read_bytes() for path in school.state.rglob("*") if path.is_file() and path.name != "lock"}

    for words in (("once",), ("status",), ("forget", "mama@mail.example")):
        done = school.mailbot(*words)
        assert done.returncode == 78, (words, done.stdout, done.stderr)
        assert "другой версией mailbot" in done.stderr
        assert "копию состояния, сделанную перед обновлением" in done.stderr
    after = {path: path.read_bytes() for path in school.state.rglob("*") if path.is_file() and path.name != "lock"}
    assert after == before


def test_a_new_state_has_todays_format(tmp_path: Path) -> None:
    Casebook(tmp_path, NOW).close()

    assert (tmp_path / "format").read_text() == f"{FORMAT}\n"
