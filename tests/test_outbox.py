"""What becomes of mail, whatever the submission server does: a real sink, scripted faults, real `pay` steps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.casebook.casebook import load_ledger
from mailbot.cases.case import Kind
from mailbot.cases.draft import Cleared, Mail, MailState
from mailbot.demo.smtp_faults import Fault, RefuseConnection, RefuseData, RefuseLetter, RefuseRecipient, RefuseSender
from mailbot.demo.smtp_sink import Sink
from mailbot.errors import BadSettings, Setback
from mailbot.mailroom.outbox import Delivery, Fate, Outbox, Outgoing, fate_of
from mailbot.settings import SmtpSettings, Tls
from tests.conftest import MailUser
from tests.school import found_school, letter
from tests.servers.dovecot import Dovecot

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RAW = b"Subject: x\r\nMessage-ID: <mb.1@school.example.org>\r\n\r\nx\r\n"


def outgoing(recipient: str) -> Outgoing:
    mail = Mail(
        id=recipient,
        case="",
        kind=Kind.RECEIPT,
        letter_key="",
        recipient=recipient,
        message_id="<mb.1@school.example.org>",
        subject_key="",
        made_at=NOW,
        not_before=NOW,
        sha256="",
        size=len(RAW),
    )
    return Outgoing(Cleared(mail), lambda: RAW)


def outbox(sink: Sink, user: MailUser, password: str = "", copy_to: str = "") -> Outbox:
    settings = SmtpSettings(
        host="127.0.0.1", port=sink.port, tls=Tls.PLAIN, user=user.address, password_file="", copy="none"
    )
    return Outbox(settings, password or user.password, user.address, copy_to)


def sent(box: Outbox, *recipients: str) -> dict[str, Delivery]:
    """The fate of one mail to each recipient, in one batch."""
    fates: dict[str, Delivery] = {}

    def note(mail: Mail, delivery: Delivery) -> bool:
        fates[mail.recipient] = delivery
        return delivery.fate is not Fate.BLOCKED

    box.send([outgoing(one) for one in recipients], lambda mail: None, note)
    return fates


@pytest.mark.parametrize(
    ("fault", "fate"),
    [
        (RefuseRecipient("a@mail.example", "550 5.1.1 no such user"), Fate.REFUSED),
        (RefuseRecipient("a@mail.example", "451 4.7.1 greylisted"), Fate.POSTPONED),
        (RefuseSender("452 4.3.1 no space"), Fate.POSTPONED),
        (RefuseSender("550 5.7.1 your account is blocked"), Fate.BLOCKED),
        (RefuseSender("552 5.3.4 too big"), Fate.TOO_BIG),
        (RefuseData("451 4.3.0 try later"), Fate.POSTPONED),
        (RefuseLetter("554 5.7.1 Message rejected under suspicion of SPAM"), Fate.BLOCKED),
        (RefuseLetter("452 4.2.2 mailbox full"), Fate.POSTPONED),
    ],
    ids=str,
)
def test_each_answer_of_the_server_has_its_fate_and_the_next_mail_is_not_harmed(
    fault: Fault, fate: Fate, sink: Sink, mail_user: MailUser
) -> None:
    sink.fail(fault)

    fates = sent(outbox(sink, mail_user), "a@mail.example", "b@mail.example")

    assert fates["a@mail.example"].fate is fate
    assert fates["a@mail.example"].answer
    if fate is not Fate.BLOCKED:
        assert fates["b@mail.example"].fate is Fate.ACCEPTED


def test_an_address_smtp_cannot_carry_is_refused_and_does_not_poison_the_connection(
    sink: Sink, mail_user: MailUser
) -> None:
    fates = sent(outbox(sink, mail_user), "иван@mail.example", "a@mail.example, b@mail.example", "c@mail.example")

    assert [one.fate for one in fates.values()] == [Fate.REFUSED, Fate.REFUSED, Fate.ACCEPTED]
    assert [one.rcpts for one in sink.accepted] == [("c@mail.example",)]


def test_bytes_leave_as_they_lie_on_the_disk(sink: Sink, mail_user: MailUser) -> None:
    sent(outbox(sink, mail_user), "a@mail.example")

    assert [one.raw for one in sink.accepted] == [RAW]


def test_a_wrong_password_is_tried_once_and_is_a_matter_for_the_admin(sink: Sink, mail_user: MailUser) -> None:
    with pytest.raises(BadSettings, match="login was refused"):
        outbox(sink, mail_user, password="wrong").check()


def test_a_server_that_turns_us_away_at_the_door_is_a_setback(sink: Sink, mail_user: MailUser) -> None:
    sink.fail(RefuseConnection("421 4.3.2 busy"))

    with pytest.raises(Setback):
        outbox(sink, mail_user).check()


@pytest.mark.parametrize(
    ("stage", "code", "text", "fate"),
    [
        ("RCPT", 550, "no such user", Fate.REFUSED),
        ("RCPT", 450, "busy", Fate.POSTPONED),
        ("RCPT", 550, "daily limit of letters", Fate.BLOCKED),
        ("MAIL", 550, "no", Fate.BLOCKED),
        ("DATA", 554, "message size exceeds", Fate.TOO_BIG),
        ("DATA", 421, "closing", Fate.POSTPONED),
        ("RCPT", 550, "5.2.2 mailbox over quota", Fate.REFUSED),
        ("RCPT", 550, "5.1.1 blocked: no such user", Fate.REFUSED),
        ("DATA", -1, "Malformed SMTP response", Fate.UNKNOWN),
        ("RCPT", -1, "Malformed SMTP response", Fate.POSTPONED),
    ],
)
def test_replies_mean_what_the_standard_says(stage: str, code: int, text: str, fate: Fate) -> None:
    assert fate_of(stage, code, text) is fate


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "state", "paused"),
    [
        (RefuseRecipient("mama@mail.example", "550 5.1.1 no such user"), MailState.FAILED, False),
        (RefuseLetter("554 5.7.1 Message rejected under suspicion of SPAM"), MailState.READY, True),
        (RefuseSender("552 5.3.4 too big"), MailState.HUMAN, False),
    ],
    ids=["no such user", "spam verdict", "too big"],
)
def test_a_refusal_is_kept_with_its_words_and_a_block_opens_the_breaker(
    fault: Fault,
    state: MailState,
    paused: bool,
    tmp_path: Path,
    dovecot: Dovecot,
    mail_user: MailUser,
    sink: Sink,
) -> None:
    sink.fail(fault)
    school = found_school(tmp_path, mail_user, sink, copy="none")
    rules = school.folder / "rules" / "screening.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("breaker_hours: 24", "breaker_hours: 5"))
    dovecot.deliver(mail_user.address, letter("Как восстановить пароль от дневника?", to=mail_user.address))

    school.once()

    ledger = load_ledger(school.state, datetime.now(UTC))
    (owed,) = (*ledger.owed.values(), *ledger.troubled.values())
    assert owed.state is state
    assert owed.answer
    assert (ledger.paused is not None) is paused
    assert ledger.paused is None or ledger.paused.until - ledger.paused.at == timedelta(hours=5)
    assert not any("mama@mail.example" in one.rcpts for one in sink.accepted)


def test_the_copy_to_ourselves_goes_in_the_same_transaction(sink: Sink, mail_user: MailUser) -> None:
    sent(outbox(sink, mail_user, copy_to=mail_user.address), "a@mail.example")

    assert [one.rcpts for one in sink.accepted] == [("a@mail.example", mail_user.address)]


def test_a_mail_is_noted_before_its_first_byte_leaves(sink: Sink, mail_user: MailUser) -> None:
    order: list[str] = []
    watching: Callable[[Mail, Delivery], bool] = lambda mail, delivery: order.append("after") is None  # noqa: E731

    outbox(sink, mail_user).send(
        [outgoing("a@mail.example")], lambda mail: order.append(f"before {len(sink.accepted)}"), watching
    )

    assert order == ["before 0", "after"]
