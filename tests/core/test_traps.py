"""What merchants and shoppers complained of elsewhere, line by line (docs/traps.md); more is in the other tests."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.errors import InvalidOrder
from palier.core.order import OrderDiscount
from palier.core.period import Duration
from palier.core.programme.values import (
    Award,
    Bounds,
    Conditions,
    EarningRule,
    LineFilter,
    Points,
    Reward,
    Settle,
    Spend,
)
from tests.core.kit import (
    EURO,
    Story,
    days,
    few,
    ladder,
    line,
    points,
    points_discount,
    programme,
    reward,
    spend_rule,
    when,
)


def booked(story, *orders):
    return [story.orders[order].booking.points for order in orders]


# Earning


def test_earn_1_an_order_that_is_told_of_makes_no_other_order_earn():
    story = Story(programme()).order("A", 50, status="placed").order("B", 10)
    assert booked(story, "A", "B") == [0, 10]
    assert booked(story.order("B", status="delivered"), "A", "B") == [0, 10]


def test_earn_3_pieces_that_came_back_and_cancelled_orders_earn_nothing():
    each = EarningRule("each", award=Award(5, per_item=True))
    story = Story(programme(earning=(each,))).order("A", line(30, "mug", 3)).refund("A", ("mug", 2))
    assert booked(story, "A") == [5]
    assert booked(story.order("A", status="cancelled"), "A") == [0]


@pytest.mark.parametrize(
    ("allowed", "earned"),
    [((), 0), (("promo_code",), 0), (("points",), 0), (("promo_code", "points"), 85)],
)
def test_earn_4_all_four_positions_of_the_switches_for_points_and_promo_codes(allowed, earned):
    """Where both are allowed, it earns on the money that was really paid (D7)."""
    rules = programme(points=Points(earn_with=frozenset(allowed)))
    discounts = (OrderDiscount("promo_code", 10 * EURO), points_discount(50))
    assert booked(Story(rules).gift(50).order("A", 100, discounts=discounts), "A") == [earned]


def test_earn_5_gift_cards_as_goods_earn_nothing_and_paying_with_one_earns():
    rules = programme(spend=Spend(exclude=LineFilter(categories=frozenset({"gift-cards"}))))
    card = line(50, "card", categories=("gift-cards",))
    story = Story(rules).order("A", card).order("B", line(20), payment_method="gift-card")
    assert booked(story, "A", "B") == [0, 20]


@pytest.mark.parametrize(("euros", "given"), [(20, 0), ("20.01", 10), (40, 10), ("40.01", 10), (400, 10)])
def test_earn_6_a_threshold_gives_once_and_not_again_at_its_double(euros, given):
    over = EarningRule("over", when=Conditions(total=Bounds(20 * EURO + 1)), award=Award(10))
    assert booked(Story(programme(earning=(over,))).order("A", line(euros)), "A") == [given]


def test_earn_7_conditions_look_at_the_order_as_it_was_paid():
    wire = EarningRule("wire", when=Conditions(payment_method=frozenset({"bankwire"})), award=Award(20))
    story = Story(programme(earning=(wire,)))
    story.order("A", line(10), status="placed", payment_method="bankwire").order("A", payment_method="card")
    story.order("B", line(10), status="placed", payment_method="card").order("B", payment_method="bankwire")
    assert booked(story, "A", "B") == [0, 20]


def test_earn_8_one_order_has_an_entry_for_each_thing_that_it_does():
    rules = programme(
        points=Points(earn_with=frozenset({"points"})), rewards=(reward(90),), tiers=ladder(0, 50)
    )
    story = Story(rules).gift(20).order("A", 100, discounts=(points_discount(20),)).refund("A", euros=60)
    own = [entry.kind for entry in story.entries if entry.cause.kind in ("order", "refund")]
    assert own == ["use", "earn", "tier", "return", "take_back", "tier"]
    assert [entry.kind for entry in story.entries if entry.cause.kind == "coupon"] == ["reward", "withdraw"]


@pytest.mark.parametrize("number", [1, 2, 5])
def test_earn_10_the_nth_order_is_counted_by_valid_orders_at_that_moment(number):
    nth = EarningRule("nth", when=Conditions(order_number=Bounds(number, number)), award=Award(100))
    story = Story(programme(earning=(nth,)))
    for i in range(1, number):
        story.order(f"before-{i}", 10)
    story.order("A", 10).order("A", status="cancelled").order("B", 10).order("C", 10)
    assert booked(story, "A", "B", "C") == [0, 100, 0]


# Numbers


def test_num_2_rules_that_give_more_points_than_are_kept_are_refused_and_nothing_is_booked():
    story = Story(programme(earning=(spend_rule(10**9),)))
    with pytest.raises(InvalidOrder, match="points"):
        story.order("A", 100_000)
    assert (story.entries, story.state.totals.lifetime) == ([], 0)


@given(
    st.integers(1, 10**7),
    st.fractions(min_value="1/1000", max_value=1000, max_denominator=10**6),
    st.sampled_from(["JPY", "EUR", "KWD"]),
)
@few(40)
def test_num_6_a_foreign_order_earns_what_its_exact_worth_earns_less_rounding(amount, rate, currency):
    decimals = {"JPY": 0, "EUR": 2, "KWD": 3}[currency]
    exact = Fraction(amount) * rate * 100 / 10**decimals
    story = Story(programme()).order("A", line(Fraction(amount, 100)), currency=currency, rate=rate)
    booking = story.orders["A"].booking
    assert abs(booking.spend_minor - exact) <= Fraction(1, 2)
    assert booking.points <= (exact + Fraction(1, 2)) / EURO


# Refunds


@pytest.mark.parametrize(
    "left", [(), (EarningRule("spend", enabled=False, award=Award(1, EURO)),), (spend_rule(9),)]
)
def test_ref_2_a_rule_that_is_deleted_disabled_or_changed_since_takes_back_what_it_gave(left):
    story = Story(programme()).order("A", 50).publish(programme(earning=left))
    assert booked(story.refund("A", euros=20), "A") == [30]
    assert story.refund("A", full=True).buckets == (0, 0, 0, 0)


def test_ref_5_points_spent_on_a_refunded_order_come_back_once_in_proportion():
    story = Story(programme(earning=())).gift(100)
    story.order("A", line(20, "mug", 2), line(20, "tee"), discounts=(points_discount(80),))
    seen = [story.refund("A", piece).available for piece in ("mug", "mug", "tee")]
    assert seen == [40, 60, 100]
    story.order("A", status="cancelled")
    assert (story.available, story.kinds("return")) == (100, ["return"] * 3)


def test_ref_9_a_debt_ends_no_other_points_early_and_is_paid_before_any_are_spendable():
    rules = programme(points=points("P1M", expiry="fixed"))
    story = (
        Story(rules)
        .order("A", 50)
        .order("B", 60, discounts=(points_discount(50),))
        .order("A", status="cancelled")
    )
    assert story.buckets == (0, 0, 0, 50)
    story.later(10).order("C", 80)
    assert (story.buckets, story.ends()) == ((30, 0, 0, 0), {41: 30})


# Expiry


def test_exp_2_points_end_by_an_entry_with_its_cause_its_day_and_its_lots():
    story = Story(programme(points=points("P1M", expiry="fixed"))).gift(10).later(32)
    last = story.entries[-1]
    assert (last.kind, last.amount, last.draws, last.effective_at) == (
        "expire",
        -10,
        ((1, -10),),
        when("2026-02-11"),
    )
    assert (last.cause.kind, last.facts) == ("time", {"last_day": "2026-02-10"})


def test_exp_4_a_validity_that_is_switched_on_or_shortened_ends_no_points_of_before():
    endless = Story(programme()).gift(10)
    endless.publish(programme(points=points("P1M", expiry="fixed"))).gift(5)
    assert endless.later(400).available == 10
    longer = Story(programme(points=points("P12M", expiry="fixed"))).gift(10)
    longer.publish(programme(points=points("P1M", expiry="fixed"))).gift(5)
    assert longer.later(40).available == 10
    sliding = Story(programme(points=points("P12M"))).gift(10).publish(programme(points=points("P1M")))
    assert sliding.order("A", 5).ends() == {31: 5, 365: 10}


def test_exp_8_a_gift_and_an_event_live_as_long_as_points_do():
    visit = EarningRule("visit", on="visit", award=Award(7))
    story = Story(programme(points=points("P1M", expiry="fixed"), earning=(visit,))).gift(3).event("visit")
    assert story.ends() == {31: 10}


# Tiers


def test_tier_6_a_window_ends_once_and_who_qualifies_in_its_last_second_keeps_the_tier():
    rules = programme(tiers=ladder(0, 100, window="calendar_year"))
    kept = Story(rules).order("A", 100).at("2026-12-31T23:59:59").order("B", 100).at("2027-01-01")
    assert (kept.tier, kept.kinds("tier")) == ("t0", ["tier", "tier"])
    rolling = programme(tiers=ladder(0, 100, window="rolling", rolling=Duration(1)))
    story = Story(rolling).order("A", 100).at("2026-02-10T08:59:59").order("B", 100).later(10)
    assert (story.tier, story.kinds("tier")) == ("t1", ["tier"])


def test_time_2_what_is_paid_at_midnight_of_new_year_belongs_to_the_new_year():
    rules = programme(tiers=ladder(0, 100, window="calendar_year"))
    story = Story(rules).at("2027-01-02").order("A", 60, paid_at=when("2026-12-31T23:59:59"))
    story.order("B", 60, paid_at=when("2027-01-01"))
    assert story.tier == "t0"
    assert story.order("C", 40, paid_at=when("2027-01-01")).tier == "t1"


def test_time_3_an_account_that_waits_for_nothing_does_not_go_back_either():
    story = Story(programme()).gift(15).at("2026-02-12").at("2026-02-09")
    assert story.state.caught_up_at == when("2026-02-12")
    assert story.order("A", 10).entries[-1].effective_at == when("2026-02-12")


def test_time_3_a_clock_that_jumps_forward_and_back_ends_nothing_twice_and_tells_nothing_twice():
    rules = programme(
        points=points("P1M", expiry="fixed", remind=(Duration(days=7),)),
        rewards=(Reward("r", 20, reward(20).coupon),),
    )
    story = Story(rules).gift(15).at("2026-02-12")
    before = (story.entries[:], story.told[:])
    story.at("2026-02-09").at("2026-02-12").at(story.now - days(1)).at("2026-02-13")
    assert (story.entries, story.told) == before
    assert story.told == ["points_expiring"]


def test_evt_2_a_state_that_is_jumped_over_settles_points_all_the_same():
    story = Story(programme(points=points(settle=Settle("shipped", Duration(days=3))))).order("A", 40)
    assert story.order("A", status="delivered").later(3).buckets == (40, 0, 0, 0)


def test_points_that_settle_at_once_settle_by_their_order_and_not_by_time():
    story = Story(programme(points=points(settle=Settle("delivered")))).order("A", 40).later(1)
    story.order("A", status="delivered")
    settled = story.entries[-1]
    assert (settled.kind, settled.cause.kind, settled.cause.id, story.buckets) == (
        "settle",
        "order",
        "A",
        (40, 0, 0, 0),
    )
