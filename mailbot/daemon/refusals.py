"""Mail that the server refused at once because its address does not exist: as good as a bounce, and heard like one."""

import re

from mailbot.cases.draft import Mail, MailState
from mailbot.cases.events import Refused
from mailbot.daemon.turning import turn
from mailbot.daemon.world import World

NO_SUCH_ADDRESS = re.compile(r"RCPT: (?P<code>55[0134])(?![ -]5\.(?:[3-7]|2\.[234]))")
"""An answer to RCPT that is neither about policy (RFC 3463 X.7) nor about a full or faulty mailbox."""


def hear_refusals(world: World) -> bool:
    """Every refused address is marked and its case goes on as after a bounce. Whether there was any."""
    ledger, heard = world.casebook.ledger, False
    for owed in tuple(ledger.troubled.values()):
        found = NO_SUCH_ADDRESS.match(owed.answer) if owed.state is MailState.FAILED else None
        if found and owed.mail.recipient not in ledger.dead and _is_of_its_case(world, owed.mail):
            turn(world, Refused(case=owed.mail.case, message_id=owed.mail.message_id, code=found["code"]))
            heard = True
    return heard


def _is_of_its_case(world: World, mail: Mail) -> bool:
    """Whether a case is still there that knows this mail: one whose people were forgotten does not."""
    case = world.casebook.case(mail.case)
    return case is not None and any(
        (sent.message_id, sent.recipient) == (mail.message_id, mail.recipient) for sent in case.sent
    )
