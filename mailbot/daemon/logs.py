"""The log: one line a letter, numbers and hashes only; never names, addresses or words of letters."""

import logging
import sys

import structlog


def log_to_stderr() -> None:
    """Plain key=value lines on standard error; journald adds the time, a terminal gets it from us."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    stamp = [structlog.processors.TimeStamper(fmt="iso", utc=True)] if sys.stderr.isatty() else []
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            *stamp,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
