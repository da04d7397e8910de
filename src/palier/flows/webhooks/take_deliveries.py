"""A worker takes deliveries that are due, to send them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from palier.flows.transaction import in_one_transaction
from palier.store.webhooks.load import DueDelivery, load_due
from palier.store.webhooks.record import take_due

MOST = 16
MOST_EACH = 4
"""So many of one address at once: one that answers slowly does not hold up the others."""


def take_deliveries(
    *, now: datetime, most: int = MOST, most_each: int = MOST_EACH, busy: Collection[int] = ()
) -> list[DueDelivery]:
    """Up to ``most`` deliveries, oldest first; none of endpoints that are ``busy``.

    Nobody else gets them until they are settled or their lease ends.
    """
    return in_one_transaction(
        lambda: load_due(take_due(now=now, most=most, most_each=most_each, busy=busy), now=now)
    )
