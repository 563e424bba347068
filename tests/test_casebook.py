"""Durable memory: what is appended is found again, torn ends are dropped, bad files stop the start."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.casebook.casebook import Casebook, load_ledger
from mailbot.casebook.journal import Journal, months, read_rows
from mailbot.casebook.rows import MailMoved, Paused, Ran, Started
from mailbot.cases.draft import MailState
from mailbot.errors import BadSettings, BadState, Setback

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def ran(n: int, at: datetime = NOW) -> Ran:
    return Ran(at=at, job=f"job {n}")


def test_rows_come_back_in_the_order_in_which_they_were_appended(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([ran(1), ran(2)], NOW)
    journal.append([ran(3)], NOW)

    assert [row for path in months(tmp_path) for row in read_rows(path)] == [ran(1), ran(2), ran(3)]


def test_each_month_has_its_own_file_and_the_past_one_is_not_touched_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([ran(1)], NOW)
    sealed = (tmp_path / "journal-2026-11.jsonl").read_bytes()

    journal.append([ran(2)], NOW + timedelta(days=10))

    assert [path.name for path in months(tmp_path)] == ["journal-2026-11.jsonl", "journal-2026-12.jsonl"]
    assert (tmp_path / "journal-2026-11.jsonl").read_bytes() == sealed


def test_a_clock_set_back_over_the_turn_of_a_month_reopens_no_sealed_month(tmp_path: Path) -> None:
    later, earlier = datetime(2026, 12, 1, 0, 5, tzinfo=UTC), datetime(2026, 11, 30, 23, 5, tzinfo=UTC)
    Journal(tmp_path).append([Ran(at=later, job="1")], later)

    Journal(tmp_path).append([Ran(at=earlier, job="2")], earlier)

    assert [path.name for path in months(tmp_path)] == ["journal-2026-12.jsonl"]
    assert [row.job for row in read_rows(months(tmp_path)[0]) if isinstance(row, Ran)] == ["1", "2"]


def test_after_rows_that_may_be_torn_nothing_more_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([ran(1)], NOW)
    path = months(tmp_path)[0]
    full, whole = os.open("/dev/full", os.O_WRONLY), os.dup(journal._handle)
    os.dup2(full, journal._handle)
    with pytest.raises(Setback):
        journal.append([ran(2)], NOW)
    os.dup2(whole, journal._handle)

    with pytest.raises(Setback):
        journal.append([ran(3)], NOW)

    assert len(list(read_rows(path))) == 1


@pytest.mark.parametrize("cut", [1, 7, 20])
def test_a_line_that_a_crash_cut_short_is_dropped_and_writing_goes_on_behind_the_last_whole_one(
    cut: int, tmp_path: Path
) -> None:
    Journal(tmp_path).append([ran(1), ran(2)], NOW)
    path = tmp_path / "journal-2026-11.jsonl"
    os.truncate(path, path.stat().st_size - cut)

    assert list(read_rows(path)) == [ran(1)]
    Journal(tmp_path).append([ran(3)], NOW)
    assert list(read_rows(path)) == [ran(1), ran(3)]


def test_a_bad_line_in_the_middle_stops_the_start_with_its_place(tmp_path: Path) -> None:
    Journal(tmp_path).append([ran(1), ran(2)], NOW)
    path = tmp_path / "journal-2026-11.jsonl"
    path.write_bytes(path.read_bytes().replace(b"job 1", b'job" 1', 1))

    with pytest.raises(BadState, match="line 1"):
        list(read_rows(path))


def test_a_second_opening_is_refused_and_says_who_holds_the_lock(tmp_path: Path) -> None:
    book = Casebook(tmp_path, NOW)
    try:
        with pytest.raises(BadSettings, match=f"pid {os.getpid()}"):
            Casebook(tmp_path, NOW)
    finally:
        book.close()
    Casebook(tmp_path, NOW).close()


def test_what_lasts_survives_when_its_month_is_no_longer_read(tmp_path: Path) -> None:
    book = Casebook(tmp_path, NOW)
    started = Started(at=NOW, instant=NOW, uidvalidity=7, uidnext=9, skipped=40)
    book.start(started)
    book.checkpoint(NOW)
    book.close()

    a_year_later = load_ledger(tmp_path, NOW + timedelta(days=365))

    assert a_year_later.started == started


def test_without_a_checkpoint_every_month_is_read_again(tmp_path: Path) -> None:
    book = Casebook(tmp_path, NOW)
    book.start(Started(at=NOW, instant=NOW, uidvalidity=7, uidnext=9, skipped=0))
    book.close()

    assert load_ledger(tmp_path, NOW + timedelta(days=365)).started is not None


def test_attempts_are_counted_over_restarts(tmp_path: Path) -> None:
    for _ in range(3):
        book = Casebook(tmp_path, NOW)
        book.attempt(("a" * 32,), NOW)
        book.close()

    book = Casebook(tmp_path, NOW)
    assert book.attempts("a" * 32) == 3
    book.close()


def test_bytes_no_row_names_are_swept_at_the_next_opening(tmp_path: Path) -> None:
    Casebook(tmp_path, NOW).close()
    stray = tmp_path / "owed" / "2026-00001-abc.eml"
    stray.write_bytes(b"written before a crash, never named")

    Casebook(tmp_path, NOW).close()

    assert not stray.exists()


def test_an_unknown_mail_moving_changes_nothing(tmp_path: Path) -> None:
    book = Casebook(tmp_path, NOW)
    book.stage(MailMoved(at=NOW, id="nobody", state=MailState.SENT, answer=""))
    book.commit(NOW)

    assert not book.ledger.owed
    book.close()


def test_the_breaker_is_remembered_over_a_restart(tmp_path: Path) -> None:
    book = Casebook(tmp_path, NOW)
    book.pause(NOW + timedelta(hours=24), "554 spam", NOW)
    book.close()

    ledger = load_ledger(tmp_path, NOW)

    assert ledger.paused == Paused(at=NOW, until=NOW + timedelta(hours=24), reason="554 spam")
    assert ledger.tally("a@mail.example", "", "", NOW).paused_until == NOW + timedelta(hours=24)


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mailbot.casebook.casebook import Casebook
now = datetime(2026, 11, 23, 9, tzinfo=UTC)
book = Casebook(Path(sys.argv[1]), now)
print("ready", flush=True)
n = 0
while True:
    n += 1
    book.attempt((f"{n:032}",), now)
    book.checkpoint(now)
    print(n, flush=True)
"""


@pytest.mark.slow
def test_no_kill_at_a_random_instant_tears_journal_or_checkpoint(tmp_path: Path) -> None:
    for kill in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path / str(kill))], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(3 + kill * 7)]
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        told = [int(line) for line in (*lines, *rest.splitlines()) if line.strip().isdigit()]

        ledger = load_ledger(tmp_path / str(kill), NOW)

        assert len(ledger.attempts) >= max(told)
