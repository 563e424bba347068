"""A school whose real daemon keeps a real mailbox under a clock the test sets: same words as tests/life_school.

Letters are delivered to Dovecot, mail leaves by SMTP, and days pass in seconds, because the daemon's system clock is
shifted (tests/servers/shifted_clock). What is read of the past is what stands in the school's state.
"""

import subprocess
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from types import TracebackType
from typing import Self

from mailbot.casebook.casebook import load_ledger
from mailbot.casebook.ledger import Ledger
from mailbot.cases.case import Case, Kind
from mailbot.demo.smtp_sink import Accepted, Sink
from tests.conftest import MailUser
from tests.life_school import MONDAY_10, MOTHER, MX, Postbag, Sent, written
from tests.school import end, found_school
from tests.servers.dovecot import Dovecot
from tests.servers.shifted_clock import ShiftedClock

SETTLED_ROUNDS = 2  # the round under way may have looked before the change
LONGEST_ROUND_S = 30.0


class LivingSchool(Postbag):
    """A context manager; the daemon runs inside. `out` is the mail of cases, `told` that of no case, as they left."""

    def __init__(
        self,
        folder: Path,
        dovecot: Dovecot,
        user: MailUser,
        sink: Sink,
        *,
        now: datetime = MONDAY_10,
        regulation: str = "osh-dnevnik",
    ) -> None:
        self.school = found_school(folder / "school", user, sink, copy="none", poll_s=1)
        self.change("screening.yaml", "authserv_ids: []", f"authserv_ids: [{MX}]")
        self.change("regulation.yaml", "use: osh-dnevnik", f"use: {regulation}")
        settings = self.school.config.read_text(encoding="utf-8")
        self.school.config.write_text(settings.replace("  poll_seconds", "  idle: false\n  poll_seconds"))
        super().__init__()
        self.now = now
        self.told: list[Sent] = []
        self.sink, self._dovecot, self._user = sink, dovecot, user
        self._clock = ShiftedClock(folder)
        self._clock.set(now)
        self._daemon: subprocess.Popen[str] | None = None
        self._letters = self._mails = 0

    @property
    def address(self) -> str:
        """The mailbox's address."""
        return self._user.address

    def change(self, file: str, old: str, new: str) -> None:
        """Edits the rules as an admin does; the words must be there."""
        path = self.school.folder / "rules" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def __enter__(self) -> Self:
        self._clock.set(self.now)
        self._daemon = self.school.start(**self._clock.environment)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._daemon
        log = end(self._daemon)
        assert error is not None or "error" not in log, log

    # --- letters -----------------------------------------------------------------------------------------------------

    def write(self, body: str, sender: str = MOTHER, **more: str | Sent | None) -> list[Sent]:
        """A letter as people write it (`life_school.written`) is delivered and dealt with. The mail that left."""
        return self.get(self.letter(body, sender, **more))

    def letter(self, body: str, sender: str = MOTHER, **more: str | Sent | None) -> bytes:
        """The bytes, not delivered yet."""
        self._letters += 1
        return written(body, sender, self.now, self._letters, **{"to": self._user.address, **more})

    def get(self, *letters: bytes, folder: str = "INBOX") -> list[Sent]:
        """Letters are delivered now and dealt with. The mail that left."""
        self.bring(*letters, folder=folder)
        return self._settle()

    def bring(self, *letters: bytes, folder: str = "INBOX") -> None:
        """Letters are delivered now; nobody waits for what becomes of them."""
        for raw in letters:
            self._dovecot.drop(self._user.address, raw, self._clock.now, folder)

    def proving(self, raw: bytes, sender: str) -> bytes:
        """The same letter as this school's server takes it from another server: with its word on who sent it."""
        domain = sender.rpartition("@")[2]
        return f"Authentication-Results: {MX}; dmarc=pass header.from={domain}\r\n".encode() + raw

    def filed(self, folder: str) -> list[bytes]:
        """The letters in a folder on the server."""
        return self._dovecot.folder_letters(self._user.address, folder)

    # --- time --------------------------------------------------------------------------------------------------------

    def wait(self, **words: float) -> list[Sent]:
        """Lets time pass (timedelta's words) in one leap. The mail that left after it."""
        return self.wait_until(self.now + timedelta(**words))

    def wait_until(self, moment: datetime) -> list[Sent]:
        """The clock jumps to a moment; all that fell due on the way is done there. The mail that left after it."""
        self._set(moment)
        return self._settle()

    def skip(self, **words: float) -> None:
        """Lets time pass without looking: the next letter is what is waited for."""
        self._set(self.now + timedelta(**words))

    def _set(self, moment: datetime) -> None:
        self.now = moment
        self._clock.set(moment)

    def _settle(self) -> list[Sent]:
        """Waits until the daemon has gone through the whole of it, and looks at what has left."""
        before, health = len(self.out), self.school.state / "health.json"
        for _ in range(SETTLED_ROUNDS):
            written_at, until = health.stat().st_mtime_ns, time.monotonic() + LONGEST_ROUND_S
            while health.stat().st_mtime_ns == written_at:
                assert time.monotonic() < until, "the daemon makes no rounds"
                time.sleep(0.02)
        self._note_sent()
        return self.out[before:]

    def _note_sent(self) -> None:
        kinds = {sent.message_id: (case.number, sent.kind) for case in self.ledger.cases.values() for sent in case.sent}
        fresh = self.sink.accepted[self._mails :]
        self._mails += len(fresh)
        for one in fresh:
            message_id = str(message_from_bytes(one.raw)["Message-ID"])
            number, kind = kinds.get(message_id, ("", Kind.DIGEST))
            (self.out if number else self.told).append(_sent(one, message_id, number, kind, self.now))

    def command(self, *words: str) -> str:
        """What a command prints, run beside the daemon under the same clock."""
        done = self.school.mailbot(*words, **self._clock.environment, COLUMNS="200")
        return done.stdout + done.stderr

    # --- looking -----------------------------------------------------------------------------------------------------

    @property
    def ledger(self) -> Ledger:
        """What the state on disk says."""
        return load_ledger(self.school.state, self.now)

    def case(self, number: str = "") -> Case:
        """A case by number, else the only or latest one."""
        cases = self.ledger.cases
        return cases[number or max(cases)]


Founded = Callable[..., LivingSchool]


def summary(sent: list[Sent]) -> list[tuple[Kind, str]]:
    """What left, and to whom."""
    return [(one.kind, one.recipient) for one in sent]


def _sent(one: Accepted, message_id: str, number: str, kind: Kind, at: datetime) -> Sent:
    (recipient,) = one.rcpts
    return Sent(kind, recipient, message_id, at, number, one.raw)
