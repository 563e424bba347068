"""Whatever the disks do, ours or the mail server's: the work stops, says so, and resumes; the state can be read."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import MailUser
from tests.faults.matrix import Fault, endure
from tests.faults.scene import CANNOT_WORK, Scene
from tests.servers.dovecot import Dovecot
from tests.servers.toxi import Lack

pytestmark = pytest.mark.slow

OVER_QUOTA = "NO [OVERQUOTA] Quota exceeded (mailbox for user is full)"


def small_state(scene: Scene) -> None:
    """The state lies in a file system of 3 MB; root only, as in CI."""
    state = str(scene.school.state)
    subprocess.run(["mkdir", "-p", state], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", state], check=True)
    scene.on_heal.append(lambda: subprocess.run(["umount", state], check=True))


def fill(scene: Scene) -> None:
    """To the last byte: what is written to a full disk fails at once, or in the middle of a row."""
    with (scene.school.state / "filler").open("wb", buffering=0) as filler:
        for size in (65536, 4096, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                continue


def make_room(scene: Scene) -> None:
    (scene.school.state / "filler").unlink()


def read_only(scene: Scene) -> None:
    """What opens a file there from now on may only read it, as after `mount -o remount,ro`."""
    state = str(scene.school.state)
    subprocess.run(["mount", "--bind", state, state], check=True)
    scene.on_heal.append(lambda: subprocess.run(["umount", state], check=True))
    subprocess.run(["mount", "-o", "remount,bind,ro", state], check=True)


def writable(scene: Scene) -> None:
    scene.on_heal.pop()()


def failing_disk(scene: Scene) -> None:
    scene.clock.with_name("disk").touch()


def sound_disk(scene: Scene) -> None:
    scene.clock.with_name("disk").unlink()


def stops_and_says_so(*words: str) -> Callable[[Scene], None]:
    """Nothing leaves while it cannot be written down; the state can be read; it is opened anew ever more rarely."""

    def look(scene: Scene) -> None:
        assert set(scene.answered()) == {scene.writers[0]}
        assert scene.said(*words)
        assert scene.ledger.started
        waits_s = [float(found) for found in re.findall(r"cannot work.*wait_s=([\d.]+)", scene.log.read_text())]
        assert len(waits_s) >= 3
        assert waits_s == [min(0.5 * 2**n, 3.0) for n in range(len(waits_s))]

    return look


def full_store(*commands: str, lacking: tuple[Lack, ...] = ()) -> Callable[[Scene], None]:
    """The mail server has no room for what these commands would write."""

    def strike(scene: Scene) -> None:
        scene.imap.lack(*lacking)
        scene.imap.answer_commands = dict.fromkeys(commands, OVER_QUOTA)
        scene.imap.cut()

    return strike


def room_in_store(scene: Scene) -> None:
    scene.imap.answer_commands = {}


def answers_all_the_same(scene: Scene) -> None:
    """A letter that cannot be filed is answered, once, and stays where it is."""
    assert not scene.unserved()
    assert scene.inbox() == len(scene.writers) - 1
    assert scene.said(*CANNOT_WORK)


MATRIX = (
    Fault(
        name="disk of the state full",
        prepare=small_state,
        strike=fill,
        meanwhile=stops_and_says_so("No space left on device"),
        heal=make_room,
        lasting=True,
        hold_s=6,
    ),
    Fault(
        name="disk of the state read-only",
        strike=read_only,
        meanwhile=stops_and_says_so("Read-only file system"),
        heal=writable,
        lasting=True,
        hold_s=6,
    ),
    Fault(
        name="fsync fails",
        strike=failing_disk,
        meanwhile=stops_and_says_so("Input/output error"),
        heal=sound_disk,
        lasting=True,
        hold_s=6,
    ),
    Fault(
        name="mail store full: MOVE refused",
        strike=full_store("UID MOVE"),
        meanwhile=answers_all_the_same,
        heal=room_in_store,
        lasting=True,
        hold_s=6,
    ),
    Fault(
        name="mail store full: COPY refused, no MOVE",
        strike=full_store("UID COPY", lacking=(Lack.MOVE,)),
        meanwhile=answers_all_the_same,
        heal=room_in_store,
        lasting=True,
        hold_s=6,
    ),
)


@pytest.mark.parametrize("fault", MATRIX, ids=lambda fault: fault.name)
def test_nothing_is_lost_or_doubled_by(fault: Fault, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser) -> None:
    endure("disk", fault, tmp_path, dovecot, mail_user)
