"""What history costs: start-up, memory, one letter, digest and report, with a long journal behind and many live cases.

The journal is a real one, of real letters, repeated under other keys and numbers over the last 89 days.
"""

import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bench.ground import Ground, Watched, cpu_s, ground, timed, unlimited
from bench.waiting import kept
from mailbot.casebook.casebook import Casebook
from mailbot.casebook.index import index_files
from mailbot.casebook.journal import month_file, months, read_rows
from mailbot.casebook.rows import ROWS, Considered, Filed, MailMoved, Row, Started
from mailbot.cases.case import CaseState
from mailbot.cases.draft import MailState
from tests.school import LONG_AGO, School, found_school

DAYS = 89
SAMPLE = 100


@dataclass(frozen=True, slots=True)
class Grown:
    """With so many letters in the journal and live cases. Times are CPU of all mailbot's processes, but for `ready_s`:
    that is what a clock on the wall says. anew_s: folding the whole journal where the checkpoint is gone.
    letter_ms: a letter's cost in each batch of letters.
    """

    letters: int
    live: int
    anew_s: float
    ready_s: float
    start_s: float
    peak_mb: float
    letter_ms: tuple[float, ...]
    digest: "Spent"
    report: "Spent"


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds and peak memory of one command."""

    cpu_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Lived:
    """A school with a history."""

    place: Ground
    school: School
    letters: int
    live: int
    anew_s: float


def grown(histories: Sequence[tuple[int, int]], fresh: Sequence[bytes]) -> tuple[Grown, ...]:
    """Makes the histories (letters, live cases), starts the real daemon on each alone, then on all of them together."""
    with ExitStack() as kept_up:
        schools = [kept_up.enter_context(_lived(*history, fresh[:SAMPLE])) for history in histories]
        alone = [_alone(one, fresh[SAMPLE : 2 * SAMPLE]) for one in schools]
        costs = _letter_ms(schools, fresh[2 * SAMPLE :])
        return tuple(replace(one, letter_ms=cost) for one, cost in zip(alone, costs, strict=True))


@contextmanager
def _lived(letters: int, live: int, sample: Sequence[bytes]) -> Iterator[Lived]:
    with ground() as place, tempfile.TemporaryDirectory() as name:
        school = found_school(Path(name), place.user, place.sink, copy="none", mailbox="help@school.example.org")
        unlimited(school)
        yield Lived(place, school, letters, live, _live_through(school, place, sample, letters, live))


def _alone(one: Lived, fresh: Sequence[bytes]) -> Grown:
    """Everything but the cost of a letter; memory that several daemons share would be counted for none in full."""
    with kept(one.place, one.school.folder) as (daemon, ready_s), Watched(daemon.pid) as watched:
        start_s = cpu_s(daemon.pid)
        _drained(one.place, fresh)
    digest = _spent(one.school.command("digest", "--preview"))
    report = _spent(one.school.command("report", "--xlsx", str(one.school.folder / "register.xlsx")))
    return Grown(one.letters, one.live, one.anew_s, ready_s, start_s, watched.peak_mb, (), digest, report)


def _letter_ms(schools: Sequence[Lived], fresh: Sequence[bytes]) -> Iterator[tuple[float, ...]]:
    """What a letter costs each daemon, batch by batch in turn, so that the machine's moods meet all of them.

    The first batch is not counted: it warms the caches, as the first hour of a day does.
    """
    with ExitStack() as running:
        daemons = [running.enter_context(kept(one.place, one.school.folder))[0] for one in schools]
        batches = [fresh[start : start + SAMPLE] for start in range(0, len(fresh), SAMPLE)]
        costs = [
            [_cost_ms(one.place, daemon.pid, batch) for one, daemon in zip(schools, daemons, strict=True)]
            for batch in batches
        ]
        return zip(*costs[1:], strict=True)


def _cost_ms(place: Ground, pid: int, letters: Sequence[bytes]) -> float:
    before = cpu_s(pid)
    _drained(place, letters)
    return (cpu_s(pid) - before) * 1000 / len(letters)


def _spent(command: Sequence[str]) -> Spent:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, peak_mb = timed(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak_mb)


def _drained(place: Ground, letters: Sequence[bytes]) -> None:
    place.fill(letters)
    with place.dovecot.client(place.user.address) as client:
        while int(client.folder_status("INBOX", [b"MESSAGES"])[b"MESSAGES"]):
            time.sleep(0.1)


def _live_through(school: School, place: Ground, sample: Sequence[bytes], letters: int, live: int) -> float:
    """A state folder as it looks after so many letters; CPU seconds to fold its journal without a checkpoint."""
    place.fill(sample)
    subprocess.run(school.command("once", "--since", LONG_AGO), check=True, stderr=subprocess.DEVNULL)
    rows = [row for path in months(school.state) for row in read_rows(path)]
    patterns = [row for row in rows if isinstance(row, Considered) and row.case]
    started = next(row for row in rows if isinstance(row, Started))
    for path in (*months(school.state), *index_files(school.state), school.state / "cases.json"):
        path.unlink()
    now, files = datetime.now(UTC), {}
    first = now - timedelta(days=DAYS)
    for row in (replace(started, at=first), *_history(patterns, letters, live, first, now)):
        path = month_file(school.state, row.at)
        files.setdefault(path, path.open("ab")).write(ROWS.dump_json(row) + b"\n")
    for file in files.values():
        file.close()
    before = time.process_time()
    book = Casebook(school.state, now)
    anew_s = time.process_time() - before
    book.checkpoint(now)
    book.close()
    return anew_s


def _history(patterns: Sequence[Considered], letters: int, live: int, first: datetime, now: datetime) -> Iterator[Row]:
    """Every letter considered, its mail sent, the letter filed; all but the last `live` cases are closed."""
    step = (now - first) / (letters + 1)
    for n in range(letters):
        at = first + step * (n + 1)
        row = _like(patterns[n % len(patterns)], n, at, is_live=n >= letters - live)
        yield row
        for mail in row.mails:
            for state in (MailState.SENDING, MailState.SENT, MailState.DONE):
                yield MailMoved(at=at, id=mail.id, state=state, answer="250 OK" if state is MailState.SENT else "")
        yield Filed(at=at, key=row.key, folder=row.folder)


def _like(pattern: Considered, n: int, at: datetime, *, is_live: bool) -> Considered:
    """The same outcome for another letter of another writer."""
    assert pattern.case is not None
    number, key = f"{at.year}-{n + 1:05d}", sha256(f"letter {n}".encode()).hexdigest()[:32]
    ids = {mail.message_id: f"<mb.{number}.{sha256(f'{n} {m}'.encode()).hexdigest()[:24]}@school.example.org>"
           for m, mail in enumerate(pattern.mails)}  # fmt: skip
    writer = f"writer{n}@mail.example"
    mails = tuple(
        replace(
            mail, id=f"{number}-{m}", case=number, letter_key=key, message_id=ids[mail.message_id], made_at=at,
            not_before=at, recipient=writer if mail.recipient == pattern.case.writer else mail.recipient,
        )
        for m, mail in enumerate(pattern.mails)
    )  # fmt: skip
    later = tuple(replace(due, at=at + timedelta(days=365)) for due in pattern.case.dues)
    case = replace(
        pattern.case, number=number, opened_at=at, changed_at=at, writer=writer, dues=later if is_live else (),
        state=pattern.case.state if is_live else CaseState.CLOSED,
        sent=tuple(replace(sent, message_id=ids.get(sent.message_id, sent.message_id), at=at)
                   for sent in pattern.case.sent),
        letters=tuple(replace(one, key=key, message_id=f"<letter-{n}@mail.example>", sender=writer, at=at)
                      for one in pattern.case.letters),
    )  # fmt: skip
    return replace(
        pattern,
        at=at,
        key=key,
        received_at=at,
        message_id=f"<letter-{n}@mail.example>",
        case=case,
        mails=mails,
        cancel=(),
    )
