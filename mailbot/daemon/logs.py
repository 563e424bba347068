"""The log: one line a letter, numbers and hashes only; never names, addresses or words of letters.

What an exception says may quote a letter, and so may what a library logs. Of both only the place in the program and the
kind of trouble are written; this holds for whatever would end the process with a traceback, too.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict

from mailbot.errors import end_without_words, trace_of


def log_to_stderr(*, debug: bool = False) -> None:
    """Plain key=value lines on standard error; journald adds the time, a terminal gets it from us."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Wordless())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    stamp = [structlog.processors.TimeStamper(fmt="iso", utc=True)] if sys.stderr.isatty() else []
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            *stamp,
            without_words,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        cache_logger_on_first_use=True,
    )
    end_without_words()


class Wordless(logging.Formatter):
    """What a library has to say: who and where, not what."""

    def format(self, record: logging.LogRecord) -> str:
        """One line without the record's message, which may hold anything a server or a letter sent."""
        place = f"{record.module}:{record.lineno}"
        failed = f" trace={trace_of(record.exc_info[1])!r}" if record.exc_info and record.exc_info[1] else ""
        return f"level={record.levelname.lower()!r} event='a library' name={record.name!r} at={place!r}{failed}"


def without_words(logger: object, method: str, event: EventDict) -> EventDict:
    """A structlog processor: an exception becomes its kind and its way through the program."""
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told
    if isinstance(error, BaseException):
        event["trace"] = trace_of(error)
    return event
