"""A gift is undone by an opposite gift, once, and the ledger stays proven (R-ADM-2)."""

from datetime import timedelta

import pytest

from palier.core.errors import ReasonMissing
from palier.flows.points.take_back_gift import GiftExpired, TakeBackGift, UnknownGift, take_back_gift
from palier.store.ledger.gifts import given_since
from palier.store.models import Entry, EntryNote, Happening
from tests.flows.world import order, points_used


@pytest.fixture(autouse=True)
def _proven(world):
    yield
    world.prove()


def gift_of(points):
    return Entry.objects.get(kind="gift", amount=points).cause


def take_back(world, gift, customer="anna", reason="wrong member"):
    command = TakeBackGift(world.shop_id, customer, gift, reason, author="mona")
    return take_back_gift(command, now=world.now)


def test_adm_2_a_gift_is_taken_back_by_an_opposite_entry(world):
    world.give(50)
    told = take_back(world, gift_of(50))
    assert (told.is_repeat, told.points, told.owed) == (False, 50, 0)
    assert world.account().available == 0
    opposite = Entry.objects.get(amount=-50)
    assert (opposite.kind, opposite.facts) == ("gift", {"points": -50, "undoes": gift_of(50)})
    note = EntryNote.objects.get(sequence=opposite.sequence)
    assert (note.reason, note.author) == ("wrong member", "mona")


def test_adm_5_a_gift_is_taken_back_once_however_often_it_is_asked(world):
    world.give(50)
    world.give(30, key="other")
    first, again = take_back(world, gift_of(50)), take_back(world, gift_of(50), reason="again")
    assert (first.points, again.points, again.is_repeat) == (50, 50, True)
    assert world.account().available == 30
    assert Happening.objects.filter(points=-50).count() == 1


def test_what_was_used_already_is_taken_from_other_points_and_then_owed(world):
    world.give(50)
    world.tell(order("1", 100, discounts=(points_used(40, 4),)))
    had = world.account().available
    told = take_back(world, gift_of(50))
    account = world.account()
    assert (told.points, told.owed) == (50, max(0, 50 - had))
    assert (account.available, account.debt) == (max(0, had - 50), told.owed)


def test_what_expired_is_not_taken_a_second_time(world):
    world.give(50)
    world.later(days=500)
    with pytest.raises(GiftExpired):
        take_back(world, gift_of(50))
    world.work()
    with pytest.raises(GiftExpired):
        take_back(world, gift_of(50))


def test_only_a_gift_to_this_very_member_is_taken_back(world):
    world.give(50)
    world.give(7, customer="bea")
    told = take_back(world, gift_of(50))
    for gift in ("0", gift_of(7), gift_of(-50), ""):
        with pytest.raises(UnknownGift):
            take_back(world, gift)
    with pytest.raises(ReasonMissing):
        take_back(world, gift_of(7), customer="bea", reason="  ")
    assert told.account_id == world.account().pk


def test_what_a_colleague_gave_within_a_day_is_summed(world):
    world.give(50, author="mona")
    world.give(20, author="zoe")
    world.later(hours=20)
    world.give(5, author="mona", customer="bea")
    since = world.now - timedelta(days=1)
    assert given_since(world.programme_id, "mona", since) == 55
    assert given_since(world.programme_id, "zoe", world.now) == 0
    assert given_since(world.programme_id + 1, "mona", since) == 0
