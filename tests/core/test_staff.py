"""What staff decide by hand: a tier whatever is deserved (R-TIER-8), and a debt that is let go (R-REF-9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import Booking, Timeline
from palier.core.book import Book
from palier.core.catch_up import catch_up
from palier.core.merge import merge
from palier.core.period import Duration
from palier.core.programme.values import Award, EarningRule, Tier
from palier.core.values import replace
from tests.core.kit import EURO, Story, days, few, ladder, points_discount, programme, when
from tests.core.test_histories import HISTORIES, SLIDING, YEAR, happen

LADDER = ladder(0, 100, 200, coupons=(2,))
RULES = programme(tiers=LADDER)


def moves(story):
    return [(entry.facts["from"], entry.facts["to"]) for entry in story.entries if entry.kind == "tier"]


def test_tier_8_an_override_beats_what_is_deserved_up_and_down():
    story = Story(RULES).override("t2").order("A", 10).refund("A", full=True)
    assert (story.tier, story.told) == ("t2", ["tier_up", "coupon_issued"])
    lowered = Story(RULES).order("A", 250).override("t0").order("B", 300)
    assert (lowered.tier, lowered.told[-1]) == ("t0", "tier_down")


def test_tier_8_an_override_ends_by_itself_at_its_instant_and_says_so():
    story = Story(RULES).order("A", 120).override("t2", "2026-03-01T10:00")
    assert story.state.next_due_at == when("2026-03-01T10:00")
    assert story.at("2026-03-01T09:59").tier == "t2"
    story.at("2026-04-01")
    assert (story.tier, story.state.override) == ("t1", None)
    last = story.entries[-1]
    assert (last.kind, last.cause.kind, last.effective_at) == ("tier", "time", when("2026-03-01T10:00"))
    assert last.facts == {"from": "t2", "to": "t1", "override": False}
    assert story.state.tier_since == when("2026-03-01T10:00")


def test_tier_8_an_override_without_an_end_stands_until_staff_end_it():
    story = Story(RULES).override("t1").later(4000)
    assert (story.tier, story.state.next_due_at) == ("t1", None)
    assert story.override(None).tier == "t0"


def test_tier_8_an_override_of_the_tier_that_is_held_is_written_down_and_told_to_nobody():
    story = Story(RULES).order("A", 120).later(3).override("t1", "2026-03-01")
    assert (moves(story), story.told) == ([("t0", "t1"), ("t1", "t1")], ["tier_up"])
    assert story.state.tier_since == story.entries[1].effective_at
    story.refund("A", full=True)
    assert story.tier == "t1"
    assert story.at("2026-03-01").tier == "t0"


def test_tier_8_its_end_raises_to_what_was_earned_meanwhile():
    story = Story(RULES).override("t1", "2026-03-01").order("A", 250).at("2026-03-01")
    assert (story.tier, story.told) == ("t2", ["tier_up", "tier_up", "coupon_issued"])


def test_tier_8_its_end_knows_no_grace_and_no_soft_landing():
    rules = programme(tiers=replace(LADDER, grace=Duration(days=30), landing="one_step"))
    story = Story(rules).override("t2", "2026-03-01").at("2026-03-01")
    assert (story.tier, story.state.demote_at) == ("t0", None)


def test_tier_8_a_grace_that_runs_when_it_comes_is_over():
    rules = programme(tiers=ladder(0, 100, **YEAR))
    story = Story(rules).order("A", 100).at("2026-03-11")
    assert story.state.demote_at is not None
    story.override("t1", "2026-03-15").at("2026-03-14")
    assert (story.tier, story.state.demote_at) == ("t1", None)
    assert story.at("2026-03-15").tier == "t0"


def test_tier_8_a_ladder_without_its_tier_ends_it():
    story = Story(RULES).order("A", 120).override("t2").publish(programme(tiers=ladder(0, 100)))
    assert (story.tier, story.state.override) == ("t1", None)
    assert story.entries[-1].cause.kind == "publish"
    gone = Story(RULES).override("t2").publish(programme())
    assert (gone.tier, gone.state.override) == (None, None)


def test_to_leave_an_override_that_the_ladder_has_no_more_is_no_promotion():
    """Seed 36240: as for any tier that is gone, there is no coupon for the way up."""
    story = Story(RULES).order("A", 120).override("t2").publish(programme(tiers=ladder(0, 100, coupons=(1,))))
    assert (story.tier, [coupon.origin_id for coupon in story.coupons.values()]) == ("t1", ["t2"])


def test_tier_8_a_new_ladder_with_its_tier_leaves_it():
    raised = programme(tiers=ladder(0, 1000, 2000, coupons=(2,)))
    story = Story(RULES).override("t1", "2026-03-01").publish(raised)
    assert (story.tier, story.told) == ("t1", ["tier_up"])


def test_tier_8_the_tier_of_an_override_multiplies_and_is_the_one_that_progress_starts_from():
    tiers = replace(LADDER, ladder=(*LADDER.ladder[:1], Tier("t1", 100 * EURO, multiply=2)))
    story = Story(programme(tiers=tiers)).override("t1").order("A", 30)
    assert (story.available, story.orders["A"].frozen.tier) == (60, "t1")


def test_tier_8_an_override_goes_with_its_member_when_accounts_merge():
    one, other = Story(RULES).order("A", 120), Story(RULES).override("t2", "2026-03-01")
    other.state = replace(other.state, id=2)
    kept, gone = (
        Book(s.state, Timeline(tuple(s.versions)), new_code=lambda: ("c", "C")) for s in (one, other)
    )
    merge(kept, gone)
    assert (kept.tier, kept.override, gone.override) == ("t2", other.state.override, None)
    catch_up(kept, when("2026-03-01"))
    assert kept.tier == "t1"


OVERRIDES = st.tuples(st.just("override"), st.sampled_from(["t0", "t1", "t2", None]), st.integers(1, 40))


@few(20)
@given(
    HISTORIES.flatmap(lambda steps: st.tuples(st.just(steps), st.lists(OVERRIDES, min_size=1, max_size=3)))
)
def test_tier_8_looking_after_an_account_more_often_changes_nothing(history_and_overrides):
    history, overrides = history_and_overrides
    once, often = Story(SLIDING), Story(SLIDING)
    steps = [*history]
    for i, override in enumerate(overrides):
        steps.insert(min(len(steps), 2 * i + 1), override)
    for step in (*steps, ("later", 70)):
        for story, stops in ((once, 0), (often, 3)):
            if step[0] == "override":
                story.override(step[1], story.now + days(step[2]) if step[1] else None)
            else:
                happen(story, step, stops=stops)
    assert often.entries == once.entries
    assert often.intents == once.intents


def test_ref_9_a_waived_debt_is_gone_and_the_sums_still_add_up():
    story = Story(programme()).order("A", 100).order("B", 60, discounts=(points_discount(80),))
    story.refund("A", full=True)
    assert story.buckets[3] == 80
    story.waive()
    entry = story.entries[-1]
    assert (entry.kind, entry.amount, entry.points, entry.debt) == ("waive", 80, 0, -80)
    assert (story.buckets, story.state.totals.lifetime) == ((0, 0, 0, 0), 80)
    assert story.gift(10).available == 10


def test_ref_9_waiving_counts_for_no_tier():
    rules = programme(tiers=ladder(0, 50, metric="points"), earning=(EarningRule("o", award=Award(40)),))
    story = Story(rules).order("A", 100, discounts=(points_discount(70),))
    story.waive()
    assert (story.tier, story.state.totals.activity) == ("t0", story.orders["A"].booking.points)


def test_ref_9_a_waived_debt_counts_as_paid_when_its_order_comes_back():
    """Reinstated, the order earns its points again: what was waived stays waived."""
    story = Story(programme()).order("A", 50).order("B", 0, discounts=(points_discount(50, 0),))
    story.order("A", status="cancelled").waive()
    story.order("A", status="paid")
    assert story.buckets == (50, 0, 0, 0)
    story.order("A", status="cancelled")
    assert story.buckets == (0, 0, 0, 0)
    assert story.orders["A"].booking == replace(
        Booking(), lots=story.orders["A"].booking.lots, taken=story.orders["A"].booking.taken
    )


@pytest.mark.parametrize("given_back", [10, 200])
def test_ref_9_without_a_debt_there_is_nothing_to_waive(given_back):
    story = Story(programme()).gift(given_back)
    before = len(story.entries)
    assert len(story.waive().entries) == before
