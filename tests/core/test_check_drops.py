"""What the check says of drops, in numbers worked out by hand; and that it says nothing of programmes without any."""

from __future__ import annotations

import pytest

from palier.core import drops
from palier.core.check import check
from palier.core.programme.parse import parse, parse_text

STAFF = {
    "id": "staff",
    "where": {"tags": ["staff"]},
    "brackets": [{"from": 50, "discount": {"amount": 5}}],
}
FIRST = {"brackets": [{"from": 0, "discount": {"percent": 20}}]}
STEPS = {"brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}]}
EARNS = [{"id": "spend", "award": {"points": 1, "per": 1}}]


def told(**document):
    """(path, code, cart, lost, gave, kept, gives, costs, case) of every warning about one cent."""
    programme = parse({"format": 1, "name": "Demo", "currency": "EUR", "earning": EARNS, **document})
    names = ("cart", "lost", "gave", "kept", "gives", "costs", "case")
    plain = [each for each in check(programme) if "cart" in each.facts]
    return [
        (each.path, each.code.removeprefix("cent_"), *(each.facts[name] for name in names))
        for each in plain
        if each.code.startswith("cent_")
    ]


def coupon(id, amount, at=1000, **terms):
    return {"id": id, "at": at, "coupon": {"discount": {"amount": amount}, **terms}}


def test_a_benefit_that_begins_in_the_place_of_a_better_one():
    assert told(segments=[STAFF], first_order=FIRST) == [
        (
            "segments[0].brackets",
            "replaces",
            "50.00",
            "first_order",
            "10.00",
            "segment:staff",
            "5.00",
            "5.01",
            "",
        )
    ]


@pytest.mark.parametrize(
    "cure",
    [
        {"conflict": "best"},
        {"combine": [["segment", "first_order"]]},
        {"priority": ["promo_code", "first_order", "segment", "coupon", "points"]},
    ],
)
def test_what_cures_it(cure):
    assert [
        each for each in told(segments=[STAFF], first_order=FIRST, **cure) if "first_order" in each[3]
    ] == []


def test_points_that_a_coupon_takes_the_place_of():
    found = told(rewards=[coupon("big", 15, min_total=100)], redemption=STEPS)
    assert (
        "rewards[0].coupon", "replaces", "100.00", "points", "99.00", "coupon:big", "15.00", "84.01", "",
    ) in found  # fmt: skip


def test_a_code_that_can_be_used_from_a_minimum_on_and_a_better_one_entered_after_it():
    found = told(rewards=[coupon("small", 5, min_total=40), coupon("big", 15, 2000)])
    assert found == [
        (
            "rewards[0].coupon",
            "first_code",
            "40.00",
            "coupon:big",
            "15.00",
            "coupon:small",
            "5.00",
            "10.01",
            "",
        )
    ]


def test_that_the_first_code_counts_is_told_once():
    rewards = [coupon(f"r{n}", n, 1000 + n, min_total=10 * n) for n in range(1, 6)]
    found = told(rewards=rewards, redemption=STEPS, conflict="best")
    assert [(code, kept) for _, code, _, _, _, kept, *_ in found] == [("first_code", "coupon:r1")]


def test_free_delivery_that_is_lost_with_the_first_cent_that_a_code_does_not_pay():
    """A coupon of 10 % has nothing to reduce while the code pays everything; then it stands in the segment's way."""
    trade = {"id": "trade", "where": {"company": True}, "brackets": [{"from": 0, "free_shipping": "all"}]}
    ten = {"id": "ten", "at": 500, "coupon": {"discount": {"percent": 10}}}
    found = told(
        segments=[trade], rewards=[ten], combine=[["promo_code", "segment"], ["promo_code", "coupon"]]
    )
    assert found == [
        ("priority", "beyond", "10.00", "segment:trade", "10.00", "coupon:ten", "0.00", "10.01", "delivery")
    ]


def test_an_amount_above_a_percentage_where_the_cart_holds_goods_that_do_not_count():
    brackets = [{"from": 50, "discount": {"percent": 10}}, {"from": 150, "discount": {"amount": 20}}]
    cards = {"exclude": {"categories": ["gift-cards"]}}
    assert told(segments=[STAFF | {"brackets": brackets}]) == []
    (found,) = told(segments=[STAFF | {"brackets": brackets}], spend=cards)
    assert found[:4] == ("segments[0].brackets", "shrinks", "150.00", "segment:staff")
    assert found[-1] == "excluded"


def test_a_percentage_above_an_amount_where_a_tier_leaves_less():
    """9.50 off below 100.00; there 10 % of the 90.00 that gold leaves."""
    brackets = [{"from": 50, "discount": {"amount": "9.50"}}, {"from": 100, "discount": {"percent": 10}}]
    ladder = [{"id": "gold", "from": 0, "discount": {"percent": 10}}]
    tiers = {"discount_by": "cart", "ladder": ladder}
    assert told(segments=[STAFF | {"brackets": brackets}]) == []
    assert told(segments=[STAFF | {"brackets": brackets}], tiers=tiers) == [
        (
            "segments[0].brackets",
            "shrinks",
            "100.00",
            "segment:staff",
            "9.50",
            "segment:staff",
            "9.00",
            "0.51",
            "tier",
        )
    ]


def test_what_a_border_loses_is_told_once():
    brackets = [{"from": 50, "discount": {"amount": 9}}, {"from": 100, "discount": {"percent": 5}}]
    programme = parse(
        {"format": 1, "name": "D", "currency": "EUR", "segments": [STAFF | {"brackets": brackets}]}
    )
    assert [each.code for each in check(programme)] == ["discount_drops"]


MUGS = {"products": ["mug"]}
OF_MUGS = {
    "id": "mugs",
    "where": {"tags": ["mugs"]},
    "brackets": [{"from": 50, "discount": {"percent": 30, "lines": MUGS}}],
}


def of_some_goods(**document):
    """(path, code, lost, kept) of every warning that is told from the rules and by no cart."""
    programme = parse({"format": 1, "name": "Demo", "currency": "EUR", "earning": EARNS, **document})
    return [
        (each.path, each.code.removeprefix("cent_"), each.facts["lost"], each.facts["kept"])
        for each in check(programme)
        if each.code.startswith("cent_") and "cart" not in each.facts
    ]


def test_a_discount_for_some_goods_that_begins_in_the_place_of_one_for_the_whole_cart():
    """Of a cart with a mug of one cent it takes nothing, and the first order's 20 % are gone."""
    found = told(segments=[OF_MUGS], first_order=FIRST)
    assert (
        "segments[0].brackets", "replaces", "50.00", "first_order", "10.00", "segment:mugs", "0.00", "10.01", "mixed",
    ) in found  # fmt: skip
    assert told(segments=[OF_MUGS], first_order=FIRST, conflict="best") == []


def test_a_percentage_after_an_amount_of_the_same_goods():
    """A tier for the same goods may leave less than the amount was; an amount that is larger gives no less."""
    lines = {"lines": MUGS}
    ladder = [{"id": "gold", "from": 0, "discount": {"amount": 30, **lines}}]
    tiers = {"discount_by": "cart", "ladder": ladder}
    brackets = [
        {"from": 20, "discount": {"amount": 8, **lines}},
        {"from": 90, "discount": {"percent": 12, **lines}},
    ]
    segments = [OF_MUGS | {"brackets": brackets}]
    lost = [(each[3], each[5]) for each in told(segments=segments, tiers=tiers, conflict="best")]
    assert ("segment:mugs", "segment:mugs") in lost
    brackets[1]["discount"] = {"amount": 9, **lines}
    assert told(segments=segments, tiers=tiers, conflict="best") == []
    assert of_some_goods(segments=segments, tiers=tiers, conflict="best") == []


def test_what_no_cart_that_was_tried_shows_is_told_from_the_rules(monkeypatch):
    monkeypatch.setattr("palier.core.check.drops_of", lambda programme, known: [])
    monkeypatch.setattr("palier.core.check._remembered", {})
    found = of_some_goods(segments=[OF_MUGS], redemption=STEPS, priority=["segment", "points"])
    assert ("segments[0].brackets", "turns", "points", "segment:mugs") in found
    assert ("segments[0].brackets", "turns", "promo_code", "segment:mugs") in found
    assert [each for each in found if each[3] == "promo_code"] == []
    assert of_some_goods(segments=[OF_MUGS], redemption=STEPS, conflict="best") == []


def test_shares_that_are_rounded_before_a_discount_for_some_goods_are_told_once():
    ladder = [{"id": "gold", "from": 0, "discount": {"amount": "5.55"}}]
    tiers = {"discount_by": "cart", "ladder": ladder}
    assert of_some_goods(segments=[OF_MUGS], tiers=tiers, conflict="best") == [
        ("segments[0].brackets", "rounds", "", "")
    ]
    ladder[0]["discount"] = {"amount": "5.55", "lines": MUGS}
    assert of_some_goods(segments=[OF_MUGS], tiers=tiers, conflict="best") == []


SANE = """
name: Maison Lune
currency: EUR
earning: [{id: spend, award: {points: 1, per: 1}}]
redemption: {brackets: [{from: 100, discount: {points: 10, amount: 1}}], max_percent: 50}
rewards: [{id: five-thousand, at: 5000, coupon: {discount: {percent: 10}, valid_for: P3M}}]
tiers:
  discount_by: cart
  ladder:
    - {id: bronze, from: 0, discount: {percent: 5}}
    - {id: gold, from: 1000, discount: {percent: 15}, free_shipping: [colissimo]}
first_order: {brackets: [{from: 50, free_shipping: all}, {over: 150, discount: {percent: 10}, free_shipping: all}]}
segments:
  - {id: regulars, where: {orders: {from: 5}}, brackets: [{from: 0, discount: {percent: 5}}, {from: 150, discount: {percent: 10}}]}
"""  # noqa: E501


@pytest.mark.parametrize(
    "how", ["conflict: best", "combine: [[points, promo_code, coupon, segment, first_order]]"]
)
def test_a_sane_programme_is_not_warned_of(how):
    assert [each for each in check(parse_text(SANE + how)) if each.code.startswith("cent_")] == []


def test_the_search_is_bounded_however_large_the_programme(monkeypatch):
    tried = []
    real = drops.decided
    monkeypatch.setattr(drops, "decided", lambda *given: tried.append(1) or real(*given))
    segments = [
        STAFF
        | {"id": f"s{i}", "brackets": [{"from": 50 + i + n, "discount": {"percent": 5}} for n in (0, 200)]}
        for i in range(50)
    ]
    assert len(told(segments=segments, first_order=FIRST, redemption=STEPS, rewards=[coupon("big", 5)])) >= 50
    edges = 2 * 50 + 10
    assert len(tried) <= 2 * max(drops.PROBES_MAX, drops.PROBES_MIN * edges)
