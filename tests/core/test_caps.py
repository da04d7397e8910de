"""Caps and multipliers (meanings 11 and 19)."""

from fractions import Fraction

import pytest

from palier.core.account import Contribution
from palier.core.caps import looks_back_to, room_under_caps
from palier.core.order import OrderDiscount, Shipping
from palier.core.period import Duration
from palier.core.programme.values import (
    Award,
    Cap,
    Conditions,
    EarningRule,
    LineFilter,
    Points,
    Spend,
    Tier,
    Tiers,
)
from palier.core.values import replace
from tests.core.kit import EURO, Story, line, programme, spend_rule, when

DAY = Duration(days=1)


def capped(points, every, **more):
    return programme(
        earning=(
            spend_rule(),
            EarningRule("visit", on="visit", award=Award(30)),
            EarningRule("cap", cap=Cap(points, every), **more),
        )
    )


def booked(story):
    return [known.booking.points for known in story.orders.values()]


def test_a_cap_of_one_tier_leaves_the_events_of_others_alone():
    story = Story(capped(20, DAY, when=Conditions(tier=frozenset({"gold"})))).event("visit")
    assert story.available == 30


def test_a_cap_that_asks_for_an_order_limits_no_event():
    story = Story(capped(20, DAY, when=Conditions(carrier=frozenset({"post"})))).event("visit")
    assert story.available == 30


def test_a_cap_by_day_cuts_events():
    assert Story(capped(20, DAY)).event("visit").available == 20


def test_a_cap_by_order_cuts_each_order_and_no_event():
    story = Story(capped(20, "order")).order("A", 100).order("B", 15).event("visit")
    assert (booked(story), story.available) == ([20, 15], 65)


def test_a_cap_for_ever_counts_orders_and_events_net_of_what_was_taken_back():
    story = Story(capped(100, "ever")).order("A", 60).event("visit").order("B", 60)
    assert booked(story) == [60, 10]
    story.later(400).order("C", 60)
    assert booked(story) == [60, 10, 0]


def test_gifts_do_not_count_in_a_cap():
    assert booked(Story(capped(100, "ever")).gift(1000).order("A", 60)) == [60]


def test_a_cap_by_p1d_is_the_calendar_day_of_the_programmes_zone():
    rules = capped(100, DAY)
    story = Story(replace(rules, timezone="Europe/Paris"), start=when("2026-01-10T22:30"))
    story.order("A", 90).later(1 / 48).order("B", 90)  # 23:30 and 00:00 in Paris
    assert booked(story) == [90, 90]
    story.later(23 / 24).order("C", 90)
    assert booked(story) == [90, 90, 10]


def test_a_cap_by_24_hours_is_an_exact_window():
    story = Story(capped(100, Duration(seconds=86400)), start=when("2026-01-10T22:30"))
    story.order("A", 90).at("2026-01-11T22:29:59").order("B", 90).at("2026-01-11T22:30").order("C", 90)
    assert booked(story) == [90, 10, 90]


def test_a_refund_does_not_raise_later_orders():
    story = Story(capped(100, DAY)).order("A", 90).order("B", 90).refund("A", full=True).repeat("B")
    assert booked(story) == [0, 10]
    assert story.order("B", 95).orders["B"].booking.points == 10


def test_the_room_is_frozen_with_the_order_and_cuts_what_remains_of_it():
    story = Story(capped(100, DAY)).order("A", 150).refund("A", euros=20)
    assert booked(story) == [100]
    assert booked(story.refund("A", euros=60)) == [70]


def test_a_cap_that_does_not_look_at_this_member_or_order_limits_nothing():
    carrier = Conditions(carrier=frozenset({"relay"}))
    story = Story(capped(20, "order", when=carrier)).order("A", 50)
    assert booked(story.order("B", 50, shipping=Shipping("relay"))) == [50, 20]


def multiplied(*rules, **sections):
    return programme(earning=(spend_rule(), *rules), **sections)


def times(factor, **more):
    return EarningRule(f"x{factor}", multiply=Fraction(str(factor)), **more)


MUGS = LineFilter(frozenset({"mug"}))


def test_the_highest_matching_multiplier_applies_to_the_sum_of_the_awards_once_rounded():
    rules = multiplied(times("1.5"), times("1.2"), EarningRule("flat", award=Award(2)))
    story = Story(rules).order("A", 9.99)
    assert booked(story) == [16]  # (9 + 2) × 1.5 = 16.5
    assert story.entries[0].facts["multiplier"] == "3/2"


@pytest.mark.parametrize(("rounding", "points"), [("down", 16), ("nearest", 17), ("up", 17)])
def test_the_product_is_rounded_like_awards_are(rounding, points):
    rules = multiplied(times("1.5"), points=Points(rounding=rounding))
    assert booked(Story(rules).order("A", 11)) == [points]


def test_the_tier_held_before_the_order_multiplies():
    tiers = Tiers((Tier("gold", 100 * EURO, multiply=Fraction(2)),))
    assert booked(Story(multiplied(tiers=tiers)).order("A", 100).order("B", 100)) == [100, 200]


def test_a_multiplier_with_lines_counts_for_what_those_lines_earn():
    story = Story(multiplied(times(3, lines=MUGS), EarningRule("flat", award=Award(7))))
    story.order("A", line(10), line(20, "tee"))
    assert booked(story) == [30 + 20 + 7]


def test_each_line_takes_the_highest_that_matches_it_and_flat_awards_the_general_one():
    rules = multiplied(times(3, lines=MUGS), times(2), EarningRule("flat", award=Award(7)))
    assert booked(Story(rules).order("A", line(10), line(20, "tee"))) == [30 + 40 + 14]


def test_a_lower_multiplier_of_lines_never_lowers_the_general_one():
    rules = multiplied(times("1.5", lines=MUGS), times(2))
    assert booked(Story(rules).order("A", line(10), line(20, "tee"))) == [60]


def test_points_by_item_are_shared_among_their_pieces():
    each = EarningRule("each", award=Award(10, per_item=True))
    rules = programme(earning=(each, times(2, lines=MUGS)))
    assert booked(Story(rules).order("A", line(5, "mug", 3), line(5, "tee", 1))) == [70]


def test_shipping_that_counts_takes_the_general_multiplier():
    rules = multiplied(times(3, lines=MUGS), spend=Spend(shipping="included"))
    assert booked(Story(rules).order("A", line(10), shipping=Shipping("post", 500))) == [35]


def test_a_multiplier_holds_only_for_what_is_kept():
    rules = multiplied(times(3, lines=MUGS))
    assert booked(Story(rules).order("A", line(10), line(20, "tee")).refund("A", "mug")) == [20]


def test_points_are_multiplied_before_they_are_capped():
    story = Story(multiplied(times(2), EarningRule("cap", cap=Cap(150, "order")))).order("A", 100)
    assert booked(story) == [150]
    assert story.entries[0].facts["uncapped"] == 200


def test_goods_that_cost_nothing_after_discounts_earn_nothing_by_amount_whatever_multiplies():
    rules = multiplied(times(3, lines=MUGS), EarningRule("flat", award=Award(7)))
    assert booked(Story(rules).order("A", line(10), discounts=(OrderDiscount("tier", 1000),))) == [7]


@pytest.mark.parametrize(
    ("caps", "begins"),
    [
        ([], None),
        ([("order", True), ("ever", True)], None),
        ([(DAY, True)], "2026-03-09T23:00:00Z"),
        ([(DAY, False)], None),
        ([(Duration(days=2), True)], "2026-03-08T10:00:00.000001Z"),
        ([(Duration(seconds=3600), True)], "2026-03-10T09:00:00.000001Z"),
        ([("ever", True), (DAY, True), (Duration(1), True)], "2026-02-10T10:00:00.000001Z"),
        ([(Duration(days=3), False), (DAY, True)], "2026-03-09T23:00:00Z"),
    ],
)
def test_caps_look_back_as_far_as_the_longest_of_them(caps, begins):
    rules = tuple(EarningRule(f"c{i}", enabled=on, cap=Cap(9, every)) for i, (every, on) in enumerate(caps))
    paris = replace(programme(earning=(spend_rule(), *rules)), timezone="Europe/Paris")
    at = when("2026-03-10T10:00:00Z")
    assert looks_back_to(paris, at) == (begins and when(begins))


@pytest.mark.parametrize(
    ("every", "at", "counts"),
    [
        (DAY, "2026-03-09T23:00:00Z", True),
        (DAY, "2026-03-09T22:59:59Z", False),
        (DAY, "2026-03-10T22:59:59Z", True),
        (DAY, "2026-03-10T23:00:00Z", False),
        (Duration(days=2), "2026-03-08T10:00:00Z", False),
        (Duration(days=2), "2026-03-08T10:00:00.000001Z", True),
        (Duration(days=2), "2026-03-10T10:00:00Z", True),
        (Duration(days=2), "2026-03-10T10:00:00.000001Z", False),
    ],
)
def test_a_cap_counts_what_lies_in_its_window_but_not_the_same_order(every, at, counts):
    rules = replace(
        programme(earning=(EarningRule("c", cap=Cap(9, every)), EarningRule("d", cap=Cap(5, "order")))),
        timezone="Europe/Paris",
    )
    other, own = (Contribution(cause, when(at), 0, 8, 0) for cause in ("order:B", "order:A"))
    now = when("2026-03-10T10:00:00Z")
    asked = {"activity": 99, "at": now}
    assert room_under_caps(rules, [other, own], cause="order:A", **asked) == (1 if counts else 5)
    assert room_under_caps(rules, [own], cause="event:A", **asked) == (1 if counts else 9)
    assert room_under_caps(rules, [other, own], cause="event:A", **asked) == (0 if counts else 9)
    assert room_under_caps(rules, [], cause="event:A", applies=lambda _: False, **asked) is None
