"""Which versions never applied to anyone is known from a programme's first account, wherever it lies among others."""

import json

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from palier.store.models import Account, Programme
from palier.store.programmes.load import load_timeline, timeline_column
from tests.flows.world import World

OTHERS = 3000


@pytest.fixture
def world(db):
    """A programme whose accounts come after a thousand of others that are older than it."""
    with scopes_disabled():
        older = World.new()
        older.pay("1", 10)
        one = older.account()
        fields = {f.attname: getattr(one, f.attname) for f in Account._meta.concrete_fields}
        Account.objects.bulk_create(
            Account(**fields | {"id": n + 1, "public_id": f"older-{n}"}) for n in range(OTHERS)
        )
        world = World.new()
        world.pay("1", 10)
        yield world


def _asked(world):
    return f"SELECT {timeline_column('p.id')} FROM store_programme p WHERE p.id = {world.programme_id}"


def test_it_is_found_without_reading_the_accounts_of_others(world, is_postgresql):
    if not is_postgresql:
        pytest.skip("SQLite finds a programme's accounts by its index")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE store_account")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {_asked(world)}")
        told = cursor.fetchone()[0]
    plan = json.dumps(told if isinstance(told, list) else json.loads(told))
    assert "store_account_pkey" in plan
    removed = [int(part.split(",")[0].rstrip("}]")) for part in plan.split('"Rows Removed by Filter": ')[1:]]
    assert sum(removed) < 10, plan


@pytest.mark.parametrize("public_id", ["a-name", "0190c0de-0000-4000-8000-000000000001", ""])
def test_a_public_id_that_tells_no_time_hides_no_account(world, public_id):
    with connection.cursor() as cursor:
        cursor.execute(_asked(world))
        before = cursor.fetchone()
        Programme.objects.filter(id=world.programme_id).update(public_id=public_id)
        cursor.execute(_asked(world))
        assert cursor.fetchone() == before
    assert str(world.account().created_at.year) in str(before)
    assert len(load_timeline(world.programme_id, 0).versions) == 1
