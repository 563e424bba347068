"""A row of the fault matrix: what is done to a running mailbot, what must hold afterwards, and what was measured."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.faults.hurried import DEADLINE_S
from tests.faults.scene import CANNOT_SEND, CANNOT_WORK, Scene, staged, wait_until
from tests.servers.dovecot import Dovecot
from tests.servers.sent_copies import LocalDelivery, SentCopies, in_turn

RECOVERED_WITHIN_S = 2 * DEADLINE_S
HOLD_S = 4.0
REAL_WAITS_S = (300.0, 60.0, 60.0)  # LONGEST_WAIT_S of mailbot.daemon.loop, RETRY_MINUTES of paying, SLICE_S of loop
SHORTEST_WAIT_S = 0.5  # FIRST_WAIT_S of the hurried daemon


def nothing(scene: Scene) -> None:
    """A fault that needs no healing, or no preparation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One row of the matrix.

    prepare: before the daemon starts. strike: while it waits in IDLE with one letter served. heal: ends what `strike`
    began. lasting: the fault is held for `hold_s`, and what waiting costs is measured. meanwhile: looks on at the end
    of that. afterwards: looks on when all is served. after: how many letters come after the strike. people: how many
    writers are left to a person (None: chance decides). repeats: how many mails may leave twice under one Message-ID.
    stays: letters remain in INBOX. copy: as in the settings.
    """

    name: str
    strike: Callable[[Scene], None] = nothing
    prepare: Callable[[Scene], None] = nothing
    meanwhile: Callable[[Scene], None] = nothing
    heal: Callable[[Scene], None] = nothing
    afterwards: Callable[[Scene], None] = nothing
    lasting: bool = False
    hold_s: float = HOLD_S
    after: int = 3
    people: int | None = 0
    repeats: int = 0
    stays: bool = False
    copy: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one row measured."""

    side: str
    name: str
    letters: int
    answered: int
    with_a_person: int
    lost: int
    doubled: int
    recovered_s: float
    cpu_waiting: float | None
    limit_s: float = RECOVERED_WITHIN_S


def endure(side: str, fault: Fault, folder: Path, dovecot: Dovecot, user: MailUser) -> None:
    """Does what the row says to a running mailbot, then insists that nothing was lost and nothing doubled."""
    own_copy = LocalDelivery({user.address: user.account})
    with (
        SentCopies(user.account, after_s=0 if fault.copy == "sent" else None) as copies,
        Sink(user=user.address, password=user.password, on_accept=in_turn(copies, own_copy)) as sink,
        staged(folder, dovecot, user, sink, copy=fault.copy) as scene,
    ):
        fault.prepare(scene)
        scene.start()
        scene.deliver(1)
        wait_until(lambda: _served(scene, fault), 30, "the first letter was not served", scene.log)
        fault.strike(scene)
        scene.deliver(fault.after)
        cpu = _cost_of_waiting(scene, fault.hold_s) if fault.lasting else None
        fault.meanwhile(scene)
        fault.heal(scene)
        recovered_s = wait_until(lambda: _served(scene, fault), RECOVERED_WITHIN_S, "not served in time", scene.log)
        fault.afterwards(scene)
        scene.stop()
        planned = (scene.imap.on_command, scene.smtp.on_command, sink.faults.ahead)
        assert not any(planned), f"the fault never came about: {planned}"
        result = _result(side, fault, scene, recovered_s, cpu)
        record(result)
        _insist(scene, fault, result)


def _served(scene: Scene, fault: Fault) -> bool:
    return not scene.unserved() and (fault.stays or scene.inbox() == 0)


def _result(side: str, fault: Fault, scene: Scene, recovered_s: float, cpu: float | None) -> Result:
    there = scene.letters_on_server()
    gone = set(scene.writers) - there.keys() - scene.removed
    return Result(
        side=side,
        name=fault.name,
        letters=len(scene.writers),
        answered=len(scene.answered()),
        with_a_person=len(scene.with_a_person()),
        lost=len(scene.unserved() | gone),
        doubled=scene.doubled(),
        recovered_s=round(recovered_s, 2),
        cpu_waiting=cpu,
    )


def _insist(scene: Scene, fault: Fault, result: Result) -> None:
    log = scene.log.read_text(encoding="utf-8", errors="replace")[-3000:]
    assert result.lost == 0, log
    assert result.doubled <= fault.repeats, log
    assert fault.people in (None, result.with_a_person), log
    assert "Traceback" not in log, log
    assert result.cpu_waiting is None or result.cpu_waiting < 0.01, log


def _cost_of_waiting(scene: Scene, hold_s: float) -> float:
    """The share of a core that waiting costs. The hurried daemon takes steps more often: a step is what is measured.

    It is a try to work, else a try to send, else a round; where there is none, CPU time is taken as it is.
    """
    _let_it_read(scene)
    cpu_before, steps_before, began = scene.cpu_s(), _steps(scene), time.monotonic()
    time.sleep(hold_s)
    used, held_s = scene.cpu_s() - cpu_before, time.monotonic() - began
    for steps, before, real_wait_s in zip(_steps(scene), steps_before, REAL_WAITS_S, strict=True):
        if steps > before:
            assert steps - before <= 1 + held_s / SHORTEST_WAIT_S, "a storm"
            return round(used / (steps - before) / real_wait_s, 5)
    return round(used / held_s, 5)


def _steps(scene: Scene) -> tuple[int, int, int]:
    """How often it could not work, could not send, and looked into the inbox."""
    return scene.said(*CANNOT_WORK), scene.said(*CANNOT_SEND), scene.imap.commands["UID SEARCH"]


def _let_it_read(scene: Scene) -> None:
    """Letters may still be read during the fault, which is work, not waiting: until no CPU is used, or for a while."""
    until, used = time.monotonic() + HOLD_S, -1.0
    while (now_used := scene.cpu_s()) > used and time.monotonic() < until:
        used = now_used
        time.sleep(0.5)


def record(result: Result) -> None:
    """One line of JSON, if the run is one whose figures are kept (`make soak`)."""
    if place := os.environ.get("MAILBOT_FAULTS"):
        with Path(place).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
