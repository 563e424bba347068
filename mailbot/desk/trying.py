"""Trying letters without a mailbox: the way through `consider` that the daemon goes; nothing is sent or stored."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from mailbot.cases.case import Case
from mailbot.cases.draft import MailState
from mailbot.cases.events import Arrival, Event, Unreadable
from mailbot.cases.history import History, Outcome, Tally
from mailbot.cases.judging import judged
from mailbot.cases.sort import sort
from mailbot.consider import Mind, consider
from mailbot.errors import BadInput, Words
from mailbot.letters.key import letter_key
from mailbot.letters.letter import Letter
from mailbot.mailroom.child import ReadLetter
from mailbot.mailroom.reader import Reader, UnreadableLetter

LETTER_SUFFIXES = (".eml", ".msg", ".txt")


@dataclass(frozen=True, slots=True)
class Tried:
    """One letter and what would come of it. `letter` is None if it could not be read."""

    path: Path
    letter: Letter | None
    event: Event
    outcome: Outcome


class NoPast:
    """A memory without memories; satisfies `cases.sort.Memory`."""

    def case(self, number: str) -> Case | None:
        """No case is known."""
        return None

    def mail_state(self, message_id: str) -> MailState | None:
        """No mail of ours is known."""
        return None

    def case_of_letter(self, message_id: str) -> str:
        """No letter is known."""
        return ""

    def twin_of(self, letter: Letter) -> str:
        """No earlier letter is known."""
        return ""


def no_history(now: datetime) -> History:
    """The past of a letter that is tried alone."""
    return History(
        case=None,
        linked="",
        next_number=f"{now.year}-00001",
        twin="",
        open_of_writer=(),
        unsent=(),
        tally=Tally(),
    )


def letter_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files meant by files and folders, in the order given; a folder's letters by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and one.suffix in LETTER_SUFFIXES)
        elif path.exists():
            yield path
        else:
            raise BadInput(
                where=str(path),
                what=Words("такого файла нет", "there is no such file"),
                mend=Words("Укажите файл .eml или папку с ними", "Name an .eml file or a folder of them"),
            )


class HasBytes(Protocol):
    """Something that a letter's bytes belong to."""

    @property
    def raw(self) -> bytes:
        """The letter as it came."""
        ...


One = TypeVar("One", bound=HasBytes)


def read_ahead(ones: Iterable[One], reader: Reader) -> Iterator[tuple[One, ReadLetter | UnreadableLetter]]:
    """Each with what reading it gave; the next ones are read while whoever asked is busy with one."""
    ahead: deque[One] = deque()

    def raws() -> Iterator[bytes]:
        for one in ones:
            ahead.append(one)
            yield one.raw

    for outcome in reader.read_all(raws()):
        yield ahead.popleft(), outcome


@dataclass(frozen=True, slots=True)
class _File:
    """A file taken up: its bytes, or why there are none."""

    path: Path
    raw: bytes
    reason: str


def try_letters(paths: Iterable[Path], mind: Mind, now: datetime) -> Iterator[Tried]:
    """Each letter's outcome as it would be if it came in now, first of its writer.

    Raises BadInput before the first if a path does not exist.
    """
    files = tuple(letter_files(paths))
    with Reader() as reader:
        for file, outcome in read_ahead(map(_taken, files), reader):
            if file.reason:
                yield _unreadable(file.path, b"", file.reason, mind, now)
            elif isinstance(outcome, UnreadableLetter):
                yield _unreadable(file.path, file.raw, outcome.what.ru, mind, now)
            else:
                yield try_letter(file.path, outcome.letter, file.raw, mind, now)


def _taken(path: Path) -> _File:
    try:
        return _File(path, path.read_bytes(), "")
    except OSError as error:
        return _File(path, b"", str(error.strerror))


def try_letter(path: Path, letter: Letter, raw: bytes, mind: Mind, now: datetime) -> Tried:
    """The outcome of one letter already read."""
    finding = judged(letter, mind.book, mind.brain())
    arrival = Arrival(letter=letter, received_at=now, raw=raw, finding=finding)
    event = sort(arrival, finding.screening, mind.book, NoPast(), mind.secret)
    return Tried(path, letter, event, consider(event, no_history(now), mind, now))


def _unreadable(path: Path, raw: bytes, reason: str, mind: Mind, now: datetime) -> Tried:
    event = Unreadable(key=letter_key(raw), received_at=now, raw=raw, reason=reason)
    return Tried(path, None, event, consider(event, no_history(now), mind, now))
