"""What the races found: two flows that meet at one member, in the way in which they met."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django_scopes import scopes_disabled

from palier.core.errors import TooManyPoints, UnknownMember
from palier.core.member import MemberFacts
from palier.flows.checkout.keep_cart import KeepCart, keep_cart
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.points.give_points import GivePoints, give_points
from palier.store.models import Account, KeptCart
from tests.flows.checkout import prove
from tests.flows.test_races import at_once
from tests.flows.world import refund


def test_an_account_that_somebody_was_at_a_moment_later_is_closed_at_that_moment(world):
    """Whoever waited for the lock has the earlier clock: the account does not go back to it."""
    world.pay("1")
    earlier = world.now - timedelta(milliseconds=3)
    assert close_account(CloseAccount(world.shop_id, "anna"), now=earlier).is_closed
    prove(world)


def test_a_gift_for_members_only_makes_nobody_a_member(world):
    world.pay("1")
    erase_member(EraseMember(world.shop_id, "anna"), now=world.now)
    with pytest.raises(UnknownMember):
        give_points(GivePoints(world.shop_id, "anna", 5, "Sorry", only_known=True), now=world.now)
    assert Account.objects.count() == 1


def test_a_cart_that_is_told_while_its_member_is_erased_is_not_kept(committed_world):
    world = committed_world
    world.pay("1")
    cart, told = KeepCart(world.shop_id, "anna", {"lines": []}), []

    def tell():
        try:
            with scopes_disabled():
                keep_cart(cart, now=world.now)
        except UnknownMember:
            told.append("unknown")
        finally:
            connection.close()

    with transaction.atomic():
        erase_member(EraseMember(world.shop_id, "anna"), now=world.now)
        teller = threading.Thread(target=tell)
        teller.start()
        time.sleep(0.2)
    teller.join(30)
    assert (told, KeptCart.objects.count()) == (["unknown"], 0)


def test_merging_both_ways_at_once_is_no_deadlock(committed_world, is_postgresql):
    world = committed_world
    before = _deadlocks() if is_postgresql else 0
    for turn in range(8):
        for name in (f"a{turn}", f"b{turn}"):
            world.pay(name, customer=name)
        one, two = f"a{turn}", f"b{turn}"
        at_once(
            *[lambda one=one, two=two: world.merge(one, two), lambda one=one, two=two: world.merge(two, one)]
            * 2
        )
    assert (_deadlocks() if is_postgresql else 0) == before


def _deadlocks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_an_order_that_is_told_by_the_earlier_clock_last_does_not_become_older(world):
    """Two versions without a time of their own: the one that is booked last stands, at the later instant."""
    world.pay("1")
    world.now -= timedelta(milliseconds=3)
    world.pay("1", status="cancelled", lines=None)
    world.now += timedelta(milliseconds=3)
    assert (world.row("1").status, world.row("1").updated_at) == ("cancelled", world.now)
    prove(world)


def test_what_is_booked_by_the_earlier_clock_last_is_no_damage(world):
    """A member, and an order, may be known a moment before the clock of the request that books something first."""
    anna = MemberFacts("anna", name="Anna", said=frozenset({"name"}))
    register_members(RegisterMembers(world.shop_id, (anna,)), now=world.now)
    world.now -= timedelta(milliseconds=3)
    world.give(5)
    world.now += timedelta(milliseconds=6)
    world.pay("1")
    world.now -= timedelta(milliseconds=3)
    world.tell(refund("1", euros=30))
    prove(world)


def test_what_a_colleague_may_give_in_a_day_is_given_once_however_many_forms_are_sent(committed_world):
    world = committed_world
    for name in ("anna", "bea"):
        world.pay(name, customer=name)

    def give(customer):
        command = GivePoints(world.shop_id, customer, 700, "Sorry", "sam", only_known=True, day_limit=1000)
        try:
            return give_points(command, now=world.now).points
        except TooManyPoints as refusal:
            return refusal.code

    given = at_once(*[lambda name=name: give(name) for name in ("anna", "bea") * 4])
    assert sorted(map(str, given)) == ["700"] + ["too_many_points"] * 7
    world.later(hours=24)
    assert give("bea") == 700
