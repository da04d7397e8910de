"""The numbers that docs/algorithms/pricing.md works out are those of the code."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from palier.core.order import Line, Order, OrderDiscount
from palier.core.plan import compile_plan
from palier.core.programme.parse import parse
from palier.core.quote import quote
from palier.core.quote_values import Buyer, Cart

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOEL = OrderDiscount("promo_code", 500, "NOEL")
POINTS = {"brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}]}
PROS = [{"id": "pros", "where": {"company": True}, "brackets": [{"from": 0, "discount": {"percent": 10}}]}]


def priced(
    *amounts, available=64, pros=False, codes=(), tier=None, currency="EUR", rate=None, orders=1, **sections
):
    programme = parse({"format": 1, "name": "Demo", "currency": "EUR", "segments": PROS, **sections})
    lines = tuple(Line(str(i), f"p{i}", 1, amount) for i, amount in enumerate(amounts))
    order = Order("cart", "placed", currency, lines=lines, discounts=codes, rate=rate)
    buyer = Buyer(NOW, available=available, orders=orders, segments=("pros",) if pros else (), tier=tier)
    return quote(compile_plan(programme), Cart(order), buyer)


def parts(quoted):
    return [(d.source, d.amount_minor, d.points) for d in quoted.discounts]


def test_amounts_of_the_programme_in_dollars():
    quoted = priced(10000, currency="USD", rate=Fraction(9, 10), redemption=POINTS | {"min_total": 90})
    assert parts(quoted) == [("points", 667, 60)]
    quoted = priced(10000, currency="USD", rate=Fraction(9, 10), redemption=POINTS | {"min_total": "90.01"})
    assert [(r.reason, r.missing) for r in quoted.refused] == [("minimum", 1)]


def test_half_a_cent_is_rounded_up():
    tiers = {"discount_by": "cart", "ladder": [{"id": "base", "from": 0, "discount": {"percent": 5}}]}
    assert parts(priced(90, tier="base", tiers=tiers)) == [("tier", 5, 0)]


@pytest.mark.parametrize(
    ("consume", "amount", "points"), [("used", 400, 40), ("all", 450, 64), ("none", 450, 0)]
)
def test_points_on_goods_worth_less(consume, amount, points):
    assert parts(priced(450, redemption=POINTS | {"consume": consume})) == [("points", amount, points)]


def test_half_of_the_goods_in_whole_steps():
    quoted = priced(8550, available=1000, redemption=POINTS | {"max_percent": 50})
    assert parts(quoted) == [("points", 4200, 420)]


@pytest.mark.parametrize(
    ("goods", "conflict", "total"),
    [(12000, "priority", 10900), (12000, "best", 10800), (11000, "best", 9900)],
)
def test_who_stays(goods, conflict, total):
    quoted = priced(
        goods, pros=True, codes=(NOEL,), redemption=POINTS, conflict=conflict,
        combine=[["points", "promo_code"]],
    )  # fmt: skip
    assert quoted.total_minor == total
    assert bool(quoted.promo_codes) == (conflict == "priority" or goods == 11000)


def test_the_whole_stack_line_by_line():
    quoted = priced(
        4000, 6000, pros=True, tier="base", codes=(OrderDiscount("promo_code", 700, "NOEL"),),
        redemption=POINTS, combine=[["segment", "promo_code", "points"]],
        tiers={"discount_by": "cart", "ladder": [{"id": "base", "from": 0, "discount": {"percent": 5}}]},
    )  # fmt: skip
    assert [(d.source, d.lines_minor) for d in quoted.discounts] == [
        ("tier", (200, 300)),
        ("segment", (380, 570)),
        ("points", (240, 360)),
    ]
    assert [code.lines_minor for code in quoted.promo_codes] == [(280, 420)]
    assert quoted.total_minor == 7250


@pytest.mark.parametrize(("goods", "missing"), [(1800, 201), (2000, 1)])
def test_over_is_strictly_more(goods, missing):
    rule = {"id": "basket", "when": {"total": {"over": 20}}, "award": {"points": 10}}
    quoted = priced(goods, earning=[rule])
    assert [(hint.kind, hint.missing) for hint in quoted.hints] == [("earning", missing)]
