"""The database itself keeps the ledger: rows stay as they were written, and what cannot be true is refused."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError
from django_scopes import scopes_disabled

from palier.store.ledger.chain import entry_hash
from palier.store.models import (
    Account,
    Draw,
    Entry,
    EntryNote,
    ImportBatch,
    Lot,
    OrderLine,
    Programme,
    ProgrammeVersion,
)
from tests.flows.world import World, entry_value, points_used

TABLES = ("store_entry", "store_lot", "store_draw")


@pytest.fixture
def world(db):
    with scopes_disabled():
        world = World.new()
        world.pay("1", 100)
        world.give(5, reason="Grüße", author="mona")
        world.pay("2", 20, discounts=(points_used(30, 3),))
        yield world


def refused(statement: str) -> str:
    """The database's refusal of a statement."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(error.value)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", [
    "UPDATE {} SET account_id = account_id", "DELETE FROM {}", "DELETE FROM {} WHERE account_id > 0",
])  # fmt: skip
def test_rows_of_the_ledger_are_never_changed_or_deleted(world, table, statement):
    assert "append-only" in refused(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
def test_tables_of_the_ledger_are_never_emptied(world, table, is_postgresql):
    if not is_postgresql:
        pytest.skip("SQLite has no TRUNCATE")
    connection.check_constraints()  # else PostgreSQL refuses for what this transaction has still to check
    assert "append-only" in refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "table", ["account", "order", "programme", "programmeversion", "shop", "importbatch"]
)
def test_what_orders_and_entries_name_is_never_deleted_nor_numbered_anew(world, table):
    """So nothing needs to look it up when they are written."""
    ImportBatch.objects.create(
        programme_id=world.programme_id,
        shop_id=world.shop_id,
        kind="orders",
        started_at=world.now,
    )
    for statement in (f"DELETE FROM store_{table}", f"UPDATE store_{table} SET id = id + 1000"):
        assert "it stays" in refused(statement)


def test_a_draft_may_go(world):
    version = ProgrammeVersion.objects.get()
    version.pk, version.number, version.published_at = None, 2, None
    version.save()
    assert version.delete()[0] == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        ProgrammeVersion.objects.all()._raw_delete("default")


def test_nothing_looks_up_at_every_order_what_its_rows_name(db, is_postgresql):
    """A third of PostgreSQL's time for an order. SQLite's keys cost next to nothing."""
    if not is_postgresql:
        pytest.skip("SQLite's tables keep their keys")
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
        checked = {table for (table,) in cursor.fetchall()}
    assert (
        checked
        & {f"store_{name}" for name in ("entry", "entrynote", "lot", "draw", "renewal", "order", "orderline")}
        == set()
    )


def test_the_models_cannot_go_around_it(world):
    entry = Entry.objects.first()
    for act in (
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.update(points=1),
        lambda: Lot.objects.update(amount=9),
        lambda: Draw.objects.all().delete(),
        lambda: entry.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    for act in (
        lambda: world.account().delete(),
        lambda: Programme.objects.get(pk=world.programme_id).delete(),
    ):
        with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
            act()


@pytest.mark.parametrize(("table", "change"), [
    ("store_account", "available = -1"), ("store_account", "held = -1"), ("store_account", "debt = 5"),
    ("store_orderline", "quantity = 0"),
])  # fmt: skip
def test_what_cannot_be_true_is_refused(world, table, change):
    """I-9: with a debt nothing is spendable, and nothing is under zero."""
    assert Account.objects.get().available > 0
    assert OrderLine.objects.exists()
    assert "constraint" in refused(f"UPDATE {table} SET {change}").lower()


def test_an_entry_that_does_not_balance_is_refused(world):
    account = world.account()
    last = Entry.objects.order_by("-sequence").first()
    for change in ({"amount": 1}, {"sequence": last.sequence}):
        fields = {f.attname: getattr(last, f.attname) for f in Entry._meta.concrete_fields}
        fields |= {"sequence": account.last_sequence + 1, **change}
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.bulk_create([Entry(**fields)])


@pytest.mark.parametrize("make", [
    lambda w: Lot(account_id=w.id_of(), number=99, sequence=1, amount=0, starts_at=w.now, born_at=w.now),
    lambda w: Draw(account_id=w.id_of(), sequence=1, lot_number=99, points=0),
])  # fmt: skip
def test_rows_that_move_nothing_are_refused(world, make):
    row = make(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.bulk_create([row])


# The chain


def test_the_chain_can_be_recomputed_by_anybody_from_what_is_written_about_it(world):
    """By the words of ``store/ledger/chain.py`` alone."""
    import json
    from datetime import UTC, datetime, timedelta
    from hashlib import sha256

    def us(instant):
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return None if instant is None else (instant - epoch) // timedelta(microseconds=1)

    account, head = world.account(), ""
    for e in Entry.objects.order_by("sequence"):
        canonical = json.dumps([
            1, account.public_id, e.sequence, e.kind, e.cause_kind, e.cause, us(e.effective_at), us(e.recorded_at),
            e.amount, e.points, e.pending, e.held, e.debt, e.spend_minor, e.orders, us(e.qualifies_at), e.tier,
            e.version_id, e.facts, e.note_digest,
        ], separators=(",", ":"), sort_keys=True, ensure_ascii=False)  # fmt: skip
        head = sha256(f"{head}\n{canonical}".encode()).hexdigest()
        assert e.hash == head
    assert account.last_hash == head
    note = EntryNote.objects.get()
    digest = sha256(f"{note.salt}\n{note.author}\n{note.reason}".encode()).hexdigest()
    assert Entry.objects.get(kind="gift").note_digest == digest


@pytest.mark.parametrize("change", [
    {"points": 7}, {"facts": {"points": 7}}, {"effective_at": None}, {"cause": "x"}, {"tier": ""}, {"version": 9},
    {"note_digest": "x"}, {"account": "x"}, {"previous": "x"}, {"recorded_us": 1},
])  # fmt: skip
def test_every_field_of_an_entry_is_in_its_hash(world, change):
    from palier.core.account import Cause
    from palier.core.values import replace

    row = Entry.objects.order_by("sequence").first()
    value, public_id = entry_value(row), world.account().public_id
    parts = {"recorded_us": 0, "note_digest": ""}
    before = entry_hash("", public_id, value, **parts)
    name, new = next(iter(change.items()))
    if name in parts:
        after = entry_hash("", public_id, value, **{**parts, name: new})
    elif name in ("account", "previous"):
        after = entry_hash(
            "x" if name == "previous" else "", "x" if name == "account" else public_id, value, **parts
        )
    else:
        new = Cause("gift", "x") if name == "cause" else world.later(days=1).now if new is None else new
        after = entry_hash("", public_id, replace(value, **{name: new}), **parts)
    assert after != before
