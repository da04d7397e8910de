"""Events and gifts: each counts once (R-EVT-1)."""

import pytest

from palier.core.errors import IdempotencyConflict, InvalidEvent, InvalidGift
from palier.flows.points.give_points import POINTS_MAX
from palier.store.ledger.chain import note_digest
from palier.store.models import Account, Entry, EntryNote, Happening, Intent
from tests.flows.world import World, document, statements


@pytest.fixture(autouse=True)
def _proven(world):
    yield
    world.prove()


def test_an_event_counts_once_for_its_key(world):
    first, again, other = (
        world.event("review", "r1"),
        world.event("review", "r1"),
        world.event("review", "r2"),
    )
    assert (first.is_repeat, first.points) == (False, 5)
    assert (again.is_repeat, again.points) == (True, 5)
    assert (other.is_repeat, other.points) == (False, 5)
    assert world.account().available == 10


def test_a_rule_that_is_given_once_is_given_once_whatever_the_key(world):
    assert [world.event("sign_up", key).points for key in ("a", "b", "a")] == [20, 0, 20]
    assert world.account().available == 20


def test_one_key_is_another_thing_for_another_event_or_member(world):
    assert world.event("review", "k").points == 5
    assert world.event("sign_up", "k").points == 20
    assert not world.event("review", "k", customer="bea").is_repeat
    assert (world.account().available, world.account("bea").available) == (25, 5)


def test_an_event_that_no_rule_knows_is_kept_and_gives_nothing(world):
    told = world.event("moon", "m1")
    assert (told.is_repeat, told.points) == (False, 0)
    assert world.event("moon", "m1").is_repeat
    assert Happening.objects.get().points == 0


@pytest.mark.parametrize(("name", "key"), [("", "k"), ("review", "")])
def test_an_event_needs_a_name_and_a_key(world, name, key):
    with pytest.raises(InvalidEvent):
        world.event(name, key)
    assert not Account.objects.exists()


def test_caps_bound_what_events_give_and_the_cap_is_told(db):
    rules = document()["earning"]
    world = World.new(document(earning=[*rules, {"id": "cap", "cap": {"points": 8, "every": "P1D"}}]))
    assert [world.event("review", str(i)).points for i in range(3)] == [5, 3, 0]
    assert world.later(days=1).event("review", "9").points == 5
    assert Entry.objects.get(facts__has_key="uncapped").facts["uncapped"] == 5


def test_a_gift_is_credited_with_its_reason_beside_it(world):
    told = world.give(50, reason="sorry for the wait", author="mona")
    assert (told.is_repeat, told.points) == (False, 50)
    note = EntryNote.objects.get()
    assert (note.reason, note.author) == ("sorry for the wait", "mona")
    assert Entry.objects.get().note_digest == note_digest(note.salt, note.reason, note.author)
    assert Entry.objects.get().facts == {"points": 50}


def test_a_gift_counts_once_for_its_key_and_without_one_every_time(world):
    assert [world.give(50, key="k").is_repeat for _ in range(3)] == [False, True, True]
    assert [world.give(5).is_repeat for _ in range(2)] == [False, False]
    assert world.account().available == 60


def test_the_same_key_with_other_points_is_a_conflict(world):
    world.give(50, key="k")
    with pytest.raises(IdempotencyConflict):
        world.give(51, key="k")
    assert world.give(51, key="k", customer="bea").points == 51
    assert world.account().available == 50


@pytest.mark.parametrize("points", [0, -1, POINTS_MAX])
def test_a_gift_has_bounds(world, points):
    with pytest.raises(InvalidGift):
        world.give(points)
    assert not Account.objects.exists()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_gift_needs_a_reason(world, reason):
    with pytest.raises(InvalidGift):
        world.give(10, reason=reason)


def test_a_gift_counts_for_no_tier_and_moves_no_end(world):
    world.pay("1")
    end = world.state().lots[0].ends_at
    world.later(days=20).give(800)
    assert world.account().activity == 100
    assert world.account().tier == "bronze"
    assert world.state().lots[0].ends_at == end


def test_a_gift_may_reach_a_reward_and_pays_debts_first(world):
    world.give(1010)
    assert world.coupons() == {"thousand": "issued"}
    assert world.account().available == 10
    assert "coupon_issued" in Intent.objects.values_list("event", flat=True)


def test_events_and_gifts_cost_as_many_statements_after_years_as_on_the_first_day(world):
    world.give(1)
    world.event("review", "first")
    with statements() as gift:
        world.give(1, key="a")
    with statements() as event:
        world.event("review", "a")
    for i in range(60):
        world.event("review", f"e{i}")
    with statements() as later:
        world.give(1, key="b")
        world.event("review", "b")
    assert len(later) <= len(gift) + len(event) <= 24
