"""The SMTP sink keeps every letter exactly, and fails in each planned way."""

import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailbot.demo.smtp_faults import (
    DelayAnswer,
    DropInBody,
    LoseAnswer,
    RefuseConnection,
    RefuseData,
    RefuseLetter,
    RefuseRecipient,
    RefuseSender,
)
from mailbot.demo.smtp_sink import Accepted, Sink
from tests.servers.certificates import LoopbackCertificate

pytestmark = pytest.mark.slow

SCHOOL = "help@school.example.org"
MOTHER = "mama@example.com"
FATHER = "papa@example.com"
LETTER = "Subject: =?utf-8?B?0J7RhtC10L3QutCw?=\r\n\r\nЗдравствуйте!\r\n.\r\n..точки\r\n".encode()


@pytest.fixture
def open_sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@contextmanager
def connected(sink: Sink) -> Iterator[smtplib.SMTP]:
    """A client whose connection may be gone at the end."""
    client = smtplib.SMTP(sink.host, sink.port, "client.example.org", timeout=5)
    try:
        yield client
    finally:
        client.close()


def hang_up_while_waiting(sink: Sink) -> None:
    """The sender waits a fifth of a second for the answer to the dot."""
    with connected(sink) as client:
        client.ehlo()
        assert client.sock is not None
        client.sock.settimeout(0.2)
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            send(client)


def send(client: smtplib.SMTP, to: tuple[str, ...] = (MOTHER,), raw: bytes = LETTER) -> dict[str, tuple[int, bytes]]:
    return client.sendmail(SCHOOL, to, raw)


def test_a_letter_is_kept_byte_for_byte_with_its_envelope(open_sink: Sink) -> None:
    with connected(open_sink) as client:
        send(client, (MOTHER, FATHER))
        send(client)

    first, second = open_sink.wait_for(2, timeout_s=5)
    assert (first.mail_from, first.rcpts, first.raw) == (SCHOOL, (MOTHER, FATHER), LETTER)
    assert (first.connection, first.nth, second.connection, second.nth) == (1, 1, 1, 2)
    assert first.at <= second.at


def test_the_null_sender_is_an_empty_one(open_sink: Sink) -> None:
    with connected(open_sink) as client:
        client.sendmail("", [MOTHER], LETTER)

    assert open_sink.accepted[0].mail_from == ""


def test_waiting_for_a_letter_that_does_not_come_says_how_many_came(open_sink: Sink) -> None:
    with pytest.raises(TimeoutError, match="0 of 1 letters"):
        open_sink.wait_for(1, timeout_s=0.05)


def test_only_the_right_password_may_send(sink: Sink) -> None:
    with connected(sink) as client:
        assert client.docmd("MAIL FROM:<help@school.example.org>")[0] == 503  # EHLO first
        client.ehlo()
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            send(client)
        with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
            client.login(sink.user or "", "wrong")
    assert sink.logins == 2  # smtplib tries PLAIN, then LOGIN
    for mechanism in ("PLAIN", "LOGIN"):
        with connected(sink) as client:
            client.ehlo()
            client.user, client.password = sink.user or "", sink.password
            client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
            send(client)

    assert len(sink.accepted) == 2


def test_without_a_user_no_password_is_offered(open_sink: Sink) -> None:
    with connected(open_sink) as client:
        client.ehlo()
        assert not client.has_extn("auth")


def test_tls_from_the_start(tmp_path: Path) -> None:
    certificate = LoopbackCertificate.made_in(tmp_path)
    with (
        Sink(user=SCHOOL, password="secret", implicit_tls=certificate.server_context()) as sink,
        smtplib.SMTP_SSL(sink.host, sink.port, timeout=5, context=certificate.client_context()) as client,
    ):
        client.login(SCHOOL, "secret")
        send(client)
        assert len(sink.accepted) == 1


def test_starttls_is_insisted_on_and_only_then_a_password_is_taken(tmp_path: Path) -> None:
    certificate = LoopbackCertificate.made_in(tmp_path)
    with Sink(user=SCHOOL, password="secret", starttls=certificate.server_context()) as sink, connected(sink) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        assert client.mail(SCHOOL)[0] == 530
        client.starttls(context=certificate.client_context())
        client.login(SCHOOL, "secret")
        send(client)
        assert len(sink.accepted) == 1


def test_one_refused_recipient_does_not_stop_the_others(open_sink: Sink) -> None:
    open_sink.fail(RefuseRecipient(FATHER, "550 5.1.1 no such user"))

    with connected(open_sink) as client:
        refused = send(client, (MOTHER, FATHER))
        assert refused == {FATHER: (550, b"5.1.1 no such user")}
        assert send(client, (FATHER,)) == {}  # planned once, met once

    assert [letter.rcpts for letter in open_sink.accepted] == [(MOTHER,), (FATHER,)]


def test_a_fault_is_met_as_often_as_planned_and_mend_ends_it(open_sink: Sink) -> None:
    open_sink.fail(RefuseSender("452 4.3.1 try later"), times=2)
    codes = []
    with connected(open_sink) as client:
        client.ehlo()
        for _ in range(3):
            codes.append(client.mail(SCHOOL)[0])
            client.rset()
        open_sink.fail(RefuseSender("554 5.7.1 spam"), times=None)
        codes += [client.mail(SCHOOL)[0], client.mail(SCHOOL)[0]]
        open_sink.mend()
        codes.append(client.mail(SCHOOL)[0])

    assert codes == [452, 452, 250, 554, 554, 250]


def test_data_may_be_refused_before_or_after_the_letter(open_sink: Sink) -> None:
    open_sink.fail(RefuseData("451 4.3.0 not now"))
    open_sink.fail(RefuseLetter("554 5.7.1 looks like spam"))

    with connected(open_sink) as client:
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            send(client)
        client.rset()
        with pytest.raises(smtplib.SMTPDataError, match="554"):
            send(client)

    assert open_sink.accepted == ()


def test_a_refused_connection_hears_421_and_counts(open_sink: Sink) -> None:
    open_sink.fail(RefuseConnection())

    with pytest.raises(smtplib.SMTPConnectError, match="421"), connected(open_sink):
        pass

    assert open_sink.connections == 1


def test_a_lost_answer_leaves_the_letter_accepted_and_the_sender_in_doubt(open_sink: Sink) -> None:
    open_sink.fail(LoseAnswer())

    with connected(open_sink) as client, pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(client)

    assert [letter.raw for letter in open_sink.accepted] == [LETTER]


def test_a_connection_dropped_in_the_body_leaves_nothing(open_sink: Sink) -> None:
    open_sink.fail(DropInBody(after_bytes=20_000))

    with connected(open_sink) as client, pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(client, raw=b"Subject: long\r\n\r\n" + b"text\r\n" * 10_000)

    assert open_sink.accepted == ()


def test_a_sender_who_hangs_up_has_delivered_what_was_accepted_before_the_wait(open_sink: Sink) -> None:
    open_sink.fail(DelayAnswer(seconds=60, accepted_before=True))

    hang_up_while_waiting(open_sink)

    assert len(open_sink.wait_for(1, timeout_s=5)) == 1


def test_a_sender_who_hangs_up_takes_back_what_was_to_be_accepted_after_the_wait(open_sink: Sink) -> None:
    open_sink.fail(DelayAnswer(seconds=1, accepted_before=False))

    hang_up_while_waiting(open_sink)

    with pytest.raises(TimeoutError):
        open_sink.wait_for(1, timeout_s=1.2)


def test_a_letter_over_the_limit_is_refused_before_its_upload() -> None:
    with Sink(data_size_limit=1000) as sink, connected(sink) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "1000"
        with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
            send(client, raw=b"x" * 2000)


def test_the_hook_has_run_before_the_sender_hears_250() -> None:
    heard: list[Accepted] = []
    with Sink(on_accept=heard.append) as sink, connected(sink) as client:
        send(client)
        assert heard == list(sink.accepted)


def test_a_stopped_sink_leaves_no_thread_and_no_connection() -> None:
    before = threading.active_count()
    with Sink() as sink:
        idle_client = smtplib.SMTP(sink.host, sink.port, "client.example.org", timeout=5)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        idle_client.noop()
    assert threading.active_count() == before
