"""Real servers for the tests, and the promise that nothing was skipped where MAILBOT_NO_SKIP=1."""

import os

# As the reading process has it: what is judged here and there must be the same to the last bit.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Rulebook
from mailbot.triage.model import Brain, load_brain
from tests.machine.read import OURS
from tests.servers.dovecot import Dovecot
from tests.servers.sent_copies import ImapAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class MailUser:
    """A mailbox nobody used before, and what a program's settings must say to use it."""

    address: str  # the login, too
    password: str
    imap_host: str
    imap_port: int  # plain; STARTTLS is offered
    imap_tls_port: int
    ca_path: Path  # signs the certificate on imap_tls_port

    @classmethod
    def on(cls, dovecot: Dovecot) -> "MailUser":
        """A new one on this server."""
        return cls(
            address=dovecot.user(),
            password=dovecot.password,
            imap_host=dovecot.host,
            imap_port=dovecot.port,
            imap_tls_port=dovecot.tls_port,
            ca_path=dovecot.ca_path,
        )

    @property
    def account(self) -> ImapAccount:
        """The same mailbox for the hooks in tests/servers/sent_copies.py."""
        return ImapAccount(self.imap_port, self.address, self.password)


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """The shipped rules, for the mailbox that the hand-made messages are written to."""
    root = Path(__file__).parent.parent
    return load_rulebook(root / "rules", root / "templates", None, (OURS,))


@pytest.fixture(scope="session")
def brain() -> Brain:
    """The packaged model."""
    return load_brain()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


@pytest.fixture
def mail_user(dovecot: Dovecot) -> MailUser:
    return MailUser.on(dovecot)


@pytest.fixture
def sink(mail_user: MailUser) -> Iterator[Sink]:
    """Insists on the user's password, as a provider does; no TLS."""
    with Sink(user=mail_user.address, password=mail_user.password) as server:
        yield server


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if _skips_are_failures() and (report.skipped or hasattr(report, "wasxfail")):
        reason = getattr(report, "wasxfail", "") or _skip_reason(report)
        report.outcome = "failed"
        report.longrepr = f"MAILBOT_NO_SKIP: this test did not have to pass ({reason})"
        vars(report).pop("wasxfail", None)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if _skips_are_failures() and report.skipped:
        reason = _skip_reason(report)
        report.outcome = "failed"
        report.longrepr = f"MAILBOT_NO_SKIP: a whole file was skipped ({reason})"
    return report


def _skips_are_failures() -> bool:
    return os.environ.get("MAILBOT_NO_SKIP") == "1"


def _skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
