"""The outbox: hands frozen bytes to the submission server (RFC 5321, 6409) and says what became of each mail.

It takes only what the gate has cleared, writes nothing itself and never rewrites a byte: `mail`, `rcpt`, `data` on the
bytes as they lie on the disk. What cannot be known (the answer to the final dot was lost) is said to be unknown.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from mailbot.cases.draft import Cleared, Mail
from mailbot.errors import BadSettings, MailbotError, Setback, Words
from mailbot.mailroom.tls import client_context
from mailbot.settings import SmtpSettings, Tls

STEP_TIMEOUT_S = 60
DATA_TIMEOUT_S = 600  # RFC 5321 §4.5.3.2.6: ten minutes for the final dot; less makes duplicates with slow scanners
ADDR_SPEC = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
RECIPIENTS_OWN = re.compile(r"\b5\.[12]\.\d")  # RFC 3463 §3.2–3.3: the address or its mailbox, «over quota» too
BLOCKED = re.compile(r"spam|suspicion|block|limit|quota|too many|policy|blacklist", re.IGNORECASE)


def _nobody() -> None:
    """Where nobody watches over the answers."""


class Fate(StrEnum):
    """What became of one mail.

    accepted: the server took responsibility. postponed: it did not, and may later. refused: not this recipient, for
    good. too_big: not with what is attached. blocked: the server refuses us, not the mail. unknown: only its copy can
    tell.
    """

    ACCEPTED = "accepted"
    POSTPONED = "postponed"
    REFUSED = "refused"
    TOO_BIG = "too_big"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The fate of one mail with the server's own words, for the journal."""

    fate: Fate
    answer: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail to hand over: cleared by the gate; `read` gets its frozen bytes when its turn comes.

    A week's mail may wait for a server that was away: all of it at once would not fit into memory.
    """

    cleared: Cleared
    read: Callable[[], bytes]

    @property
    def mail(self) -> Mail:
        """The mail as the journal knows it."""
        return self.cleared.mail


class Outbox:
    """Sends batches over one fresh connection each; keeps none open in between (servers hang up silently)."""

    def __init__(
        self, settings: SmtpSettings, password: str, sender: str, copy_to: str, alive: Callable[[], None] = _nobody
    ) -> None:
        """`sender` is MAIL FROM, `copy_to` an address that gets each mail as Bcc, or "".

        `alive` is called after each answer of the server.
        """
        self._alive = alive
        self._settings = settings
        self._password = password
        self._sender = sender
        self._copy_to = copy_to
        self._where = f"SMTP {settings.host}:{settings.port}"

    def send(
        self,
        batch: Sequence[Outgoing],
        before: Callable[[Mail], None],
        after: Callable[[Mail, Delivery], bool],
    ) -> None:
        """Sends in order. `before` must make `sending` durable; `after` gets the fate and says whether to go on.

        Raises Setback if the server cannot be reached (nothing was sent), BadSettings if it refuses our login.
        """
        asyncio.run(self._send(batch, before, after))

    def check(self) -> None:
        """Connects and logs in, nothing else."""
        asyncio.run(self._send((), lambda mail: None, lambda mail, delivery: True))

    async def _send(
        self,
        batch: Sequence[Outgoing],
        before: Callable[[Mail], None],
        after: Callable[[Mail, Delivery], bool],
    ) -> None:
        client = await self._connected()
        try:
            for outgoing in batch:
                raw = outgoing.read()
                before(outgoing.mail)
                delivery = await self._deliver(client, outgoing.mail, raw)
                if not after(outgoing.mail, delivery) or not client.is_connected:
                    return
        finally:
            await _leave(client)

    async def _connected(self) -> SMTP:
        settings = self._settings
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls is Tls.TLS,
            start_tls=settings.tls is Tls.STARTTLS,
            timeout=STEP_TIMEOUT_S,
            local_hostname="mailbot.local",
            tls_context=client_context(settings) if settings.tls is not Tls.PLAIN else None,
        )
        try:
            await client.connect()
            await client.ehlo()
            self._alive()
            if "auth" in client.esmtp_extensions:
                # One mechanism only: login() would try the next after a failure and lock the account (§1.2 m).
                await client.auth_plain(settings.user, self._password)
                self._alive()
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            raise self._login_refused(error) from error
        except (SMTPException, OSError) as error:
            client.close()
            raise self._unreachable(error) from error
        return client

    async def _deliver(self, client: SMTP, mail: Mail, raw: bytes) -> Delivery:
        """One transaction. Up to DATA a failure is harmless; from DATA on only the server knows."""
        if not ADDR_SPEC.fullmatch(mail.recipient):
            return Delivery(Fate.REFUSED, "the address is not one that SMTP can carry")
        stage = "MAIL"
        try:
            await client.mail(self._sender, options=[f"SIZE={len(raw)}"] if client.supports_extension("size") else [])
            self._alive()
            stage = "RCPT"
            await client.rcpt(mail.recipient)
            await self._ask_for_copy(client)
            self._alive()
            stage = "DATA"
            code, text = await client.data(raw, timeout=DATA_TIMEOUT_S)
            self._alive()
            return Delivery(Fate.ACCEPTED, f"{code} {text}")
        except SMTPResponseException as error:
            await _reset(client)
            return Delivery(fate_of(stage, error.code, error.message), f"{stage}: {error.code} {error.message}")
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            fate = Fate.UNKNOWN if stage == "DATA" else Fate.POSTPONED
            return Delivery(fate, f"{stage}: {error}")

    async def _ask_for_copy(self, client: SMTP) -> None:
        """Our own copy is a proof we can do without: a full mailbox of ours must not keep the writer's mail."""
        if self._copy_to:
            with suppress(SMTPResponseException):
                await client.rcpt(self._copy_to)

    def _login_refused(self, error: SMTPResponseException) -> MailbotError:
        if 400 <= error.code < 500:
            return self._unreachable(error)
        return BadSettings(
            where=self._where,
            what=Words(f"сервер не принял пароль ({error.message})", f"the login was refused ({error.message})"),
            mend=Words(
                "Проверьте smtp.user и файл пароля; почтовым сервисам нужен пароль приложения",
                "Check smtp.user and the password file; mail services want an app password",
            ),
        )

    def _unreachable(self, error: Exception) -> Setback:
        return Setback(
            where=self._where,
            what=Words(f"сервер недоступен ({error})", f"the server cannot be reached ({error})"),
            mend=Words("Письма ждут и уйдут сами, когда он ответит", "The mail waits and goes out once it answers"),
        )


def fate_of(stage: str, code: int, text: str) -> Fate:
    """The fate an SMTP reply means (RFC 5321 §4.2.1: 4yz is transient, 5yz permanent)."""
    if not 400 <= code < 600:
        return Fate.UNKNOWN if stage == "DATA" else Fate.POSTPONED
    if code == 552 or (code == 554 and "size" in text.lower()):
        return Fate.TOO_BIG
    if code == 421 or 400 <= code < 500:
        return Fate.POSTPONED
    if stage == "RCPT" and RECIPIENTS_OWN.search(text):
        return Fate.REFUSED
    if stage == "MAIL" or BLOCKED.search(text):
        return Fate.BLOCKED
    return Fate.REFUSED


async def _reset(client: SMTP) -> None:
    """Leaves the refused transaction; a server that has hung up needs nothing."""
    try:
        await client.rset()
    except (SMTPException, OSError):
        client.close()


async def _leave(client: SMTP) -> None:
    """Says goodbye if there is anybody to say it to."""
    try:
        if client.is_connected:
            await client.quit(timeout=5)
    except (SMTPException, OSError):
        client.close()
