"""A mind that decides upon mail but does not make it: enough for whoever asks what would become of a letter."""

from dataclasses import replace
from datetime import datetime

from mailbot.cases.draft import Draft, Writing
from mailbot.consider import Mind
from mailbot.replies.compose import sendable
from mailbot.replies.matter import Matter
from mailbot.replies.wording import Wording
from mailbot.rulebook.types import Rulebook


def without_words(mind: Mind) -> Mind:
    """The same mind, whose mail has its kind and its recipient only."""
    return replace(mind, compose=_unworded)


def _unworded(
    writing: Writing, matter: Matter, book: Rulebook, wording: Wording, secret: bytes, now: datetime
) -> Draft:
    """Who would get which kind of mail, and no mail: wording is most of a mail's cost."""
    return Draft(
        id="",
        case=matter.number,
        kind=writing.kind,
        letter_key=matter.letter_key,
        recipient=sendable(writing.recipient),
        message_id="",
        subject_key="",
        made_at=now,
        not_before=now,
        raw=b"",
    )
