"""One order as JSON: as it is known, what is booked for it, and its movements in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from palier.api.amounts import instant, written
from palier.api.endpoint import Call
from palier.api.lookups import customers_of, version_numbers
from palier.api.movements_json import movement_json
from palier.core.explain.movement import masked
from palier.core.order import OrderDiscount, Refund
from palier.store.ledger.timeline import load_movements_of_order
from palier.store.orders.load import StoredOrder, load_whole_orders
from palier.store.programmes.load import load_timeline


def order_json(call: Call, order_id: str, language: str) -> dict[str, Any] | None:
    """The shop's order with that id; None when there is none."""
    shop, found = load_whole_orders(call.caller.shop_id, [order_id])
    if order_id not in found:
        return None
    stored = found[order_id]
    timeline = load_timeline(shop.programme_id, shop.current_version_id)
    spoken = call.language(language, timeline.versions[-1].programme.languages[0])
    numbers = version_numbers(call.caller)
    refunds = [refund.id for refund in stored.refunds]
    moved = (
        load_movements_of_order(stored.account_id, stored.id, refunds, name=order_id)
        if stored.account_id is not None
        else ()
    )
    return {
        **_known(call, stored),
        "booked": _booked(call, stored, numbers),
        "movements": [movement_json(each, timeline, numbers, language=spoken) for each in moved],
    }


def _known(call: Call, stored: StoredOrder) -> dict[str, Any]:
    order = stored.order
    paid = written(order.currency or call.caller.currency)
    return {
        "id": order.id,
        "member": customers_of(call.caller, [stored.account_id]).get(stored.account_id),
        "status": order.status,
        "currency": order.currency or call.caller.currency,
        "prices": order.prices,
        "updated": instant(order.updated),
        "placed_at": instant(order.placed_at),
        "paid_at": instant(order.paid_at),
        "carrier": order.shipping.carrier,
        "shipping": paid(order.shipping.amount_minor),
        "payment_method": order.payment_method,
        "lines": [
            {
                "id": line.id,
                "product": line.product,
                "quantity": line.quantity,
                "amount": paid(line.amount_minor),
                "categories": list(line.categories),
            }
            for line in order.lines or ()
        ],
        "discounts": [_discount(call, each, paid) for each in order.discounts],
        "refunds": [_refund(each, paid) for each in stored.refunds],
    }


def _discount(call: Call, discount: OrderDiscount, paid: Any) -> dict[str, Any]:
    is_personal = discount.source == "coupon" and not call.shows_codes
    return {
        "source": discount.source,
        "id": discount.id,
        "code": masked(discount.code) if is_personal else discount.code,
        "amount": paid(discount.amount_minor),
        "points": discount.points,
        "free_shipping": discount.free_shipping,
    }


def _refund(refund: Refund, paid: Any) -> dict[str, Any]:
    return {
        "id": refund.id,
        "amount": paid(refund.amount_minor),
        "full": refund.full,
        "shipping": refund.shipping,
        "lines": [{"line": p.line, "product": p.product, "quantity": p.quantity} for p in refund.lines],
        "at": instant(refund.at),
    }


def _booked(call: Call, stored: StoredOrder, numbers: Mapping[int, int]) -> dict[str, Any]:
    booking = stored.booking
    return {
        "counts": booking.counts,
        "points": booking.points,
        "spend": written(call.caller.currency)(booking.spend_minor),
        "number": stored.frozen.number if stored.frozen is not None else None,
        "points_used": sum(piece.points for piece in booking.uses),
        "missing": booking.missing,
        "version": numbers.get(stored.version_id) if stored.version_id is not None else None,
        "hold": booking.hold or None,
    }
