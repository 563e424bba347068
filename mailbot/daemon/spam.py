"""The spam folder: read, never changed, for what providers put there by mistake.

How many letters lie there, and which of the latest look like persons' letters to us once the provider's own verdict is
left out: those the digest tells of, for nobody else would.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot.daemon.world import World
from mailbot.letters.letter import Letter
from mailbot.mailroom.on_server import Fetched
from mailbot.mailroom.reader import UnreadableLetter
from mailbot.reports.troubles import Spam
from mailbot.triage.finding import Verdict
from mailbot.triage.screening import screen

MOST_READ = 200
PROVIDERS_VERDICT = frozenset({"x-spam-flag", "x-spam-status", "x-spam-score", "x-spam-level", "x-yandex-spam"})


def look_into_spam(world: World) -> Spam | None:
    """What lies in the spam folder, None on a server without one."""
    if not world.session.spam:
        return None
    count = world.session.spam_count()
    return Spam(letters=count, persons=tuple(_persons(world)) if count else ())


def _persons(world: World) -> Iterator[datetime]:
    """When each letter that looks like a person's arrived, among the latest."""
    for fetched in world.session.peek(world.session.spam, latest=MOST_READ):
        letter = _read(world, fetched)
        if letter and screen(letter, world.mind.book).verdict is Verdict.PERSON:
            yield fetched.received_at


def _read(world: World, fetched: Fetched) -> Letter | None:
    """The letter without what the provider says of it; None if it is too big or cannot be read."""
    if fetched.raw is None:
        return None
    try:
        letter = world.reader.read(fetched.raw).letter
    except UnreadableLetter:
        return None
    return replace(letter, headers=tuple(one for one in letter.headers if one[0] not in PROVIDERS_VERDICT))
