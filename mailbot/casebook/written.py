"""Mail of the last week as the gate counts it: asked for each letter and each mail, so no answer may walk a week."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbot.cases.case import FOR_WRITERS
from mailbot.cases.draft import Mail

Heading = tuple[str, ...]
"""What mail is counted under: («all»), («writers»), («person», address), («thread», case), («subject», …)…"""

DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(days=7)


@dataclass(slots=True)
class _Column:
    """Mail under one heading, in the order of writing: when, and its place among all mail. Both only rise."""

    times: list[datetime] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def count(self, since: datetime, before: int) -> int:
        """How many were written since then and before that place."""
        return max(0, bisect_left(self.places, before) - bisect_left(self.times, since))


@dataclass(slots=True)
class Written:
    """The mail of the last week, unsent mail included, counted under every heading the gate asks for."""

    mails: deque[Mail] = field(default_factory=deque)
    columns: dict[Heading, _Column] = field(default_factory=lambda: defaultdict(_Column))
    places: dict[str, int] = field(default_factory=dict)

    def append(self, mail: Mail) -> None:
        """The next mail. A clock that was set back stands still here: mail is rather counted too long."""
        place, last = len(self.places), self.columns[("all",)].times
        at = max(mail.made_at, last[-1]) if last else mail.made_at
        self.mails.append(mail)
        self.places[mail.id] = place
        for heading in _headings(mail):
            self.columns[heading].times.append(at)
            self.columns[heading].places.append(place)

    def count(self, heading: Heading, since: datetime, before: str = "") -> int:
        """Mail under a heading since then; `before`: only what was written before the mail with this id."""
        column = self.columns.get(heading)
        return column.count(since, self.places.get(before, len(self.places))) if column else 0

    def forget_before(self, edge: datetime) -> None:
        """Drops what is older, once it is half of all: dropping costs a walk over the rest."""
        kept = [mail for mail in self.mails if mail.made_at >= edge]
        if len(kept) <= len(self.mails) / 2:
            self.mails.clear()
            self.columns.clear()
            self.places.clear()
            for mail in kept:
                self.append(mail)


def _headings(mail: Mail) -> Iterator[Heading]:
    yield ("all",)
    if mail.kind not in FOR_WRITERS:
        return
    yield ("writers",)
    yield ("person", mail.recipient)
    yield ("thread", mail.case)
    yield ("subject", mail.recipient, mail.subject_key)
    yield ("domain", mail.recipient.rpartition("@")[2])
