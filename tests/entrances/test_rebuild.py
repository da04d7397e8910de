"""``palier rebuild``: derives accounts from their ledger, finds what differs, and mends exactly that."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime

import pytest
from django_scopes import scopes_disabled

from palier.cli import rebuild
from palier.cli.verification.whole import load_problems
from palier.core.account import AccountState
from palier.flows.upkeep.rebuild_accounts import rebuild_accounts
from palier.store.members.load import load_ids
from palier.store.models import Account
from tests.entrances.every_column import (
    damages_of,
    make_rich_world,
    problems_of_member,
    state_damages,
    undone,
)
from tests.entrances.verify_fixtures import make_world
from tests.flows.checkout import cart, held, shop
from tests.flows.world import World, points_used

pytestmark = pytest.mark.django_db

NOT_DERIVED = {"caught_up_at", "is_stale"}
"""Columns that stand in no row."""

OURS = {
    "last_sequence", "last_hash", "tier", "tier_since", "next_due_at", "available", "pending", "held", "debt",
    "lifetime", "spent", "expired", "activity", "spend_minor", "orders",
}  # fmt: skip
"""The columns of an account that are caches; the others are facts of their own."""

NOW = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def programmes(module_db):
    with scopes_disabled():
        yield [make_world().programme_id, make_rich_world().programme_id]


def differences(programme_id, *, only=None, writes=False, now=NOW):
    ids = load_ids(programme_id, after=0, limit=10_000) if only is None else [only]
    return rebuild_accounts(programme_id, ids, now=now, writes=writes)


def run(*words):
    parser = ArgumentParser()
    rebuild.add_arguments(parser)
    return rebuild.run(parser.parse_args(words))


def stored():
    return list(Account.objects.order_by("pk").values())


def test_what_is_stored_is_what_the_rows_say(programmes, capsys):
    assert [differences(id) for id in programmes] == [[], []]
    before = stored()
    assert run("--write") == 0
    assert stored() == before
    assert "no differences" in capsys.readouterr().out


def mended(damage, before):
    """Whether the damage is told, is told again, and is gone once written, to the byte, and nothing else is changed."""
    programme_id = next(row["programme_id"] for row in before if row["id"] == damage.account)
    with undone():
        damage.plant()
        if stored() == before:
            return True
        told = differences(programme_id, only=damage.account)
        again = differences(programme_id, only=damage.account, writes=True)
        problems = [str(p) for p in problems_of_member(programme_id, damage.account)]
        return bool(told) and told == again and stored() == before and problems == []


@pytest.mark.once
def test_every_damaged_column_is_mended(programmes):
    rows = list(Account.objects.filter(merged_into=None).order_by("pk"))
    found = [d for d in damages_of(Account, [rows[0], rows[-1]]) if d.column in OURS]
    wrong, before = [], stored()
    for damage in found:
        try:
            if not mended(damage, before):
                wrong.append(damage)
        except Exception as error:
            if "constraint" not in str(error):
                raise
    # To be looked at too early breaks no promise, nor does a tier held since before the first entry.
    assert [d for d in wrong if d.column not in ("next_due_at", "tier_since")] == []


@pytest.mark.once
def test_every_damaged_key_of_a_state_is_mended(programmes):
    accounts = Account.objects.filter(merged_into=None).order_by("pk")
    before = stored()
    wrong = [d.where for d in state_damages(accounts) if not mended(d, before)]
    assert wrong == []


def test_an_empty_state_is_filled_again(programmes):
    before = stored()
    Account.objects.filter(merged_into=None).update(state={})
    assert [bool(differences(id, writes=True)) for id in programmes] == [True, True]
    after = stored()
    assert [str(p) for id in programmes for p in load_problems(id)] == []
    assert [row["state"].keys() for row in after] == [row["state"].keys() for row in before]


def test_differences_are_written_as_json_and_the_exit_code_is_1(programmes, capsys):
    Account.objects.filter(debt=0).update(lifetime=1)
    assert run("--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["by_name"]["lifetime"] == told["differences"]
    assert {"account", "name", "derived", "stored"} == set(told["shown"][0])
    assert run("--programme", "nobody") == 2


def test_nothing_of_a_state_is_forgotten():
    """A part that is added to the state must be derived, or be named as one that is not."""
    derived = {
        "totals", "lots", "coupons", "withdrawn", "tier_coupons", "contributions", "once", "override", "closed_at",
        "last_order", "next_lot", "last_sequence", "last_hash", "holds", "first_claims", "tier", "tier_since",
        "demote_at", "stepped_at", "next_due_at", "id",
    }  # fmt: skip
    assert set(AccountState.__struct_fields__) == derived | NOT_DERIVED


def test_a_hold_took_points_that_have_been_available_since_they_came_back_after_a_merge(db):
    """Found by the soak: the order that had brought them knows another instant."""
    with scopes_disabled():
        settle = {"on": "paid", "after": "P1D"}
        world = World.new(shop(points={"valid_for": "P12M", "earn_with": ["points"], "settle": settle}))
        world.give(10)
        world.pay("1", customer="bea")
        world.later(days=2).pay("2", customer="bea", discounts=(points_used(100, 10),))
        world.later(days=1).merge()
        world.later(days=1).pay("2", 100, "cancelled", customer="bea")
        held(world.later(days=1), cart(100, use_points=50))
        assert differences(world.programme_id, now=world.now) == []
