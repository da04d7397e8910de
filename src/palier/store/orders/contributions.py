"""What orders and events bring to windows and caps, read back from their rows (after the window was changed)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from palier.core.account import Contribution, Timeline
from palier.core.catch_up import horizon_of
from palier.store.members.merge import load_person
from palier.store.rows import any_of, from_time, listed, select, to_time


def load_contributions(account_id: int, timeline: Timeline, *, now: datetime) -> tuple[Contribution, ...]:
    """The contributions of one account since the furthest instant that any version of the programme looks back to."""
    since = to_time(min(horizon_of(version.programme, now) for version in timeline.versions))
    rows = select(
        "SELECT 'order:' || id, order_at, booked_spend_minor, booked_points, counts FROM store_order"
        " WHERE account_id = %s AND counts AND order_at > %s UNION ALL"
        " SELECT 'event:' || id, at, 0, points, FALSE FROM store_happening"
        " WHERE account_id = %s AND kind = 'event' AND points > 0 AND at > %s",
        [account_id, since, account_id, since],
    )
    found = []
    rows += _openings(account_id, since)
    for cause, at, spend_minor, points, counts in rows:
        instant = from_time(datetime.fromisoformat(at) if isinstance(at, str) else at)
        assert instant is not None
        found.append(Contribution(cause, instant, spend_minor, points, int(bool(counts))))
    return tuple(found)


def _openings(account_id: int, since: Any) -> list[tuple[Any, ...]]:
    """Spend of opening balances that were not taken back; their entries stay with the account they were booked on."""
    person = listed(load_person(account_id))
    return select(
        "SELECT 'import:' || h.id, e.qualifies_at, e.spend_minor, 0, FALSE FROM store_entry e"
        " JOIN store_happening h ON CAST(h.id AS text) = e.cause"
        f" WHERE {any_of('e.account_id')} AND {any_of('h.account_id')} AND e.kind = 'opening' AND h.kind = 'opening'"
        " AND e.spend_minor <> 0 AND e.qualifies_at > %s",
        [person, person, since],
    )
