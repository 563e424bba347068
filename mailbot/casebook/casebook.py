"""The casebook: durable memory behind one small interface. Nothing else touches the journal, TinyDB or owed mail.

Whoever opens it for writing holds the lock. `stage` folds an outcome into memory at once, so that the next letter of
the batch sees it; `commit` makes everything staged durable with one fsync. Only after `commit` may anybody act.
Any DiskTrouble leaves memory ahead of the disk: close the casebook and open it anew.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from mailbot.casebook.checkpoint import checkpoint_of, store_checkpoint
from mailbot.casebook.durable import Lock, bad_state, disk_errors, prepare_folder, sync_folder, write_beside
from mailbot.casebook.forgetting import CHECKPOINT, Trace, erase, expire, forgotten, trace_of
from mailbot.casebook.format import brought_forward
from mailbot.casebook.journal import Journal, Mark, end_of, mark_at, month_file, months
from mailbot.casebook.ledger import MEMORY, Ledger, OwedMail
from mailbot.casebook.loading import load_ledger
from mailbot.casebook.remembered import KnownLetter
from mailbot.casebook.rows import Attempted, Filed, Forgotten, MailMoved, Paused, Ran, Row, SetAside, Started
from mailbot.cases.case import Case, Due
from mailbot.cases.draft import Draft, Mail, MailState

__all__ = ["Casebook", "load_ledger"]


class Casebook:
    """Durable state of one mailbox."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Opens or begins the state in `folder`. Raises BadState for files that cannot be believed."""
        prepare_folder(folder)
        self._folder = folder
        self._lock = Lock(folder, now)
        try:
            brought_forward(folder)
            self._ledger = load_ledger(folder, now)
        except BaseException:
            self._lock.release()
            raise
        self._journal = Journal(folder)
        self._rows: list[Row] = []
        self._drafts: list[Draft] = []
        self._sweep_owed()

    # --- reading -----------------------------------------------------------------------------------------------------

    @property
    def ledger(self) -> Ledger:
        """The folded state, to be read only."""
        return self._ledger

    def letter(self, key: str) -> KnownLetter | None:
        """What is known of a letter, None if it has no outcome yet."""
        return self._ledger.letters.get(key)

    def attempts(self, key: str) -> int:
        """How often reading this letter was begun without an outcome."""
        return self._ledger.attempts.get(key, 0)

    def case(self, number: str) -> Case | None:
        """A case by its number, None if it is unknown or long closed."""
        return self._ledger.cases.get(number)

    def due(self, now: datetime) -> tuple[tuple[Case, Due], ...]:
        """Every deadline that has passed, the oldest first."""
        passed = [(case, due) for case in self._ledger.cases.held.values() for due in case.dues if due.at <= now]
        return tuple(sorted(passed, key=lambda pair: (pair[1], pair[0].number)))

    def ready(self, now: datetime) -> tuple[OwedMail, ...]:
        """Mail that may be tried now, the oldest first."""
        owed = [m for m in self._ledger.owed.values() if m.state is MailState.READY and m.is_due(now)]
        return tuple(sorted(owed, key=lambda m: (m.next_try_at, m.mail.made_at)))

    def uncertain(self) -> tuple[OwedMail, ...]:
        """Mail in `sending`: it may have gone out, only its copy can tell."""
        return tuple(m for m in self._ledger.owed.values() if m.state is MailState.SENDING)

    def sent_unfiled(self) -> tuple[OwedMail, ...]:
        """Mail in `sent` whose last step (done) is still to be written."""
        return tuple(m for m in self._ledger.owed.values() if m.state is MailState.SENT)

    def bytes_of(self, mail: Mail) -> bytes:
        """The frozen bytes; raises BadState if they are gone or not those the journal names."""
        path = self._owed_path(mail.id)
        try:
            raw = path.read_bytes()
        except FileNotFoundError as error:
            raise bad_state(path, "нет письма, которое нужно отправить", "a mail we owe is gone") from error
        if hashlib.sha256(raw).hexdigest() != mail.sha256:
            raise bad_state(path, "письмо изменено после записи", "the mail differs from what the journal names")
        return raw

    # --- writing -----------------------------------------------------------------------------------------------------

    def start(self, row: Started) -> None:
        """Records the first contact."""
        self._write(row)

    def attempt(self, keys: tuple[str, ...], now: datetime) -> None:
        """Records durably that these letters are about to be read."""
        self._write(Attempted(at=now, keys=keys))

    def stage(self, row: Row, drafts: Iterable[Draft] = ()) -> None:
        """Folds a row into memory; `commit` makes it and its drafts durable."""
        self._ledger.fold(row)
        self._rows.append(row)
        self._drafts.extend(drafts)

    def commit(self, now: datetime) -> None:
        """Makes all that is staged durable: first the frozen bytes, then the rows that name them."""
        if self._drafts:
            with disk_errors(self._folder / "owed"):
                for draft in self._drafts:
                    write_beside(self._owed_path(draft.id), draft.raw)
                sync_folder(self._folder / "owed")
        places = self._journal.append(self._rows, now)
        for row, place in zip(self._rows, places, strict=True):
            self._ledger.index.note(row, place)
        self._rows, self._drafts = [], []

    def move_mail(
        self, mail_id: str, state: MailState, answer: str, now: datetime, again: datetime | None = None
    ) -> None:
        """Writes one step of a mail durably."""
        self._write(MailMoved(at=now, id=mail_id, state=state, answer=answer, next_try_at=again))

    def throw_away(self, mail_ids: Iterable[str]) -> None:
        """Removes the bytes of mail whose `done` is durable; what a crash leaves is swept at the next opening."""
        with disk_errors(self._folder / "owed"):
            for mail_id in mail_ids:
                self._owed_path(mail_id).unlink(missing_ok=True)

    def filed(self, key: str, now: datetime) -> None:
        """The letter lies in its folder."""
        letter = self._ledger.letters[key]
        self.stage(Filed(at=now, key=key, folder=letter.folder))

    def set_aside(self, key: str, reason: str, now: datetime) -> None:
        """A person must look at this letter."""
        self._write(SetAside(at=now, key=key, reason=reason))

    def pause(self, until: datetime, reason: str, now: datetime) -> None:
        """Opens the breaker until `until`."""
        self._write(Paused(at=now, until=until, reason=reason))

    def ran(self, job: str, now: datetime) -> None:
        """Records that a timed job has run."""
        self._write(Ran(at=now, job=job))

    def forget(self, address: str, now: datetime) -> Forgotten:
        """Takes a person out of all that is kept; their unsent mail is dropped first, so that a crash sends none."""
        row = forgotten(trace_of(self._folder, address), self._ledger, now)
        self._write(row)
        self._rewrite(lambda folder: erase(folder, Trace(address, frozenset(row.cases))), now, moves_rows=True)
        return row

    def expire(self, names_until: datetime, register_until: datetime, now: datetime) -> None:
        """Takes out everybody whose time is over, and the months nobody may keep any more."""
        moves_rows = month_file(self._folder, names_until) > month_file(self._folder, now - MEMORY)
        work = lambda folder: expire(folder, self._ledger, names_until, register_until)  # noqa: E731
        self._rewrite(work, now, moves_rows=moves_rows)

    def _rewrite(self, work: Callable[[Path], None], now: datetime, *, moves_rows: bool) -> None:
        """Lets `work` rewrite files of the state; afterwards only the disk is believed.

        moves_rows: rows move that the index leads to, or people go who may stand in the checkpoint: then the journal
        alone is left to tell how things stand, before anything is rewritten.
        """
        self.checkpoint(now)
        if moves_rows:
            store_checkpoint(self._folder / CHECKPOINT, checkpoint_of(self._ledger, None))
        self._journal.close()
        work(self._folder)
        self._ledger = load_ledger(self._folder, now)
        self._sweep_owed()
        if moves_rows:
            self.checkpoint(now)

    def checkpoint(self, now: datetime) -> None:
        """Drops from memory what needs nothing more, and keeps how things stand: first the index, then cases.json.

        Killed between the two, the index reaches further than cases.json, which does no harm.
        """
        self.commit(now)
        ledger = self._ledger
        ledger.forget_old(now)
        marks = {mark.month: mark for mark in map(_read_whole, months(self._folder))}
        ledger.index.tidy(now - MEMORY)
        ledger.index.store(marks)
        newest = marks[max(marks)] if marks else None
        store_checkpoint(self._folder / CHECKPOINT, checkpoint_of(ledger, newest))

    def close(self) -> None:
        """Gives everything back; all that was committed is on the disk."""
        self._journal.close()
        self._lock.release()

    def _write(self, row: Row) -> None:
        self.stage(row)
        self.commit(row.at)

    def _owed_path(self, mail_id: str) -> Path:
        return self._folder / "owed" / f"{mail_id}.eml"

    def _sweep_owed(self) -> None:
        """Removes bytes that no row names (a crash between bytes and row) or whose mail is done."""
        kept = self._ledger.owed.keys() | self._ledger.troubled.keys()
        with disk_errors(self._folder / "owed"):
            for path in (self._folder / "owed").iterdir():
                if path.stem not in kept or path.suffix != ".eml":
                    path.unlink()


def _read_whole(path: Path) -> Mark:
    return mark_at(path, end_of(path))
