"""Whole histories: whatever happens in whatever order, the ledger holds, and time has one outcome (I-1 to I-12)."""

from hypothesis import given
from hypothesis import strategies as st

from palier.core.period import Duration
from palier.core.programme.values import (
    Award,
    Cap,
    CouponTerms,
    Discount,
    EarningRule,
    Interval,
    Season,
    Settle,
)
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
    points,
    points_discount,
    programme,
    reward,
    spend_rule,
    without_lots,
)

WITH_POINTS = frozenset({"points", "coupon"})
VISIT = EarningRule("visit", on="visit", award=Award(15))
SEASON = Season(Interval(START + days(20), START + days(50)), (("t1", 10 * EURO), ("t2", 40 * EURO)))
YEAR = {"window": "rolling", "rolling": Duration(2), "grace": Duration(days=10)}

PURSE = replace(reward(30), coupon=CouponTerms(Discount(amount_minor=500), remainder_kept=True))
PLAIN = programme(earning=(spend_rule(), VISIT))
FIXED = replace(
    PLAIN, points=points("P1M", expiry="fixed", remind=(Duration(days=7),), earn_with=WITH_POINTS)
)
SLIDING = replace(
    PLAIN,
    points=points("P1M", settle=Settle("delivered", Duration(days=3)), earn_with=WITH_POINTS),
    tiers=ladder(0, 50, 90, landing="one_step", coupons=(1, 2), **YEAR),
)
REWARDED = replace(
    PLAIN,
    points=points("P2M", expiry="year_end", settle=Settle("paid", Duration(days=3))),
    rewards=(reward(70, valid_for="P1M"), PURSE),
    tiers=ladder(0, 50, 90, schedule=(SEASON,), grace=Duration(days=5), window="calendar_year"),
)
SLIDING_REWARDED = replace(
    PLAIN,
    points=points("P1M", earn_with=WITH_POINTS),
    rewards=(reward(40, valid_for="P2M"),),
    tiers=ladder(5, 30, 60, metric="points", coupons=(0, 1)),
    earning=(spend_rule(), VISIT, EarningRule("cap", cap=Cap(100, Duration(days=1)))),
)
PROGRAMMES = {
    "plain": PLAIN,
    "fixed": FIXED,
    "sliding": SLIDING,
    "rewarded": REWARDED,
    "both": SLIDING_REWARDED,
}

EUROS = st.sampled_from([1, 20, 45, 70])
STATUS = st.sampled_from(["paid", "paid", "placed", "delivered", "cancelled"])
STEPS = st.one_of(
    st.tuples(st.just("order"), st.sampled_from("ABC"), EUROS, STATUS),
    st.tuples(st.just("status"), st.sampled_from("ABC"), STATUS),
    st.tuples(st.just("refund"), st.sampled_from("ABC"), EUROS),
    st.tuples(st.just("piece"), st.sampled_from("ABC")),
    st.tuples(st.just("use"), st.sampled_from("ABC"), st.sampled_from([5, 30, 60]), STATUS),
    st.tuples(st.just("coupon"), st.sampled_from("ABC"), STATUS),
    st.tuples(st.just("gift"), st.sampled_from([5, 40])),
    st.tuples(st.just("event")),
    st.tuples(st.just("late"), st.sampled_from("ABC"), EUROS),
    st.tuples(st.just("later"), st.sampled_from([1, 3, 10, 31, 70])),
)
HISTORIES = st.lists(STEPS, min_size=3, max_size=14)


def happen(story: Story, step: tuple, *, stops: int = 0) -> None:
    kind, *rest = step
    if kind == "order":
        story.order(rest[0], line(rest[1], "mug", 2), status=rest[2])
    elif kind == "use":
        story.order(rest[0], line(45, "mug", 2), status=rest[2], discounts=(points_discount(rest[1]),))
    elif kind == "coupon":
        codes = [coupon.code for coupon in story.coupons.values()][-1:]
        story.order(rest[0], line(45), status=rest[1], discounts=tuple(coupon_discount(c, 2) for c in codes))
    elif kind == "late":
        story.order(rest[0], rest[1], paid_at=story.now - days(40))
    elif kind == "gift":
        story.gift(rest[0])
    elif kind == "event":
        story.event("visit")
    elif kind == "later":
        until = story.now + days(rest[0])
        story.at(until, stops=[story.now + days(rest[0] * i / (stops + 1)) for i in range(1, stops + 1)])
    elif rest[0] in story.orders:
        if kind == "status":
            story.order(rest[0], status=rest[1])
        elif kind == "refund":
            story.refund(rest[0], euros=rest[1])
        else:
            story.refund(rest[0], "mug")


@few(25)
@given(st.sampled_from(sorted(PROGRAMMES)), HISTORIES)
def test_the_ledger_holds_after_every_step_and_repeats_post_nothing(name, history):
    story = Story(PROGRAMMES[name])
    for step in history:
        happen(story, step)
    for identity, known in story.orders.items():
        named = [discount for discount in known.order.discounts if discount.source == "coupon"]
        # One that waits takes points and coupons that have come since.
        if known.order.status != "placed" and len(named) == len(known.booking.coupons):
            story.repeat(identity)


@few(20)
@given(st.sampled_from(sorted(PROGRAMMES)), HISTORIES, st.integers(1, 5))
def test_exp_3_looking_after_an_account_more_often_changes_nothing(name, history, stops):
    once, often = Story(PROGRAMMES[name]), Story(PROGRAMMES[name])
    for step in (*history, ("later", 70)):
        happen(once, step)
        happen(often, step, stops=stops)
    assert often.entries == once.entries
    assert often.intents == once.intents
    assert often.state == once.state


@few(20)
@given(st.sampled_from(sorted(PROGRAMMES)), HISTORIES)
def test_time_alone_leaves_nothing_due_and_ends_every_point_that_can_end(name, history):
    story = Story(PROGRAMMES[name])
    for step in history:
        happen(story, step)
    story.later(1200)
    if PROGRAMMES[name].points.valid_for is not None:
        assert story.available == story.state.totals.pending == 0


APART = st.lists(
    st.one_of(
        st.tuples(
            st.just("order"),
            st.sampled_from("AX"),
            EUROS,
            st.sampled_from(["paid", "delivered", "cancelled"]),
        ),
        st.tuples(st.just("refund"), st.sampled_from("AX"), EUROS),
        st.tuples(st.just("piece"), st.just("X")),
        st.tuples(st.just("gift"), st.sampled_from([5, 40])),
        st.tuples(st.just("event")),
        st.tuples(st.just("later"), st.sampled_from([1, 10, 31])),
    ),
    min_size=2,
    max_size=10,
)
UNDONE = {
    "fixed": FIXED,
    "sliding": replace(FIXED, points=points("P1M")),
    "pending": replace(SLIDING, tiers=ladder(0, 50, 90)),
    "rewarded": replace(PLAIN, rewards=(reward(60),), tiers=ladder(0, 50, 90)),
}


@few(25)
@given(st.sampled_from(sorted(UNDONE)), APART, st.booleans())
def test_ref_1_taking_an_order_back_leaves_the_member_as_if_it_had_never_been(name, history, cancels):
    story, never = Story(UNDONE[name]), Story(UNDONE[name])
    for step in (("order", "X", 45, "paid"), *history):
        happen(story, step)
        if step[0] in ("gift", "event", "later") or step[1] != "X":
            happen(never, step)
    if cancels:
        story.order("X", status="cancelled")
    else:
        story.refund("X", full=True)
    assert story.state.totals == never.state.totals
    assert without_lots(story.state.lots) == without_lots(never.state.lots)
    assert story.tier == never.tier


@few(20)
@given(st.sampled_from(sorted(PROGRAMMES)), HISTORIES)
def test_i_3_cancelling_everything_takes_all_points_of_orders_back(name, history):
    story = Story(PROGRAMMES[name])
    for step in history:
        happen(story, step)
    for identity in story.orders:
        story.order(identity, status="cancelled")
    totals = story.state.totals
    given_points = sum(e.amount for e in story.entries if e.kind in ("gift", "event"))
    assert (totals.orders, totals.spend_minor, totals.held, totals.lifetime) == (0, 0, 0, given_points)
    assert "used" not in story.states()
    assert "reserved" not in story.states()
