"""Each meaning of programme.md that decides a price, in numbers worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from palier.core.account import Coupon
from palier.core.order import Line, Order, OrderDiscount, Shipping
from palier.core.plan import compile_plan
from palier.core.programme.parse import parse
from palier.core.programme.values import CouponTerms, Discount, LineFilter
from palier.core.quote import booked, quote
from palier.core.quote_values import Buyer, Cart, Quote
from palier.core.values import replace

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOEL = OrderDiscount("promo_code", 500, "NOEL")
STEPS = [{"from": 10, "discount": {"points": 10, "amount": 1}}]
TRADE = {"id": "trade", "where": {"company": True}, "brackets": [{"from": 0, "discount": {"percent": 10}}]}
STAFF = {"id": "staff", "where": {"tags": ["staff"]}, "brackets": [{"from": 0, "discount": {"percent": 20}}]}


def line(amount: int, product: str = "lamp", **more: Any) -> Line:
    return Line(product, product, more.pop("quantity", 1), amount, **more)


def ask(
    document: dict[str, Any],
    *lines: Line | int,
    promo_codes: tuple[OrderDiscount, ...] = (),
    shipping: tuple[str, int] = ("", 0),
    entered: tuple[str, ...] = (),
    use_points: int | None = None,
    **buyer: Any,
) -> Quote:
    programme = parse({"format": 1, "name": "Demo", "currency": "EUR", **document})
    goods = tuple(each if isinstance(each, Line) else line(each) for each in lines)
    order = Order(
        "cart", "placed", "EUR", lines=goods, discounts=promo_codes, shipping=Shipping(*shipping)
    )  # fmt: skip
    member = Buyer(**({"now": NOW, "orders": 1} | buyer))
    return quote(compile_plan(programme), Cart(order, entered, use_points), member)


def given(quoted: Quote) -> list[tuple[str, int, int]]:
    return [(each.source, each.amount_minor, each.points) for each in quoted.discounts]


def refused(quoted: Quote) -> list[tuple[str, str, int | None]]:
    return [(each.source, each.reason, each.missing) for each in quoted.refused]


def redemption(*brackets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"redemption": {"brackets": list(brackets) or STEPS, **more}}


def test_each_discount_is_computed_on_what_the_earlier_ones_left() -> None:
    document = {
        "tiers": {"discount_by": "cart", "ladder": [{"id": "base", "from": 0, "discount": {"percent": 5}}]},
        "segments": [TRADE],
        "combine": [["segment", "promo_code", "points"]],
        **redemption(),
    }
    quoted = ask(
        document, 10_000, promo_codes=(NOEL,), tier="base", segments=("trade",), available=64
    )  # fmt: skip
    assert given(quoted) == [("tier", 500, 0), ("segment", 950, 0), ("points", 600, 60)]
    assert quoted.total_minor == 10_000 - 500 - 950 - 500 - 600
    assert [each.source for each in booked(quoted)] == ["tier", "segment", "promo_code", "points"]


def test_a_percentage_that_rounds_to_nothing_stands_all_the_same() -> None:
    """Else 4 cents would be free, and 5 cents would cost 4."""
    document = {"segments": [TRADE], **redemption({"from": 10, "discount": {"amount": 5}})}
    for amount, left in ((4, 4), (5, 4)):
        quoted = ask(document, amount, segments=("trade",), available=10)
        assert (quoted.total_minor, refused(quoted)) == (left, [("points", "not_combinable", None)])


def test_a_discount_with_lines_measures_and_reduces_only_those() -> None:
    mugs = {"percent": 50, "lines": {"products": ["mug"]}}
    document = {"segments": [TRADE | {"brackets": [{"from": 60, "discount": mugs}]}]}
    quoted = ask(document, line(5000), line(1001, "mug"), segments=("trade",))
    assert [each.lines_minor for each in quoted.discounts] == [(0, 501)]
    assert given(ask(document, line(4998), line(1001, "mug"), segments=("trade",))) == []


def test_the_first_segment_counts_even_if_its_brackets_are_not_reached() -> None:
    high = STAFF | {"brackets": [{"from": 200, "discount": {"percent": 20}}]}
    quoted = ask({"segments": [high, TRADE]}, 10_000, segments=("staff", "trade"))
    assert (given(quoted), quoted.refused) == ([], ())
    assert [(hint.kind, hint.missing, hint.id) for hint in quoted.hints] == [
        ("benefit", 10_000, "segment:staff")
    ]


def test_a_disabled_segment_is_passed_over() -> None:
    quoted = ask({"segments": [STAFF | {"enabled": False}, TRADE]}, 10_000, segments=("staff", "trade"))
    assert given(quoted) == [("segment", 1000, 0)]


@pytest.mark.parametrize(
    ("most", "consume", "amount", "points"),
    [("4.50", "used", 400, 40), ("4.50", "all", 450, 64), ("4.50", "none", 450, 0), ("50", "used", 600, 60)],
)
def test_max_bounds_whole_steps(most: str, consume: str, amount: int, points: int) -> None:
    bracket = {"from": 10, "discount": {"points": 10, "amount": 1, "max": most}}
    quoted = ask(redemption(bracket, consume=consume), 10_000, available=64)
    assert given(quoted) == [("points", amount, points)]


def test_a_fixed_bracket_costs_its_cost_or_else_its_from() -> None:
    assert given(ask(redemption({"from": 20, "discount": {"amount": 5}}), 10_000, available=64)) == [
        ("points", 500, 20)
    ]
    dear = {"over": 20, "cost": 15, "discount": {"percent": 10}}
    assert given(ask(redemption(dear), 10_000, available=64)) == [("points", 1000, 15)]
    assert (
        given(ask(redemption({"from": 20, "cost": 70, "discount": {"amount": 5}}), 10_000, available=64))
        == []
    )


def test_max_percent_is_of_the_goods_before_any_discount_rounded_down() -> None:
    document = {"segments": [TRADE], "combine": [["segment", "points"]]}
    document |= redemption({"from": 1, "discount": {"amount": 500}}, max_percent="33.33")
    quoted = ask(document, 1001, segments=("trade",), available=9)
    assert given(quoted) == [("segment", 100, 0), ("points", 333, 1)]


@pytest.mark.parametrize(
    ("asked", "amount", "points"),
    [(30, 300, 30), (35, 300, 30), (900, 600, 60), (9, 0, 0), (0, 0, 0), (None, 0, 0)],
)
def test_on_request_the_member_says_how_many(asked: int | None, amount: int, points: int) -> None:
    quoted = ask(redemption(apply="on_request"), 10_000, available=64, use_points=asked)
    assert given(quoted) == ([("points", amount, points)] if amount else [])
    assert quoted.refused == ()


def test_points_that_only_free_the_delivery_cost_what_their_bracket_costs() -> None:
    document = redemption({"from": 150, "free_shipping": ["colissimo"]}) | {
        "earning": [{"id": "spend", "award": {"points": 1, "per": 1}}]
    }
    quoted = ask(document, 10_000, shipping=("colissimo", 490), available=160)
    assert given(quoted) == [("points", 0, 150)]
    assert (quoted.free_shipping, quoted.shipping_saved_minor, quoted.earns) == ({"colissimo"}, 490, 100)
    other = ask(document, 10_000, shipping=("relay", 390), available=160)
    assert (given(other), other.free_shipping, other.shipping_saved_minor) == ([], {"colissimo"}, 0)
    tier = {"tiers": {"ladder": [{"id": "base", "from": 0, "free_shipping": "all"}]}}
    assert given(ask(document | tier, 10_000, shipping=("colissimo", 490), available=160, tier="base")) == []


def test_of_several_reasons_the_first_is_told() -> None:
    document = redemption(from_order=3, min_total=200) | {
        "first_order": {"brackets": [{"from": 0, "discount": {"amount": 5}}]}
    }
    assert refused(ask(document, 10_000, available=64)) == [("points", "from_order", 1)]
    assert refused(ask(document, 10_000, available=64, orders=2)) == [("points", "minimum", 10_000)]
    resellers = {"segments": [{"id": "resellers", "where": {"company": True}, "earn_points": False}]}
    quoted = ask(document | resellers, 10_000, available=64, orders=0, segments=("resellers",))
    assert refused(quoted) == [("first_order", "excluded", None), ("points", "excluded", None)]
    assert given(quoted) == []
    assert refused(ask(document, 10_000, available=9)) == []


def coupon(code: str, discount: Discount | None, state: Any = "issued", **more: Any) -> Coupon:
    terms = CouponTerms(discount, more.pop("minimum", None), free_shipping=more.pop("free_shipping", None))
    return Coupon(
        f"id-{code}", code, "reward", "hundred", state, terms, NOW, more.pop("ends_at", None), **more
    )


TEN = Discount(percent_bp=1000)


def test_the_first_usable_coupon_is_taken_and_every_other_one_has_its_reason() -> None:
    coupons = (
        coupon("OLD", TEN, ends_at=NOW),
        coupon("DONE", TEN, "used"),
        coupon("HELD", TEN, "reserved"),
        coupon("HIGH", TEN, minimum=10_001, ends_at=NOW - timedelta(days=1)),
        coupon("BACK", TEN, "cancelled"),
        coupon("A", TEN),
        coupon("B", Discount(amount_minor=9000)),
    )
    codes = ("OLD", "NOBODY", "DONE", "HELD", "HIGH", "BACK", "A", "B")
    quoted = ask({}, 10_000, coupons=coupons, entered=codes)
    assert [(each.source, each.amount_minor, each.code) for each in quoted.discounts] == [
        ("coupon", 1000, "A")
    ]
    assert [(each.code, each.reason, each.missing) for each in quoted.refused] == [
        ("OLD", "expired", None),
        ("NOBODY", "unknown", None),
        ("DONE", "used", None),
        ("HELD", "used", None),
        ("HIGH", "minimum", 1),
        ("BACK", "unknown", None),
        ("B", "not_combinable", None),
    ]


def test_a_coupon_for_some_goods_measures_its_minimum_on_them() -> None:
    mugs = Discount(percent_bp=1000, lines=LineFilter(products=frozenset({"mug"})))
    owned = (coupon("MUGS", mugs, minimum=3000),)
    assert given(ask({}, line(9000), line(3000, "mug"), coupons=owned, entered=("MUGS",))) == [
        ("coupon", 300, 0)
    ]
    under = ask({}, line(9000), line(2900, "mug"), coupons=owned, entered=("MUGS",))
    assert refused(under) == [("coupon", "minimum", 100)]
    none = ask({}, line(9000), coupons=(coupon("ANY", mugs),), entered=("ANY",))
    assert refused(none) == [("coupon", "minimum", None)]


def test_what_is_left_of_a_coupon_is_what_it_gives() -> None:
    owned = (coupon("REST", Discount(amount_minor=5000), remaining_minor=1200),)
    assert given(ask({}, 10_000, coupons=owned, entered=("REST",))) == [("coupon", 1200, 0)]


def test_a_coupon_that_only_frees_the_delivery_is_used_by_the_order() -> None:
    quoted = ask(
        {},
        1000,
        shipping=("post", 600),
        coupons=(coupon("FREE", None, free_shipping="all"),),
        entered=("FREE",),
    )
    assert (quoted.discounts, quoted.free_shipping, quoted.shipping_saved_minor) == ((), "all", 600)
    assert booked(quoted) == (OrderDiscount("coupon", 600, "FREE", "hundred", free_shipping=True),)


def test_a_promo_code_that_yields_is_left_out_of_the_price() -> None:
    document = redemption() | {"priority": ["points", "promo_code"]}
    quoted = ask(document, 10_000, promo_codes=(NOEL,), available=64)
    assert (given(quoted), quoted.promo_codes, quoted.total_minor) == ([("points", 600, 60)], (), 9400)
    assert [(each.code, each.reason) for each in quoted.refused] == [("NOEL", "not_combinable")]


def test_combine_may_name_one_segment() -> None:
    document = {"segments": [STAFF, TRADE], "combine": [["segment:staff", "promo_code"]]}
    together = ask(document, 10_000, promo_codes=(NOEL,), segments=("staff",))
    assert (together.total_minor, together.refused) == (10_000 - 2000 - 500, ())
    apart = ask(document, 10_000, promo_codes=(NOEL,), segments=("trade",))
    assert (apart.total_minor, refused(apart)) == (9500, [("segment", "not_combinable", None)])


@pytest.mark.parametrize(
    ("goods", "delivery", "sources"),
    [
        (5000, 0, ["promo_code"]),
        (5001, 0, ["promo_code"]),
        (5100, 0, ["segment"]),
        (4500, 60, ["promo_code"]),
    ],
)
def test_best_counts_everything_and_ties_go_by_priority(
    goods: int, delivery: int, sources: list[str]
) -> None:
    quoted = ask(
        {"segments": [TRADE], "conflict": "best"}, goods, promo_codes=(NOEL,), segments=("trade",),
        shipping=("post", delivery),
    )  # fmt: skip
    assert [each.source for each in (*quoted.discounts, *quoted.promo_codes)] == sources


def test_best_counts_the_delivery_that_is_saved() -> None:
    free = TRADE | {"brackets": [{"from": 0, "discount": {"amount": 1}, "free_shipping": "all"}]}
    document = {"segments": [free], "conflict": "best"}
    assert (
        ask(document, 9000, promo_codes=(NOEL,), segments=("trade",), shipping=("post", 401)).total_minor
        == 8900
    )
    assert (
        ask(document, 9000, promo_codes=(NOEL,), segments=("trade",), shipping=("post", 400)).total_minor
        == 8500
    )


def test_a_guest_has_promo_codes_and_nothing_else() -> None:
    document = redemption() | {"first_order": {"brackets": [{"from": 0, "discount": {"amount": 5}}]}}
    quoted = ask(
        document, 10_000, promo_codes=(NOEL,), is_member=False, orders=0, available=64, entered=("A",)
    )
    assert (given(quoted), quoted.total_minor, quoted.earns, quoted.next_tier) == ([], 9500, 0, None)
    assert refused(quoted) == [("coupon", "unknown", None)]


def test_hints_say_what_is_missing_with_this_cart() -> None:
    document = {
        "earning": [
            {"id": "spend", "award": {"points": 1, "per": 1}},
            {"id": "basket-20", "when": {"total": {"over": 20}}, "award": {"points": 10}},
            {
                "id": "two-mugs",
                "lines": {"products": ["mug"]},
                "when": {"quantity": {"from": 2}},
                "award": {"points": 50},
            },
            {
                "id": "two-bags",
                "lines": {"products": ["bag"]},
                "when": {"quantity": {"from": 2}},
                "award": {"points": 50},
            },
        ],
        "tiers": {"ladder": [{"id": "bronze", "from": 0}, {"id": "silver", "from": 500}]},
        **redemption(min_total=30),
    }
    quoted = ask(document, line(1800, "mug"), tier="bronze", qualifying=30_000, available=64)
    assert quoted.next_tier is not None
    assert (quoted.next_tier.id, quoted.next_tier.missing) == ("silver", 20_000)
    assert [(hint.kind, hint.id, hint.missing, hint.of) for hint in quoted.hints] == [
        ("tier", "silver", 18_200, "amount"),
        ("earning", "basket-20", 201, "amount"),
        ("earning", "two-mugs", 1, "pieces"),
        ("benefit", "points", 1200, "amount"),
    ]


def test_gifts_are_lines_at_nothing() -> None:
    document = {"segments": [TRADE | {"brackets": [{"from": 50, "gift": {"product": "pin", "quantity": 2}}]}]}
    quoted = ask(document, 5000, segments=("trade",))
    assert [(each.product, each.quantity, each.source, each.id) for each in quoted.gifts] == [
        ("pin", 2, "segment", "trade")
    ]
    assert (quoted.discounts, quoted.total_minor) == ((), 5000)


def test_r_earn_5_gift_cards_cannot_be_paid_with_points_or_a_voucher_made_of_them() -> None:
    document = {"spend": {"exclude": {"categories": ["gift-cards"]}}} | redemption(max_percent=50)
    card = line(5000, "card", categories=("gift-cards",))
    assert given(ask(document, card, available=640)) == []
    quoted = ask(document, card, line(2000, "mug"), available=640)
    assert [each.lines_minor for each in quoted.discounts] == [(0, 1000)]
    voucher = replace(coupon("V", Discount(amount_minor=3000)), origin="voucher")
    quoted = ask(document, card, line(2000, "mug"), coupons=(voucher,), entered=("V",))
    assert [each.lines_minor for each in quoted.discounts] == [(0, 2000)]
