"""`mailbot init`: from nothing to a first real answer, with no edit by hand, for each of the five regulations."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from mailbot.desk.answers import REGULATIONS, answers_text, asked_answers, read_answers
from mailbot.desk.init import pack_zone, set_up
from mailbot.desk.probe import common_server
from mailbot.errors import Words
from mailbot.rulebook.load import check_rulebook, load_rulebook
from tests.conftest import MailUser
from tests.school import letter
from tests.servers.dovecot import Dovecot

ANSWERED = {
    "Полное название школы": "Средняя школа № 7",
    "Как называть школу в письмах": "Школа № 7",
    "Адрес консультационного ящика": "help@school7.example",
    "Телефон школы": "8 (000) 000-00-07",
}


def answering(question: Words, default: str) -> str:
    return ANSWERED.get(question.ru, default)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_a_school_that_answers_four_questions_has_rules_that_work(regulation: str, tmp_path: Path) -> None:
    def ask(question: Words, default: str) -> str:
        return regulation if question.ru.startswith("Регламент") else answering(question, default)

    set_up(asked_answers(ask, pack_zone), tmp_path)

    book = load_rulebook(tmp_path / "rules", tmp_path / "templates")
    assert (book.school.mailbox, book.school.domains) == ("help@school7.example", ("school7.example",))
    assert book.regulation.id == regulation
    assert book.school.zone == (book.regulation.zone or "Europe/Moscow")
    assert book.school.desks["consultant"].people[0].address == "journal@school7.example"  # type: ignore[index]
    problems = check_rulebook(tmp_path / "rules", tmp_path / "templates")
    assert [one.code for one in problems if not one.warning] == []


def test_what_is_written_keeps_the_comments_that_explain_it(tmp_path: Path) -> None:
    set_up(asked_answers(answering, pack_zone), tmp_path)

    text = (tmp_path / "rules" / "school.yaml").read_text(encoding="utf-8")
    assert "help@school7.example" in text
    assert "# Кому срочные письма (опасность для ребёнка), пока директор в отъезде. Обязательно." in text
    assert "# часовой пояс школы" in text
    assert text.startswith("# yaml-language-server: $schema=schemas/school.json")


def test_the_same_answers_again_change_nothing(tmp_path: Path) -> None:
    answers = asked_answers(answering, pack_zone)
    set_up(answers, tmp_path)
    before = contents(tmp_path)

    assert set_up(answers, tmp_path) == ()
    assert contents(tmp_path) == before


def test_running_it_again_keeps_what_the_school_has_changed(tmp_path: Path) -> None:
    answers = asked_answers(answering, pack_zone)
    set_up(answers, tmp_path)
    topics, lifecycle = tmp_path / "rules" / "topics.yaml", tmp_path / "rules" / "lifecycle.yaml"
    topics.write_text(topics.read_text(encoding="utf-8") + "# наше примечание\n", encoding="utf-8")
    lifecycle.write_text(lifecycle.read_text(encoding="utf-8").replace("rounds: 3 ", "rounds: 2 ", 1), encoding="utf-8")
    school = tmp_path / "rules" / "school.yaml"
    school.write_text(
        school.read_text(encoding="utf-8").replace(
            "absences: []", "absences: [{address: director@school7.example, from: 2026-12-01, to: 2026-12-02}]"
        ),
        encoding="utf-8",
    )
    before = contents(tmp_path)

    set_up(answers, tmp_path)

    assert topics.read_text(encoding="utf-8").endswith("# наше примечание\n")
    assert len(load_rulebook(tmp_path / "rules", tmp_path / "templates").school.absences) == 1
    assert contents(tmp_path) == before


def test_another_regulation_later_leaves_no_value_the_document_settles_itself(tmp_path: Path) -> None:
    set_up(asked_answers(answering, pack_zone), tmp_path)
    changed = asked_answers(answering, pack_zone).model_copy(update={"regulation": "tyukalinsk-dnevnik"})

    set_up(changed, tmp_path)

    assert load_rulebook(tmp_path / "rules", tmp_path / "templates").regulation.training_working_days == 3


def signed(server: str, n: int) -> bytes:
    return f"Authentication-Results: {server}; dmarc=pass\r\nFrom: <a{n}@x.example>\r\n\r\nтекст\r\n".encode()


@pytest.mark.parametrize(
    ("servers", "found"),
    [
        (["mx.school.example"] * 5, "mx.school.example"),
        (["front1.mail.example", "front2.mail.example", "front3.mail.example"], ".mail.example"),
        (["mx.school.example", "mx.school.example"], ""),
        (["mx.one.example", "mx.two.example", "mx.three.example"], ""),
        ([], ""),
    ],
)
def test_the_server_that_proves_senders_is_believed_only_if_the_letters_agree(servers: list[str], found: str) -> None:
    assert common_server(signed(server, n) for n, server in enumerate(servers)) == found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a school is set up, and the commands run there."""

    folder: Path

    def mailbot(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mailbot", *words], cwd=self.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip

    def answers(self, regulation: str, user: MailUser, sink: Sink) -> Path:
        """As a school would write them."""
        path = self.folder / "answers.yaml"
        staff = {who: f"{who}@school.example.org" for who in ("consultant", "supervisor", "director", "office")}
        server = {"host": "127.0.0.1", "tls": "plain"}
        told = {
            "regulation": regulation, "name": "Средняя школа № 7", "short_name": "Школа № 7", "mailbox": user.address,
            "site": "https://school.example.org", "phones": ["8 (000) 000-00-07"], **staff,
            "director_absent": "supervisor@school.example.org", "imap": {**server, "port": user.imap_port},
            "smtp": {**server, "port": sink.port}, "copy": "none",
        }  # fmt: skip
        path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        (self.folder / "password").write_text(user.password + "\n", encoding="utf-8")
        return path


@pytest.mark.slow
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_init_and_four_commands_lead_from_nothing_to_a_first_answer(
    regulation: str, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    place = Place(tmp_path)
    answers = place.answers(regulation, mail_user, sink)

    begun = place.mailbot("init", "--answers", str(answers))
    checked = place.mailbot("check")
    first = place.mailbot("once")
    question = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
    dovecot.deliver(mail_user.address, letter(question, to=mail_user.address))
    second = place.mailbot("once")

    for done in (begun, checked, first, second):
        assert done.returncode == 0, done.stdout + done.stderr
    assert "Ящик открыт: писем во входящих 0" in begun.stdout
    assert "Сервер умеет всё нужное" in begun.stdout
    assert "Отправленные: «Sent»" in begun.stdout
    (sent,) = sink.accepted
    message = message_from_bytes(sent.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert sent.rcpts == ("mama@mail.example",)
    body = message.get_body(("plain",))
    assert body is not None
    system = load_rulebook(tmp_path / "rules", tmp_path / "templates").regulation.system
    assert " ".join(system.split()) in " ".join(str(body.get_content()).split())


@pytest.mark.slow
def test_a_wrong_password_is_said_and_what_was_written_stays(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    place = Place(tmp_path)
    answers = place.answers("osh-dnevnik", mail_user, sink)
    (tmp_path / "password").write_text("не тот\n", encoding="utf-8")

    done = place.mailbot("init", "--answers", str(answers))

    assert done.returncode == 78
    assert "не принял пароль" in done.stdout
    assert (tmp_path / "rules" / "school.yaml").exists()


def test_wrong_answers_are_told_at_their_lines_with_the_nearest_right_word(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("regulation: kansk\nnmae: Школа\nzone: Moscow\nconsultant: Иванова\n", encoding="utf-8")

    done = Place(tmp_path).mailbot("init", "--answers", str(path))

    assert done.returncode == 65
    assert "answers.yaml:1:13: неизвестное слово «kansk». Возможно, имелось в виду «kansk-eljur»" in done.stderr
    assert "answers.yaml:2:1: неизвестный ключ «nmae». Возможно, имелось в виду «name»" in done.stderr
    assert "answers.yaml:3:7: часового пояса «Moscow» нет" in done.stderr
    assert "answers.yaml:4:13: «Иванова» – не адрес почты" in done.stderr
    assert "нет ключа «mailbox»" in done.stderr
    assert not (tmp_path / "rules").exists()


def test_answers_given_at_the_terminal_can_be_given_again_from_their_file(tmp_path: Path) -> None:
    answers = asked_answers(answering, pack_zone)
    (tmp_path / "answers.yaml").write_text(answers_text(answers), encoding="utf-8")

    assert read_answers(tmp_path / "answers.yaml") == answers


def test_an_answer_that_cannot_be_used_is_asked_for_again_with_the_reason() -> None:
    asked: list[str] = []

    def ask(question: Words, default: str) -> str:
        asked.append(question.ru)
        if question.ru == "Почта директора":
            return "директор"
        return answering(question, default)

    answers = asked_answers(ask, pack_zone)

    assert answers.director == "director@school7.example"
    assert "«директор» – не адрес почты. Пишите так: zavuch@school.example.org. Почта директора" in asked
