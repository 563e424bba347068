"""Whether a letter is a bounce: a delivery report, or the words and senders of mail systems that write their own.

Seen in the wild: Yandex (multipart/report), Mail.ru (text with X-Failed-Recipients), Exim, qmail, Exchange in Russian.
"""

import re
from collections.abc import Iterator

from mailbot.letters.letter import Letter
from mailbot.triage.language import plain
from mailbot.triage.machine_headers import SYSTEM
from mailbot.triage.machine_words import MAX_CHARACTERS, heard_first
from mailbot.triage.sign import Kind, Sign

FORWARDED = re.compile(r"^\s*(?:fwd?|пересл|re|отв|на|hа)\s*:", re.IGNORECASE)


def bounce_signs(letter: Letter) -> Iterator[Sign]:
    """What makes this letter a bounce; nothing for a person who shows us one."""
    if letter.report is not None:
        told = (letter.report.action, letter.report.status, letter.report.recipient)
        yield Sign(Kind.SYSTEM, "bounce", " ".join(filter(None, told)))
        return
    if FORWARDED.match(letter.subject) or letter.header("content-type").lower().find("disposition") >= 0:
        return
    subject = heard_first("bounce-subject", plain(letter.subject))
    body = heard_first("bounce-body", plain(letter.text[:MAX_CHARACTERS]))
    system = bool(SYSTEM.match(letter.sender.address.partition("@")[0])) or not letter.sender.address
    null_path = letter.header("return-path").replace(" ", "") == "<>"
    if (subject and body) or (system and (subject or body)) or (null_path and subject):
        yield Sign(Kind.SYSTEM, "bounce-words", subject or body)
