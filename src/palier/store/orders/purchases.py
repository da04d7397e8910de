"""What a member has bought, and the last order, for segments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from json import loads
from typing import Any

from palier.core.account import LastOrder
from palier.store.rows import among, any_of, from_time, is_postgresql, listed, select

Purchases = tuple[frozenset[str], frozenset[str]]
"""Products and categories that were bought."""


def purchases_column(account: str) -> str:
    """SQL for all purchases of the account that the expression names, as one JSON value (``purchases_of`` reads it)."""
    # The names in here are nobody else's: one that the expression has too would be taken for the order that was bought.
    bought = (
        "SELECT DISTINCT bought_line.product, CAST(bought_line.categories AS text) AS categories"
        " FROM store_orderline bought_line JOIN store_order bought_order ON bought_order.id = bought_line.order_id"
        f" WHERE bought_order.account_id = {account} AND bought_order.counts"
    )
    gathered = (
        "json_agg(json_build_array(product, categories))"
        if is_postgresql()
        else "json_group_array(json_array(product, categories))"
    )
    return f"(SELECT {gathered} FROM ({bought}) AS bought)"


def purchases_of(value: object) -> Purchases:
    """What ``purchases_column`` found."""
    found = loads(value) if isinstance(value, str) else value
    return _gathered(found if isinstance(found, list) else [])


def load_purchases(account_id: int, *, without: Sequence[int] = ()) -> Purchases:
    """Products and categories of the lines of the account's orders that count, some orders aside. One statement."""
    rows = select(
        "SELECT DISTINCT l.product, CAST(l.categories AS text) FROM store_orderline l"
        " JOIN store_order o ON o.id = l.order_id WHERE o.account_id = %s AND o.counts"
        f" AND NOT {any_of('o.id')}",
        [account_id, listed(without)],
    )
    return _gathered(rows)


def load_last_orders(
    accounts: Collection[int], *, without: Iterable[int] = ()
) -> dict[int, tuple[int, LastOrder]]:
    """The newest order that counts of each of the accounts that has one, and its id; some orders aside.

    Of one instant it is the one that was first told later, whose id is greater. One statement.
    """
    newest = (
        f"SELECT n.id FROM store_order n WHERE n.account_id = a.id AND n.counts AND NOT {any_of('n.id')}"
        " ORDER BY n.order_at DESC, n.id DESC LIMIT 1"
    )
    among_accounts, wanted = among("a.id", accounts)
    rows = select(
        "SELECT o.account_id, o.id, o.order_at, o.delivery_city, o.delivery_country, o.carrier, o.payment_method"
        f" FROM store_account a JOIN store_order o ON o.id = ({newest}) WHERE {among_accounts}",
        [listed(without), wanted],
    )
    return {row[0]: (row[1], _last_order(row[2:])) for row in rows}


def _last_order(row: Sequence[Any]) -> LastOrder:
    at = from_time(row[0])
    assert at is not None
    return LastOrder(at, *row[1:])


def _gathered(rows: Sequence[Sequence[str]]) -> Purchases:
    products = frozenset(product for product, _ in rows)
    return products, frozenset(category for _, categories in rows for category in loads(categories))
