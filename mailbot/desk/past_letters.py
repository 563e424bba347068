"""Where letters to be replayed come from: a folder of .eml files, one mbox file, or a folder on the IMAP server."""

import mailbox
from collections.abc import Iterator
from pathlib import Path

from mailbot.desk.replay import Past
from mailbot.desk.trying import letter_files
from mailbot.errors import BadInput, Words
from mailbot.mailroom.imap_session import ImapSession
from mailbot.settings import load_settings, read_secret

MBOX_BEGINS = b"From "  # RFC 4155; a letter's own first header is «From:»


def past_letters(path: Path) -> Iterator[Past]:
    """The letters of a folder, of one .eml, or of an mbox. Raises BadInput if there is nothing there."""
    if path.is_file() and _is_mbox(path):
        yield from _from_mbox(path)
        return
    for file in letter_files([path]):
        yield Past(file.name, file.read_bytes())


def count_letters(path: Path) -> int | None:
    """How many letters to expect, None where counting would mean reading everything twice."""
    if not path.exists() or (path.is_file() and _is_mbox(path)):
        return None
    return sum(1 for _ in letter_files([path]))


def imap_letters(config: Path, folder: str) -> Iterator[Past]:
    """The letters of a folder on the server, read only (EXAMINE, BODY.PEEK). Raises BadInput for an unknown folder."""
    settings = load_settings(config)
    session = ImapSession(settings.imap, read_secret(settings.imap, config))
    try:
        if folder.upper() != "INBOX" and folder not in session.folders:
            raise BadInput(
                where=f"--imap {folder}",
                what=Words("такой папки на сервере нет", "there is no such folder on the server"),
                mend=Words(f"Есть: {', '.join(session.folders)}", f"There are: {', '.join(session.folders)}"),
            )
        for fetched in session.peek(folder):
            yield Past(f"{folder} № {fetched.uid}", fetched.raw if fetched.raw is not None else fetched.head)
    finally:
        session.close()


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MBOX_BEGINS)) == MBOX_BEGINS


def _from_mbox(path: Path) -> Iterator[Past]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.keys(), start=1):
            yield Past(f"{path.name} № {number}", box.get_bytes(key))
    finally:
        box.close()
