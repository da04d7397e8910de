"""Keys and widget secrets as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.json import decode

from palier.store.rows import from_time, select

SECRETS_GOOD = 2
"""So many of a shop's newest widget secrets are good."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key that is not revoked, and the shop that it opens."""

    key_id: int
    digest: str
    scopes: frozenset[str]
    last_used_at: datetime | None
    shop_id: int
    programme_id: int
    currency: str
    clock_offset_s: int


def find_key(digest: str) -> StoredKey | None:
    """The key with that digest; None when there is none or it is revoked. One statement."""
    rows = select(
        "SELECT k.id, k.digest, k.scopes, k.last_used_at, s.id, p.id, p.currency, p.clock_offset_s"
        " FROM store_apikey k JOIN store_shop s ON s.id = k.shop_id JOIN store_programme p ON p.id = s.programme_id"
        " WHERE k.digest = %s AND k.revoked_at IS NULL",
        [digest],
    )
    if not rows:
        return None
    key_id, stored, scopes, last_used_at, *shop = rows[0]
    return StoredKey(key_id, stored, frozenset(_list(scopes)), from_time(last_used_at), *shop)


def load_widget_secrets(shop_id: int) -> tuple[str, ...]:
    """The secrets that the shop's widget tokens may be signed with, newest first. One statement."""
    rows = select(
        f"SELECT secret FROM store_widgetsecret WHERE shop_id = %s ORDER BY id DESC LIMIT {SECRETS_GOOD}",
        [shop_id],
    )
    return tuple(secret for (secret,) in rows)


def _list(value: Any) -> list[str]:
    # Outside a transaction Django's cursor gives JSON as text, inside the driver's gives it decoded.
    read: list[str] = decode(value) if isinstance(value, str) else value
    return read
