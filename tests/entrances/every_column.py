"""Damage to every column of every ledger table and to every key of an account's state, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import DatabaseError, models, transaction

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import load_holdings, load_versions
from palier.cli.verification.strays import load_strays
from palier.cli.verification.table import problems_of
from palier.cli.verification.whole import load_problems
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.override_tier import OverrideTier, override_tier
from palier.flows.upkeep.seal_days import seal_days
from palier.store.models import Account
from tests.flows.checkout import cart, code, held, voucher
from tests.flows.world import World, document, line

LADDER = {
    "window": {"rolling": "P6M"},
    "grace": "P1M",
    "ladder": [
        {"id": "bronze", "from": 0},
        {"id": "silver", "from": 200, "coupon": {"discount": {"amount": 15}}},
        {"id": "gold", "from": 900},
    ],
}


def make_rich_world() -> World:
    """What ``verify_fixtures.make_world`` has not: open holds, a grace, an override, renewals, a closed account."""
    world = World.new(
        document(
            points={"valid_for": "P12M", "expiry": "sliding", "settle": {"on": "delivered", "after": "P14D"}},
            combine=[["points", "coupon", "promo_code"]],
            tiers=LADDER,
            rewards=[
                {"id": "thousand", "at": 1000, "coupon": {"discount": {"amount": 15}, "valid_for": "P3M"}}
            ],
        )
    )
    world.event("sign_up")
    world.give(1640, author="eva")
    world.pay("1", 300, status="delivered", payment_method="card")
    world.later(days=170).pay("2", 20, "placed", hold=held(world, cart(20), "k1").id)
    world.pay("3", 40, customer="bea")
    override_tier(OverrideTier(world.shop_id, "bea", "gold", "because"), now=world.now)
    world.pay("4", 50, customer="cleo")
    close_account(CloseAccount(world.shop_id, "cleo"), now=world.now)
    world.later(days=1).pay("5", 10, customer="dora", lines=(line(10), line(20, id="2", product="bowl")))
    # Anna's first order leaves the window: she is silver for a month of grace.
    world.later(days=20).work()
    held(world, cart(50, code(world)), "k2")
    voucher(world, 50)
    world.work()
    seal_days(world.programme_id, now=world.now + timedelta(days=1))
    return world


@dataclass(frozen=True, slots=True)
class Damage:
    """One changed value: where, and how. ``account``: whose it is, None for what is nobody's."""

    table: str
    column: str
    where: str
    plant: Callable[[], object]
    account: int | None


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens within is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def is_found(damage: Damage, programme_ids: list[int]) -> bool:
    """Whether verify sees it, or the database does not even take it.

    It looks at the member first: what it finds there it finds in the whole programme too, with more work.
    """
    member = _person(damage.account)
    with undone():
        try:
            with transaction.atomic():
                damage.plant()
        except DatabaseError:
            return True
        if member is not None and any(True for _ in problems_of_member(*member)):
            return True
        if any(True for programme_id in programme_ids for _ in load_problems(programme_id)):
            return True
        return any(True for _ in load_strays())


def problems_of_member(programme_id: int, account_id: int) -> Iterator[Problem]:
    """What verify finds about one member who was not merged into another."""
    for holdings in load_holdings([account_id], load_versions(programme_id)):
        yield from problems_of(holdings)


def _person(account_id: int | None) -> tuple[int, int] | None:
    """Programme and account of whoever the account has become; None for nobody."""
    while account_id is not None:
        programme_id, kept_id = Account.objects.values_list("programme_id", "merged_into_id").get(
            pk=account_id
        )
        if kept_id is None:
            return programme_id, account_id
        account_id = kept_id
    return None


def account_of(row: models.Model) -> int | None:
    """Whose the row is."""
    if isinstance(row, Account):
        return row.pk
    order = getattr(row, "order", None)
    owner: int | None = getattr(row if order is None else order, "account_id", None)
    return owner


def damages_of(model: type[models.Model], rows: Any) -> Iterator[Damage]:
    """Every column of these rows, changed in every way that its kind allows."""
    for row in rows:
        for field in model._meta.concrete_fields:
            if field.attname == "pk":
                continue
            value = getattr(row, field.attname)
            for changed in others(field, value):
                yield Damage(
                    model.__name__, field.attname, f"{row.pk}: {value!s:.60} -> {changed!s:.60}",
                    _set(model, row.pk, field.attname, changed), account_of(row),
                )  # fmt: skip


def _set(model: type[models.Model], pk: Any, column: str, value: Any) -> Callable[[], object]:
    return lambda: model._base_manager.filter(pk=pk).update(**{column: value})


def others(field: Any, value: Any) -> list[Any]:
    """Values that the column could have instead."""
    if isinstance(field, models.JSONField):
        return []
    if isinstance(field, models.ForeignKey):
        model = field.remote_field.model
        there = model._base_manager.exclude(pk=value).order_by("pk")
        if model is Account:
            # Another person's, so not one that was merged.
            there = there.filter(merged_into=None)
        nobody = [] if field.db_constraint else [10**9]
        return [
            *there.values_list("pk", flat=True)[:1],
            *nobody,
            *([None] if value is not None and field.null else []),
        ]
    if value is None:
        return [_some(field)]
    found: list[Any] = [None] if field.null else []
    if isinstance(value, bool):
        found.append(not value)
    elif isinstance(value, int):
        found += [value + 1, value - 1]
    elif isinstance(value, datetime | date):
        found += [value + timedelta(days=1), value - timedelta(days=1)]
    else:
        found.append(
            f"{value}x"[-(field.max_length or 1000) :]
            if len(value) < (field.max_length or 999)
            else ("1" if value.startswith("0") else "0") + value[1:]
        )
    return found


def _some(field: Any) -> Any:
    if isinstance(field, models.DateTimeField):
        return datetime(2026, 4, 1, 12, tzinfo=UTC)
    if isinstance(field, models.IntegerField):
        return 1
    return "x"


def state_damages(accounts: Any) -> Iterator[Damage]:
    """Every key of the states of these accounts, and every value in it, changed, left out or doubled."""
    for account in accounts:
        for path in paths_of(account.state):
            for name, changed in _ways(account.state, path):
                yield Damage(
                    "state", ".".join(map(str, path)), f"{account.pk}: {name}",
                    _set(Account, account.pk, "state", changed), account.pk,
                )  # fmt: skip


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in plain data."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from paths_of(each, (*path, key))


def _ways(state: Any, path: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    changed = deepcopy(state)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    value = parent[path[-1]]
    if isinstance(value, list | dict):
        if len(path) == 1 or len(path) == 2:
            del parent[path[-1]]
            yield f"{path}: left out", changed
        return
    if isinstance(value, bool):
        parent[path[-1]] = not value
    elif isinstance(value, int):
        parent[path[-1]] = value + (86_400_000_000 if value > 10**14 else 1)
    elif value is None:
        parent[path[-1]] = 1
    else:
        parent[path[-1]] = f"{value}x"
    yield f"{path}: {value} -> {parent[path[-1]]}", changed


def losses_of(model: type[models.Model], rows: Any) -> Iterator[Damage]:
    """Each of these rows gone."""
    for row in rows:
        queryset = model._base_manager.filter(pk=row.pk)
        gone = lambda q=queryset: q._raw_delete(q.db)  # noqa: E731
        yield Damage(model.__name__, "-", f"{row.pk}: gone", gone, account_of(row))


def doubles_of(
    model: type[models.Model], rows: Any, changed: dict[str, Callable[[Any], Any]]
) -> Iterator[Damage]:
    """Each of these rows twice: what must be unique is another in the second one."""
    for row in rows:
        values = {
            f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.attname != "pk"
        }
        values |= {name: change(row) for name, change in changed.items()}
        if "id" in values and "id" not in changed:
            del values["id"]
        twice = lambda v=values: model._base_manager.create(**v)  # noqa: E731
        yield Damage(model.__name__, "-", f"{row.pk}: twice", twice, account_of(row))
