"""Nothing a stranger writes becomes a header of ours."""

import unicodedata
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.cases.case import Kind
from mailbot.letters.letter import Address
from mailbot.replies.compose import compose
from mailbot.replies.headers import words
from mailbot.replies.wording import Wording
from mailbot.rulebook.ids import Slot
from tests.pictures.samples import NOW, SECRET, fact, matter, rulebook, writing

BOOK = rulebook()
WORDING = Wording.of(BOOK)
ABOUT = matter()
OURS = {
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted"),
    *("x-auto-response-suppress", "x-mailbot-loop", "content-language", "mime-version", "content-type"),
}

ATTACKS = (
    *("\r\nBcc: spy@example.com", "\nX: y\n\n", "\u2028Bcc: a@example.com", "\x85", "\x0b", "\u202e", "\u2060"),
    *("=?utf-8?q?=0D=0ABcc:_spy@example.com?=", ", spy@example.com", "<spy@example.com>", '"', "(", "["),
)
INVISIBLE = {"Cc", "Cf", "Zl", "Zp"}
hostile = st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=30)), max_size=6).map("".join)


@settings(max_examples=150, deadline=None)
@given(subject=hostile, name=hostile, message_id=hostile, value=hostile)
def test_no_subject_name_id_or_fact_of_a_stranger_adds_a_header(
    subject: str, name: str, message_id: str, value: str
) -> None:
    assert ABOUT.letter
    assert ABOUT.case
    letter = replace(ABOUT.letter, subject=subject, sender=Address(name, "mama@example.com"))
    case = replace(ABOUT.case, writer_name=name, facts=(fact(Slot.STUDENT, value),))
    about = replace(ABOUT, letter=letter, case=case)
    told = replace(
        writing(Kind.QUESTIONS, about, BOOK),
        recipient_name=name,
        subject_of=subject,
        thread_ids=(message_id, f"<{message_id}@example.com>"),
    )

    mail = compose(told, about, BOOK, WORDING, SECRET, NOW)
    message = message_from_bytes(mail.raw, policy=policy.default)

    assert {header.lower() for header in message} <= OURS
    assert len(message.keys()) == len(set(message.keys()))
    assert message["To"].addresses[0].addr_spec == "mama@example.com"
    assert len(message["To"].addresses) == 1
    assert str(message["Subject"]).endswith("[№ 2026-00017]")
    assert len(str(message["Subject"])) <= 120
    assert mail.raw.isascii()
    for header in ("Subject", "To"):
        assert not INVISIBLE & {unicodedata.category(sign) for sign in as_read(mail.raw, header)}


def as_read(raw: bytes, header: str) -> str:
    """A header as a mail program shows it, every encoded word undone."""
    value = str(message_from_bytes(raw)[header]).replace("\n", "").replace("\r", "")
    return str(make_header(decode_header(value)))


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200))
def test_a_subject_comes_out_of_its_encoding_as_it_went_in(text: str) -> None:
    raw = f"Subject: {words('Subject', text)}\r\n\r\n".encode()

    assert str(message_from_bytes(raw, policy=policy.default)["Subject"]).strip() == text.strip()
