"""How a message about an order meets what is known of it: checks, versions, and merging."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from palier.core.account import Booking
from palier.core.errors import CurrencyMismatch, InvalidOrder, InvalidRefund
from palier.core.money import LIMIT, exponent, round_half_up
from palier.core.order import VALID_STATUSES, Order, Refund, Shipping
from palier.core.values import replace
from palier.store.ids import new_id
from palier.store.orders.load import StoredOrder
from palier.store.orders.record import digest_of

REPLACED = ("shipping", "payment_method", "delivery", "discounts", "coupons")
"""Parts that an update with lines replaces, and one without lines keeps unless it names them."""


def check_order(message: Order, stored: StoredOrder | None, *, currency: str, latest: datetime) -> None:
    """Refuse what is impossible: a new order without lines, a foreign one without its rate, a time in the future."""
    is_known = stored is not None and stored.is_known
    if message.lines is None and not is_known:
        raise InvalidOrder(
            f"order {message.id!r} is new and has no lines", path="lines", hint="send its lines"
        )
    if message.currency != currency and message.rate is None and not (is_known and message.lines is None):
        raise CurrencyMismatch(
            f"the order is in {message.currency}, the programme in {currency}",
            path="rate",
            hint=f"send `rate`: what one {message.currency} is worth in {currency}",
        )
    total = sum(line.amount_minor for line in message.lines or ())
    if total > LIMIT:
        raise InvalidOrder("the order is worth more than 10^12 minor units", path="lines")
    for name in ("updated", "placed_at", "paid_at"):
        at = getattr(message, name)
        if at is not None and at > latest:
            raise InvalidOrder(
                f"{name} lies in the future", path=name, hint="check the shop's clock and time zone"
            )


def check_refund(message: Refund, stored: StoredOrder) -> None:
    """Refuse a refund that names a line or a product which the order does not have."""
    lines = stored.order.lines or ()
    ids, products = {line.id for line in lines}, {line.product for line in lines}
    for i, piece in enumerate(message.lines):
        if piece.line and piece.line not in ids:
            raise InvalidRefund(
                f"order {message.order!r} has no line {piece.line!r}",
                path=f"lines[{i}].line",
                hint=f"lines: {sorted(ids)}",
            )
        if not piece.line and piece.product not in products:
            raise InvalidRefund(
                f"order {message.order!r} has no product {piece.product!r}", path=f"lines[{i}].product"
            )


def is_older(message: Order, stored: StoredOrder) -> bool:
    """Whether the message is a version older than the newest one known."""
    newest = stored.order.updated
    return message.updated is not None and newest is not None and message.updated < newest


def is_repeat(message: Order, merged: StoredOrder, stored: StoredOrder) -> bool:
    """Whether the message says nothing new: the same content, no newer version time of its own, no owner at last."""
    if stored.account_id is None and message.customer is not None:
        return False
    return merged.digest == stored.digest and message.updated in (None, stored.order.updated)


def placeholder(order_id: str) -> StoredOrder:
    """An order of which only a refund is known."""
    empty = Order(id=order_id, status="", currency="", lines=())
    return StoredOrder(new_id(), None, empty, "", None, Booking(), None, (), is_new=True)


def keeps_quote(message: Order, stored: StoredOrder | None) -> bool:
    """Whether the discounts that Palier quoted for the order stand: the message asks for a quote of the same lines."""
    if not message.use_quote or stored is None or not stored.booking.is_quoted:
        return False
    return message.lines is None or message.lines == stored.order.lines


def merge(stored: StoredOrder | None, message: Order, *, at: datetime) -> StoredOrder:
    """The order as it stands after the message: what an update does not name is kept (lines: with their discounts)."""
    # Without a time of its own it is newer than what is known, also when its clock lags behind the one before.
    updated = message.updated or max(at, (stored and stored.order.updated) or at)
    if stored is None or not stored.is_known:
        known = stored or placeholder(message.id)
        order = replace(message, updated=updated)
    else:
        known = stored
        order = _merged(stored.order, message, updated)
        if keeps_quote(message, stored):
            order = replace(order, discounts=stored.order.discounts)
        elif message.lines is not None:
            known = replace(stored, booking=replace(stored.booking, is_quoted=False))
    if order.status in VALID_STATUSES and order.paid_at is None:
        order = replace(order, paid_at=updated)
    reached = dict(known.reached_at)
    if order.status not in reached:
        reached[order.status] = updated
    return replace(known, order=order, reached_at=tuple(reached.items()), digest=digest_of(order))


def _merged(before: Order, message: Order, updated: datetime) -> Order:
    order = replace(
        message,
        updated=updated,
        placed_at=message.placed_at or before.placed_at,
        paid_at=message.paid_at or before.paid_at,
        email=message.email or before.email,
        customer=before.customer or message.customer,
    )
    if message.lines is not None:
        return replace(order, rate=message.rate)
    kept = {name: getattr(before, name) for name in REPLACED if name not in message.said}
    if "shipping" not in kept:
        kept["shipping"] = _delivery_alone(message, before)
    return replace(
        order, lines=before.lines, currency=before.currency, rate=before.rate, prices=before.prices, **kept
    )


def _delivery_alone(message: Order, before: Order) -> Shipping:
    """The delivery that is told without lines: in the terms of its order, unless the message names prices of its own.

    It was read before its order was known, as gross and in the programme's currency where the message names neither.
    """
    told = message.shipping
    amount, other = Fraction(told.amount_minor), told.other_per_amount
    if "currency" not in message.said:
        amount *= Fraction(10) ** (exponent(before.currency) - exponent(message.currency))
    elif message.currency != before.currency:
        raise CurrencyMismatch(
            f"the delivery is in {message.currency}, its order in {before.currency}",
            path="currency",
            hint=f"meant: {before.currency}",
        )
    if amount.denominator != 1:
        raise InvalidOrder(f"too many decimals for {before.currency}", path="shipping.amount")
    if message.prices != before.prices:
        amount, other = amount * other if "prices" in message.said else amount, 1 / other
    return Shipping(told.carrier, round_half_up(amount), other)
