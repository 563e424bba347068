"""Gives birth to daemons quickly: it forks one real daemon for every line it reads.

It has imported mailbot and thought about a letter, so that the lists of words are read (a third of a second, in which
a daemon killed every second would die most of its deaths). It knows nothing of any school, mailbox or state.

    python -m tests.soak.nursery CONFIG LOG

Its output, a line each: «born PID» after the fork, «works PID» once that daemon has made its first contact with the
mailbox, «pays PID» before it first sends what is owed, «gone PID» when it has ended and been waited for.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailbot.daemon import loop, rounds
from mailbot.daemon.logs import log_to_stderr
from tests.life_school import School as LivingSchool

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def say(word: str, pid: int) -> None:
    os.write(1, f"{word} {pid}\n".encode())  # one write: the daemon speaks through the same pipe


def telling(word: str, step: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    """Nothing in the product knows of this: a step of it is wrapped here, in the forked process, and told of once."""
    told = False

    def step_and_say(*args: Any, **kwargs: Any) -> Any:
        nonlocal told
        result = None if before else step(*args, **kwargs)
        if not told:
            say(word, os.getpid())
            told = True
        return step(*args, **kwargs) if before else result

    return step_and_say


def think_once() -> None:
    """Reads every list of words that a first letter would wait for."""
    LivingSchool().write("У Ивановой Марии, 5Б, пропала пятёрка по математике за 12 ноября.")


def live(config: Path, log: Path) -> None:
    """The daemon's whole life, in the process just born."""
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log_to_stderr(debug=False)
    loop.begin = telling("works", loop.begin, before=False)
    rounds.pay = telling("pays", rounds.pay, before=True)
    loop.run(config, SINCE, False)


def main(config: Path, log: Path) -> None:
    """One daemon at a time, until the input ends."""
    think_once()
    while sys.stdin.buffer.readline():
        pid = os.fork()
        if pid == 0:
            try:
                live(config, log)
            finally:
                os._exit(0)
        say("born", pid)
        os.waitpid(pid, 0)
        say("gone", pid)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
