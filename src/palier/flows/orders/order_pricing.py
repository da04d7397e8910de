"""Orders that ask for Palier's discounts: quoted when they are placed, or quoted before, with a hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from palier.core.account import Booking, Cause
from palier.core.book import Book
from palier.core.buyer import as_accepted, buyer_of, nobody
from palier.core.catch_up import catch_up
from palier.core.order import Line, Order, OrderDiscount
from palier.core.quote import booked, quote
from palier.core.quote_values import Buyer, Cart, Quote
from palier.core.reconcile import without_order
from palier.core.values import replace
from palier.flows.bench.order_work import OrderWork
from palier.flows.checkout.pricing import plan_of
from palier.store.holds.load import StoredHold
from palier.store.orders.load import StoredOrder
from palier.store.orders.record import digest_of


def quote_order(
    work: OrderWork, stored: StoredOrder, message: Order, *, at: datetime
) -> tuple[StoredOrder, Quote]:
    """The order with the discounts that Palier quotes for it: by the function that quotes carts, under the lock.

    One that is booked already is quoted as if it had never been, with what it was accepted with.
    """
    order = stored.order
    codes = tuple(discount for discount in order.discounts if discount.source == "promo_code")
    cart = Cart(replace(order, discounts=codes), message.coupons, message.use_points)
    version, buyer = _seen(work, stored, message, at)
    quoted = quote(plan_of(work.timeline.by_id(version)), cart, buyer)
    order = replace(order, discounts=booked(quoted))
    booking = replace(stored.booking, is_quoted=True)
    return replace(stored, order=order, digest=digest_of(order), booking=booking), quoted


def _seen(work: OrderWork, stored: StoredOrder, message: Order, at: datetime) -> tuple[int, Buyer]:
    """The version that the order belongs to, and the member before it."""
    if stored.account_id is None:
        return work.timeline.at(at).id, nobody(at)
    book = work.bench.open(stored.account_id)
    catch_up(book, at)
    version = work.version_of(stored, book)
    if stored.frozen is None:
        work.recall(book, replace(stored, version_id=version))
    book = _before(work, book, replace(stored, version_id=version))
    programme = work.timeline.by_id(version).programme
    frozen = stored.frozen
    segments = (
        frozen.segments
        if frozen is not None
        else work.bench.segments(book, programme, stored.order, work.others(book, stored))
    )
    coupons = work.bench.coupons(book, message.coupons) if message.coupons else ()
    is_net = work.bench.accounts[stored.account_id].is_net
    buyer = buyer_of(book, programme, segments=segments, coupons=coupons, is_net=is_net)
    return version, as_accepted(buyer, frozen)


def _before(work: OrderWork, book: Book, stored: StoredOrder) -> Book:
    """The account without the order, if anything is booked for it."""
    if replace(stored.booking, is_quoted=False, hold="", named_hold="") == Booking():
        return book
    return without_order(book, work.case_of(book, stored, Cause("order", str(stored.id))))


def with_hold(
    message: Order, stored: StoredOrder | None, holds: Mapping[str, StoredHold], *, owner: int | None
) -> Order:
    """The order with the discounts that were quoted when its hold was made, whatever changed since (R-RED-8).

    Discounts that it names itself win. So does a hold that is another member's or that another order has taken over:
    the order stands as it is.
    """
    hold = holds.get(message.hold)
    if hold is None or hold.account_id != owner or message.discounts:
        return message
    is_mine = stored is not None and stored.booking.hold == hold.id
    if hold.state == "captured" and not is_mine:
        return message
    lines = message.lines if message.lines is not None or stored is None else stored.order.lines
    discounts = tuple(_fitted(discount, lines or ()) for discount in booked(hold.quote))
    return replace(message, discounts=discounts, said=message.said | {"discounts"})


def _fitted(discount: OrderDiscount, lines: tuple[Line, ...]) -> OrderDiscount:
    """The discount for these lines: its shares belong to the cart's, so that others let it be spread anew."""
    shares = discount.lines_minor
    if shares is None or len(shares) == len(lines):
        return discount
    return replace(discount, lines_minor=None)
