"""What is wrong with the rules: every problem with its place, a code that stays the same, its cause and its mend."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Generic, TypeVar

from mailbot.errors import BadInput, Language, Words
from mailbot.rulebook.types import Place

T = TypeVar("T")


class ProblemCode(StrEnum):
    """The kinds of problems; docs and machine output use these words."""

    MISSING_FILE = "missing-file"
    UNREADABLE_FILE = "unreadable-file"
    TOO_LARGE = "too-large"
    YAML = "yaml"
    TAB = "tab"
    ALIAS = "alias"
    DUPLICATE_KEY = "duplicate-key"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    UNKNOWN_WORD = "unknown-word"
    WRONG_KIND = "wrong-kind"
    WRONG_VALUE = "wrong-value"
    BAD_TIME = "bad-time"
    BAD_DATE = "bad-date"
    BAD_DAYS = "bad-days"
    BAD_ZONE = "bad-zone"
    BAD_ADDRESS = "bad-address"
    BAD_LINK = "bad-link"
    BAD_PHRASE = "bad-phrase"
    BAD_PATTERN = "bad-pattern"
    DUPLICATE_ID = "duplicate-id"
    UNKNOWN_REGULATION = "unknown-regulation"
    UNKNOWN_CLAUSE = "unknown-clause"
    LOCKED_CLAUSE = "locked-clause"
    NOT_OPEN = "not-open"
    OUTSIDE_ADDRESS = "outside-address"
    VENDOR_ADDRESS = "vendor-address"
    OWN_ADDRESS = "own-address"
    PUBLIC_DOMAIN = "public-domain"
    MISSING_TEMPLATE = "missing-template"
    BAD_TEMPLATE = "bad-template"
    UNKNOWN_VARIABLE = "unknown-variable"
    PLACEHOLDER = "placeholder"
    NO_EXAMPLE = "no-example"
    NO_GUIDANCE = "no-guidance"
    SAME_PHRASE = "same-phrase"
    OTHER_ZONE = "other-zone"
    SILENT_PHRASE = "silent-phrase"
    NEEDLESS_PHRASE = "needless-phrase"
    SHADOWED_PHRASE = "shadowed-phrase"
    OVERLAP = "overlap"
    UNPROVEN_STAFF = "unproven-staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing a person has to mend in the rules; a warning does not keep the rules from being used."""

    place: Place
    code: ProblemCode
    what: Words
    mend: Words
    warning: bool = False

    def said_in(self, language: Language) -> str:
        """One line: file:line:column, cause, mend, code."""
        place = f"{self.place.file}:{self.place.line}:{self.place.column}"
        return f"{place}: {self.what.said_in(language)}. {self.mend.said_in(language)}. [{self.code}]"


class RuleProblems(BadInput):
    """The rules cannot be used; `problems` are all that were found, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        first = self.problems[0]
        super().__init__(where=str(first.place), what=first.what, mend=first.mend)

    def said_in(self, language: Language) -> str:
        """Every problem on a line of its own."""
        return "\n".join(problem.said_in(language) for problem in self.problems)

    def __str__(self) -> str:
        return self.said_in(Language.EN)


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """A value read from the rules, None if it cannot be had, and what is wrong with it."""

    value: T | None
    problems: tuple[Problem, ...] = ()


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file, line and column."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.warning, p.place.file, p.place.line, p.place.column, p.code)))


def nearest(word: str, known: Iterable[str]) -> Words:
    """The near word that was probably meant, else all that are allowed."""
    candidates = sorted(known)
    near = get_close_matches(word.casefold(), candidates, n=1, cutoff=0.6)
    if near:
        return Words(ru=f"Возможно, имелось в виду «{near[0]}»", en=f"Perhaps «{near[0]}» was meant")
    listed = ", ".join(candidates) or "–"
    return Words(ru=f"Допустимо: {listed}", en=f"Allowed: {listed}")
