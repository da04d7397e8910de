"""Nothing of one programme's shop is seen or touched by another's (R-MUL-1, P118)."""

import pytest

from palier.core.errors import UnknownMember
from palier.core.member import MemberFacts
from palier.flows.checkout import pricing
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.export_member import ExportMember, export_member
from palier.flows.members.read_member import read_account, read_member
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders
from palier.store.models import Account, Entry, Happening, Identity, Order
from palier.store.programmes import load
from tests.flows.world import OrderDiscount, World, document, line, order, points_used, refund


def everything(world: World):
    """All rows of a programme, to be compared."""
    accounts = Account.objects.filter(programme_id=world.programme_id)
    return [
        list(model.objects.filter(account__in=accounts).order_by("pk").values_list())
        for model in (Identity, Order, Entry, Happening)
    ] + [list(accounts.order_by("pk").values_list())]


@pytest.fixture
def two(db):
    """A shop with a member, and the shop of another programme, which knows the same ids."""
    ours, theirs = World.new(), World.new()
    ours.pay("1", 600)
    ours.event("review", "k")
    ours.give(50, key="k")
    ours.pay("guest", customer=None, email="g@example.com")
    return ours, theirs


@pytest.mark.parametrize("act", [
    lambda w: read_member(w.shop_id, "anna", now=w.now),
    lambda w: export_member(ExportMember(w.shop_id, "anna"), now=w.now),
    lambda w: erase_member(EraseMember(w.shop_id, "anna"), now=w.now),
    lambda w: w.merge("anna", "anna"),
])  # fmt: skip
def test_anothers_member_is_unknown(two, act):
    ours, theirs = two
    before = everything(ours)
    with pytest.raises(UnknownMember):
        act(theirs)
    assert everything(ours) == before


def test_the_same_ids_mean_other_things_elsewhere(two):
    ours, theirs = two
    before = everything(ours)
    code = ours.view().coupons[0].code
    assert theirs.tell(refund("1", euros=5))[0].kind == "waiting"
    assert theirs.pay("1", 80).points == 75
    theirs.pay("2", 50, discounts=(points_used(20, 2), OrderDiscount("coupon", amount_minor=1500, code=code)))
    assert not theirs.event("review", "k").is_repeat
    assert not theirs.give(7, key="k").is_repeat
    register_members(RegisterMembers(theirs.shop_id, (MemberFacts("anna", name="Else"),)), now=theirs.now)
    claim_guest_orders(ClaimGuestOrders(theirs.shop_id, "anna", "g@example.com", True), now=theirs.now)
    theirs.publish(document(tiers=None))
    theirs.later(days=900).work()
    assert everything(ours) == before
    assert ours.coupons() == {"silver": "issued"}
    assert ours.row("guest").account_id is None
    ours.prove()
    theirs.prove()


def test_an_account_is_read_within_its_programme_only(two):
    ours, theirs = two
    account = ours.id_of()
    assert read_account(account, ours.programme_id, now=ours.now).tier == "silver"
    with pytest.raises(UnknownMember):
        read_account(account, theirs.programme_id, now=theirs.now)


def test_shops_of_one_programme_have_ids_of_their_own(two):
    """Two shops share a programme, not their customers' ids or order numbers."""
    from palier.store.ids import new_public_id
    from palier.store.models import Shop

    ours, _ = two
    shop = Shop.objects.create(
        programme_id=ours.programme_id, public_id=new_public_id(), slug="b", name="B", created_at=ours.now
    )
    sister = World(ours.programme_id, shop.pk)
    assert sister.tell(order("1", 30))[0].kind == "new"
    assert sister.id_of() != ours.id_of()
    assert (ours.account().orders, sister.account().orders) == (1, 1)
    ours.prove()


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("elsewhere", [True, False])
def test_what_somebody_else_bought_puts_nobody_into_a_segment(db, elsewhere, is_known):
    """A lone order read the purchases of everybody, of other programmes too, for those of its member."""
    asks = document(
        segments=[{"id": "ipods", "where": {"bought": {"products": ["ipod"]}}, "earn_points": False}]
    )
    world = World.new(asks)
    other = World.new(asks) if elsewhere else world
    other.pay("1", 100, customer="bea", lines=(line(100, product="ipod"),))
    other.pay("2", 100, customer="bea")
    if is_known:
        world.pay("3", 100)
    else:
        forget_programmes()
    assert world.pay("4", 100).points == 100
    assert (world.row("4").frozen["segments"], other.row("2").frozen["segments"]) == ([], ["ipods"])


def forget_programmes() -> None:
    """As a process that has seen no shop yet."""
    for known in (pricing._seen, pricing._plans, load._versions, load._timelines):
        known.clear()
