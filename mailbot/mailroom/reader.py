"""Reading letters at arm's length: one warm child process reads, bounded in memory, CPU and wall time, and judges, too,
if it is given the rules.

A letter that exhausts a bound kills the child, not the daemon; the next letter gets a fresh child.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from time import monotonic
from types import TracebackType
from typing import Self

from mailbot.errors import BadInput, Words
from mailbot.letters.key import letter_key
from mailbot.mailroom import child
from mailbot.mailroom.child import Child, ReadLetter, Reason
from mailbot.rulebook.types import Rulebook

MESSAGE_BYTES = 1024  # more than the kernel's own share of one message in a socket's buffer


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


Outcome = ReadLetter | UnreadableLetter


class Reader:
    """Reads letters in the child it owns; use it in a `with`, and from one thread only."""

    def __init__(self, book: Rulebook | None = None) -> None:
        """`book`: rules to judge every letter by; none means that letters are only read."""
        self._book = book
        self._child = Child(book)
        self._sent: deque[bytes] = deque()  # handed over and not answered yet, oldest first
        self._kept: deque[Outcome] = deque()  # answered already, and waiting for the pass that will ask for it
        self._pass: Pass | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sent.clear()
        self._child.end()

    def judge_by(self, book: Rulebook) -> None:
        """From now on other rules are judged by."""
        self._book = book
        self._replace_child()

    def read(self, raw: bytes) -> ReadLetter:
        """The letter. Raises UnreadableLetter if it exhausts a bound, Setback if no child can be started.

        It may be asked for in the middle of a pass: what the pass has under way is answered first, and kept for it.
        """
        while self._sent:
            self._kept.append(self._answer())
        self._send(raw)
        outcome = self._answer()
        if isinstance(outcome, UnreadableLetter):
            raise outcome
        return outcome

    def read_all(self, raws: Iterable[bytes]) -> "Pass":
        """An outcome for each letter, in order. Small letters are handed over ahead: the first ones right now.

        Raises RuntimeError if another pass has been neither finished nor closed: answers must not get mixed up.
        """
        if self._pass is not None:
            raise RuntimeError("finish one read_all before the next")
        self._pass = Pass(self, raws)
        return self._pass

    def send_ahead(self, following: Iterator[bytes], next_one: bytes | None) -> bytes | None:
        """Hands over what fits behind what is under way; the first letter that does not is returned."""
        while next_one is not None and self._fits(next_one):
            self._send(next_one)
            next_one = next(following, None)
        return next_one

    def _fits(self, following: bytes) -> bool:
        """Whether a letter may be sent now: it must never block us while the child is busy with its forerunner."""
        taken = sum(len(raw) + MESSAGE_BYTES for raw in (*self._sent, following))
        return not self._sent or taken <= self._child.room_bytes

    def _send(self, raw: bytes) -> None:
        """Hand a letter over; an idle child that has died (the system ran short of memory) is replaced before."""
        if not self._sent and not self._child.alive():
            self._replace_child()
        self._child.send(raw)
        self._sent.append(raw)

    def awaited(self) -> Outcome | None:
        """The answer to the oldest letter of the pass, None if there is none."""
        if self._kept:
            return self._kept.popleft()
        return self._answer() if self._sent else None

    def _answer(self) -> Outcome:
        self._child.wait_until_ready()
        answer = self._child.answer(monotonic() + child.WALL_S)
        raw = self._sent.popleft()
        if isinstance(answer, ReadLetter):
            return answer
        self._replace_child()
        return UnreadableLetter(letter_key(raw), answer)

    def finished(self) -> None:
        """A pass is over. One that was broken off costs a new child: the old one has answers nobody asked for."""
        self._pass = None
        self._kept.clear()
        if self._sent:
            self._sent.clear()
            self._replace_child()

    def _replace_child(self) -> None:
        """Start afresh, and send again what the old child had been sent but not answered."""
        self._child.end()
        self._child = Child(self._book)
        for raw in self._sent:
            self._child.send(raw)


class Pass:
    """One run over some letters: an iterator over their outcomes. Closing it gives up the rest."""

    def __init__(self, reader: Reader, raws: Iterable[bytes]) -> None:
        self._reader = reader
        self._source = iter(raws)
        self._following = reader.send_ahead(self._source, next(self._source, None))
        self._open = True

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Outcome:
        if not self._open:
            raise StopIteration
        try:
            self._following = self._reader.send_ahead(self._source, self._following)
            outcome = self._reader.awaited()
            self._following = self._reader.send_ahead(self._source, self._following)
        except BaseException:
            self.close()
            raise
        if outcome is None:
            self.close()
            raise StopIteration
        return outcome

    def close(self) -> None:
        """No more is wanted."""
        if self._open:
            self._open = False
            self._reader.finished()
