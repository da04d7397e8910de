"""Products and kept carts as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from palier.core.member import folded
from palier.core.product import ProductFacts
from palier.store.rows import Table, run, to_json, to_time

SEARCH_MAX = 500

_REPLACED = (
    "names", "url", "image_url", "price_minor", "currency", "categories", "search", "is_described", "updated_at",
)  # fmt: skip
_PRODUCT = Table(
    "store_product",
    {
        "shop_id": "bigint", "product_id": "text", "names": "jsonb", "url": "text", "image_url": "text",
        "price_minor": "bigint", "currency": "text", "categories": "jsonb", "search": "text",
        "is_described": "boolean", "updated_at": "timestamptz",
    },
    suffix="ON CONFLICT (shop_id, product_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _REPLACED),
)  # fmt: skip
_CART = Table(
    "store_keptcart",
    {"shop_id": "bigint", "customer_id": "text", "content": "jsonb", "updated_at": "timestamptz"},
    suffix="ON CONFLICT (shop_id, customer_id) DO UPDATE"
    " SET content = excluded.content, updated_at = excluded.updated_at",
)


def write_products(shop_id: int, products: Iterable[ProductFacts], *, now: datetime) -> None:
    """Insert or replace the products, each named once. One statement."""
    # In the order of their ids, so that two batches of the same products do not wait for each other in a circle.
    ordered = sorted(products, key=lambda facts: facts.id)
    _PRODUCT.insert([_row(shop_id, facts, now) for facts in ordered])


def _row(shop_id: int, facts: ProductFacts, now: datetime) -> tuple[Any, ...]:
    search = folded(" ".join((facts.id, *(name for _, name in facts.names))))
    return (
        shop_id, facts.id, to_json(dict(facts.names)), facts.url, facts.image_url, facts.price_minor,
        facts.currency, to_json(facts.categories), search[:SEARCH_MAX], True, to_time(now),
    )  # fmt: skip


def write_cart(shop_id: int, customer: str, content: Mapping[str, Any], *, now: datetime) -> None:
    """Keep the customer's cart in place of the one before. One statement."""
    _CART.insert([(shop_id, customer, to_json(content), to_time(now))])


def delete_cart(shop_id: int, customer: str) -> bool:
    """Forget the customer's cart; whether there was one. One statement."""
    with run(
        "DELETE FROM store_keptcart WHERE shop_id = %s AND customer_id = %s", [shop_id, customer]
    ) as cursor:
        return bool(cursor.rowcount)
