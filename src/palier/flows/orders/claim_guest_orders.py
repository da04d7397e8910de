"""A guest's orders join the account of the person who proved to own their address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from palier.core.account import Cause
from palier.core.errors import UnverifiedAddress
from palier.core.member import folded_address
from palier.core.values import replace
from palier.flows.bench.keyed import Keyed, keep_told
from palier.flows.bench.member_bench import open_member
from palier.flows.bench.order_work import OrderWork
from palier.flows.transaction import in_one_transaction
from palier.store.members.record import record_identities
from palier.store.orders.load import find_guest_orders, load_orders, with_contents

CLAIM_WITHIN = timedelta(days=90)
"""Older guest orders stay nobody's."""


@dataclass(frozen=True, slots=True)
class ClaimGuestOrders:
    """``is_verified``: the shop or Palier has proof that the address is the member's; without it nothing is shown.

    ``request`` makes its answer the same however often it is sent.
    """

    shop_id: int
    customer: str
    email: str
    is_verified: bool
    request: Keyed | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """Which orders joined, and the points that they brought."""

    account_id: int
    orders: tuple[str, ...]
    points: int


def claim_guest_orders(command: ClaimGuestOrders, *, now: datetime) -> Claimed:
    """Attach guest orders of the last 90 days with this address; each is accepted now, under today's programme.

    Done again it finds nothing more. An unverified address is refused, whatever it would find.
    """
    if not command.is_verified:
        raise UnverifiedAddress("the address is not verified", path="email", hint="verify it first")
    return in_one_transaction(lambda: _claim(command, now))


def _claim(command: ClaimGuestOrders, now: datetime) -> Claimed:
    member = open_member(command.shop_id, command.customer, now=now, creates=True)
    found = find_guest_orders(command.shop_id, folded_address(command.email), since=now - CLAIM_WITHIN)
    shop, orders = load_orders(command.shop_id, found)
    work = OrderWork(shop, member.timeline, member.bench, with_contents(orders), {})
    points = 0
    account_id = member.book.state.id
    for order_id in found:
        stored = replace(work.orders[order_id], account_id=account_id)
        points += work.book(stored, Cause("order", str(stored.id)), at=now, lines_changed=False, refund=None)
    work.record(now=now, until=now, is_silent=False, batch_id=None)
    if member.is_new:
        record_identities([(shop.id, account_id, command.customer)])
    keep_told(command.request, {"orders": found, "points": points})
    return Claimed(account_id, tuple(found), points)
