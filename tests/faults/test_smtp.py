"""Whatever the sending server and the line to it do, every letter is answered once, or a person knows of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.demo.smtp_faults import (
    DelayAnswer,
    DropInBody,
    LoseAnswer,
    RefuseConnection,
    RefuseLetter,
    RefuseRecipient,
    RefuseSender,
)
from mailbot.demo.smtp_faults import Fault as SinkFault
from tests.conftest import MailUser
from tests.faults.matrix import Fault, endure
from tests.faults.scene import QUESTION, Scene
from tests.life_school import CONSULTANT
from tests.school import letter
from tests.servers.dovecot import Dovecot
from tests.servers.toxi import Line

pytestmark = pytest.mark.slow

FIRST, SECOND, THIRD = (f"parent{n}@mail{n}.example" for n in (2, 3, 4))  # who write after the strike
SPAM_VERDICT = "554 5.7.1 Message rejected under suspicion of SPAM"
DAY_S = 25 * 3600.0


def planned(*faults: SinkFault) -> Callable[[Scene], None]:
    """The server does these, each once."""

    def strike(scene: Scene) -> None:
        for fault in faults:
            scene.sink.fail(fault)

    return strike


def always(fault: SinkFault) -> Callable[[Scene], None]:
    return lambda scene: scene.sink.fail(fault, times=None)


def well_again(scene: Scene) -> None:
    scene.sink.mend()


def reset_at(command: str, strikes: int = 2) -> Callable[[Scene], None]:
    """The connection is reset when this command comes; so is the next one that comes so far."""

    def strike(scene: Scene) -> None:
        left = [strikes]

        def reset(line: Line) -> None:
            left[0] -= 1
            if left[0]:
                scene.smtp.on_command[command] = reset
            line.reset()

        scene.smtp.on_command[command] = reset

    return strike


def away(scene: Scene) -> None:
    scene.smtp.refuse = True


def back(scene: Scene) -> None:
    scene.smtp.refuse = False


def swallow_all(scene: Scene) -> None:
    scene.smtp.blackhole = True


def pass_again(scene: Scene) -> None:
    scene.smtp.blackhole = False


def drip(scene: Scene) -> None:
    scene.smtp.drip_s = 0.3


def flow(scene: Scene) -> None:
    scene.smtp.drip_s = 0.0


def slow_line(scene: Scene) -> None:
    scene.smtp.latency_s, scene.smtp.bytes_per_s = 0.05, 20_000


def other_password(scene: Scene) -> None:
    scene.sink.password = "changed by somebody"


def old_password(scene: Scene) -> None:
    scene.sink.password = scene.user.password


def blocked(scene: Scene) -> None:
    scene.smtp.commands.clear()
    scene.sink.fail(RefuseLetter(SPAM_VERDICT), times=None)


def breaker_is_open(scene: Scene) -> None:
    """One letter was tried, nothing after it; the log, the state and so `mailbot status` say why."""
    assert scene.smtp.commands["MAIL"] == 1
    assert scene.said("sending is blocked by the provider") == 1
    paused = scene.ledger.paused
    assert paused
    assert SPAM_VERDICT.removeprefix("554 ") in paused.reason


def a_day_later(scene: Scene) -> None:
    scene.sink.mend()
    scene.set_clock(DAY_S)


def address_nobody_can_carry(scene: Scene) -> None:
    """It has letters that SMTP without SMTPUTF8 has no way to say; the answer is left to a person."""
    raw = letter(QUESTION, to=scene.user.address, sender="ИМЯ", subject="вопрос", n=100)
    head, _, body = raw.partition(b"\r\nTo:")
    raw = head.rpartition(b"From: ")[0] + "From: <мама@mail.example>\r\nTo:".encode() + body
    scene.dovecot.deliver(scene.user.address, raw)


def a_person_has_it(scene: Scene) -> None:
    told = [one for one in scene.sink.accepted if CONSULTANT in one.rcpts]
    assert len(told) == 1
    assert not any("мама" in rcpt for one in scene.sink.accepted for rcpt in one.rcpts)


MATRIX = (
    Fault(name="connection reset at MAIL", strike=reset_at("MAIL")),
    Fault(name="connection reset at RCPT", strike=reset_at("RCPT")),
    Fault(name="connection reset at DATA", strike=reset_at("DATA")),
    Fault(name="connection reset in the middle of the body", strike=planned(DropInBody(500), DropInBody(500))),
    Fault(name="answer to the final dot lost, copy in Sent", strike=planned(LoseAnswer()), copy="sent"),
    Fault(name="answer to the final dot lost, Bcc copy", strike=planned(LoseAnswer()), copy="bcc"),
    Fault(name="answer to the final dot lost, no copy", strike=planned(LoseAnswer()), repeats=1),
    Fault(name="answer to the final dot after the deadline", strike=planned(DelayAnswer(6, True)), copy="sent"),
    Fault(name="black hole: nothing passes", strike=swallow_all, heal=pass_again, lasting=True),
    Fault(name="server away", strike=away, heal=back, lasting=True),
    Fault(name="answers drip: 3 bytes a second", strike=drip, heal=flow, lasting=True),
    Fault(name="slow line: 50 ms, 20 kB a second", strike=slow_line),
    Fault(name="421 as the greeting", strike=always(RefuseConnection()), heal=well_again, lasting=True),
    Fault(
        name="421, 451, 452 at MAIL",
        strike=planned(RefuseSender("421 4.3.2 closing"), RefuseSender("451 4.3.0 later"), RefuseSender("452 4.3.1 ")),
    ),
    Fault(
        name="450, 451, 452 at RCPT",
        strike=planned(
            RefuseRecipient(FIRST, "450 4.2.1 busy"),
            RefuseRecipient(SECOND, "451 4.7.1 greylisted"),
            RefuseRecipient(THIRD, "452 4.2.2 over quota"),
        ),
    ),
    Fault(
        name="550, 552, 554 at RCPT",
        strike=planned(
            RefuseRecipient(FIRST, "550 5.1.1 no such user"),
            RefuseRecipient(SECOND, "552 5.2.2 mailbox is full"),
            RefuseRecipient(THIRD, "554 5.2.1 mailbox is closed"),
        ),
        people=3,
    ),
    Fault(
        name="of three recipients one refused, one put off",
        strike=planned(RefuseRecipient(FIRST, "550 5.1.1 gone"), RefuseRecipient(SECOND, "451 4.7.1 greylisted")),
        people=1,
    ),
    Fault(
        name="421, 451, 452 at the final dot",
        strike=planned(RefuseLetter("421 4.3.2 closing"), RefuseLetter("451 4.3.0 later"), RefuseLetter("452 4.3.1 ")),
    ),
    Fault(
        name="550, 552, 554 at the final dot",
        strike=planned(
            RefuseLetter("550 5.6.0 refused"), RefuseLetter("552 5.3.4 too big"), RefuseLetter("554 5.6.0 refused")
        ),
        people=3,
    ),
    Fault(
        name="our Bcc copy refused",
        strike=lambda scene: scene.sink.fail(RefuseRecipient(scene.user.address, "452 4.2.2 over quota"), times=3),
        copy="bcc",
    ),
    Fault(name="recipient that is not ASCII, then others", strike=address_nobody_can_carry, afterwards=a_person_has_it),
    Fault(
        name="malformed answers to the greeting, MAIL, RCPT and the dot",
        strike=planned(
            RefuseConnection("welcome"),
            RefuseSender("25 fine"),
            RefuseRecipient(SECOND, "перегружен"),
            RefuseLetter("thanks"),
        ),
    ),
    Fault(name="password refused later", strike=other_password, heal=old_password, lasting=True),
    Fault(
        name="blocked by the provider as spam",
        strike=blocked,
        meanwhile=breaker_is_open,
        heal=a_day_later,
        lasting=True,
    ),
)


@pytest.mark.parametrize("fault", MATRIX, ids=lambda fault: fault.name)
def test_nothing_is_lost_or_doubled_by(fault: Fault, tmp_path: Path, dovecot: Dovecot, mail_user: MailUser) -> None:
    endure("SMTP", fault, tmp_path, dovecot, mail_user)
