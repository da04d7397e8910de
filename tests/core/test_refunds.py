"""Refunds and cancellations: what is kept decides; take-backs, their reversal, and debt (meaning 7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.period import Duration
from palier.core.programme.values import Award, Bounds, Conditions, EarningRule, Settle
from palier.core.values import replace
from tests.core.kit import (
    EURO,
    Story,
    coupon_discount,
    few,
    ladder,
    line,
    points,
    points_discount,
    programme,
    reward,
    spend_rule,
    without_lots,
)

SPENT = {"discounts": (points_discount(100),)}
"""An order that used a hundred points for ten euros (and so earns nothing)."""


def booked(story, order="A"):
    return story.orders[order].booking.points


def test_ref_1_three_refunds_of_a_third_leave_nothing():
    story = Story(programme()).order("A", line("10.01", "mug", 3))
    seen = [booked(story.refund("A", "mug")) for _ in range(3)]
    assert (seen, story.buckets, story.state.totals.spend_minor) == ([6, 3, 0], (0, 0, 0, 0), 0)


def test_ref_1_what_is_kept_is_floored_once_not_each_refund():
    story = Story(programme()).order("A", 10)
    for _ in range(10):
        story.refund("A", euros="0.55")
    assert booked(story) == 4  # 4.50 euros are kept


def test_ref_3_a_bonus_goes_when_what_is_kept_no_longer_qualifies():
    bonus = EarningRule("big", when=Conditions(total=Bounds(50 * EURO)), award=Award(500))
    story = Story(programme(earning=(spend_rule(), bonus))).order("A", line(30, "mug"), line(30, "tee"))
    assert booked(story) == 560
    assert booked(story.refund("A", euros=10)) == 550
    assert (
        booked(story.refund("A", "mug")) == 20
    )  # 10 € were a sixth of each line: 25 of the tee's … are kept


def test_a_flat_award_is_kept_whole_while_something_is_kept():
    flat = EarningRule("order", award=Award(100))
    story = Story(programme(earning=(flat,))).order("A", 10).refund("A", euros="9.99")
    assert booked(story) == 100
    assert booked(story.refund("A", euros="0.01")) == 0


@pytest.mark.parametrize("end", ["refund", "cancel", "pieces"])
def test_taking_everything_back_leaves_the_member_as_if_the_order_had_never_been(end):
    rules = programme(points=points("P12M"), tiers=ladder(0, 100), rewards=(reward(150),))
    story, never = Story(rules).order("A", 120), Story(rules).order("A", 120)
    story.later(30).order("B", line(80, "mug", 2))
    assert story.states() == ["issued"]
    story.later(1)
    if end == "refund":
        story.refund("B", full=True)
    elif end == "pieces":
        story.refund("B", "mug").refund("B", "mug")
    else:
        story.order("B", status="cancelled")
    never.later(31)
    assert replace(story.state.totals) == never.state.totals
    assert without_lots(story.state.lots) == without_lots(never.state.lots)
    assert story.states() == ["cancelled"]
    assert story.tier == never.tier


def test_evt_3_a_cancelled_order_that_is_paid_again_counts_again_once():
    story = (
        Story(programme()).order("A", 50).order("A", status="cancelled").order("A", status="paid").repeat("A")
    )
    assert (story.available, story.state.totals.orders, story.state.totals.spend_minor) == (50, 1, 5000)
    assert len(story.state.lots) == 1


def test_ref_8_points_are_taken_from_the_orders_own_lot_first():
    story = Story(programme(points=points("P12M", expiry="fixed")))
    story.order("A", 50).later(10).order("B", 50).refund("B", full=True)
    assert story.ends() == {365: 50}


def test_ref_8_a_pending_part_goes_before_the_available_one():
    rules = programme(points=points(settle=Settle("paid", Duration(days=14))))
    story = Story(rules).order("A", 50).later(15).order("A", 80)
    assert story.buckets == (50 + 30, 0, 0, 0)
    story = Story(rules).order("B", 100).order("A", 50).refund("A", euros=20)
    assert story.buckets == (0, 130, 0, 0)


def test_ref_8_then_other_points_go_soonest_end_first():
    story = Story(programme(points=points("P12M", expiry="fixed")))
    story.gift(60).later(5).order("A", 50).later(5).gift(70)
    story.order("B", 40, **SPENT)  # takes the gift of 60 and 40 of A
    story.refund("A", full=True)
    assert story.ends() == {375: 30}


def test_ref_9_what_cannot_be_taken_becomes_a_debt_that_the_next_points_pay():
    story = Story(programme()).order("A", 100).order("B", 40, **SPENT).refund("A", full=True)
    assert story.buckets == (0, 0, 0, 100)
    story.order("C", 30)
    assert story.buckets == (0, 0, 0, 70)
    story.gift(90)
    assert story.buckets == (20, 0, 0, 0)
    assert story.state.totals.lifetime == 120


def test_ref_9_pending_points_pay_the_debt_when_they_become_available():
    rules = programme(points=points(settle=Settle("paid", Duration(days=14))))
    story = Story(rules).gift(100).order("B", 40, **SPENT)
    story.publish(rules).order("A", 30)
    story.orders["B"].order = replace(story.orders["B"].order, discounts=(points_discount(120),))
    story.order("B", status="shipped")
    assert story.buckets == (0, 30, 0, 20)
    story.later(14)
    assert story.buckets == (10, 0, 0, 0)


def test_a_debt_is_forgiven_when_the_order_that_made_it_comes_back():
    story = Story(programme()).order("A", 100).order("B", 40, **SPENT)
    story.order("A", status="cancelled").order("C", 30).order("A", status="paid")
    assert story.buckets == (30, 0, 0, 0)
    assert booked(story) == 100


def test_a_reversed_take_back_gives_each_lot_its_own_points_and_end_back():
    story = Story(programme(points=points("P12M", expiry="fixed")))
    story.gift(60).later(5).order("A", 50).later(5).gift(70)
    before = story.ends()
    story.order("A", status="cancelled").order("A", status="delivered")
    assert story.ends() == before
    assert len(story.lots) == 3


def test_an_edit_upward_first_reverses_what_edits_downward_took():
    story = Story(programme(points=points("P12M", expiry="fixed")))
    story.gift(30).order("A", 100).order("B", 40, **SPENT)
    assert story.available == 30
    story.order("A", 60)  # takes the rest of the own lot and more
    story.order("A", 100)
    assert (story.available, len(story.lots)) == (30, 2)


def test_ref_10_an_unused_reward_coupon_is_withdrawn_before_any_debt_arises():
    story = Story(programme(rewards=(reward(100),))).order("A", 120)
    assert (story.buckets, story.states()) == ((20, 0, 0, 0), ["issued"])
    story.refund("A", euros=50)
    assert (story.buckets, story.states()) == ((70, 0, 0, 0), ["cancelled"])
    assert story.state.totals.spent == 0


def test_ref_10_the_points_of_a_used_coupon_become_a_debt():
    story = Story(programme(rewards=(reward(100),))).order("A", 120)
    code = next(iter(story.coupons.values())).code
    story.order("B", 40, discounts=(coupon_discount(code, 4),)).refund("A", full=True)
    assert (story.buckets, story.states()) == ((0, 0, 0, 100), ["used"])


def test_ref_10_no_coupon_is_withdrawn_while_points_are_there():
    story = Story(programme(rewards=(reward(100),))).order("A", 120).gift(70).refund("A", euros=90)
    assert (story.buckets, story.states()) == ((0, 0, 0, 0), ["issued"])


def test_ref_10_the_latest_coupon_goes_first_and_comes_back_with_its_order():
    story = Story(programme(rewards=(reward(100),))).order("A", 100).later(1).order("B", 100)
    assert story.states() == ["issued", "issued"]
    story.order("B", status="cancelled")
    assert story.states() == ["issued", "cancelled"]
    story.order("B", status="paid")
    assert (story.states(), story.buckets) == (["issued", "issued"], (0, 0, 0, 0))
    assert story.kinds()[-2:] == ["earn", "reissue"]


def test_of_coupons_of_one_instant_the_one_that_its_order_freed_goes_no_sooner():
    """Seed 528: the order used the coupon before the last, and gave it back as it went."""
    earns = points(earn_with=frozenset({"coupon"}))
    story = Story(programme(points=earns, rewards=(reward(100),))).gift(100)
    first = next(iter(story.coupons.values()))
    story.order("A", 104, discounts=(coupon_discount(first.code, 4),))
    assert story.states() == ["used", "issued"]
    story.order("A", 104, discounts=(coupon_discount(first.code, 4),), status="cancelled")
    assert story.states() == ["issued", "cancelled"]


def test_points_that_a_withdrawn_coupon_returns_are_taken_from_the_order_that_goes():
    """The gift ends sooner than the order's points; it was there before, and stays as if the order never was."""
    story = Story(programme(points=points("P1M", expiry="fixed"), rewards=(reward(100),)))
    story.gift(50).publish(programme(points=points("P12M", expiry="fixed"), rewards=(reward(100),)))
    story.order("A", 100)  # the coupon takes the gift of 50 and 50 of A
    assert (story.ends(), story.states()) == ({365: 50}, ["issued"])
    story.refund("A", full=True)
    assert (story.ends(), story.states()) == ({31: 50}, ["cancelled"])


def test_points_of_the_order_that_expired_are_taken_back_before_others_become_a_debt():
    story = (
        Story(programme(points=points("P1M", expiry="fixed"))).order("A", 100).later(20).gift(30).later(20)
    )
    assert (story.buckets, story.state.totals.expired) == ((30, 0, 0, 0), 100)
    story.refund("A", euros=40)
    assert (story.buckets, story.state.totals.expired) == ((30, 0, 0, 0), 60)
    story.refund("A", full=True)
    assert (story.buckets, story.state.totals.expired, story.state.totals.lifetime) == ((30, 0, 0, 0), 0, 30)


def test_only_so_many_expired_points_are_undone_as_are_taken_back():
    story = Story(programme(points=points("P1M", expiry="fixed"))).order("A", 60).order("A", 100).later(40)
    story.refund("A", euros=30)
    assert [entry.draws for entry in story.entries if entry.facts.get("undone")] == [((1, 30),)]
    assert (story.state.totals.expired, story.state.totals.lifetime) == (70, 70)


def test_a_refund_raises_no_points_of_other_orders_and_counts_at_its_orders_date():
    year = ladder(0, window="rolling", rolling=Duration(12))
    story = Story(programme(tiers=year)).order("A", 50).order("B", 70).later(3).refund("A", full=True)
    assert (booked(story, "B"), story.state.totals.orders) == (70, 1)
    (contribution,) = story.state.contributions
    assert contribution.cause == "order:B"
    assert story.entries[-1].qualifies_at == story.orders["A"].frozen.order_at


def test_an_order_refunded_before_it_is_valid_was_never_accepted():
    story = (
        Story(programme()).order("A", 50, status="placed").refund("A", full=True).order("A", status="paid")
    )
    assert (story.entries, story.orders["A"].frozen) == ([], None)


@few(20)
@given(st.lists(st.sampled_from([1, 3, 7, 20]), min_size=1, max_size=5), st.booleans(), st.booleans())
def test_i_7_points_depend_on_what_is_kept_whatever_happened_between(euros, cancels, edits):
    story = Story(programme(points=points("P12M"), rewards=(reward(25),))).gift(10).order("A", 40)
    for amount in euros:
        if cancels:
            story.order("A", status="cancelled").order("A", status="paid")
        story.later(1).refund("A", euros=amount).repeat("A")
        if edits:
            story.order("A", 60).order("A", 40)
    kept = max(0, 40 - sum(euros))
    assert booked(story) == kept
    assert story.state.totals.lifetime == kept + 10


def test_what_expired_before_it_was_cancelled_is_dead_when_the_order_is_reinstated():
    """The points waited to be shipped and ended waiting: no cancellation and no return makes them usable."""
    rules = programme(points=points("P1M", settle=Settle("shipped")), rewards=(reward(40),))
    story = Story(rules).order("A", 50).later(60)
    assert (story.buckets, story.state.totals.expired) == ((0, 0, 0, 0), 50)
    story.order("A", status="cancelled")
    assert (story.buckets, story.state.totals.expired) == ((0, 0, 0, 0), 0)
    story.order("A", status="paid")
    assert (story.buckets, story.state.totals.expired, story.states()) == ((0, 0, 0, 0), 50, [])
    story.order("A", status="cancelled")
    assert (story.buckets, story.state.totals.lifetime, story.state.totals.expired) == ((0, 0, 0, 0), 0, 0)


def test_points_that_come_back_dead_pay_no_debt():
    story = Story(programme(points=points("P1M", expiry="fixed"))).order("A", 50).later(60)
    story.order("A", status="cancelled").order("B", 10, discounts=(points_discount(20),))
    assert story.buckets == (0, 0, 0, 20)
    story.order("A", status="paid")
    assert (story.buckets, story.state.totals.expired) == ((0, 0, 0, 20), 50)


def test_ref_3_pieces_that_came_back_do_not_count_in_a_threshold():
    bonus = EarningRule("big", award=Award(50), when=Conditions(total=Bounds(3000)))
    story = Story(programme(earning=(bonus,))).order("A", line(40, "mug", 2))
    assert story.available == 50
    assert story.refund("A", "mug").available == 0
