"""What orders are worth under eleven programmes: goods, taxes, currencies, discounts and refunds drawn by number."""

# ruff: noqa: E501  (tables)

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from random import Random

from palier.core.account import Frozen
from palier.core.earning import order_holds, order_worth
from palier.core.order import Line, Order, OrderDiscount, Refund, RefundLine, Shipping, keep
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from tests.core.approved.doubts import MALL
from tests.core.approved.edges import FAIR
from tests.core.approved.rules import GRACE, ORDERS, SCORE
from tests.core.approved.shops import BEST, CORNER, MARKET, example

WORTHS = 700
# Conditions of every sort at their edges, multipliers by line and for all, and what limits nothing.
CLUB = """
name: Club
currency: EUR
languages: [en]
timezone: Europe/Paris
spend: {tax: as_displayed, shipping: included, exclude: {products: [pen], categories: [gift-cards]}}
points: {rounding: nearest, earn_with: [promo_code, coupon, points, segment, first_order]}
earning:
  - {id: spend, award: {points: 3, per: 2}}
  - {id: steps, award: {points: 4, per: 25, steps: whole}, when: {total: {from: 25, to: 100}}}
  - {id: mugs, lines: {products: [mug]}, award: {points: 5, per_item: true}, when: {quantity: {to: 2}}}
  - {id: summer, lines: {categories: [summer], on_sale: true}, award: {points: 1, per: 1}}
  - {id: light, when: {weight: {to: 900}}, award: {points: 6}}
  - {id: third, when: {order_number: {from: 3, to: 3}}, award: {points: 33}}
  - {id: silver, when: {tier: [silver], carrier: [relay]}, award: {points: 8}}
  - {id: fans, when: {segment: [fans], payment_method: [wire]}, multiply: 1.5}
  - {id: march, when: {during: {from: 2026-03-02, to: 2026-03-02}}, multiply: 2}
  - {id: tees, lines: {products: [tee]}, multiply: 3.333}
  - {id: cheap, lines: {on_sale: false}, when: {total: {under: 50}}, multiply: 1.25}
  - {id: much, when: {total: {from: 400}}, multiply: 2.5}
  - {id: many, lines: {products: [mug]}, when: {quantity: {from: 9}}, multiply: 3}
  - {id: off, award: {points: 500}, enabled: false}
  - {id: visit, on: visit, award: {points: 1000}}
tiers: {discount_by: cart, ladder: [{id: bronze, from: 0}, {id: silver, from: 100, multiply: 1.5}, {id: gold, from: 500, multiply: 4, enabled: false}]}
segments: [{id: fans, where: {orders: {from: 1}}}, {id: out, where: {}, earn_points: false}]
"""

PROGRAMMES = {
    "club": CLUB, "fair": FAIR, "mall": MALL, "corner": CORNER, "market": MARKET, "best": BEST, "grace": GRACE,
    "score": SCORE, "orders": ORDERS, "example": "", "club up": CLUB.replace("nearest", "up"),
}  # fmt: skip
SOURCES = ("promo_code", "coupon", "points", "segment", "first_order", "tier")
MONTH = datetime(2026, 3, 1, 23, tzinfo=UTC)


def worth_lines() -> Iterator[str]:
    """An order, what is kept of it, and what that is worth."""
    read = {name: parse(load_yaml(text) if text else example()) for name, text in PROGRAMMES.items()}
    names = list(read)
    for number in range(WORTHS):
        draw = Random(number)
        programme = read[names[number % len(names)]]
        order = _order(draw, programme.currency)
        refunds = tuple(_refund(draw, order) for _ in range(draw.choice((0, 0, 1, 2))))
        steps = [tier.id for tier in programme.tiers.ladder] if programme.tiers else []
        held = tuple(each.id for each in programme.segments if draw.random() < 0.3)
        frozen = Frozen(
            draw.choice((MONTH, datetime(2026, 3, 2, 22, 59, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC))),
            draw.choice((1, 2, 3, 4)), draw.choice([None, *steps]), held, draw.choice((None, None, 0, 20)),
            draw.random() < 0.3,
        )  # fmt: skip
        kept = keep(order, refunds)
        worth = order_worth(programme, order, kept, frozen)
        left = [(each.quantity, each.paid_minor, each.list_minor) for each in kept.lines]
        hold = [
            rule.id for rule in programme.earning if order_holds(programme, rule.when, order, kept, frozen)
        ]
        yield f"{number}: {names[number % len(names)]}, keeps {left} {kept.shipping_minor} {kept.is_refunded}"
        yield f"  {worth.points} {worth.spend_minor} {worth.multiplier} {worth.facts()} {' '.join(hold)}"


def _order(draw: Random, currency: str) -> Order:
    lines = tuple(
        Line(
            str(place), draw.choice(("mug", "tee", "pen")), quantity := draw.choice((1, 1, 2, 3)),
            draw.choice((0, 1, 999, 2500, 5000, 10_001)) * quantity,
            draw.choice(((), ("summer",), ("gift-cards",), ("summer", "c"))), draw.choice((Fraction(1), Fraction(5, 6))),
            draw.choice((0, 450, 900)), draw.random() < 0.3,
        )
        for place in range(draw.choice((1, 2, 3)))
    )  # fmt: skip
    discounts = tuple(
        OrderDiscount(
            draw.choice(SOURCES), draw.choice((0, 100, 1999)), points=draw.choice((0, 0, 10)),
            lines_minor=draw.choice((None, None, (50,) * len(lines))), free_shipping=draw.random() < 0.2,
        )
        for _ in range(draw.choice((0, 0, 1, 2)))
    )  # fmt: skip
    other, rate = draw.choice(
        (("", None), ("", None), ("USD", Fraction(2)), ("JPY", Fraction(1, 160)), ("KWD", Fraction(3)))
    )
    return Order(
        "A", "paid", other or currency, rate=rate, prices=draw.choice(("gross", "net")), lines=lines, discounts=discounts,
        shipping=Shipping(draw.choice(("", "relay")), draw.choice((0, 490)), Fraction(5, 6)),
        payment_method=draw.choice(("card", "wire")),
    )  # fmt: skip


def _refund(draw: Random, order: Order) -> Refund:
    lines = order.lines or ()
    pieces = tuple(
        RefundLine(draw.choice((1, 2)), line=draw.choice(("0", "1", "9")))
        if draw.random() < 0.5
        else RefundLine(draw.choice((1, 5)), product=draw.choice(lines).product)
        for _ in range(draw.choice((0, 1, 2)))
    )
    amount = draw.choice((0, 0, 1, 700, 2500))
    return Refund("A", "R", pieces, amount, full=draw.random() < 0.1, shipping=draw.random() < 0.3)
