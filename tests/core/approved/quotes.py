"""Carts of three shops, priced and told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from itertools import count

from palier.core.account import Contribution, Coupon
from palier.core.explain.quotes import explain_quote
from palier.core.formats import formats_for
from palier.core.order import Line, Order, OrderDiscount, Shipping
from palier.core.plan import compile_plan
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.programme.values import CouponTerms, Discount, Gift, LineFilter, Programme
from palier.core.quote import booked, quote
from palier.core.quote_values import Buyer, Cart, Quote
from tests.core.approved.doubts import MALL
from tests.core.approved.edges import FAIR
from tests.core.approved.rules import GRACE, SCORE
from tests.core.approved.shops import CORNER, SHOPS, example
from tests.core.approved.worths import CLUB

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NET = Fraction(5, 6)


def line(
    id: str, product: str, amount: int, quantity: int = 1, *categories: str, on_sale: bool = False
) -> Line:
    return Line(id, product, quantity, amount, categories, NET, 900 * quantity, on_sale)


BASKETS = {
    "empty": (),
    "mug": (line("1", "mug", 1205),),
    "some": (line("1", "tee", 3333, 3), line("2", "mug", 1999, 1, "summer", on_sale=True)),
    "many": (
        line("1", "mug", 4010, 2, "summer"), line("2", "bag", 7999, 1, on_sale=True),
        line("3", "card", 5000, 1, "gift-cards"), line("4", "mug", 1205, 1), line("5", "pen", 0),
    ),
    "rich": (line("1", "lamp", 30_001, 4, "summer"), line("2", "tee", 999)),
}  # fmt: skip
CODES = {
    "": (),
    "NOEL": (OrderDiscount("promo_code", 750, "NOEL", "n1"),),
    "TWO": (
        OrderDiscount("promo_code", 300, "TWO"),
        OrderDiscount("promo_code", 200, "FREE", free_shipping=True),
    ),
}
SHIPPING = (Shipping(), Shipping("relay", 490, NET), Shipping("colissimo", 700, NET))


def coupon(code: str, terms: CouponTerms, **more: object) -> Coupon:
    given = {"state": "issued", "ends_at": None, "remaining_minor": None} | more
    return Coupon(f"id-{code}", code, "reward", "r1", terms=terms, issued_at=NOW, **given)  # type: ignore[arg-type]


COUPONS = (
    coupon("TEN", CouponTerms(Discount(percent_bp=1000), min_total_minor=4000)),
    coupon("REST", CouponTerms(Discount(amount_minor=1500), remainder_kept=True), remaining_minor=640),
    coupon(
        "MUGS",
        CouponTerms(Discount(amount_minor=900, lines=LineFilter(products=frozenset({"mug"})))),
        ends_at=NOW,
    ),
    coupon("GIFT", CouponTerms(free_shipping="all", gift=Gift("pin", 2))),
    coupon("USED", CouponTerms(Discount(amount_minor=100)), state="used"),
)
ENTERED = ((), ("TEN",), ("NONE", "REST", "TEN"), ("MUGS", "USED", "GIFT"))


MORE = {
    "mall": MALL,
    "example": "",
    "grace": GRACE,
    "score": SCORE,
    "corner again": CORNER,
    "club": CLUB,
    "fair": FAIR,
}


def buyers(shop: str) -> tuple[Buyer, ...]:
    tiers = {
        "corner": ("bronze", "silver", "gold"),
        "market": ("new", "known", "friend"),
        "best": ("a", "b", "b"),
    }
    low, middle, high = tiers[shop]
    segments = {"corner": ("pro", "out", "fans"), "market": ("city",) * 3, "best": ("all",) * 3}[shop]
    known = (Contribution("order:9", NOW, 5000, 150, 1),)
    return (
        Buyer(NOW, is_member=False),
        Buyer(NOW, tier=low, coupons=COUPONS),
        Buyer(NOW, available=64, orders=3, tier=middle, qualifying=25_001, coupons=COUPONS, contributions=known),
        Buyer(NOW, available=640, orders=9, tier=high, qualifying=99, segments=segments[2:], is_net=True,
              coupons=COUPONS),
        Buyer(NOW, available=15, orders=1, tier=low, qualifying=19_990, segments=segments[:1], coupons=COUPONS),
        Buyer(NOW, available=99, orders=0, tier=None, segments=segments[1:2], first_is_taken=True),
    )  # fmt: skip


def any_buyers(programme: Programme) -> Iterator[Buyer]:
    """A buyer on each step and in each segment, near what comes next, with little and with much."""
    steps = [tier.id for tier in programme.tiers.ladder if tier.enabled] if programme.tiers else [None]
    thresholds = (
        [tier.threshold for tier in programme.tiers.ladder if tier.enabled] if programme.tiers else [0]
    )
    for place, tier in enumerate(steps):
        above = thresholds[min(place + 1, len(steps) - 1)]
        yield Buyer(NOW, available=10 * place, orders=place, tier=tier, qualifying=max(0, above - 1205))
        yield Buyer(NOW, available=9, orders=1, tier=tier, qualifying=above, coupons=COUPONS, is_net=True)
    for place, segment in enumerate(programme.segments):
        held = steps[place % len(steps)]
        yield Buyer(
            NOW, available=41 + place, orders=place, tier=held, segments=(segment.id,), coupons=COUPONS
        )


def quote_lines() -> Iterator[str]:
    """Every shop, basket and buyer; codes, deliveries, currencies and asked points take turns."""
    yield from _quoted_usual()
    turn = count()
    for shop, text in MORE.items():
        programme = parse(load_yaml(text) if text else example())
        plan = compile_plan(programme)
        for basket, lines in BASKETS.items():
            for place, buyer in enumerate(any_buyers(programme)):
                number = next(turn)
                cart = _cart(number, lines, programme.currency)
                language = programme.languages[number // 5 % len(programme.languages)]
                quoted = quote(plan, cart, buyer)
                yield f"{number}: {shop}, {basket}, buyer {place}, {cart.coupons}, {cart.use_points}"
                yield from _told(
                    quoted,
                    programme,
                    buyer,
                    cart.order.currency,
                    for_staff=number % 3 == 0,
                    language=language,
                )
                yield ""


def _quoted_usual() -> Iterator[str]:
    turn = count()
    for shop, document in SHOPS.items():
        programme = parse(load_yaml(document))
        plan = compile_plan(programme)
        for basket, lines in BASKETS.items():
            for place, buyer in enumerate(buyers(shop)):
                for _ in range(2):
                    number = next(turn)
                    cart = _cart(number, lines, programme.currency)
                    quoted = quote(plan, cart, buyer)
                    yield f"{number}: {shop}, {basket}, buyer {place}, {cart.coupons}, {cart.use_points}"
                    yield from _told(quoted, programme, buyer, cart.order.currency, for_staff=number % 3 == 0)
                    yield ""


def _cart(number: int, lines: tuple[Line, ...], currency: str) -> Cart:
    codes = list(CODES.values())[number % 3]
    foreign = number % 7 == 3
    order = Order(
        "cart", "placed", "USD" if foreign else currency, lines=lines, discounts=codes,
        shipping=SHIPPING[number // 2 % 3],
        prices="net" if number % 5 == 4 else "gross", rate=Fraction(9, 10) if foreign else None,
        payment_method="wire" if number % 4 == 1 else "card",
    )  # fmt: skip
    return Cart(order, ENTERED[number // 3 % 4], (None, None, 30, 0, 500)[number % 5])


def _told(
    quoted: Quote,
    programme: Programme,
    buyer: Buyer,
    currency: str,
    *,
    for_staff: bool,
    language: str = "en",
) -> Iterator[str]:
    yield (
        f"  total {quoted.total_minor} saved {quoted.shipping_saved_minor} earns {quoted.earns} {quoted.why_not}"
        f" free {sorted(quoted.free_shipping)} next {quoted.next_tier}"
    )
    for used in booked(quoted):
        amounts = f"{used.amount_minor} {used.points} {used.lines_minor} {used.free_shipping}"
        yield f"  {used.source} {used.id} {used.code}: {amounts}"
    for hint in quoted.hints:
        yield f"  hint {hint.kind} {hint.missing} {hint.of} {hint.id}"
    for refused in quoted.refused:
        yield f"  refused {refused.source} {refused.reason} {refused.id} {refused.code} {refused.missing}"
    formats = formats_for(language, programme.currency, "UTC")
    words = explain_quote(
        quoted,
        programme,
        buyer,
        language,
        formats,
        prices=formats_for(language, currency, "UTC"),
        for_staff=for_staff,
    )
    yield from (f"  | {said}" for said in words.lines())
