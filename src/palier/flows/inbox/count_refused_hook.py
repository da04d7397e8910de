"""Pushes that were not believed are counted, and nothing else of them is kept."""

from __future__ import annotations

from datetime import datetime

from palier.store.hooks.record import count_refused


def count_refused_hook(shop_id: int, count: int = 1, *, now: datetime) -> None:
    """So many more pushes of this shop that were unsigned, wrongly signed or too old."""
    count_refused(shop_id, count, now=now)
