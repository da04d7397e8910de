"""An import that is taken back leaves members as they were, and a ledger in which ``palier verify`` finds nothing."""

import pytest

from palier.flows.imports.start_import import StartImport, start_import
from palier.flows.imports.undo_batch import UndoBatch, undo_batch
from palier.flows.points.open_balances import OpenBalances, OpeningBalance, open_balances
from palier.store.models import Intent
from tests.flows import checkout
from tests.flows.world import DAY, World, document, order, refund

ROLLING = document(
    tiers={"window": {"rolling": "P1M"}, "ladder": [{"id": "low", "from": 0}, {"id": "high", "from": 100}]}
)


def start(world, kind, digest="1"):
    command = StartImport(world.shop_id, kind, "file.csv", digest, {}, 1)
    return start_import(command, now=world.now).batch_id


def undo(world, batch):
    while undo_batch(UndoBatch(batch), now=world.now).left:
        pass


def opened(world, *rows):
    batch = start(world, "balances")
    open_balances(OpenBalances(world.shop_id, rows, batch), now=world.now)
    return batch


def test_nothing_is_wrong_after_imported_orders_were_taken_back(world):
    world.pay("own", 40)
    world.later(days=1)
    batch = start(world, "orders")
    world.tell(order("in-1", 300), order("in-2", 500, customer="bea"), batch_id=batch)
    world.later(days=1)
    undo(world, batch)
    assert world.view().totals.available == 40
    checkout.prove(world)


def test_nothing_is_wrong_when_they_are_imported_again_under_other_rules(db):
    """One of them was refunded meanwhile, so that it is not accepted again."""
    world = World.new(document(points={"valid_for": "P1M", "settle": {"on": "paid", "after": "P3D"}}))
    orders = (order("in-1", 300, paid_at=world.now), order("in-2", 50, customer="bea", paid_at=world.now))
    batch = start(world, "orders")
    world.tell(*orders, batch_id=batch)
    world.later(days=1).tell(refund("in-2", full=True))
    undo(world, batch)
    world.later(days=1).publish(
        document(points={"valid_for": "P3M", "settle": {"on": "paid", "after": "P9D"}})
    )
    world.later(days=1).tell(*orders, batch_id=start(world, "orders", "2"))
    assert (world.account().pending, world.account("bea").pending) == (300, 0)
    checkout.prove(world)


def test_the_last_order_is_the_one_before_those_that_were_taken_back(world):
    world.pay("own", 40, payment_method="wire")
    before = world.state().last_order
    world.later(days=1)
    batch = start(world, "orders")
    world.tell(order("in-1", 300, payment_method="card"), order("in-2", 50, customer="bea"), batch_id=batch)
    undo(world, batch)
    assert world.state().last_order == before
    assert world.state("bea").last_order is None


@pytest.mark.parametrize("days", [1, 60])
def test_spend_that_was_opened_and_taken_back_lowers_no_window(db, days):
    world = World.new(ROLLING)
    batch = opened(world, OpeningBalance("anna", 10, spend_minor=50000, key="1"))
    world.later(days=days)
    undo(world, batch)
    world.pay("own", 120)
    assert world.view().tier == "high"
    checkout.prove(world)


def test_spend_that_was_opened_is_taken_back_after_a_merge_too(world):
    batch = opened(world, OpeningBalance("bea", 10, spend_minor=50000, key="1"))
    world.pay("own", 40)
    world.merge("anna", "bea")
    world.now += DAY
    undo(world, batch)
    assert world.account().spend_minor == 4000
    checkout.prove(world)


def test_who_opens_with_more_than_a_thousand_rewards_is_looked_at_again(db):
    """One decision issues a thousand coupons at most; the rest was left until something else happened."""
    world = World.new(
        document(rewards=[{"id": "ten", "at": 10, "coupon": {"discount": {"percent": 1}}}], tiers=None)
    )
    opened(world, OpeningBalance("anna", 10_050, key="1"))
    assert world.account().available == 50
    world.work()
    assert world.account().available == 0
    assert len(world.view().coupons) == 1005


SETTLING = document(
    points={"settle": {"on": "paid", "after": "P3D"}},
    rewards=[{"id": "ten", "at": 100, "coupon": {"discount": {"amount": 10}}}],
)


def told(world):
    return list(Intent.objects.filter(event="coupon_issued").values_list("effective_at", flat=True))


@pytest.mark.parametrize("is_worked", [True, False])
def test_an_opening_balance_hides_nothing_that_fell_due_before_it(db, is_worked):
    """The reward is told of whether a worker came before the file or not; what the file itself brings is not."""
    world = World.new(SETTLING)
    world.pay("own", 120)
    settled = world.now + 3 * DAY
    world.later(days=4)
    if is_worked:
        world.work()
    batch = opened(world, OpeningBalance("anna", 250, key="1"))
    assert told(world) == [settled]
    world.later(days=1)
    undo(world, batch)
    assert told(world) == [settled]
    checkout.prove(world)


@pytest.mark.parametrize("kind", ["orders", "balances"])
def test_what_is_taken_back_hides_nothing_that_fell_due_before(db, kind):
    world = World.new(SETTLING)
    batch = start(world, kind)
    if kind == "orders":
        world.tell(order("in-1", 30), batch_id=batch)
    else:
        open_balances(
            OpenBalances(world.shop_id, (OpeningBalance("anna", 30, key="1"),), batch), now=world.now
        )
    world.pay("own", 120)
    settled = world.now + 3 * DAY
    world.later(days=4)
    undo(world, batch)
    assert told(world) == [settled]
    checkout.prove(world)


def test_a_silent_order_hides_nothing_that_fell_due_before_it(db):
    world = World.new(SETTLING)
    world.pay("own", 120)
    settled = world.now + 3 * DAY
    world.later(days=4).tell(order("quiet", 500, paid_at=world.now), is_silent=True)
    assert told(world) == [settled]
    checkout.prove(world)
