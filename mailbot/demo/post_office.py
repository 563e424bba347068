"""The demo's provider: one mailbox behind IMAP, one submission server, both on loopback and in memory.

Verbs: `deliver` puts a letter into the inbox; `sent` is what mailbot has sent, each mail also filed in Sent, as big
providers do. A letter that a person sends through the submission server to the mailbox lands in its inbox.
"""

import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from threading import Lock
from types import TracebackType
from typing import Self

from imapclient import SEEN, IMAPClient

from mailbot.cases.ids import OWN_ID
from mailbot.demo.imap_server import PymapServer
from mailbot.demo.smtp_sink import Accepted, Sink
from mailbot.letters.headers import scan_head
from mailbot.letters.key import with_unix_ends

SENT_FOLDER = "Отправленные"
PASSWORD = "demo"
TIMEOUT_S = 10.0


class PostOffice:
    """A context manager; the ports are known once it is entered."""

    def __init__(self, mailbox: str) -> None:
        self.mailbox = mailbox
        self.password = PASSWORD
        self._imap = PymapServer(mailbox, PASSWORD)
        self._smtp = Sink(user=mailbox, password=PASSWORD, on_accept=self._route)
        self._line = Lock()
        self._client: IMAPClient
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            opening.enter_context(self._imap)
            opening.enter_context(self._smtp)
            self._client = opening.enter_context(
                IMAPClient(self._imap.host, self._imap.port, ssl=False, timeout=TIMEOUT_S)
            )
            # imaplib sends a command in two writes; without this each append waits 40 ms for the other side's receipt
            self._client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client.login(self.mailbox, PASSWORD)
            self._client.create_folder(SENT_FOLDER)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def imap_port(self) -> int:
        """Where the mailbox answers on 127.0.0.1."""
        return self._imap.port

    @property
    def smtp_port(self) -> int:
        """Where the submission server answers on 127.0.0.1."""
        return self._smtp.port

    @property
    def sent(self) -> tuple[Accepted, ...]:
        """Everything mailbot has sent, in order."""
        return tuple(letter for letter in self._smtp.accepted if _is_ours(letter.raw))

    def deliver(self, raw: bytes, at: datetime) -> None:
        """A letter arrives in the inbox at `at` (UTC)."""
        self._append("INBOX", raw, (), at)

    def in_inbox(self) -> int:
        """How many letters lie in the inbox."""
        with self._line:
            return int(self._client.folder_status("INBOX", [b"MESSAGES"])[b"MESSAGES"])

    def _route(self, letter: Accepted) -> None:
        """Where an accepted letter goes; only this mailbox exists, all other recipients get nothing."""
        if _is_ours(letter.raw):
            self._append(SENT_FOLDER, letter.raw, (SEEN,), letter.at)
        elif self.mailbox in letter.rcpts:
            self._append("INBOX", letter.raw, (), datetime.now(UTC))

    def _append(self, folder: str, raw: bytes, flags: tuple[bytes, ...], at: datetime) -> None:
        with self._line:
            self._client.append(folder, raw, flags, at)


def _is_ours(raw: bytes) -> bool:
    """Whether mailbot wrote it: the Message-ID is of our form."""
    head = scan_head(with_unix_ends(raw), len(raw))
    return OWN_ID.fullmatch(head.first("message-id").decode("ascii", "replace").strip()) is not None
