"""state/cases.json: live cases in TinyDB, with a storage that no kill can tear; rebuilt from the journal at need.

TinyDB's own storage rewrites its file in place and leaves it unreadable when killed (RELIABILITY §1.4). What old months
of the journal alone would tell is kept here, too, so that start-up need not read them: the first contact, dead
addresses, the last case number of each year.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from tinydb import TinyDB
from tinydb.storages import Storage

from mailbot.casebook.durable import bad_state, replace_durably
from mailbot.casebook.rows import Started
from mailbot.cases.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """What outlives the months that are read at the start."""

    started: Started | None
    dead: Mapping[str, datetime]
    last_number: Mapping[int, int]


_CASE: TypeAdapter[Case] = TypeAdapter(Case)
_LASTING: TypeAdapter[Lasting] = TypeAdapter(Lasting)


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


def load_checkpoint(path: Path) -> tuple[tuple[Case, ...], Lasting] | None:
    """The live cases and what lasts, as of the last checkpoint; None where there has been none."""
    if not path.exists():
        return None
    with TinyDB(path, storage=SafeStorage) as db:
        cases, lasting = db.table("cases").all(), db.table("lasting").all()
    try:
        # By way of JSON, as in the journal: only so does pydantic read dates and enums from their stored forms.
        kept = tuple(_CASE.validate_json(json.dumps(dict(document))) for document in cases)
        return kept, _LASTING.validate_json(json.dumps(dict(lasting[0]) if lasting else {}))
    except ValidationError as error:
        raise bad_state(path, "дело не читается", f"a case cannot be read ({error.error_count()} problems)") from error


def store_checkpoint(path: Path, cases: tuple[Case, ...], lasting: Lasting) -> None:
    """Writes one checkpoint: a single replacement of the file, however many cases."""
    with TinyDB(path, storage=SafeStorage) as db:
        table = {str(i): _CASE.dump_python(case, mode="json") for i, case in enumerate(cases, start=1)}
        db.storage.write({"cases": table, "lasting": {"1": _LASTING.dump_python(lasting, mode="json")}})
