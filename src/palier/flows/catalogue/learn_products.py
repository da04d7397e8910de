"""Products are learned from order lines, so that pickers and mails know them before a shop describes any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.flows.transaction import in_one_transaction
from palier.store.catalogue.learn import load_mark, load_seen, record_mark, record_seen

CHUNK_MAX = 500
OVERLAP = 10 * 60_000 << 22
"""Ten minutes in the ids of orders: an order may be committed later than one whose id is higher."""


@dataclass(frozen=True, slots=True)
class Learned:
    """How many products the chunk showed, the order up to which it went, and whether it was the last."""

    products: int
    last: int
    is_last: bool


def learn_products(*, now: datetime, after: int | None = None, limit: int = CHUNK_MAX) -> Learned:
    """Learn from up to ``limit`` orders after that one; None: from where the last run ended, a little before.

    What a shop has described stays as it is. Done again it changes nothing. ``now`` is the world's clock.
    """
    return in_one_transaction(lambda: _learn(after, limit, now))


def _learn(after: int | None, limit: int, now: datetime) -> Learned:
    start = max(load_mark() - OVERLAP, 0) if after is None else after
    last, orders, seen = load_seen(start, limit)
    record_seen(seen, now=now)
    if orders:
        record_mark(last)
    return Learned(len(seen), last, is_last=orders < limit)
