"""The alarm: no good round for so many minutes, told once to the admin, and once more when all is well again.

It goes past journal and casebook, which may be what is broken, and through the server set aside for it, if there is
one: what it remembers stands in memory and, while the disk takes it, in state/health.json.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from mailbot.casebook.durable import DiskTrouble
from mailbot.cases.case import Kind
from mailbot.cases.draft import Cleared, Draft, Mail, Writing, mail_of
from mailbot.cases.gate import may_send
from mailbot.cases.history import Tally
from mailbot.daemon.health import Health
from mailbot.daemon.notify import alive
from mailbot.daemon.opening import school_secret
from mailbot.daemon.rules_kept import book_in_force
from mailbot.errors import MailbotError, Words
from mailbot.letters.addresses import addr_spec
from mailbot.mailroom.outbox import Delivery, Fate, Outbox, Outgoing
from mailbot.replies.compose import compose
from mailbot.replies.matter import Matter
from mailbot.replies.wording import Wording
from mailbot.replies.words import plural
from mailbot.rulebook.types import Rulebook
from mailbot.settings import Settings, SmtpSettings, read_secret

TRY_AGAIN_AFTER = timedelta(minutes=5)
SEE_THE_LOG = Words("Посмотрите журнал программы: journalctl -u mailbot", "See the log: journalctl -u mailbot")


@dataclass(slots=True)
class Watch:
    """Keeps count of good and failed rounds over all worlds of one process, and tells the admin."""

    settings_path: Path
    settings: Settings
    clock: Callable[[], datetime]
    health: Health
    tried_at: datetime | None = None
    log: structlog.stdlib.BoundLogger = field(default_factory=lambda: structlog.stdlib.get_logger("mailbot"))

    @classmethod
    def over(cls, settings_path: Path, settings: Settings, clock: Callable[[], datetime]) -> "Watch":
        """The watch of a process that starts now; an alarm an earlier one gave is not given again."""
        return cls(settings_path, settings, clock, Health.read(settings.state / "health.json", clock()))

    def good(self) -> None:
        """A round has ended well. Raises DiskTrouble."""
        now, alarmed_at = self.clock(), self.health.alarmed_at
        if alarmed_at and self._tell(f"Почта снова проверяется. Тревога была {_ago(now - alarmed_at)} назад.", "", now):
            self.health.alarmed_at = None
        self.health.good(now)

    def failed(self, what: Words, mend: Words = SEE_THE_LOG) -> None:
        """A round has failed, for this cause; the alarm is due once there was no good one for long enough."""
        now = self.clock()
        silence = self.health.silent_for(now)
        if silence >= timedelta(minutes=self.settings.alarm_after_minutes):
            self._alarm(f"Почта не проверяется уже {_ago(silence)}. Причина: {what.ru}.", mend, now)
        self._note(what, now)

    def gives_up(self, error: MailbotError) -> None:
        """The process ends for good: nobody will try again, so a mailbox that was kept before is told of at once."""
        if self.health.last_good:
            now = self.clock()
            self._alarm(f"Программа остановилась, почта не проверяется. Причина: {error.what.ru}.", error.mend, now)
            self._note(error.what, now)

    def _note(self, what: Words, now: datetime) -> None:
        with contextlib.suppress(DiskTrouble):  # a full disk is told by mail, and by whoever meets it next
            self.health.bad(now, what.en)

    def _alarm(self, what: str, mend: Words, now: datetime) -> None:
        if self.health.alarmed_at is None and self._tell(what, f"{mend.ru.rstrip('.')}.", now):
            self.health.alarmed_at = now

    def _tell(self, what: str, mend: str, now: datetime) -> bool:
        """Whether the admin has the mail; a server that does not take it is tried again after a while."""
        if self.tried_at and now - self.tried_at < TRY_AGAIN_AFTER:
            return False
        self.tried_at = now
        try:
            fate = _sent(self.settings_path, self.settings, what, mend, now)
        except (MailbotError, OSError) as error:
            self.log.error("alarm not sent", error=type(error).__name__)
            return False
        self.log.error("alarm", fate=fate.value)
        self.tried_at = None if fate is Fate.ACCEPTED else now
        return fate is Fate.ACCEPTED


def _sent(settings_path: Path, settings: Settings, what: str, mend: str, now: datetime) -> Fate:
    """Hands one alarm to the server. Raises MailbotError or OSError for rules, secrets or servers that fail."""
    server = settings.alarm_smtp or settings.smtp
    book = _as_sender(book_in_force(settings), server)
    draft = _draft(what, mend, book, school_secret(settings.state), now)
    cleared = may_send(mail_of(draft), Tally(), book, now)
    assert isinstance(cleared, Cleared), "without a tally nothing holds an alarm"
    fates: list[Fate] = []

    def note(mail: Mail, delivery: Delivery) -> bool:
        fates.append(delivery.fate)
        return True

    outbox = Outbox(server, read_secret(server, settings_path), book.school.mailbox, "", alive)
    outbox.send([Outgoing(cleared, lambda: draft.raw)], lambda mail: None, note)
    return fates[0]


def _as_sender(book: Rulebook, server: SmtpSettings) -> Rulebook:
    """Another provider takes mail only from the mailbox that logs in there."""
    sender = addr_spec(server.user) or book.school.mailbox
    return replace(book, school=replace(book.school, mailbox=sender))


def _draft(what: str, mend: str, book: Rulebook, secret: bytes, now: datetime) -> Draft:
    admin = book.school.admin
    writing = Writing(
        kind=Kind.ALARM,
        recipient=admin.address,
        recipient_name=admin.name,
        thread_ids=(),
        subject_of="",
        round=int(now.timestamp()),
        extra=(("what", what), ("mend", mend)),
    )
    matter = Matter(case=None, letter=None, raw=None, finding=None)
    return compose(writing, matter, book, Wording.of(book), secret, now)


def _ago(span: timedelta) -> str:
    """«35 минут», «3 часа», «2 дня»."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 120:
        return plural(minutes, "минуту", "минуты", "минут")
    if minutes < 48 * 60:
        return plural(minutes // 60, "час", "часа", "часов")
    return plural(minutes // (24 * 60), "день", "дня", "дней")
