"""What a member has bought, for segments."""

from __future__ import annotations

from json import loads

from palier.store.rows import select


def load_purchases(account_id: int) -> tuple[frozenset[str], frozenset[str]]:
    """Products and categories of the lines of the account's orders that count. One statement."""
    rows = select(
        "SELECT DISTINCT l.product, CAST(l.categories AS text) FROM store_orderline l"
        " JOIN store_order o ON o.id = l.order_id WHERE o.account_id = %s AND o.counts",
        [account_id],
    )
    products = frozenset(product for product, _ in rows)
    return products, frozenset(category for _, categories in rows for category in loads(categories))
