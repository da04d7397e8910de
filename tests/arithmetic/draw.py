"""Orders, refunds and weights drawn from a seed, with a liking for edges."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from palier.core.money import LIMIT
from palier.core.order import Line, Order, OrderDiscount, Refund, RefundLine, Shipping

CURRENCIES = ("EUR", "JPY", "KWD", "CHF", "TND", "ISK")
"""With two decimals, none and three."""
TAXES = tuple(Fraction(each) / 100 for each in ("0", "2.1", "5.5", "7", "7.7", "8.1", "10", "19", "20", "25"))
PRODUCTS = ("mug", "lamp", "rug")
_SIZES = (1, 9, 99, 500, 9_999, 120_000, 10**7, LIMIT)


def amount(random: Random) -> int:
    """Nothing, a cent, or up to a size that is drawn too."""
    return int(random.random() * (random.choice(_SIZES) + 1))


def weights(random: Random) -> list[int]:
    """One to eight; all the same, now and then, or nothing among them."""
    count = 1 + int(random.random() * 8)
    kind = random.random()
    if kind < 0.15:
        return [amount(random)] * count
    drawn = [amount(random) for _ in range(count)]
    if kind < 0.35:
        drawn[int(random.random() * count)] = 0
    return drawn


def order(random: Random, *, currency: str = "EUR", rate: Fraction | None = None) -> Order:
    """A paid order of one to four lines with up to three discounts; its prices are gross or net."""
    prices = "gross" if random.random() < 0.6 else "net"
    lines = tuple(_line(random, number, prices) for number in range(1 + int(random.random() * 4)))
    discounts = tuple(_discount(random, lines) for _ in range(int(random.random() * 4)))
    shipping = Shipping("post", int(random.random() * 2000), _other(random, prices))
    return Order(
        "o", "paid", currency, lines=lines, discounts=discounts, shipping=shipping, rate=rate, prices=prices  # type: ignore[arg-type]
    )  # fmt: skip


def _line(random: Random, number: int, prices: str) -> Line:
    product = random.choice(PRODUCTS)
    quantity = 1 + int(random.random() ** 2 * 9)
    return Line(str(number), product, quantity, amount(random), other_per_amount=_other(random, prices))


def _other(random: Random, prices: str) -> Fraction:
    """What turns an amount into the other basis, as the messages are read."""
    whole = 1 + random.choice(TAXES)
    return 1 / whole if prices == "gross" else whole


def _discount(random: Random, lines: Sequence[Line]) -> OrderDiscount:
    kind = random.random()
    if kind < 0.1:
        return OrderDiscount("promo_code", amount_minor=int(random.random() * 1500), free_shipping=True)
    if kind < 0.3:
        shares = tuple(int(random.random() * (line.amount_minor + 2)) for line in lines)
        return OrderDiscount("coupon", amount_minor=sum(shares), lines_minor=shares)
    return OrderDiscount("points", amount_minor=amount(random))


def refunds(random: Random, lines: Sequence[Line]) -> list[Refund]:
    """Up to four: pieces by line or by product, amounts, delivery, seldom everything."""
    return [_refund(random, number, lines) for number in range(int(random.random() * 5))]


def _refund(random: Random, number: int, lines: Sequence[Line]) -> Refund:
    kind, line = random.random(), random.choice(lines)
    pieces = 1 + int(random.random() * line.quantity)
    ships = random.random() < 0.15
    if kind < 0.4:
        return Refund("o", str(number), lines=(RefundLine(pieces, line=line.id),), shipping=ships)
    if kind < 0.6:
        return Refund("o", str(number), lines=(RefundLine(pieces, product=line.product),), shipping=ships)
    if kind < 0.95:
        return Refund("o", str(number), amount_minor=int(random.random() * line.amount_minor), shipping=ships)
    return Refund("o", str(number), full=True)
