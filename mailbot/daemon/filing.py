"""Tidying up: a letter whose mail has gone out is moved to its folder; moved twice or gone already, no harm is done."""

from mailbot.casebook.rows import MailMoved
from mailbot.cases.draft import MailState
from mailbot.cases.history import Folder
from mailbot.daemon.world import World
from mailbot.mailroom.imap_session import BATCH


def file_letters(world: World) -> None:
    """Files every letter that waits for nothing more and writes `done` for its mail."""
    letters = world.casebook.ledger.letters
    finished = [key for key in world.casebook.ledger.unfiled if letters[key].unsent == 0]
    for folder in Folder:
        keys = [key for key in finished if letters[key].folder is folder]
        for start in range(0, len(keys), BATCH):
            _file(world, keys[start : start + BATCH], folder)


def tidy_up(world: World) -> None:
    """The end of a round: what `file_letters` leaves, because no letter of this round waits for it."""
    _file_again(world)
    _finish_letterless(world)


def _file(world: World, keys: list[str], folder: Folder) -> None:
    """One move, then the rows. A letter that is gone from the inbox was moved before, by us or by a person."""
    _move(world, [uid for key in keys for uid in world.seen.present.get(key, ())], folder)
    now = world.clock()
    for key in keys:
        world.casebook.filed(key, now)
        world.seen.present.pop(key, None)
    _done(world, set(keys))


def _file_again(world: World) -> None:
    """Known letters that lie in the inbox once more (a crash after the move, a second delivery, a person's drag)."""
    again = {key: uids for key, uids in world.seen.present.items() if _is_done(world, key)}
    if not again:
        return
    left = world.session.left_behind()
    world.seen.passed_over.update(uid for uids in again.values() for uid in uids if uid in left)
    for folder in Folder:
        to_file = [uid for key in again if _home(world, key) is folder for uid in again[key] if uid not in left]
        for start in range(0, len(to_file), BATCH):
            _move(world, to_file[start : start + BATCH], folder)


def _is_done(world: World, key: str) -> bool:
    """Whether nothing but its place in the inbox is left of this letter."""
    ledger = world.casebook.ledger
    return key in ledger.aside or ledger.letters[key].filed


def _home(world: World, key: str) -> Folder | None:
    """Where a letter belongs: aside letters to a person's attention, others by their outcome."""
    if key in world.casebook.ledger.aside:
        return Folder.ATTENTION
    letter = world.casebook.ledger.letters.get(key)
    return letter.folder if letter else None


def _move(world: World, uids: list[int], folder: Folder) -> None:
    world.session.file(uids, world.folder_name(folder))
    if not world.session.removes_when_filing:
        world.seen.passed_over.update(uids)


def _done(world: World, keys: set[str]) -> None:
    """The last row of every mail of these letters, one fsync for all; only then are the bytes thrown away."""
    now = world.clock()
    mails = [owed.mail.id for owed in world.casebook.sent_unfiled() if owed.mail.letter_key in keys]
    for mail_id in mails:
        world.casebook.stage(MailMoved(at=now, id=mail_id, state=MailState.DONE, answer=""))
    world.casebook.commit(now)
    world.casebook.throw_away(mails)


def _finish_letterless(world: World) -> None:
    """Mail that answers no letter in the inbox (reminders, digests) is done once it is sent."""
    letters = world.casebook.ledger.letters
    keys = {
        owed.mail.letter_key
        for owed in world.casebook.sent_unfiled()
        if owed.mail.letter_key not in letters or letters[owed.mail.letter_key].filed
    }
    if keys:
        _done(world, keys)
