"""Two accounts of one person become one (R-CUS-4, P108)."""

from collections import Counter
from datetime import timedelta

import pytest

from palier.core.account import Totals
from palier.core.errors import Refusal, UnknownMember
from palier.flows.members.merge_members import MergeMembers, merge_members
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.programme.open_shop import OpenShop, open_shop
from palier.flows.upkeep.rebuild_accounts import rebuild_accounts
from palier.store.models import Account, CouponRow, Happening, Identity
from tests.flows.checkout import cart, held, released
from tests.flows.world import DAY, OrderDiscount, World, document, order, points_used, refund


@pytest.fixture(autouse=True)
def _proven(world):
    yield
    world.prove()


def totals(world, *customers):
    """The sums of these members' accounts."""
    held = [world.view(customer).totals for customer in customers]
    return {name: sum(getattr(one, name) for one in held) for name in Totals.__struct_fields__}


def test_nothing_is_created_and_nothing_lost(world):
    """I-13."""
    world.pay("1", 300)
    world.pay("2", 150, customer="bea")
    world.give(40, customer="bea")
    world.pay("3", 50, "placed", customer="bea", discounts=(points_used(60, 6),))
    world.tell(refund("2", euros=20))
    before = totals(world, "anna", "bea")
    lots = sorted(
        (lot.remaining, lot.starts_at, lot.ends_at) for c in ("anna", "bea") for lot in world.view(c).lots
    )
    merged = world.id_of("bea")
    answer = world.later(days=1).merge()
    assert not answer.is_repeat
    assert world.id_of("anna") == world.id_of("bea") == answer.account_id
    assert totals(world, "anna") == before
    assert sorted((lot.remaining, lot.starts_at, lot.ends_at) for lot in world.view().lots) == lots
    left = Account.objects.get(pk=merged)
    assert left.merged_into_id == answer.account_id
    assert not any(getattr(left, name) for name in Totals.__struct_fields__)


def test_merging_again_either_way_changes_nothing_and_makes_no_cycle(world):
    world.pay("1")
    world.pay("2", customer="bea")
    world.merge()
    before = world.state()
    assert world.merge().is_repeat
    assert world.merge("bea", "anna").is_repeat
    assert world.state() == before
    assert world.account().merged_into_id is None


def test_a_chain_of_merges_ends_in_one_account(world):
    for i, customer in enumerate(("anna", "bea", "carl")):
        world.pay(str(i), 100, customer=customer)
    world.merge("bea", "carl")
    world.merge("anna", "bea")
    assert set(Identity.objects.values_list("account_id", flat=True)) == {world.id_of("anna")}
    assert world.account().available == 300
    world.tell(refund("2", full=True))
    assert world.account().available == 200


def test_an_unknown_member_merges_with_nobody(world):
    world.pay("1")
    for kept, merged in (("anna", "nobody"), ("nobody", "anna")):
        with pytest.raises(UnknownMember):
            world.merge(kept, merged)
    assert Account.objects.count() == 1


def test_a_take_back_after_the_merge_takes_the_orders_own_points(world):
    """Take-backs follow the origin of a lot."""
    world.pay("1", 100)
    world.later(days=30).pay("2", 100, customer="bea")
    world.merge()
    world.later(days=1).tell(refund("2", euros=70))
    assert [(lot.remaining, bool(lot.origin)) for lot in world.view().lots] == [(100, False), (30, True)]


def test_expired_points_of_a_merged_order_are_taken_back_as_such(world):
    """What expired of the order's own points is taken before any other's, also when they had moved."""
    world.publish(document(points={"valid_for": "P1M", "expiry": "fixed"}))
    world.later(days=1).pay("2", 100, customer="bea")
    world.later(days=20).pay("1", 100)
    world.merge()
    world.later(days=15).work()
    assert (world.account().available, world.account().expired) == (100, 100)
    world.tell(refund("2", full=True))
    assert (world.account().available, world.account().expired, world.account().debt) == (100, 0, 0)


def _with_points_that_ended_before_the_merge(world):
    """100 points of order 2 ended unused on bea's account; anna has 100 of her own."""
    world.publish(document(points={"valid_for": "P1M", "expiry": "fixed"}))
    world.later(days=1).pay("2", 100, customer="bea")
    world.later(days=20).pay("1", 100)
    world.later(days=15).work()
    world.merge()
    assert (world.account().available, world.account().expired) == (100, 100)


def test_points_that_ended_before_the_merge_are_not_owed_after_it(world):
    """What nobody can use any more is no debt, and nobody else's points pay for it."""
    _with_points_that_ended_before_the_merge(world)
    world.tell(refund("2", "r1", euros=30))
    assert (world.account().available, world.account().expired, world.account().debt) == (100, 70, 0)
    world.tell(refund("2", "r2", full=True))
    assert (world.account().available, world.account().expired, world.account().debt) == (100, 0, 0)
    assert world.account().lifetime == 100


def test_points_that_ended_before_the_merge_end_again_when_their_order_stands_again(world):
    _with_points_that_ended_before_the_merge(world)
    world.later(days=1).pay("2", 100, "cancelled", customer="bea")
    assert (world.account().available, world.account().expired, world.account().debt) == (100, 0, 0)
    world.later(days=1).pay("2", 100, customer="bea")
    assert (world.account().available, world.account().expired, world.account().lifetime) == (100, 100, 200)
    world.pay("3", 10, customer="carl")
    world.merge("carl", "anna")
    world.later(days=1).pay("2", 40, "cancelled", customer="bea")
    assert (world.account().expired, world.account().debt, world.account().lifetime) == (0, 0, 110)


def test_points_that_ended_in_one_half_are_taken_back_once_in_one_batch(world):
    """Two lowerings of one batch undo no more than had ended."""
    _with_points_that_ended_before_the_merge(world)
    world.tell(refund("2", "r1", euros=60), refund("2", "r2", euros=40))
    assert (world.account().available, world.account().expired, world.account().debt) == (100, 0, 0)


def test_points_used_before_the_merge_come_back_after_it(world):
    world.pay("1", 100, customer="bea")
    world.pay("2", 10, customer="bea", discounts=(points_used(60, 6),))
    world.pay("3", 10, "placed", customer="bea", discounts=(points_used(44, 4),))
    world.give(5, customer="anna")
    world.merge()
    assert (world.account().available, world.account().held) == (5, 44)
    world.later(days=1).pay("3", 10, "cancelled")
    world.tell(refund("2", full=True))
    assert (world.account().available, world.account().held) == (105, 0)


def ends(world, customer="anna"):
    """The points of each end, in days from now."""
    found = Counter()
    for lot in world.view(customer).lots:
        found[(lot.ends_at - world.now).days] += lot.remaining
    return found


def test_a_renewal_of_the_merged_half_is_undone_after_the_merge(world):
    """Seed 1710: as if the order had never been (meaning 7); nobody else's points are touched by it."""
    world.pay("1", 30, customer="bea")
    world.later(days=2).pay("2", 20)
    world.later(days=8).pay("3", 50, customer="bea")
    assert ends(world, "bea") == {365: 80}
    world.later(days=1).merge()
    world.later(days=1).tell(refund("3", full=True))
    assert ends(world) == {353: 30, 355: 20}


def test_a_renewal_after_the_merge_moves_the_points_of_both_and_is_undone_for_both(world):
    world.pay("1", 30, customer="bea")
    world.later(days=2).pay("2", 20)
    world.later(days=8).merge()
    before = ends(world)
    world.later(days=1).pay("3", 50)
    assert set(ends(world)) == {365}
    world.tell(refund("3", full=True))
    assert ends(world) == {days - 1: points for days, points in before.items()}


def test_a_renewal_of_either_half_reaches_the_points_that_were_there_through_two_merges(world):
    world.pay("1", 30, customer="carl")
    world.later(days=1).pay("2", 40, customer="bea")
    world.later(days=1).merge("bea", "carl")
    world.later(days=1).pay("3", 50, customer="bea")
    world.pay("4", 20)
    world.later(days=1).merge("anna", "bea")
    world.later(days=1).tell(refund("3", full=True))
    assert ends(world) == {360: 30, 361: 40, 363: 20}


def test_points_that_were_all_used_before_the_merge_come_back_to_the_end_that_is_theirs(world):
    """The order that renewed them is taken back in the same breath."""
    world.pay("1", 60, customer="bea")
    world.later(days=5).pay("2", 10, customer="bea", discounts=(points_used(60, 6),))
    world.later(days=1).give(5)
    world.merge()
    world.later(days=1).tell(refund("2", full=True))
    assert ends(world) == {358: 60, 364: 5}


def test_points_of_a_half_that_had_none_at_the_merge_are_renewed_while_an_order_uses_them(world):
    """No entry tells of such a merge; the instant is known all the same (seed 204150)."""
    world.pay("1", 60, customer="bea")
    world.pay("1", 60, "cancelled", customer="bea")
    world.later(days=1).give(5, customer="carl")
    world.give(5)
    world.merge()
    world.merge("anna", "carl")
    world.later(days=1).pay("1", 60, customer="bea")
    world.later(days=5).pay("2", 10, discounts=(points_used(60, 6),))
    world.later(days=5).pay("2", 10, discounts=())
    assert ends(world) == {360: 80}


def test_a_debt_is_paid_by_those_of_the_others_points_that_end_first(db):
    """I-8: whichever of them came first."""
    world = World.new(document(points={"valid_for": "P3M", "expiry": "fixed"}))
    world.pay("1", 10, discounts=(points_used(60, 6),), customer="anna")
    world.pay("2", 50, customer="bea", paid_at=world.now)
    world.pay("3", 50, customer="bea", paid_at=world.now - 30 * DAY)
    world.merge("anna", "bea")
    assert (world.account().available, world.account().debt) == (40, 0)
    assert [lot.starts_at for lot in world.state().lots if lot.remaining] == [world.now]


def test_a_debt_is_paid_by_the_others_points(world):
    world.pay("1", 100, customer="bea")
    world.pay("2", 10, customer="bea", discounts=(points_used(100, 10),))
    world.tell(refund("1", full=True))
    world.give(30)
    world.merge()
    assert (world.account().available, world.account().debt) == (0, 70)


def test_events_and_gifts_stay_once_after_the_merge(world):
    world.event("sign_up", "s1")
    world.event("review", "r1", customer="bea")
    world.event("sign_up", "s1", customer="bea")
    world.give(10, key="k", customer="bea")
    world.merge()
    before = world.account().available
    assert world.event("review", "r1").is_repeat
    assert world.event("review", "r1", customer="bea").is_repeat
    assert world.event("sign_up", "s1", customer="bea").is_repeat
    assert world.event("sign_up", "s2").points == 0
    assert world.give(10, key="k").is_repeat
    assert world.account().available == before == 20 + 5 + 20 + 10


def test_orders_stay_once_after_the_merge(world):
    world.pay("1", customer="bea")
    world.pay("2")
    world.merge()
    assert world.pay("1", customer="bea").kind == "repeat"
    assert world.pay("1", customer="anna").kind == "repeat"
    assert world.pay("3", customer="bea").account_id == world.id_of()


def test_nobody_has_a_tiers_coupon_twice_after_the_merge(world):
    """A tier's coupon is once per member: those that both had stay theirs, no third one comes."""
    world.pay("1", 600)
    world.pay("2", 600, customer="bea")
    world.merge()
    assert CouponRow.objects.filter(origin="tier").count() == 2
    world.tell(refund("1", full=True))
    world.tell(refund("2", full=True))
    world.later(days=1).pay("3", 700)
    assert CouponRow.objects.filter(origin="tier").count() == 2


def test_a_coupon_of_the_merged_account_is_used_by_the_kept_one(world):
    world.pay("1", 600, customer="bea")
    code = world.view("bea").coupons[0].code
    world.pay("2", 1)
    world.merge()
    world.pay("3", 50, discounts=(OrderDiscount("coupon", amount_minor=1500, code=code),))
    assert world.coupons() == {"silver": "used"}


def test_two_halves_reach_a_tier_together(world):
    world.pay("1", 300)
    world.pay("2", 300, customer="bea")
    world.merge()
    assert world.account().tier == "silver"
    assert world.coupons() == {"silver": "issued"}


def test_windows_count_the_orders_of_both(db):
    world = World.new(document(tiers={"window": {"rolling": "P1M"}, "ladder": [
        {"id": "low", "name": "Low", "from": 0}, {"id": "high", "name": "High", "from": 150}]}))  # fmt: skip
    world.pay("1", 100)
    world.later(days=5).pay("2", 100, customer="bea")
    world.merge()
    assert world.account().tier == "high"
    world.later(days=27).work()
    assert world.account().tier == "low"
    world.prove()


def test_the_merged_account_is_never_due_again(world):
    world.pay("1", customer="bea")
    world.pay("2")
    merged = world.id_of("bea")
    world.merge()
    world.publish(document(rewards=[]))
    world.later(days=400).work()
    left = Account.objects.get(pk=merged)
    assert (left.next_due_at, left.caught_up_at) == (None, world.now - 400 * DAY)
    assert Happening.objects.count() == 0
    assert world.tell(order("1", customer="bea"))[0].kind == "repeat"


def test_ids_of_two_shops_become_one_person_and_share_the_balance(world):
    """R-MUL-2: order in A, points spent in B, refund in A: the debt is in the shared account."""
    other = open_shop(OpenShop(world.programme_id, "second", "Second shop"), now=world.now)
    world.pay("1", 100)
    record_orders(RecordOrders(other, (order("1", 20, customer="b-7"),)), now=world.now)
    command = MergeMembers(world.shop_id, "anna", "b-7", merged_shop_id=other)
    assert not merge_members(command, now=world.now).is_repeat
    assert merge_members(command, now=world.now).is_repeat
    assert world.account().available == 120
    spending = order("2", 30, customer="b-7", discounts=(points_used(120, 12),))
    record_orders(RecordOrders(other, (spending,)), now=world.now)
    world.tell(refund("1", full=True))
    # The 18 points that the second shop's order earned are taken before any debt.
    assert (world.account().available, world.account().debt) == (0, 82)


def test_ids_of_two_programmes_never_merge(world):
    stranger = World.new(document(), slug="elsewhere")
    stranger.pay("1", 10, customer="b-7")
    world.pay("1", 10)
    with pytest.raises(UnknownMember, match="different programmes"):
        merge_members(
            MergeMembers(world.shop_id, "anna", "b-7", merged_shop_id=stranger.shop_id), now=world.now
        )


def test_a_slug_names_one_shop_of_a_programme(world):
    open_shop(OpenShop(world.programme_id, "second", "Second shop"), now=world.now)
    with pytest.raises(Refusal, match="already"):
        open_shop(OpenShop(world.programme_id, "second", "Third shop"), now=world.now)


@pytest.mark.parametrize("after", [10, 55])
def test_points_that_a_hold_kept_at_the_merge_are_renewed_with_the_others(world, after):
    """Released or lapsed, they come back to the end that they have by then, though their old one has passed."""
    world.event("visit")
    world.give(100, customer="bea")
    end = world.view("bea").lots[0].ends_at
    world.now = end - timedelta(minutes=30)
    hold = held(world, cart(10), customer="bea")
    world.later(minutes=5).merge()
    world.later(minutes=5).pay("1", 20)
    assert ends(world) == {366: 20}
    assert not rebuilt(world)
    world.later(minutes=after)
    if after < 30:
        released(world, hold.id)
    assert ends(world) == {366 if after < 20 else 365: 120}
    world.work()
    assert not rebuilt(world)


def test_an_order_that_is_taken_back_takes_its_renewal_from_held_points_of_the_merged_half_too(world):
    world.event("visit")
    world.give(100, customer="bea")
    hold = held(world, cart(10), customer="bea")
    world.later(minutes=5).merge()
    world.later(minutes=5).pay("1", 20, paid_at=world.now)
    world.pay("1", 20, "cancelled")
    released(world, hold.id)
    assert ends(world) == {365: 100}
    assert not rebuilt(world)


def rebuilt(world):
    """What ``palier rebuild`` finds to differ."""
    return rebuild_accounts(world.programme_id, [world.id_of()], now=world.now, writes=False)
