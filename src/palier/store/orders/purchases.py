"""What a member has bought, and the last order, for segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from json import loads

from palier.core.account import LastOrder
from palier.store.rows import any_of, from_time, is_postgresql, listed, select

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


def load_last_order(account_id: int, *, without: Iterable[int] = ()) -> LastOrder | None:
    """The newest of the account's orders that count, some aside; of one instant the one first told later."""
    rows = select(
        "SELECT order_at, delivery_city, delivery_country, carrier, payment_method FROM store_order"
        f" WHERE account_id = %s AND counts AND NOT {any_of('id')} ORDER BY order_at DESC, id DESC LIMIT 1",
        [account_id, listed(without)],
    )
    if not rows:
        return None
    at = from_time(rows[0][0])
    assert at is not None
    return LastOrder(at, *rows[0][1:])


def _gathered(rows: Sequence[Sequence[str]]) -> Purchases:
    products = frozenset(product for product, _ in rows)
    return products, frozenset(category for _, categories in rows for category in loads(categories))
