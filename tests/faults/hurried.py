"""Runs mailbot with deadlines of seconds instead of minutes, and by a clock and on a disk that a test can spoil.

    python -m tests.faults.hurried CLOCK -- run --config FILE

CLOCK is a file with the seconds by which the machine's clock is wrong; none means that it is right. While there is a
file «disk» beside it, no fsync succeeds. A letter with the word POISON kills the daemon. Nothing in the product knows
of this: its constants are set here, in the process that runs it.
"""

import errno
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot.cli import main
from mailbot.daemon import loop, paying
from mailbot.mailroom import imap_session, outbox
from tests.kill_at import POINTS, wrap

POISON = "ЯДОВИТОЕ"
DEADLINE_S = 10.0
"""More than any one step of the hurried mailbot may take: a slice of IDLE and an answer, or a command, or a wait."""


def hurry() -> None:
    """Every wait and deadline of the daemon, in the same proportions, within DEADLINE_S."""
    imap_session.READ_TIMEOUT_S = 2
    imap_session.COMMAND_DEADLINE_S = 5
    loop.SLICE_S = 3
    loop.FIRST_WAIT_S = 0.5
    loop.LONGEST_WAIT_S = 3.0
    outbox.STEP_TIMEOUT_S = 2
    outbox.DATA_TIMEOUT_S = 4
    paying.RETRY_MINUTES = (0.02, 0.03, 0.05)  # type: ignore[assignment]


def follow(clock: Path) -> None:
    """The daemon's one clock is wrong by as many seconds as the file says."""

    def wrong_now() -> datetime:
        wrong_by = float(clock.read_text()) if clock.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=wrong_by)

    loop.utc_now = wrong_now


def fail_to_sync(sign: Path) -> None:
    """The disk answers each fsync with an error while the sign is there."""
    rightly = os.fsync

    def fsync(handle: int) -> None:
        if sign.exists():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rightly(handle)

    os.fsync = fsync


if __name__ == "__main__":
    hurry()
    fail_to_sync(Path(sys.argv[1]).with_name("disk"))
    wrap(POINTS["while reading (L1)"], f"text:{POISON}")
    follow(Path(sys.argv[1]))
    sys.argv = ["mailbot", *sys.argv[3:]]
    main()
