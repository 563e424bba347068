"""Whatever the mail server and the line to it do, every letter is answered once and lies in its folder."""

from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from tests.conftest import MailUser
from tests.faults.matrix import Fault, endure
from tests.faults.scene import CANNOT_WORK, Scene
from tests.servers.dovecot import Dovecot
from tests.servers.toxi import Lack, Line

pytestmark = pytest.mark.slow


def cut_in_idle(scene: Scene) -> None:
    scene.imap.cut()


def kill_sessions(scene: Scene) -> None:
    assert scene.dovecot.kill_sessions()


def restart_server(scene: Scene) -> None:
    scene.dovecot.restart()


def away(scene: Scene) -> None:
    scene.imap.refuse = True
    scene.imap.cut()


def back(scene: Scene) -> None:
    scene.imap.refuse = False


def swallow_all(scene: Scene) -> None:
    scene.imap.blackhole = True


def pass_again(scene: Scene) -> None:
    scene.imap.blackhole = False
    scene.imap.cut()


def drip(scene: Scene) -> None:
    """A letter comes at a pace at which no single read times out: only the deadline of the whole command ends it."""

    def arm(_: Line) -> None:
        scene.imap.on_command["UID FETCH"] = lambda line: setattr(scene.imap, "bytes_per_s", 30)

    scene.imap.on_command["UID FETCH"] = arm


def gave_up_waiting(scene: Scene) -> None:
    """The deadline of a command has passed, though there was always another byte before a read could time out."""
    assert scene.said(*CANNOT_WORK)


def flow(scene: Scene) -> None:
    scene.imap.bytes_per_s = None


def slow_line(scene: Scene) -> None:
    scene.imap.latency_s, scene.imap.bytes_per_s = 0.05, 20_000


def cut_literal(scene: Scene) -> None:
    """The next answer to the fetch of bodies ends in the middle of a letter."""

    def arm(_: Line) -> None:
        scene.imap.on_command["UID FETCH"] = lambda line: setattr(scene.imap, "cut_down", 700)

    scene.imap.on_command["UID FETCH"] = arm


def reset_at(command: str, strikes: int = 2) -> object:
    """The connection is reset when this command comes; so is the next one that comes so far."""

    def strike(scene: Scene) -> None:
        left = [strikes]

        def reset(line: Line) -> None:
            left[0] -= 1
            if left[0]:
                scene.imap.on_command[command] = reset
            line.reset()

        scene.imap.on_command[command] = reset

    return strike


def done_unheard(command: str) -> object:
    """The server does what it is told, but its answer is lost and the connection is reset a moment later."""

    def strike(scene: Scene) -> None:
        def deafen(line: Line) -> None:
            line.swallowing = True
            Timer(0.5, line.reset).start()

        scene.imap.on_command[command] = deafen

    return strike


def silent_after_move(scene: Scene) -> None:
    """The answer to MOVE never comes, and the connection stays open."""
    scene.imap.on_command["UID MOVE"] = lambda line: setattr(line, "swallowing", True)


def glue_news(scene: Scene) -> None:
    scene.imap.glue_exists = True
    assert scene.imap.idle_held.wait(20)


def foreign_flags(scene: Scene) -> None:
    """A colleague's mail program sets flags on every letter, all the time, while mailbot fetches over a slow line."""
    over = Event()
    scene.imap.latency_s = 0.05

    def toggle() -> None:
        with scene.dovecot.client(scene.user.address) as client:
            client.select_folder("INBOX")
            while not over.wait(0.02):
                uids = client.search()
                if uids:
                    client.add_flags(uids, [rb"\Flagged", "$Done"], silent=True)
                    client.remove_flags(uids, [rb"\Flagged"], silent=True)

    colleague = Thread(target=toggle, daemon=True)
    colleague.start()
    scene.on_heal.append(over.set)
    scene.on_heal.append(colleague.join)


def folder_made_anew(scene: Scene) -> None:
    scene.dovecot.recreate_folder(scene.user.address, "Отвечено")
    scene.removed.add(scene.writers[0])  # its letter went with the folder; its writer has had an answer


def folder_deleted(scene: Scene) -> None:
    with scene.dovecot.client(scene.user.address) as client:
        client.delete_folder("Отвечено")
    scene.removed.add(scene.writers[0])


def sent_deleted(scene: Scene) -> None:
    with scene.dovecot.client(scene.user.address) as client:
        client.delete_folder("Sent")


def other_uidvalidity(scene: Scene) -> None:
    scene.dovecot.change_uidvalidity(scene.user.address)


def taken_away_before(command: str) -> object:
    """A person deletes the first letter in the inbox right before this command of mailbot's."""

    def strike(scene: Scene) -> None:
        def delete(_: Line) -> None:
            with scene.dovecot.client(scene.user.address) as client:
                client.select_folder("INBOX")
                uid = client.search()[0]
                client.add_flags([uid], [rb"\Deleted"], silent=True)
                client.uid_expunge([uid])

        scene.imap.on_command[command] = delete
        scene.removed.add(f"parent{len(scene.writers) + 1}@mail{len(scene.writers) + 1}.example")

    return strike


def lacks(*extensions: Lack) -> object:
    return lambda scene: scene.imap.lack(*extensions)


def idle_refused(scene: Scene) -> None:
    """The server offers IDLE and then will not have it."""
    scene.imap.deny_commands = frozenset({"IDLE"})
    scene.imap.cut()


MATRIX = (
    Fault(name="connection reset in IDLE", strike=cut_in_idle),
    Fault(name="server's process killed in IDLE", strike=kill_sessions),
    Fault(name="server restarted", strike=restart_server),
    Fault(name="server away", strike=away, heal=back, lasting=True),
    Fault(name="black hole: nothing passes, nothing is closed", strike=swallow_all, heal=pass_again, lasting=True),
    Fault(
        name="drip feed: 30 bytes a second",
        strike=drip,
        meanwhile=gave_up_waiting,
        heal=flow,
        lasting=True,
        hold_s=8,
        after=1,
    ),
    Fault(name="slow line: 50 ms, 20 kB a second", strike=slow_line),
    Fault(name="letter cut in the middle of its literal", strike=cut_literal),
    Fault(name="connection reset at SEARCH", strike=reset_at("UID SEARCH")),
    Fault(name="connection reset at FETCH", strike=reset_at("UID FETCH")),
    Fault(name="connection reset at MOVE", strike=reset_at("UID MOVE")),
    Fault(name="answer to MOVE lost, connection reset", strike=done_unheard("UID MOVE")),
    Fault(name="answer to MOVE never comes", strike=silent_after_move),
    Fault(name="connection reset at CREATE", prepare=reset_at("CREATE", 1)),
    Fault(name="answer to CREATE lost", prepare=done_unheard("CREATE")),
    Fault(name="EXISTS glued to the continuation of IDLE", strike=glue_news),
    Fault(name="foreign flags set during FETCH", strike=foreign_flags),
    Fault(name="folder deleted and made anew", strike=folder_made_anew),
    Fault(name="folder deleted by a person", strike=folder_deleted),
    Fault(name="Sent deleted by a person", strike=sent_deleted, copy="sent"),
    Fault(name="UIDVALIDITY changed", strike=other_uidvalidity),
    Fault(name="letter deleted by a person before FETCH", strike=taken_away_before("UID FETCH")),
    Fault(name="letter deleted by a person before MOVE", strike=taken_away_before("UID MOVE")),
    Fault(name="server without IDLE", prepare=lacks(Lack.IDLE)),
    Fault(name="server without MOVE", prepare=lacks(Lack.MOVE)),
    Fault(name="server without MOVE and UIDPLUS", prepare=lacks(Lack.MOVE, Lack.UIDPLUS), stays=True),
    Fault(name="server without IDLE, MOVE and keywords", prepare=lacks(Lack.IDLE, Lack.MOVE, Lack.KEYWORDS)),
    Fault(name="IDLE offered and refused", strike=idle_refused, lasting=True),
    Fault(name="answer to COPY lost, no MOVE", prepare=lacks(Lack.MOVE), strike=done_unheard("UID COPY")),
)


@pytest.mark.parametrize("fault", MATRIX, ids=lambda fault: fault.name)
def test_nothing_is_lost_or_doubled_by(fault: Fault, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser) -> None:
    endure("IMAP", fault, tmp_path, dovecot, mail_user)
