"""Digests and alarms of a running mailbot: on a real mailbox, under a clock we set."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailbot.daemon.alarm import Watch
from mailbot.daemon.loop import Jobs
from mailbot.daemon.opening import opened_world
from mailbot.daemon.rounds import run_round
from mailbot.daemon.taking import begin
from mailbot.daemon.telling import box_of, tell, tell_what_is_due
from mailbot.daemon.world import World
from mailbot.demo.smtp_sink import Accepted, Sink
from mailbot.errors import BadSettings, Words
from mailbot.reports.times import Span
from mailbot.settings import load_settings
from tests.conftest import MailUser
from tests.school import School, end, found_school, letter
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow

CONSULTANT = "journal@school.example.org"
ADMIN = "admin@school.example.org"
LOST_MARK = "Здравствуйте! У Ивановой Марии из 5Б пропала пятёрка по математике за 12 ноября. Поставьте, пожалуйста."
THURSDAY = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
FRIDAY_EIGHT = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # in Moscow


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is set."""

    now: datetime = THURSDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def school(tmp_path: Path, mail_user: MailUser, sink: Sink) -> School:
    return found_school(tmp_path, mail_user, sink, copy="none")


@contextmanager
def opened(school: School, clock: Clock) -> Iterator[World]:
    """The school's mailbot with its first round done."""
    with opened_world(school.config, clock, lambda: False) as world:
        begin(world, None, start_anew=False)
        look(world)
        yield world


def look(world: World) -> None:
    """A round that sees what has just been delivered: a server may tell of new letters one command late."""
    run_round(world)
    run_round(world)


def deliver(dovecot: Dovecot, user: MailUser, n: int, at: datetime, text: str = LOST_MARK) -> None:
    dovecot.deliver(user.address, letter(text, to=user.address, n=n), internaldate=at)


def digests(sink: Sink) -> list[Accepted]:
    """Mail in the sink that is a digest, by its subject."""
    return [one for one in sink.accepted if str(parsed(one)["Subject"]).startswith("Сводка обращений")]


def parsed(one: Accepted) -> EmailMessage:
    message = message_from_bytes(one.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(one: Accepted) -> str:
    body = parsed(one).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- digests ---------------------------------------------------------------------------------------------------------


def test_the_consultant_reads_on_the_next_working_morning_what_came_in_and_reads_it_once(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    clock = Clock()
    with opened(school, clock) as world:
        deliver(dovecot, mail_user, 1, THURSDAY + timedelta(minutes=5))
        clock.now = THURSDAY + timedelta(minutes=10)
        look(world)
        tell_what_is_due(world)
        assert digests(sink) == []

        clock.now = FRIDAY_EIGHT
        look(world)
        tell_what_is_due(world)
        tell_what_is_due(world)
        look(world)

    with opened(school, clock) as world:
        clock.now = FRIDAY_EIGHT + timedelta(hours=2)
        tell_what_is_due(world)
        look(world)

    (one,) = digests(sink)
    assert one.rcpts == (CONSULTANT,)
    assert "№ 2026-00001" in text_of(one)
    assert parsed(one)["Auto-Submitted"] == "auto-generated"
    assert not any((school.state / "owed").iterdir())


def test_a_digest_written_before_a_crash_goes_out_after_it_and_only_once(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    clock = Clock()
    with opened(school, clock) as world:
        deliver(dovecot, mail_user, 1, THURSDAY + timedelta(minutes=5))
        clock.now = FRIDAY_EIGHT
        look(world)
        tell(world, Span.DAY, asked=False)  # and here the machine went down

    for _ in range(2):
        with opened(school, clock) as world:
            tell_what_is_due(world)

    assert len(digests(sink)) == 1


def test_a_morning_that_passed_while_mailbot_was_down_is_made_up_for(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    clock = Clock()
    with opened(school, clock) as world:
        deliver(dovecot, mail_user, 1, THURSDAY + timedelta(minutes=5))
        clock.now = THURSDAY + timedelta(minutes=10)
        look(world)

    clock.now = FRIDAY_EIGHT + timedelta(hours=5)
    with opened(school, clock) as world:
        tell_what_is_due(world)

    assert len(digests(sink)) == 1


def test_an_empty_day_sends_nothing_unless_somebody_asks(school: School, sink: Sink) -> None:
    clock = Clock()
    with opened(school, clock) as world:
        clock.now = FRIDAY_EIGHT
        tell_what_is_due(world)
        assert digests(sink) == []

        asked = school.mailbot("digest")
        assert asked.returncode == 0, asked.stderr
        look(world)

    assert {rcpt for one in digests(sink) for rcpt in one.rcpts} == {CONSULTANT, "zavuch@school.example.org"}
    assert "За это время ничего не произошло." in text_of(digests(sink)[0])


def test_supervisor_and_director_get_the_week_with_the_register_on_its_first_working_day(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    clock = Clock()
    with opened(school, clock) as world:
        deliver(dovecot, mail_user, 1, THURSDAY + timedelta(minutes=5))
        clock.now = THURSDAY + timedelta(minutes=10)
        look(world)
        clock.now = datetime(2026, 11, 23, 5, 1, tzinfo=UTC)
        tell_what_is_due(world)

    weekly = [one for one in digests(sink) if "за неделю" in str(parsed(one)["Subject"])]
    assert {rcpt for one in weekly for rcpt in one.rcpts} == {
        "zavuch@school.example.org",
        "director@school.example.org",
    }
    for one in weekly:
        (file,) = parsed(one).iter_attachments()
        assert file.get_filename() == "reestr-2026-11-23.xlsx"
        content = file.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert content[:2] == b"PK"


def test_showing_the_digest_changes_no_byte_of_the_state_and_sends_nothing(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    deliver(dovecot, mail_user, 1, datetime.now(UTC))
    school.once()
    before, sent = hashes(school.state), len(sink.accepted)

    shown = school.mailbot("digest", "--preview")

    assert shown.returncode == 0, shown.stderr
    assert "№" in shown.stdout
    assert CONSULTANT in shown.stdout
    assert hashes(school.state) == before
    assert len(sink.accepted) == sent


def test_the_register_is_printed_and_written_without_touching_the_state(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink, tmp_path: Path
) -> None:
    deliver(dovecot, mail_user, 1, datetime.now(UTC))
    school.once()
    before = hashes(school.state)

    printed, written = school.mailbot("report"), school.mailbot("report", "--xlsx", str(tmp_path / "r.xlsx"))
    nowhere = school.mailbot("report", "--xlsx", str(tmp_path / "no" / "r.xlsx"))

    assert "-00001" in printed.stdout
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "r.xlsx").read_bytes()[:2] == b"PK"
    assert nowhere.returncode == 65
    assert "Укажите другой файл" in nowhere.stderr
    assert hashes(school.state) == before


def test_the_digest_tells_of_persons_letters_in_the_spam_folder_and_leaves_it_as_it_is(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    clock = Clock()
    with dovecot.client(mail_user.address) as client:
        client.create_folder("Spam")
    with opened(school, clock) as world:
        in_the_spam_folder = (
            b"X-Spam-Flag: YES\r\n" + letter(LOST_MARK, to=mail_user.address, n=1),
            b"Precedence: bulk\r\nList-Unsubscribe: <https://shop.example/u>\r\n"
            + letter("Скидки на канцтовары до 70 %!", to=mail_user.address, sender="<news@shop.example>", n=2),
            b"Auto-Submitted: auto-replied\r\n" + letter("Я в отпуске.", to=mail_user.address, n=3),
        )
        for raw in in_the_spam_folder:
            dovecot.deliver(mail_user.address, raw, "Spam", THURSDAY + timedelta(hours=1))
        before = spam_folder(dovecot, mail_user)

        clock.now = FRIDAY_EIGHT
        look(world)
        tell_what_is_due(world)
        (told,) = digests(sink)
        assert "1 новое письмо, похожее на письма людей" in " ".join(text_of(told).split())
        assert "В папке «Спам» 3 письма; похожи на письма людей: 1." in " ".join(text_of(told).split())
        assert spam_folder(dovecot, mail_user) == before

        clock.now = FRIDAY_EIGHT + timedelta(days=3)
        look(world)
        tell_what_is_due(world)
        daily = [one for one in digests(sink) if "за неделю" not in str(parsed(one)["Subject"])]
        assert len(daily) == 1, "what was told once is no news on Monday"


def spam_folder(dovecot: Dovecot, user: MailUser) -> list[tuple[int, tuple[bytes, ...]]]:
    """UIDs and flags of the folder; \\Recent means only that nobody has looked."""
    with dovecot.client(user.address) as client:
        client.select_folder("Spam", readonly=True)
        return [
            (uid, tuple(flag for flag in flags if flag != rb"\Recent"))
            for uid, flags in client.get_flags(client.search()).items()
        ]


def test_a_letter_the_round_passed_by_is_not_accounted_for(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    clock = Clock()
    deliver(dovecot, mail_user, 1, THURSDAY - timedelta(days=1))
    with opened(school, clock) as world:
        deliver(dovecot, mail_user, 2, THURSDAY)
        look(world)
        well = box_of(world)
        deliver(dovecot, mail_user, 3, THURSDAY)
        world.session.uids()  # a server may tell of new letters one command late
        waiting = box_of(world)
        world.seen.passed_over.clear()  # as if the server had not given us the first letter
        lost = box_of(world)

    assert (well.on_server, well.older, well.unaccounted) == (1, 1, 0)
    assert (waiting.waiting, waiting.unaccounted) == (1, 0)
    assert lost.unaccounted == 1


def test_a_digest_that_cannot_be_worded_is_left_for_an_hour_and_letters_are_still_answered(
    school: School, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    broken = (
        (school.folder / "templates" / "digest.txt").read_text(encoding="utf-8").replace("digest.title", "digest.tutle")
    )
    (school.folder / "templates" / "digest.txt").write_text(broken, encoding="utf-8")
    clock = Clock()
    with opened(school, clock) as world:
        jobs = Jobs(world)
        deliver(dovecot, mail_user, 1, THURSDAY + timedelta(minutes=5))
        clock.now = FRIDAY_EIGHT
        look(world)
        with capture_logs() as logged:
            jobs.ask("digests", tell_what_is_due)
        answers = len(sink.accepted)
        deliver(dovecot, mail_user, 2, FRIDAY_EIGHT, LOST_MARK + " Спасибо.")
        look(world)
        rested = dict(jobs.resting)

    assert answers
    assert len(sink.accepted) > answers
    assert digests(sink) == []
    assert [one["event"] for one in logged] == ["timed job failed"]
    assert rested == {"digests": FRIDAY_EIGHT + timedelta(hours=1)}


# --- the alarm -------------------------------------------------------------------------------------------------------

CAUSE = Words("сервер не отвечает", "the server does not answer")
MEND = Words("Проверьте сеть", "Check the network")


def watch_of(school: School, clock: Clock) -> Watch:
    (school.state).mkdir(exist_ok=True)
    return Watch.over(school.config, load_settings(school.config), clock)


def alarms(sink: Sink) -> list[str]:
    return [text_of(one) for one in sink.accepted if ADMIN in one.rcpts]


def test_the_admin_is_told_once_that_no_round_succeeds_and_once_that_all_is_well(school: School, sink: Sink) -> None:
    clock = Clock()
    watch = watch_of(school, clock)
    watch.good()
    told = []
    for minute in (1, 29, 30, 31, 90):
        clock.now = THURSDAY + timedelta(minutes=minute)
        watch.failed(CAUSE, MEND)
        told.append(len(alarms(sink)))
    clock.now += timedelta(minutes=1)
    watch.good()
    watch.good()

    assert told == [0, 0, 1, 1, 1]
    first, second = alarms(sink)
    assert "не проверяется уже 30 минут. Причина: сервер не отвечает. " in " ".join(first.split()) + " "
    assert "Что сделать: Проверьте сеть." in first
    assert "Почта снова проверяется. Тревога была 61 минуту назад." in " ".join(second.split())
    assert [str(parsed(one)["Subject"]) for one in sink.accepted] == [
        "Почтовый ящик школы: нужна помощь администратора",
        "Почтовый ящик школы: снова работает",
    ]


def test_a_blip_alarms_nobody(school: School, sink: Sink) -> None:
    clock = Clock()
    watch = watch_of(school, clock)
    for minute in range(0, 120, 20):
        clock.now = THURSDAY + timedelta(minutes=minute)
        watch.failed(CAUSE)
        clock.now += timedelta(minutes=5)
        watch.good()

    assert sink.accepted == ()


def test_an_alarm_is_not_given_again_by_the_next_process_and_its_end_is_told(school: School, sink: Sink) -> None:
    clock = Clock()
    watch_of(school, clock).good()
    first = watch_of(school, clock)
    clock.now += timedelta(minutes=40)
    first.failed(CAUSE)
    second = watch_of(school, clock)
    clock.now += timedelta(minutes=40)
    second.failed(CAUSE)
    assert len(alarms(sink)) == 1

    watch_of(school, clock).good()

    assert len(alarms(sink)) == 2


def test_a_pause_between_two_runs_is_no_silence(school: School, sink: Sink) -> None:
    clock = Clock()
    watch_of(school, clock).good()
    clock.now += timedelta(days=3)

    watch_of(school, clock).failed(CAUSE)

    assert sink.accepted == ()


def test_an_alarm_the_server_did_not_take_is_tried_again(school: School, sink: Sink) -> None:
    clock = Clock()
    settings = load_settings(school.config)
    gone = settings.model_copy(update={"smtp": settings.smtp.model_copy(update={"port": 9})})
    watch = Watch.over(school.config, gone, clock)
    clock.now += timedelta(minutes=30)
    watch.failed(CAUSE)
    watch.settings = settings
    clock.now += timedelta(minutes=4)
    watch.failed(CAUSE)
    assert sink.accepted == ()

    clock.now += timedelta(minutes=1)
    watch.failed(CAUSE)

    assert len(alarms(sink)) == 1


def test_a_full_disk_does_not_keep_the_alarm_from_going_out(school: School, sink: Sink, tmp_path: Path) -> None:
    clock = Clock()
    watch = watch_of(school, clock)
    (tmp_path / "a file").write_text("")
    watch.health.path = tmp_path / "a file" / "health.json"
    for _ in range(3):
        clock.now += timedelta(minutes=40)
        watch.failed(Words("диск заполнен", "the disk is full"))

    assert len(alarms(sink)) == 1


def test_the_alarm_goes_through_the_server_set_aside_for_it_and_in_its_mailboxs_name(
    school: School, sink: Sink, tmp_path: Path
) -> None:
    clock = Clock()
    with Sink(user="alarm@other.example", password="another") as other:
        (tmp_path / "alarm-password").write_text("another\n")
        with school.config.open("a", encoding="utf-8") as file:
            file.write(
                f"alarm_smtp:\n  host: 127.0.0.1\n  port: {other.port}\n  tls: plain\n  user: alarm@other.example\n"
                "  password_file: alarm-password\nalarm_after_minutes: 5\n"
            )
        watch = watch_of(school, clock)
        clock.now += timedelta(minutes=5)
        watch.failed(CAUSE)

        (one,) = other.accepted
        assert sink.accepted == ()
        assert one.mail_from == "alarm@other.example"
        assert "alarm@other.example" in str(parsed(one)["From"])


def test_a_mailbox_that_was_kept_and_is_given_up_is_told_of_at_once(school: School, sink: Sink) -> None:
    clock = Clock()
    error = BadSettings(where="IMAP", what=Words("сервер не принял пароль", "login refused"), mend=MEND)
    watch_of(school, clock).gives_up(error)
    assert sink.accepted == ()  # it never worked: whoever sets it up sits at the terminal

    watch = watch_of(school, clock)
    watch.good()
    watch.gives_up(error)

    assert "Программа остановилась" in alarms(sink)[0]


def test_a_running_daemon_writes_its_health_for_status(school: School) -> None:
    daemon = school.start()
    end(daemon)

    told = json.loads((school.state / "health.json").read_text(encoding="utf-8"))
    assert set(told) == {"at", "last_good", "failures", "trouble", "alarmed_at"}
    assert told["alarmed_at"] == ""
