"""What our mail looks like on the wire: the same bytes always, answerable by no machine, threaded in every program."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.cases.draft import Draft, Writing
from mailbot.cases.ids import case_of_own_id, loop_token, number_in
from mailbot.letters.letter import Proof
from mailbot.letters.read import read_letter
from mailbot.replies.compose import UnsendableAddress, compose
from mailbot.replies.context import LONGEST_ATTACHED
from mailbot.replies.matter import Matter
from mailbot.replies.subject import subject_key
from mailbot.replies.wording import Wording
from tests.pictures.samples import (
    KINDS,
    LETTER,
    NOW,
    SECRET,
    STAFF_KINDS,
    draft,
    matter,
    rulebook,
    sample_matter,
    writing,
)

BOOK = rulebook()
WORDING = Wording.of(BOOK)


def composed(kind: Kind, about: Matter | None = None, **changes: object) -> Draft:
    about = about or sample_matter(kind)
    told: Writing = replace(writing(kind, about, BOOK), **changes)  # type: ignore[arg-type]
    return compose(told, about, BOOK, WORDING, SECRET, NOW)


def parsed(mail: Draft) -> EmailMessage:
    message = message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(mail: Draft, kind: str) -> str:
    body = parsed(mail).get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_mail_is_written_with_the_same_bytes_however_often_it_is_written(kind: Kind) -> None:
    assert draft(kind, BOOK, WORDING) == draft(kind, BOOK, Wording.of(BOOK))


@pytest.mark.parametrize("kind", KINDS)
def test_mail_passes_any_server_and_is_read_without_a_defect(kind: Kind) -> None:
    mail = composed(kind)
    head = mail.raw.partition(b"\r\n\r\n")[0]

    assert mail.raw.isascii()
    assert not {10, 13} & set(mail.raw.replace(b"\r\n", b""))
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 78
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ ]*\?=", head))
    for one in parsed(mail).walk():
        assert not one.defects


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not Kind.RELAY])
def test_no_machine_is_invited_to_answer(kind: Kind) -> None:
    message = parsed(composed(kind))

    assert message["Auto-Submitted"] == ("auto-replied" if kind in FOR_WRITERS else "auto-generated")
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Mailbot-Loop"] == loop_token(SECRET)
    assert "Reply-To" not in message
    assert "Precedence" not in message


def test_a_colleagues_answer_reaches_the_writer_as_a_persons_letter() -> None:
    message = parsed(composed(Kind.RELAY))

    for mark in ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Mailbot-Loop", "Precedence"):
        assert mark not in message
    assert "автоматически" not in part(composed(Kind.RELAY), "plain")


def test_only_danger_is_marked_as_urgent() -> None:
    marked = {kind for kind in KINDS if parsed(composed(kind))["X-Priority"]}

    assert marked == {Kind.URGENT}
    assert parsed(composed(Kind.URGENT))["Importance"] == "high"


def test_an_answer_stays_in_the_thread_of_a_letter_with_a_very_long_id() -> None:
    long_id = f"<{'A1b2' * 23}@mail.outlook.example>"

    mail = composed(Kind.GUIDANCE, thread_ids=("<first@example.com>", long_id))

    assert f"In-Reply-To: {long_id}\r\n".encode() in mail.raw
    assert f"References: <first@example.com>\r\n {long_id}\r\n".encode() in mail.raw


def test_a_long_thread_is_cut_in_the_middle_and_keeps_its_root() -> None:
    ids = tuple(f"<{number}.{'x' * 100}@example.com>" for number in range(30))

    references = parsed(composed(Kind.GUIDANCE, thread_ids=ids))["References"].split()

    assert (references[0], references[-1]) == (ids[0], ids[-1])
    assert len(references) <= 10
    assert len(" ".join(references)) <= 900


@pytest.mark.parametrize("bad", ["<a@b> <c@d>", "<a\r\nBcc: x@example.com>", "<привет@example.com>", "no-brackets", ""])
def test_a_malformed_message_id_is_left_out_of_the_thread(bad: str) -> None:
    message = parsed(composed(Kind.GUIDANCE, thread_ids=(bad, "<good@example.com>")))

    assert message["References"] == "<good@example.com>"


def test_mail_is_dated_in_the_schools_zone() -> None:
    book = rulebook(zone="Asia/Omsk")
    about = matter()

    mail = compose(writing(Kind.RECEIPT, about, book), about, book, Wording.of(book), SECRET, NOW)

    assert parsed(mail)["Date"] == "Fri, 20 Nov 2026 14:05:00 +0600"


def test_a_message_id_names_its_case_and_differs_by_kind_recipient_round_and_secret() -> None:
    about = matter()
    told = writing(Kind.QUESTIONS, about, BOOK)
    variants = [told, replace(told, kind=Kind.REMINDER), replace(told, recipient="papa@example.com")]
    variants.append(replace(told, round=2))
    ids = {compose(one, about, BOOK, WORDING, SECRET, NOW).message_id for one in variants}
    ids.add(compose(told, about, BOOK, WORDING, b"another secret", NOW).message_id)

    assert len(ids) == 5
    assert {case_of_own_id(one) for one in ids} == {"2026-00017"}


def test_a_draft_says_when_it_may_leave() -> None:
    later = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    assert composed(Kind.RELAY, not_before=later).not_before == later
    assert composed(Kind.RELAY).not_before == NOW


@pytest.mark.parametrize("kind", STAFF_KINDS)
def test_a_subject_to_staff_names_the_number_and_at_most_the_topic(kind: Kind) -> None:
    subject = str(parsed(composed(kind))["Subject"])
    rest = subject
    for title in (topics.title for topics in BOOK.topics.values()):
        rest = rest.replace(title, "")

    assert number_in(subject) == "2026-00017"
    for word in ("Иванова", "Мария", "Марии", "пятёрка", "математика", "mama"):
        assert word not in rest


def test_an_answer_carries_the_writers_subject_and_the_number() -> None:
    mail = composed(Kind.QUESTIONS, subject_of="Fwd: RE: Отв: Пропала пятёрка [№ 2026-00003]")

    assert parsed(mail)["Subject"] == "Re: Пропала пятёрка [№ 2026-00017]"


def test_a_long_subject_is_cut_before_the_number() -> None:
    subject = str(parsed(composed(Kind.QUESTIONS, subject_of="оценка " * 60))["Subject"])

    assert len(subject) <= 120
    assert subject.endswith("… [№ 2026-00017]")


def test_letters_of_one_thread_count_as_one_subject() -> None:
    assert subject_key("Re: Fwd: Оценка  [№ 2026-00017]") == subject_key("оценка")
    assert subject_key("Оценка") != subject_key("Расписание")


def test_the_original_goes_along_byte_for_byte_and_unopened() -> None:
    about = matter(LETTER.replace("Subject:", "X-Odd : kept as it is\nSubject:") + "\nконец без перевода строки")

    files = list(parsed(composed(Kind.FORWARD, about)).iter_attachments())

    assert [file.get_filename() for file in files] == ["pismo-2026-00017.eml"]
    assert files[0].get_content_type() == "application/octet-stream"
    assert files[0].get_payload(decode=True) == about.raw


def test_a_letter_too_large_to_attach_is_said_to_be_so() -> None:
    about = replace(matter(), raw=b"x" * (LONGEST_ATTACHED + 1))

    mail = composed(Kind.FORWARD, about)

    assert list(parsed(mail).iter_attachments()) == []
    assert "слишком велико" in part(mail, "plain")
    assert "приложено" not in part(mail, "plain")


def with_file(disposition: str, content: str = "0J/RgNC40LLQtdGC") -> Matter:
    """The mother's letter with a file beside it."""
    head, _, words = LETTER.replace("\r\n", "\n").partition("\n\n")
    kept = "\n".join(line for line in head.split("\n") if not line.lower().startswith(("content-", "mime-")))
    text = (
        f'{kept}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}\n"
        f"--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: {disposition}\n\n{content}\n--b--\n"
    )
    return matter(text)


@pytest.mark.parametrize(
    "about",
    [
        with_file('attachment; filename="setup.exe"'),
        with_file('attachment; filename="foto.jpg.SCR"'),
        with_file("attachment; filename*=utf-8''%D1%81%D1%87%D1%91%D1%82.js"),
        with_file('attachment; filename="=?utf-8?B?0YHRh9GR0YIuanM=?="'),
        with_file('attachment; filename="foto.jpg"', "TVqQ" + "A" * 72),
    ],
)
def test_a_file_that_may_be_a_program_is_not_passed_on(about: Matter) -> None:
    later = replace(about, letter=None)

    assert list(parsed(composed(Kind.FORWARD, about)).iter_attachments()) == []
    assert "может оказаться вредоносным" in " ".join(part(composed(Kind.FORWARD, about), "plain").split())
    assert list(parsed(composed(Kind.STAFF_REMINDER, later, attach_original=True)).iter_attachments()) == []


def test_pictures_documents_and_words_about_programs_are_passed_on() -> None:
    for name in ("foto.jpg", "spravka.docx", "otchet.pdf", "archive.zip"):
        files = list(parsed(composed(Kind.FORWARD, with_file(f'attachment; filename="{name}"'))).iter_attachments())
        assert len(files) == 1
    about = matter(LETTER + "\nНе запускается setup.exe; помогите\n")
    assert len(list(parsed(composed(Kind.FORWARD, about)).iter_attachments())) == 1


def test_a_desk_outside_the_school_is_told_the_number_and_nothing_else() -> None:
    mail = composed(Kind.FORWARD, attach_original=False, number_only=True)
    whole = part(mail, "plain") + part(mail, "html") + str(parsed(mail)["Subject"])

    assert "2026-00017" in whole
    for secret in ("Иванова", "Ивановой", "математика", "mama@example.com", "пятёрка", "Успеваемость", "родитель"):
        assert secret not in whole


def test_a_letter_nobody_could_read_is_handed_over_whole() -> None:
    unreadable = replace(matter(), letter=None, raw=b"\xff\x00 broken")

    files = list(parsed(composed(Kind.FORWARD, unreadable)).iter_attachments())

    assert files[0].get_payload(decode=True) == b"\xff\x00 broken"


@pytest.mark.parametrize("address", ["иван@example.com", "a@b@example.com", "mama@example", "", "x y@example.com"])
def test_mail_to_an_address_that_cannot_be_sent_to_is_refused(address: str) -> None:
    with pytest.raises(UnsendableAddress):
        composed(Kind.RECEIPT, recipient=address)


def test_an_address_in_a_cyrillic_domain_is_written_in_its_latin_form() -> None:
    assert composed(Kind.RECEIPT, recipient="mama@школа.рф").recipient == "mama@xn--80atdl2c.xn--p1ai"


def test_our_own_reader_finds_nothing_but_our_letter_below_the_marker() -> None:
    mail = composed(Kind.QUESTIONS)

    letter = read_letter(mail.raw)

    assert letter.question == ""
    assert letter.message_id == mail.message_id


def test_a_deadline_and_the_letter_before_it_are_different_mails() -> None:
    about = replace(matter(), letter=None, raw=None)

    first = compose(writing(Kind.REMINDER, about, BOOK), about, BOOK, WORDING, SECRET, NOW)
    same = compose(writing(Kind.REMINDER, about, BOOK), about, BOOK, WORDING, SECRET, NOW + timedelta(days=1))

    assert first.letter_key == same.letter_key == matter().letter_key
    assert first.message_id == same.message_id
    assert first.message_id != composed(Kind.QUESTIONS).message_id


def test_a_strangers_name_and_subject_are_not_passed_on_to_an_address_nobody_proved() -> None:
    about = matter(LETTER.replace("Пропала пятёрка", "Вы выиграли приз"), proof=Proof.UNPROVEN)

    mail = composed(Kind.GUIDANCE, about, recipient_name="Лотерея: заберите приз")

    assert "приз" not in str(parsed(mail)["Subject"]) + str(parsed(mail)["To"]) + part(mail, "plain")
