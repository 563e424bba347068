"""The clock jumps while a mail waits: for its copy, or for its next try. It goes out neither twice nor hours later."""

from pathlib import Path

import pytest

from mailbot.cases.draft import MailState
from mailbot.demo.smtp_faults import LoseAnswer, RefuseLetter
from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.faults.scene import Scene, staged, wait_until
from tests.servers.dovecot import Dovecot
from tests.servers.sent_copies import SentCopies

pytestmark = pytest.mark.slow

FIVE_HOURS_S = 5 * 3600


def is_uncertain(scene: Scene) -> bool:
    return any(owed.state is MailState.SENDING for owed in scene.ledger.owed.values())


def is_postponed(scene: Scene) -> bool:
    return any(owed.state is MailState.READY and owed.tries for owed in scene.ledger.owed.values())


def test_a_clock_that_leaps_forward_does_not_have_the_same_letter_sent_before_its_copy_could_come(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        SentCopies(mail_user.account, after_s=5) as copies,
        Sink(user=mail_user.address, password=mail_user.password, on_accept=copies) as sink,
        staged(tmp_path, dovecot, mail_user, sink, copy="sent", copy_wait_s=30) as scene,
    ):
        sink.fail(LoseAnswer())
        scene.start()
        scene.deliver(1)
        wait_until(lambda: is_uncertain(scene), 20, "the answer was not lost", scene.log)
        scene.set_clock(FIVE_HOURS_S)
        wait_until(lambda: scene.inbox() == 0, 20, "the letter was not filed", scene.log)

        assert len(sink.accepted) == 1


def test_a_clock_that_is_put_back_does_not_make_a_letter_without_a_copy_wait_for_hours(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        Sink(user=mail_user.address, password=mail_user.password) as sink,
        staged(tmp_path, dovecot, mail_user, sink, copy="sent", copy_wait_s=3) as scene,
    ):
        sink.fail(LoseAnswer())
        scene.start()
        scene.deliver(1)
        wait_until(lambda: is_uncertain(scene), 20, "the answer was not lost", scene.log)
        scene.set_clock(-FIVE_HOURS_S)
        wait_until(lambda: scene.inbox() == 0, 20, "the letter was not sent again", scene.log)

        assert scene.doubled() == 1


def test_a_clock_that_is_put_back_does_not_put_off_the_next_try(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser
) -> None:
    with (
        Sink(user=mail_user.address, password=mail_user.password) as sink,
        staged(tmp_path, dovecot, mail_user, sink) as scene,
    ):
        sink.fail(RefuseLetter("451 4.3.0 try later"), times=None)
        scene.start()
        scene.deliver(1)
        wait_until(lambda: is_postponed(scene), 20, "the letter was not refused", scene.log)
        scene.set_clock(-FIVE_HOURS_S)
        sink.mend()
        wait_until(lambda: scene.inbox() == 0, 20, "the letter was not sent again", scene.log)

        assert len(sink.accepted) == 1
