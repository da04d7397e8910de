"""The flow that everything about orders takes: shops' events, the API, the importer, the rehearsal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from palier.core.account import Cause
from palier.core.errors import InvalidOrder, InvalidRefund, Refusal
from palier.core.order import Order, Refund
from palier.core.quote_values import Quote
from palier.core.values import replace
from palier.flows.bench.accounts import Bench
from palier.flows.bench.order_work import OrderWork
from palier.flows.checkout.pricing import asks_purchases, known_version, remember_version
from palier.flows.orders import order_messages as messages
from palier.flows.orders.order_pricing import quote_order, with_hold
from palier.flows.transaction import in_one_transaction
from palier.store.holds.load import load_holds
from palier.store.members.load import Moved, lock_query, locked
from palier.store.orders.beside import Wanted, columns_of, found_beside
from palier.store.orders.load import (
    StoredOrder,
    found_orders,
    load_whole_orders,
    lock_orders,
    orders_query,
    with_contents,
)
from palier.store.programmes.load import load_timeline
from palier.store.rows import is_postgresql, select_both

BATCH_MAX = 500
CLOCK_SKEW = timedelta(days=1)
"""How far ahead of our clock a shop's time may be before it is taken for a mistake."""

Kind = Literal["new", "changed", "repeat", "older", "waiting", "guest", "refused"]


@dataclass(frozen=True, slots=True)
class RecordOrders:
    """Orders and refunds of one shop, in the order in which they happened; at most 500.

    ``is_history``: each happens at its own time instead of now (import). ``is_silent``: nobody is told.
    ``collects``: a refused message is answered as such; else the first refusal is raised and nothing is done.
    """

    shop_id: int
    messages: tuple[Order | Refund, ...]
    is_history: bool = False
    is_silent: bool = False
    batch_id: int | None = None
    collects: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one message. ``waiting``: a refund whose order is not known yet; ``guest``: nobody's order."""

    kind: Kind
    order: str
    account_id: int | None = None
    points: int = 0
    refusal: Refusal | None = None
    quote: Quote | None = None
    """What an order that asked for it was quoted; None when its first quote stands."""


def record_orders(command: RecordOrders, *, now: datetime) -> tuple[Recorded, ...]:
    """Bring the ledger to what these orders and refunds say, posting only differences; idempotent, one transaction.

    Members are locked in the order of their ids. A message older than what is known, or the same again, changes
    nothing. Raises ``InvalidOrder``, ``InvalidRefund`` or ``CurrencyMismatch`` for what is malformed or impossible.
    """
    if len(command.messages) > BATCH_MAX:
        raise InvalidOrder(f"{len(command.messages)} messages in one batch", hint=f"send at most {BATCH_MAX}")
    refused: dict[int, Recorded] = {}
    while command.messages:
        try:
            return in_one_transaction(lambda: _record(command, refused, now))
        except _RefusedHalfway as halfway:
            refused[halfway.position] = halfway.answer
    return ()


class _RefusedHalfway(Exception):
    """A message was refused when part of it was booked already: the batch starts again without it."""

    def __init__(self, position: int, answer: Recorded) -> None:
        super().__init__(position)
        self.position = position
        self.answer = answer


def _record(command: RecordOrders, refused: Mapping[int, Recorded], now: datetime) -> tuple[Recorded, ...]:
    customers = {m.customer for m in command.messages if isinstance(m, Order) and m.customer is not None}
    named = {m.order if isinstance(m, Refund) else m.id for m in command.messages}
    wanted = _wanted(command)
    locks, rows = select_both(
        lock_query(command.shop_id, sorted(customers), sorted(named)),
        orders_query(command.shop_id, sorted(named), columns_of(wanted)),
    )
    accounts, by_customer = locked(locks)
    shop, orders = found_orders(rows)
    beside = found_beside(wanted, rows)
    is_unguarded = any(stored.account_id is None for stored in orders.values())
    if is_unguarded and lock_orders(stored.id for stored in orders.values()):
        shop, orders = load_whole_orders(command.shop_id, sorted(named))
    else:
        orders = with_contents(orders)
    if any(stored.account_id not in (None, *accounts) for stored in orders.values()):
        raise Moved
    timeline = load_timeline(shop.programme_id, shop.current_version_id, read=beside.timeline)
    bench = Bench(timeline, accounts, shop.programme_id)
    work = OrderWork(shop, timeline, bench, orders, by_customer, seen_at=now)
    # What falls due between orders of the past belongs to them: there all of it is silent.
    work.is_silent = command.is_silent and not command.is_history
    bench.beside = beside
    work.holds = {beside.hold.id: beside.hold} if beside.hold is not None else {}
    if len(command.messages) > 1:
        holds = [m.hold for m in command.messages if isinstance(m, Order) and m.hold]
        work.holds = load_holds(shop.id, holds)
    remember_version(shop.id, timeline.versions[-1])
    answers = tuple(
        refused.get(position) or _answer(work, command, position, now)
        for position in range(len(command.messages))
    )
    until = None if command.is_history else now
    is_silent = command.is_silent and command.is_history
    work.record(now=now, until=until, is_silent=is_silent, batch_id=command.batch_id)
    return answers


def _wanted(command: RecordOrders) -> Wanted:
    """What a lone order may need is read along with it; a batch asks for what it needs."""
    message = command.messages[0]
    if len(command.messages) > 1 or not isinstance(message, Order):
        return Wanted()
    codes = message.coupons if message.use_quote else ()
    # PostgreSQL writes an order in one statement: what is seldom needed may well be asked for later.
    known = None if is_postgresql() else known_version(command.shop_id)
    return Wanted(message.customer, message.hold, codes, asks_purchases(command.shop_id), known)


def _answer(work: OrderWork, command: RecordOrders, position: int, now: datetime) -> Recorded:
    message = command.messages[position]
    own = (
        message.at if isinstance(message, Refund) else message.paid_at or message.updated or message.placed_at
    )
    at = min(own, now) if command.is_history and own is not None else now
    try:
        if isinstance(message, Refund):
            return _refund(work, message, at=at, latest=now + CLOCK_SKEW)
        return _order(work, message, at=at, latest=now + CLOCK_SKEW)
    except Refusal as refusal:
        if not command.collects:
            raise
        order = message.order if isinstance(message, Refund) else message.id
        answer = Recorded("refused", order, refusal=refusal)
        if work.is_booking:
            raise _RefusedHalfway(position, answer) from refusal
        return answer


def _order(work: OrderWork, message: Order, *, at: datetime, latest: datetime) -> Recorded:
    stored = work.orders.get(message.id)
    messages.check_order(message, stored, currency=work.shop.currency, latest=latest)
    if stored is not None and stored.is_known and messages.is_older(message, stored):
        return Recorded("older", message.id, stored.account_id)
    left_alone = ""
    if message.hold:
        if stored is not None and _is_said_again(message, stored, at):
            return Recorded("repeat", message.id, stored.account_id)
        owner = stored.account_id if stored else None
        owner = owner if owner is not None else work.by_customer.get(message.customer or "")
        plain, message = message, with_hold(message, stored, work.holds, owner=owner)
        left_alone = message.hold if message is plain else ""
    merged = messages.merge(stored, message, at=at)
    if stored is not None and stored.is_known and messages.is_repeat(message, merged, stored):
        return Recorded("repeat", message.id, stored.account_id)
    if merged.booking.named_hold != left_alone:
        merged = replace(merged, booking=replace(merged.booking, named_hold=left_alone))
    merged = work.without_traces(replace(merged, account_id=work.account_of(merged, message.customer, at=at)))
    lines_changed = stored is None or merged.order.lines != stored.order.lines
    quoted: Quote | None = None
    if message.use_quote and not messages.keeps_quote(message, stored):
        merged, quoted = quote_order(work, merged, message, at=at)
    if merged.account_id is None:
        work.remember(merged, lines_changed=lines_changed, refund=None)
        return Recorded("guest", message.id, quote=quoted)
    cause = Cause("order", str(merged.id))
    points = work.book(merged, cause, at=at, lines_changed=lines_changed, refund=None, hold=message.hold)
    kind: Kind = "changed" if stored is not None and stored.is_known else "new"
    return Recorded(kind, message.id, merged.account_id, points, quote=quoted)


def _is_said_again(message: Order, stored: StoredOrder, at: datetime) -> bool:
    """Whether the order was booked as the message says it, without what its hold was quoted: so it stays."""
    if stored.booking.named_hold != message.hold:
        return False
    return messages.is_repeat(message, messages.merge(stored, message, at=at), stored)


def _refund(work: OrderWork, message: Refund, *, at: datetime, latest: datetime) -> Recorded:
    stored = work.orders.get(message.order)
    if stored is not None and any(known.id == message.id for known in stored.refunds):
        return Recorded("repeat", message.order, stored.account_id)
    if stored is not None and stored.is_known:
        messages.check_refund(message, stored)
    if message.at is not None and message.at > latest:
        raise InvalidRefund(
            "the refund lies in the future", path="at", hint="send the time at which it was made"
        )
    stored = stored or messages.placeholder(message.order)
    refunded = replace(stored, refunds=(*stored.refunds, message))
    if refunded.account_id is None:
        work.remember(refunded, lines_changed=False, refund=message)
        return Recorded("guest" if refunded.is_known else "waiting", message.order)
    cause = Cause("refund", f"{refunded.id}:{message.id}")
    points = work.book(refunded, cause, at=at, lines_changed=False, refund=message)
    return Recorded("changed", message.order, refunded.account_id, points)
