"""Tiers given and debts let go by staff, and accounts that their shop deleted, as flows and rows."""

from datetime import timedelta

import pytest

from palier.cli.verification.whole import load_problems
from palier.core.account import Override
from palier.core.errors import InvalidOverride, NothingOwed, ReasonMissing, UnknownMember
from palier.core.member import MemberFacts
from palier.core.order import OrderDiscount
from palier.flows.checkout.hold_cart import HoldCart, hold_cart
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.export_member import ExportMember, export_member
from palier.flows.members.override_tier import OverrideTier, override_tier
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.points.waive_debt import WaiveDebt, waive_debt
from palier.store.ids import new_public_id
from palier.store.models import Entry, EntryNote, Happening, Identity, Intent, Shop
from tests.flows.checkout import cart
from tests.flows.world import DAY, World, document, order, points_used


def give_tier(world, tier="gold", *, days=30, customer="anna", reason="VIP"):
    until = world.now + timedelta(days=days) if days is not None else None
    command = OverrideTier(world.shop_id, customer, tier, reason, "mia", until if tier else None)
    return override_tier(command, now=world.now)


def owing(world):
    """Anna owes 80 points."""
    world.pay("1", 100)
    world.pay("2", 30, discounts=(points_used(100, 10),))
    world.pay("1", 100, status="cancelled")
    return world


def waive(world, **parts):
    return waive_debt(WaiveDebt(world.shop_id, "anna", "a late parcel", "mia", **parts), now=world.now)


def close(world, customer="anna"):
    return close_account(CloseAccount(world.shop_id, customer), now=world.now)


def problems(world):
    return [str(problem) for problem in load_problems(world.programme_id)]


# R-TIER-8


def test_tier_8_a_tier_given_by_staff_is_held_seen_and_written_down_with_its_reason(world):
    world.pay("1", 600)
    answer = give_tier(world)
    assert (answer.tier, answer.is_repeat) == ("gold", False)
    view = world.view()
    assert (view.tier, view.group, view.override) == ("gold", "gold", Override("gold", world.now + 30 * DAY))
    entry = Entry.objects.get(account=world.account(), cause_kind="override")
    assert (entry.kind, entry.tier, entry.facts["override"]) == ("tier", "gold", True)
    note = EntryNote.objects.get(account=world.account(), sequence=entry.sequence)
    assert (note.reason, note.author) == ("VIP", "mia")
    assert problems(world) == []
    world.prove()


def test_tier_8_it_ends_by_itself_as_due_work_and_in_what_is_read(world):
    world.pay("1", 600)
    give_tier(world)
    world.later(days=30)
    assert (world.view().tier, world.view().override) == ("silver", None)
    assert world.work() == 1
    assert (world.account().tier, world.kinds()[-1], world.state().override) == ("silver", "tier", None)
    assert problems(world) == []
    world.prove()


def test_tier_8_the_same_again_changes_nothing_and_another_end_is_another_override(world):
    world.pay("1", 600)
    give_tier(world)
    count = world.account().last_sequence
    assert give_tier(world).is_repeat
    assert world.account().last_sequence == count
    assert not give_tier(world, days=None).is_repeat
    assert world.later(days=4000).view().tier == "gold"
    assert not give_tier(world, None).is_repeat
    assert world.view().tier == "silver"
    assert give_tier(world, None).is_repeat
    assert problems(world) == []


def test_tier_8_what_cannot_be_given_is_refused_and_leaves_nothing(world):
    world.pay("1", 10)
    before = world.account().last_sequence
    for wrong, refusal in (
        ({"tier": "platinum"}, InvalidOverride),
        ({"days": 0}, InvalidOverride),
        ({"reason": "  "}, ReasonMissing),
        ({"customer": "nobody"}, UnknownMember),
    ):
        with pytest.raises(refusal):
            give_tier(world, **wrong)
    assert world.account().last_sequence == before
    assert not Happening.objects.filter(kind="override").exists()


def test_tier_8_an_override_moves_with_a_merge_and_its_note_goes_with_an_erasure(world):
    world.pay("1", 600)
    world.pay("2", 10, customer="bea")
    give_tier(world, customer="bea")
    world.merge("anna", "bea")
    assert (world.view().tier, world.view().override.tier) == ("gold", "gold")
    assert problems(world) == []
    erase_member(EraseMember(world.shop_id, "anna"), now=world.now)
    assert not EntryNote.objects.exists()
    assert problems(world) == []


@pytest.mark.damages("to see that it is found")
def test_tier_8_verify_finds_an_override_that_the_entries_do_not_tell(world):
    world.pay("1", 600)
    account = world.account()
    account.state["override"] = ["gold", None]
    account.tier = "gold"
    account.save()
    assert any(problem.startswith("I-10") for problem in problems(world))


# R-REF-9


def test_ref_9_a_debt_is_waived_with_a_reason_and_verify_accepts_it(world):
    owing(world)
    assert world.account().debt == 80
    assert waive(world).points == 80
    account = world.account()
    assert (account.debt, account.available, account.lifetime) == (0, 0, 100)
    entry = Entry.objects.get(account=account, kind="waive")
    assert EntryNote.objects.get(account=account, sequence=entry.sequence).reason == "a late parcel"
    assert problems(world) == []
    world.prove()


def test_ref_9_a_repeat_waives_no_debt_that_came_later(world):
    owing(world)
    assert not waive(world, key="k").is_repeat
    world.pay("3", 10, discounts=(points_used(50, 5),))
    owed = world.account().debt
    assert owed > 0
    again = waive(world, key="k")
    assert (again.is_repeat, again.points, world.account().debt) == (True, 80, owed)


def test_ref_9_nothing_owed_or_no_reason_is_refused(world):
    world.pay("1", 10)
    with pytest.raises(NothingOwed):
        waive(world)
    with pytest.raises(ReasonMissing):
        waive_debt(WaiveDebt(world.shop_id, "anna", " "), now=world.now)
    with pytest.raises(UnknownMember):
        waive_debt(WaiveDebt(world.shop_id, "nobody", "why"), now=world.now)


def test_ref_9_waived_and_reinstated_leaves_the_order_its_own_points(world):
    owing(world)
    waive(world)
    world.later(days=1).pay("1", 100)
    assert (world.account().available, world.account().debt) == (100, 0)
    assert problems(world) == []


# R-CUS-3


def holding(world):
    world.pay("1", 600)
    world.give(100)
    coupon = world.view().coupons[0]
    world.tell(order("2", 60, "placed", discounts=(points_used(100, 10),)))
    world.tell(order("3", 60, "placed", discounts=(coupon_used(coupon.code),)))
    assert (world.account().held, world.coupons()) == (100, {"silver": "reserved"})
    return world


def coupon_used(code):
    return OrderDiscount("coupon", amount_minor=1500, code=code)


def test_cus_3_a_deleted_customer_holds_nothing_has_no_group_and_keeps_points_and_tier(world):
    holding(world)
    answer = close(world)
    assert (answer.released, answer.is_closed) == (("2", "3"), True)
    view = world.view()
    assert (view.totals.held, view.totals.available, world.coupons()) == (0, 700, {"silver": "issued"})
    assert (view.tier, view.group, view.closed_at) == ("silver", None, world.now)
    assert world.row("2").status == "placed"
    assert problems(world) == []
    world.prove()


def test_cus_3_an_open_checkout_of_a_deleted_customer_gives_back_what_it_held(world):
    world.give(100)
    hold_cart(HoldCart(world.shop_id, "anna", cart(6), "k"), now=world.now)
    assert world.account().held == 60
    close(world)
    assert (world.account().held, world.account().available, world.state().holds) == (0, 100, ())
    world.prove()


def test_cus_3_closing_again_changes_nothing(world):
    holding(world)
    close(world)
    before = world.account().last_sequence
    again = close(world.later(days=1))
    assert (again.released, again.is_closed, world.account().last_sequence) == ((), True, before)


def test_cus_3_a_closed_account_is_told_nothing_and_its_points_still_end(world):
    holding(world)
    close(world)
    count = Intent.objects.count()
    world.later(days=500).work()
    assert (world.account().available, Intent.objects.count()) == (0, count)
    assert problems(world) == []


def test_cus_3_an_order_that_waits_holds_nothing_more_and_takes_its_points_when_it_is_paid(world):
    holding(world)
    close(world)
    world.tell(order("2", 70, "placed", discounts=(points_used(100, 10),)))
    assert world.account().held == 0
    world.pay("2", 70, discounts=(points_used(100, 10),))
    assert world.account().spent == 100
    assert problems(world) == []


def second_shop(world):
    """Another shop of the programme that knows Anna as its customer 7."""
    shop = Shop.objects.create(
        programme_id=world.programme_id, public_id=new_public_id(), slug="b", name="b", created_at=world.now
    )
    Identity.objects.create(shop=shop, account_id=world.id_of(), customer_id="7")
    return World(world.programme_id, shop.pk, world.now)


def test_cus_3_another_shop_that_knows_the_member_keeps_the_account_open(world):
    holding(world)
    other = second_shop(world)
    other.tell(order("b1", 60, "placed", customer="7", discounts=(points_used(50, 5),)))
    answer = close(world)
    assert (answer.released, answer.is_closed) == (("2", "3"), False)
    view = world.view()
    assert (view.totals.held, view.group, view.closed_at) == (50, "silver", None)
    answer = close(other, "7")
    assert (answer.released, answer.is_closed) == (("b1",), True)
    assert (world.view().totals.held, world.view().group) == (0, None)
    assert problems(world) == []


def test_cus_3_a_shop_that_tells_of_the_customer_again_opens_the_account(world):
    holding(world)
    close(world)
    register_members(RegisterMembers(world.shop_id, (MemberFacts("anna"),)), now=world.now)
    assert (world.view().closed_at, world.view().group) == (None, "silver")
    assert close(world).is_closed


def test_cus_3_it_is_erased_when_somebody_asks_and_exported_as_closed(world):
    holding(world)
    close(world)
    exported = export_member(ExportMember(world.shop_id, "anna"), now=world.now)
    assert exported["identities"][0]["closed_at"] is not None
    erase_member(EraseMember(world.shop_id, "anna"), now=world.now)
    assert problems(world) == []


def test_cus_3_a_customer_never_seen_is_refused(world):
    with pytest.raises(UnknownMember):
        close(world, "nobody")


def test_staff_decisions_need_a_ladder_that_has_the_tier(db):
    world = World.new(document(tiers=None))
    world.pay("1", 10)
    with pytest.raises(InvalidOverride):
        give_tier(world)
