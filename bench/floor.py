"""The floor: a bot that only exchanges the bytes. Fetch 50, parse, answer each with a fixed text, move; no thinking,
no state, no durability. What mailbot costs is measured against this, in the same run on the same servers.

    python -m bench.floor bare|packages IMAP_PORT SMTP_PORT USER PASSWORD

drains the inbox: `bare` with the least that Python can do (the standard library parses headers and talks SMTP),
`packages` with the packages that mailbot is made of (mail-parser, aiosmtplib), as a school's programmer would write it.
"""

import asyncio
import smtplib
import sys
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import parseaddr

import aiosmtplib
import mailparser
from imapclient import IMAPClient

BATCH = 50

Send = Callable[[int, str, str, Sequence[bytes]], None]


def drain(imap_port: int, smtp_port: int, user: str, password: str, send: Send) -> None:
    """Answers everything in INBOX and files it."""
    with IMAPClient("127.0.0.1", imap_port, ssl=False, timeout=60) as imap:
        imap.login(user, password)
        imap.select_folder("INBOX")
        if not imap.folder_exists("Done"):
            imap.create_folder("Done")
        uids = imap.search("ALL")
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            letters = imap.fetch(batch, [b"BODY.PEEK[]"])
            send(smtp_port, user, password, [letters[uid][b"BODY[]"] for uid in batch])
            imap.move(batch, "Done")


def bare(smtp_port: int, user: str, password: str, letters: Sequence[bytes]) -> None:
    """Answers by the standard library."""
    with smtplib.SMTP("127.0.0.1", smtp_port) as smtp:
        smtp.login(user, password)
        for raw in letters:
            smtp.send_message(_answer(parseaddr(str(message_from_bytes(raw)["From"]))[1], user))


def packages(smtp_port: int, user: str, password: str, letters: Sequence[bytes]) -> None:
    """Answers by mail-parser and aiosmtplib."""
    asyncio.run(_sent(smtp_port, user, password, letters))


async def _sent(smtp_port: int, user: str, password: str, letters: Sequence[bytes]) -> None:
    async with aiosmtplib.SMTP(
        hostname="127.0.0.1", port=smtp_port, username=user, password=password, start_tls=False
    ) as smtp:
        for raw in letters:
            senders = mailparser.parse_from_bytes(raw).from_
            await smtp.send_message(_answer(senders[0][1] if senders else user, user))


def _answer(to: str, user: str) -> EmailMessage:
    answer = EmailMessage()
    answer["From"] = user
    answer["To"] = to
    answer["Subject"] = "Re: received"
    answer.set_content("Ваше письмо получено.\n")
    return answer


if __name__ == "__main__":
    way, imap, smtp, *account = sys.argv[1:]
    drain(int(imap), int(smtp), account[0], account[1], {"bare": bare, "packages": packages}[way])
