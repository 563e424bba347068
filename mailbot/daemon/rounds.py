"""One round over the mailbox: gather → think → commit → pay → tidy. Safe to run again at any time, from any state."""

from contextlib import closing

from mailbot.casebook.orders import OrderKind, WaitingOrder, waiting_orders
from mailbot.casebook.rows import CaseChanged
from mailbot.cases.events import Lapse
from mailbot.cases.lapses import tells_staff
from mailbot.cases.orders import closed_by_order, reopened_by_order
from mailbot.daemon.filing import file_letters, tidy_up
from mailbot.daemon.originals import original_of
from mailbot.daemon.paying import pay, settle_uncertain
from mailbot.daemon.refusals import hear_refusals
from mailbot.daemon.reloading import take_up_rules
from mailbot.daemon.taking import look_at_sent, take_letters
from mailbot.daemon.telling import tell
from mailbot.daemon.turning import turn
from mailbot.daemon.world import World
from mailbot.reports.times import Span


def run_round(world: World) -> None:
    """Everything there is to do now. Sent and the inbox are read before anything uncertain is sent again."""
    world.seen.enter(world.session.box.uidvalidity)
    take_up_rules(world)
    carry_out_orders(world)
    look_at_sent(world)
    with closing(take_letters(world)) as parts:
        for _ in parts:
            _pay_and_file(world)
    let_deadlines_pass(world)
    settle_uncertain(world)
    _pay_and_file(world)
    tidy_up(world)
    world.log.debug(
        "round",
        present=sum(map(len, world.seen.present.values())),
        owed=len(world.casebook.ledger.owed),
        cases=len(world.casebook.ledger.cases.held),
    )


def _pay_and_file(world: World) -> None:
    pay(world)
    if hear_refusals(world):
        pay(world)
    file_letters(world)


def let_deadlines_pass(world: World) -> None:
    """Every deadline that has passed becomes an event, the oldest first."""
    for case, due in world.casebook.due(world.clock()):
        current = world.casebook.case(case.number) or case
        carries_it = tells_staff(current, due, world.mind.book, world.clock())
        turn(world, Lapse(case=current, due=due, original=original_of(world, current) if carries_it else b""))


def carry_out_orders(world: World) -> None:
    """What commands have asked for; an order is removed once its effect is in the journal."""
    for waiting in waiting_orders(world.settings.state):
        _carry_out(world, waiting)
        waiting.path.unlink(missing_ok=True)


def _carry_out(world: World, waiting: WaitingOrder) -> None:
    order, now = waiting.order, world.clock()
    if order.kind is OrderKind.DIGEST:
        tell(world, Span.DAY, asked=True)
        return
    if order.kind is OrderKind.FORGET:
        forgotten = world.casebook.forget(order.subject, now)
        world.log.info("a person was forgotten", cases=len(forgotten.cases), mails=len(forgotten.mails))
        return
    case = world.casebook.case(order.subject)
    if case is None:
        world.log.warning("order for an unknown case", order=order.kind, case=order.subject)
        return
    closes = order.kind is OrderKind.CLOSE
    changed = closed_by_order(case, now) if closes else reopened_by_order(case, world.mind.book, now)
    unsent = world.lookup.unsent_of(case) if closes else ()
    world.casebook.stage(CaseChanged(at=now, case=changed, mails=(), cancel=unsent, why=(f"order: {order.kind}",)))
    world.casebook.commit(now)
