"""Whatever becomes of the clock and of our own processes, every letter is answered once, or a person knows of it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from mailbot.demo.smtp_faults import DelayAnswer
from tests.conftest import MailUser
from tests.faults.hurried import POISON
from tests.faults.matrix import Fault, endure
from tests.faults.scene import Scene
from tests.school import letter
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow

HOUR_S = 3600.0
SOON_S = 15.0


def clock_wrong_by(seconds: float) -> Callable[[Scene], None]:
    return lambda scene: scene.set_clock(seconds)


def second_daemon(scene: Scene) -> None:
    """It leaves at once, and says who holds the state."""
    assert scene.daemon
    done = subprocess.run(scene.command("run"), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 78
    assert f"mailbot уже работает: pid {scene.daemon.pid}" in done.stderr


def end_in_transaction(scene: Scene) -> None:
    """SIGTERM comes while the server takes the first of three mails, and keeps us waiting for its answer."""
    assert scene.daemon
    daemon = scene.daemon
    scene.sink.fail(DelayAnswer(1.0, accepted_before=True))
    scene.smtp.on_command["DATA"] = lambda line: daemon.send_signal(signal.SIGTERM)


def ended_well_and_started_again(scene: Scene) -> None:
    """The transaction under way is brought to its end, no other is begun."""
    assert scene.daemon
    assert scene.daemon.wait(SOON_S) == 0
    assert len(scene.sink.accepted) == 2
    assert not [owed for owed in scene.ledger.owed.values() if owed.state == "sending"]
    scene.start()


def kill_readers(scene: Scene) -> None:
    """For as long as letters come, whatever reads them is killed again and again."""
    over, killed = Event(), []

    def kill() -> None:
        while not over.wait(0.05):
            for pid in readers(scene):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    killer = Thread(target=kill, daemon=True)
    killer.start()

    def stop() -> None:
        over.set()
        killer.join()
        assert killed

    scene.on_heal.append(stop)


def spare_readers(scene: Scene) -> None:
    time.sleep(2.0)
    scene.on_heal.pop()()


def readers(scene: Scene) -> list[int]:
    """The processes that read letters for this daemon (proc(5), children)."""
    assert scene.daemon
    found = []
    for task in Path(f"/proc/{scene.daemon.pid}/task").iterdir():
        with suppress(OSError):  # a thread that has just ended
            found += [int(pid) for pid in (task / "children").read_text().split()]
    return found


def freeze(scene: Scene) -> None:
    assert scene.daemon
    scene.daemon.send_signal(signal.SIGSTOP)


def thaw(scene: Scene) -> None:
    assert scene.daemon
    scene.daemon.send_signal(signal.SIGCONT)


def poison(scene: Scene) -> bytes:
    return letter(POISON, to=scene.user.address, sender="<poison@mail.example>", n=100)


def poisoned(scene: Scene) -> None:
    scene.dovecot.deliver(scene.user.address, poison(scene))


def started_after_each_death(scene: Scene) -> None:
    for _ in range(3):
        assert scene.daemon
        assert scene.daemon.wait(SOON_S) == -signal.SIGKILL
        scene.launch()


def is_set_aside(scene: Scene) -> None:
    assert scene.dovecot.folder_letters(scene.user.address, "Требует внимания") == [poison(scene)]


CLOCK = (
    Fault(name="clock jumps five hours ahead", strike=clock_wrong_by(5 * HOUR_S)),
    Fault(name="clock falls back by an hour", strike=clock_wrong_by(-HOUR_S)),
)
PROCESS = (
    Fault(name="a second daemon over the same state", strike=second_daemon),
    Fault(
        name="SIGTERM in the middle of a batch", strike=end_in_transaction, heal=ended_well_and_started_again, after=3
    ),
    Fault(
        name="SIGKILL of the reading process under load", strike=kill_readers, heal=spare_readers, after=9, people=None
    ),
    Fault(name="daemon frozen (SIGSTOP), thawed", strike=freeze, heal=thaw, lasting=True, hold_s=6),
    Fault(
        name="a letter that kills the daemon three times, among others",
        strike=poisoned,
        heal=started_after_each_death,
        afterwards=is_set_aside,
    ),
)
ROWS = [("clock", fault) for fault in CLOCK] + [("process", fault) for fault in PROCESS]


@pytest.mark.parametrize(("side", "fault"), ROWS, ids=[fault.name for _, fault in ROWS])
def test_nothing_is_lost_or_doubled_by(
    side: str, fault: Fault, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    endure(side, fault, tmp_path, dovecot, mail_user)
