"""A real Dovecot 2.3 on loopback, as root or as an ordinary user: one server serves many tests.

Any user name logs in with `PASSWORD`, so a test takes a fresh name and has a mailbox to itself. The server's process
ends with the one that started it, even if that one is killed.
"""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from tempfile import mkdtemp
from types import TracebackType
from typing import Self
from uuid import uuid4

from imapclient import IMAPClient, imap_utf7

from tests.servers.certificates import LoopbackCertificate

LOOPBACK = "127.0.0.1"
PASSWORD = "secret"
DOMAIN = "school.example.org"
START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 10.0
GRACE_S = 0.3  # sessions in IDLE say BYE at once; the others would stay for ten more seconds
CLIENT_TIMEOUT_S = 10.0
CONFIG = Template(Path(__file__).with_name("dovecot.conf.template").read_text(encoding="utf-8"))
SBIN = ("/usr/sbin", "/usr/local/sbin")  # often missing from an ordinary user's PATH


class Dovecot:
    """A context manager: runs inside `with`, and its folder is removed at the end.

    `capability` replaces what the server says it can do (Dovecot's imap_capability); it still obeys commands it does
    not offer, so use `ImapToxi.lack` where a client's disobedience must show.
    """

    def __init__(self, *, capability: str | None = None) -> None:
        self.host = LOOPBACK
        self.password = PASSWORD
        self.port = 0
        self.tls_port = 0
        self._program = _program()
        self._capability = capability
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder = Path(mkdtemp(prefix="dc", dir="/tmp"))  # short: a socket's path has at most 108 bytes
        self.port, self.tls_port = _free_port(), _free_port()
        try:
            self._lay_out()
            self.start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    @property
    def pid(self) -> int:
        """The master process, while it runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def ca_path(self) -> Path:
        """The authority a client must trust to use `tls_port`."""
        return self._folder / "ca.pem"

    def start(self) -> None:
        """Starts the process and waits for its greeting; RuntimeError with the log's end if none comes."""
        command = ("setpriv", "--pdeathsig", "TERM", self._program, "-F", "-c", str(self._folder / "conf"))
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if not _within(START_TIMEOUT_S, self._greets):
            self.stop()
            raise RuntimeError(f"Dovecot gave no greeting on port {self.port}; its log ends:\n{self._log_end()}")

    def stop(self) -> None:
        """Ends the process and its children; mail stays until the `with` ends. A second call does nothing."""
        if self._process is None:
            return
        children = tuple(_children(self.pid))
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        if not _within(GRACE_S, lambda: not any(_runs(pid) for pid in children)):
            _kill(*(pid for pid in children if _runs(pid)))

    def restart(self) -> None:
        """Stops (about a second) and starts again on the same ports."""
        self.stop()
        self.start()

    def user(self, name: str = "help") -> str:
        """A login nobody had before; it is the mailbox's address, too."""
        return f"{name}-{uuid4().hex[:8]}@{DOMAIN}"

    def client(self, user: str) -> IMAPClient:
        """A logged-in client; log it out, or use it in a `with`."""
        client = IMAPClient(self.host, self.port, ssl=False, timeout=CLIENT_TIMEOUT_S)
        client.normalise_times = False
        client.login(user, PASSWORD)
        return client

    def deliver(self, user: str, raw: bytes, folder: str = "INBOX", internaldate: datetime | None = None) -> None:
        """Puts a letter into a folder, unseen; `internaldate` must be aware. Line ends become CRLF."""
        with self.client(user) as client:
            client.append(folder, raw, (), internaldate)

    def drop(self, user: str, raw: bytes, arrived_at: datetime, folder: str = "INBOX") -> None:
        """Puts a letter into a folder as a delivery agent does; unlike APPEND that takes days to come, too.

        The user must have logged in before. Line ends become CRLF.
        """
        maildir, name = self._maildir(user, folder), f"{time.time_ns()}.M{uuid4().hex[:8]}.drop"
        beside = maildir / "tmp" / name
        beside.write_bytes(b"\r\n".join(raw.splitlines()) + b"\r\n")
        if os.geteuid() == 0:
            os.chown(beside, *_mail_owner())
        os.utime(beside, (arrived_at.timestamp(),) * 2)
        beside.rename(maildir / "new" / name)

    def folder_letters(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The letters of a folder, oldest UID first, read without marking them seen."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            uids = client.search()
            found = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
            return [found[uid][b"BODY[]"] for uid in uids]

    def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """What a new session sees."""
        with self.client(user) as client:
            return int(client.select_folder(folder, readonly=True)[b"UIDVALIDITY"])

    def kill_sessions(self) -> int:
        """SIGKILL to every logged-in session's process, whoever's it is; how many there were."""
        sessions = tuple(pid for pid in _children(self.pid) if _stat(pid).name == "imap")
        _kill(*sessions)
        return len(sessions)

    def change_uidvalidity(self, user: str, folder: str = "INBOX") -> None:
        """As after a restored backup: the same letters with other UIDs; sessions in the folder are dropped."""
        before = self.uidvalidity(user, folder)
        _within(2.0, lambda: int(time.time()) > before)  # the new value is the clock's second
        for path in (*self._index_files(user, folder), *self._index_files(user, "INBOX", "dovecot-uidvalidity*")):
            path.unlink(missing_ok=True)
        if self.uidvalidity(user, folder) == before:
            raise RuntimeError(f"UIDVALIDITY of {folder} is still {before}")

    def recreate_folder(self, user: str, folder: str) -> None:
        """Deletes a folder with its letters and creates it anew, empty and with another UIDVALIDITY."""
        with self.client(user) as client:
            client.delete_folder(folder)
            client.create_folder(folder)

    def _index_files(self, user: str, folder: str, *patterns: str) -> Iterator[Path]:
        for pattern in patterns or ("dovecot-uidlist*", "dovecot.index*", "dovecot.list.index*"):
            yield from self._maildir(user, folder).glob(pattern)

    def _maildir(self, user: str, folder: str) -> Path:
        maildir = self._folder / "mail" / user
        if folder == "INBOX":
            return maildir
        return maildir / ("." + imap_utf7.encode(folder.replace("/", ".")).decode("ascii"))

    def _lay_out(self) -> None:
        """The configuration, the certificate and the mail folder, with owners as this user may set them."""
        mail_uid, mail_gid = _mail_owner()
        mail = self._folder / "mail"
        mail.mkdir()
        if os.geteuid() == 0:
            self._folder.chmod(0o755)
            os.chown(mail, mail_uid, mail_gid)
        certificate = LoopbackCertificate.made_in(self._folder)
        text = CONFIG.substitute(
            folder=self._folder,
            only_for_ordinary_user="" if os.geteuid() == 0 else _own_internal_users(),
            capability="" if self._capability is None else f"imap_capability = {self._capability}",
            password=PASSWORD,
            chain=certificate.chain_path,
            key=certificate.key_path,
            mail_uid=mail_uid,
            mail_gid=mail_gid,
            port=self.port,
            tls_port=self.tls_port,
        )
        (self._folder / "conf").write_text(text, encoding="utf-8")

    def _greets(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), START_TIMEOUT_S) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            return False

    def _log_end(self) -> str:
        log = self._folder / "dovecot.log"
        return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else "(no log)"


def _program() -> str:
    """Dovecot's path; RuntimeError if there is none or it is not 2.3."""
    found = shutil.which("dovecot", path=os.pathsep.join((os.environ.get("PATH", ""), *SBIN)))
    if found is None:
        raise RuntimeError("Dovecot is not installed; the tests need it: apt-get install dovecot-imapd")
    version = subprocess.run((found, "--version"), capture_output=True, text=True, check=True).stdout.strip()
    if not version.startswith("2.3."):
        raise RuntimeError(f"Dovecot {version} is installed, but the tests' configuration is for 2.3 (Debian 12)")
    return found


def _mail_owner() -> tuple[int, int]:
    """Root may not own mail in Dovecot's eyes, so as root it is nobody's."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _own_internal_users() -> str:
    """An ordinary user cannot change to Dovecot's own accounts, so every part runs as that user."""
    me, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    return f"default_internal_user = {me}\ndefault_internal_group = {group}\ndefault_login_user = {me}"


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass(frozen=True, slots=True)
class _Stat:
    """What /proc/PID/stat says (man 5 proc); all empty for a process that is gone."""

    name: str = ""
    state: str = ""
    parent: int = 0


def _stat(pid: int) -> _Stat:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return _Stat()
    name, _, rest = text.partition("(")[2].rpartition(")")
    state, parent = rest.split()[:2]
    return _Stat(name, state, int(parent))


def _children(parent: int) -> Iterator[int]:
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return (pid for pid in pids if _stat(pid).parent == parent)


def _runs(pid: int) -> bool:
    return _stat(pid).state not in ("", "Z")


def _kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # ended by itself meanwhile
            os.kill(pid, signal.SIGKILL)
    _within(STOP_TIMEOUT_S, lambda: not any(_runs(pid) for pid in pids))


def _within(limit_s: float, happened: Callable[[], bool]) -> bool:
    """Whether it happened before the time was over; asks every 20 ms."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.02)
    return False
