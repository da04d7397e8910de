"""``palier rebuild`` derives what is stored, whatever happened to the members."""

from datetime import UTC, datetime

import pytest
from django_scopes import scopes_disabled

from palier.flows.upkeep.rebuild_accounts import rebuild_accounts
from palier.store.members.load import load_ids
from tests.entrances.every_column import undone
from tests.flows.world import World, refund
from tests.simulation.histories import draw_history
from tests.simulation.play import play

pytestmark = pytest.mark.django_db


def differences(programme_id):
    ids = load_ids(programme_id, after=0, limit=10_000)
    return rebuild_accounts(programme_id, ids, now=datetime(2027, 1, 1, tzinfo=UTC), writes=False)


def test_what_was_merged_twice_is_one_persons():
    with scopes_disabled():
        world = World.new()
        for customer in ("anna", "bea", "carl"):
            world.pay(customer, 100, customer=customer)
        world.merge("bea", "carl")
        world.merge("anna", "bea")
        world.tell(refund("carl", full=True))
        assert differences(world.programme_id) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", [1, 16])
def test_histories_leave_what_their_rows_say(first):
    with scopes_disabled():
        for seed in range(first, first + 15):
            with undone():
                world = play(draw_history(seed), works_often=bool(seed % 2))
                assert differences(world.programme_id) == [], seed
