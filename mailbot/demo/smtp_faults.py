"""What can go wrong when a letter is handed over, as values: planned ahead, each met as often as asked.

Used by the demo's and the tests' SMTP sink. Answers are whole reply lines («451 4.3.0 try later»), see RFC 5321 §4.2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class RefuseConnection:
    """This answer instead of the greeting, then the connection is closed."""

    answer: str = "421 4.3.2 service not available"


@dataclass(frozen=True, slots=True)
class RefuseSender:
    """This answer to MAIL FROM."""

    answer: str


@dataclass(frozen=True, slots=True)
class RefuseRecipient:
    """This answer to RCPT TO with this address, written as the client writes it."""

    address: str
    answer: str


@dataclass(frozen=True, slots=True)
class RefuseData:
    """This answer to DATA, before any byte of the letter."""

    answer: str


@dataclass(frozen=True, slots=True)
class RefuseLetter:
    """This answer to the final dot; the letter is not accepted."""

    answer: str


@dataclass(frozen=True, slots=True)
class DropInBody:
    """The connection is reset once this many bytes of the letter have come; it is not accepted."""

    after_bytes: int


@dataclass(frozen=True, slots=True)
class LoseAnswer:
    """The letter is accepted, but the connection is reset before the sender can know."""


@dataclass(frozen=True, slots=True)
class DelayAnswer:
    """The answer to the final dot comes this much later; the letter is accepted before or after the wait.

    A client that hangs up during the wait takes a letter back only if it was not accepted before.
    """

    seconds: float
    accepted_before: bool


Fault = (
    RefuseConnection
    | RefuseSender
    | RefuseRecipient
    | RefuseData
    | RefuseLetter
    | DropInBody
    | LoseAnswer
    | DelayAnswer
)

F = TypeVar("F", bound=Fault)


class FaultPlan:
    """The faults still to come, in the order in which they were planned; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ahead: list[tuple[Fault, int | None]] = []

    @property
    def ahead(self) -> tuple[Fault, ...]:
        """What has not been met as often as asked."""
        with self._lock:
            return tuple(fault for fault, _ in self._ahead)

    def add(self, fault: Fault, times: int | None) -> None:
        """`fault` is met `times` times, for ever with None."""
        with self._lock:
            self._ahead.append((fault, times))

    def clear(self) -> None:
        """Everything works from now on."""
        with self._lock:
            self._ahead.clear()

    def meet(self, kind: type[F], fits: Callable[[F], bool] = lambda _: True) -> F | None:
        """The first planned fault of this kind that fits, counted as met; None if all is well."""
        with self._lock:
            for place, (fault, times) in enumerate(self._ahead):
                if isinstance(fault, kind) and fits(fault):
                    self._count(place, fault, times)
                    return fault
        return None

    def _count(self, place: int, fault: Fault, times: int | None) -> None:
        if times is None:
            return
        if times > 1:
            self._ahead[place] = (fault, times - 1)
        else:
            del self._ahead[place]
