"""Runs mailbot so that the real process dies by SIGKILL, sent by itself, before or after a named act.

    python -m tests.kill_at POINT COUNT DURABLE_LOG -- once --config FILE

POINT is a name of POINTS or OTHER_POINTS; COUNT says at which time of coming there (from 1), or «text:WORDS» when bytes
with these words come there. Nothing in the product knows of this: the
functions are wrapped here, in the process that runs it. DURABLE_LOG gets a line per fsync (what was made durable, and
how far), from which tests/power_cut.py reproduces a power cut instead of a mere kill.
"""

import functools
import importlib
import os
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot.cli import main


@dataclass(frozen=True, slots=True)
class Point:
    """One function of the product, and whether to die before or after it."""

    module: str
    function: str
    after: bool


POINTS = {
    "before attempt row (L1)": Point("mailbot.casebook.casebook", "Casebook.attempt", False),
    "after attempt row (L1)": Point("mailbot.casebook.casebook", "Casebook.attempt", True),
    "while reading (L1)": Point("mailbot.mailroom.child", "Child.send", False),
    "before commit": Point("mailbot.daemon.taking", "consider", True),
    "owed bytes written, no row": Point("mailbot.casebook.journal", "Journal.append", False),
    "after commit (L2)": Point("mailbot.daemon.taking", "_consider_taken", True),
    "before sending row": Point("mailbot.daemon.paying", "_before", False),
    "after sending row (L3)": Point("mailbot.daemon.paying", "_before", True),
    "before the final dot": Point("aiosmtplib.smtp", "SMTP.data", False),
    "after 250, before sent row (L3)": Point("mailbot.daemon.paying", "_after", False),
    "after 250, sent row not yet durable (L3)": Point("mailbot.daemon.paying", "_after", True),
    "after sent rows (L4)": Point("mailbot.daemon.rounds", "pay", True),
    "before the move (L4)": Point("mailbot.mailroom.imap_session", "ImapSession.file", False),
    "after the move, before filed row": Point("mailbot.mailroom.imap_session", "ImapSession.file", True),
    "after filed and done rows (L5)": Point("mailbot.daemon.filing", "_done", True),
    "after all, before the checkpoint": Point("mailbot.casebook.casebook", "Casebook.checkpoint", False),
}

OTHER_POINTS = {"one file without the person": Point("mailbot.casebook.forgetting", "rewrite", True)}
"""Points that `once` alone does not come to."""


def wrap(point: Point, count: str) -> None:
    """Puts the killer around the function."""
    words = count.removeprefix("text:").encode() if count.startswith("text:") else b""
    owner: Any = importlib.import_module(point.module)
    *path, name = point.function.split(".")
    for part in path:
        owner = getattr(owner, part)
    original: Callable[..., Any] = getattr(owner, name)
    seen = 0

    @functools.wraps(original)
    def killer(*args: Any, **kwargs: Any) -> Any:
        nonlocal seen
        seen += 1
        its_time = any(words in one for one in args if isinstance(one, bytes)) if words else seen == int(count)
        if its_time and not point.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if its_time and point.after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, killer)


def note_durability(log: Path) -> None:
    """Notes each fsync: a file's path and size, a folder's path and what it held."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    original = os.fsync

    def noting(handle: int) -> None:
        original(handle)
        path, state = os.readlink(f"/proc/self/fd/{handle}"), os.fstat(handle)
        if stat.S_ISDIR(state.st_mode):
            os.write(out, f"dir\t{path}\t{'/'.join(sorted(os.listdir(path)))}\n".encode())
        else:
            os.write(out, f"file\t{path}\t{state.st_ino}\t{state.st_size}\n".encode())

    os.fsync = noting


if __name__ == "__main__":
    point, count, durable_log = sys.argv[1:4]
    if durable_log != "-":
        note_durability(Path(durable_log))
    if point != "-":
        wrap((POINTS | OTHER_POINTS)[point], count)
    sys.argv = ["mailbot", *sys.argv[5:]]
    main()
