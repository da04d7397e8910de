"""What is kept of an order, and what of it counts (programme.md, meanings 1, 2 and 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from palier.core.programme.values import LineFilter, Programme
from tests.simulation.shapes import PRODUCTS

PIECE_G = 100
TAX = Fraction(6, 5)


@dataclass(slots=True)
class Piece:
    """What is kept of one line: how many, what was paid for them, and their price before discounts. ``is_free``: the
    shop gave them away, and no refund by amount did."""

    product: str
    quantity: int
    paid: int
    price: int
    is_free: bool = False


@dataclass(slots=True)
class Basket:
    """One order as the newest version tells it. A discount may say its share of each line; ``is_net``: the member is
    shown net prices; ``frees``: what a benefit pays of the delivery, 0 for all of it; ``is_first``: that of the first
    order was quoted."""

    status: str
    updated: datetime
    paid_at: datetime | None
    lines: list[tuple[str, int, int]]
    prices: str
    rate: Fraction
    shipping: int
    carrier: str
    payment_method: str
    discounts: list[tuple[str, int, tuple[int, ...] | None]]
    use_points: int = 0
    coupon: str = ""
    is_net: bool = False
    frees: int | None = None
    is_first: bool = False
    email: str = ""


@dataclass(slots=True)
class Kept:
    """What remains of a basket after its refunds."""

    pieces: list[Piece] = field(default_factory=list)
    shipping: int = 0
    is_all_gone: bool = False
    share: Fraction = Fraction(1)


def half_up(value: Fraction) -> int:
    """To the nearest whole number, halves up (values are never negative here)."""
    return int((2 * value + 1) // 2)


def split(total: int, weights: list[int]) -> list[int]:
    """Shares in proportion that add up; what rounding down leaves goes to the largest remainders, earlier first."""
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    exact = [Fraction(total * weight, whole) for weight in weights]
    shares = [int(share) for share in exact]
    by_rest = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_rest[: total - sum(shares)]:
        shares[i] += 1
    return shares


def keep(basket: Basket, refunds: Iterable[dict[str, Any]]) -> Kept:
    """What is left after all refunds, whatever their order."""
    refunds = list(refunds)
    left = [quantity * price for _, quantity, price in basket.lines]
    for _, amount, told in basket.discounts:
        shares = split(min(amount, sum(left)), left) if told is None or len(told) != len(left) else told
        left = [max(0, value - share) for value, share in zip(left, shares, strict=True)]
    counts = _count_pieces(basket, refunds)
    pieces = [
        Piece(product, count, half_up(Fraction(paid * count, quantity)), price * count, is_free=not price)
        for (product, quantity, price), paid, count in zip(basket.lines, left, counts, strict=True)
    ]
    by_amount = sum(refund.get("amount", 0) for refund in refunds)
    value = sum(piece.paid for piece in pieces)
    priced = [count for count, (_, _, price) in zip(counts, basket.lines, strict=True) if price] or counts
    is_full = any(refund.get("full") for refund in refunds)
    if is_full or not any(priced) or 0 < by_amount >= value:
        return Kept(is_all_gone=True, share=Fraction(0))
    if by_amount:
        takings = split(by_amount, [piece.paid for piece in pieces])
        for piece, paid, taken in zip(pieces, left, takings, strict=True):
            if paid:
                piece.price = half_up(Fraction(piece.price * (value - by_amount), value))
            piece.paid -= taken
    shipping = 0 if any(refund.get("shipping") for refund in refunds) else basket.shipping
    whole = sum(quantity * price for _, quantity, price in basket.lines)
    share = Fraction(sum(piece.price for piece in pieces), whole) if whole else Fraction(1)
    return Kept([piece for piece in pieces if piece.quantity], shipping, share=share)


def _count_pieces(basket: Basket, refunds: list[dict[str, Any]]) -> list[int]:
    counts = [quantity for _, quantity, _ in basket.lines]
    wanted = [piece for refund in refunds for piece in refund.get("pieces", ())]
    for piece in wanted:
        position = int(piece.get("line", "0")) - 1
        if 0 <= position < len(counts):
            counts[position] = max(0, counts[position] - piece["quantity"])
    for product in {piece["product"] for piece in wanted if "product" in piece}:
        gone = sum(piece["quantity"] for piece in wanted if piece.get("product") == product)
        for position, (name, _, _) in enumerate(basket.lines):
            if name == product:
                taken = min(gone, counts[position])
                counts[position] -= taken
                gone -= taken
    return counts


def to_programme(amount: int, basket: Basket, programme: Programme) -> Fraction:
    """An amount of goods, exactly, in the basis that counts and the programme's currency."""
    tax = programme.spend.tax
    wants = "net" if tax == "excluded" or (tax == "as_displayed" and basket.is_net) else "gross"
    factor = Fraction(1)
    if wants != basket.prices:
        factor = 1 / TAX if wants == "net" else TAX
    return amount * factor * basket.rate


def matches(product: str, wanted: LineFilter) -> bool:
    """Whether a line of that product is one of the filter's. Nothing in a simulated shop is on sale."""
    named = not wanted.products and not wanted.categories
    found = product in wanted.products or bool(wanted.categories & set(PRODUCTS[product]))
    return (named or found) and wanted.on_sale in (None, False)


def counted(kept: Kept, programme: Programme) -> list[Piece]:
    """The pieces that count at all."""
    excluded = programme.spend.exclude
    return [piece for piece in kept.pieces if excluded is None or not matches(piece.product, excluded)]


def shipping_that_counts(kept: Kept, basket: Basket, programme: Programme) -> Fraction:
    """Shipping, exactly, if it counts (the simulated shops put no tax on it)."""
    return kept.shipping * basket.rate if programme.spend.shipping == "included" else Fraction(0)


def spend_of(kept: Kept, basket: Basket, programme: Programme) -> int:
    """What counts for tiers, rounded once."""
    goods = sum((to_programme(p.paid, basket, programme) for p in counted(kept, programme)), Fraction(0))
    return half_up(goods + shipping_that_counts(kept, basket, programme))
