"""The head-counts that are shown before a ladder is published are those that come about."""

from collections import Counter
from datetime import timedelta

import pytest

from palier.core.programme.parse import parse
from palier.flows.members.override_tier import OverrideTier, override_tier
from palier.store.members.ladder_moves import Moves, count_ladder_moves
from palier.store.models import Account
from tests.flows.test_publish import ladder
from tests.flows.world import DAY, World, document

SPENDS = {"anna": 0, "bea": 450, "carl": 500, "dora": 1999, "emil": 2000, "fay": 9000}


@pytest.fixture
def town(world):
    """Members who have spent this and that over two months, and reviewed something."""
    world.now -= 60 * DAY
    for number, (customer, euros) in enumerate(SPENDS.items()):
        world.later(days=10)
        world.pay(f"o{number}", euros or 1, customer=customer)
        world.event("review", f"e{number}", customer=customer)
    world.later(days=1).pay("late", 100, customer="carl")
    return world


def other_steps(*steps, **tiers):
    return document(tiers={"ladder": [{"id": id, "from": at} for id, at in steps], **tiers}, earning=[
        {"id": "spend", "award": {"points": 1, "per": 1}}, {"id": "word", "on": "review", "award": {"points": 5}},
    ])  # fmt: skip


LADDERS = {
    "the same": document(),
    "lower": ladder(400),
    "higher": ladder(700),
    "none": document(tiers=None),
    "other tiers": other_steps(("bronze", 0), ("jade", 300), ("gold", 600)),
    "turned": other_steps(("gold", 0), ("silver", 500), ("bronze", 2000)),
    "no floor": other_steps(("silver", 500), ("gold", 1000)),
    "by orders": other_steps(("bronze", 0), ("silver", 2), metric="orders"),
    "by points": other_steps(("bronze", 0), ("silver", 505), ("gold", 506), metric="points"),
    "rolling": other_steps(("bronze", 0), ("silver", 100), ("gold", 1500), window={"rolling": "P1M"}),
    "rolling points": other_steps(
        ("bronze", 0), ("silver", 5), ("gold", 700), metric="points", window={"rolling": "P25D"}
    ),
    "calendar year": other_steps(("bronze", 0), ("silver", 2), metric="orders", window="calendar_year"),
    "a season": ladder(schedule=[{"from": "2026-01-01", "to": "2026-12-31", "thresholds": {"silver": 300}}]),
}


def pairs(world):
    rows = Account.objects.filter(merged_into=None).values_list("id", "tier")
    return dict(rows)


@pytest.mark.parametrize("name", LADDERS)
def test_what_is_counted_beforehand_is_what_comes_about(town, name):
    """R-TIER-7, D23."""
    new = LADDERS[name]
    town.work()
    before = pairs(town)
    counted = count_ladder_moves(town.programme_id, parse(new), now=town.now)
    town.publish(new)
    town.later(seconds=1).work()
    after = pairs(town)
    real = Counter((before[id], after[id]) for id in before)
    assert {(m.before, m.after): m.members for m in counted} == dict(real)


def test_whom_staff_gave_a_tier_stays_while_the_ladder_has_it(town):
    for customer, tier, until in [("anna", "gold", None), ("bea", "gold", town.now + DAY)]:
        override_tier(
            OverrideTier(town.shop_id, customer, tier, "a friend", until=until, author="x"),
            now=town.now,
        )

    def count(new, now):
        moves = count_ladder_moves(town.programme_id, parse(new), now=now)
        return {(each.before, each.after): each.members for each in moves}

    assert count(ladder(3000), town.now)["gold", "gold"] == 3
    later = count(ladder(3000), town.now + timedelta(days=2))
    assert (later["gold", "gold"], later["gold", "bronze"]) == (2, 1)
    assert count(other_steps(("bronze", 0)), town.now) == {("gold", "bronze"): 4, ("silver", "bronze"): 2}


def test_merged_members_are_counted_once_with_all_they_have(town):
    town.merge("bea", "carl")
    counted = count_ladder_moves(town.programme_id, parse(LADDERS["rolling"]), now=town.now)
    assert sum(m.members for m in counted) == 5


def test_members_of_another_programme_are_not_counted(world):
    other = World.new()
    assert count_ladder_moves(other.programme_id, parse(document()), now=world.now) == ()
    other.pay("1", 600)
    assert count_ladder_moves(other.programme_id, parse(document()), now=world.now) == (
        Moves("silver", "silver", 1),
    )
