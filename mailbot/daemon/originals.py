"""The writer's own letter, fetched again from the folder it was filed into, when later mail to staff is to carry it."""

from mailbot.cases.case import Case
from mailbot.daemon.world import World
from mailbot.mailroom.reader import UnreadableLetter
from mailbot.replies.dangerous import holds_program


def original_of(world: World, case: Case) -> bytes:
    """The exact bytes of the writer's latest letter; b"" if it is not where we filed it, or is not to travel."""
    for reference in reversed(case.letters):
        known = world.casebook.letter(reference.key)
        if known and reference.sender == case.writer and reference.message_id:
            raw = world.session.find(world.folder_name(known.folder), reference.message_id, reference.key)
            return raw if raw and _may_travel(world, raw) else b""
    return b""


def _may_travel(world: World, raw: bytes) -> bool:
    try:
        return not holds_program(world.reader.read(raw).letter)
    except UnreadableLetter:
        return False
