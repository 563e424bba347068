"""From the disk to the ledger: the checkpoint and what the journal tells after it; where that does not fit together
(no checkpoint, one of another journal, a torn index), every month that may matter is folded anew, to the same end.

Reads only, so it also serves commands beside a running daemon.
"""

from datetime import datetime, timedelta
from pathlib import Path

from mailbot.casebook.checkpoint import Checkpoint, Standing, load_checkpoint, take_up, take_up_standing
from mailbot.casebook.format import format_of
from mailbot.casebook.index import Index, load_index
from mailbot.casebook.journal import Mark, end_of, mark_at, mark_holds, month_file, month_name, months, rows_from
from mailbot.casebook.ledger import MEMORY, Ledger

LONGEST_MONTH = timedelta(days=31)
CLEARED_EVERY = 2000
"""Rows after which memory lets go of what needs nothing more: so the longest journal is read in little of it."""


def load_ledger(folder: Path, now: datetime) -> Ledger:
    """What is on the disk adds up to this. Raises BadState for files that cannot be believed."""
    format_of(folder)
    checkpoint = load_checkpoint(folder / "cases.json")
    standing = checkpoint.standing if checkpoint else None
    index = _index_of(folder, standing, now) if standing else None
    ledger = Ledger(index=index or Index(folder))
    if checkpoint:
        take_up(checkpoint, ledger)
    if standing and index:
        take_up_standing(standing, ledger)
        _fold(ledger, folder, standing.mark, now)
    else:
        _fold(ledger, folder, _first_mark(folder, checkpoint, now), now)
    return ledger


def _index_of(folder: Path, standing: Standing, now: datetime) -> Index | None:
    """The index up to where the checkpoint stands, None if either is not of this journal."""
    if not mark_holds(folder, standing.mark):
        return None
    first = month_name(month_file(folder, now - MEMORY))
    sealed = (path for path in months(folder) if first <= month_name(path) < standing.mark.month)
    return load_index(folder, (*(mark_at(path, end_of(path)) for path in sealed), standing.mark))


def _first_mark(folder: Path, checkpoint: Checkpoint | None, now: datetime) -> Mark:
    """Where folding anew begins: with a checkpoint, older months have nothing to tell that it does not hold."""
    edge = month_file(folder, now - MEMORY - LONGEST_MONTH)
    return Mark(month_name(edge) if checkpoint else "", 0, "")


def _fold(ledger: Ledger, folder: Path, begin: Mark, now: datetime) -> None:
    """Folds in all rows from there on; those of remembered months are noted in the index."""
    remembered = month_name(month_file(folder, now - MEMORY))
    count = 0
    for path in months(folder):
        month = month_name(path)
        if month < begin.month:
            continue
        for row, place in rows_from(path, begin.end if month == begin.month else 0):
            ledger.fold(row)
            if month >= remembered:
                ledger.index.note(row, place)
            count += 1
            if count % CLEARED_EVERY == 0:
                ledger.forget_old(now)
    ledger.forget_old(now)
