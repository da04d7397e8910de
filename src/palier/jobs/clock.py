"""The clock, read once for each piece of work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any


def world_now() -> datetime:
    """The world's time: retries, leases and signatures go by it."""
    return datetime.now(UTC)


def now_in(programme: Any) -> datetime:
    """The time in that programme: the demo's clock may be ahead of the world's."""
    return world_now() + timedelta(seconds=programme.clock_offset_s)
