"""The real program over days and holidays: every row of the design's «a case over time»."""

from functools import partial
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.scenarios.living_school import Founded, LivingSchool
from tests.servers.dovecot import Dovecot


@pytest.fixture
def founded(tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink) -> Founded:
    """Founds a school whose daemon keeps a real mailbox; `now` and `regulation` may be said."""
    return partial(LivingSchool, tmp_path, dovecot, mail_user, sink)
