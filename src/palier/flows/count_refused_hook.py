"""A push that was not believed is counted, and nothing else of it is kept."""

from __future__ import annotations

from datetime import datetime

from palier.store.hooks.record import count_refused


def count_refused_hook(shop_id: int, *, now: datetime) -> None:
    """One more push of this shop that was unsigned, wrongly signed or too old."""
    count_refused(shop_id, now=now)
