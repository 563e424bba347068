"""Taking people out of what is kept: one person at the admin's word (`forget`), everybody after their time (`expire`).

The only place that rewrites a month of the journal: whole, atomically, each of its lines standing for the same step as
before. Killed anywhere, it is begun anew (the order still lies there); doing it twice changes nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mailbot.casebook.checkpoint import load_checkpoint, store_checkpoint
from mailbot.casebook.durable import disk_errors, replace_durably, sync_folder
from mailbot.casebook.journal import lines_of, month_file, months, read_rows
from mailbot.casebook.ledger import Ledger
from mailbot.casebook.nameless import OPEN, IsGone, nameless, nameless_row
from mailbot.casebook.rows import ROWS, CaseChanged, Considered, Forgotten
from mailbot.cases.case import Case, Kind
from mailbot.cases.draft import Mail

CHECKPOINT = "cases.json"
LOCAL_SIGN, DOMAIN_SIGN = r"[\w!#$%&'*+/=?^`{|}~.-]", r"[\w-]|\.[\w-]"
MENTIONED = re.compile(rb'"(?:number|case|id)":"(\d{4}-\d{5,})')
"""A case's number where a row is about it: its own, that of a mail, or in the id of one."""

Line = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Trace:
    """What is left of a person: `address`, and the numbers of the cases that were theirs."""

    address: str
    cases: frozenset[str]

    @property
    def everywhere(self) -> re.Pattern[str]:
        """The address wherever it stands whole, in any case of letters."""
        whole = rf"(?<!{LOCAL_SIGN}){re.escape(self.address)}(?!{DOMAIN_SIGN})"
        return re.compile(whole, re.IGNORECASE)


def trace_of(folder: Path, address: str) -> Trace:
    """All cases whose writer this was, in the checkpoint and in every month."""
    checkpoint = load_checkpoint(folder / CHECKPOINT)
    found = {case.number for case in (checkpoint.cases if checkpoint else ()) if case.writer == address}
    for path in months(folder):
        rows = (row for row in read_rows(path, naming=address) if isinstance(row, Considered | CaseChanged))
        found |= {row.case.number for row in rows if row.case and row.case.writer == address}
    return Trace(address, frozenset(found))


def forgotten(trace: Trace, ledger: Ledger, now: datetime) -> Forgotten:
    """The row to write before `erase`: mail about the person, and every unsent digest, for it may name them."""
    kept = (one.mail for one in (*ledger.owed.values(), *ledger.troubled.values()))
    theirs = (mail.id for mail in kept if _is_theirs(mail, trace))
    return Forgotten(at=now, cases=tuple(sorted(trace.cases)), mails=tuple(theirs))


def _is_theirs(mail: Mail, trace: Trace) -> bool:
    return mail.case in trace.cases or mail.recipient == trace.address or mail.kind is Kind.DIGEST


def erase(folder: Path, trace: Trace) -> None:
    """Takes the person out of the months and of the checkpoint."""
    for path in months(folder):
        rewrite(path, lambda line: _without_person(line, trace))
    _rewrite_checkpoint(folder, lambda case: case.number in trace.cases, lambda dead, at: dead != trace.address)
    rewrite(folder / CHECKPOINT, lambda line: _scrubbed(line, trace))
    _remove_leftovers(folder)


def expire(folder: Path, ledger: Ledger, names_until: datetime, register_until: datetime) -> None:
    """Removes everybody from months that ended before `names_until`, and months before `register_until` whole.

    A case that is still open, or was heard of in a later month, keeps its people everywhere. The checkpoint must be
    fresh: it alone knows of the first contact once the first month is gone.
    """
    old = [path for path in months(folder) if path.name < month_file(folder, names_until).name]
    gone = [path for path in old if path.name < month_file(folder, register_until).name]
    later = [path for path in months(folder) if path not in old]
    alive = _mentioned(later) | {case.number for case in ledger.cases.held.values() if case.state in OPEN}
    for path in gone:
        with disk_errors(path):
            path.unlink()
    if gone:
        sync_folder(folder)
    for path in old[len(gone) :]:
        rewrite(path, lambda line: _nameless_line(line, lambda number: number not in alive))
    _rewrite_checkpoint(
        folder,
        lambda case: case.number not in alive and case.changed_at < names_until,
        lambda dead, at: at >= names_until,
    )


def rewrite(path: Path, changed: Line) -> bool:
    """Replaces a file by its lines as `changed` gives them; whether anything is different now."""
    before = path.read_bytes() if path.exists() else b""
    after = b"".join(changed(line) for line in before.splitlines(keepends=True))
    if after != before:
        replace_durably(path, after)
    return after != before


def _without_person(line: bytes, trace: Trace) -> bytes:
    numbers = {number.decode() for number in MENTIONED.findall(line)}
    if numbers & trace.cases:
        line = _nameless_line(line, trace.cases.__contains__)
    return _scrubbed(line, trace)


def _scrubbed(line: bytes, trace: Trace) -> bytes:
    """The address also stands in what servers answered and in cases of others."""
    text = line.decode()
    return trace.everywhere.sub("", text).encode() if trace.address in text.lower() else line


def _nameless_line(line: bytes, is_gone: IsGone) -> bytes:
    """A line that a crash cut short (the last of a month) stays for the journal to drop."""
    if not line.endswith(b"\n"):
        return line
    row = ROWS.validate_json(line)
    changed = nameless_row(row, is_gone)
    return line if changed == row else ROWS.dump_json(changed) + b"\n"


def _mentioned(paths: Iterable[Path]) -> frozenset[str]:
    lines = (line for path in paths for _, line in lines_of(path))
    return frozenset(number.decode() for line in lines for number in MENTIONED.findall(line))


def _rewrite_checkpoint(
    folder: Path, is_gone: Callable[[Case], bool], is_dead: Callable[[str, datetime], bool]
) -> None:
    """The checkpoint without the people who are gone; `is_dead`: the dead addresses that are still remembered."""
    checkpoint = load_checkpoint(folder / CHECKPOINT)
    if checkpoint is None:
        return
    dead = {one: at for one, at in checkpoint.lasting.dead.items() if is_dead(one, at)}
    cases = tuple(nameless(case) if is_gone(case) else case for case in checkpoint.cases)
    store_checkpoint(
        folder / CHECKPOINT, replace(checkpoint, cases=cases, lasting=replace(checkpoint.lasting, dead=dead))
    )


def _remove_leftovers(folder: Path) -> None:
    """What a kill left half-written, and orders nobody could read, may name the person."""
    for path in (*folder.glob("*.tmp"), *(folder / "orders").glob("*.unreadable"), *(folder / "orders").glob("*.tmp")):
        path.unlink(missing_ok=True)
