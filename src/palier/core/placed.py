"""How a quote stands on the order that is placed with it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from palier.core.order import OrderDiscount
from palier.core.quote_values import GiftLine, QuotedDiscount, ShippingGrant, Source

APPLICATION: tuple[Source, ...] = ("tier", "segment", "first_order", "promo_code", "coupon", "points")
"""In this order discounts are applied (meaning 5)."""


class Parts(Struct):
    """What of a quote an order is placed with."""

    discounts: tuple[QuotedDiscount, ...]
    promo_codes: tuple[QuotedDiscount, ...]
    grants: tuple[ShippingGrant, ...]
    gifts: tuple[GiftLine, ...]


def order_discounts(parts: Parts) -> tuple[OrderDiscount, ...]:
    """The discounts of the order, in the order of their application."""
    found: list[OrderDiscount] = []
    for source in APPLICATION:
        found.extend(_promo_codes(parts) if source == "promo_code" else _of(source, parts))
    return tuple(found)


def _promo_codes(parts: Parts) -> Iterator[OrderDiscount]:
    freeing = [grant for grant in parts.grants if grant.source == "promo_code"]
    for each in parts.promo_codes:
        if each.amount_minor or not any(grant.code == each.code for grant in freeing):
            yield OrderDiscount("promo_code", each.amount_minor, each.code, each.id, 0, each.lines_minor)
    for grant in freeing:
        yield OrderDiscount("promo_code", grant.saved_minor, grant.code, grant.id, free_shipping=True)


def _of(source: Source, parts: Parts) -> Iterator[OrderDiscount]:
    """Points that only free the delivery are used by that discount; what is had once is named if it gives."""
    quoted = next((each for each in parts.discounts if each.source == source), None)
    grant = next((each for each in parts.grants if each.source == source and not each.is_idle), None)
    points = quoted.points if quoted is not None else 0
    is_booked = False
    if quoted is not None and (quoted.amount_minor or grant is None):
        yield OrderDiscount(source, quoted.amount_minor, quoted.code, quoted.id, points, quoted.lines_minor)
        points, is_booked = 0, True
    if grant is not None and (grant.saved_minor or points):
        yield OrderDiscount(source, grant.saved_minor, grant.code, grant.id, points, free_shipping=True)
        is_booked = True
    if source in ("coupon", "first_order") and not is_booked:
        used = grant or next((gift for gift in parts.gifts if gift.source == source), None)
        if used is not None:
            yield OrderDiscount(source, 0, used.code, used.id)
