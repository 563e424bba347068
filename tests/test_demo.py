"""The demo as a person starts it; what it promises on the screen is looked up in what it left behind."""

import re
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mailbot.demo.samples import SHIPPED, read_samples
from tests.school import letter

pytestmark = pytest.mark.slow
MACHINES = ("v.zueva@corp.example", "news@webinars.example", "mailer-daemon@mail.example")


@dataclass(frozen=True, slots=True)
class Shown:
    """A demo that has ended: what it printed and where it kept the mail."""

    code: int
    text: str
    errors: str
    out: Path

    @property
    def mails(self) -> list[Message]:
        """Every mail mailbot sent."""
        return [message_from_bytes(path.read_bytes()) for path in self.out.glob("mail/*/[0-9]*.eml")]


def demo(out: Path, *words: str) -> Shown:
    done = subprocess.run(command(out, *words), capture_output=True, text=True, timeout=120, env=env(), check=False)
    return Shown(done.returncode, done.stdout, done.stderr, out)


def command(out: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "mailbot", "demo", "--out", str(out), *words]


def env() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "120"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return demo(tmp_path_factory.mktemp("demo") / "out")


def test_the_demo_runs_to_its_end_without_a_complaint(shown: Shown) -> None:
    assert (shown.code, shown.errors) == (0, "")


def test_every_sample_letter_has_its_row_in_the_table(shown: Shown) -> None:
    table = shown.text.partition("Путь каждого письма")[2].partition("Итог")[0]
    numbers = re.findall(r"^ ?(\d+)  ", table, re.MULTILINE)

    assert numbers == [str(number) for number in range(1, len(read_samples(None)) + 1)]


def test_every_kind_of_letter_is_among_the_samples() -> None:
    heads = b"\n".join(path.read_bytes() for path in SHIPPED.glob("*.eml"))

    for sign in (b"text/html", b"windows-1251", b"auto-replied", b"report-type=delivery-status", b"List-Unsubscribe"):
        assert sign in heads


def test_the_second_pass_sends_nothing(shown: Shown) -> None:
    assert "отправлено 0. Дважды не ответили никому." in shown.text


def test_no_mail_goes_out_twice_and_none_goes_to_a_machine(shown: Shown) -> None:
    ids = [mail["Message-ID"] for mail in shown.mails]

    assert ids
    assert len(ids) == len(set(ids))
    assert not {mail["To"].rpartition("<")[2].rstrip(">") for mail in shown.mails} & set(MACHINES)


def test_every_mail_is_printed_in_full_and_kept_readable(shown: Shown) -> None:
    kept_texts = list(shown.out.glob("mail/*/[0-9]*.txt"))

    assert len(kept_texts) == len(shown.mails) > 0
    for kept in kept_texts:
        text = kept.read_text(encoding="utf-8").partition("\n\n")[2].strip()
        assert text
        assert text in shown.text
        assert kept.with_suffix(".html").read_text(encoding="utf-8").startswith("<")


def test_the_inbox_is_empty_in_the_end(shown: Shown) -> None:
    assert "во входящих осталось: 0" in shown.text


def test_a_colleagues_answer_reaches_the_parent_who_asked(shown: Shown) -> None:
    to_parent = [mail for mail in shown.mails if "s.ivanov@yandex.example" in mail["To"]]

    assert any("исправлена на 4" in words_of(mail) for mail in to_parent)


def test_a_parents_reply_to_our_questions_joins_the_case_it_answers(shown: Shown) -> None:
    assert numbers_in(shown.out, "19-the-missing-class") == numbers_in(shown.out, "03-mark-vanished") != set()


def test_a_school_can_show_its_own_letters_written_to_its_own_mailbox(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    own = letter("Где в дневнике посмотреть домашнее задание?", to="konsult@licey.example")
    (tmp_path / "letters" / "один.eml").write_bytes(own)

    shown = demo(tmp_path / "out", "--letters", str(tmp_path / "letters"))

    assert shown.code == 0, shown.errors
    assert [mail["To"] for mail in shown.mails if "konsult@licey.example" in mail["From"]]


def test_a_folder_that_no_demo_has_left_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "важное.txt").write_text("не удалять")

    shown = demo(tmp_path)

    assert shown.code == 65
    assert "--out" in shown.errors
    assert (tmp_path / "важное.txt").exists()


def test_the_folder_of_an_earlier_demo_is_used_again(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.eml").write_bytes(letter("Спасибо!", to="help@school.example.org"))
    words = ("--letters", str(tmp_path / "letters"))

    assert [demo(tmp_path / "out", *words).code for _ in range(2)] == [0, 0]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """A demo that keeps its servers running: the process and its ports for IMAP and SMTP."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.eml").write_bytes(letter("Спасибо!", to="help@school.example.org"))
    words = ("--serve", "--letters", str(tmp_path / "letters"))
    running = subprocess.Popen(
        command(tmp_path / "out", *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**env(), "COLUMNS": "300"},
    )
    assert running.stdout
    ports = next(found for line in running.stdout if (found := re.search(r"IMAP \S+:(\d+), SMTP \S+:(\d+)", line)))
    yield running, int(ports[1]), int(ports[2])
    running.kill()
    running.communicate()


def test_served_servers_answer_a_letter_sent_from_a_mail_program(
    served: tuple[subprocess.Popen[str], int, int],
) -> None:
    running, imap_port, smtp_port = served
    asked = letter("Как восстановить пароль от электронного дневника?", to="help@school.example.org", n=7)

    with smtplib.SMTP("127.0.0.1", smtp_port) as program:
        program.login("help@school.example.org", "demo")
        program.sendmail("mama@mail.example", ["help@school.example.org"], asked)

    with IMAPClient("127.0.0.1", imap_port, ssl=False) as program:
        program.login("help@school.example.org", "demo")
        wait_for_copy(program)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 0


def numbers_in(out: Path, letter: str) -> set[str]:
    """The case numbers of the mail that followed from a letter."""
    kept = [path.read_text(encoding="utf-8") for path in out.glob(f"mail/{letter}/*.txt")]
    return {number for text in kept for number in re.findall(r"\[№ ([\d-]+)\]", text)}


def wait_for_copy(program: IMAPClient) -> None:
    """Our mail shows up in Sent, as it would at a provider."""
    until = time.monotonic() + 30
    while program.folder_status("Отправленные", ["MESSAGES"])[b"MESSAGES"] == 0:
        assert time.monotonic() < until, "nothing was sent"
        time.sleep(0.1)


def words_of(mail: Message) -> str:
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()
