"""Holds of a checkout: reserved, then captured by an order, or given back exactly once (RED-1, RED-5 to RED-8)."""

from datetime import timedelta

from palier.core import holds
from palier.core.catch_up import catch_up
from tests.core.checkout_kit import Checkout
from tests.core.kit import coupon_discount, days, points, points_discount, programme, reward, when

RULES = programme(points=points("P1Y", expiry="fixed"), rewards=(reward(1000),))


def rich(given=100, rules=RULES):
    return Checkout(rules).gift(given)


def test_red_1_a_hold_sets_points_and_coupons_aside_for_sixty_minutes():
    story = rich(1100)
    coupon = next(iter(story.coupons))
    story.hold("h", 60, coupon)
    assert (story.buckets, story.states()) == ((40, 0, 60, 0), ["reserved"])
    (hold,) = story.state.holds
    assert (hold.lapses_at, hold.coupons) == (story.now + timedelta(minutes=60), (coupon,))
    assert story.state.next_due_at == hold.lapses_at
    assert story.entries[-1].cause.id == "h"
    assert (story.entries[-1].kind, story.entries[-1].points, story.entries[-1].held) == ("hold", -60, 60)


def test_red_2_a_hold_lapses_at_its_instant_and_not_before():
    story = rich(1100)
    story.hold("h", 60, next(iter(story.coupons)))
    story.at(story.now + timedelta(minutes=59, seconds=59))
    assert story.buckets == (40, 0, 60, 0)
    story.at(story.now + timedelta(seconds=1))
    assert (story.buckets, story.states(), story.open_holds()) == ((100, 0, 0, 0), ["issued"], [])
    assert story.entries[-1].kind == "release"


def test_red_5_a_release_gives_back_its_own_hold_and_no_other():
    story = rich().hold("one", 30).hold("two", 50).release("one")
    assert (story.buckets, story.open_holds(), story.ended) == ((50, 0, 50, 0), ["two"], {"one": "released"})
    assert story.kinds()[-1] == "release"


def test_a_hold_that_lapses_says_so():
    story = rich().hold("h", 30)
    book = story._open()
    catch_up(book, story.now + timedelta(hours=2))
    assert book.ended_holds == {"h": "lapsed"}


def test_released_points_come_back_to_their_own_lots_and_ends():
    story = rich(30).later(10).gift(30)
    before = story.ends()
    story.hold("h", 40).later(1 / 48).release("h")
    assert (story.ends(), len(story.lots)) == (before, 2)


def test_d14_what_ended_while_it_was_held_comes_back_for_thirty_days():
    story = rich(40)
    story.at(story.state.lots[0].ends_at - timedelta(minutes=10))
    story.hold("h", 40).later(0.5)
    assert story.buckets == (40, 0, 0, 0)
    assert story.state.lots[0].ends_at > story.now + days(29)
    assert story.later(32).buckets == (0, 0, 0, 0)


def test_red_8_a_hold_that_an_order_owns_does_not_lapse_by_the_clock():
    story = rich().hold("h", 60)
    story.take("A", "h", 40, status="placed", discounts=(points_discount(60),)).later(30)
    assert (story.buckets, story.open_holds(), story.orders["A"].booking.hold) == ((40, 0, 60, 0), [], "h")
    story.order("A", status="paid")
    assert (story.buckets, story.state.totals.spent) == ((40, 0, 0, 0), 60)
    assert story.kinds("hold", "capture", "use", "release") == ["hold", "capture"]


def test_red_1_an_order_that_is_valid_at_once_captures_its_hold():
    story = rich().hold("h", 60).take("A", "h", 40, discounts=(points_discount(60),))
    assert (story.buckets, story.state.totals.spent) == ((40, 0, 0, 0), 60)
    assert not story.orders["A"].booking.is_held
    assert not story.orders["A"].booking.is_quoted


def test_red_7_an_order_that_takes_another_hold_gives_back_what_it_had():
    story = rich().hold("one", 30).take("A", "one", 40, status="placed", discounts=(points_discount(30),))
    story.hold("two", 50).take("A", "two", 40, status="placed", discounts=(points_discount(50),))
    assert story.buckets == (50, 0, 50, 0)
    assert story.kinds("hold", "release") == ["hold", "hold", "release"]
    story.hold("three", 20).take("A", "three", 40, discounts=(points_discount(20),))
    assert (story.buckets, story.state.totals.spent) == ((80, 0, 0, 0), 20)
    story.hold("four", 10).take("A", "four", 40, discounts=(points_discount(10),))
    assert (story.buckets, story.state.totals.spent) == ((90, 0, 0, 0), 10)
    assert story.kinds("return") == ["return"]


def test_a_coupon_that_is_held_goes_to_the_order_or_comes_back():
    story = rich(1000)
    coupon = next(iter(story.coupons.values()))
    story.hold("h", 0, coupon.id)
    assert story.orders == {}
    story.take("A", "h", 40, status="placed", discounts=(coupon_discount(coupon.code, 4),))
    assert (story.states(), story.orders["A"].booking.coupons) == (["reserved"], (coupon.id,))
    assert not story.orders["A"].booking.is_held
    story.order("A", status="paid")
    assert story.states() == ["used"]
    story.order("A", status="cancelled")
    assert story.states() == ["issued"]


def test_stk_6_a_hold_has_the_benefit_of_the_first_order_until_it_ends():
    story = rich().hold("h", 10, first=True).hold("g", 10)
    assert story.state.first_claims == {"hold:h"}
    assert story.release("h").state.first_claims == frozenset()


def test_releasing_all_leaves_no_hold():
    story = rich().hold("one", 30).hold("two", 50)
    book = story._open()
    holds.release_all(book)
    assert (book.holds, book.totals["held"], book.totals["available"]) == ({}, 0, 100)
    assert set(book.ended_holds.values()) == {"released"}


def test_points_of_a_hold_follow_a_renewal_that_came_meanwhile():
    story = Checkout(programme(points=points("P1Y"))).gift(100).at(when("2026-10-10"))
    story.hold("h", 100).order("A", 10).release("h")
    assert set(story.ends()) == {638}


def test_l2_an_order_does_not_revive_points_that_ended_while_they_were_held():
    story = Checkout(programme(points=points("P1Y"))).gift(40)
    story.at(story.state.lots[0].ends_at - timedelta(minutes=10))
    story.hold("h", 40).later(1 / 48).order("A", 10).later(1 / 24)
    (returned,) = (lot for lot in story.state.lots if lot.remaining == 40)
    assert story.now + days(29) < returned.ends_at < story.now + days(32)
