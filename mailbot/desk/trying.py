"""Trying letters without a mailbox: the way through `consider` that the daemon goes; nothing is sent or stored."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.cases.case import Case
from mailbot.cases.draft import MailState
from mailbot.cases.events import Arrival, Event, Unreadable
from mailbot.cases.history import History, Outcome, Tally
from mailbot.cases.sort import sort
from mailbot.consider import Mind, consider
from mailbot.errors import BadInput, Words
from mailbot.letters.key import letter_key
from mailbot.letters.letter import Letter
from mailbot.mailroom.reader import Reader, UnreadableLetter
from mailbot.triage.screening import screen

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


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file taken up: its bytes, or why there are none."""

    path: Path
    raw: bytes
    reason: str


def try_letters(paths: Iterable[Path], mind: Mind, now: datetime) -> Iterator[Tried]:
    """Each letter's outcome as it would be if it came in now, first of its writer.

    The next letters are read while one is thought about. Raises BadInput before the first if a path does not exist.
    """
    taken: deque[_Taken] = deque()
    files = tuple(letter_files(paths))
    with Reader() as reader:
        for outcome in reader.read_all(_bytes_of(files, taken)):
            yield from _without_bytes(taken, mind, now)
            one = taken.popleft()
            if isinstance(outcome, UnreadableLetter):
                yield _unreadable(one.path, one.raw, outcome.what.ru, mind, now)
            else:
                yield try_letter(one.path, outcome.letter, one.raw, mind, now)
    yield from _without_bytes(taken, mind, now)


def _bytes_of(files: Iterable[Path], taken: deque[_Taken]) -> Iterator[bytes]:
    """The letters' bytes; every file is noted in `taken`, also one that cannot be opened."""
    for path in files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            taken.append(_Taken(path, b"", str(error.strerror)))
        else:
            taken.append(_Taken(path, raw, ""))
            yield raw


def _without_bytes(taken: deque[_Taken], mind: Mind, now: datetime) -> Iterator[Tried]:
    """The outcome of files that could not be opened and come next."""
    while taken and taken[0].reason:
        one = taken.popleft()
        yield _unreadable(one.path, b"", one.reason, mind, now)


def try_letter(path: Path, letter: Letter, raw: bytes, mind: Mind, now: datetime) -> Tried:
    """The outcome of one letter already read."""
    arrival = Arrival(letter=letter, received_at=now, raw=raw)
    event = sort(arrival, screen(letter, mind.book), mind.book, NoPast(), mind.secret)
    return Tried(path, letter, event, consider(event, no_history(now), mind, now))


def _unreadable(path: Path, raw: bytes, reason: str, mind: Mind, now: datetime) -> Tried:
    event = Unreadable(key=letter_key(raw), received_at=now, raw=raw, reason=reason)
    return Tried(path, None, event, consider(event, no_history(now), mind, now))
