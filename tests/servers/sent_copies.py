"""What happens to a letter after the sink took it over: our copy appears in Sent, and local recipients get theirs.

Hooks for `Sink.on_accept`; `in_turn` joins several. They speak IMAP to whatever server holds the mailbox.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock, Timer
from types import TracebackType
from typing import Self

from imapclient import SEEN, IMAPClient

from mailbot.demo.smtp_sink import Accepted

CLIENT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """A mailbox on a loopback server that speaks plain IMAP on `port`."""

    port: int
    user: str
    password: str

    def append(self, folder: str, raw: bytes, flags: tuple[bytes, ...] = ()) -> None:
        """Puts a letter into a folder, which is made if there is none."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=CLIENT_TIMEOUT_S) as client:
            client.login(self.user, self.password)
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, flags)


class SentCopies:
    """Files each accepted letter into Sent: before the client hears 250, `after_s` seconds later, or never (None).

    A context manager: copies still pending at its end are not filed.
    """

    def __init__(self, account: ImapAccount, *, after_s: float | None, folder: str = "Sent") -> None:
        self._account = account
        self._after_s = after_s
        self._folder = folder
        self._lock = Lock()
        self._pending: list[Timer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            pending = tuple(self._pending)
        for timer in pending:
            timer.cancel()
            timer.join()

    def __call__(self, letter: Accepted) -> None:
        if self._after_s is None:
            return
        if self._after_s == 0:
            self._file(letter.raw)
            return
        timer = Timer(self._after_s, self._file, (letter.raw,))
        with self._lock:
            self._pending.append(timer)
        timer.start()

    def _file(self, raw: bytes) -> None:
        self._account.append(self._folder, raw, (SEEN,))


@dataclass(frozen=True, slots=True)
class LocalDelivery:
    """Delivers to the INBOX of each recipient who has a mailbox here; others' copies are only kept by the sink."""

    inboxes: Mapping[str, ImapAccount]  # by address in lower case

    def __call__(self, letter: Accepted) -> None:
        for address in letter.rcpts:
            if account := self.inboxes.get(address.lower()):
                account.append("INBOX", letter.raw)


def in_turn(*hooks: Callable[[Accepted], None]) -> Callable[[Accepted], None]:
    """One hook that calls each of these, in this order."""

    def all_of_them(letter: Accepted) -> None:
        for hook in hooks:
            hook(letter)

    return all_of_them
