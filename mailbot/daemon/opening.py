"""Opening everything a daemon needs, in an order in which a mistake is told before anything is touched."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import structlog

from mailbot.casebook.casebook import Casebook
from mailbot.casebook.durable import prepare_folder, replace_durably
from mailbot.casebook.format import format_of
from mailbot.daemon.notify import alive
from mailbot.daemon.rules_kept import RulesWatch, begun_with
from mailbot.daemon.world import World
from mailbot.errors import Setback
from mailbot.mailroom.imap_session import ImapSession
from mailbot.mailroom.outbox import Outbox
from mailbot.mailroom.reader import Reader
from mailbot.settings import SentCopy, load_settings, read_secret

SECRET_BYTES = 32


def school_secret(state: Path) -> bytes:
    """The key of our Message-IDs, made once and kept beside the state it belongs to."""
    path = state / "secret"
    if not path.exists():
        prepare_folder(state)
        replace_durably(path, secrets.token_hex(SECRET_BYTES).encode())
    return path.read_bytes()


@contextmanager
def opened_world(settings_path: Path, clock: Callable[[], datetime], stopped: Callable[[], bool]) -> Iterator[World]:
    """A whole running mailbot; everything is given back at the end, whatever happened."""
    settings = load_settings(settings_path)
    format_of(settings.state)  # before anything is written there
    imap_password = read_secret(settings.imap, settings_path)
    smtp_password = read_secret(settings.smtp, settings_path)
    begun = begun_with(settings, school_secret(settings.state))
    mind = begun.mind
    mailbox = mind.book.school.mailbox
    copy_to = mailbox if settings.smtp.copy_kept is SentCopy.BCC else ""
    casebook = Casebook(settings.state, clock())
    try:
        with Reader(mind.book) as reader:
            session = ImapSession(settings.imap, imap_password)
            outbox = Outbox(settings.smtp, smtp_password, mailbox, copy_to, alive)
            _try_login(outbox)
            world = World(
                settings=settings,
                mind=mind,
                rules=RulesWatch(begun.content),
                casebook=casebook,
                reader=reader,
                session=session,
                outbox=outbox,
                reconnect=lambda: ImapSession(settings.imap, imap_password),
                clock=clock,
                stopped=stopped,
                log=structlog.stdlib.get_logger("mailbot"),
            )
            try:
                yield world
            finally:
                world.session.close()
    finally:
        casebook.close()


def _try_login(outbox: Outbox) -> None:
    """Tells a wrong password at the start, not with the first answer; a server that is away only makes mail wait."""
    try:
        outbox.check()
    except Setback as error:
        structlog.stdlib.get_logger("mailbot").warning("cannot send yet", where=error.where, cause=error.what.en)
