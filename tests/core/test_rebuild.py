"""An account derived once more from its rows is the account that is stored, and shows what is damaged in it."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import AccountState, Contribution, LastOrder, Override, Totals
from palier.core.erase import withdrawn_since
from palier.core.order import Shipping
from palier.core.period import Duration
from palier.core.programme.values import Award, EarningRule, Interval, Season, Settle
from palier.core.values import replace
from tests.core.approved.ledger import told
from tests.core.approved.rules import more_rules
from tests.core.approved.stories import rules_told
from tests.core.checkout_kit import Checkout
from tests.core.kit import (
    START,
    Story,
    coupon_discount,
    days,
    few,
    ladder,
    points,
    points_discount,
    programme,
    reward,
    spend_rule,
)
from tests.core.rows import derived, plain
from tests.core.test_histories import HISTORIES, PROGRAMMES, happen


@few(40)
@given(st.sampled_from(sorted(PROGRAMMES)), HISTORIES)
def test_whatever_happened_the_rows_tell_the_account_that_is_stored(name, history):
    story = Story(PROGRAMMES[name])
    for step in history:
        happen(story, step)
        assert derived(story) == plain(story.state)


@pytest.mark.parametrize("number", range(24))
def test_checkouts_new_versions_and_tiers_given_are_told_by_the_rows_too(number):
    rules = rules_told()
    story = told(rules[number % len(rules)], Random(number))
    assert derived(story) == plain(story.state)


def test_the_rows_of_a_tier_given_by_staff_tell_until_when():
    story = Story(programme(tiers=ladder(0, 50, 90))).order("A", 60).override("t2", "2026-03-01")
    assert derived(story, replace(story.state, override=None)).override == story.state.override
    story.at("2026-03-02")
    damaged = replace(story.state, override=Override("t2"))
    assert derived(story, damaged) == plain(story.state)
    story.override("t2").later(1)
    assert derived(story, replace(story.state, override=None)).override == Override("t2")
    story.override(None).later(1)
    assert derived(story, replace(story.state, override=Override("t2"))) == plain(story.state)


VISIT = EarningRule("visit", on="visit", award=Award(15), once=True)
RULES = programme(
    points=points(
        "P1Y", settle=Settle("delivered", Duration(days=3)), earn_with=frozenset({"points", "coupon"})
    ),
    earning=(spend_rule(), VISIT),
    rewards=(reward(100, valid_for="P2M"),),
    tiers=ladder(0, 50, 90, window="rolling", rolling=Duration(2), grace=Duration(days=40), coupons=(1, 2)),
)


def busy():
    """Pending and available points, a debt that was paid, coupons in every state, a grace that runs."""
    story = Story(RULES).event("visit").order("A", 95, status="delivered").later(5)
    story.order("B", 30, discounts=(points_discount(5),), shipping=Shipping("relay")).later(1)
    story.order("C", 40, status="placed").gift(100).later(60)
    story.order("D", 10, status="paid", payment_method="card").refund("A", euros=20).later(3)
    assert story.state.demote_at is not None
    return story


def damaged(state):
    """The state with one thing in it spoiled, in every way that a row can be wrong."""
    later = state.caught_up_at + timedelta(days=1)
    lots, coupons = state.lots, state.coupons
    yield "totals", replace(state, totals=Totals())
    for name in Totals.__struct_fields__:
        wrong = replace(state.totals, **{name: getattr(state.totals, name) + 1})
        yield name, replace(state, totals=wrong)
    yield "lots", replace(state, lots=lots[1:])
    yield "lots", replace(state, lots=(*lots, replace(lots[0], number=99)))
    for i, lot in enumerate(lots):
        for part, value in (
            ("remaining", lot.remaining + 1), ("settled", not lot.settled), ("available_at", later),
            ("ends_at", later), ("ends_at", None), ("own_end", later), ("starts_at", later), ("born_at", later),
            ("origin", (7, 7)),
        ):  # fmt: skip
            yield (
                f"lot {part}",
                replace(state, lots=(*lots[:i], replace(lot, **{part: value}), *lots[i + 1 :])),
            )
    yield "coupons", replace(state, coupons=coupons[1:])
    yield "coupon state", replace(state, coupons=(replace(coupons[0], state="reserved"), *coupons[1:]))
    yield "withdrawn", replace(state, withdrawn=(*state.withdrawn, coupons[0]))
    yield "tier coupons", replace(state, tier_coupons=())
    yield "tier coupons", replace(state, tier_coupons=tuple((t, c, not w) for t, c, w in state.tier_coupons))
    yield "contributions", replace(state, contributions=())
    yield (
        "contributions",
        replace(state, contributions=(*state.contributions, Contribution("order:Z", later, 1, 1, 1))),
    )
    for part in ("spend_minor", "points", "orders", "at"):
        first = state.contributions[0]
        more = timedelta(days=1) if part == "at" else 1
        wrong = replace(first, **{part: getattr(first, part) + more})
        yield f"contribution {part}", replace(state, contributions=(wrong, *state.contributions[1:]))
    yield "once", replace(state, once=frozenset())
    yield "once", replace(state, once=frozenset({"visit", "never"}))
    yield "tier", replace(state, tier="t0")
    yield "tier since", replace(state, tier_since=later)
    yield "demote at", replace(state, demote_at=later)
    yield "demote at", replace(state, demote_at=None)
    yield "stepped at", replace(state, stepped_at=state.caught_up_at)
    yield "override", replace(state, override=Override("t2"))
    yield "last order", replace(state, last_order=None)
    yield "last order", replace(state, last_order=LastOrder(later))
    yield "last order", replace(state, last_order=replace(state.last_order, carrier="x"))
    yield "next lot", replace(state, next_lot=state.next_lot + 1)
    yield "sequence", replace(state, last_sequence=state.last_sequence + 1)
    yield "hash", replace(state, last_hash="x")
    yield "due", replace(state, next_due_at=later + days(900))
    yield "due", replace(state, next_due_at=None)
    yield "claims", replace(state, first_claims=frozenset({"order:Z"}))


def test_everything_that_is_damaged_in_a_stored_account_comes_back_from_its_rows():
    story = busy()
    assert derived(story) == plain(story.state)
    unseen = [
        name
        for name, wrong in damaged(story.state)
        if derived(story, wrong, last_hash="") != plain(story.state)
    ]
    assert unseen == []


def test_what_the_rows_do_not_tell_stands_as_it_is_stored():
    story = busy()
    stored = replace(story.state, is_stale=True, contributions=())
    assert derived(story, stored) == plain(stored)
    sooner = replace(story.state, next_due_at=story.state.caught_up_at)
    assert derived(story, sooner) == plain(sooner)


def test_open_holds_are_told_by_their_entries_and_their_coupons_by_the_codes_quoted():
    story = Checkout(RULES).gift(40).later(1).gift(140).later(1)
    coupon = next(iter(story.coupons.values()))
    story.hold("h1", 60, coupon.id).hold("h2", 5, first=True)
    assert derived(story) == plain(story.state)
    bare = tuple(replace(hold, pieces=(), coupons=()) for hold in story.state.holds)
    for holds in ((), bare, story.state.holds[:1]):
        assert derived(story, replace(story.state, holds=holds)) == plain(story.state)
    assert derived(story, replace(story.state, lots=story.state.lots[1:])) == plain(story.state)
    assert derived(story, replace(story.state, first_claims=frozenset())) == plain(story.state)
    story.release("h1").later(1)
    assert derived(story, replace(story.state, holds=story.state.holds + bare)) == plain(story.state)


def test_a_soft_landing_waits_again_from_its_step():
    rules = programme(
        tiers=ladder(
            0, 50, 90, window="rolling", rolling=Duration(2), grace=Duration(days=10), landing="one_step"
        )
    )
    story = Story(rules).order("A", 100).later(75)
    assert (story.tier, story.state.stepped_at is not None) == ("t1", True)
    wrong = replace(story.state, demote_at=None, stepped_at=None)
    assert derived(story, wrong) == plain(story.state)
    story.later(80)
    assert (story.tier, derived(story)) == ("t0", plain(story.state))


def test_a_tier_that_is_given_and_held_already_is_told_by_its_entry():
    story = Story(programme(tiers=ladder(0, 50, 90))).override("t0").later(1)
    assert derived(story, replace(story.state, tier=None)) == plain(story.state)
    none = Story(programme(tiers=ladder(10, 50))).gift(5).later(1)
    assert (none.tier, derived(none, replace(none.state, tier="t1")).tier) == (None, None)


def test_who_spent_nothing_deserves_no_tier_that_begins_at_a_cent():
    made = ladder(0, 50)
    cent = replace(made, ladder=(replace(made.ladder[0], threshold=1), made.ladder[1]))
    story = Story(programme(tiers=cent)).gift(5).later(1)
    assert (story.tier, derived(story, replace(story.state, tier="t0")).tier) == (None, None)


def test_a_grace_below_every_tier_is_told_by_the_rows():
    rules = programme(
        tiers=ladder(20, 50, window="rolling", rolling=Duration(1), grace=Duration(days=90)),
    )
    story = Story(rules).order("A", 60).later(45)
    assert (story.tier, story.state.demote_at is not None) == ("t1", True)
    assert derived(story, replace(story.state, demote_at=None)) == plain(story.state)


def test_what_is_due_is_due_by_the_version_in_force():
    season = Season(Interval(START + days(20), None), (("t1", 30),))
    story = Story(programme(tiers=ladder(0, 50))).order("A", 10)
    story.publish(programme(tiers=ladder(0, 50, schedule=(season,)))).later(1)
    assert story.state.next_due_at == START + days(20)
    assert derived(story, replace(story.state, next_due_at=None)) == plain(story.state)


def test_of_two_orders_of_one_instant_the_stored_one_was_the_last():
    story = (
        Story(RULES)
        .order("A", 10, payment_method="card")
        .order("B", 20, payment_method="wire", paid_at=START)
    )
    story.order("C", 20, payment_method="cash", paid_at=START + days(1))
    assert story.state.last_order.at == START + days(1) > START
    both = Story(RULES).order("A", 10, payment_method="card", paid_at=START)
    both.order("B", 20, payment_method="wire", paid_at=START)
    assert both.state.last_order.payment_method == "wire"
    for method in ("card", "wire"):
        stored = replace(both.state, last_order=replace(both.state.last_order, payment_method=method))
        assert derived(both, stored).last_order.payment_method == method
    unknown = replace(both.state, last_order=replace(both.state.last_order, payment_method="cash"))
    assert derived(both, unknown).last_order.payment_method == "wire"


def test_without_a_grace_a_refund_takes_the_first_step_of_a_soft_landing():
    """Found by stories under rules that change: the rows told a step that was due at once."""
    rules = programme(
        tiers=ladder(0, 50, 90, window="rolling", rolling=Duration(2), grace_refunds=True, landing="one_step")
    )
    story = Story(rules).order("A", 100).later(3).order("A", status="cancelled")
    assert (story.tier, story.state.stepped_at is not None) == ("t1", True)
    assert derived(story) == plain(story.state)


AMBIGUOUS = {110: {"lots", "tier_since"}, 121: {"last_order"}, 147: {"last_order"}}
"""Where the rows leave more than one answer: an order told again, points that came back, a tier without a move."""


@pytest.mark.parametrize("number", range(100, 148))
def test_rare_deeds_are_told_by_the_rows_whatever_is_stored(number):
    """Holds, claims and everything else come back from the rows alone; what stands in no row is asked of no state."""
    rules = more_rules()
    story = told(rules[number % len(rules)], Random(number), more=True)
    assert derived(story) == plain(story.state)
    found = derived(story, AccountState(story.state.id, story.state.caught_up_at))
    whole = plain(story.state)
    differ = {name for name in whole.__struct_fields__ if getattr(found, name) != getattr(whole, name)}
    assert differ == AMBIGUOUS.get(number, set())


@pytest.mark.parametrize("metric", ["spend", "points", "orders"])
@pytest.mark.parametrize("window", ["lifetime", "calendar_year", "rolling"])
def test_the_grace_of_every_metric_and_window_is_told_by_the_rows(metric, window):
    steps = (0, 1, 2) if metric == "orders" else (0, 50, 90)
    made = ladder(*steps, metric=metric, window=window, rolling=Duration(3), grace=Duration(days=400))
    if metric != "spend":
        scaled = tuple(replace(tier, threshold=tier.threshold // 100) for tier in made.ladder)
        made = replace(made, ladder=scaled)
    story = Story(programme(tiers=made)).order("A", 60).later(20).order("B", 60).event("visit").later(400)
    assert derived(story, replace(story.state, demote_at=None)) == plain(story.state)
    story.order("C", 95).later(1)
    assert derived(story, replace(story.state, demote_at=story.now)) == plain(story.state)


def test_a_closed_account_is_closed_by_the_last_of_its_shops():
    story = Story(RULES).order("A", 10).later(1)
    first, last = story.now - days(3), story.now - days(1)
    assert derived(story, closed=[first, last]).closed_at == last
    assert derived(story, closed=[first, None]).closed_at is None
    assert derived(story, replace(story.state, closed_at=first), closed=[first, last]).closed_at == first
    assert derived(story, replace(story.state, closed_at=story.now), closed=[first, last]).closed_at == last
    assert derived(story, replace(story.state, closed_at=first), closed=[]).closed_at == first


def test_an_account_that_was_merged_has_nothing_left_but_its_sums():
    gone = derived(Story(RULES).order("A", 10, status="delivered").later(9), merged_into=2)
    assert (gone.contributions, gone.override, gone.last_order, gone.tier) == ((), None, None, None)
    assert (gone.demote_at, gone.stepped_at, gone.next_due_at) == (None, None, None)


def test_an_erased_account_keeps_what_erasing_left():
    story = Story(RULES).order("A", 10, status="delivered").later(9)
    stored = replace(story.state, last_order=None, next_due_at=None, withdrawn=())
    assert derived(story, stored, erased_at=story.now) == plain(stored)
    told = replace(stored, last_order=LastOrder(story.now, "Paris"))
    assert derived(story, told, erased_at=story.now) == plain(told)


def test_of_an_erased_account_only_coupons_withdrawn_since_may_come_back():
    story = Story(RULES).order("A", 100, status="delivered").later(9)
    (coupon,) = (c for c in story.coupons.values() if c.origin == "reward")
    assert coupon.state == "issued"
    at = story.later(1).now
    story.order("A", 100, status="cancelled")
    gone = story.coupons[coupon.id]
    assert gone.state == "cancelled"
    of_tier = replace(gone, id="t", origin="tier")

    def withdrawn(erased_at, known=()):
        return [c.id for c in withdrawn_since(erased_at, [gone, of_tier], story.entries, known)]

    both = [gone.id, "t"]
    assert withdrawn(None) == withdrawn(gone.issued_at - days(1)) == both
    assert (withdrawn(at - days(1)), withdrawn(at - days(1), [of_tier])) == ([gone.id], both)
    assert (withdrawn(at), withdrawn(at, [gone, of_tier])) == ([], both)
    assert (withdrawn(at + days(1), [gone]), withdrawn(at + days(1), [of_tier])) == ([], ["t"])


def test_a_coupon_that_an_order_used_is_none_of_the_accounts_any_more():
    story = Story(RULES).gift(100).order("A", 10).later(1)
    code = next(iter(story.coupons.values())).code
    story.order("B", 20, discounts=(coupon_discount(code, 2),))
    assert story.state.coupons == ()
    assert derived(story) == plain(story.state)
    story.order("B", status="cancelled")
    assert derived(story, replace(story.state, coupons=())) == plain(story.state)


def test_whether_an_erased_accounts_coupon_of_a_tier_was_withdrawn_is_what_is_stored():
    rules = programme(tiers=ladder(0, 50, coupons=(1,)))
    story = Story(rules).order("A", 60).later(1)
    ((tier, coupon, _),) = story.state.tier_coupons
    erased = [replace(each, state="cancelled") for each in story.coupons.values()]
    for said in (True, False):
        stored = replace(story.state, tier_coupons=((tier, coupon, said),))
        found = derived(story, stored, coupons=erased, erased_at=story.now)
        assert found.tier_coupons == ((tier, coupon, said),)
        assert derived(story, stored, coupons=erased).tier_coupons == ((tier, coupon, True),)


def test_of_two_coupons_of_one_tier_the_accounts_own_counts_unless_the_other_is_stored():
    rules = programme(tiers=ladder(0, 50, coupons=(1,)))
    story = Story(rules).order("A", 60).later(1)
    (own,) = story.coupons.values()
    other = replace(own, id="other", issued_at=own.issued_at - days(9))
    bare = replace(story.state, tier_coupons=())
    for coupons in ([own, other], [other, own]):
        assert derived(story, bare, coupons=coupons).tier_coupons == (("t1", own.id, False),)
        stored = replace(story.state, tier_coupons=(("t1", "other", False),))
        assert derived(story, stored, coupons=coupons).tier_coupons == (("t1", "other", False),)
