"""The floor: a bot that only exchanges the bytes. Fetch 50, parse, answer each with a fixed text, move; no thinking,
no state, no durability. What mailbot costs is measured against this, in the same run on the same servers.

`python -m bench.floor IMAP_PORT SMTP_PORT USER PASSWORD` drains the inbox.
"""

import smtplib
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import parseaddr

from imapclient import IMAPClient

BATCH = 50


def drain(imap_port: int, smtp_port: int, user: str, password: str) -> None:
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
            with smtplib.SMTP("127.0.0.1", smtp_port) as smtp:
                smtp.login(user, password)
                for uid in batch:
                    smtp.send_message(_answer(letters[uid][b"BODY[]"], user))
            imap.move(batch, "Done")


def _answer(raw: bytes, user: str) -> EmailMessage:
    letter = message_from_bytes(raw)
    answer = EmailMessage()
    answer["From"] = user
    answer["To"] = parseaddr(str(letter["From"]))[1]
    answer["Subject"] = "Re: received"
    answer.set_content("Ваше письмо получено.\n")
    return answer


if __name__ == "__main__":
    drain(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
