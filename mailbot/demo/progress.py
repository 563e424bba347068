"""Watching the daemon at work: its own log tells how many letters are considered and how many mails have left.

On a terminal as two bars; elsewhere nothing is shown. Errors of the log are printed in either case.
"""

import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from mailbot.errors import Language, Words

LETTERS = Words("прочитано писем", "letters read")
MAIL = Words("отправлено", "mails sent")
ERRORS = ("error", "exception", "critical")


@contextmanager
def watched(letters: int, console: Console, language: Language) -> Iterator[None]:
    """Shows the work done inside; `letters` are expected."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        considered = progress.add_task(LETTERS.said_in(language), total=letters)
        sent = progress.add_task(MAIL.said_in(language), total=None)
        listen_to_log(progress, {"letter considered": considered, "mail": sent})
        yield


def listen_to_log(progress: Progress | None = None, bars: dict[str, TaskID] | None = None) -> None:
    """From now on the daemon's log moves the bars and is not printed, but for its errors."""

    def hear(log: Any, method: str, event: MutableMapping[str, Any]) -> str:
        if progress and bars and event["event"] in bars:
            progress.advance(bars[event["event"]])
        if method in ERRORS:
            return " ".join(f"{name}={value}" for name, value in event.items())
        raise structlog.DropEvent

    structlog.configure(
        processors=[structlog.processors.format_exc_info, hear],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )
