"""Orders that were taken back with their import and told anew: what they were before is past."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from palier.cli.verification.rows import Holdings, Row

BOOKS = {"earn", "take_back", "spend"}
"""Kinds of entries that book what an order is worth, by its own version and at its own instant."""


def is_taken_back(order: Row) -> bool:
    """Whether nothing is known of the order any more, as after its import was taken back; its entries stay."""
    return not order.status and not order.frozen


def earlier_lives(holdings: Holdings) -> dict[str, datetime]:
    """Until when the entries of an order, by its id, belong to what it was before.

    Only where an import of orders was taken back. Of what is taken back nothing stays booked: so a life ends where
    nothing is booked and more comes after it, or the order was not accepted again.
    """
    if not holdings.versions.has_taken_back:
        return {}
    booked: dict[str, list[tuple[datetime, int, Row]]] = defaultdict(list)
    for ledger in holdings.ledgers:
        for entry in ledger.entries:
            if entry.cause_kind in ("order", "refund") and entry.kind in BOOKS:
                booked[entry.cause.partition(":")[0]].append((entry.effective_at, entry.sequence, entry))
    known = {str(bought.order.id) for bought in holdings.orders if bought.order.frozen}
    found: dict[str, datetime] = {}
    for order_id, rows in booked.items():
        rows.sort(key=lambda row: row[:2])
        points = spend = orders = 0
        for at, _, entry in rows[: -1 if order_id in known else None]:
            points += entry.points + entry.pending + entry.held - entry.debt
            spend += entry.spend_minor
            orders += entry.orders
            if not (points or spend or orders):
                found[order_id] = at
    return found
