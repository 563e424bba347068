"""Everything the rounds work with, opened once; besides the casebook only `Seen`, this session's view, changes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from mailbot.casebook.casebook import Casebook
from mailbot.casebook.lookup import Lookup
from mailbot.cases.history import Folder
from mailbot.consider import Mind
from mailbot.daemon.rules_kept import RulesWatch
from mailbot.mailroom.imap_session import ImapSession
from mailbot.mailroom.outbox import Outbox
from mailbot.mailroom.reader import Reader
from mailbot.settings import Settings

Log = structlog.stdlib.BoundLogger


@dataclass(slots=True)
class Seen:
    """What this session knows of the server; lost with it, and found again by looking.

    keys: letter key by UID, so that a letter that waits is fetched once a session. present: this round's UIDs by key
    (the same bytes may lie there twice). passed_over: UIDs that need nothing (older than the first contact, or filed
    on a server that cannot remove). looked_to: the highest UID of the inbox this round knew of. sent_from: next UID
    of Sent to look at. answered: Message-IDs that people answered themselves. missed_at: when (`time.monotonic`) the
    copy of a mail that may have gone out was first looked for in vain, by the mail's id.
    """

    uidvalidity: int = 0
    keys: dict[int, str] = field(default_factory=dict)
    present: dict[str, list[int]] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)
    looked_to: int = 0
    sent_from: int = 0
    answered: set[str] = field(default_factory=set)
    missed_at: dict[str, float] = field(default_factory=dict)

    def enter(self, uidvalidity: int) -> None:
        """A session begins: UIDs of another UIDVALIDITY mean other letters (RFC 3501 §2.3.1.1)."""
        if uidvalidity != self.uidvalidity:
            self.keys.clear()
            self.passed_over.clear()
        self.uidvalidity = uidvalidity


@dataclass(slots=True)
class World:
    """One running mailbot. `clock` gives aware UTC moments; `stopped` turns true when a signal asks to end.

    `reconnect` makes a new session after trouble. refused_logins: how often in a row the sending server has refused our
    login; login_refused_at: when it did so last.
    """

    settings: Settings
    mind: Mind
    rules: RulesWatch
    casebook: Casebook
    reader: Reader
    session: ImapSession
    outbox: Outbox
    reconnect: Callable[[], ImapSession]
    clock: Callable[[], datetime]
    stopped: Callable[[], bool]
    log: Log
    seen: Seen = field(default_factory=Seen)
    refused_logins: int = 0
    login_refused_at: datetime | None = None

    @property
    def lookup(self) -> Lookup:
        """Questions to the past."""
        return Lookup(self.casebook.ledger, self.mind.book)

    def folder_name(self, folder: Folder) -> str:
        """What a folder is called on the server."""
        name: str = getattr(self.settings.imap.folders, folder.value)
        return name
