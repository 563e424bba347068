"""Runs mailbot and counts its work: `python -m tests.count_work COUNTS -- once --config FILE`.

COUNTS gets a line of JSON at the end: fsyncs and IMAP commands of the process. Nothing in the product knows of this.
"""

import atexit
import imaplib
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from mailbot.cli import main


def count_into(path: Path) -> None:
    """Puts counters around fsync and around the sending of an IMAP command; writes them when the process ends."""
    counts: Counter[str] = Counter()
    fsync, new_tag = os.fsync, imaplib.IMAP4._new_tag  # type: ignore[attr-defined]

    def counted_fsync(handle: int) -> None:
        counts["fsyncs"] += 1
        fsync(handle)

    def counted_tag(session: imaplib.IMAP4) -> Any:
        counts["imap_commands"] += 1
        return new_tag(session)

    def told() -> None:
        lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
        counts["bytes_written"] = next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))
        path.write_text(json.dumps(counts), encoding="ascii")

    os.fsync = counted_fsync
    imaplib.IMAP4._new_tag = counted_tag  # type: ignore[attr-defined]
    atexit.register(told)


if __name__ == "__main__":
    count_into(Path(sys.argv[1]))
    sys.argv = ["mailbot", *sys.argv[3:]]
    main()
