"""An import is taken back: what its orders or opening balances brought is booked back, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django_scopes import scopes_disabled

from palier.core.account import Booking, Cause
from palier.core.catch_up import catch_up
from palier.core.errors import Refusal
from palier.core.opening import undo_opening
from palier.core.order import Order
from palier.core.order_case import OrderCase
from palier.core.reconcile import reconcile
from palier.core.values import replace
from palier.flows.bench.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.imports.models import ImportBatch
from palier.store.ledger.models import Entry
from palier.store.members.load import LoadedAccount, lock_by_id
from palier.store.members.merge import load_person
from palier.store.orders.load import LoadedShop, StoredOrder, load_orders, with_contents
from palier.store.orders.models import Happening
from palier.store.orders.models import Order as OrderRow
from palier.store.orders.purchases import load_last_orders
from palier.store.orders.record import ChangedOrder, record_orders
from palier.store.programmes.load import load_timeline

CHUNK_MAX = 500


class CannotUndo(Refusal):
    """The batch cannot be taken back."""

    code = "cannot_undo"


@dataclass(frozen=True, slots=True)
class UndoBatch:
    """The batch to take back, by its id."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class Undone:
    """How much this call took back, and how much is left to do; call again until nothing is left."""

    done: int
    left: int


def undo_batch(command: UndoBatch, *, now: datetime) -> Undone:
    """Take back up to 500 orders or opening balances of the batch, in one transaction; nobody is told.

    From the first call on the batch counts as undone: a run that is still going stops, and the same file makes a new
    batch. Entries stay, with others against them. What the batch changed of orders that were known before it stays.
    """
    return in_one_transaction(lambda: _undo(command, now))


def _undo(command: UndoBatch, now: datetime) -> Undone:
    with scopes_disabled():
        batch = ImportBatch.objects.select_for_update().filter(pk=command.batch_id).first()
        if batch is None:
            raise CannotUndo(f"there is no import {command.batch_id}")
        if batch.kind == "members":
            raise CannotUndo(
                "an import of members moves nothing and is not taken back",
                hint="import the profiles as they should be, or erase members one by one",
            )
        if batch.undone_at is None:
            batch.undone_at = now
            batch.save(update_fields=["undone_at"])
        return _undo_orders(batch, now) if batch.kind == "orders" else _undo_balances(batch, now)


def _undo_orders(batch: ImportBatch, now: datetime) -> Undone:
    rows = OrderRow.objects.filter(batch=batch).exclude(status="").order_by("-order_at", "-id")
    chosen = list(rows.values_list("account_id", "external_id")[:CHUNK_MAX])
    accounts = lock_by_id(sorted({account for account, _ in chosen if account is not None}))
    shop, orders = load_orders(batch.shop_id, [external for _, external in chosen])
    orders = with_contents(orders)
    bench = _bench(shop, accounts)
    changed = []
    taken_back = {orders[external].id for _, external in chosen}
    for _, external in chosen:
        stored = orders[external]
        if stored.account_id is not None:
            _cancel(bench, stored, now)
        empty = Order(id=external, status="", currency="", lines=())
        # Told again it is new: under the rules of then, with points of its own.
        forgotten = replace(
            stored, order=empty, digest="", version_id=None, frozen=None, reached_at=(), booking=Booking()
        )
        changed.append(ChangedOrder(forgotten, lines_changed=True))
    # Whoever is erased has none, whatever stays.
    lacking = [
        id for id, book in bench.books.items() if book.last_order is None and not accounts[id].is_erased
    ]
    for account_id, (_, last) in load_last_orders(lacking, without=taken_back).items():
        bench.books[account_id].last_order = last
    record_orders(shop, changed, now=now, batch_id=None)
    bench.record(now=now, until=now)
    return Undone(len(chosen), rows.count())


def _cancel(bench: Bench, stored: StoredOrder, now: datetime) -> None:
    """Nothing stays booked for the order."""
    assert stored.account_id is not None
    book = bench.open(stored.account_id)
    catch_up(book, now)
    book.is_silent = True
    if stored.version_id is None:
        return
    codes = [d.code for d in stored.order.discounts if d.source == "coupon" and d.code]
    codes += stored.booking.coupons
    case = OrderCase(
        id=str(stored.id), order=replace(stored.order, status="cancelled"), refunds=stored.refunds,
        version=stored.version_id, cause=Cause("order", str(stored.id)), booking=stored.booking, frozen=stored.frozen,
        reached_at=stored.reached_at, renewals=bench.renewals(book, stored.booking),
        expired=bench.expired(book, stored.booking.lots),
        coupons=bench.coupons(book, codes) if codes else (), is_net=bench.accounts[stored.account_id].is_net,
    )  # fmt: skip
    reconcile(book, case)


def _undo_balances(batch: ImportBatch, now: datetime) -> Undone:
    rows = Happening.objects.filter(batch=batch, kind="opening")
    chosen = list(rows.order_by("-id").values_list("id", "account_id", "name", "points")[:CHUNK_MAX])
    shop, _ = load_orders(batch.shop_id, [])
    bench = _bench(shop, lock_by_id(sorted({account for _, account, _, _ in chosen})))
    openings = _openings({account for _, account, _, _ in chosen}, [happening for happening, *_ in chosen])
    for happening, account, _, points in chosen:
        book = bench.open(account)
        catch_up(book, now)
        book.is_silent = True
        of = Cause("import", str(happening))
        cause = Cause("import", f"{happening}:undo")
        spend, at = openings.get(of.id, (0, now))
        undo_opening(book, points, spend_minor=spend, at=at, of=of, cause=cause)
    bench.record(now=now, until=now)
    Happening.objects.filter(pk__in=[happening for happening, *_ in chosen]).delete()
    return Undone(len(chosen), rows.count())


def _openings(accounts: Iterable[int], happenings: Iterable[int]) -> dict[str, tuple[int, datetime]]:
    """The spend that each of these opening balances brought, and when; whatever was merged since."""
    people = {each for account in accounts for each in load_person(account)}
    rows = Entry.objects.filter(
        account_id__in=people, kind="opening", cause__in=[str(each) for each in happenings]
    )
    return {
        cause: (spend, at) for cause, spend, at in rows.values_list("cause", "spend_minor", "effective_at")
    }


def _bench(shop: LoadedShop, accounts: dict[int, LoadedAccount]) -> Bench:
    timeline = load_timeline(shop.programme_id, shop.current_version_id)
    return Bench(timeline, accounts, shop.programme_id)
