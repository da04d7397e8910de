"""``palier verify`` finds damage to every column of the ledger's tables and to every key of an account's state.

What it cannot find is listed, with the reason.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Max
from django_scopes import scopes_disabled

from palier.cli.verification.whole import load_problems
from palier.flows.upkeep.seal_days import seal_days
from palier.store.models import (
    Account,
    CouponRow,
    Draw,
    Entry,
    EntryNote,
    Happening,
    Hold,
    Identity,
    Lot,
    Order,
    OrderLine,
    ProgrammeVersion,
    Refund,
    Renewal,
    Seal,
)
from tests.entrances.every_column import (
    damages_of,
    doubles_of,
    is_found,
    losses_of,
    make_rich_world,
    state_damages,
)
from tests.entrances.verify_fixtures import lift_guards, make_world
from tests.flows.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NUMBER = "the number of the row; nothing names it"
SHOPS = "the shop's own word, which stands nowhere else"
REPEATS = "recognises a repeated request; no sum and no promise to the member hangs on it"
LATER = "an instant that others bound on one side only"

UNPROMISED = {
    (
        "Account",
        "caught_up_at",
    ): f"{LATER}: later, with nothing due in between, is where it will stand anyway",
    ("Account", "created_at"): f"{LATER}: not after the first entry",
    (
        "Account",
        "is_stale",
    ): "says that contributions are to be read again: to do so once more changes nothing",
    ("Account", "next_due_at"): f"{LATER}: looked at too early costs a look; too late is found",
    ("Account", "tier_since"): f"{LATER}: of a tier that was never left there is no entry",
    ("CouponRow", "code"): "of a coupon that is closed; an open one's is in the state too",
    ("CouponRow", "id"): NUMBER,
    (
        "CouponRow",
        "version_id",
    ): "the version of the last entry that came with it; its terms are checked themselves",
    ("Happening", "key"): REPEATS,
    ("Happening", "points"): "of a voucher: what was asked for; what it cost is checked",
    ("Hold", "content_digest"): REPEATS,
    ("Hold", "id"): NUMBER,
    ("Hold", "key"): REPEATS,
    ("Hold", "shop_id"): SHOPS,
    ("Identity", "customer_id"): SHOPS,
    ("Identity", "account_id"): "of a member with several: which of them is whose",
    ("Identity", "closed_at"): "while the member has another that is open",
    ("Identity", "shop_id"): SHOPS,
    ("Identity", "id"): NUMBER,
    (
        "Lot",
        "available_at",
    ): "of an order that had not reached the state which settles it, or had: told late, both are true",
    ("Order", "batch_id"): "which file it came from",
    ("Order", "email_folded"): "a guest's address, for the claim of the order",
    ("Order", "external_id"): SHOPS,
    ("Order", "placed_at"): SHOPS,
    ("Order", "recorded_at"): f"{LATER}: not after its first entry",
    ("Order", "shop_id"): SHOPS,
    ("Order", "updated_at"): f"{LATER}: not before the states that it reached",
    ("ProgrammeVersion", "author"): "who wrote it",
    ("ProgrammeVersion", "id"): NUMBER,
    ("ProgrammeVersion", "note"): "why it was written",
    ("ProgrammeVersion", "number"): "counts published versions and drafts that are gone",
    ("ProgrammeVersion", "source"): "the text it was written as; the document is what counts",
    ("Refund", "amount_minor"): "beside a full refund it says nothing",
    ("Refund", "at"): SHOPS,
    ("Refund", "batch_id"): "which file it came from",
    ("Refund", "id"): NUMBER,
    ("Refund", "is_with_shipping"): "where delivery cost nothing or the refund is full",
    ("Refund", "recorded_at"): "when it was told; its entry says when it was booked",
    ("Renewal", "at"): "moved to another entry of its order",
    ("Renewal", "id"): NUMBER,
    ("Renewal", "next_lot"): "nothing: a renewal of before that was kept; another number is found",
    ("Seal", "id"): NUMBER,
    ("Seal", "sealed_at"): f"{LATER}: not before the day was over",
}
"""(table, column): why some change of it can be made without breaking a promise."""

TABLES = (
    Account, CouponRow, Draw, Entry, EntryNote, Happening, Hold, Identity, Lot, Order, OrderLine, ProgrammeVersion,
    Refund, Renewal, Seal,
)  # fmt: skip

_NEXT = {
    CouponRow: {"public_id": lambda r: f"{r.public_id[:-1]}x", "code": lambda r: f"{r.code}2"},
    Draw: {"lot_number": lambda r: Lot.objects.filter(account=r.account_id).exclude(
        number__in=Draw.objects.filter(account=r.account_id, sequence=r.sequence).values("lot_number")
    ).aggregate(n=Max("number"))["n"] or 99},
    Entry: {"sequence": lambda r: Entry.objects.filter(account=r.account_id).aggregate(n=Max("sequence"))["n"] + 1},
    EntryNote: {"sequence": lambda r: r.sequence + 1},
    Happening: {"id": lambda r: r.id + 1, "key": lambda r: f"{r.key}2"},
    Hold: {"public_id": lambda r: f"{r.public_id[:-1]}x", "key": lambda r: f"{r.key}2"},
    Lot: {"number": lambda r: Lot.objects.filter(account=r.account_id).aggregate(n=Max("number"))["n"] + 1},
    Order: {"id": lambda r: r.id + 1, "external_id": lambda r: f"{r.external_id}2"},
    OrderLine: {"position": lambda r: OrderLine.objects.filter(order=r.order_id).count()},
    Refund: {"id": lambda r: r.id + 1, "external_id": lambda r: f"{r.external_id}2"},
    Renewal: {},
}  # fmt: skip


LOST = {Identity: {"customer_id__in": ["anna", "ann"]}, Seal: {"day__lt": date(2026, 4, 1)}}
"""A member with two ids may lose one, and the newest days may not be sealed yet: neither can be told."""

DOUBLED = {Refund: {"is_full": False}}
"""What is refunded in full may be refunded again: nothing is left to come back."""


@pytest.fixture(scope="module")
def programmes(module_db):
    """Two small programmes in which everything has happened, sealed; their rows can be changed. Every damage is taken
    back before the next."""
    with scopes_disabled():
        first, second = make_world(), make_rich_world()
        seal_days(first.programme_id, now=datetime(2027, 1, 1, tzinfo=UTC))
        made = [first.programme_id, second.programme_id]
        assert [str(problem) for id in made for problem in load_problems(id)] == []
        lift_guards()
        yield made


def some(rows):
    """The first and the last: one of each programme."""
    rows = list(rows)
    return [rows[i] for i in sorted({0, len(rows) - 1})] if rows else []


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_damage_to_any_column_is_found(programmes, model):
    unseen = {}
    for damage in damages_of(model, some(model.objects.order_by("pk"))):
        if not is_found(damage, programmes):
            unseen.setdefault((damage.table, damage.column), damage.where)
    assert {key: where for key, where in unseen.items() if key not in UNPROMISED} == {}


def test_damage_to_any_key_of_a_state_is_found(programmes):
    accounts = Account.objects.filter(merged_into=None).order_by("pk")
    assert [d for d in state_damages(accounts) if not is_found(d, programmes)] == []


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_row_that_is_gone_is_found(programmes, model):
    rows = some(model.objects.filter(**LOST.get(model, {})).order_by("pk"))
    assert [d for d in losses_of(model, rows) if not is_found(d, programmes)] == []


@pytest.mark.parametrize("model", _NEXT, ids=lambda model: model.__name__)
def test_a_row_that_is_there_twice_is_found(programmes, model):
    rows = some(model.objects.filter(**DOUBLED.get(model, {})).order_by("pk"))
    assert [d for d in doubles_of(model, rows, _NEXT[model]) if not is_found(d, programmes)] == []


def test_a_tail_that_was_cut_off_with_its_heads_and_caches_is_found_by_the_seals():
    with scopes_disabled():
        world = World.new()
        world.give(30)
        world.later(days=1)
        before = Account.objects.values().get(pk=world.id_of())
        world.give(5)
        seal_days(world.programme_id, now=world.now + timedelta(days=2))
        lift_guards()
        for model in (Entry, Lot, EntryNote):
            model.objects.filter(account_id=world.id_of(), sequence__gt=before["last_sequence"]).delete()
        Happening.objects.filter(points=5).delete()
        Account.objects.filter(pk=world.id_of()).update(**before)
        assert list(load_problems(world.programme_id, is_quick=True)) == []
        assert [problem.invariant for problem in load_problems(world.programme_id)] == ["I-26"]


def test_every_listed_column_is_there():
    columns = {(model.__name__, field.attname) for model in TABLES for field in model._meta.concrete_fields}
    assert UNPROMISED.keys() <= columns
