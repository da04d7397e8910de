"""Products as order lines show them, until their shop describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.json import decode

from palier.core.member import folded
from palier.store.catalogue.record import SEARCH_MAX
from palier.store.jobs.models import Mark
from palier.store.rows import Table, select, to_json, to_time

MARK = "products"

_LEARNED = Table(
    "store_product",
    {
        "shop_id": "bigint", "product_id": "text", "names": "jsonb", "url": "text", "image_url": "text",
        "price_minor": "bigint", "currency": "text", "categories": "jsonb", "search": "text",
        "is_described": "boolean", "updated_at": "timestamptz",
    },
    suffix="ON CONFLICT (shop_id, product_id) DO UPDATE SET price_minor = excluded.price_minor,"
    " currency = excluded.currency, categories = excluded.categories, updated_at = excluded.updated_at"
    " WHERE NOT store_product.is_described AND (store_product.categories <> excluded.categories"
    " OR store_product.currency <> excluded.currency"
    " OR COALESCE(store_product.price_minor, -1) <> COALESCE(excluded.price_minor, -1))",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeenProduct:
    """A product as the newest line shows it. The price of one piece is known where lines are gross."""

    categories: tuple[str, ...]
    price_minor: int | None
    currency: str


def load_seen(after: int, limit: int) -> tuple[int, int, dict[tuple[int, str], SeenProduct]]:
    """Products in the lines of up to ``limit`` orders after that order's id.

    Returns the last order's id, how many orders there were, and by (shop, product) what they show. Two statements.
    """
    ids = [
        row[0]
        for row in select("SELECT id FROM store_order WHERE id > %s ORDER BY id LIMIT %s", [after, limit])
    ]
    if not ids:
        return after, 0, {}
    rows = select(
        "SELECT o.shop_id, l.product, l.categories, l.amount_minor, l.quantity, o.currency, o.prices"
        " FROM store_order o JOIN store_orderline l ON l.order_id = o.id"
        " WHERE o.id > %s AND o.id <= %s ORDER BY o.id, l.position",
        [after, ids[-1]],
    )
    seen = {}
    for shop_id, product, categories, amount_minor, quantity, currency, prices in rows:
        price = (2 * amount_minor + quantity) // (2 * quantity) if prices == "gross" else None
        named = decode(categories) if isinstance(categories, str) else categories
        seen[shop_id, product] = SeenProduct(tuple(named), price, currency)
    return ids[-1], len(ids), seen


def record_seen(seen: Mapping[tuple[int, str], SeenProduct], *, now: datetime) -> None:
    """Insert products that are new, and change learned ones that look different now. One statement."""
    _LEARNED.insert([
        (
            shop_id, product, "{}", "", "", each.price_minor, each.currency, to_json(each.categories),
            folded(product)[:SEARCH_MAX], False, to_time(now),
        )
        for (shop_id, product), each in sorted(seen.items())
    ])  # fmt: skip


def load_mark() -> int:
    """The order up to which all lines have been looked at; 0 in the beginning."""
    return Mark.objects.filter(name=MARK).values_list("value", flat=True).first() or 0


def record_mark(order_id: int) -> None:
    """Move the mark forward, never back."""
    mark, _ = Mark.objects.get_or_create(name=MARK)
    Mark.objects.filter(pk=mark.pk, value__lt=order_id).update(value=order_id)
