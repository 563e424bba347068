"""A submission server that delivers nowhere: it keeps what it accepted, and fails on request.

Verbs: `fail` plans a fault, `accepted` and `wait_for` tell what came. It lives in a thread of this process.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from threading import Condition
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailbot.demo.loop_thread import LoopThread
from mailbot.demo.smtp_faults import (
    DelayAnswer,
    DropInBody,
    Fault,
    FaultPlan,
    LoseAnswer,
    RefuseConnection,
    RefuseData,
    RefuseLetter,
    RefuseRecipient,
    RefuseSender,
)

LOOPBACK = "127.0.0.1"
DEFAULT_SIZE_LIMIT = 33_554_432  # 32 MiB, about what the big providers take


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One letter the sink took over, exactly as it came (dot-stuffing undone)."""

    mail_from: str  # "" for the null sender <>
    rcpts: tuple[str, ...]  # those that were not refused
    raw: bytes
    at: datetime  # UTC
    connection: int  # counted from 1 over the sink's life
    nth: int  # its place among the letters of that connection, from 1


def _nothing_more(_: Accepted) -> None:
    """A sink that only keeps."""


class Sink:
    """A context manager; with `user` it insists on AUTH, with a context it speaks TLS from the start or by STARTTLS.

    `on_accept` runs in a worker thread after the letter is kept and before the client hears 250. What it raises
    turns into a 500 answer, so that a broken hook is noticed by the sender.
    """

    def __init__(
        self,
        *,
        user: str | None = None,
        password: str = "",
        implicit_tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        data_size_limit: int = DEFAULT_SIZE_LIMIT,
        on_accept: Callable[[Accepted], None] = _nothing_more,
    ) -> None:
        self.host = LOOPBACK
        self.port = 0
        self.user = user
        self.password = password
        self.starttls = starttls
        self.data_size_limit = data_size_limit
        self.on_accept = on_accept
        self.faults = FaultPlan()
        self._implicit_tls = implicit_tls
        self._changed = Condition()
        self._accepted: list[Accepted] = []
        self._connections = 0
        self._logins = 0
        self._thread = LoopThread("smtp-sink", self._open)

    def __enter__(self) -> Self:
        self.port = self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.stop()

    def fail(self, fault: Fault, *, times: int | None = 1) -> None:
        """Plans `fault` for the next occasion, `times` times over (None: always)."""
        self.faults.add(fault, times)

    def mend(self) -> None:
        """Forgets every planned fault."""
        self.faults.clear()

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """All letters so far, in the order they were taken over."""
        with self._changed:
            return tuple(self._accepted)

    @property
    def connections(self) -> int:
        """How often somebody connected, refused or not."""
        with self._changed:
            return self._connections

    @property
    def logins(self) -> int:
        """How often somebody tried a password, right or wrong."""
        with self._changed:
            return self._logins

    def wait_for(self, n: int, timeout_s: float) -> tuple[Accepted, ...]:
        """All letters once there are at least `n`; TimeoutError with the number seen otherwise."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._accepted) >= n, timeout_s):
                raise TimeoutError(f"{len(self._accepted)} of {n} letters came within {timeout_s} s")
            return tuple(self._accepted)

    def keep(self, letter: Accepted) -> None:
        """Takes a letter over; for the connection that received it."""
        with self._changed:
            self._accepted.append(letter)
            self._changed.notify_all()

    def count_login(self) -> None:
        """One more password was tried."""
        with self._changed:
            self._logins += 1

    async def _open(self) -> asyncio.Server:
        # aiosmtpd writes every address and command to its log, and at each login a warning about its own old attribute
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        return await asyncio.get_running_loop().create_server(self._answer, self.host, 0, ssl=self._implicit_tls)

    def _answer(self) -> "_Conversation":
        with self._changed:
            self._connections += 1
        return _Conversation(self, self._connections)


class _Conversation(SMTP):  # type: ignore[misc]  # aiosmtpd is taken as untyped
    """One client's connection. What aiosmtpd has no hook for is overridden here: the greeting and DATA itself."""

    def __init__(self, sink: Sink, number: int) -> None:
        self._faults = sink.faults
        super().__init__(
            _Clerk(sink, number),
            data_size_limit=sink.data_size_limit,
            enable_SMTPUTF8=True,
            hostname="sink.example.org",
            tls_context=sink.starttls,
            require_starttls=sink.starttls is not None,
            auth_require_tls=False,  # implicit TLS is unknown to aiosmtpd, and the wire is loopback
            authenticator=_checker(sink),
            loop=asyncio.get_running_loop(),
        )

    async def _handle_client(self) -> None:
        if refusal := self._faults.meet(RefuseConnection):
            await self.push(refusal.answer)
            self.transport.close()
            return
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        """DATA, unless a fault is planned for it."""
        if refusal := self._faults.meet(RefuseData):
            await self.push(refusal.answer)
        elif drop := self._faults.meet(DropInBody):
            await self.push("354 go ahead")
            await self._reader.readexactly(drop.after_bytes)
            await _reset(self)
        else:
            await super().smtp_DATA(arg)


class _Clerk:
    """The hooks of one connection, under the names aiosmtpd looks for."""

    def __init__(self, sink: Sink, number: int) -> None:
        self._sink = sink
        self._number = number
        self._letters = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        """The extensions; AUTH only where a password is asked, and not before STARTTLS where that is asked."""
        session.host_name = hostname
        still_open = self._sink.starttls is not None and session.ssl is None
        if self._sink.user is not None and not still_open:
            return lines
        return [line for line in lines if not line.startswith("250-AUTH")]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A sender: known by a password, unless none is asked."""
        if self._sink.user is not None and not session.authenticated:
            return "530 5.7.0 authentication required"
        if refusal := self._sink.faults.meet(RefuseSender):
            return refusal.answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A recipient: taken, unless planned otherwise."""
        if refusal := self._sink.faults.meet(RefuseRecipient, lambda fault: fault.address == address):
            return refusal.answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The final dot: kept, told to the hook, answered; or not, as planned."""
        faults = self._sink.faults
        if refusal := faults.meet(RefuseLetter):
            return refusal.answer
        delay = faults.meet(DelayAnswer) or DelayAnswer(0.0, accepted_before=False)
        if not delay.accepted_before:
            await asyncio.sleep(delay.seconds)
        await self._take_over(envelope)
        if delay.accepted_before:
            await asyncio.sleep(delay.seconds)
        if faults.meet(LoseAnswer):
            await _reset(server)
        return f"250 2.0.0 ok, queued as {self._number}-{self._letters}"

    async def _take_over(self, envelope: Envelope) -> None:
        self._letters += 1
        letter = Accepted(
            mail_from=envelope.mail_from.removeprefix("<").removesuffix(">"),  # the null sender comes as «<>»
            rcpts=tuple(envelope.rcpt_tos),
            raw=envelope.original_content,
            at=datetime.now(UTC),
            connection=self._number,
            nth=self._letters,
        )
        self._sink.keep(letter)
        await asyncio.to_thread(self._sink.on_accept, letter)


def _checker(sink: Sink) -> Callable[[SMTP, Session, Envelope, str, LoginPassword], AuthResult]:
    """Compares a password with the sink's; a wrong one is answered 535."""

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword) -> AuthResult:
        sink.count_login()
        known = compare_digest(given.login, (sink.user or "").encode())
        right = compare_digest(given.password, sink.password.encode())
        return AuthResult(success=sink.user is not None and known and right, handled=False)

    return check


async def _reset(server: SMTP) -> None:
    """Tears the connection; never returns, because aiosmtpd cancels the conversation once the connection is gone."""
    server.transport.abort()
    await asyncio.get_running_loop().create_future()
