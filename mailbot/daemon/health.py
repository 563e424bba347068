"""What `status` and the alarm go by: when the last round ended well, what has gone wrong since, who was told."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.casebook.durable import disk_errors, write_beside


@dataclass(slots=True)
class Health:
    """Written to state/health.json after every round. `begun`: when this process started; alarmed_at: None if all is
    well or nobody was told yet.
    """

    path: Path
    begun: datetime
    last_good: datetime | None = None
    failures: int = 0
    trouble: str = ""
    alarmed_at: datetime | None = None

    @classmethod
    def read(cls, path: Path, now: datetime) -> "Health":
        """As an earlier process left it; a file that cannot be read is as good as none: it is rewritten soon."""
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            return cls(path, now, last_good=_moment(told, "last_good"), alarmed_at=_moment(told, "alarmed_at"))
        except (OSError, ValueError, AttributeError, TypeError):
            return cls(path, now)

    def good(self, now: datetime) -> None:
        """A round has ended well."""
        self.last_good, self.failures, self.trouble = now, 0, ""
        self._write(now)

    def bad(self, now: datetime, trouble: str) -> None:
        """A round has failed."""
        self.failures, self.trouble = self.failures + 1, trouble
        self._write(now)

    def silent_for(self, now: datetime) -> timedelta:
        """How long this process has not had a good round; a pause between two processes is no silence."""
        return now - max(self.begun, self.last_good or self.begun)

    def _write(self, now: datetime) -> None:
        told = {
            "at": now.isoformat(),
            "last_good": self.last_good.isoformat() if self.last_good else "",
            "failures": self.failures,
            "trouble": self.trouble,
            "alarmed_at": self.alarmed_at.isoformat() if self.alarmed_at else "",
        }
        with disk_errors(self.path):
            write_beside(self.path, json.dumps(told, ensure_ascii=False).encode())


def _moment(told: dict[str, str], name: str) -> datetime | None:
    said = told.get(name, "")
    return datetime.fromisoformat(said) if said else None
