"""What carts and vouchers were answered, as plain values: coupons by their number in the order of issue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from palier.core.quote import booked
from palier.core.quote_values import Quote, QuotedDiscount


@dataclass(frozen=True, slots=True)
class Given:
    """One discount: its share of each line, the points that it uses, and the number of its coupon."""

    source: str
    amount: int
    shares: tuple[int, ...]
    points: int = 0
    coupon: int | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A quote. ``given`` includes the promo codes that stay; ``frees``: a benefit pays the delivery.

    ``coupon`` is the number of the one that it uses, also where that frees the delivery only; so does ``is_first`` say
    whether it uses the benefit of the first order.
    """

    given: tuple[Given, ...]
    frees: bool
    saved: int
    total: int
    earns: int
    refused: tuple[tuple[str, str], ...]
    coupon: int | None = None
    is_first: bool = False

    @property
    def points(self) -> int:
        """All that it uses."""
        return sum(each.points for each in self.given)


@dataclass(frozen=True, slots=True)
class Refused:
    """The flow refused, with this code."""

    code: str


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher, and the points that it cost."""

    points: int
    percent_bp: int | None
    amount_minor: int | None


Answers = dict[tuple[Any, ...], Priced | Refused | Voucher]
"""By what they belong to: ``("order", shop, order, updated)``, ``("hold", shop, key)``, ``("quote", step)`` …"""


def priced(quote: Quote, codes: list[str]) -> Priced:
    """The quote as plain values; ``codes`` are the member's."""
    numbers = {code: number for number, code in enumerate(codes)}

    def given(one: QuotedDiscount) -> Given:
        coupon = numbers.get(one.code) if one.source == "coupon" else None
        return Given(one.source, one.amount_minor, one.lines_minor, one.points, coupon)

    return Priced(
        tuple(given(one) for one in (*quote.promo_codes, *quote.discounts)),
        any(not grant.is_idle for grant in quote.shipping_by),
        quote.shipping_saved_minor,
        quote.total_minor,
        quote.earns,
        tuple((one.source, one.reason) for one in quote.refused),
        next((numbers.get(one.code) for one in booked(quote) if one.source == "coupon"), None),
        any(one.source == "first_order" for one in booked(quote)),
    )
