"""How often mail is tried: real rounds against real servers, under a clock that the test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from mailbot.cases.draft import MailState
from mailbot.daemon.opening import opened_world
from mailbot.daemon.rounds import run_round
from mailbot.daemon.taking import begin
from mailbot.daemon.world import World
from mailbot.demo.smtp_faults import LoseAnswer
from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.school import found_school, letter
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow

QUESTION = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"


@dataclass(slots=True)
class Rounds:
    """A daemon's world whose rounds the test takes, each when it wants."""

    now: datetime
    world: World = field(init=False)

    def take(self, **later: float) -> None:
        """Lets time pass (timedelta's words), then a round."""
        self.now += timedelta(**later)
        run_round(self.world)


@contextmanager
def rounds(folder: Path, user: MailUser, sink: Sink, *, copy: str = "none", copy_wait_s: int = 0) -> Iterator[Rounds]:
    school = found_school(folder, user, sink, copy=copy, copy_wait_s=copy_wait_s)
    taken = Rounds(datetime.now(UTC))
    with opened_world(school.config, lambda: taken.now, lambda: False) as taken.world:
        begin(taken.world, taken.now - timedelta(days=1), start_anew=False)
        yield taken


def test_a_server_that_takes_mail_and_never_says_so_gets_it_five_times_after_growing_waits(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    sink.fail(LoseAnswer(), times=None)
    dovecot.deliver(mail_user.address, letter(QUESTION, to=mail_user.address))
    gone_at: list[float] = []
    with rounds(tmp_path, mail_user, sink) as taken:
        begun = taken.now
        for _ in range(4 * 60):
            before = len(sink.accepted)
            taken.take(minutes=1)
            gone_at += [(taken.now - begun) / timedelta(minutes=1)] * (len(sink.accepted) - before)
        troubled = tuple(taken.world.casebook.ledger.troubled.values())

    waits = [later - earlier for earlier, later in pairwise(gone_at)]
    assert len(gone_at) == 5
    assert waits == sorted(waits)
    assert waits[-1] >= 15
    assert len({one.raw for one in sink.accepted}) == 1
    assert [owed.state for owed in troubled] == [MailState.HUMAN]


def test_a_password_refused_for_hours_is_tried_after_growing_waits_however_many_letters_come(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    with rounds(tmp_path, mail_user, sink) as taken:
        sink.password, before = "changed by somebody", sink.logins
        for n in range(2 * 60):
            if n % 20 == 0:
                raw = letter(QUESTION, to=mail_user.address, sender=f"<p{n}@mail{n}.example>", n=n)
                dovecot.deliver(mail_user.address, raw)
            taken.take(minutes=1)
        tried = sink.logins - before
        sink.password = mail_user.password
        taken.take(hours=1)

    assert 3 <= tried <= 5
    assert len(sink.accepted) == 6
