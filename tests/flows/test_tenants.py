"""Nothing of one programme's shop is seen or touched by another's (R-MUL-1, P118)."""

import pytest

from palier.core.errors import UnknownMember
from palier.core.member import MemberFacts
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.export_member import ExportMember, export_member
from palier.flows.members.read_member import read_account, read_member
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders
from palier.store.models import Account, Entry, Happening, Identity, Order
from tests.flows.world import OrderDiscount, World, document, order, points_used, refund


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
