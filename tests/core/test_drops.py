"""Spending one cent more never costs more than a cent unless the check warned of it, whatever the programme."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import Coupon
from palier.core.check import check
from palier.core.drops import costs_more, side
from palier.core.edges import coupon_kinds
from palier.core.money import from_minor
from palier.core.order import Line, Order, OrderDiscount, Shipping
from palier.core.plan import compile_plan
from palier.core.programme.values import (
    SOURCES,
    Bounds,
    Bracket,
    CouponTerms,
    Discount,
    Fact,
    LineFilter,
    Programme,
    Redemption,
    Reward,
    Segment,
    Tier,
    Tiers,
)
from palier.core.quote_values import Buyer, Cart
from palier.core.values import replace
from tests.core.kit import few
from tests.core.quote_carts import NOW

CARRIERS = ("", "colissimo", "relay")
MOST = 20_000

some_goods = st.sampled_from(
    (None, None, LineFilter(products=frozenset({"mug"})), LineFilter(categories=frozenset({"tea"})))
)
discounts = st.one_of(
    st.builds(
        Discount,
        percent_bp=st.integers(1, 100).map(lambda n: 100 * n),
        max_minor=st.none() | st.integers(1, 3000),
        lines=some_goods,
    ),
    st.builds(Discount, amount_minor=st.integers(1, 4000), lines=some_goods),
)
by_steps = st.builds(Discount, points=st.integers(1, 30), amount_minor=st.integers(1, 700))
free_shipping = st.sampled_from((None, None, None, "all", frozenset({"colissimo"})))
minimum = st.none() | st.integers(1, MOST)


@st.composite
def brackets(draw, most, discount):
    found = []
    for lower in sorted(draw(st.sets(st.integers(0, most), max_size=3))):
        end = draw(st.sampled_from((None, None, lower + 900)))
        found.append(
            Bracket(
                Bounds(lower, end), discount=draw(st.none() | discount), free_shipping=draw(free_shipping)
            )
        )
    return tuple(found)


@st.composite
def redemptions(draw):
    return Redemption(
        draw(brackets(300, st.one_of(by_steps, discounts))),
        consume=draw(st.sampled_from(("used", "all", "none"))), min_total_minor=draw(minimum),
        max_percent_bp=draw(st.none() | st.integers(1, 100).map(lambda n: 100 * n)),
    )  # fmt: skip


terms = st.builds(
    CouponTerms, discount=st.none() | discounts, min_total_minor=minimum, free_shipping=free_shipping
)


@st.composite
def programmes(draw):
    """Full ones: several brackets in every list, several coupons, sets that combine, both ways to decide."""
    sets = st.sets(st.sampled_from((*SOURCES, "segment:s1")), min_size=2, max_size=4).map(frozenset)
    return Programme(
        "Demo", "EUR",
        redemption=draw(st.none() | redemptions()),
        rewards=tuple(Reward(f"r{i}", 100 + i, draw(terms)) for i in range(draw(st.integers(0, 3)))),
        tiers=Tiers(
            tuple(Tier(f"t{i}", 10_000 * i, discount=draw(st.none() | discounts)) for i in range(2)), discount_by="cart"
        ),
        first_order=draw(brackets(MOST, discounts)),
        segments=tuple(
            Segment(id, Fact("company", True), brackets=draw(brackets(MOST, discounts))) for id in ("s0", "s1")
        ),
        combine=tuple(draw(st.lists(sets, max_size=3))),
        priority=tuple(draw(st.permutations(SOURCES))),
        conflict=draw(st.sampled_from(("priority", "best"))),
    )  # fmt: skip


@st.composite
def buyers(draw, programme):
    """A member with up to two of the programme's coupons, and the codes in some order."""
    kinds = (
        draw(st.lists(st.sampled_from(coupon_kinds(programme)), max_size=2))
        if coupon_kinds(programme)
        else []
    )
    owned = tuple(
        Coupon(str(i), str(i), "reward", kind.id, "issued", kind.terms, NOW, None)
        for i, kind in enumerate(kinds)
    )
    segments = draw(st.sampled_from(((), (), ("s0",), ("s1",))))
    return Buyer(
        NOW, True, draw(st.integers(0, 900)), draw(st.integers(0, 3)), draw(st.sampled_from((None, "t0", "t1"))), 0,
        segments, owned,
    )  # fmt: skip


@st.composite
def carts(draw, programme, buyer):
    """Carts of some lines, often at an edge of the programme."""
    edges = [bracket.bounds.at_least or 0 for bracket in programme.first_order]
    edges += [bracket.bounds.at_least or 0 for segment in programme.segments for bracket in segment.brackets]
    edges += [coupon.terms.min_total_minor or 0 for coupon in buyer.coupons]
    edges += [programme.redemption.min_total_minor or 0] if programme.redemption else []
    edges = [edge - 1 for edge in edges if edge > 1]
    at_edges = [st.sampled_from(edges)] * 3 if edges else []
    total = draw(st.one_of(st.integers(0, MOST), *at_edges))
    parts = sorted([0, *draw(st.lists(st.integers(0, total), max_size=2)), total])
    kinds = st.sampled_from((("mug", ()), ("green", ("tea",)), ("pot", ())))
    goods = [draw(kinds) for _ in parts[1:]]
    lines = tuple(
        Line(str(i), product, 1, b - a, categories)
        for i, ((a, b), (product, categories)) in enumerate(zip(pairwise(parts), goods, strict=True))
    )
    codes = draw(st.lists(st.integers(1, 6000), max_size=1))
    order = Order(
        "cart", "placed", "EUR", lines=lines,
        shipping=Shipping(draw(st.sampled_from(CARRIERS)), draw(st.sampled_from((0, 490)))),
        discounts=tuple(OrderDiscount("promo_code", amount, "NOEL") for amount in codes),
    )  # fmt: skip
    return Cart(
        order, tuple(coupon.code for coupon in buyer.coupons), draw(st.sampled_from((None, None, 30)))
    )


@few(60)
@given(st.data())
def test_one_cent_more_never_costs_more_than_a_cent_unless_the_check_warned(data: st.DataObject) -> None:
    programme = data.draw(programmes())
    plan = compile_plan(programme)
    warned = None
    for _ in range(6):
        buyer = data.draw(buyers(programme))
        cart = data.draw(carts(programme, buyer))
        lines = list(cart.order.lines or ())
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place] = replace(lines[place], amount_minor=lines[place].amount_minor + 1)
        larger = replace(cart, order=replace(cart.order, lines=tuple(lines)))
        less, more = (side(plan, each, buyer) for each in (cart, larger))
        if costs_more(less, more):
            warned = check(programme) if warned is None else warned
            assert is_warned(programme, warned, less, more, sum(line.amount_minor for line in lines)), (
                cart,
                less,
                more,
            )


BORDERS = ("discount_drops", "free_shipping_drops", "brackets_hole", "brackets_end")


def is_warned(programme, warned, less, more, total_minor):
    """Whether a warning names this very border of a list, or what is lost here beside what takes its place."""
    lost = {name for name, saved in less.saved.items() if more.saved.get(name, -1) < saved}
    kept = {name for name in more.saved if name not in less.saved}
    at = {str(from_minor(total_minor + cents, "EUR")) for cents in (0, -1)}
    paths = {path_of(programme, name) for name in lost}
    for warning in warned:
        facts = warning.facts
        if warning.code in BORDERS and warning.path.partition(".brackets")[0] in paths:
            if at & {facts.get("at"), facts.get("from")}:
                return True
        elif warning.code == "cent_rounds":
            if more.price_minor - less.price_minor <= 1 + len(more.saved) and set(less.saved) == set(
                more.saved
            ):
                return True
        elif warning.code == "cent_first_code":
            # Another code counts now: it gives less, or stands less well beside others.
            if any(name.startswith("coupon") for name in lost):
                return True
        elif warning.code.startswith("cent_"):
            is_pair = not kept or kept & set(facts["kept"].split(", ")) or facts.get("cart") in at
            if lost & set(facts["lost"].split(", ")) and is_pair:
                return True
    return False


def path_of(programme, name):
    ids = [f"segment:{segment.id}" for segment in programme.segments]
    return f"segments[{ids.index(name)}]" if name in ids else name
