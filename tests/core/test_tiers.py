"""Tiers: thresholds, windows, seasons, grace, soft landings, new ladders, and their coupons (meanings 9, 13, 14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import AccountState, Timeline, Version
from palier.core.book import Book
from palier.core.period import Duration
from palier.core.programme.values import Award, EarningRule, Interval, Season
from palier.core.tiers import deserved_tier, progress
from palier.core.values import replace
from tests.core.kit import (
    EURO,
    START,
    Story,
    coupon_discount,
    days,
    few,
    ladder,
    line,
    points_discount,
    programme,
    reward,
    spend_rule,
    when,
)

YEAR = {"window": "rolling", "rolling": Duration(12)}


def of(*thresholds, **more):
    return programme(tiers=ladder(*thresholds, **more))


def moves(story):
    return [
        (entry.facts["from"], entry.facts["to"], (entry.effective_at - START).days)
        for entry in story.entries
        if entry.kind == "tier"
    ]


@pytest.mark.parametrize(("euros", "tier"), [("499.99", "t0"), (500, "t1"), ("999.99", "t1"), (1000, "t2")])
def test_tier_3_exactly_the_threshold_qualifies(euros, tier):
    assert Story(of(0, 500, 1000)).order("A", line(euros)).tier == tier


def test_tier_4_a_jump_over_two_steps_is_one_change_and_one_message():
    story = Story(of(0, 500, 1000)).order("A", 1500)
    assert (moves(story), story.told) == ([("t0", "t2", 0)], ["tier_up"])


def test_tier_5_a_refund_below_the_threshold_demotes_at_once_to_what_is_deserved():
    story = Story(of(0, 500, 1000)).order("A", 1500).refund("A", euros=1100)
    assert (story.tier, story.told) == ("t0", ["tier_up", "tier_down"])


def test_tier_1_points_that_are_used_or_given_change_no_tier():
    for metric in ("spend", "points", "orders"):
        story = Story(of(0, 50, metric=metric)).gift(9000).order("A", 40, discounts=(points_discount(300),))
        assert (story.tier, story.state.totals.activity) == ("t0", 0)


@pytest.mark.parametrize(
    ("metric", "threshold", "tier"), [("spend", 60, "t1"), ("points", 0.6, "t1"), ("orders", 0.03, "t0")]
)
def test_the_metric_says_what_counts(metric, threshold, tier):
    assert Story(of(0, threshold, metric=metric)).order("A", 30).order("B", 30).tier == tier


def test_metric_points_counts_events_and_take_backs():
    rules = (spend_rule(), EarningRule("visit", on="visit", award=Award(30)))
    story = Story(programme(earning=rules, tiers=ladder(0, 0.5, metric="points")))
    story.event("visit").order("A", 20)
    assert story.tier == "t1"
    assert story.refund("A", euros=1).tier == "t0"


def test_the_lowest_tier_is_held_from_the_start_without_a_coupon_and_a_message():
    story = Story(of(0, 500, coupons=(0, 1)))
    assert (story.tier, story.entries, story.told, story.states()) == ("t0", [], [], [])


def test_below_the_lowest_threshold_there_is_no_tier():
    story = Story(of(100)).order("A", 50)
    assert story.tier is None
    assert story.order("B", 50).tier == "t0"
    assert story.refund("B", euros=1).tier is None


def test_tier_2_an_order_leaves_a_rolling_window_at_its_instant_plus_the_duration():
    story = Story(of(0, 500, **YEAR)).order("A", 500)
    assert story.at(when("2027-01-10T08:59:59")).tier == "t1"
    assert story.at(when("2027-01-10T09:00")).tier == "t0"
    assert story.told == ["tier_up", "tier_down"]


@pytest.mark.parametrize(
    ("bought", "rolling", "leaves"),
    [
        ("2028-02-29T10:00", Duration(12), "2029-02-28T10:00"),
        ("2026-01-31T10:00", Duration(1), "2026-02-28T10:00"),
        ("2026-08-31T10:00", Duration(6), "2027-02-28T10:00"),
    ],
)
def test_a_window_of_months_ends_where_the_month_is_clamped(bought, rolling, leaves):
    """Counted backwards from that instant the order would still lie inside, and nobody would look again."""
    rules = of(0, 500, window="rolling", rolling=rolling)
    story = Story(rules, start=when(bought)).order("A", 500).at(when(leaves))
    assert story.tier == "t0"
    assert story.at(when(leaves) + days(10)).state.next_due_at is None


def test_a_refund_of_an_order_outside_the_window_moves_no_tier():
    story = Story(of(0, 500, **YEAR)).order("A", 500).later(200).order("B", 500).later(200)
    assert story.refund("A", full=True).tier == "t1"
    assert story.state.totals.spend_minor == 500 * EURO


def test_time_2_a_calendar_year_begins_with_its_first_instant_in_the_programmes_zone():
    rules = replace(of(0, 500, window="calendar_year"), timezone="Europe/Paris")
    story = Story(rules, start=when("2026-12-01")).order("A", 300)
    story.at(when("2026-12-31T22:59:59")).order("B", 300)
    assert story.tier == "t1"
    assert story.at(when("2026-12-31T23:00")).tier == "t0"
    story.order("C", 300)
    assert story.order("D", 300).tier == "t1"


def test_a_late_order_counts_in_the_year_in_which_it_was_paid():
    story = Story(of(0, 500, window="calendar_year")).order("A", 600, paid_at=when("2025-12-31T23:59"))
    assert (story.tier, story.state.totals.spend_minor) == ("t0", 600 * EURO)


def season(since, until, **thresholds):
    return Season(Interval(when(since), when(until)), tuple((t, v * EURO) for t, v in thresholds.items()))


def seasonal(**more):
    return of(0, 500, 1000, schedule=(season("2026-02-01", "2026-03-01", t1=200, t2=400),), **more)


def test_a_season_promotes_when_it_begins_and_demotes_when_it_is_over():
    story = Story(seasonal()).order("A", 450).at("2026-04-01")
    assert moves(story) == [("t0", "t2", 21), ("t2", "t0", 49)]


def test_a_disabled_season_is_none():
    rules = seasonal()
    off = replace(
        rules, tiers=replace(rules.tiers, schedule=(replace(rules.tiers.schedule[0], enabled=False),))
    )
    assert moves(Story(off).order("A", 450).at("2026-04-01")) == []


def test_the_end_of_a_season_has_its_grace():
    story = Story(seasonal(grace=Duration(days=30))).order("A", 450).at("2026-06-01")
    assert moves(story) == [("t0", "t2", 21), ("t2", "t0", 79)]


def test_who_qualifies_again_within_the_grace_stays():
    rules = of(0, 500, **YEAR, grace=Duration(days=30))
    story = Story(rules).order("A", 500).later(370)
    assert (story.tier, story.state.demote_at) == ("t1", when("2027-02-09T09:00"))
    story.order("B", 500).later(60)
    assert (story.tier, story.state.demote_at) == ("t1", None)


def in_grace(**more):
    return Story(of(0, 500, 1000, **YEAR, grace=Duration(days=30), **more)).order("A", 700).later(300)


def test_an_order_that_waits_ends_no_grace():
    story = in_grace().order("B", 250).later(70)
    assert story.state.demote_at is not None
    assert story.order("C", 10, status="placed").order("D", 10, status="cancelled").tier == "t1"


def test_a_refund_that_deserves_no_other_tier_ends_no_grace():
    story = in_grace().order("B", 250).later(70).refund("B", euros=10)
    assert (story.tier, story.state.demote_at is not None) == ("t1", True)


def test_a_refund_that_lowers_what_is_deserved_has_no_grace():
    rules = of(0, 500, 1000, **YEAR, grace=Duration(days=30))
    story = Story(rules).order("A", 600).later(100).order("B", 600).later(270)
    assert (story.tier, story.state.demote_at is not None) == ("t2", True)
    assert story.refund("B", euros=200).tier == "t0"


def test_with_grace_refunds_a_refund_has_a_grace_too():
    story = (
        Story(of(0, 500, grace=Duration(days=30), grace_refunds=True)).order("A", 500).refund("A", euros=1)
    )
    assert story.tier == "t1"
    assert story.later(30).tier == "t0"


def test_a_soft_landing_goes_one_step_down_a_window_at_a_time():
    story = Story(of(0, 500, 1000, landing="one_step", **YEAR)).order("A", 1000).at("2030-01-01")
    assert moves(story) == [("t0", "t2", 0), ("t2", "t1", 365), ("t1", "t0", 730)]


def test_a_soft_landing_with_a_grace_takes_each_step_after_it():
    rules = of(0, 500, 1000, landing="one_step", grace=Duration(days=30), **YEAR)
    story = Story(rules).order("A", 1000).at("2030-01-01")
    assert moves(story) == [("t0", "t2", 0), ("t2", "t1", 395), ("t1", "t0", 790)]


def test_a_soft_landing_by_calendar_years_takes_a_step_each_new_year():
    rules = of(0, 500, 1000, landing="one_step", window="calendar_year", grace=Duration(days=31))
    story = Story(rules).order("A", 1000).at("2030-01-01")
    assert [(a, b) for a, b, _ in moves(story)] == [("t0", "t2"), ("t2", "t1"), ("t1", "t0")]
    assert [e.effective_at for e in story.entries if e.kind == "tier"][1:] == [
        when("2027-02-01"),
        when("2028-02-01"),
    ]


def test_a_soft_landing_ends_when_the_tier_is_deserved_again():
    story = Story(of(0, 500, 1000, landing="one_step", **YEAR)).order("A", 1000).later(366)
    assert (story.tier, story.state.demote_at is not None) == ("t1", True)
    story.order("B", 600)
    assert (story.tier, story.state.demote_at) == ("t1", None)


@pytest.mark.parametrize("grace", [Duration(), Duration(days=10)])
def test_a_soft_landing_without_window_waits_for_the_grace_only(grace):
    rules = of(
        0,
        500,
        1000,
        landing="one_step",
        grace=grace,
        schedule=(season("2026-02-01", "2026-03-01", t1=1, t2=2),),
    )
    story = Story(rules).order("A", 450).at("2026-06-01")
    assert [(a, b) for a, b, _ in moves(story)] == [("t0", "t2"), ("t2", "t1"), ("t1", "t0")]
    assert [day for *_, day in moves(story)] == [21, 49 + grace.days, 49 + 2 * grace.days]


def test_tier_7_a_new_ladder_promotes_and_demotes_at_once_without_messages():
    story = Story(of(0, 500)).order("A", 500)
    assert story.publish(of(0, 600)).tier == "t0"
    assert story.publish(of(0, 100, 400, coupons=(2,))).tier == "t2"
    assert (story.told, story.states()) == (["tier_up"], ["issued"])


def test_a_version_of_the_very_instant_of_the_last_order_is_met_too():
    story = Story(of(0, 500)).order("A", 500)
    assert story.publish(of(0, 600), seconds=0).tier == "t0"
    story.publish(programme(rewards=(reward(100),), tiers=ladder(0, 500)), seconds=0)
    assert (story.tier, story.states()) == ("t1", ["issued"] * 5)


def test_what_happens_after_a_version_at_its_very_instant_has_its_grace():
    """Seed 156647: only time, or a publication, ends it."""
    rules = programme(tiers=ladder(0, 500, grace=Duration(days=7), grace_refunds=True))
    story = Story(of(0, 600)).order("A", 500).publish(rules)
    assert story.tier == "t1"
    assert story.refund("A", euros=100).later(6).tier == "t1"
    assert (story.later(1).tier, story.told) == ("t0", ["tier_down"])


def test_a_version_with_the_same_ladder_leaves_a_grace_alone():
    story = in_grace().later(70)
    assert story.tier == "t1"
    assert story.publish(replace(story.versions[-1].programme, name="Another name")).tier == "t1"


def test_publishing_no_tiers_leaves_none():
    story = Story(of(0, 500)).order("A", 500).publish(programme())
    assert (story.tier, story.told) == (None, ["tier_up"])
    assert story.publish(of(0, 500)).tier == "t1"


def test_a_tier_that_is_no_more_is_left_without_a_promotion():
    """From gold to silver: silver's coupon is for those who reach it."""
    story = Story(of(0, 500, 1000)).order("A", 1000)
    rules = of(0, 500, 1000, coupons=(1,))
    off = tuple(replace(t, enabled=t.id != "t2") for t in rules.tiers.ladder)
    story.publish(replace(rules, tiers=replace(rules.tiers, ladder=off)))
    assert (story.tier, story.states(), story.told) == ("t1", [], ["tier_up"])


def test_tier_9_a_jump_issues_only_the_coupon_of_the_tier_reached():
    story = Story(of(0, 500, 1000, coupons=(0, 1, 2))).order("A", 1000)
    assert [coupon.origin_id for coupon in story.coupons.values()] == ["t2"]


def test_tier_9_a_refund_withdraws_the_unused_coupon_and_reaching_the_tier_brings_it_back():
    story = Story(of(0, 500, coupons=(1,))).order("A", 500).refund("A", euros=100)
    assert story.states() == ["cancelled"]
    assert story.order("B", 100).states() == ["issued"]
    assert story.told.count("coupon_issued") == 1


def test_tier_9_a_used_coupon_is_neither_withdrawn_nor_given_twice():
    story = Story(of(0, 500, coupons=(1,))).order("A", 500)
    story.order("B", 40, discounts=(coupon_discount("CODE1", 15),)).refund("A", euros=300)
    assert (story.tier, story.states()) == ("t0", ["used"])
    assert story.order("C", 500).states() == ["used"]


def test_tier_9_a_demotion_by_time_leaves_the_coupon_and_it_is_not_given_twice():
    story = Story(of(0, 500, coupons=(1,), **YEAR)).order("A", 500).later(400)
    assert (story.tier, story.states()) == ("t0", ["issued"])
    assert story.order("B", 500).states() == ["issued"]


@pytest.mark.parametrize("steps", [(), (0,), tuple(range(200))])
def test_tier_10_no_tier_one_tier_and_two_hundred_are_all_defined(steps):
    story = Story(of(*steps) if steps else programme()).order("A", 100)
    assert story.tier == (f"t{min(100, len(steps) - 1)}" if steps else None)


def test_thresholds_decide_the_order_of_the_ladder():
    assert Story(of(1000, 0, 500)).order("A", 600).tier == "t2"


@pytest.mark.parametrize(
    ("euros", "expected"),
    [
        (0, (0, "t1", 500_00, 500_00, 0)),
        ("312.40", (312_40, "t1", 500_00, 187_60, 62)),
        ("499.99", (499_99, "t1", 500_00, 1, 99)),
        (500, (500_00, "t2", 1000_00, 500_00, 50)),
        (1000, (1000_00, None, None, 0, 100)),
    ],
)
def test_wid_1_and_2_progress_is_floored_and_full_only_when_reached(euros, expected):
    story = Story(of(0, 500, 1000)).order("A", line(euros))
    book = Book(story.state, Timeline(tuple(story.versions)), new_code=lambda: ("", ""))
    found = progress(book)
    assert (found.spent, found.next, found.threshold, found.missing, found.percent) == expected


def test_progress_goes_to_the_tier_above_the_one_held():
    """In its grace the member holds t1 with nothing in the window; the next is t2."""
    story = in_grace().later(70)
    book = Book(story.state, Timeline(tuple(story.versions)), new_code=lambda: ("", ""))
    assert (progress(book).spent, progress(book).next, progress(book).missing) == (0, "t2", 1000_00)
    nothing = Timeline((Version(1, START, programme()),))
    assert progress(Book(AccountState(1, START), nothing, new_code=lambda: ("", ""))).percent == 100


@few(25)
@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=6),
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 60)), max_size=6),
)
def test_i_10_over_a_lifetime_the_tier_is_a_function_of_the_spend(thresholds, edits):
    rules = of(*thresholds)
    story = Story(rules)
    for identity, euros in edits:
        story.order(identity, euros)
        spend = story.state.totals.spend_minor
        deserved = deserved_tier(rules.tiers, spend, story.now)
        assert story.tier == (deserved.id if deserved else None)
        reached = [t for t in sorted(thresholds) if t * EURO <= spend]
        assert (story.tier is None) == (not reached)
