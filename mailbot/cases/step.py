"""What an event leads to, before any mail is worded: the case's new value, what is to be written, where it is filed."""

from dataclasses import dataclass

from mailbot.cases.case import Case
from mailbot.cases.decision import Decision
from mailbot.cases.draft import Writing
from mailbot.cases.history import Folder
from mailbot.triage.finding import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move of a case. `cancel` are ids of unsent mail, `dead` addresses that bounced for good."""

    case: Case | None
    writings: tuple[Writing, ...] = ()
    folder: Folder = Folder.NOT_ANSWERED
    decision: Decision | None = None
    why: tuple[Evidence, ...] = ()
    cancel: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
