"""Points that become a voucher: whole steps of the bracket that they reach (meaning 4, NUM-4)."""

import pytest

from palier.core.errors import CannotRedeem, InsufficientPoints
from palier.core.plan import compile_plan
from palier.core.programme.values import (
    Bounds,
    Bracket,
    Discount,
    Fact,
    Gift,
    Redemption,
    Segment,
)
from palier.core.vouchers import redeem
from tests.core.kit import EURO, Story, programme

TENS = Bracket(Bounds(10), discount=Discount(points=10, amount_minor=EURO))


def story(given, *brackets, **more):
    return Story(programme(redemption=Redemption(brackets or (TENS,), **more))).gift(given)


def voucher(told, asked, segments=()):
    book = told._open()
    plan = compile_plan(told.versions[-1].programme)
    coupon = redeem(book, plan, asked=asked, segments=segments, origin_id="v1")
    told._absorb(book)
    return coupon


def test_num_4_sixty_four_points_give_six_euros_and_cost_sixty():
    told = story(64)
    made = voucher(told, 64)
    assert (made.terms.discount, made.points, told.available) == (Discount(amount_minor=600), 60, 4)
    assert (made.origin, made.origin_id, made.ends_at, made.remaining_minor) == ("voucher", "v1", None, None)
    entry = told.entries[-1]
    assert (entry.kind, entry.cause.kind, entry.cause.id, entry.facts) == (
        "reward",
        "coupon",
        made.id,
        {"at": 60},
    )


def test_a_voucher_is_told_like_every_coupon():
    told = story(64)
    made = voucher(told, 60)
    assert told.intents[-1] == ("coupon_issued", f"coupon_issued:{made.id}")


def test_more_than_available_counts_as_all_of_it_and_less_than_a_step_buys_nothing():
    assert voucher(story(64), 1000).points == 60
    assert voucher(story(64), 10).points == 10
    with pytest.raises(InsufficientPoints) as refused:
        voucher(story(64), 9)
    assert (refused.value.path, refused.value.hint) == ("points", "the member has 64 points")
    assert "9 points do not buy" in str(refused.value)
    with pytest.raises(InsufficientPoints, match="5 points do not buy"):
        voucher(story(5), 100)


def test_the_bracket_is_the_one_that_all_available_points_reach():
    brackets = (
        Bracket(Bounds(10), discount=Discount(amount_minor=500)),
        Bracket(Bounds(50), discount=TENS.discount),
    )
    told = story(64, *brackets)
    assert voucher(told, 20).points == 20
    assert (voucher(told, 44).points, told.available) == (10, 34)


def test_a_computed_voucher_is_worth_no_more_than_its_maximum():
    capped = Bracket(Bounds(10), discount=Discount(points=10, amount_minor=EURO, max_minor=450))
    made = voucher(story(64, capped), 64)
    assert (made.terms.discount, made.points) == (Discount(amount_minor=400), 40)


def test_a_bracket_that_is_not_computed_costs_its_cost_or_else_its_bound():
    gift = Bracket(Bounds(30), free_shipping="all", gift=Gift("pin"))
    told = story(100, gift)
    made = voucher(told, 60)
    assert (made.points, told.available) == (30, 70)
    assert (made.terms.discount, made.terms.free_shipping, made.terms.gift) == (None, "all", Gift("pin"))
    assert (
        voucher(story(100, Bracket(Bounds(30), cost=20, discount=Discount(percent_bp=500))), 20).points == 20
    )
    assert voucher(story(100, gift), 30).points == 30
    with pytest.raises(InsufficientPoints):
        voucher(story(100, gift), 29)


def test_red_10_all_mode_spends_every_point():
    told = story(64, consume="all")
    assert (voucher(told, 20).points, told.available) == (64, 0)


def test_the_voucher_asks_for_the_minimum_of_the_programme():
    assert voucher(story(64, min_total_minor=8000), 64).terms.min_total_minor == 8000


def test_red_9_points_are_usable_from_a_later_order_on():
    told = story(64, from_order=2)
    with pytest.raises(CannotRedeem, match="usable from order 2 on"):
        voucher(told, 64)
    assert voucher(told.order("A", 5), 64).points == 60


@pytest.mark.parametrize("rules", [{}, {"redemption": Redemption((TENS,), consume="none")}])
def test_where_points_buy_nothing_there_is_no_voucher(rules):
    with pytest.raises(CannotRedeem, match="buy nothing"):
        voucher(Story(programme(**rules)).gift(64), 64)


def test_stk_7_only_the_first_segment_of_the_programme_shuts_its_members_out():
    out = Segment("pro", Fact("company", True), earn_points=False)
    other = Segment(
        "big", Fact("company", True), brackets=(Bracket(Bounds(0), discount=Discount(percent_bp=500)),)
    )
    rules = programme(redemption=Redemption((TENS,)), segments=(out, other))
    for segments, is_out in (
        (("pro", "big"), True),
        (("big", "pro"), False),
        (("gone", "pro"), True),
        ((), False),
    ):
        told = Story(rules).gift(64)
        if is_out:
            with pytest.raises(CannotRedeem, match="'pro' use no points"):
                voucher(told, 64, segments)
        else:
            assert voucher(told, 64, segments).points == 60
