"""``palier verify`` finds holds and vouchers that do not stand where their rows say (I-11, I-18, I-21)."""

import pytest
from django_scopes import scopes_disabled

from palier.store.models import Account, CouponRow, Hold, Order
from tests.flows.checkout import cart, code, found_in, held, prove, shop, voucher
from tests.flows.world import World


@pytest.fixture(autouse=True)
def _unscoped():
    with scopes_disabled():
        yield


@pytest.fixture
def world(db):
    """An open hold with a coupon and points, one that an order has taken over, one released; and a voucher."""
    made = World.new(shop())
    made.give(1640)
    made.pay("1", 20, "placed", hold=held(made, cart(20), "k1").id)
    held(made, cart(50, code(made)), "k2")
    voucher(made, 50)
    made.later(minutes=1).pay("2", 10, use_quote=True, coupons=(code(made),))
    prove(made)
    return made


def _change_hold(world, change):
    account = world.account()
    change(account.state["holds"])
    Account.objects.filter(pk=account.pk).update(state=account.state)


def _own(id, hold):
    booking = Order.objects.get(external_id=id).booking
    Order.objects.filter(external_id=id).update(booking=booking | {"hold": hold})


def _lapse(holds):
    holds[0][1] -= 7_200_000_000


DAMAGE = {
    "an open hold is said to be released": (
        "I-11",
        lambda w: Hold.objects.filter(key="k2").update(state="released"),
    ),
    "an open hold is not in the state": ("I-11", lambda w: _change_hold(w, list.clear)),
    "a hold holds other points than it took": (
        "I-11",
        lambda w: _change_hold(w, lambda holds: holds[0][2][0].__setitem__(0, 1)),
    ),
    "a hold should have lapsed": ("I-11", lambda w: _change_hold(w, _lapse)),
    "a hold's coupon is free": (
        "I-18",
        lambda w: CouponRow.objects.filter(state="reserved").update(state="issued"),
    ),
    "two orders own one hold": ("I-18", lambda w: _own("2", Hold.objects.get(key="k1").public_id)),
    "an order owns a hold that is open": ("I-18", lambda w: _own("2", Hold.objects.get(key="k2").public_id)),
    "a hold of nobody": ("I-18", lambda w: _own("2", "none")),
    "a voucher cost nothing": (
        "I-21",
        lambda w: CouponRow.objects.filter(origin="voucher").update(points=10),
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_holds_is_found(world, damage):
    invariant, plant = DAMAGE[damage]
    plant(world)
    assert invariant in {problem.invariant for problem in found_in(world)}


def test_a_coupon_whose_remainder_is_kept_serves_several_orders(db):
    coupon = {"discount": {"amount": 50}, "remainder": "kept"}
    world = World.new(shop(rewards=[{"id": "r", "at": 1000, "coupon": coupon}], redemption=None))
    world.give(1000)
    for i in range(2):
        world.later(minutes=1).pay(str(i), 20, use_quote=True, coupons=(code(world),))
    prove(world)
    CouponRow.objects.update(remaining_minor=2000)
    assert "I-18" in {problem.invariant for problem in found_in(world)}
