"""The balance is a function of time: any instant can be asked for, whether or not a job has run (meaning 12)."""

from datetime import timedelta

import pytest

from palier.core.account import Totals
from palier.core.errors import UnknownMember
from palier.flows.members.read_balance import read_balance
from tests.flows.world import World, document, points_used, refund, statements


def balance(world: World, at, customer: str = "anna") -> Totals:
    return read_balance(world.shop_id, customer, now=at)


def test_every_instant_of_the_past_has_the_balance_that_it_had(db):
    """Told as of then, whatever has happened since and however late the work was done."""
    world = World.new(
        document(
            points={"valid_for": "P1M", "earn_with": ["points"], "settle": {"on": "paid", "after": "P2D"}},
            rewards=[{"id": "hundred", "at": 100, "coupon": {"discount": {"amount": 5}}}],
        )
    )
    seen: list[tuple] = []

    def look() -> None:
        seen.append((world.now, world.view().totals))
        world.later(seconds=1)

    world.pay("1", 150)
    look()
    for days in (1, 1, 1):
        world.later(days=days)
        look()
    world.pay("2", 60, discounts=(points_used(40, 4),))
    look()
    world.later(days=10).tell(refund("1", euros=120))
    look()
    world.later(days=40)
    look()
    world.give(500)
    look()
    world.later(days=90).work()
    for at, was in seen:
        assert balance(world, at) == was
    first = seen[0][0]
    assert balance(world, first - timedelta(microseconds=1)) == Totals()
    assert len({was for _, was in seen}) > 4


def test_a_member_who_was_merged_is_asked_as_the_account_that_was_kept(world):
    world.pay("1", 100)
    world.pay("2", 60, customer="bea")
    world.later(days=1).merge()
    merged_at = world.now
    world.later(days=1).pay("3", 10)
    before, at = (balance(world, at) for at in (merged_at - timedelta(seconds=1), merged_at))
    assert (before.available, before.lifetime, before.spend_minor, before.orders) == (100, 100, 100_00, 1)
    assert (at.available, at.lifetime, at.spend_minor, at.orders) == (160, 160, 160_00, 2)
    assert balance(world, merged_at, "bea") == at


def test_an_instant_to_come_has_what_will_be_left_then(world):
    world.pay("1", 100)
    assert balance(world, world.now + timedelta(days=364)).available == 100
    assert balance(world, world.now + timedelta(days=370)).available == 0


def test_the_past_costs_two_statements_and_writes_nothing(world):
    world.pay("1", 100)
    world.later(days=1).pay("2", 50)
    with statements() as made:
        assert balance(world, world.now - timedelta(hours=1)).available == 100
    assert len(made) == 2, "\n".join(made)
    assert world.account().available == 150


def test_a_stranger_has_none_at_any_time(world):
    with pytest.raises(UnknownMember):
        balance(world, world.now, "nobody")
