"""What a member has bought, for segments."""

from __future__ import annotations

from collections.abc import Sequence
from json import loads

from palier.store.rows import any_of, listed, select


def load_purchases(account_id: int, *, without: Sequence[int] = ()) -> tuple[frozenset[str], frozenset[str]]:
    """Products and categories of the lines of the account's orders that count, some orders aside. One statement."""
    rows = select(
        "SELECT DISTINCT l.product, CAST(l.categories AS text) FROM store_orderline l"
        " JOIN store_order o ON o.id = l.order_id WHERE o.account_id = %s AND o.counts"
        f" AND NOT {any_of('o.id')}",
        [account_id, listed(without)],
    )
    products = frozenset(product for product, _ in rows)
    return products, frozenset(category for _, categories in rows for category in loads(categories))
