"""state/cases.json: live cases in TinyDB, with a storage that no kill can tear; rebuilt from the journal at need.

TinyDB's own storage rewrites its file in place and leaves it unreadable when killed (RELIABILITY §1.4). What old months
of the journal alone would tell is kept here, too: the first contact, dead addresses, the last case number of each year;
and how things stood at one place of the journal, so that start-up need read only what follows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from tinydb import TinyDB
from tinydb.storages import Storage

from mailbot.casebook.durable import bad_state, replace_durably
from mailbot.casebook.journal import Mark
from mailbot.casebook.ledger import Ledger, OwedMail
from mailbot.casebook.remembered import KnownLetter
from mailbot.casebook.rows import Paused, SetAside, Started
from mailbot.cases.case import Case
from mailbot.cases.draft import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """What outlives the months that are read at the start."""

    started: Started | None
    dead: Mapping[str, datetime]
    last_number: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the rows before `mark` add up to, but for cases and what lasts. `written`: the mail of the last week."""

    mark: Mark
    letters: Mapping[str, KnownLetter]
    attempts: Mapping[str, int]
    aside: Mapping[str, SetAside]
    owed: Mapping[str, OwedMail]
    troubled: Mapping[str, OwedMail]
    written: tuple[Mail, ...]
    last_run: Mapping[str, datetime]
    paused: Paused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One file of state. `standing` is None where only the journal can tell how things stand."""

    cases: tuple[Case, ...]
    lasting: Lasting
    standing: Standing | None

    def without_standing(self) -> "Checkpoint":
        """The same for a journal whose places are about to change."""
        return replace(self, standing=None)


def checkpoint_of(ledger: Ledger, mark: Mark | None) -> Checkpoint:
    """What must be kept of a ledger that holds all rows before `mark`."""
    return Checkpoint(
        cases=tuple(ledger.cases.held.values()),
        lasting=Lasting(started=ledger.started, dead=ledger.dead, last_number=ledger.last_number),
        standing=_standing_of(ledger, mark) if mark else None,
    )


def _standing_of(ledger: Ledger, mark: Mark) -> Standing:
    return Standing(
        mark=mark,
        letters=ledger.letters.held,
        attempts=ledger.attempts,
        aside=ledger.aside,
        owed=ledger.owed,
        troubled=ledger.troubled,
        written=tuple(ledger.written.mails),
        last_run=ledger.last_run,
        paused=ledger.paused,
    )


def take_up(checkpoint: Checkpoint, ledger: Ledger) -> None:
    """Puts cases and what lasts into an empty ledger."""
    ledger.started, ledger.dead = checkpoint.lasting.started, dict(checkpoint.lasting.dead)
    ledger.remember(checkpoint.cases)
    ledger.last_number = dict(checkpoint.lasting.last_number)


def take_up_standing(standing: Standing, ledger: Ledger) -> None:
    """Puts the rest into it; what is folded in afterwards must be the rows from the mark on."""
    ledger.letters.held = dict(standing.letters)
    for key, letter in standing.letters.items():
        ledger.ids.setdefault(letter.message_id, key)
        if not letter.filed:
            ledger.unfiled[key] = None
    ledger.attempts, ledger.aside = dict(standing.attempts), dict(standing.aside)
    ledger.owed, ledger.troubled = dict(standing.owed), dict(standing.troubled)
    ledger.last_run, ledger.paused = dict(standing.last_run), standing.paused
    for mail in standing.written:
        ledger.written.append(mail)


_CASE: TypeAdapter[Case] = TypeAdapter(Case)
_LASTING: TypeAdapter[Lasting] = TypeAdapter(Lasting)
_STANDING: TypeAdapter[Standing] = TypeAdapter(Standing)


class SafeStorage(Storage):
    """Whole file replaced atomically; a file that is not JSON stops the start and never means «empty»."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, dict[str, Any]] | None:
        """TinyDB's tables, None where there is no file yet."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            tables: dict[str, dict[str, Any]] = json.loads(raw)
        except ValueError as error:
            raise bad_state(self._path, "это не JSON", "this is not JSON") from error
        return tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replaces the file whole."""
        replace_durably(self._path, json.dumps(data, ensure_ascii=False).encode())


def load_checkpoint(path: Path) -> Checkpoint | None:
    """The state as of the last checkpoint; None where there has been none."""
    if not path.exists():
        return None
    with TinyDB(path, storage=SafeStorage) as db:
        cases, lasting, standing = (db.table(name).all() for name in ("cases", "lasting", "standing"))
    try:
        # By way of JSON, as in the journal: only so does pydantic read dates and enums from their stored forms.
        return Checkpoint(
            cases=tuple(_CASE.validate_json(json.dumps(document)) for document in cases),
            lasting=_LASTING.validate_json(json.dumps(lasting[0] if lasting else {})),
            standing=_standing(standing[0].get("json", "")) if standing else None,
        )
    except ValidationError as error:
        raise bad_state(path, "дело не читается", f"a case cannot be read ({error.error_count()} problems)") from error


def _standing(told: str) -> Standing | None:
    """None for one that cannot be read: the journal tells it anew."""
    try:
        return _STANDING.validate_json(told)
    except ValidationError:
        return None


def store_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Writes one checkpoint: a single replacement of the file, however many cases."""
    tables = {
        "cases": {str(i): _CASE.dump_python(case, mode="json") for i, case in enumerate(checkpoint.cases, start=1)},
        "lasting": {"1": _LASTING.dump_python(checkpoint.lasting, mode="json")},
    }
    if checkpoint.standing:
        # One string: as objects, the mail of a busy week would take tens of megabytes on the way.
        tables["standing"] = {"1": {"json": _STANDING.dump_json(checkpoint.standing).decode()}}
    with TinyDB(path, storage=SafeStorage) as db:
        db.storage.write(tables)
