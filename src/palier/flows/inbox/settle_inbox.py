"""Messages of the inbox were worked off, or not: they are closed, tried again later, or shown to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from palier.core.inbox import Worked
from palier.flows.transaction import in_one_transaction
from palier.store.hooks.record import record_worked


def settle_inbox(results: Sequence[tuple[int, int, Worked]], *, now: datetime) -> None:
    """Write what came of messages: (id, the count of tries they were taken with, result)."""
    in_one_transaction(lambda: record_worked(results, now=now))
