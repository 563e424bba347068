"""What a colleague's word came to, and how they are told."""

from dataclasses import dataclass

from mailbot.cases.case import Case
from mailbot.cases.draft import Writing


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of one word: `said` is what was done, `needed` what the colleague may do now; both Russian prose."""

    case: Case
    said: str = ""
    needed: str = ""
    writings: tuple[Writing, ...] = ()
    cancel: tuple[str, ...] = ()


def told(done: Done) -> tuple[tuple[str, str], ...]:
    """The same as templates take it."""
    return (("done", done.said), ("needed", done.needed))
