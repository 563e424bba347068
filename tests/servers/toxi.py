"""A loopback proxy that spoils the line between a client and a server.

`Toxi` works on bytes and suits any protocol, TLS as well. `ImapToxi` reads plain IMAP lines, too: it withholds
answers, refuses commands and edits what the server says it can do. Faults are attributes, set at any moment.
"""

import re
import socket
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from tests.servers.imap_lines import ImapReader, Piece, command_of

LOOPBACK = "127.0.0.1"
CHUNK_BYTES = 4096
CONNECT_TIMEOUT_S = 5.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: close() sends RST


@dataclass(slots=True)
class Line:
    """One client's connection and what is known of it; written to by two threads, hence the lock."""

    client: socket.socket
    server: socket.socket
    up: ImapReader = field(default_factory=ImapReader)
    down: ImapReader = field(default_factory=ImapReader)
    swallowing: bool = False
    held_idle: bytes = b""
    was_reset: bool = False
    _client_lock: Lock = field(default_factory=Lock)

    def to_client(self, data: bytes) -> None:
        """One sendall, whole even if both threads answer the client."""
        with self._client_lock:
            self.client.sendall(data)

    def reset(self) -> None:
        """RST to both sides; said first, or else a pump that wakes up would send FIN before it."""
        self.was_reset = True
        for end in (self.client, self.server):
            _reset(end)


class Toxi:
    """A context manager: listens on `port` and passes everything on to `upstream_port`, unless told otherwise."""

    def __init__(self, upstream_port: int) -> None:
        self.upstream_port = upstream_port
        self.port = 0
        self.latency_s = 0.0  # before each chunk, both ways
        self.bytes_per_s: int | None = None  # both ways
        self.cut_down: int | None = None  # after so many more bytes for the client the connection is closed (FIN)
        self.blackhole = False  # nothing passes, nothing is closed; what was held back passes when it is set back
        self.refuse = False  # new connections are reset at once
        self.connections = 0
        self._listener: socket.socket | None = None
        self._lines: list[Line] = []
        self._threads: list[Thread] = []
        self._lock = Lock()
        self._over = Event()

    def __enter__(self) -> Self:
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept, self._listener)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._listener is not None
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # close() alone would not wake accept()
        self._listener.close()
        self._threads[0].join()
        self.cut()
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        """Resets (RST) every connection there is."""
        with self._lock:
            lines, self._lines = self._lines, []
        for line in lines:
            line.reset()

    def _accept(self, listener: socket.socket) -> None:
        while not self._over.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.refuse:
                _reset(client)
            else:
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection((LOOPBACK, self.upstream_port), CONNECT_TIMEOUT_S)
        except OSError:
            _reset(client)
            return
        server.settimeout(None)
        line = Line(client, server)
        with self._lock:
            self._lines.append(line)
        self._spawn(self._pump, line, client, self._upwards)
        self._spawn(self._pump, line, server, self._downwards)

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=work, args=arguments, name="toxi", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pump(self, line: Line, source: socket.socket, deliver: Callable[[Line, bytes], None]) -> None:
        try:
            while chunk := source.recv(CHUNK_BYTES):
                while chunk:  # cut only now: the pace may have been set while nothing came
                    n_bytes = self._piece_bytes()
                    piece, chunk = chunk[:n_bytes], chunk[n_bytes:]
                    self._dawdle(len(piece))
                    deliver(line, piece)
        except OSError:
            pass  # one side is gone; the other learns it below
        if not line.was_reset:
            _hang_up(line.client)
            _hang_up(line.server)

    def _piece_bytes(self) -> int:
        return CHUNK_BYTES if self.bytes_per_s is None else max(1, min(CHUNK_BYTES, self.bytes_per_s // 10))

    def _dawdle(self, n_bytes: int) -> None:
        self._over.wait(self.latency_s + (n_bytes / self.bytes_per_s if self.bytes_per_s else 0.0))
        while self.blackhole and not self._over.wait(0.02):
            pass

    def _upwards(self, line: Line, chunk: bytes) -> None:
        line.server.sendall(chunk)

    def _downwards(self, line: Line, chunk: bytes) -> None:
        if self.cut_down is not None and len(chunk) >= self.cut_down:
            chunk, self.cut_down = chunk[: self.cut_down], None
            line.to_client(chunk)
            raise ConnectionAbortedError("cut as asked")
        if self.cut_down is not None:
            self.cut_down -= len(chunk)
        line.to_client(chunk)


class Lack(StrEnum):
    """An extension that a server can be made to lack."""

    IDLE = "IDLE"
    MOVE = "MOVE"
    UIDPLUS = "UIDPLUS"
    KEYWORDS = "KEYWORDS"  # no capability: a server without them does not list \\* among its permanent flags


COMMANDS_OF = {
    Lack.IDLE: frozenset({"IDLE"}),
    Lack.MOVE: frozenset({"MOVE", "UID MOVE"}),
    Lack.UIDPLUS: frozenset({"UID EXPUNGE"}),
    Lack.KEYWORDS: frozenset[str](),
}
CAPABILITIES = re.compile(rb"(?<=CAPABILITY )[^]\r\n]*")
UIDPLUS_CODES = re.compile(rb"\[(?:APPENDUID|COPYUID) [^]]*\] ?")


class ImapToxi(Toxi):
    """A Toxi for plain IMAP. A line passes when it is complete, a literal as it comes.

    `drop_reply_to` (e.g. "UID MOVE"): the command reaches the server, but from then on this connection hears nothing.
    `deny_commands`: the client gets BAD, the server never sees them. `answer_commands`: the client gets these words
    (e.g. "NO [OVERQUOTA] full"), the server never sees them. `edit_capability` is given the server's words.
    `on_command`: what to do with the connection once, when a command (e.g. "UID FETCH") has come, before it passes.
    `glue_exists`: the next `+ idling` waits for the server's next EXISTS and both go out in one segment, once;
    `idle_held` is set while it waits. `commands`: how often each command has come.
    """

    def __init__(self, upstream_port: int) -> None:
        super().__init__(upstream_port)
        self.drop_reply_to: str | None = None
        self.deny_commands: frozenset[str] = frozenset()
        self.answer_commands: dict[str, str] = {}
        self.edit_capability: Callable[[tuple[str, ...]], tuple[str, ...]] | None = None
        self.on_command: dict[str, Callable[[Line], None]] = {}
        self.commands: Counter[str] = Counter()
        self.glue_exists = False
        self.idle_held = Event()
        self._lacking: frozenset[Lack] = frozenset()

    def lack(self, *extensions: Lack) -> None:
        """The server no longer offers these, nor obeys their commands, nor gives UIDPLUS' answer codes."""
        self._lacking = frozenset(extensions)
        self.deny_commands = frozenset[str]().union(*(COMMANDS_OF[lack] for lack in extensions))
        self.edit_capability = lambda words: tuple(word for word in words if word.upper() not in extensions)

    def _upwards(self, line: Line, chunk: bytes) -> None:
        passed = b"".join(self._from_client(line, piece) for piece in line.up.read(chunk))
        if passed:
            super()._upwards(line, passed)

    def _from_client(self, line: Line, piece: Piece) -> bytes:
        tag, command = command_of(piece)
        self.commands[command] += 1
        if command in self.deny_commands:
            line.to_client(f"{tag} BAD Unrecognised command\r\n".encode())
            return b""
        if words := self.answer_commands.get(command):
            line.to_client(f"{tag} {words}\r\n".encode())
            return b""
        if strike := self.on_command.pop(command, None):
            strike(line)
        if command and command == self.drop_reply_to:
            line.swallowing = True
        return piece.text

    def _downwards(self, line: Line, chunk: bytes) -> None:
        passed = b"".join(self._from_server(line, piece) for piece in line.down.read(chunk))
        if passed and not line.swallowing:
            super()._downwards(line, passed)

    def _from_server(self, line: Line, piece: Piece) -> bytes:
        if piece.literal:
            return piece.text
        if self.glue_exists and piece.text.lower().startswith(b"+ idling"):
            self.glue_exists = False
            line.held_idle = piece.text
            self.idle_held.set()
            return b""
        if line.held_idle and b" EXISTS" in piece.text:
            held, line.held_idle = line.held_idle, b""
            self.idle_held.clear()
            return held + piece.text
        return self._edited(piece.text)

    def _edited(self, text: bytes) -> bytes:
        if Lack.UIDPLUS in self._lacking:
            text = UIDPLUS_CODES.sub(b"", text)
        if Lack.KEYWORDS in self._lacking:
            text = text.replace(b" \\*)", b")")
        edit = self.edit_capability
        if edit is None:
            return text
        return CAPABILITIES.sub(lambda found: " ".join(edit(tuple(found[0].decode().split()))).encode(), text)


def _reset(end: socket.socket) -> None:
    with suppress(OSError):  # it is gone already
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        end.shutdown(socket.SHUT_RD)  # wakes the thread that reads here
    end.close()


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):  # it is gone already
        end.shutdown(socket.SHUT_RDWR)
