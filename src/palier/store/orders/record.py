"""Orders, lines and refunds from core values to rows, in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection
from msgspec import Struct

from palier.core.member import folded_address
from palier.core.order import Line, Order, Refund
from palier.store.codec import booking_to_json, fraction_to_text, frozen_to_json, to_us
from palier.store.ids import new_id
from palier.store.orders.load import LoadedShop, StoredOrder
from palier.store.rows import Columns, Table, any_of, listed, to_json, to_time

_CHANGING_COLUMNS: Columns = {
    "id": "bigint", "account_id": "bigint", "email_folded": "text", "status": "text", "updated_at": "timestamptz",
    "placed_at": "timestamptz", "paid_at": "timestamptz", "reached": "jsonb", "currency": "text", "rate": "text",
    "prices": "text", "carrier": "text", "shipping_minor": "bigint", "shipping_other": "text", "discounts": "jsonb",
    "payment_method": "text", "delivery_city": "text", "delivery_country": "text", "content_digest": "text",
    "version_id": "bigint", "frozen": "jsonb", "booking": "jsonb", "order_at": "timestamptz", "number": "int",
    "counts": "bool", "booked_points": "bigint", "booked_spend_minor": "bigint", "is_flagged": "bool",
}  # fmt: skip
_CHANGING = Table("store_order", _CHANGING_COLUMNS)
_ORDER = Table("store_order", {
    **_CHANGING_COLUMNS, "programme_id": "bigint", "shop_id": "bigint", "external_id": "text",
    "recorded_at": "timestamptz", "batch_id": "bigint",
})  # fmt: skip
_LINE = Table("store_orderline", {
    "order_id": "bigint", "position": "int", "line_id": "text", "product": "text", "categories": "jsonb",
    "quantity": "int", "amount_minor": "bigint", "other": "text", "weight_g": "int", "on_sale": "bool",
})  # fmt: skip
_REFUND = Table("store_refund", {
    "id": "bigint", "order_id": "bigint", "external_id": "text", "lines": "jsonb", "amount_minor": "bigint",
    "is_full": "bool", "is_with_shipping": "bool", "at": "timestamptz", "recorded_at": "timestamptz",
    "batch_id": "bigint",
})  # fmt: skip


class ChangedOrder(Struct, frozen=True):
    """An order to write: whether its lines changed, the refunds that are new, whether lines of it are stored."""

    stored: StoredOrder
    lines_changed: bool
    new_refunds: tuple[Refund, ...] = ()
    had_lines: bool = True


def digest_of(order: Order) -> str:
    """What identifies the content of an order, whenever it was sent: equal digests, equal content."""
    lines = [
        (line.id, line.product, line.quantity, line.amount_minor, line.categories, str(line.other_per_amount),
         line.weight_g, line.on_sale)
        for line in order.lines or ()
    ]  # fmt: skip
    content = (
        order.status, order.currency, str(order.rate), order.prices, lines, order.shipping, order.discounts,
        order.payment_method, order.delivery, to_us(order.paid_at),
    )  # fmt: skip
    return sha256(repr(content).encode()).hexdigest()


def record_orders(
    shop: LoadedShop, changed: Sequence[ChangedOrder], *, now: datetime, batch_id: int | None
) -> None:
    """Write new and changed orders, replace the lines that changed, add the refunds. At most five statements."""
    fresh = [c for c in changed if c.stored.is_new]
    _ORDER.insert(
        [
            (*_order_row(c.stored), shop.programme_id, shop.id, c.stored.order.id, to_time(now), batch_id)
            for c in fresh
        ],
    )
    _CHANGING.update([_order_row(c.stored) for c in changed if not c.stored.is_new])
    replaced = [c.stored.id for c in changed if c.lines_changed and c.had_lines and not c.stored.is_new]
    if replaced:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM store_orderline WHERE {any_of('order_id')}", [listed(replaced)])
    _LINE.insert(
        [
            _line_row(c.stored.id, position, line)
            for c in changed
            if c.lines_changed
            for position, line in enumerate(c.stored.order.lines or ())
        ],
    )
    _REFUND.insert(
        [_refund_row(c.stored.id, refund, now, batch_id) for c in changed for refund in c.new_refunds],
    )


def _order_row(stored: StoredOrder) -> tuple[Any, ...]:
    order, booking, frozen = stored.order, stored.booking, stored.frozen
    return (
        stored.id, stored.account_id, folded_address(order.email), order.status, to_time(order.updated),
        to_time(order.placed_at), to_time(order.paid_at),
        to_json({status: at.isoformat() for status, at in stored.reached_at}), order.currency, _rate(order),
        order.prices, order.shipping.carrier, order.shipping.amount_minor,
        fraction_to_text(order.shipping.other_per_amount), to_json([_discount(d) for d in order.discounts]),
        order.payment_method, order.delivery.city, order.delivery.country, stored.digest, stored.version_id,
        to_json(frozen_to_json(frozen)) if frozen else None, to_json(booking_to_json(booking)),
        to_time(frozen.order_at) if frozen else None, frozen.number if frozen else None, booking.counts,
        booking.points, booking.spend_minor, booking.missing > 0 or _lacks_coupon(stored),
    )  # fmt: skip


def _lacks_coupon(stored: StoredOrder) -> bool:
    """Whether a valid order names a coupon that its member does not have, or has used already."""
    named = {
        discount.code for discount in stored.order.discounts if discount.source == "coupon" and discount.code
    }
    return stored.booking.counts and len(named) > len(stored.booking.coupons)


def _rate(order: Order) -> str:
    return "" if order.rate is None else f"{order.rate.numerator}/{order.rate.denominator}"


def _discount(discount: Any) -> dict[str, Any]:
    data = {
        "source": discount.source, "amount_minor": discount.amount_minor, "code": discount.code, "id": discount.id,
        "points": discount.points, "free_shipping": discount.free_shipping,
        "lines": list(discount.lines_minor) if discount.lines_minor is not None else None,
    }  # fmt: skip
    return {key: value for key, value in data.items() if value or key == "source" or value == []}


def _line_row(order_id: int, position: int, line: Line) -> tuple[Any, ...]:
    return (
        order_id, position, line.id, line.product, to_json(line.categories), line.quantity, line.amount_minor,
        fraction_to_text(line.other_per_amount), line.weight_g, line.on_sale,
    )  # fmt: skip


def _refund_row(order_id: int, refund: Refund, now: datetime, batch_id: int | None) -> tuple[Any, ...]:
    pieces = [[piece.quantity, piece.line, piece.product] for piece in refund.lines]
    return (
        new_id(), order_id, refund.id, to_json(pieces), refund.amount_minor, refund.full, refund.shipping,
        to_time(refund.at), to_time(now), batch_id,
    )  # fmt: skip
