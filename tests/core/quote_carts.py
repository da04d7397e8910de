"""Programmes, carts and buyers for the properties of quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from palier.core.account import Contribution, Coupon
from palier.core.order import Line, Order, OrderDiscount, Shipping
from palier.core.period import Duration
from palier.core.programme.values import (
    SOURCES,
    Award,
    Bounds,
    Bracket,
    Cap,
    Conditions,
    CouponTerms,
    Discount,
    EarningRule,
    Fact,
    Gift,
    Interval,
    LineFilter,
    Points,
    Programme,
    Redemption,
    Segment,
    Spend,
    Tier,
    Tiers,
)
from palier.core.quote_values import Buyer, Cart

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PRODUCTS = ("mug", "tee", "bag")
CATEGORIES = ("summer", "home", "gift-cards")
CARRIERS = ("", "colissimo", "relay")

filters = st.builds(
    LineFilter,
    products=st.sets(st.sampled_from(PRODUCTS), max_size=1).map(frozenset),
    categories=st.sets(st.sampled_from(CATEGORIES), max_size=1).map(frozenset),
    on_sale=st.sampled_from((None, None, True, False)),
).filter(lambda found: found != LineFilter())
maybe_lines = st.one_of(st.none(), st.none(), filters)
free_shipping = st.sampled_from((None, None, None, "all", frozenset({"colissimo"})))
maximum = st.one_of(st.none(), st.none(), st.integers(1, 3000))
gifts = st.sampled_from((None, None, None, Gift("pin")))


def bounds(most: int) -> st.SearchStrategy[Bounds]:
    return st.one_of(
        st.integers(0, most).map(lambda least: Bounds(at_least=least)),
        st.integers(0, most).map(lambda end: Bounds(at_most=end)),
    )


def discounts(lines: Any = maybe_lines) -> st.SearchStrategy[Discount]:
    percent = st.integers(0, 10_000)
    return st.one_of(
        st.builds(Discount, percent_bp=percent, max_minor=maximum, lines=lines),
        st.builds(Discount, amount_minor=st.integers(1, 4000), max_minor=maximum, lines=lines),
    )


by_steps = st.builds(
    Discount,
    points=st.integers(1, 30),
    amount_minor=st.integers(1, 700),
    max_minor=maximum,
    lines=maybe_lines,
)


@st.composite
def brackets(draw: st.DrawFn, most: int, discount: st.SearchStrategy[Discount], cost: bool = False) -> Any:
    found = []
    for lower in sorted(draw(st.sets(st.integers(0, most), max_size=2))):
        found.append(
            Bracket(
                Bounds(lower, draw(st.sampled_from((None, None, lower + 500)))),
                cost=draw(st.sampled_from((None, 5))) if cost else None,
                discount=draw(st.one_of(st.none(), discount)),
                free_shipping=draw(free_shipping),
                gift=draw(gifts),
            )
        )
    return tuple(found)


conditions = st.one_of(
    st.just(Conditions()),
    st.builds(Conditions, total=bounds(20_000)),
    st.builds(Conditions, quantity=bounds(6), weight=st.one_of(st.none(), bounds(2000))),
    st.builds(Conditions, carrier=st.just(frozenset({"colissimo", "relay"})), total=st.none() | bounds(9000)),
    st.builds(Conditions, payment_method=st.just(frozenset({"card"}))),
    st.builds(Conditions, tier=st.just(frozenset({"t0", "t1"}))),
    st.builds(Conditions, segment=st.just(frozenset({"s0", "s1"}))),
    st.builds(Conditions, order_number=bounds(3)),
    st.sampled_from((-1, 0, 1)).map(
        lambda day: Conditions(during=Interval(NOW + timedelta(days=day), NOW + timedelta(days=day + 1)))
    ),
)
awards = st.one_of(
    st.builds(Award, st.integers(1, 9), per_minor=st.integers(1, 700), whole_steps=st.booleans()),
    st.builds(Award, st.integers(1, 90)),
    st.builds(Award, st.integers(1, 9), per_item=st.just(True)),
)
multipliers = st.integers(1, 40).map(lambda tenths: Fraction(tenths, 10))
caps = st.builds(Cap, st.integers(0, 300), st.sampled_from(("order", "ever", Duration(days=1))))


@st.composite
def rules(draw: st.DrawFn) -> tuple[EarningRule, ...]:
    found = []
    for i in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(("award", "award", "award", "multiply", "cap")))
        given = {kind: draw({"award": awards, "multiply": multipliers, "cap": caps}[kind])}
        lines = None if kind == "cap" else draw(maybe_lines)
        found.append(EarningRule(f"r{i}", lines=lines, when=draw(conditions), **given))
    return tuple(found)


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """Programmes of every kind; nothing in them is sensible."""
    redemption = st.builds(
        Redemption,
        brackets=brackets(300, st.one_of(by_steps, discounts()), cost=True),
        consume=st.sampled_from(("used", "all", "none")),
        from_order=st.integers(1, 3),
        min_total_minor=st.none() | st.integers(0, 9000),
        max_percent_bp=st.none() | st.integers(0, 10_000),
        apply=st.sampled_from(("automatic", "automatic", "on_request")),
    )
    ladder = tuple(
        Tier(
            f"t{i}", 10_000 * i, discount=draw(st.none() | discounts()), free_shipping=draw(free_shipping),
            multiply=draw(st.none() | multipliers), gift=draw(gifts),
        )
        for i in range(2)
    )  # fmt: skip
    segments = tuple(
        Segment(id, Fact("company", True), draw(st.booleans()), draw(brackets(9000, discounts())))
        for id in ("s0", "s1")
    )
    sets = st.sets(st.sampled_from((*SOURCES, "segment:s1")), min_size=2, max_size=4).map(frozenset)
    return Programme(
        "Demo",
        "EUR",
        spend=Spend(
            draw(st.sampled_from(("included", "included", "excluded", "as_displayed"))),
            draw(st.sampled_from(("excluded", "included"))),
            draw(st.sampled_from((None, None, LineFilter(categories=frozenset({"gift-cards"}))))),
        ),
        points=Points(
            rounding=draw(st.sampled_from(("down", "nearest", "up"))),
            earn_with=draw(st.sets(st.sampled_from(SOURCES)).map(frozenset)),
            earn_on_first_order=draw(st.booleans()),
        ),
        earning=draw(rules()),
        redemption=draw(st.none() | redemption),
        tiers=draw(st.none() | st.just(Tiers(ladder, discount_by=draw(st.sampled_from(("cart", "group")))))),
        first_order=draw(brackets(9000, discounts())),
        segments=segments,
        combine=tuple(draw(st.lists(sets, max_size=3))),
        priority=tuple(draw(st.permutations(SOURCES))),
        conflict=draw(st.sampled_from(("priority", "best"))),
    )


@st.composite
def lines(draw: st.DrawFn, index: int, basis: str) -> Line:
    net = Fraction(1) / (1 + draw(st.sampled_from((Fraction(0), Fraction(1, 5), Fraction(11, 200)))))
    return Line(
        str(index), draw(st.sampled_from(PRODUCTS)), draw(st.integers(1, 4)), draw(st.integers(0, 9000)),
        tuple(sorted(draw(st.sets(st.sampled_from(CATEGORIES), max_size=2)))),
        net if basis == "gross" else 1 / net, draw(st.integers(0, 900)), draw(st.booleans()),
    )  # fmt: skip


@st.composite
def promo_codes(draw: st.DrawFn, count: int) -> OrderDiscount:
    if draw(st.integers(0, 3)) == 0:
        return OrderDiscount("promo_code", draw(st.integers(0, 900)), "FREE", free_shipping=True)
    if draw(st.integers(0, 3)) == 0:
        shares = tuple(draw(st.integers(0, 3000)) for _ in range(count))
        return OrderDiscount("promo_code", sum(shares), "LINES", lines_minor=shares)
    return OrderDiscount("promo_code", draw(st.integers(0, 6000)), "NOEL")


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    basis = draw(st.sampled_from(("gross", "gross", "net")))
    count = draw(st.integers(1, 4))
    rate, currency = draw(
        st.sampled_from(((None, "EUR"),) * 3 + ((Fraction(9, 10), "USD"), (Fraction(1, 160), "JPY")))
    )
    order = Order(
        "cart", "placed", currency, "ana", rate=rate, prices=basis,
        lines=tuple(draw(lines(i, basis)) for i in range(count)),
        shipping=Shipping(draw(st.sampled_from(CARRIERS)), draw(st.sampled_from((0, 490))), Fraction(5, 6)),
        discounts=tuple(draw(st.lists(promo_codes(count), max_size=2))),
        payment_method=draw(st.sampled_from(("", "card"))),
    )  # fmt: skip
    codes = tuple(draw(st.lists(st.sampled_from(("A", "B", "C", "X")), max_size=3, unique=True)))
    return Cart(order, codes, draw(st.sampled_from((None, None, None, 0, 30, 900))))


def coupon(code: str, terms: CouponTerms, state: Any = "issued", remaining: int | None = None) -> Coupon:
    return Coupon(
        f"id-{code}", code, "reward", "hundred", state, terms, NOW, None, remaining_minor=remaining
    )  # fmt: skip


@st.composite
def buyers(draw: st.DrawFn, codes: Sequence[str] = ("A", "B", "C")) -> Buyer:
    owned = []
    for code in codes:
        terms = CouponTerms(
            draw(st.none() | discounts()), draw(st.none() | st.integers(0, 9000)), None, False,
            draw(free_shipping), draw(gifts),
        )  # fmt: skip
        state = draw(
            st.sampled_from(("issued", "issued", "issued", "used", "expired", "reserved", "cancelled"))
        )
        owned.append(coupon(code, terms, state))
    return Buyer(
        NOW, draw(st.sampled_from((True, True, True, True, False))), draw(st.integers(0, 900)),
        draw(st.integers(0, 3)), draw(st.sampled_from((None, "t0", "t1"))), draw(st.integers(0, 30_000)),
        draw(st.sampled_from(((), (), ("s0",), ("s1",), ("s0", "s1")))), tuple(owned), draw(st.booleans()),
        draw(st.integers(0, 200)), (Contribution("order:1", NOW - timedelta(hours=2), 5000, 50, 1),),
    )  # fmt: skip
