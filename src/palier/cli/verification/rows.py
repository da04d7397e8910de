"""The rows of some accounts, read in a handful of statements, and gathered by member."""

from __future__ import annotations

from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from json import loads
from typing import Any

from django.db import connection

from palier.core.programme.parse import parse
from palier.core.programme.values import Programme
from palier.store.models import (
    Account,
    CouponRow,
    Draw,
    Entry,
    EntryNote,
    Happening,
    Hold,
    Identity,
    ImportBatch,
    Lot,
    Order,
    OrderLine,
    Profile,
    ProgrammeVersion,
    Refund,
    Renewal,
)

Row = Any
"""One row, its columns by name."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(us: int | None) -> datetime | None:
    """The instant that JSON writes as microseconds since 1970."""
    return None if us is None else _EPOCH + timedelta(microseconds=us)


def us_of(instant: datetime | None) -> int | None:
    """The microseconds since 1970 of an instant, as JSON writes it."""
    return None if instant is None else (instant - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Version:
    """A published version, parsed."""

    id: int
    published_at: datetime
    programme: Programme


@dataclass(frozen=True, slots=True)
class Versions:
    """The published versions of one programme, oldest first."""

    versions: tuple[Version, ...]
    has_taken_back: bool = False
    """Whether an import of orders was ever taken back."""

    def at(self, instant: datetime) -> Version:
        """The one in force at that instant; before the first, the first."""
        known = [version for version in self.versions if version.published_at <= instant]
        return known[-1] if known else self.versions[0]

    def by_id(self, version_id: int | None) -> Version | None:
        """The version with that id, if it is this programme's."""
        return next((version for version in self.versions if version.id == version_id), None)


@dataclass(slots=True)
class Ledger:
    """The rows of one account, each kind in its own order: entries by sequence, lots by number."""

    account: Row
    entries: list[Row] = field(default_factory=list)
    lots: list[Row] = field(default_factory=list)
    draws: list[Row] = field(default_factory=list)
    renewals: list[Row] = field(default_factory=list)
    coupons: list[Row] = field(default_factory=list)
    happenings: list[Row] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)
    identities: list[Row] = field(default_factory=list)
    profiles: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    person: list[Ledger] = field(default_factory=list, repr=False)
    """Those of all accounts that became one with it, its own too."""

    @property
    def name(self) -> str:
        """What a person may look it up by."""
        return str(self.account.public_id)

    @property
    def state(self) -> dict[str, Any]:
        """The cached state, as plain data."""
        data: dict[str, Any] = self.account.state or {}
        return data


@dataclass(slots=True)
class Bought:
    """An order with its lines and refunds."""

    order: Row
    lines: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Holdings:
    """All that belongs to one member: the account, those merged into it, and the orders of all of them."""

    ledgers: tuple[Ledger, ...]
    orders: list[Bought]
    versions: Versions

    @property
    def name(self) -> str:
        """The account that the others were merged into."""
        return self.ledgers[0].name


def load_versions(programme_id: int, known: Versions = Versions(())) -> Versions:
    """Every published version; those that are ``known`` are not parsed again."""
    rows = ProgrammeVersion.objects.filter(programme_id=programme_id, published_at__isnull=False)
    if (
        known.versions
        and rows.order_by("-published_at", "-number").values_list("id", flat=True).first()
        == known.versions[-1].id
    ):
        return Versions(known.versions, _has_taken_back(programme_id))
    found = rows.order_by("published_at", "number").values_list("id", "published_at", "document")
    versions = [Version(i, at, parse(document)) for i, at, document in found if at is not None]
    account = Account.objects.filter(programme_id=programme_id).order_by("pk").first()
    entry = Entry.objects.filter(account=account).order_by("sequence").first()
    # What was superseded before anyone was a member never applied to anyone.
    while len(versions) > 1 and (
        account is None
        or versions[1].published_at < account.created_at
        or (versions[1].published_at == account.created_at and entry and entry.version_id != versions[0].id)
    ):
        if Order.objects.filter(version_id=versions[0].id).exists():
            break
        versions.pop(0)
    return Versions(tuple(versions), _has_taken_back(programme_id))


def _has_taken_back(programme_id: int) -> bool:
    undone = ImportBatch.objects.filter(programme_id=programme_id, kind="orders", undone_at__isnull=False)
    return undone.exists()


def load_account_ids(programme_id: int, *, after: int, limit: int) -> list[int]:
    """The next accounts that were not merged into another one, by id."""
    rows = Account.objects.filter(programme_id=programme_id, id__gt=after, merged_into=None)
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])


def load_holdings(account_ids: Sequence[int], versions: Versions) -> list[Holdings]:
    """Everything of those accounts and of the accounts merged into them; statements do not grow with the accounts."""
    ledgers = _load_ledgers(account_ids)
    roots: dict[int, list[Ledger]] = defaultdict(list)
    for ledger in ledgers.values():
        root = ledger
        for _ in ledgers:
            if root.account.merged_into_id is None or root.account.merged_into_id not in ledgers:
                break
            root = ledgers[root.account.merged_into_id]
        roots[root.account.id].append(ledger)
    for group in roots.values():
        for ledger in group:
            ledger.person = group
    orders = _load_orders(ledgers)
    return [
        Holdings(
            tuple(sorted(group, key=lambda ledger: ledger.account.id != root)),
            [bought for ledger in group for bought in orders[ledger.account.id]],
            versions,
        )
        for root, group in roots.items()
    ]


_BY_ACCOUNT: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Entry, "entries", ("account_id", "sequence")),
    (Lot, "lots", ("account_id", "number")),
    (Draw, "draws", ("account_id", "sequence", "lot_number")),
    (Renewal, "renewals", ("id",)),
    (CouponRow, "coupons", ("id",)),
    (Happening, "happenings", ("id",)),
    (Hold, "holds", ("id",)),
    (Identity, "identities", ("id",)),
    (Profile, "profiles", ("account_id",)),
    (EntryNote, "notes", ("account_id", "sequence")),
)


def _load_ledgers(account_ids: Sequence[int]) -> dict[int, Ledger]:
    ledgers: dict[int, Ledger] = {}
    wave = _read(Account, "id IN ({}) ORDER BY id", account_ids)
    while wave:
        ledgers |= {row.id: Ledger(row) for row in wave}
        merged = _read(Account, "merged_into_id IN ({}) ORDER BY id", [row.id for row in wave])
        wave = [row for row in merged if row.id not in ledgers]
    for model, name, order in _BY_ACCOUNT:
        for row in _read(model, f"account_id IN ({{}}) ORDER BY {', '.join(order)}", ledgers):
            getattr(ledgers[row.account_id], name).append(row)
    return ledgers


def _load_orders(account_ids: Iterable[int]) -> dict[int, list[Bought]]:
    found: dict[int, list[Bought]] = defaultdict(list)
    by_id: dict[int, Bought] = {}
    mine = list(account_ids)
    for order in _read(Order, "account_id IN ({}) ORDER BY id", mine):
        by_id[order.id] = Bought(order)
        found[order.account_id].append(by_id[order.id])
    theirs = "order_id IN (SELECT id FROM store_order WHERE account_id IN ({}))"
    for line in _read(OrderLine, f"{theirs} ORDER BY order_id, position", mine):
        by_id[line.order_id].lines.append(line)
    for refund in _read(Refund, f"{theirs} ORDER BY id", mine):
        by_id[refund.order_id].refunds.append(refund)
    return found


def _read(model: Any, where: str, wanted: Iterable[int]) -> list[Row]:
    """The rows of a table, as Django would read them: it takes it longer to write such a statement than to run it.

    ``{}`` in ``where`` stands for what is wanted.
    """
    ids = list(wanted)
    if not ids:
        return []
    columns, kind, converted = _shape(model)
    condition = where.format(", ".join(["%s"] * len(ids)))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} WHERE {condition}", ids)
        rows = cursor.fetchall()
    found = []
    for row in rows:
        values = list(row)
        for position, convert in converted:
            values[position] = convert(values[position])
        found.append(kind._make(values))
    return found


@cache
def _shape(model: Any) -> tuple[str, Any, list[tuple[int, Callable[[Any], Any]]]]:
    """The plain columns (a composite primary key is none, it repeats two of them), the row that they make, and which
    of them are read in another way than the driver's."""
    fields = [field for field in model._meta.concrete_fields if field.attname != "pk"]
    readers: dict[str, Callable[[Any], Any]] = {"DateTimeField": _aware, "JSONField": _json}
    converted = [
        (position, readers[field.get_internal_type()])
        for position, field in enumerate(fields)
        if field.get_internal_type() in readers
    ]
    columns = ", ".join(field.column for field in fields)
    return columns, namedtuple("Row", [field.attname for field in fields]), converted


def _json(value: Any) -> Any:
    return loads(value) if isinstance(value, str) else value


def _aware(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
