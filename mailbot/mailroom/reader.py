"""Reading letters at arm's length: one warm child process runs `read_letter`, bounded in memory, CPU and wall time.

A letter that exhausts a bound kills the child, not the daemon; the next letter gets a fresh child. The child is our
own program started afresh (`python -m mailbot.mailroom.reader FD`) rather than `multiprocessing`'s spawn, which would
import the whole command line again in the child and start a tracker process of its own.

Over the socket go, each preceded by its length: raw letters in, pickled `Letter`s out. Both ends are our own code; as
the child has touched hostile bytes, the parent unpickles the frozen letter types and nothing else.
"""

import logging
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from io import BytesIO
from time import monotonic
from types import TracebackType
from typing import ClassVar, Self, assert_never

from mailbot.errors import BadInput, Setback, Words, end_without_words
from mailbot.letters.key import letter_key
from mailbot.letters.letter import Address, Attachment, DeliveryReport, Letter, Oddity
from mailbot.letters.read import read_letter

MEMORY_BYTES = 600 * 1024 * 1024
CPU_S = 5
WALL_S = 8.0
START_S = 20.0
LENGTH_BYTES = 4
# What certainly fits into the socket's buffer: a letter sent ahead must never block while its forerunner is read.
AHEAD_BYTES = 64 * 1024
AHEAD_LETTERS = 16
READY = b"ready"
NO_MEMORY = b"no memory"


class Reason(StrEnum):
    """Why a letter could not be read."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"

    @property
    def words(self) -> Words:
        """The reason for a person."""
        match self:
            case Reason.TIME:
                return Words("письмо не удалось прочитать за отведённое время", "it took too long to read the letter")
            case Reason.MEMORY:
                return Words("письму не хватило отведённой памяти", "the letter needed too much memory")
            case Reason.CRASH:
                return Words("программа чтения писем аварийно завершилась", "the reading process crashed")
        assert_never(self)


class UnreadableLetter(BadInput):
    """A letter that exhausts the bounds of reading; its raw bytes are for a person."""

    def __init__(self, key: str, reason: Reason) -> None:
        super().__init__(
            where=f"letter {key[:12]}",
            what=reason.words,
            mend=Words("Откройте письмо в почтовой программе", "Open the letter in a mail program"),
        )
        self.key = key
        self.reason = reason


class LetterUnpickler(pickle.Unpickler):
    """Builds the frozen types of a letter; any other name in the stream is refused."""

    KNOWN: ClassVar = {
        (kind.__module__, kind.__qualname__): kind
        for kind in (Address, Attachment, DeliveryReport, Letter, Oddity, datetime, timedelta, timezone)
    }

    def find_class(self, module: str, name: str) -> object:
        """The type named in the stream. Raises UnpicklingError for anything that is not part of a letter."""
        if (module, name) in self.KNOWN:
            return self.KNOWN[module, name]
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a letter")


class Reader:
    """Reads letters in the child it owns; use it in a `with`, and from one thread only."""

    def __init__(self) -> None:
        self._child = Child()
        self._sent: deque[bytes] = deque()  # handed over and not answered yet, oldest first

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sent.clear()
        self._child.end()

    def read(self, raw: bytes) -> Letter:
        """The letter. Raises UnreadableLetter if it exhausts a bound, Setback if no child can be started."""
        outcome = next(self.read_all((raw,)))
        if isinstance(outcome, UnreadableLetter):
            raise outcome
        return outcome

    def read_all(self, raws: Iterable[bytes]) -> Iterator[Letter | UnreadableLetter]:
        """An outcome for each letter, in order; small letters are sent ahead while the one before is being read.

        Whoever stops early costs a new child, for the old one still has answers that nobody asked for. Raises
        RuntimeError if another `read_all` has not been finished: answers must not get mixed up.
        """
        if self._sent:
            raise RuntimeError("finish one read_all before the next")
        try:
            source = iter(raws)
            following = next(source, None)
            while self._sent or following is not None:
                while following is not None and fits_behind(self._sent, following):
                    self._send(following)
                    following = next(source, None)
                yield self._outcome()
        finally:
            if self._sent:
                self._sent.clear()
                self._replace_child()

    def _send(self, raw: bytes) -> None:
        """Hand a letter over; an idle child that has died (the system ran short of memory) is replaced before."""
        if not self._sent and not self._child.alive():
            self._replace_child()
        self._child.send(raw)
        self._sent.append(raw)

    def _outcome(self) -> Letter | UnreadableLetter:
        """The answer to the oldest letter under way."""
        answer = self._child.answer(monotonic() + WALL_S)
        raw = self._sent.popleft()
        if isinstance(answer, Letter):
            return answer
        self._replace_child()
        return UnreadableLetter(letter_key(raw), answer)

    def _replace_child(self) -> None:
        """Start afresh, and send again what the old child had been sent but not answered."""
        self._child.end()
        self._child = Child()
        for raw in self._sent:
            self._child.send(raw)


def fits_behind(sent: deque[bytes], following: bytes) -> bool:
    """Whether a letter may be sent now: nothing else is under way, or all of it fits into the socket's buffer."""
    return not sent or (len(sent) < AHEAD_LETTERS and sum(map(len, sent)) + len(following) <= AHEAD_BYTES)


class Child:
    """The reading process and our end of the socket to it; it ends when that end is closed, by us or by our death."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "mailbot.mailroom.reader", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
            )
        try:
            ready = receive(self._socket, monotonic() + START_S)
        except (OSError, EOFError) as error:
            self.end()
            raise no_reader() from error
        if ready != READY:
            self.end()
            raise no_reader()

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, raw: bytes) -> None:
        """Hand a letter over. A dead child is not an error here: it is found out when its answer is awaited."""
        self._socket.settimeout(WALL_S)
        with suppress(OSError):
            self._socket.sendall(len(raw).to_bytes(LENGTH_BYTES))
            self._socket.sendall(raw)

    def answer(self, deadline: float) -> Letter | Reason:
        """The next letter, or why there is none; after a Reason the child is of no further use."""
        try:
            pickled = receive(self._socket, deadline)
        except TimeoutError:
            return Reason.TIME
        except (OSError, EOFError):
            return self._cause_of_death()
        if pickled == NO_MEMORY:
            return Reason.MEMORY
        letter = LetterUnpickler(BytesIO(pickled)).load()
        return letter if isinstance(letter, Letter) else Reason.CRASH

    def _cause_of_death(self) -> Reason:
        """What the exit status says; SIGXCPU is the bound on CPU time."""
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return Reason.CRASH
        return Reason.TIME if status == -signal.SIGXCPU else Reason.CRASH

    def end(self) -> None:
        """Kill the process, whatever it is doing: it holds nothing that could be lost."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


def no_reader() -> Setback:
    """The error for a child that does not come up."""
    return Setback(
        where="reader",
        what=Words("процесс чтения писем не запускается", "the reading process does not start"),
        mend=Words("Проверьте свободную память и установку программы", "Check free memory and the installation"),
    )


def receive(connection: socket.socket, deadline: float) -> bytes:
    """One length-prefixed message. Raises TimeoutError at `deadline` (monotonic), EOFError if the other end is gone."""
    length = int.from_bytes(receive_exactly(connection, LENGTH_BYTES, deadline))
    return receive_exactly(connection, length, deadline)


def receive_exactly(connection: socket.socket, count: int, deadline: float) -> bytes:
    """`count` bytes; errors as in `receive`."""
    pieces: list[bytes] = []
    while count:
        connection.settimeout(max(deadline - monotonic(), 0.001))
        piece = connection.recv(min(count, 1 << 20))
        if not piece:
            raise EOFError("the other end of the reader's socket is closed")
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def serve(descriptor: int) -> None:
    """The child's life: read letters until the socket is closed. A programming error ends it; it never quotes one.

    Whoever asked may be gone with answers unread (a command broken off): that is an end like any other.
    """
    end_without_words()
    logging.disable()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    with (
        suppress(ConnectionError),
        socket.socket(fileno=descriptor) as connection,
        connection.makefile("rb") as requests,
    ):
        reply(connection, READY)
        while len(length := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
            allow_cpu(CPU_S)
            try:
                answer = pickle.dumps(read_letter(requests.read(int.from_bytes(length))), pickle.HIGHEST_PROTOCOL)
            except MemoryError:
                reply(connection, NO_MEMORY)
                return
            reply(connection, answer)


def allow_cpu(seconds: int) -> None:
    """Bound the CPU time of the next letter; RLIMIT_CPU counts from the start of the process, hence the sum."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY))


def reply(connection: socket.socket, message: bytes) -> None:
    """Send one length-prefixed message."""
    connection.sendall(len(message).to_bytes(LENGTH_BYTES) + message)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
