"""One IMAP session (RFC 3501/9051): connect, look, fetch, file, wait. Thin over imapclient, around its traps.

Never decided from FETCH FLAGS nor \\Seen; the explicit UID list drives everything and a missing UID is no error. Any
trouble on the wire becomes `Setback`: the caller drops the session and makes a new one.
"""

import contextlib
import imaplib
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError, ProtocolError

from mailbot.errors import BadSettings, Setback, Words
from mailbot.letters.key import letter_key
from mailbot.mailroom.on_server import BoxState, Cited, Fact, Fetched, by_bytes, cited_in, header_blocks
from mailbot.mailroom.tls import client_context
from mailbot.settings import ImapSettings, Tls

BATCH = 50
DATES_AT_ONCE = 1000  # a command line of UIDs must stay below the 64 kB that Dovecot takes (§1.1 r)
SEARCHABLE_ID = re.compile(r"<[A-Za-z0-9!#$&'+/=?^_`|~.@-]{3,250}>", re.ASCII)
COMMAND_DEADLINE_S = 300
READ_TIMEOUT_S = 60
IDLE_CHECK_S = 2.0
SENT_NAMES = ("Sent", "Отправленные", "Sent Items", "Sent Messages", "INBOX.Sent")
SPAM_NAMES = ("Spam", "Спам", "Junk", "Junk E-mail", "INBOX.Spam")
HEADER_FIELDS = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES FROM X-MAILBOT-LOOP)]"
_WIRE_TROUBLE = (
    imaplib.IMAP4.abort,
    imaplib.IMAP4.error,
    IMAPClientError,
    ProtocolError,
    OSError,
    ValueError,
    IndexError,
)
"""What imapclient lets through when the server or the network misbehaves (§1.1 ee)."""


class ImapSession:
    """A logged-in connection with the inbox selected. Not thread-safe; owned by one thread."""

    def __init__(self, settings: ImapSettings, password: str) -> None:
        """Connects, logs in and opens the inbox. Raises BadSettings or Setback."""
        # imaplib formats every line for its debug log even if nobody reads it, and a letter must never be logged.
        logging.getLogger("imapclient").setLevel(logging.WARNING)
        self._settings = settings
        self._where = f"IMAP {settings.host}:{settings.port}"
        self._client = self._connected()
        with self._guarded():
            self._login(password)
            self.capabilities = frozenset(one.decode("ascii", "replace").upper() for one in self._client.capabilities())
            self._folders = self._listed()
        self.sent = settings.folders.sent or self._special(rb"\Sent", SENT_NAMES)
        self.spam = settings.folders.spam or self._special(rb"\Junk", SPAM_NAMES)
        self.box = self._open_inbox()

    # --- connecting --------------------------------------------------------------------------------------------------

    def _connected(self) -> IMAPClient:
        settings = self._settings
        context = None if settings.tls is Tls.PLAIN else client_context(settings)
        try:
            client = IMAPClient(
                settings.host,
                port=settings.port,
                ssl=settings.tls is Tls.TLS,
                ssl_context=context if settings.tls is Tls.TLS else None,
                timeout=SocketTimeout(connect=15, read=READ_TIMEOUT_S),
            )
            if settings.tls is Tls.STARTTLS:
                client.starttls(context)
        except ssl.SSLCertVerificationError as error:
            raise BadSettings(
                where=self._where,
                what=Words(
                    f"сертификату сервера нельзя доверять ({error.verify_message})",
                    f"the server's certificate is not trusted ({error.verify_message})",
                ),
                mend=Words(
                    "Проверьте имя сервера; для своего центра сертификации укажите imap.ca_file",
                    "Check the host name; for an authority of your own set imap.ca_file",
                ),
            ) from error
        except _WIRE_TROUBLE as error:
            raise self._setback(error) from error
        client.normalise_times = False
        client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return client

    def _login(self, password: str) -> None:
        user = self._settings.user
        try:
            if password.isascii() and user.isascii():
                self._client.login(user, password)
            else:
                self._client.plain_login(user, password)
        except LoginError as error:
            raise BadSettings(
                where=self._where,
                what=Words(f"сервер не принял пароль ({error})", f"the login was refused ({error})"),
                mend=Words(
                    "Проверьте imap.user и файл пароля; почтовым сервисам нужен пароль приложения",
                    "Check imap.user and the password file; mail services want an app password",
                ),
            ) from error

    def _listed(self) -> dict[str, tuple[bytes, ...]]:
        """The flags of every folder, by its name."""
        return {name: flags for flags, _, name in self._client.list_folders()}

    def _special(self, flag: bytes, names: Sequence[str]) -> str:
        """The folder with a special use (RFC 6154), else one with a usual name, else ""."""
        by_flag = (name for name, flags in self._folders.items() if flag in flags)
        by_name = (name for name in names if name in self._folders)
        return next(by_flag, "") or next(by_name, "")

    def _open_inbox(self) -> BoxState:
        name = self._settings.folders.inbox
        if name.upper() != "INBOX" and name not in self._folders:
            known = ", ".join(sorted(self._folders)) or "—"
            raise BadSettings(
                where=f"{self._where}: {name}",
                what=Words("такой папки нет на сервере", "there is no such folder on the server"),
                mend=Words(f"Исправьте imap.folders.inbox; есть: {known}", f"Mend imap.folders.inbox; known: {known}"),
            )
        with self._guarded():
            answer = self._client.select_folder(name)
        return BoxState(uidvalidity=int(answer[b"UIDVALIDITY"]), uidnext=int(answer.get(b"UIDNEXT", 0)))

    # --- looking -----------------------------------------------------------------------------------------------------

    def uids(self) -> tuple[int, ...]:
        """Every UID in the inbox, ascending."""
        with self._guarded():
            self._forget_unasked()
            return tuple(sorted(self._client.search("ALL")))

    def parts(self, uids: Sequence[int]) -> Iterator[tuple[Fetched, ...]]:
        """The letters that are still there, in the order of their UIDs: at most BATCH and PART_BYTES at a time, or one.

        Each part is fetched when it is asked for, so that no more than one need be in memory.
        """
        for start in range(0, len(uids), BATCH):
            facts = self._facts(uids[start : start + BATCH])
            for part in by_bytes(facts):
                if found := self._bodies(part):
                    yield found

    def fetch(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """The same letters one by one."""
        for part in self.parts(uids):
            yield from part

    def _facts(self, uids: Sequence[int]) -> tuple[Fact, ...]:
        """Sizes and dates. Some servers give none, or a date that nobody can read: the letter is as good as any."""
        with self._guarded():
            self._forget_unasked()
            found = self._client.fetch(uids, [b"RFC822.SIZE", b"INTERNALDATE"])
        return tuple(
            Fact(uid, found[uid].get(b"RFC822.SIZE"), found[uid].get(b"INTERNALDATE") or datetime.now(UTC))
            for uid in uids
            if uid in found
        )

    def _bodies(self, part: Sequence[Fact]) -> tuple[Fetched, ...]:
        small = [fact.uid for fact in part if not fact.is_too_large]
        large = [fact.uid for fact in part if fact.is_too_large]
        with self._guarded():
            self._forget_unasked()
            bodies = self._client.fetch(small, [b"BODY.PEEK[]"]) if small else {}
            heads = self._client.fetch(large, [b"BODY.PEEK[HEADER]"]) if large else {}
        found = []
        for fact in part:
            raw = bodies.get(fact.uid, {}).get(b"BODY[]")
            head = heads.get(fact.uid, {}).get(b"BODY[HEADER]")
            if raw is None and head is None:
                continue  # expunged meanwhile by a person: no error
            size = len(raw or b"") if fact.size is None else fact.size
            found.append(Fetched(fact.uid, fact.received_at.astimezone(UTC), size, raw, head or b""))
        return tuple(found)

    def newest_date(self, uids: Sequence[int], now: datetime) -> datetime | None:
        """The newest INTERNALDATE of these letters up to `now`: one put there with a date to come tells no time."""
        dates: list[datetime] = []
        for start in range(0, len(uids), DATES_AT_ONCE):
            with self._guarded():
                self._forget_unasked()
                facts = self._client.fetch(uids[start : start + DATES_AT_ONCE], [b"INTERNALDATE"])
            dates += (date for fact in facts.values() if (date := fact.get(b"INTERNALDATE")) and date <= now)
        return max(dates).astimezone(UTC) if dates else None

    def sent_since(self, uid: int) -> tuple[int, tuple[Cited, ...]]:
        """Headers of letters in Sent from `uid` on (0: the last 200), and the UID to ask from next time."""
        if not self.sent:
            return uid, ()
        with self._guarded():
            status = self._client.folder_status(self.sent, [b"UIDNEXT"])
            following = int(status[b"UIDNEXT"])
            if uid == following:
                return following, ()
            known = 0 < uid < following  # else a first look, or a folder that was made anew and counts from 1 again
            return following, self._cited(self.sent, uid if known else max(1, following - 200))

    def has_copy(self, message_id: str) -> bool:
        """Whether Sent holds a mail of ours with this Message-ID. No answer counts as no: the mail must go out."""
        if not self.sent:
            with self._guarded():
                self._folders = self._listed()
            self.sent = self._special(rb"\Sent", SENT_NAMES)  # made by the server with the first mail it kept
        if not self.sent or not SEARCHABLE_ID.fullmatch(message_id):
            return False
        with self._guarded():
            self._client.select_folder(self.sent, readonly=True)
            try:
                return bool(self._client.search(["HEADER", "Message-ID", message_id]))
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return False
            finally:
                self._client.select_folder(self._settings.folders.inbox)

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of all folders, as people see them."""
        return tuple(sorted(self._folders))

    def peek(self, folder: str, latest: int | None = None) -> Iterator[Fetched]:
        """The letters of a folder (or its `latest`), oldest UID first, changing nothing; then the inbox is selected."""
        with self._guarded():
            self._client.select_folder(folder, readonly=True)
            uids = sorted(self._client.search("ALL"))[-latest if latest else None :]
        try:
            yield from self.fetch(uids)
        finally:
            with self._guarded():
                self._client.select_folder(self._settings.folders.inbox)

    def find(self, folder: str, message_id: str, key: str) -> bytes:
        """The letter with this Message-ID and this key in a folder; b"" if it is not there, or its id is not safe.

        Only plain ids are searched for: others would be sent unquoted and refused, or mean another command (§1.1 u–w).
        """
        if folder not in self._folders or not SEARCHABLE_ID.fullmatch(message_id):
            return b""
        with self._guarded():
            self._client.select_folder(folder, readonly=True)
            uids = sorted(self._client.search(["HEADER", "Message-ID", message_id]))[:BATCH]
        try:
            found = (letter.raw for letter in self.fetch(uids) if letter.raw)
            return next((raw for raw in found if letter_key(raw) == key), b"")
        finally:
            with self._guarded():
                self._client.select_folder(self._settings.folders.inbox)

    def spam_count(self) -> int:
        """How many letters lie in the spam folder; it is read, never changed."""
        if not self.spam:
            return 0
        with self._guarded():
            return int(self._client.folder_status(self.spam, [b"MESSAGES"])[b"MESSAGES"])

    def filed_before(self, names: Sequence[str]) -> int:
        """How many letters lie in folders of these names: a sign that this mailbox was kept before."""
        with self._guarded():
            return sum(
                int(self._client.folder_status(name, [b"MESSAGES"])[b"MESSAGES"])
                for name in names
                if name in self._folders
            )

    def _cited(self, folder: str, first: int) -> tuple[Cited, ...]:
        """Threading headers from `first` on; the inbox is selected again afterwards."""
        self._client.select_folder(folder, readonly=True)
        try:
            uids = [uid for uid in self._client.search(["UID", f"{first}:*"]) if uid >= first]
            found = []
            for start in range(0, len(uids), BATCH):
                answers = self._client.fetch(uids[start : start + BATCH], [HEADER_FIELDS])
                found += [cited_in(block) for answer in answers.values() for block in header_blocks(answer)]
            return tuple(found)
        finally:
            self._client.select_folder(self._settings.folders.inbox)

    # --- filing ------------------------------------------------------------------------------------------------------

    def file(self, uids: Sequence[int], folder: str) -> None:
        """Moves letters; loses none on any server. A UID that is gone is no error; doing it twice is harmless."""
        if not uids:
            return
        with self._guarded():
            if folder not in self._folders:
                self._create(folder)
            if "MOVE" in self.capabilities:
                self._client.move(uids, folder)
            else:
                self._copy_then_remove(uids, folder)

    def _create(self, folder: str) -> None:
        """Makes a folder; that it exists already (another program was quicker) is fine."""
        with contextlib.suppress(IMAPClientError):
            self._client.create_folder(folder)
            self._client.subscribe_folder(folder)
        self._folders[folder] = ()

    def _copy_then_remove(self, uids: Sequence[int], folder: str) -> None:
        """Without MOVE: copy (an error here raises, so nothing is removed uncopied), then remove as far as is safe."""
        self._client.copy(uids, folder)
        if "UIDPLUS" in self.capabilities:
            self._client.add_flags(uids, [rb"\Deleted"], silent=True)
            self._client.uid_expunge(uids)
        else:
            # A plain EXPUNGE would delete other people's \Deleted letters, too: whoever tidies the inbox does that.
            self._client.add_flags(uids, [rb"\Seen", rb"\Deleted"], silent=True)

    @property
    def removes_when_filing(self) -> bool:
        """Whether filed letters leave the inbox; if not, they stay, marked \\Deleted."""
        return bool({"MOVE", "UIDPLUS"} & self.capabilities)

    def left_behind(self) -> frozenset[int]:
        """The letters marked \\Deleted in the inbox of a server that cannot remove them.

        One of these that was filed has its copy: it was marked after the copy was made. Asked of the server's SEARCH,
        for what FETCH says may be another letter's flags (§1.1 a).
        """
        if self.removes_when_filing:
            return frozenset()
        with self._guarded():
            self._forget_unasked()
            return frozenset(self._client.search("DELETED"))

    # --- waiting -----------------------------------------------------------------------------------------------------

    @property
    def is_told_news(self) -> bool:
        """Whether the server announces new letters by itself (IDLE); if not, somebody must look every so often."""
        return self._settings.idle and "IDLE" in self.capabilities

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        """Waits for news for at most `seconds`: by IDLE (RFC 2177), else by sleeping. True if something arrived.

        Each slice ends with DONE and NOOP, because IDLE alone does not notice that the server is gone (§1.1 b).
        """
        if self._client._imap.untagged_responses.get("EXISTS"):
            return True  # announced since the inbox was last listed: IDLE would not say it again
        if not self.is_told_news:
            return self._sleep(seconds, stopped)
        with self._guarded(seconds):
            self._client.idle()
            try:
                news = self._idle(seconds, stopped)
            finally:
                self._client.idle_done()
            self._client.noop()
        return news

    def _idle(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        until = time.monotonic() + seconds
        while not stopped() and (left := until - time.monotonic()) > 0:
            if self._already_here():
                return True
            slept_from, patience = time.monotonic(), min(IDLE_CHECK_S, left)
            lines = self._client.idle_check(timeout=patience)
            if any(b"EXISTS" in line for line in lines if isinstance(line, tuple)):
                return True
            if not lines and time.monotonic() - slept_from < patience / 2:
                raise imaplib.IMAP4.abort("the server hung up during IDLE")
        return False

    def _already_here(self) -> bool:
        """Whether a line lies in imaplib's buffer: one that came glued to «+ idling» wakes no poll (§1.1 c)."""
        channel = self._client.socket()
        channel.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            channel.settimeout(READ_TIMEOUT_S)

    def _sleep(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        until = time.monotonic() + seconds
        while not stopped() and (left := until - time.monotonic()) > 0:
            time.sleep(min(IDLE_CHECK_S, left))
        with self._guarded():
            self._client.noop()
        return False

    # --- ending ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Ends the session politely if it still works."""
        with contextlib.suppress(*_WIRE_TROUBLE):
            self._client.logout()

    def drop(self) -> None:
        """Ends a session that is in trouble: nothing more is said, for an answer may never come."""
        with contextlib.suppress(*_WIRE_TROUBLE):
            self._client.shutdown()

    # --- trouble -----------------------------------------------------------------------------------------------------

    def _forget_unasked(self) -> None:
        """Drops what nobody asked for: imapclient hands FETCH lines out as another letter's, and hoards the rest."""
        for line in ("FETCH", "EXISTS", "RECENT", "EXPUNGE"):
            self._client._imap.untagged_responses.pop(line, None)

    @contextlib.contextmanager
    def _guarded(self, extra_s: float = 0) -> Iterator[None]:
        """A total deadline for what runs inside (timeouts of the socket count per packet only), errors as Setback."""
        timer = threading.Timer(COMMAND_DEADLINE_S + extra_s, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except _WIRE_TROUBLE as error:
            raise self._setback(error) from error
        finally:
            timer.cancel()

    def _cut(self) -> None:
        """Called from the timer: makes the blocked read fail."""
        with contextlib.suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def _setback(self, error: Exception) -> Setback:
        # imaplib quotes what it could not understand, and that may be a piece of a letter: no log may carry it.
        cause = str(error).partition(" b'")[0].partition(' b"')[0] or type(error).__name__
        return Setback(
            where=self._where,
            what=Words(f"связь с сервером прервана ({cause})", f"no connection with the server ({cause})"),
            mend=Words("mailbot попробует снова сам", "mailbot tries again by itself"),
        )
