"""A shop has deleted a customer: what was held for them is released, and they are told nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core import holds
from palier.core.account import Cause
from palier.core.values import replace
from palier.flows.bench.member_bench import MemberBench, open_member
from palier.flows.bench.order_work import OrderWork
from palier.flows.transaction import in_one_transaction
from palier.store.members.closing import close_identity, find_waiting_orders, load_open_shops
from palier.store.orders.load import load_orders, with_contents


@dataclass(frozen=True, slots=True)
class CloseAccount:
    """The customer whom the shop has deleted."""

    shop_id: int
    customer: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The account, and the orders whose holds were released. ``is_closed``: no other shop knows the member."""

    account_id: int
    released: tuple[str, ...]
    is_closed: bool


def close_account(command: CloseAccount, *, now: datetime) -> Closed:
    """Close the customer's identity; the account with it, unless a shop still knows the member (R-CUS-3).

    Placed orders of the shop, and open checkouts, give back the points and coupons that they hold; paid later, the
    orders take them again. A closed account has no group, holds nothing and gets no message. Its points, tier and ends
    go on, and it is not erased until somebody asks; a shop that tells of the customer again opens it. Done again it
    changes nothing.
    """
    return in_one_transaction(lambda: _close(command, now))


def _close(command: CloseAccount, now: datetime) -> Closed:
    member = open_member(command.shop_id, command.customer, now=now, creates=False)
    book = member.book
    # Not at ``now``: somebody may have been at the account a moment later, and it does not go back.
    if not close_identity(command.shop_id, command.customer, now=book.now):
        return Closed(book.state.id, (), book.closed_at is not None)
    open_shops = load_open_shops(book.state.id)
    if not open_shops:
        book.closed_at = book.now
        holds.release_all(book)
    # Not silent: what was due before is told; from here on a closed account is told nothing anyway.
    work, released = _release(member, now) if command.shop_id not in open_shops else (None, ())
    if work is not None:
        work.record(now=now, until=now, is_silent=False, batch_id=None)
    else:
        member.record(now=now)
    return Closed(book.state.id, released, book.closed_at is not None)


def _release(member: MemberBench, now: datetime) -> tuple[OrderWork, tuple[str, ...]]:
    """Book the shop's placed orders as if they were cancelled; what they say themselves stays as the shop told it."""
    waiting = find_waiting_orders(member.book.state.id, member.shop.id)
    shop, orders = load_orders(member.shop.id, waiting)
    work = OrderWork(shop, member.timeline, member.bench, with_contents(orders), {})
    released = []
    for order_id in waiting:
        stored = work.orders[order_id]
        booking = stored.booking
        if not (booking.is_held or booking.coupons or booking.claims_first):
            continue
        ended = replace(stored, order=replace(stored.order, status="cancelled"))
        work.book(ended, Cause("order", str(stored.id)), at=now, lines_changed=False, refund=None)
        booked = replace(work.orders[order_id], order=stored.order)
        work.remember(booked, lines_changed=False, refund=None)
        released.append(order_id)
    return work, tuple(released)
