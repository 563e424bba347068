"""Privacy at work: one person forgotten at the admin's word, everybody's names removed when their time is over.

`mailbot forget` places an order, so that a crash cannot lose it, and carries it out at once where no daemon runs.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.casebook.casebook import Casebook
from mailbot.casebook.durable import AlreadyRunning
from mailbot.casebook.format import format_of
from mailbot.casebook.orders import Order, OrderKind, place_order, waiting_orders
from mailbot.cases.doors import staff_of
from mailbot.daemon.world import World
from mailbot.errors import BadInput, Words
from mailbot.letters.addresses import addr_spec
from mailbot.rulebook.types import Rulebook

EXPIRY_EVERY = timedelta(days=7)
LETTERS_STAY = Words(
    "Письма на почтовом сервере остаются: их удаляют там",
    "Letters on the mail server stay: delete them there",
)


def remove_old_names(world: World) -> None:
    """Keeps to the rules' terms: names go first, whole months of the register later."""
    now, terms = world.clock(), world.mind.book.lifecycle
    names_until = now - timedelta(days=terms.names_kept_days)
    world.casebook.expire(names_until, now - timedelta(days=terms.register_kept_days), now)
    world.log.info("names of old cases removed", until=names_until.date().isoformat())


def ask_to_forget(state: Path, written: str, book: Callable[[], Rulebook], now: datetime) -> Words:
    """What `mailbot forget` does, told to the admin. Raises BadInput for what is nobody's address, or a colleague's."""
    address = _of_a_writer(written, book)
    format_of(state)
    place_order(state, Order(kind=OrderKind.FORGET, subject=address, at=now))
    try:
        casebook = Casebook(state, now)
    except AlreadyRunning:
        return Words(
            f"записано; работающий mailbot выполнит это при ближайшем проходе. {LETTERS_STAY.ru}",
            f"noted; the running mailbot does it in its next round. {LETTERS_STAY.en}",
        )
    try:
        cases = _carry_out(state, casebook, now)
    finally:
        casebook.close()
    return Words(
        f"сведения удалены, обращений: {cases}. {LETTERS_STAY.ru}",
        f"removed; cases: {cases}. {LETTERS_STAY.en}",
    )


def _carry_out(state: Path, casebook: Casebook, now: datetime) -> int:
    """Every order to forget that waits, an earlier one that a crash left among them; how many cases it was about."""
    cases = 0
    for waiting in waiting_orders(state):
        if waiting.order.kind is OrderKind.FORGET:
            cases += len(casebook.forget(waiting.order.subject, now).cases)
            waiting.path.unlink(missing_ok=True)
    return cases


def _of_a_writer(written: str, book: Callable[[], Rulebook]) -> str:
    address = addr_spec(written.strip())
    if not address:
        raise BadInput(
            where="forget",
            what=Words("это не адрес почты", "this is not a mail address"),
            mend=Words("Пишите так: mailbot forget mama@example.org", "Write it like: mailbot forget mama@example.org"),
        )
    rules = book()
    if address in {*rules.school.own, rules.school.admin.address, *(person.address for person in staff_of(rules))}:
        raise BadInput(
            where="forget",
            what=Words("это адрес школы, он стоит в rules/school.yaml", "an address of the school: rules/school.yaml"),
            mend=Words("Сначала уберите его из правил", "Take it out of the rules first"),
        )
    return address
