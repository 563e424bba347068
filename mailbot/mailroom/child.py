"""Our end of a reading process: started, asked, and ended, whatever a letter does to it.

The child is our own program started afresh rather than `multiprocessing`'s spawn, which would import the whole command
line again in the child and start a tracker process of its own. As the child has touched hostile bytes, we unpickle the
frozen types of letters and findings from it and nothing else.
"""

import os
import pickle
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from io import BytesIO
from time import monotonic
from typing import ClassVar, assert_never

from mailbot.errors import Setback, Words
from mailbot.letters.letter import Address, Attachment, DeliveryReport, Letter, Oddity
from mailbot.mailroom.framing import NO_MEMORY, READY, receive, send
from mailbot.rulebook.ids import Audience, Flag, Intent, Slot, Topic
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Evidence, FilledSlot, Finding, Screening, Source, TopicFinding, Verdict

WALL_S = 8.0
START_S = 20.0
BUFFER_BYTES = 1 << 20  # asked for; the kernel may give less (socket(7), wmem_max)


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


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """A letter, and what triage says of it if the reader has rules to judge by."""

    letter: Letter
    finding: Finding | None


class AnswerUnpickler(pickle.Unpickler):
    """Builds the frozen types of letters and findings; any other name in the stream is refused."""

    KNOWN: ClassVar = {
        (kind.__module__, kind.__qualname__): kind
        for kind in (
            *(Address, Attachment, DeliveryReport, Letter, Oddity, datetime, timedelta, timezone),
            *(Finding, Screening, Verdict, Evidence, FilledSlot, Source, TopicFinding),
            *(Audience, Flag, Intent, Slot, Topic),
        )
    }

    def find_class(self, module: str, name: str) -> object:
        """The type named in the stream. Raises UnpicklingError for anything that is no part of an answer."""
        if (module, name) in self.KNOWN:
            return self.KNOWN[module, name]
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a letter")


class Child:
    """The reading process and our end of the socket to it; it ends when that end is closed, by us or by our death.

    It is not waited for: what is sent meanwhile lies in the socket, so that it starts while we do something else.
    """

    def __init__(self, book: Rulebook | None) -> None:
        """`book`: the rules to judge by; without them the child only reads, and is smaller."""
        program = "mailbot.mailroom.thinking_child" if book else "mailbot.mailroom.reading_child"
        self._socket, theirs = socket.socketpair()
        for end in (self._socket, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        with theirs, os.fdopen(os.memfd_create("rules"), "w+b") as rules:
            if book:
                pickle.dump(book, rules, pickle.HIGHEST_PROTOCOL)
                rules.seek(0)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", program, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=rules,
                start_new_session=True,
                env=_environment(),
            )
        self._ready_by = monotonic() + START_S
        self._is_ready = False

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Returns once the child can read. Raises Setback if it does not come up."""
        if self._is_ready:
            return
        try:
            ready = receive(self._socket, self._ready_by)
        except (OSError, EOFError) as error:
            raise no_reader() from error
        if ready != READY:
            raise no_reader()
        self._is_ready = True

    @property
    def room_bytes(self) -> int:
        """How much certainly fits into the socket before the child reads: half the buffer, the rest is bookkeeping."""
        return self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2

    def send(self, raw: bytes) -> None:
        """Hand a letter over. A dead child is not an error here: it is found out when its answer is awaited."""
        self._socket.settimeout(WALL_S)
        with suppress(OSError):
            send(self._socket, raw)

    def answer(self, deadline: float) -> ReadLetter | Reason:
        """The next letter, or why there is none; after a Reason the child is of no further use."""
        try:
            pickled = receive(self._socket, deadline)
        except TimeoutError:
            return Reason.TIME
        except (OSError, EOFError):
            return self._cause_of_death()
        if pickled == NO_MEMORY:
            return Reason.MEMORY
        match AnswerUnpickler(BytesIO(pickled)).load():
            case (Letter() as letter, (Finding() | None) as finding):
                return ReadLetter(letter, finding)
            case _:
                return Reason.CRASH

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


def _environment() -> dict[str, str]:
    """No more than the child needs; arithmetic in one thread, by the processor the machine's keeper chose."""
    chosen = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    own = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
    return own | chosen | {"OPENBLAS_NUM_THREADS": "1"}


def no_reader() -> Setback:
    """The error for a child that does not come up."""
    return Setback(
        where="reader",
        what=Words("процесс чтения писем не запускается", "the reading process does not start"),
        mend=Words("Проверьте свободную память и установку программы", "Check free memory and the installation"),
    )
