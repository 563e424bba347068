"""state/orders/: what a command asks of the daemon. Written by the command, carried out and journalled by the daemon.

So `mailbot cases close` works beside a running daemon although only one process may write the journal.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mailbot.casebook.durable import own_state, replace_durably


class OrderKind(StrEnum):
    """What can be asked for."""

    CLOSE = "close"
    REOPEN = "reopen"
    DIGEST = "digest"
    FORGET = "forget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One request: `subject` is the number of a case, the address to forget, or "" where it is about neither."""

    kind: OrderKind
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order as it lies in the folder; `path` is removed once its effect is in the journal."""

    path: Path
    order: Order


_ORDERS: TypeAdapter[Order] = TypeAdapter(Order)


def place_order(folder: Path, order: Order) -> Path:
    """Puts an order into the daemon's tray, durably. Raises BadSettings where the daemon could not read it."""
    own_state(folder)
    path = folder / "orders" / f"{order.at:%Y%m%dT%H%M%S.%f}-{os.getpid()}.json"
    replace_durably(path, _ORDERS.dump_json(order))
    return path


def waiting_orders(folder: Path) -> tuple[WaitingOrder, ...]:
    """Orders in the order of their placing. One that cannot be read is renamed, so that it is seen and not repeated."""
    found = []
    for path in sorted((folder / "orders").glob("*.json")):
        try:
            found.append(WaitingOrder(path, _ORDERS.validate_json(path.read_bytes())))
        except (ValidationError, json.JSONDecodeError):
            path.rename(path.with_suffix(".unreadable"))
    return tuple(found)
