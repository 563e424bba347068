"""Paying what we owe: ready → sending → sent → done, each arrow durable before the next act outside (RELIABILITY §4.2).

A mail found in `sending` may have gone out. It is looked for by its own Message-ID (Sent, or the copy to ourselves);
only if no copy shows up in time do the same bytes go out again, under the same Message-ID.
"""

import time
from datetime import datetime, timedelta
from functools import partial

from mailbot.casebook.durable import DiskTrouble
from mailbot.casebook.ledger import OwedMail
from mailbot.casebook.rows import MailMoved
from mailbot.cases.draft import Cleared, Mail, MailState
from mailbot.cases.gate import may_send
from mailbot.consider import WAITS
from mailbot.daemon.world import World
from mailbot.errors import BadSettings, BadState, Setback
from mailbot.mailroom.outbox import Delivery, Fate, Outgoing
from mailbot.settings import SentCopy

RETRY_MINUTES = (1, 5, 15, 60)
GIVE_UP_AFTER = timedelta(hours=48)
HELD_RECHECK = timedelta(minutes=30)
MOST_REPEATS = 5  # a server that takes mail and never says so would get the same letter for ever


def settle_uncertain(world: World) -> None:
    """Decides about mail in `sending` of which no copy was met, once there has been time enough for one to appear.

    The time is what has passed since this process first missed the copy: a clock that jumps would have the same letter
    sent at once, or hours later.
    """
    now, passed_s, smtp = world.clock(), time.monotonic(), world.settings.smtp
    patience_s = 0 if smtp.copy_kept is SentCopy.NONE else smtp.copy_wait_seconds
    uncertain = world.casebook.uncertain()
    missed_at = {owed.mail.id: world.seen.missed_at.get(owed.mail.id, passed_s) for owed in uncertain}
    world.seen.missed_at = missed_at
    for owed in uncertain:
        if owed.tries >= MOST_REPEATS:
            world.casebook.move_mail(owed.mail.id, MailState.HUMAN, "sent again and again without an answer", now)
        elif passed_s - missed_at[owed.mail.id] < patience_s:
            continue
        elif smtp.copy_kept is SentCopy.SENT and world.session.has_copy(owed.mail.message_id):
            # Among hundreds of letters that came to Sent meanwhile: only the latest are read at a start.
            world.casebook.move_mail(owed.mail.id, MailState.SENT, "copy found in Sent", now)
        else:
            del missed_at[owed.mail.id]  # sent again, it is waited for anew
            again = now if owed.tries < 2 else now + _wait_after(owed.tries - 1)
            world.casebook.move_mail(owed.mail.id, MailState.READY, "no copy found: the same bytes again", now, again)


def pay(world: World) -> None:
    """Sends all mail that is due, over one connection. Trouble with the server leaves the rest for a later round."""
    if world.stopped() or _login_rests(world):
        return
    ready = world.casebook.ready(world.clock())
    batch = [outgoing for owed in ready if (outgoing := _cleared(world, owed))]
    if not batch:
        return
    last = batch[-1].mail.id

    def after(mail: Mail, delivery: Delivery) -> bool:
        goes_on = _after(world, mail, delivery)
        if mail.id == last or not goes_on:
            world.casebook.commit(world.clock())  # no mail follows whose fsync would do, only a long goodbye
        return goes_on

    try:
        world.outbox.send(batch, lambda mail: _before(world, mail), after)
        world.refused_logins, world.login_refused_at = 0, None
    except DiskTrouble:
        raise  # memory is ahead of the disk: nothing more may be written
    except BadState:
        world.casebook.commit(world.clock())  # the bytes of one mail are gone; what went out before it is not forgotten
        raise
    except (Setback, BadSettings) as error:
        # A login that worked at the start may be refused for an hour: letters are still read, mail waits.
        if isinstance(error, BadSettings):
            world.refused_logins, world.login_refused_at = world.refused_logins + 1, world.clock()
        world.log.warning("sending failed", where=error.where, what=error.what.en)
        for outgoing in batch:
            owed = world.casebook.ledger.owed.get(outgoing.mail.id)
            if owed and owed.state is MailState.READY:
                _postpone(world, owed, error.what.en)
    world.casebook.commit(world.clock())


def _login_rests(world: World) -> bool:
    """Whether our password was refused too lately: a provider locks whoever comes with it again and again."""
    refused_at, now = world.login_refused_at, world.clock()
    return refused_at is not None and refused_at <= now < refused_at + _wait_after(world.refused_logins)


def _cleared(world: World, owed: OwedMail) -> Outgoing | None:
    """The gate's last word on one mail; held mail stays, with the reason a person can read."""
    mail, now = owed.mail, world.clock()
    tally = world.casebook.ledger.tally(mail.recipient, mail.case, mail.subject_key, now, before=mail.id)
    answer = may_send(mail, tally, world.mind.book, now)
    if isinstance(answer, Cleared):
        return Outgoing(answer, partial(world.casebook.bytes_of, mail))
    if answer.reason in WAITS:
        world.casebook.move_mail(mail.id, MailState.READY, answer.reason, now, now + HELD_RECHECK)
    else:
        world.casebook.move_mail(mail.id, MailState.HELD, answer.reason, now)
        world.log.warning("mail held", mail=mail.id, reason=answer.reason)
    return None


def _before(world: World, mail: Mail) -> None:
    """Durable before the first byte goes to the server: from now on only a copy can prove what happened.

    The same fsync makes the forerunner's `sent` durable: between the two nothing is done outside.
    """
    world.casebook.move_mail(mail.id, MailState.SENDING, "", world.clock())


def _after(world: World, mail: Mail, delivery: Delivery) -> bool:
    """Writes down what became of a mail; false if the batch must not go on. `sent` awaits the next fsync."""
    now, owed = world.clock(), world.casebook.ledger.owed[mail.id]
    world.log.info("mail", mail=mail.id, kind=mail.kind.value, fate=delivery.fate.value)
    match delivery.fate:
        case Fate.ACCEPTED:
            world.casebook.stage(MailMoved(at=now, id=mail.id, state=MailState.SENT, answer=delivery.answer))
        case Fate.POSTPONED:
            _postpone(world, owed, delivery.answer)
        case Fate.REFUSED:
            world.casebook.move_mail(mail.id, MailState.FAILED, delivery.answer, now)
        case Fate.TOO_BIG:
            world.casebook.move_mail(mail.id, MailState.HUMAN, delivery.answer, now)
        case Fate.BLOCKED:
            _open_breaker(world, owed, delivery.answer, now)
            return False
        case Fate.UNKNOWN:
            return False  # stays `sending`: settled by its copy in a later round
    return not world.stopped()


def _postpone(world: World, owed: OwedMail, answer: str) -> None:
    """Tried again after growing waits; after two days a person takes over."""
    now = world.clock()
    if now - owed.mail.made_at > GIVE_UP_AFTER:
        world.casebook.move_mail(owed.mail.id, MailState.HUMAN, answer, now)
        return
    world.casebook.move_mail(owed.mail.id, MailState.READY, answer, now, now + _wait_after(owed.tries))


def _wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries."""
    return timedelta(minutes=RETRY_MINUTES[min(max(tries, 1), len(RETRY_MINUTES)) - 1])


def _open_breaker(world: World, owed: OwedMail, answer: str, now: datetime) -> None:
    """The provider refuses us: all mail waits, and nothing is tried meanwhile.

    For a day, where the rules do not say otherwise: Yandex prolongs a block by a day for every attempt during it.
    """
    until = now + timedelta(hours=world.mind.book.screening.breaker_hours)
    world.casebook.stage(MailMoved(at=now, id=owed.mail.id, state=MailState.READY, answer=answer, next_try_at=until))
    world.casebook.pause(until, answer, now)
    world.log.error("sending is blocked by the provider", until=until.isoformat())
