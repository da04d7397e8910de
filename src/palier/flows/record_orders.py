"""The flow that everything about orders takes: shops' events, the API, the importer, the rehearsal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from palier.core.account import Cause, Timeline
from palier.core.book import Book
from palier.core.catch_up import catch_up
from palier.core.errors import InvalidOrder, InvalidRefund, Refusal
from palier.core.order import Order, Refund
from palier.core.order_case import OrderCase
from palier.core.reconcile import reconcile
from palier.flows import order_messages as messages
from palier.flows.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.members.load import lock_for_shop
from palier.store.members.record import record_identities
from palier.store.orders.load import LoadedShop, StoredOrder, load_orders, with_contents
from palier.store.orders.record import ChangedOrder
from palier.store.orders.record import record_orders as write_orders
from palier.store.programmes.load import load_timeline

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


@dataclass(slots=True)
class _Work:
    """The batch while it is being worked on."""

    shop: LoadedShop
    timeline: Timeline
    command: RecordOrders
    now: datetime
    bench: Bench
    orders: dict[str, StoredOrder]
    by_customer: dict[str, int]
    changed: dict[str, ChangedOrder] = field(default_factory=dict)
    identities: list[tuple[int, int, str]] = field(default_factory=list)


def record_orders(command: RecordOrders, *, now: datetime) -> tuple[Recorded, ...]:
    """Bring the ledger to what these orders and refunds say, posting only differences; idempotent, one transaction.

    Members are locked in the order of their ids. A message older than what is known, or the same again, changes
    nothing. Raises ``InvalidOrder``, ``InvalidRefund`` or ``CurrencyMismatch`` for what is malformed or impossible.
    """
    if len(command.messages) > BATCH_MAX:
        raise InvalidOrder(f"{len(command.messages)} messages in one batch", hint=f"send at most {BATCH_MAX}")
    return in_one_transaction(lambda: _record(command, now)) if command.messages else ()


def _record(command: RecordOrders, now: datetime) -> tuple[Recorded, ...]:
    customers = {m.customer for m in command.messages if isinstance(m, Order) and m.customer is not None}
    named = {m.order if isinstance(m, Refund) else m.id for m in command.messages}
    accounts, by_customer = lock_for_shop(command.shop_id, sorted(customers), sorted(named))
    shop, orders = load_orders(command.shop_id, sorted(named))
    orders = with_contents(orders)
    timeline = load_timeline(shop.programme_id, shop.current_version_id)
    bench = Bench(timeline, accounts, shop.programme_id)
    work = _Work(shop, timeline, command, now, bench, orders, by_customer)
    answers = tuple(_answer(work, message) for message in command.messages)
    if work.changed:
        write_orders(shop, tuple(work.changed.values()), now=now, batch_id=command.batch_id)
    bench.record(now=now, is_silent=command.is_silent, until=None if command.is_history else now)
    record_identities(work.identities)
    return answers


def _answer(work: _Work, message: Order | Refund) -> Recorded:
    order_id = message.order if isinstance(message, Refund) else message.id
    try:
        return _refund(work, message) if isinstance(message, Refund) else _order(work, message)
    except Refusal as refusal:
        if not work.command.collects:
            raise
        return Recorded("refused", order_id, refusal=refusal)


def _order(work: _Work, message: Order) -> Recorded:
    stored = work.orders.get(message.id)
    messages.check_order(message, stored, currency=work.shop.currency, latest=work.now + CLOCK_SKEW)
    if stored is not None and stored.is_known and messages.is_older(message, stored):
        return Recorded("older", message.id, stored.account_id)
    at = _happens_at(work, message.paid_at or message.updated or message.placed_at)
    merged = messages.merge(stored, message, at=at)
    if stored is not None and stored.is_known and messages.is_repeat(message, merged, stored):
        return Recorded("repeat", message.id, stored.account_id)
    account_id = _account_of(work, merged, message.customer, at)
    lines_changed = stored is None or merged.order.lines != stored.order.lines
    return _book(
        work, replace(merged, account_id=account_id), Cause("order", str(merged.id)), at, lines_changed, ()
    )


def _refund(work: _Work, message: Refund) -> Recorded:
    stored = work.orders.get(message.order)
    if stored is not None and any(known.id == message.id for known in stored.refunds):
        return Recorded("repeat", message.order, stored.account_id)
    if stored is not None and stored.is_known:
        messages.check_refund(message, stored)
    if message.at is not None and message.at > work.now + CLOCK_SKEW:
        raise InvalidRefund(
            "the refund lies in the future", path="at", hint="send the time at which it was made"
        )
    at = _happens_at(work, message.at)
    kept = stored or messages.placeholder(message.order)
    refunded = replace(kept, refunds=(*kept.refunds, message))
    if not refunded.is_known:
        _remember(work, refunded, lines_changed=False, new_refunds=(message,))
        return Recorded("waiting", message.order)
    return _book(work, refunded, Cause("refund", f"{refunded.id}:{message.id}"), at, False, (message,))


def _happens_at(work: _Work, own: datetime | None) -> datetime:
    if work.command.is_history and own is not None:
        return min(own, work.now)
    return work.now


def _account_of(work: _Work, stored: StoredOrder, customer: str | None, at: datetime) -> int | None:
    """The order's account: the one it is booked on, else the customer's, made at first sight; None for a guest."""
    if stored.account_id is not None or customer is None:
        return stored.account_id
    account_id = work.by_customer.get(customer)
    if account_id is None:
        account_id = work.bench.create(at=at)
        work.by_customer[customer] = account_id
        work.identities.append((work.shop.id, account_id, customer))
    return account_id


def _book(
    work: _Work,
    stored: StoredOrder,
    cause: Cause,
    at: datetime,
    lines_changed: bool,
    new_refunds: tuple[Refund, ...],
) -> Recorded:
    kind: Kind = "new" if stored.is_new and stored.order.id not in work.changed else "changed"
    if stored.account_id is None:
        _remember(work, stored, lines_changed=lines_changed, new_refunds=new_refunds)
        return Recorded("guest", stored.order.id)
    book = work.bench.open(stored.account_id)
    catch_up(book, at)
    before = stored.booking.points
    version = stored.version_id if stored.version_id is not None else work.timeline.at(book.now).id
    stored = replace(stored, version_id=version)
    answer = reconcile(book, _case(work, book, stored, cause))
    stored = replace(stored, booking=answer.booking, frozen=answer.frozen)
    _remember(work, stored, lines_changed=lines_changed, new_refunds=new_refunds)
    return Recorded(kind, stored.order.id, stored.account_id, answer.booking.points - before)


def _case(work: _Work, book: Book, stored: StoredOrder, cause: Cause) -> OrderCase:
    assert stored.version_id is not None
    programme = work.timeline.by_id(stored.version_id).programme
    account = work.bench.accounts[book.state.id]
    is_update = stored.booking.counts or bool(stored.booking.lots) or bool(stored.booking.uses)
    codes = [d.code for d in stored.order.discounts if d.source == "coupon" and d.code]
    codes += stored.booking.coupons
    return OrderCase(
        id=str(stored.id),
        order=stored.order,
        refunds=stored.refunds,
        version=stored.version_id,
        cause=cause,
        booking=stored.booking,
        frozen=stored.frozen,
        reached_at=stored.reached_at,
        renewals=work.bench.renewals(book) if is_update else (),
        expired=work.bench.expired(book, stored.booking.lots) if is_update else (),
        coupons=work.bench.coupons(book, codes) if codes else (),
        segments=work.bench.segments(book, programme, stored.order) if stored.frozen is None else (),
        is_net=account.is_net,
    )


def _remember(
    work: _Work, stored: StoredOrder, *, lines_changed: bool, new_refunds: tuple[Refund, ...]
) -> None:
    known = work.changed.get(stored.order.id)
    if known is not None:
        lines_changed = lines_changed or known.lines_changed
        new_refunds = known.new_refunds + new_refunds
    work.orders[stored.order.id] = stored
    work.changed[stored.order.id] = ChangedOrder(stored, lines_changed, new_refunds)
