"""The IMAP servers of tests and demo behave as a provider does, and fail in each way a line can fail."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from mailbot.demo.imap_server import PymapServer
from mailbot.demo.smtp_sink import Accepted, Sink
from tests.conftest import MailUser
from tests.servers.certificates import LoopbackCertificate
from tests.servers.dovecot import Dovecot
from tests.servers.sent_copies import ImapAccount, LocalDelivery, SentCopies, in_turn
from tests.servers.toxi import ImapToxi, Lack, Toxi

pytestmark = pytest.mark.slow

LETTER = "Subject: question\r\n\r\nКак войти в дневник?\r\n".encode()
BROKEN = (IMAPClientAbortError, OSError)  # what imapclient makes of a connection that is gone
ACCEPTED = Accepted(
    mail_from="help@school.example.org",
    rcpts=("mama@example.com", "Zavuch@School.example.org"),
    raw=LETTER,
    at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    connection=1,
    nth=1,
)


@contextmanager
def session(port: int, user: str, password: str = "secret") -> Iterator[IMAPClient]:
    """A session in INBOX; its end is not polite, because its connection may be gone."""
    client = IMAPClient("127.0.0.1", port, ssl=False, timeout=5)
    try:
        client.login(user, password)
        client.select_folder("INBOX")
        yield client
    finally:
        client.shutdown()


def duration_s(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


class TestPymap:
    def test_letters_are_kept_moved_and_announced(self) -> None:
        with PymapServer("help", "secret") as server, session(server.port, "help") as client:
            client.append("INBOX", LETTER)
            client.noop()
            uids = client.search("UNSEEN")
            assert client.fetch(uids, ["BODY.PEEK[]"])[uids[0]][b"BODY[]"] == LETTER

            client.create_folder("Обращения/Закрытые")
            client.move(uids, "Обращения/Закрытые")
            assert client.search() == []

            client.idle()
            with session(server.port, "help") as other:
                other.append("INBOX", LETTER)
            assert (1, b"EXISTS") in client.idle_check(timeout=5)
            client.idle_done()

    @pytest.mark.parametrize("allowed", [True, False])
    def test_keywords_are_kept_only_where_they_are_allowed(self, allowed: bool) -> None:
        with PymapServer(allow_keywords=allowed) as server, session(server.port, server.user) as client:
            client.create_folder("Архив")
            for folder in ("INBOX", "Архив"):
                assert (b"\\*" in client.select_folder(folder)[b"PERMANENTFLAGS"]) is allowed
                client.append(folder, LETTER)
                client.noop()
                client.add_flags(client.search(), ["$Mailbot"], silent=True)
                assert len(client.search(["KEYWORD", "$Mailbot"])) == (1 if allowed else 0)

    def test_a_wrong_password_is_refused(self) -> None:
        with PymapServer() as server, pytest.raises(LoginError), session(server.port, server.user, "wrong"):
            pass

    def test_its_end_ends_the_sessions(self) -> None:
        with PymapServer() as server:
            client = IMAPClient("127.0.0.1", server.port, ssl=False, timeout=5)
            client.login(server.user, server.password)
            client.select_folder("INBOX")
            client.idle()
        with pytest.raises(BROKEN):
            client.idle_done()
        client.shutdown()


class TestDovecot:
    def test_a_letter_lies_where_it_was_delivered_on_its_day_and_unseen(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        day = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
        dovecot.deliver(user, LETTER, internaldate=day)

        assert dovecot.folder_letters(user) == [LETTER]
        assert dovecot.folder_letters(user, "Sent") == []
        with dovecot.client(user) as client:
            client.select_folder("INBOX")
            (letter,) = client.fetch(client.search("UNSEEN"), ["INTERNALDATE"]).values()
            assert letter[b"INTERNALDATE"] == day

    def test_two_users_share_nothing(self, dovecot: Dovecot) -> None:
        dovecot.deliver(dovecot.user(), LETTER)
        assert dovecot.folder_letters(dovecot.user()) == []

    def test_tls_is_trusted_with_its_own_authority_only(self, mail_user: MailUser, tmp_path: Path) -> None:
        trusting = LoopbackCertificate(mail_user.ca_path, tmp_path, tmp_path).client_context()
        stranger = LoopbackCertificate.made_in(tmp_path).client_context()
        with IMAPClient("127.0.0.1", mail_user.imap_tls_port, ssl_context=trusting, timeout=5) as client:
            client.login(mail_user.address, mail_user.password)
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            IMAPClient("127.0.0.1", mail_user.imap_tls_port, ssl_context=stranger, timeout=5)

    def test_a_killed_session_is_noticed_and_the_next_one_works(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        with session(dovecot.port, user) as client:
            assert dovecot.kill_sessions() >= 1
            with pytest.raises(BROKEN):
                client.noop()
        with session(dovecot.port, user) as client:
            client.noop()

    @pytest.mark.parametrize("folder", ["INBOX", "Архив/2026"])
    def test_after_a_change_of_uidvalidity_the_letters_are_still_there(self, dovecot: Dovecot, folder: str) -> None:
        user = dovecot.user()
        with dovecot.client(user) as client:
            if folder != "INBOX":
                client.create_folder(folder)
        dovecot.deliver(user, LETTER, folder)
        before = dovecot.uidvalidity(user, folder)

        dovecot.change_uidvalidity(user, folder)

        assert dovecot.uidvalidity(user, folder) != before
        assert dovecot.folder_letters(user, folder) == [LETTER]

    def test_a_recreated_folder_is_empty_and_another_one(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        dovecot.deliver(user, LETTER, "Sent")
        before = dovecot.uidvalidity(user, "Sent")

        dovecot.recreate_folder(user, "Sent")

        assert dovecot.folder_letters(user, "Sent") == []
        assert dovecot.uidvalidity(user, "Sent") != before

    def test_after_a_restart_the_mail_is_on_the_same_port_and_nothing_runs_after_the_end(self) -> None:
        with Dovecot(capability="IMAP4rev1 UIDPLUS") as own:
            user = own.user()
            own.deliver(user, LETTER)
            with session(own.port, user) as client:
                assert not client.has_capability("IDLE")
                own.restart()
                with pytest.raises(BROKEN):
                    client.noop()
            assert own.folder_letters(user) == [LETTER]
            process = own.pid
        assert not Path(f"/proc/{process}").exists()
        assert not own.ca_path.exists()


class TestToxi:
    def test_a_slow_line_takes_at_least_its_time(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        dovecot.deliver(user, LETTER + b"x" * 250)
        with Toxi(dovecot.port) as line, session(line.port, user) as client:
            line.latency_s = 0.1  # there and back
            assert duration_s(client.noop) >= 0.2

            line.latency_s, line.bytes_per_s = 0.0, 1000
            assert duration_s(lambda: client.fetch([1], ["BODY.PEEK[]"])) >= 0.25

    def test_a_line_cut_inside_a_letter_is_an_error_not_a_short_letter(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        dovecot.deliver(user, LETTER + b"text\r\n" * 1000)
        with Toxi(dovecot.port) as line, session(line.port, user) as client:
            line.cut_down = 1500
            with pytest.raises(BROKEN):
                client.fetch([1], ["BODY.PEEK[]"])

    def test_a_black_hole_times_out_and_a_reset_is_told(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        with Toxi(dovecot.port) as line:
            with session(line.port, user) as client:
                line.blackhole = True
                client.socket().settimeout(0.3)
                with pytest.raises(TimeoutError):
                    client.noop()
            line.blackhole = False
            with session(line.port, user) as client:
                line.cut()
                with pytest.raises(BROKEN, match="reset"):
                    client.noop()

    def test_a_refused_connection_does_not_end_the_line(self, dovecot: Dovecot) -> None:
        with Toxi(dovecot.port) as line:
            line.refuse = True
            with pytest.raises(ConnectionResetError), session(line.port, dovecot.user()):
                pass
            line.refuse = False
            with session(line.port, dovecot.user()) as client:
                client.noop()
            assert line.connections == 2

    def test_a_lost_answer_to_move_leaves_the_letter_moved(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        dovecot.deliver(user, LETTER)
        with ImapToxi(dovecot.port) as line, session(line.port, user) as client:
            line.drop_reply_to = "UID MOVE"
            client.noop()
            client.socket().settimeout(0.5)
            with pytest.raises(TimeoutError):
                client.move([1], "Sent")
        assert (dovecot.folder_letters(user), dovecot.folder_letters(user, "Sent")) == ([], [LETTER])

    def test_what_a_server_lacks_is_not_offered_and_not_obeyed(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        with ImapToxi(dovecot.port) as line:
            line.lack(Lack.IDLE, Lack.MOVE, Lack.UIDPLUS)
            with session(line.port, user) as client:
                assert not {b"IDLE", b"MOVE", b"UIDPLUS"} & set(client.capabilities())
                assert client.has_capability("NAMESPACE")
                with pytest.raises(CapabilityError):
                    client.move([1], "Sent")
                for command in ("UID MOVE 1 Sent", "UID EXPUNGE 1", "IDLE"):
                    with pytest.raises(IMAPClientError, match="Unrecognised command"):
                        client._imap._simple_command(*command.split(" ", 1))  # past imapclient's own check

    def test_a_letter_that_quotes_commands_passes_untouched(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        letter = b"Subject: x\r\n\r\nA1 IDLE\r\n* CAPABILITY IDLE {3}\r\n+ idling\r\n"
        with ImapToxi(dovecot.port) as line, session(line.port, user) as client:
            line.lack(Lack.IDLE)
            line.glue_exists = True
            assert b"APPENDUID" in client.append("INBOX", letter)
            client.noop()
            assert client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"] == letter

    def test_news_glued_to_the_start_of_idle_is_not_heard_by_the_client(self, dovecot: Dovecot) -> None:
        user = dovecot.user()
        with ImapToxi(dovecot.port) as line, session(line.port, user) as client:
            assert client.has_capability("IDLE")
            line.glue_exists = True
            tag = client._imap._command("IDLE")
            assert line.idle_held.wait(5)
            dovecot.deliver(user, LETTER)
            client._idle_tag = tag
            assert client._imap._get_response() is None  # the «+», with EXISTS behind it in the buffer
            assert client.idle_check(timeout=0.5) == []
            _, news = client.idle_done()
            assert (1, b"EXISTS") in news


class TestWhatHappensAfterAcceptance:
    def test_our_copy_is_in_sent_at_once(self, dovecot: Dovecot, mail_user: MailUser) -> None:
        with SentCopies(mail_user.account, after_s=0) as copies:
            copies(ACCEPTED)
            assert dovecot.folder_letters(mail_user.address, "Sent") == [LETTER]

    def test_our_copy_appears_in_sent_later(self, dovecot: Dovecot, mail_user: MailUser) -> None:
        with SentCopies(mail_user.account, after_s=1) as copies:
            copies(ACCEPTED)
            assert dovecot.folder_letters(mail_user.address, "Sent") == []
            with session(dovecot.port, mail_user.address) as client:
                client.select_folder("Sent")
                client.idle()
                assert (1, b"EXISTS") in client.idle_check(timeout=5)
        assert dovecot.folder_letters(mail_user.address, "Sent") == [LETTER]

    def test_our_copy_never_appears(self, dovecot: Dovecot, mail_user: MailUser) -> None:
        with SentCopies(mail_user.account, after_s=None) as copies:
            copies(ACCEPTED)
        assert dovecot.folder_letters(mail_user.address, "Sent") == []

    def test_a_copy_still_pending_at_the_end_is_not_filed(self, dovecot: Dovecot, mail_user: MailUser) -> None:
        with SentCopies(mail_user.account, after_s=60) as copies:
            copies(ACCEPTED)
        assert dovecot.folder_letters(mail_user.address, "Sent") == []

    def test_a_letter_to_the_schools_own_people_arrives_in_their_inbox(
        self, dovecot: Dovecot, mail_user: MailUser
    ) -> None:
        deputy = ImapAccount(dovecot.port, dovecot.user("zavuch"), dovecot.password)
        local = LocalDelivery({"zavuch@school.example.org": deputy})
        with SentCopies(mail_user.account, after_s=0) as copies, Sink(on_accept=in_turn(copies, local)) as sink:
            sink.on_accept(ACCEPTED)
        assert dovecot.folder_letters(deputy.user) == [LETTER]
        assert dovecot.folder_letters(mail_user.address, "Sent") == [LETTER]
