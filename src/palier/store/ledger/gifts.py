"""Gifts as the ledger knows them: what became of their points, and what a colleague has given of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.store.rows import select, to_time


@dataclass(frozen=True, slots=True)
class GivenGift:
    """A gift's points, their lot, and how many of them have expired."""

    points: int
    lot: int
    expired: int


def find_gift(account_id: int, gift: str) -> GivenGift | None:
    """The gift that the account was given; None for another's, and for one that was a correction. One statement."""
    rows = select(
        "SELECT l.amount, l.number,"
        " (SELECT COALESCE(SUM(d.points), 0) FROM store_draw d"
        "  JOIN store_entry x ON x.account_id = d.account_id AND x.sequence = d.sequence"
        "  WHERE d.account_id = l.account_id AND d.lot_number = l.number AND x.kind IN ('expire', 'lapse'))"
        " FROM store_entry e JOIN store_lot l ON l.account_id = e.account_id AND l.sequence = e.sequence"
        " WHERE e.account_id = %s AND e.kind = 'gift' AND e.cause_kind = 'gift' AND e.cause = %s",
        [account_id, gift],
    )
    return GivenGift(int(rows[0][0]), int(rows[0][1]), -int(rows[0][2])) if rows else None


def given_since(programme_id: int, author: str, since: datetime) -> int:
    """The points that somebody has given since then, as far as their name still stands beside them. One statement."""
    rows = select(
        "SELECT COALESCE(SUM(e.amount), 0) FROM store_entry e"
        " JOIN store_entrynote n ON n.account_id = e.account_id AND n.sequence = e.sequence"
        " WHERE e.programme_id = %s AND e.effective_at > %s AND e.kind = 'gift' AND e.amount > 0 AND n.author = %s",
        [programme_id, to_time(since), author],
    )
    return int(rows[0][0])
