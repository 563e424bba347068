"""What a mail says, taken out of its bytes again: for the tests of replies."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

from mailbot.cases.case import Kind
from mailbot.cases.draft import Draft, Writing
from mailbot.replies.compose import compose
from mailbot.replies.matter import Matter
from mailbot.replies.wording import Wording
from mailbot.rulebook.types import Rulebook
from tests.pictures.samples import (
    NOW,
    SECRET,
    rulebook,
    sample_matter,
    writing,
)

BOOK = rulebook()
WORDING = Wording.of(BOOK)
UGLY = re.compile(r"\n\n\n| ,|\(\)| \.\s|: *\.")
"""Blank lines, stray signs and empty brackets: what a template leaves behind where a fact was missing."""


def said(kind: Kind, about: Matter | None = None, book: Rulebook = BOOK, **changes: object) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail."""
    about = about or sample_matter(kind)
    told: Writing = replace(writing(kind, about, book), **changes)  # type: ignore[arg-type]
    wording = WORDING if book is BOOK else Wording.of(book)
    return parts(compose(told, about, book, wording, SECRET, NOW))


def parts(mail: Draft) -> tuple[str, str, str]:
    message = message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return str(message["Subject"]), unix(text.get_content()), unix(html.get_content())


def unix(content: str) -> str:
    return content.replace("\r\n", "\n")


def flat(text: str) -> str:
    """Text as if it had never been wrapped."""
    return " ".join(text.split())
