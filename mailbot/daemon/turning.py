"""Events without a letter in the inbox (a deadline, an answer seen in Sent, a refused address): only a case changes."""

from mailbot.casebook.rows import CaseChanged
from mailbot.cases.draft import mail_of
from mailbot.cases.events import AnsweredByPerson, Lapse, Refused
from mailbot.cases.history import Outcome
from mailbot.consider import consider
from mailbot.daemon.world import World


def turn(world: World, event: Lapse | AnsweredByPerson | Refused) -> Outcome:
    """What follows from the event; a case's new value and the mail it means are in the journal afterwards."""
    now = world.clock()
    outcome = consider(event, world.lookup.history(event, now), world.mind, now)
    if outcome.case is None:
        return outcome
    row = CaseChanged(
        at=now,
        case=outcome.case,
        mails=tuple(mail_of(draft) for draft in outcome.drafts),
        cancel=outcome.cancel,
        why=tuple(str(reason) for reason in outcome.why),
        dead=outcome.dead,
    )
    world.casebook.stage(row, outcome.drafts)
    world.casebook.commit(now)
    return outcome
