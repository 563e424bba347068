"""A system clock that a test sets, for real processes: libfaketime, which reads an offset from a file at every look.

The monotonic clock stays true, or every timed lock of Python would hang; Python's sleep then needs kernel_sleep.c.
"""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SLEEP = Path(__file__).parent / "kernel_sleep.c"
PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")


@dataclass(slots=True)
class ShiftedClock:
    """The clock of every process started with `environment`; it goes on from wherever `set` puts it."""

    folder: Path
    ahead: timedelta = timedelta()

    @property
    def now(self) -> datetime:
        """What these processes take for now."""
        return datetime.now(UTC) + self.ahead

    def set(self, moment: datetime) -> None:
        """Lets these processes believe that it is `moment` now. Atomic: a half-written offset is never read."""
        self.ahead = moment - datetime.now(UTC)
        beside = self.folder / "offset.new"
        beside.write_text(f"{self.ahead.total_seconds():+.3f}\n")
        beside.rename(self._offset)

    @property
    def environment(self) -> dict[str, str]:
        """What a process must be started with. TZ is UTC, so that every zone it knows comes from the school's rules."""
        return {
            "LD_PRELOAD": f"{self._sleep()} {_library()}",
            "FAKETIME_TIMESTAMP_FILE": str(self._offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": "UTC",
        }

    @property
    def _offset(self) -> Path:
        return self.folder / "offset"

    def _sleep(self) -> Path:
        built = self.folder / "kernel_sleep.so"
        if not built.exists():
            subprocess.run(("gcc", "-shared", "-fPIC", "-O2", "-o", built, SLEEP), check=True)
        return built


def _library() -> Path:
    found = [path for place in PLACES for path in Path("/").glob(place.lstrip("/"))]
    if not found:
        raise RuntimeError("libfaketime is missing: install the package faketime (make servers)")
    return found[0]
