"""When points end and settle, in three modes; renewals and their undoing; reminders (meanings 10, 11, 12)."""

import pytest

from palier.core.period import Duration
from palier.core.programme.values import Settle
from palier.core.values import replace
from tests.core.kit import (
    EURO,
    Story,
    days,
    ladder,
    line,
    points,
    points_discount,
    programme,
    reward,
    spend_rule,
    when,
)


def fixed(valid_for="P1M", **more):
    return programme(points=points(valid_for, expiry="fixed", **more))


def sliding(valid_for="P1M", **more):
    return programme(points=points(valid_for, **more))


def test_without_a_validity_points_never_end():
    assert Story(programme()).gift(10).later(36500).available == 10


def test_time_1_points_are_good_through_the_whole_last_day_and_gone_at_midnight():
    story = Story(replace(fixed(), timezone="Europe/Paris")).gift(10)
    assert story.at(when("2026-02-10T22:59:59")).available == 10
    story.at(when("2026-02-10T23:00"))
    assert (story.available, story.state.totals.expired) == (0, 10)
    (entry,) = [e for e in story.entries if e.kind == "expire"]
    assert (entry.effective_at, entry.facts) == (when("2026-02-10T23:00"), {"last_day": "2026-02-10"})


def test_exp_1_only_what_is_left_of_a_lot_ends():
    story = Story(fixed("P1Y"), start=when("2026-01-10")).gift(100).at("2026-06-10").gift(50)
    story.order("A", 40, discounts=(points_discount(80),)).at("2027-01-11")
    assert (story.available, story.state.totals.expired) == (50, 20)


def test_exp_3_points_past_their_end_are_not_there_whether_or_not_a_job_ran():
    """Nothing was looked after for a year: an order finds none of the points that ended on the way."""
    story = Story(fixed()).gift(100)
    story.now = when("2027-01-10")
    story.order("A", 40, discounts=(points_discount(100),))
    assert story.buckets == (0, 0, 0, 100)
    assert [(e.kind, e.effective_at) for e in story.entries][1:] == [
        ("expire", when("2026-02-11")),
        ("use", when("2027-01-10")),
        ("spend", when("2027-01-10")),
    ]


def test_lots_that_share_their_last_day_end_in_one_entry():
    story = Story(fixed()).gift(10).gift(20).order("A", 30).later(40)
    assert story.kinds("expire") == ["expire"]
    assert story.entries[-1].draws == ((1, -10), (2, -20), (3, -30))


def test_year_end_is_the_end_of_the_year_in_which_the_fixed_date_falls():
    story = Story(programme(points=points("P12M", expiry="year_end"))).order("A", 10)
    assert story.at("2027-12-31T23:59").available == 10
    assert story.at("2028-01-01").available == 0


def test_each_order_that_earns_renews_all_points():
    story = Story(sliding()).gift(10).later(20).order("A", 30)
    assert story.ends() == {49: 40}  # 30 January + P1M is clamped to 28 February
    assert [r.order for r in story.renewals] == ["A"]


@pytest.mark.parametrize(
    ("name", "happens"),
    [
        ("a gift", lambda story: story.gift(5)),
        ("an event", lambda story: story.event("visit")),
        ("an order that waits", lambda story: story.order("A", 30, status="placed")),
        ("an order that earns nothing", lambda story: story.order("A", "0.50")),
        ("a cancelled order", lambda story: story.order("A", 30, status="cancelled")),
    ],
)
def test_what_earns_no_points_as_an_order_renews_nothing(name, happens):
    story = Story(sliding()).gift(10).later(20)
    happens(story)
    assert min(story.ends()) == 31
    assert story.renewals == []


def test_a_late_order_never_brings_an_end_forward():
    story = Story(sliding()).order("A", 10).later(20).order("B", 10, paid_at=when("2025-12-20"))
    assert max(story.ends()) == 31


def test_points_that_have_ended_are_not_renewed():
    story = Story(sliding()).gift(10).at("2026-02-11").order("A", 30)
    assert story.available == 30


def test_exp_7_a_full_refund_undoes_the_renewal_and_a_partial_one_leaves_it():
    story = Story(sliding("P12M")).gift(10).later(20).order("A", line(30, "mug", 2))
    story.refund("A", "mug")
    assert story.ends() == {385: 25}
    story.refund("A", "mug")
    assert story.ends() == {365: 10}
    assert [r.undone_at is not None for r in story.renewals] == [True]


def test_undoing_a_renewal_ends_at_once_what_had_ended_without_it():
    story = Story(sliding()).gift(10).later(20).order("A", 30).later(20)
    assert story.available == 40
    story.order("A", status="cancelled")
    assert (story.buckets, story.state.totals.expired) == ((0, 0, 0, 0), 10)


def test_a_renewal_that_came_before_the_end_by_another_order_stands():
    story = Story(sliding()).gift(10).later(10).order("A", 20).later(5).order("B", 30).later(5)
    story.order("A", status="cancelled")
    assert story.ends() == {46: 40}


def test_a_reinstated_order_renews_again_what_is_still_alive():
    story = Story(sliding("P12M")).gift(10).later(20).order("A", 30)
    story.order("A", status="cancelled").later(1).order("A", status="paid").repeat("A")
    assert story.ends() == {385: 40}
    assert [r.undone_at is None for r in story.renewals] == [False, True]


def test_points_given_back_follow_the_renewals_that_came_while_they_were_away():
    story = Story(sliding("P2M")).gift(100).later(10)
    story.order("U", 40, discounts=(points_discount(100),)).later(10).order("A", 30).later(30)
    story.order("U", status="cancelled")
    assert len(story.ends()) == 1


def test_undoing_one_renewal_lets_no_other_reach_points_that_came_after_it():
    """Seed 32240: of one instant, B renewed what was there; what U gives back then lives thirty days."""
    story = Story(sliding("P2M")).gift(60).order("U", 10, discounts=(points_discount(60),)).later(70)
    story.order("A", 30).later(1).order("B", 40).order("U", 10, status="cancelled")
    assert story.ends() == {101: 60, 132: 70}
    story.later(1).order("A", status="cancelled")
    assert story.ends() == {101: 60, 132: 40}


def test_points_given_back_follow_no_renewal_that_came_before_them_at_the_same_instant():
    """Seed 126229: A, told ten days late, has a part taken back that returns after its end: thirty days."""
    story = Story(sliding()).order("B", 30).order("A", 100, paid_at=when("2025-12-31T11:00")).order("A", 60)
    story.later(25).order("A", 100)
    assert story.ends() == {31: 30, 55: 40}


def test_a_very_late_order_earns_points_that_are_gone_and_no_reward():
    """Its points ended long ago: they are credited and expire in the same decision."""
    rules = programme(points=points("P1M", expiry="fixed"), rewards=(reward(100),))
    story = Story(rules).order("A", 250, paid_at=when("2025-01-10"))
    assert (story.kinds(), story.states(), story.buckets) == (["earn", "expire"], [], (0, 0, 0, 0))
    assert story.state.totals.spend_minor == 250 * EURO
    story.refund("A", full=True)
    assert (story.state.totals.lifetime, story.state.totals.expired) == (0, 0)


def test_points_that_are_gone_when_they_are_credited_bring_no_coupon_back():
    """The debt of the cancelled order was paid by a gift; what comes back of the order ended long ago."""
    rules = programme(points=points("P1M", expiry="fixed"), rewards=(reward(40),))
    story = Story(rules).order("C", 45).order("U", 40, discounts=(points_discount(100),))
    story.order("C", status="cancelled").later(40).gift(135)
    assert (story.states(), story.buckets) == (["cancelled"], (35, 0, 0, 0))
    story.order("C", status="paid")
    assert (story.states(), story.buckets, story.state.totals.expired) == (["cancelled"], (35, 0, 0, 0), 45)


def test_a_very_late_order_leaves_a_debt_alone():
    story = (
        Story(fixed())
        .order("U", 40, discounts=(points_discount(50),))
        .order("A", 250, paid_at=when("2025-01-10"))
    )
    assert story.buckets == (0, 0, 0, 50)


def test_undoing_a_renewal_issues_no_reward_from_points_that_end_by_it():
    rules = programme(points=points("P1M"), rewards=(reward(100),))
    story = Story(rules).order("A", 40).later(20).order("B", 55).later(15).gift(3)
    assert story.order("B", status="cancelled").states() == []
    assert story.buckets == (3, 0, 0, 0)


REMIND = (Duration(2), Duration(1), Duration(days=14), Duration(days=7))


def reminded(story):
    return [key.split(":")[1:] for event, key in story.intents if event == "points_expiring"]


def test_not_6_reminders_come_on_their_local_days_each_once():
    rules = replace(sliding("P12M", remind=REMIND), timezone="Europe/Paris")
    story = Story(rules, start=when("2026-01-10T09:00")).gift(10).at("2027-02-01")
    assert reminded(story) == [
        ["2027-01-10", "2026-11-10"],
        ["2027-01-10", "2026-12-10"],
        ["2027-01-10", "2026-12-27"],
        ["2027-01-10", "2027-01-03"],
    ]


def test_a_short_life_gets_the_reminders_that_still_fit():
    story = Story(fixed("P1M", remind=REMIND)).gift(10).later(40)
    assert [day for _, day in reminded(story)] == ["2026-01-27", "2026-02-03"]


def test_a_new_order_cancels_the_reminders_that_no_longer_apply():
    story = Story(sliding("P1M", remind=REMIND)).gift(10).at("2026-01-28").order("A", 5).at("2026-02-12")
    assert reminded(story) == [["2026-02-10", "2026-01-27"]]


def test_one_reminder_speaks_of_all_points_of_its_last_day():
    story = Story(fixed("P1M", remind=(Duration(days=7),))).gift(10).gift(20).later(40)
    assert len(reminded(story)) == 1


def test_no_reminder_without_remind_and_none_for_points_that_are_gone():
    assert reminded(Story(fixed()).gift(10).later(40)) == []
    spent = Story(fixed("P1M", remind=REMIND)).gift(10).order("A", 40, discounts=(points_discount(10),))
    assert reminded(spent.later(40)) == []


def settling(on="paid", after=14, **more):
    return programme(points=points(settle=Settle(on, Duration(days=after)), **more), rewards=(reward(100),))


def test_points_wait_until_their_instant_and_then_are_there():
    story = Story(settling()).order("A", 50)
    assert story.buckets == (0, 50, 0, 0)
    story.at(story.now + days(14) - days(1 / 86400))
    assert story.buckets == (0, 50, 0, 0)
    story.later(1 / 86400)
    assert (story.buckets, story.kinds()) == ((50, 0, 0, 0), ["earn", "settle"])
    assert story.entries[-1].amount == 0


@pytest.mark.parametrize(
    ("on", "status"), [("shipped", "shipped"), ("shipped", "delivered"), ("delivered", "delivered")]
)
def test_a_later_state_implies_the_earlier_ones(on, status):
    story = Story(settling(on)).order("A", 50).later(30)
    assert story.buckets == (0, 50, 0, 0)
    story.order("A", status=status).later(13.9)
    assert story.buckets == (0, 50, 0, 0)
    assert story.later(0.2).buckets == (50, 0, 0, 0)


def test_settlement_runs_from_the_shops_time_of_that_state():
    story = Story(settling("delivered")).order("A", 50).later(30)
    story.order("A", status="delivered", updated=story.now - days(10)).later(4)
    assert story.buckets == (50, 0, 0, 0)


def test_points_settle_at_once_with_the_order_that_says_they_may():
    story = Story(settling("delivered", 0)).order("A", 120)
    assert (story.buckets, story.states()) == ((0, 120, 0, 0), [])
    story.order("A", status="delivered").repeat("A")
    assert (story.buckets, story.states()) == ((20, 0, 0, 0), ["issued"])
    assert story.kinds() == ["earn", "settle", "reward"]


def test_of_points_that_settle_together_those_that_end_first_pay_what_is_owed():
    """Whichever of the two was told first."""
    rules = programme(points=points("P1Y", settle=Settle("delivered", Duration(days=14))))
    story = Story(rules).later(5).order("A", 50).order("B", 60, paid_at=when("2026-01-09"))
    story.order("C", 1, discounts=(points_discount(10),))
    story.order("A", status="delivered").order("B", status="delivered").later(14)
    assert {lot.number: lot.remaining for lot in story.state.lots if lot.settled} == {1: 50, 2: 50}


def test_of_points_that_settle_and_end_together_those_that_were_there_first_pay():
    """An order that was cancelled and paid again has its old place, not the last one (seed 204150)."""
    rules = programme(points=points("P1Y", settle=Settle("paid", Duration(days=3))))
    story = (
        Story(rules).order("A", 30).order("A", status="cancelled").order("B", 86).order("A", status="paid")
    )
    story.order("C", 1, discounts=(points_discount(98),)).later(3)
    assert {lot.number: lot.remaining for lot in story.state.lots} == {2: 18}


def test_pending_points_that_end_before_they_settle_are_gone():
    story = Story(programme(points=points("P1M", settle=Settle("delivered")))).order("A", 50).later(40)
    assert (story.buckets, story.state.totals.expired) == ((0, 0, 0, 0), 50)
    assert story.order("A", status="delivered").buckets == (0, 0, 0, 0)


def test_a_reinstated_pending_order_settles_when_it_would_have():
    story = Story(settling()).order("A", 50).later(5).order("A", status="cancelled")
    assert story.buckets == (0, 0, 0, 0)
    story.order("A", status="paid").later(8.9)
    assert story.buckets == (0, 50, 0, 0)
    assert story.later(0.2).buckets == (50, 0, 0, 0)


def test_a_member_may_be_told_when_points_become_available():
    asked = replace(settling("shipped", 0), messages={"points_available": True})
    story = Story(asked).order("A", 50).order("A", status="shipped")
    waited = Story(replace(settling("shipped", 1), messages={"points_available": True})).order("A", 50)
    waited.order("A", status="shipped").later(1)
    assert story.told == waited.told == ["points_available"]


def test_tiers_and_orders_count_from_acceptance_pending_points_included():
    rules = replace(settling(), tiers=ladder(0, 0.5, metric="points"))
    assert Story(rules).order("A", 50).tier == "t1"


def test_a_rule_that_gives_more_points_than_a_lot_is_one_lot():
    story = Story(programme(earning=(spend_rule(), spend_rule(2)))).order("A", 10)
    assert [lot.remaining for lot in story.state.lots] == [30]


@pytest.mark.parametrize("on", ["paid", "shipped", "delivered"])
@pytest.mark.parametrize("reached", ["paid", "shipped", "delivered"])
def test_points_settle_from_their_state_on_and_not_before(on, reached):
    """A state that is jumped over counts as reached; the one before does not."""
    states = ("paid", "shipped", "delivered")
    story = Story(programme(points=points(settle=Settle(on)))).order("A", 10, status=reached).later(1)
    is_there = states.index(reached) >= states.index(on)
    assert story.buckets[:2] == ((10, 0) if is_there else (0, 10))
