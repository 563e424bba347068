"""The error tree: every problem names its place, its cause and its mend, in Russian and in English.

    MailbotError
    ├── BadInput      a file or rule somebody gave us is wrong              exit 65
    ├── Setback       the other side may recover: wait and try again         exit 75
    ├── Refusal       the other side said no for good                        exit 1
    ├── BadState      what mailbot keeps on disk cannot be trusted           exit 78
    └── BadSettings   settings, secrets or rights: only a person can mend    exit 78

The program acts on the type; people read the words.
"""

import sys
import traceback
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import TracebackType

SHOWN_FRAMES = 8


class Language(StrEnum):
    """The language in which the command line speaks to whoever runs it."""

    RU = "ru"
    EN = "en"


class ExitCode(IntEnum):
    """What a command tells the shell (sysexits.h where it has a word for it)."""

    DONE = 0
    FINDINGS = 1
    BAD_INPUT = 65
    TRY_LATER = 75
    BAD_SETTINGS = 78


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages, kept side by side so that neither is forgotten."""

    ru: str
    en: str

    def said_in(self, language: Language) -> str:
        """The sentence in `language`."""
        return self.ru if language is Language.RU else self.en


class MailbotError(Exception):
    """A problem told to the one who can mend it: where it is, what is wrong, what to do."""

    exit_code = ExitCode.FINDINGS

    def __init__(self, *, where: str, what: Words, mend: Words) -> None:
        super().__init__(f"{where}: {what.en}. {mend.en}")
        self.where = where
        self.what = what
        self.mend = mend

    def said_in(self, language: Language) -> str:
        """The whole message as one line for a terminal, the log or a mail to the admin."""
        return f"{self.where}: {self.what.said_in(language)}. {self.mend.said_in(language)}"


class BadInput(MailbotError):
    """A letter, rule or argument somebody gave us cannot be used."""

    exit_code = ExitCode.BAD_INPUT


class Setback(MailbotError):
    """Try again later: the other side may recover."""

    exit_code = ExitCode.TRY_LATER


class Refusal(MailbotError):
    """Do not try again: the other side said no for good."""


class BadState(MailbotError):
    """What mailbot keeps on disk cannot be trusted; it never means «empty»."""

    exit_code = ExitCode.BAD_SETTINGS


class BadSettings(MailbotError):
    """Settings, secrets or rights are wrong; waiting does not help."""

    exit_code = ExitCode.BAD_SETTINGS


def trace_of(error: BaseException) -> str:
    """«ValueError at taking.py:140 in _consider < …», innermost call first, then what it came from; no messages."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-SHOWN_FRAMES:])
    way = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}" for frame in frames)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    came_from = f"; from {trace_of(cause)}" if cause else ""
    return f"{type(error).__name__} at {way or '?'}{came_from}"


def end_without_words() -> None:
    """From now on a process that ends by a mistake of ours says where, not what the letter held."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        print(f"level='critical' event='ended by a mistake' trace={trace_of(error)!r}", file=sys.stderr)

    sys.excepthook = hook
    sys.unraisablehook = lambda told: hook(told.exc_type, told.exc_value, None) if told.exc_value else None
