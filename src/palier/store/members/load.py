"""Accounts as core values: locked for a flow, or just read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.json import decode

from palier.core.account import AccountState, Totals
from palier.store.members.state import state_from_row
from palier.store.rows import Query, among, any_of, from_time, is_postgresql, listed, select, untyped


class LoadedAccount(Struct, frozen=True):
    """An account as it stands, with the profile facts that rules and segments look at."""

    state: AccountState
    public_id: str
    programme_id: int
    is_net: bool = False
    is_company: bool = False
    language: str = ""
    born: date | None = None
    signed_up_at: datetime | None = None
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    email: str = ""
    is_new: bool = False
    is_erased: bool = False


class Moved(Exception):
    """While the lock was waited for, the account was merged into another or erased: begin again and find it anew."""


COLUMNS = (
    "a.id, a.public_id, a.programme_id, a.caught_up_at, a.last_sequence, a.last_hash, a.available, a.pending, a.held,"
    " a.debt, a.lifetime, a.spent, a.expired, a.activity, a.spend_minor, a.orders, a.tier, a.tier_since, a.is_stale,"
    " a.state, p.prices, p.is_company, p.language, p.born, p.signed_up_at, p.groups, p.tags, p.email,"
    " a.erased_at IS NOT NULL, a.merged_into_id IS NOT NULL, a.next_due_at"
)


def lock_for_shop(
    shop_id: int, customers: Collection[str], orders: Collection[str]
) -> tuple[dict[int, LoadedAccount], dict[str, int]]:
    """Lock, in the order of their ids, the accounts of these customers and of these orders (external ids) of a shop.

    Returns the accounts by id, and the account of each known customer id. One statement.
    """
    return locked(select(*lock_query(shop_id, customers, orders)))


def lock_query(shop_id: int, customers: Collection[str], orders: Collection[str]) -> Query:
    """The statement of ``lock_for_shop``, for ``locked`` to read."""
    identity, asked = among("i.customer_id", customers)
    order, named = among("external_id", orders)
    statement = (
        f"SELECT {untyped(COLUMNS)}, i.customer_id FROM store_account a"
        f" LEFT JOIN store_identity i ON i.account_id = a.id AND i.shop_id = %s AND {identity}"
        " LEFT JOIN store_profile p ON p.account_id = a.id WHERE a.id IN ("
        f"SELECT i.account_id FROM store_identity i WHERE i.shop_id = %s AND {identity} UNION "
        f"SELECT account_id FROM store_order WHERE shop_id = %s AND {order}"
        ") ORDER BY a.id" + _for_update()
    )
    return statement, [shop_id, asked, shop_id, asked, shop_id, named]


def locked(rows: Iterable[tuple[Any, ...]]) -> tuple[dict[int, LoadedAccount], dict[str, int]]:
    """The accounts that ``lock_query`` found, by id, and the account of each known customer id.

    PostgreSQL looks again at the account that it waited for, but not at the identity that led there: ``Moved`` when
    that one is out of date.
    """
    accounts: dict[int, LoadedAccount] = {}
    by_customer: dict[str, int] = {}
    for row in rows:
        is_erased, is_merged = row[28], row[29]
        if is_merged or (is_erased and row[-1] is not None):
            raise Moved
        if row[0] not in accounts:
            accounts[row[0]] = account_of(row)
        if row[-1] is not None:
            by_customer[row[-1]] = row[0]
    return accounts, by_customer


def lock_by_id(account_ids: Sequence[int]) -> dict[int, LoadedAccount]:
    """Lock these accounts, in the order of their ids."""
    return {loaded.state.id: loaded for loaded in _by_id(account_ids, _for_update())}


def read_of_customer(shop_id: int, customer: str) -> tuple[LoadedAccount, int] | None:
    """The account of a shop's customer without a lock, and the version in force. One statement."""
    rows = select(
        f"SELECT {untyped(COLUMNS)}, v.current_version_id FROM store_identity i"
        " JOIN store_account a ON a.id = i.account_id JOIN store_programme v ON v.id = a.programme_id"
        " LEFT JOIN store_profile p ON p.account_id = a.id"
        " WHERE i.shop_id = %s AND i.customer_id = %s",
        [shop_id, customer],
    )
    return (account_of(rows[0]), rows[0][-1]) if rows else None


def read_by_id(account_id: int) -> LoadedAccount | None:
    """One account, without a lock."""
    return next(iter(_by_id([account_id], "")), None)


def load_damaged(account_ids: Sequence[int], *, locks: bool) -> dict[int, LoadedAccount]:
    """These accounts, locked or just read; one whose state cannot be understood has an empty one."""
    found = {}
    for row in _rows_by_id(account_ids, _for_update() if locks else ""):
        try:
            found[row[0]] = account_of(row)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            found[row[0]] = account_of((*row[:19], "{}", *row[20:]))
    return found


def load_raw_states(account_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The states of these accounts as they are stored. One statement."""
    rows = select(f"SELECT id, state FROM store_account WHERE {any_of('id')}", [listed(account_ids)])
    return {account_id: _json(state) for account_id, state in rows}


def load_ids(programme_id: int, *, after: int, limit: int) -> list[int]:
    """The programme's next accounts after that id. One statement."""
    rows = select(
        "SELECT id FROM store_account WHERE programme_id = %s AND id > %s ORDER BY id LIMIT %s",
        [programme_id, after, limit],
    )
    return [row[0] for row in rows]


def _by_id(account_ids: Sequence[int], suffix: str) -> list[LoadedAccount]:
    return [account_of(row) for row in _rows_by_id(account_ids, suffix)]


def _rows_by_id(account_ids: Sequence[int], suffix: str) -> list[tuple[Any, ...]]:
    return select(
        f"SELECT {untyped(COLUMNS)} FROM store_account a LEFT JOIN store_profile p ON p.account_id = a.id"
        f" WHERE {any_of('a.id')} ORDER BY a.id{suffix}",
        [listed(account_ids)],
    )


def _for_update() -> str:
    return " FOR UPDATE OF a" if is_postgresql() else ""


def account_of(row: tuple[Any, ...]) -> LoadedAccount:
    """The account of a row that begins with ``COLUMNS``."""
    caught_up_at = from_time(row[3])
    assert caught_up_at is not None
    state = state_from_row(
        account_id=row[0],
        caught_up_at=caught_up_at,
        totals=Totals(*row[6:16]),
        tier=row[16],
        tier_since=from_time(row[17]),
        last_sequence=row[4],
        last_hash=row[5],
        is_stale=bool(row[18]),
        next_due_at=from_time(row[30]),
        data=_json(row[19]),
    )
    if row[20] is None:
        return LoadedAccount(state, row[1], row[2], is_erased=bool(row[28]))
    return LoadedAccount(
        state, row[1], row[2], is_net=row[20] == "net", is_company=bool(row[21]), language=row[22], born=_date(row[23]),
        signed_up_at=from_time(row[24]), groups=tuple(_json(row[25])), tags=tuple(_json(row[26])), email=row[27],
        is_erased=bool(row[28]),
    )  # fmt: skip


def _date(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _json(value: Any) -> Any:
    return decode(value) if isinstance(value, str) else value


def find_account_id(shop_id: int, customer: str) -> int | None:
    """The account of a shop's customer. One statement."""
    rows = select(
        "SELECT account_id FROM store_identity WHERE shop_id = %s AND customer_id = %s", [shop_id, customer]
    )
    return rows[0][0] if rows else None


def lock_member(shop_id: int, customer: str) -> bool:
    """Whether the shop's customer is a member, who stays one until the transaction ends. One statement.

    ``Moved`` when the account was merged or erased while the lock was waited for.
    """
    rows = select(
        "SELECT a.merged_into_id IS NOT NULL OR a.erased_at IS NOT NULL FROM store_account a JOIN store_identity i"
        " ON i.account_id = a.id WHERE i.shop_id = %s AND i.customer_id = %s" + _for_update(),
        [shop_id, customer],
    )
    if rows and rows[0][0]:
        raise Moved
    return bool(rows)
