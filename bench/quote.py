"""Carts priced on one core, bytes in and bytes out, beside floors in the same run: decoding alone, a minimal sum.

In goes the message that a shop sends to ``/api/v1/quotes``, out comes its answer, by the API's own reader and writer;
the member is at hand. Beside it the pure function with the core's own values as bytes: amounts in minor units, nothing
to be checked. The cart has ten lines; the programme five tiers, ten earning rules, five segments and a redemption; the
member three coupons. Then the same with a hundred rules more that never match.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import django
import msgspec

from palier.core.account import Coupon
from palier.core.messages_cart import parse_cart
from palier.core.money import allocate
from palier.core.plan import Plan, compile_plan
from palier.core.programme.parse import parse
from palier.core.programme.values import CouponTerms, Discount
from palier.core.quote import quote
from palier.core.quote_values import Buyer, Cart, Quote

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)

TIERS = [
    {"id": f"t{i}", "from": 250 * i, "discount": {"percent": 2 + i}, "multiply": f"1.{i}", "group": f"g{i}"}
    for i in range(5)
]

EARNING = [
    {"id": "spend", "award": {"points": 1, "per": 1}},
    {"id": "order", "award": {"points": 50}},
    {"id": "mugs", "lines": {"products": ["p3"]}, "award": {"points": 5, "per_item": True}},
    {"id": "basket", "when": {"total": {"over": 200}}, "award": {"points": 10}},
    {"id": "many", "when": {"quantity": {"from": 12}}, "award": {"points": 15}},
    {"id": "wire", "when": {"payment_method": ["bankwire"]}, "award": {"points": 20}},
    {"id": "relay", "when": {"carrier": ["relay"]}, "award": {"points": 15}},
    {"id": "summer", "lines": {"categories": ["c1"]}, "award": {"points": 2, "per": 1}},
    {"id": "first", "when": {"order_number": {"to": 1}}, "award": {"points": 200}},
    {"id": "weekend", "when": {"during": {"from": "2026-12-05", "to": "2026-12-07"}}, "multiply": 2},
]

SEGMENTS = [
    {"id": "pros", "where": {"company": True}, "brackets": [{"from": 0, "free_shipping": "all"}]},
    {
        "id": "paris",
        "where": {"delivery_city": "Paris"},
        "brackets": [{"from": 50, "discount": {"amount": 5}}],
    },
    {
        "id": "regulars",
        "where": {"orders": {"from": 5}},
        "brackets": [
            {"from": 50, "discount": {"percent": 5}},
            {"from": 150, "discount": {"percent": 10}, "free_shipping": ["colissimo"]},
        ],
    },
    {"id": "german", "where": {"language": "de"}, "brackets": [{"from": 0, "discount": {"percent": 3}}]},
    {"id": "new", "where": {"orders": {"to": 1}}, "brackets": [{"from": 100, "discount": {"amount": 8}}]},
]

DOCUMENT = {
    "format": 1,
    "name": "Bench",
    "currency": "EUR",
    "points": {"earn_with": ["segment", "coupon", "points", "promo_code"]},
    "earning": EARNING,
    "redemption": {"brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}], "max_percent": 50},
    "tiers": {"discount_by": "cart", "ladder": TIERS},
    "segments": SEGMENTS,
    "combine": [["segment", "coupon"], ["coupon", "points"]],
}


def more_rules(count: int) -> list[dict]:
    """Rules of all kinds that the cart never matches."""
    kinds: list[Callable[[int], dict]] = [
        lambda i: {"lines": {"products": [f"other-{i}"]}, "award": {"points": 5, "per_item": True}},
        lambda i: {"lines": {"categories": [f"away-{i}"]}, "award": {"points": 2, "per": 1}},
        lambda i: {"when": {"total": {"to": 1 + i}}, "award": {"points": 10}},
        lambda i: {"when": {"carrier": [f"carrier-{i}"]}, "award": {"points": 10}},
        lambda i: {"when": {"during": {"from": "2027-01-01", "to": "2027-01-02"}}, "multiply": 2},
    ]
    return [{"id": f"more-{i}", **kinds[i % len(kinds)](i)} for i in range(count)]


def carts(count: int = 200) -> list[bytes]:
    """Messages of shops: ten lines of one to three pieces, other products and prices in each of them; three codes."""
    return [_cart(number) for number in range(count)]


def _cart(number: int) -> bytes:
    lines = [
        {
            "product": f"p{(7 * number + i) % 500}" if i != 3 else "p3",
            "quantity": 1 + i % 3,
            "price": Decimal(999 + 731 * i + 37 * number % 4000) / 100,
            "tax_rate": 20,
            "categories": [f"c{i % 4}", "all"],
        }
        for i in range(10)
    ]
    return msgspec.json.Encoder(decimal_format="number").encode(
        {
            "member": "ana", "lines": lines, "coupons": ["CODE1", "CODE2", "CODE0"],
            "shipping": {"carrier": "colissimo", "amount": Decimal("4.90")}, "payment_method": "card",
            "delivery": {"city": "Lyon", "country": "FR"},
        }
    )  # fmt: skip


def own_bytes(cart: Cart) -> bytes:
    """The cart as the core's own value in JSON (its lines' tax aside, which this programme does not look at)."""
    order = cart.order
    lines = [
        {
            "id": line.id,
            "product": line.product,
            "quantity": line.quantity,
            "amount_minor": line.amount_minor,
            "categories": line.categories,
        }
        for line in order.lines or ()
    ]
    shipping = {"carrier": order.shipping.carrier, "amount_minor": order.shipping.amount_minor}
    plain = {
        "id": order.id, "status": order.status, "currency": order.currency, "customer": order.customer,
        "lines": lines, "shipping": shipping, "payment_method": order.payment_method,
    }  # fmt: skip
    return msgspec.json.encode({"order": plain, "coupons": cart.coupons})


def a_buyer() -> Buyer:
    """A regular of the third tier with points and three coupons."""
    terms = [Discount(percent_bp=1000), Discount(amount_minor=1500), Discount(percent_bp=500)]
    coupons = tuple(
        Coupon(f"c{i}", f"CODE{i}", "reward", "r", "issued", CouponTerms(each, 5000), NOW, None)
        for i, each in enumerate(terms)
    )
    return Buyer(
        NOW, available=640, orders=7, tier="t2", qualifying=61_234, segments=("regulars",), coupons=coupons
    )


def by_hand(cart: Cart) -> Quote:
    """The least that gives the same total: three discounts, spread over the lines, and points for what is left."""
    left = [line.amount_minor for line in cart.order.lines or ()]
    total = sum(left)
    for percent, amount in ((400, 0), (1000, 0), (0, 1500)):
        off = min(total, amount or (total * percent + 5000) // 10_000)
        left = [one - share for one, share in zip(left, allocate(off, left), strict=True)]
        total -= off
    return Quote((), (), frozenset(), total, total // 100)


def main(count: int = 3000, turns: int = 7) -> dict[str, float]:
    """Print carts a second of every side, the median of the turns; returns them."""
    django.setup()
    from palier.api.bodies import encode, read_object
    from palier.api.quotes_json import quote_json

    def read(body: bytes) -> Cart:
        return parse_cart(read_object(body), currency="EUR").cart

    programme, buyer = parse(DOCUMENT), a_buyer()
    plan = compile_plan(programme)
    wide = compile_plan(parse(DOCUMENT | {"earning": EARNING + more_rules(100)}))
    bodies = carts()
    for body in bodies:
        cart = read(body)
        answer = quote(plan, cart, buyer)
        assert answer == quote(wide, cart, buyer)
        assert by_hand(cart).total_minor == answer.total_minor
        assert len(answer.discounts) == 3
    given = quote_json(answer, cart.order, programme)
    decode = msgspec.json.Decoder(Cart).decode
    own = {body: own_bytes(read(body)) for body in bodies}
    assert quote(plan, decode(own[body]), buyer) == answer

    def answered(which: Plan, body: bytes) -> bytes:
        cart = read(body)
        return encode(quote_json(quote(which, cart, buyer), cart.order, programme))

    def summed(body: bytes) -> bytes:
        cart = read(body)
        return encode(quote_json(by_hand(cart), cart.order, programme))

    sides: dict[str, Callable[[bytes], object]] = {
        "decode and encode": lambda body: (read_object(body), encode(given)),
        "read and answer": lambda body: (read(body), encode(quote_json(answer, cart.order, programme))),
        "by hand": summed,
        "quote": lambda body: answered(plan, body),
        "quote, 100 rules more": lambda body: answered(wide, body),
        "quote, own bytes": lambda body: encode(quote(plan, decode(own[body]), buyer)),
        "own, 100 rules more": lambda body: encode(quote(wide, decode(own[body]), buyer)),
        "quote alone": lambda body: quote(plan, cart, buyer),
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(turns):
        for name, work in sides.items():
            start = time.process_time()
            for number in range(count):
                work(bodies[number % len(bodies)])
            times[name].append((time.process_time() - start) / count)
    rates = {name: 1 / statistics.median(taken) for name, taken in times.items()}
    for name, taken in times.items():
        low, high = 1 / max(taken), 1 / min(taken)
        print(f"{name:22} {rates[name]:10,.0f} carts/s [{low:,.0f}-{high:,.0f}]")
    print(f"with 100 rules more: {rates['quote, 100 rules more'] / rates['quote']:.0%} of the rate")
    return rates


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.config.settings")
    main(*(int(argument) for argument in sys.argv[1:]))
