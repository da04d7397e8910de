"""A checkout is given up: its own hold is released, by its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.catch_up import catch_up
from palier.core.errors import HoldTaken, UnknownHold
from palier.core.holds import release
from palier.flows.bench.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.holds.load import load_holds
from palier.store.members.load import Moved, lock_by_id
from palier.store.orders.load import load_shop
from palier.store.programmes.load import load_timeline


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    """The hold of a shop, by its public id."""

    shop_id: int
    hold_id: str


@dataclass(frozen=True, slots=True)
class Released:
    """Where the hold stands: released, or lapsed before. ``is_repeat``: it had ended already."""

    id: str
    state: str
    is_repeat: bool


def release_hold(command: ReleaseHold, *, now: datetime) -> Released:
    """Give back what the hold set aside; done again, or after it lapsed, it changes nothing (R-RED-5, R-RED-6).

    ``UnknownHold`` for an id that is none of the shop's; ``HoldTaken`` when an order owns it: cancel the order.
    """
    return in_one_transaction(lambda: _release(command, now))


def _release(command: ReleaseHold, now: datetime) -> Released:
    shop = load_shop(command.shop_id)
    known = load_holds(shop.id, [command.hold_id]).get(command.hold_id)
    if known is None:
        raise UnknownHold(
            f"no hold {command.hold_id!r}", path="hold", hint="check the id, and the shop's key"
        )
    if known.state in ("released", "lapsed"):
        return Released(known.id, known.state, True)
    accounts = lock_by_id([known.account_id])
    bench = Bench(load_timeline(shop.programme_id, shop.current_version_id), accounts, shop.programme_id)
    book = bench.open(known.account_id)
    catch_up(book, now)
    hold = book.holds.get(known.id)
    if hold is None and known.id not in book.ended_holds:
        # It ended, or moved with its account, while the lock was waited for; or an order owns it.
        return _ended(shop.id, known.id, known.account_id)
    if hold is not None:
        release(book, hold)
    bench.record(now=now, until=now)
    return Released(known.id, book.ended_holds[known.id], hold is None)


def _ended(shop_id: int, hold_id: str, account_id: int) -> Released:
    now_known = load_holds(shop_id, [hold_id])[hold_id]
    if now_known.account_id != account_id:
        raise Moved
    if now_known.state == "captured":
        raise HoldTaken(
            f"an order has taken hold {hold_id!r} over", path="hold", hint="cancel the order instead"
        )
    return Released(hold_id, now_known.state, True)
