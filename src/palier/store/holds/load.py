"""Holds as values: what a shopper was quoted, and where the hold stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import convert
from msgspec.json import Decoder, decode

from palier.core.quote_values import Quote
from palier.store.rows import Table, any_of, from_time, is_postgresql, listed, select, to_json, to_time

_HOLD = Table("store_hold", {
    "public_id": "text", "programme_id": "bigint", "shop_id": "bigint", "account_id": "bigint", "key": "text",
    "content_digest": "text", "quote": "jsonb", "held_at": "timestamptz",
    "lapses_at": "timestamptz", "state": "text",
})  # fmt: skip
_COLUMNS = "public_id, account_id, key, content_digest, quote, lapses_at, state"

# All types are looked up here, while one thread imports: threads that met in the first hold would crash the process.
Decoder(Quote)


@dataclass(frozen=True, slots=True)
class StoredHold:
    """A hold, with the quote that the order which takes it over is booked with."""

    id: str
    account_id: int
    key: str
    digest: str
    quote: Quote
    lapses_at: datetime
    state: str


def find_hold(shop_id: int, key: str) -> StoredHold | None:
    """The hold that was made with this key. One statement."""
    rows = select(f"SELECT {_COLUMNS} FROM store_hold WHERE shop_id = %s AND key = %s", [shop_id, key])
    return hold_of(rows[0]) if rows else None


def load_holds(shop_id: int, ids: Iterable[str]) -> dict[str, StoredHold]:
    """Those of these holds that the shop has, by id. One statement, none without ids."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = select(
        f"SELECT {_COLUMNS} FROM store_hold WHERE shop_id = %s AND {any_of('public_id')}",
        [shop_id, listed(wanted)],
    )
    return {row[0]: hold_of(row) for row in rows}


def hold_column(shop: str) -> str:
    """SQL for the hold of a public id, of the shop that the expression names, as one JSON value (see ``hold_of``)."""
    each = ", ".join(f"h.{name}" for name in _COLUMNS.split(", "))
    made = f"json_build_array({each})"
    if not is_postgresql():
        made = f"json_array({each.replace('h.quote', 'json(h.quote)')})"
    return f"(SELECT {made} FROM store_hold h WHERE h.shop_id = {shop} AND h.public_id = %s)"


def record_hold(hold: StoredHold, *, programme_id: int, shop_id: int, now: datetime) -> None:
    """Write a new hold; one that another process wrote with its key at this moment is an IntegrityError."""
    _HOLD.insert(
        [
            (
                hold.id, programme_id, shop_id, hold.account_id, hold.key, hold.digest, to_json(hold.quote),
                to_time(now), to_time(hold.lapses_at), hold.state,
            )
        ]
    )  # fmt: skip


def hold_of(row: Sequence[Any]) -> StoredHold:
    """The hold of a row, or of its values in JSON."""
    written = row[5]
    lapses_at = from_time(datetime.fromisoformat(written) if isinstance(written, str) else written)
    assert lapses_at is not None
    quote = decode(row[4]) if isinstance(row[4], str) else row[4]
    return StoredHold(row[0], row[1], row[2], row[3], convert(quote, Quote), lapses_at, row[6])
