"""Orders as shops report them, and what is left of them after refunds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Literal

from msgspec import Struct, field

from palier.core.money import allocate, ratio_half_up

Status = Literal["", "placed", "paid", "shipped", "delivered", "cancelled"]
"""Where an order stands; empty while only a refund of it is known."""

VALID_STATUSES = frozenset({"paid", "shipped", "delivered"})
"""An order in one of these states counts; ``placed`` waits, ``cancelled`` takes everything back."""

STATUS_ORDER = {"placed": 0, "paid": 1, "shipped": 2, "delivered": 3}
"""A later state implies the earlier ones."""


class Line(Struct, frozen=True):
    """One line. ``amount_minor`` is the whole line before discounts, in the order's currency and price basis.

    ``other_per_amount`` turns an amount of this line into the other basis: net ÷ gross when the order's prices are
    gross, gross ÷ net when they are net. ``weight_g`` is of one piece.
    """

    id: str
    product: str
    quantity: int
    amount_minor: int
    categories: tuple[str, ...] = ()
    other_per_amount: Fraction = Fraction(1)
    weight_g: int = 0
    on_sale: bool = False


class OrderDiscount(Struct, frozen=True):
    """A discount as booked on the order. ``lines_minor`` says the share of each line; else it is spread over them.

    ``points`` are those it used, ``coupon`` the code it used. Free shipping never reduces goods.
    """

    source: str
    amount_minor: int = 0
    code: str = ""
    id: str = ""
    points: int = 0
    lines_minor: tuple[int, ...] | None = None
    free_shipping: bool = False


class Shipping(Struct, frozen=True):
    """Delivery as charged, in the order's currency and price basis."""

    carrier: str = ""
    amount_minor: int = 0
    other_per_amount: Fraction = Fraction(1)


class Delivery(Struct, frozen=True):
    """Where the order goes."""

    city: str = ""
    country: str = ""


def country_told(told: str) -> str:
    """A country's two letters as capitals; what becomes longer by them (``ßß``) is no country and stays as told."""
    capitals = told.upper()
    return capitals if len(capitals) <= 2 else told


class Order(Struct, frozen=True):
    """One version of an order. ``rate`` × amount = programme currency; None when it is in that currency.

    ``lines`` is None for an update that names only the state: lines, discounts and coupons of before are kept.
    """

    id: str
    status: Status
    currency: str
    customer: str | None = None
    email: str = ""
    updated: datetime | None = None
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    rate: Fraction | None = None
    prices: Literal["gross", "net"] = "gross"
    lines: tuple[Line, ...] | None = ()
    shipping: Shipping = Shipping()
    discounts: tuple[OrderDiscount, ...] = ()
    coupons: tuple[str, ...] = ()
    payment_method: str = ""
    delivery: Delivery = Delivery()
    said: frozenset[str] = frozenset()
    """Which of the optional parts the message named; an update keeps the others."""
    use_quote: bool = False
    """Place it with the discounts that Palier quotes; of its own only promo codes are heard."""
    use_points: int | None = None
    """With ``use_quote``: how many points the member asks to use; None does not say."""
    hold: str = ""
    """The hold that the order takes over, with its points, coupons and quoted discounts."""


class RefundLine(Struct, frozen=True):
    """So many pieces of a line: ``line`` names its id, or ``product`` the earliest line with something left."""

    quantity: int
    line: str = ""
    product: str = ""


class Refund(Struct, frozen=True):
    """One refund of an order: lines, or an amount of goods as paid (in the order's currency), or all of it."""

    order: str
    id: str
    lines: tuple[RefundLine, ...] = ()
    amount_minor: int = 0
    full: bool = False
    shipping: bool = False
    at: datetime | None = None


class KeptLine(Struct, frozen=True):
    """What is kept of a line: pieces, the amount as paid (after discounts), and its price before discounts."""

    line: Line
    quantity: int
    paid_minor: int
    list_minor: int


class Kept(Struct, frozen=True):
    """What is kept of an order after all its refunds. ``list_total_minor`` is of the whole order, before refunds."""

    lines: tuple[KeptLine, ...]
    shipping_minor: int
    is_refunded: bool
    list_total_minor: int = field(default=0)

    @property
    def list_minor(self) -> int:
        """The price before discounts of what is kept."""
        return sum(kept.list_minor for kept in self.lines)


def keep(order: Order, refunds: tuple[Refund, ...]) -> Kept:
    """What is kept of ``order`` after ``refunds``; it depends on their sum only, never on their order or number.

    Pieces go first: what remains of a line is its amount × kept ÷ quantity, half up. Refunds by amount are then
    spread over what is kept in proportion, and list prices of what was paid for fall by that proportion; above what
    is left they count as all of it. One more refund never leaves more. Amounts stay in the order's currency and basis.
    """
    lines = order.lines or ()
    paid = paid_by_line(order)
    list_total = sum([line.amount_minor for line in lines])
    if lines and not refunds:
        whole = [KeptLine(line, line.quantity, paid[i], line.amount_minor) for i, line in enumerate(lines)]
        shipping = shipping_paid(order.shipping.amount_minor, order.discounts)
        return Kept(tuple(whole), shipping, False, list_total)
    pieces = _kept_pieces(lines, refunds)
    full = any(refund.full for refund in refunds)
    by_amount = sum(refund.amount_minor for refund in refunds)
    left = [ratio_half_up(paid[i] * pieces[i], line.quantity) for i, line in enumerate(lines)]
    whole_left = sum(left)
    is_refunded = full or _is_all_returned(lines, pieces) or (by_amount > 0 and by_amount >= whole_left)
    shipping = shipping_paid(order.shipping.amount_minor, order.discounts)
    if is_refunded:
        nothing = tuple(KeptLine(line, 0, 0, 0) for line in lines)
        gone = full or any(refund.shipping for refund in refunds)
        return Kept(nothing, 0 if gone else shipping, True, list_total)
    kept_list = [ratio_half_up(line.amount_minor * pieces[i], line.quantity) for i, line in enumerate(lines)]
    if by_amount:
        # List prices follow the exact proportion: after a line's own share, to the cent, one more refund could give
        # the line that it spares its whole list price back.
        for i, amount in enumerate(paid):
            if amount:
                kept_list[i] = ratio_half_up(kept_list[i] * (whole_left - by_amount), whole_left)
        left = [amount - share for amount, share in zip(left, _spread(by_amount, left), strict=True)]
    if any(refund.shipping for refund in refunds):
        shipping = 0
    kept = tuple(KeptLine(line, pieces[i], left[i], kept_list[i]) for i, line in enumerate(lines))
    return Kept(kept, shipping, False, list_total)


def paid_by_line(order: Order) -> tuple[int, ...]:
    """What each line cost after every discount: each one is spread by what the earlier ones left of the lines."""
    left = [line.amount_minor for line in order.lines or ()]
    for discount in order.discounts:
        if discount.free_shipping:
            continue
        if discount.lines_minor is not None:
            left = [max(0, amount - share) for amount, share in zip(left, discount.lines_minor, strict=True)]
        else:
            shares = _spread(min(discount.amount_minor, sum(left)), left)
            left = [amount - share for amount, share in zip(left, shares, strict=True)]
    return tuple(left)


def shipping_paid(shipping_minor: int, discounts: Sequence[OrderDiscount]) -> int:
    """What the delivery cost after the discounts that free it; one without an amount frees it whole."""
    free = [discount.amount_minor for discount in discounts if discount.free_shipping]
    if not free:
        return shipping_minor
    granted = sum(free)
    return max(0, shipping_minor - granted) if granted else 0


def _kept_pieces(lines: tuple[Line, ...], refunds: tuple[Refund, ...]) -> list[int]:
    """Pieces left of each line; named lines are served before products, so that the order of refunds is nothing."""
    left = [line.quantity for line in lines]
    position = {line.id: i for i, line in enumerate(lines)}
    for wanted in (piece for refund in refunds for piece in refund.lines if piece.line):
        i = position.get(wanted.line)
        if i is not None:
            left[i] = max(0, left[i] - wanted.quantity)
    by_product: dict[str, int] = {}
    for piece in (piece for refund in refunds for piece in refund.lines if not piece.line):
        by_product[piece.product] = by_product.get(piece.product, 0) + piece.quantity
    for i, line in enumerate(lines):
        take = min(left[i], by_product.get(line.product, 0))
        if take:
            left[i] -= take
            by_product[line.product] -= take
    return left


def _is_all_returned(lines: tuple[Line, ...], pieces: list[int]) -> bool:
    """Whether nothing that had a price is kept: presents that came with the goods do not make an order stay."""
    has_price = [line.amount_minor > 0 for line in lines]
    goods = has_price if any(has_price) else [True] * len(lines)
    return bool(lines) and not any(kept for kept, counts in zip(pieces, goods, strict=True) if counts)


def _spread(total: int, weights: list[int]) -> tuple[int, ...]:
    return allocate(total, weights) if total else (0,) * len(weights)
