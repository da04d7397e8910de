"""What orders and events bring to windows and caps, read back from their rows (after the window was changed)."""

from __future__ import annotations

from datetime import datetime

from palier.core.account import Contribution, Timeline
from palier.core.catch_up import horizon_of
from palier.store.members.merge import PERSON
from palier.store.rows import from_time, select, to_time


def load_contributions(account_id: int, timeline: Timeline, *, now: datetime) -> tuple[Contribution, ...]:
    """The contributions of one account since the furthest instant that any version of the programme looks back to. One
    statement."""
    since = to_time(min(horizon_of(version.programme, now) for version in timeline.versions))
    # An event that both halves of a person have stays with the account that was merged; so does the entry of an opening
    # balance, of which only what was not taken back counts.
    rows = select(
        f"WITH RECURSIVE {PERSON} SELECT 'order:' || id, order_at, booked_spend_minor, booked_points, counts"
        " FROM store_order WHERE account_id = %s AND counts AND order_at > %s UNION ALL"
        " SELECT 'event:' || h.id, h.at, 0, h.points, FALSE FROM person p"
        " JOIN store_happening h ON h.account_id = p.id AND h.kind = 'event' AND h.points > 0 AND h.at > %s UNION ALL"
        " SELECT 'import:' || h.id, e.qualifies_at, e.spend_minor, 0, FALSE FROM person p"
        " JOIN store_happening h ON h.account_id = p.id AND h.kind = 'opening'"
        " JOIN store_entry e ON e.account_id IN (SELECT id FROM person) AND e.cause = CAST(h.id AS text)"
        " WHERE e.kind = 'opening' AND e.spend_minor <> 0 AND e.qualifies_at > %s",
        [account_id, account_id, since, since, since],
    )
    found = []
    for cause, at, spend_minor, points, counts in rows:
        instant = from_time(datetime.fromisoformat(at) if isinstance(at, str) else at)
        assert instant is not None
        found.append(Contribution(cause, instant, spend_minor, points, int(bool(counts))))
    return tuple(found)
