"""A cart and its quote as values: what is asked, what the member is, what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from palier.core.account import Contribution, Coupon
from palier.core.order import Order
from palier.core.programme.values import Bracket, Discount

Source = Literal["tier", "segment", "first_order", "promo_code", "coupon", "points"]
"""Who gives a discount, in the order in which they are applied (meaning 5)."""

Reason = Literal["excluded", "from_order", "minimum", "expired", "used", "unknown", "not_combinable"]
"""Why a benefit does not apply; of several the first of these (meaning 18)."""


class Cart(Struct, frozen=True):
    """A cart: an order that is not placed. ``order.discounts`` are the shop's own promo codes, with their amounts.

    ``coupons`` are the personal codes that were entered, ``use_points`` how many points the member asks to use
    (None: does not say).
    """

    order: Order
    coupons: tuple[str, ...] = ()
    use_points: int | None = None


class Buyer(Struct, frozen=True):
    """What a quote needs to know of the member, caught up to ``now``. A guest is nobody: ``is_member`` False.

    ``segments`` are those that match with this cart at hand, in priority order; ``coupons`` every coupon of the
    member that one of the entered codes may name, in whatever state; ``qualifying`` counts in the ladder's metric.
    """

    now: datetime
    is_member: bool = True
    available: int = 0
    orders: int = 0
    tier: str | None = None
    qualifying: int = 0
    segments: tuple[str, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    is_net: bool = False
    activity: int = 0
    contributions: tuple[Contribution, ...] = ()
    first_is_taken: bool = False
    """Another cart at the checkout, or a placed order, has the benefit of the first order."""


class QuotedDiscount(Struct, frozen=True):
    """One discount as it is applied: ``lines_minor`` is its share of each line, in line order, and adds up to it.

    ``id`` is the tier's, segment's, coupon's …; ``points`` are those that it uses; ``code`` a coupon's or promo code's.
    Amounts are in the cart's currency and price basis. ``terms`` is what the programme says that it is.
    """

    source: Source
    amount_minor: int
    lines_minor: tuple[int, ...]
    id: str = ""
    points: int = 0
    code: str = ""
    terms: Discount | None = None


class Refused(Struct, frozen=True):
    """A benefit that would have given something but does not: the first reason, and what is missing if counted."""

    source: Source
    reason: Reason
    id: str = ""
    code: str = ""
    missing: int | None = None


class Hint(Struct, frozen=True):
    """What is missing to the next tier, to an earning rule's threshold, or to the next bracket or minimum.

    ``missing`` is in minor units for amounts, else in the unit of what ``of`` names (points, pieces, grams, orders).
    ``gives`` is the bracket that would be reached.
    """

    kind: Literal["tier", "earning", "benefit"]
    missing: int
    of: Literal["amount", "points", "pieces", "grams", "orders"]
    id: str = ""
    gives: Bracket | None = None


class GiftLine(Struct, frozen=True):
    """A product given for nothing by a bracket, reward or tier: a line at 0."""

    product: str
    quantity: int
    source: Source
    id: str = ""
    code: str = ""


class ShippingGrant(Struct, frozen=True):
    """A benefit that frees the delivery, with these carriers; ``id`` as in a discount, ``code`` a coupon's.

    ``saved_minor`` is what it saves of this cart's delivery. ``is_idle``: not used, for another carrier was chosen
    or the delivery is free already.
    """

    source: Source
    carriers: Literal["all"] | frozenset[str]
    id: str = ""
    code: str = ""
    saved_minor: int = 0
    is_idle: bool = False


class NextTier(Struct, frozen=True):
    """The tier above the one held, without this cart (meaning 14)."""

    id: str
    missing: int


class Quote(Struct, frozen=True):
    """What the cart costs and uses up, and why. ``total_minor``: the goods after promo codes and discounts.

    ``free_shipping`` is ``all`` or the carriers granted; ``promo_codes`` those that stay in the price.
    """

    discounts: tuple[QuotedDiscount, ...]
    promo_codes: tuple[QuotedDiscount, ...]
    free_shipping: Literal["all"] | frozenset[str]
    total_minor: int
    earns: int
    refused: tuple[Refused, ...] = ()
    hints: tuple[Hint, ...] = ()
    gifts: tuple[GiftLine, ...] = ()
    next_tier: NextTier | None = None
    shipping_saved_minor: int = 0
    shipping_by: tuple[ShippingGrant, ...] = ()
    """Every benefit that stays and frees the delivery; together they give ``free_shipping``."""
    why_not: str = ""
    """Why it earns nothing although rules exist: ``order_worth``'s word."""
