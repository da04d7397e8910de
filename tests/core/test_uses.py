"""Points and coupons that orders use: held, captured, spent, and given back (meanings 4, 6, 7, 18)."""

from fractions import Fraction

import pytest

from palier.core.order import OrderDiscount
from palier.core.period import Duration
from palier.core.programme.values import CouponTerms, Discount, Reward, Settle
from palier.core.values import replace
from tests.core.kit import (
    Story,
    coupon_discount,
    line,
    points,
    points_discount,
    programme,
    reward,
    spend_rule,
    when,
)

HUNDRED = {"discounts": (points_discount(100),)}


def rich(points_given=100, **sections):
    return Story(programme(**sections)).gift(points_given)


def test_red_1_a_placed_order_holds_and_a_valid_one_captures():
    story = rich().order("A", 40, status="placed", **HUNDRED)
    assert story.buckets == (0, 0, 100, 0)
    story.repeat("A").order("A", status="paid").repeat("A")
    assert (story.buckets, story.state.totals.spent) == ((0, 0, 0, 0), 100)
    assert story.kinds() == ["gift", "hold", "capture", "spend"]


def test_red_6_a_cancelled_order_releases_its_hold_once():
    story = rich().order("A", 40, status="placed", **HUNDRED)
    story.order("A", status="cancelled").repeat("A").refund("A", full=True)
    assert (story.buckets, story.state.totals.spent) == ((100, 0, 0, 0), 0)


def test_an_order_that_holds_nothing_any_more_says_so():
    story = rich().order("A", line(20, "mug"), line(20, "tee"), status="placed", **HUNDRED)
    assert story.refund("A", "tee").orders["A"].booking.is_held
    assert not story.order("A", status="cancelled").orders["A"].booking.is_held


def test_an_order_that_is_valid_at_once_spends_without_a_hold():
    story = rich().order("A", 40, **HUNDRED)
    assert (story.kinds()[1], story.buckets, story.state.totals.spent) == ("use", (0, 0, 0, 0), 100)


def test_ref_5_used_points_come_back_in_proportion_and_what_stays_used_is_rounded_up():
    story = rich().order("A", line(20, "mug"), line(10, "tee"), **HUNDRED)
    story.refund("A", "tee")
    assert (story.available, story.state.totals.spent) == (33, 67)
    story.refund("A", "mug")
    assert (story.available, story.state.totals.spent) == (100, 0)
    story.repeat("A")


def test_used_points_come_back_by_prices_before_discount():
    half = OrderDiscount("promo_code", 1000, lines_minor=(1000, 0))
    story = rich().order("A", line(20, "mug"), line(20, "tee"), discounts=(half, points_discount(100)))
    assert story.refund("A", "mug").available == 50


def test_ref_5_used_points_come_back_to_their_own_lots_and_ends_last_taken_first():
    story = Story(programme(points=points("P12M", expiry="fixed"))).gift(50).later(10).gift(50)
    story.order("A", line(10, "mug"), line(10, "tee"), **HUNDRED).refund("A", "mug")
    assert story.ends() == {375: 50}
    assert story.refund("A", "tee").ends() == {365: 50, 375: 50}


def test_used_points_whose_end_has_passed_come_back_for_thirty_days():
    story = Story(programme(points=points("P1M", expiry="fixed"))).gift(100)
    story.later(10).order("A", 40, **HUNDRED).later(60).order("A", status="cancelled")
    assert story.ends() == {70 + 30: 100}
    assert story.later(31).buckets == (0, 0, 0, 0)


def test_red_8_a_lot_may_end_while_it_is_held_and_the_hold_stays_good():
    story = Story(programme(points=points("P1M", expiry="fixed"))).gift(100)
    story.later(10).order("A", 40, status="placed", **HUNDRED).later(60)
    assert story.buckets == (0, 0, 100, 0)
    assert story.order("A", status="paid").state.totals.spent == 100


def test_used_points_return_to_the_end_that_is_theirs_without_the_order_that_goes():
    """The order renewed them. Without it their end has passed: thirty days, and not gone at once."""
    earns = points("P1M", earn_with=frozenset({"points"}))
    story = Story(programme(points=earns)).gift(100)
    story.later(20).order("A", 40, **HUNDRED).later(20).order("A", status="cancelled")
    assert story.ends() == {40 + 30: 100}


def test_what_the_member_lacks_becomes_a_debt_and_is_flagged():
    story = rich(60).order("A", 40, **HUNDRED)
    assert (story.buckets, story.orders["A"].booking.missing) == ((0, 0, 0, 40), 40)
    assert story.entries[1].facts == {"points": 100, "missing": 40}


def test_a_hold_takes_what_is_there_and_the_rest_is_owed_when_the_order_is_valid():
    story = rich(60).order("A", 40, status="placed", **HUNDRED)
    assert story.buckets == (0, 0, 60, 0)
    story.order("A", status="paid")
    assert (story.buckets, story.state.totals.spent) == ((0, 0, 0, 40), 100)
    story.order("A", status="cancelled")
    assert (story.buckets, story.state.totals.spent, story.orders["A"].booking.missing) == (
        (60, 0, 0, 0),
        0,
        0,
    )


def test_points_that_had_paid_a_debt_come_back_when_the_debt_was_none():
    story = rich(60).order("A", 40, **HUNDRED).gift(100)
    assert story.buckets == (60, 0, 0, 0)
    story.order("A", status="cancelled")
    assert (story.buckets, story.state.totals.spent) == ((160, 0, 0, 0), 0)


@pytest.mark.parametrize("expiry", ["fixed", "year_end"])
def test_points_that_had_paid_a_debt_live_like_others_that_are_credited_now(expiry):
    rules = programme(points=points("P12M", expiry=expiry))
    story = Story(rules).order("A", 40, **HUNDRED).gift(100).order("A", status="cancelled")
    assert len(story.ends()) == 1


def test_red_7_changing_the_points_of_an_order_moves_the_difference():
    story = rich(200).order("A", 40, status="placed", discounts=(points_discount(100),))
    story.order("A", 40, status="placed", discounts=(points_discount(150),))
    assert story.buckets == (50, 0, 150, 0)
    story.order("A", 40, status="placed", discounts=(points_discount(30),))
    assert story.buckets == (170, 0, 30, 0)
    story.order("A", 40, status="paid", discounts=(points_discount(60),))
    assert (story.buckets, story.state.totals.spent) == ((140, 0, 0, 0), 60)


def test_an_order_that_waits_again_holds_again_what_it_had_spent():
    story = rich().order("A", 40, **HUNDRED).order("A", status="placed")
    assert (story.buckets, story.state.totals.spent) == ((0, 0, 100, 0), 0)
    story.order("A", status="paid")
    assert (story.buckets, story.state.totals.spent) == ((0, 0, 0, 0), 100)
    story.order("A", status="placed").order("A", status="cancelled")
    assert story.buckets == (100, 0, 0, 0)


def test_released_points_pay_a_debt_that_arose_meanwhile():
    story = Story(programme()).order("X", 100).order("A", 40, status="placed", **HUNDRED)
    story.refund("X", full=True)
    assert story.buckets == (0, 0, 100, 100)
    assert story.order("A", status="cancelled").buckets == (0, 0, 0, 0)


def test_i_8_pending_points_are_never_used():
    story = Story(programme(points=points(settle=Settle("paid", Duration(days=14))))).order("X", 100)
    story.order("A", 40, status="placed", **HUNDRED)
    assert story.buckets == (0, 100, 0, 0)


def test_points_are_spent_soonest_end_first_then_oldest():
    story = Story(programme(points=points("P12M", expiry="fixed"))).gift(50).later(5).gift(50)
    story.publish(programme(points=points("P1M", expiry="fixed"))).gift(50).publish(programme()).gift(50)
    story.order("A", 100, discounts=(points_discount(120),))
    assert story.ends() == {370: 30, -1: 50}


def with_coupon(**more):
    story = Story(programme(rewards=(reward(100, **more),))).gift(100)
    (coupon,) = story.coupons.values()
    return story, {"discounts": (coupon_discount(coupon.code, 4),)}


def test_a_placed_order_reserves_its_coupon_and_a_valid_one_uses_it():
    story, used = with_coupon()
    story.order("A", 40, status="placed", **used)
    assert story.states() == ["reserved"]
    assert story.order("A", status="paid").repeat("A").states() == ["used"]


def test_a_coupon_comes_back_only_when_the_whole_order_goes():
    story, used = with_coupon()
    story.order("A", line(20, "mug"), line(20, "tee"), **used).refund("A", "mug")
    assert story.states() == ["used"]
    assert story.refund("A", "tee").states() == ["issued"]
    assert story.repeat("A").order("A", status="cancelled").states() == ["issued"]


def test_a_coupon_is_taken_by_the_first_order_and_left_alone_by_the_second():
    story, used = with_coupon()
    story.order("A", 40, **used).order("B", 40, **used).order("B", status="cancelled")
    assert story.states() == ["used"]
    story.order("A", status="cancelled").order("B", status="paid")
    assert (story.states(), story.orders["B"].booking.coupons) == (["used"], ("c0001",))


def test_an_edit_that_no_longer_names_the_coupon_gives_it_back():
    story, used = with_coupon()
    assert story.order("A", 40, **used).order("A", 40).states() == ["issued"]


def test_a_returned_coupon_whose_end_has_passed_is_expired():
    story, used = with_coupon(valid_for="P1M")
    story.order("A", 40, **used).later(40).order("A", status="cancelled")
    assert story.states() == ["expired"]


def test_a_reserved_coupon_stays_with_its_order_beyond_its_end():
    story, used = with_coupon(valid_for="P1M")
    story.order("A", 40, status="placed", **used).later(40)
    assert story.states() == ["reserved"]
    assert story.order("A", status="paid").states() == ["used"]


def test_a_coupon_ends_at_midnight_after_its_last_day():
    story, _ = with_coupon(valid_for="P1M")
    assert story.at(when("2026-02-10T23:59:59")).states() == ["issued"]
    assert story.at(when("2026-02-11")).states() == ["expired"]


def test_a_booked_coupon_that_its_store_no_longer_gives_holds_nothing_up():
    story = Story(programme(earning=(spend_rule(),))).order("A", 20)
    known = story.orders["A"]
    known.booking = replace(known.booking, coupons=("gone",), coupon_amounts=(("gone", 500),))
    story.order("A", status="cancelled")
    assert (known.booking.coupons, known.booking.coupon_amounts, story.available) == ((), (), 0)


def test_a_code_that_is_nobodys_is_left_alone():
    story, _ = with_coupon()
    assert story.order("A", 40, discounts=(coupon_discount("NOPE", 4),)).states() == ["issued"]
    assert story.orders["A"].booking.coupons == ()


def with_remainder(at=100, **more):
    """A coupon for fifteen euros that keeps what is left of it."""
    terms = CouponTerms(Discount(amount_minor=1500), remainder_kept=True, **more)
    story = Story(programme(rewards=(Reward("r", at, terms),))).gift(at)
    return story, next(iter(story.coupons.values())).code


def left(story):
    (coupon,) = story.coupons.values()
    return coupon.state, coupon.remaining_minor


def test_vou_8_what_is_left_of_an_amount_stays_on_the_same_code_until_nothing_is():
    story, code = with_remainder()
    story.order("A", 40, discounts=(coupon_discount(code, 10),)).repeat("A")
    assert left(story) == ("issued", 500)
    story.order("B", 40, discounts=(coupon_discount(code, 5),)).repeat("B").repeat("A")
    assert left(story) == ("used", 0)
    story.order("A", status="cancelled").repeat("A")
    assert left(story) == ("issued", 1000)
    story.order("B", status="cancelled")
    assert left(story) == ("issued", 1500)


def test_vou_8_an_order_that_waits_reserves_the_whole_coupon_and_takes_its_amount_when_it_is_valid():
    story, code = with_remainder()
    story.order("A", 40, status="placed", discounts=(coupon_discount(code, 10),))
    story.order("B", 40, discounts=(coupon_discount(code, 5),))
    assert (left(story), story.orders["B"].booking.coupons) == (("reserved", 1500), ())
    assert left(story.order("A", status="paid")) == ("issued", 500)
    assert left(story.order("A", status="placed")) == ("reserved", 1500)
    assert left(story.order("A", status="cancelled")) == ("issued", 1500)


def test_vou_8_an_edit_takes_the_new_amount():
    story, code = with_remainder()
    story.order("A", 40, discounts=(coupon_discount(code, 15),))
    assert left(story) == ("used", 0)
    assert left(story.order("A", 40, discounts=(coupon_discount(code, 6),))) == ("issued", 900)
    assert left(story.order("A", 40)) == ("issued", 1500)


@pytest.mark.parametrize("first", [15, 10])
def test_vou_8_an_edit_after_the_coupons_end_keeps_what_the_order_uses_of_it(first):
    """Seed 173840: the order had been left without its coupon, which kept all of it for nobody."""
    story, code = with_remainder(valid_for=Duration(days=5))
    story.order("A", 40, discounts=(coupon_discount(code, first),)).later(9)
    story.order("A", 40, discounts=(coupon_discount(code, 6),)).repeat("A")
    assert (left(story), len(story.orders["A"].booking.coupons)) == (("expired", 900), 1)
    assert left(story.order("A", status="placed")) == ("reserved", 1500)
    assert left(story.order("A", status="cancelled")) == ("expired", 1500)


def test_vou_8_an_amount_comes_back_to_a_coupon_that_another_order_reserves():
    story, code = with_remainder()
    story.order("A", 40, discounts=(coupon_discount(code, 10),))
    story.order("B", 40, status="placed", discounts=(coupon_discount(code, 5),)).order(
        "A", status="cancelled"
    )
    assert left(story) == ("reserved", 1500)
    assert left(story.order("B", status="paid")) == ("issued", 1000)


def test_vou_8_a_foreign_order_takes_its_amount_at_its_own_rate():
    story, code = with_remainder()
    story.order("A", 40, discounts=(coupon_discount(code, 10),), currency="USD", rate=Fraction("0.9"))
    assert left(story) == ("issued", 600)


def test_vou_8_a_coupon_that_was_used_in_part_is_not_withdrawn():
    terms = CouponTerms(Discount(amount_minor=1500), remainder_kept=True)
    story = Story(programme(rewards=(Reward("r", 100, terms),))).order("A", 100)
    story.order("B", 40, discounts=(coupon_discount("CODE1", 10),)).refund("A", full=True)
    assert (left(story), story.buckets) == (("issued", 500), (0, 0, 0, 100))


def test_a_used_coupon_is_reserved_again_by_an_order_that_waits_again():
    story, used = with_coupon()
    assert story.order("A", 40, **used).order("A", status="placed").states() == ["reserved"]
    assert story.order("A", status="paid").states() == ["used"]


def test_vou_8_a_delivery_that_a_coupon_frees_takes_nothing_of_its_amount():
    terms = CouponTerms(Discount(amount_minor=1500), remainder_kept=True)
    story = Story(programme(rewards=(Reward("r", 50, terms),))).gift(50)
    coupon = next(iter(story.coupons.values()))
    freed = OrderDiscount("coupon", 490, code=coupon.code, free_shipping=True)
    story.order("A", 40, discounts=(coupon_discount(coupon.code, 6), freed))
    assert story.coupons[coupon.id].remaining_minor == 900


def test_stk_6_the_benefit_of_a_first_order_is_its_own_while_it_waits():
    first = OrderDiscount("first_order", 500)
    story = (
        Story(programme()).order("A", 40, status="placed", discounts=(first,)).order("B", 40, status="placed")
    )
    assert (story.state.first_claims, story.orders["A"].booking.claims_first) == ({"order:A"}, True)
    story.order("A", status="cancelled")
    assert (story.state.first_claims, story.orders["A"].booking.claims_first) == (frozenset(), False)
