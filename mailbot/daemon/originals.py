"""The writer's own letter, fetched again from the folder it was filed into, when later mail to staff is to carry it."""

from mailbot.cases.case import Case
from mailbot.daemon.world import World


def original_of(world: World, case: Case) -> bytes:
    """The exact bytes of the writer's latest letter; b"" if it is not found where we filed it."""
    for reference in reversed(case.letters):
        known = world.casebook.letter(reference.key)
        if known and reference.sender == case.writer and reference.message_id:
            return world.session.find(world.folder_name(known.folder), reference.message_id, reference.key)
    return b""
