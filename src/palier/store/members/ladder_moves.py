"""Who would move if another ladder came into force: head-counts over all members, in one statement.

They look at what is stored, as of each account's last work; due work first makes both the same instant. Exact, but for
orders of the hour in which a clock change falls, under a rolling window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from palier.core.period import add, subtract, zone
from palier.core.programme.values import Programme, Tiers
from palier.core.tiers import thresholds_at, window_start
from palier.store.codec import to_us
from palier.store.rows import Query, any_of, is_postgresql, listed, select, to_time

_MICROSECOND = timedelta(microseconds=1)
_TOTALS = {"spend": "a.spend_minor", "points": "a.activity", "orders": "a.orders"}
_OF_ORDERS = {"spend": "booked_spend_minor", "points": "booked_points", "orders": "1"}


@dataclass(frozen=True, slots=True)
class Moves:
    """So many ``members`` stand in the tier ``before`` and would stand in ``after``; empty is no tier."""

    before: str
    after: str
    members: int


def count_ladder_moves(programme_id: int, programme: Programme, *, now: datetime) -> tuple[Moves, ...]:
    """Where the members stand, and where the ladder of ``programme`` would put them if it were published ``now``.

    Those who would stay are counted too. Tiers that staff gave stay while the ladder has them. One statement.
    """
    tiers = programme.tiers
    members = "a.programme_id = %s AND a.merged_into_id IS NULL AND a.erased_at IS NULL"
    if tiers is None:
        rows = select(
            f"SELECT a.tier, '', COUNT(*) FROM store_account a WHERE {members} GROUP BY a.tier",
            [programme_id],
        )
    else:
        (value, joins), parameters = _value(programme_id, programme, tiers, now)
        aim, asked = _aim(tiers, value, now)
        rows = select(
            f"SELECT a.tier, {aim} AS aim, COUNT(*) FROM store_account a{joins} WHERE {members} GROUP BY a.tier, aim",
            [*asked, *parameters, programme_id],
        )
    return tuple(sorted((Moves(*row) for row in rows), key=lambda moves: (moves.before, moves.after)))


def _aim(tiers: Tiers, value: str, now: datetime) -> Query:
    """The tier that the value deserves; whom staff gave a tier of this ladder keeps it until its end."""
    steps = thresholds_at(tiers, now)
    given, until = _override()
    keeps = f"{given} IS NOT NULL AND ({until} IS NULL OR {until} > %s) AND {any_of(given)}"
    cases = [f"WHEN {keeps} THEN {given}"]
    asked: list[Any] = [to_us(now), listed([tier.id for _, tier in steps])]
    for threshold, tier in reversed(steps):
        cases.append(f"WHEN {value} >= %s THEN %s")
        asked += [threshold, tier.id]
    return f"CASE {' '.join(cases)} ELSE '' END", asked


def _override() -> tuple[str, str]:
    if is_postgresql():
        return "(a.state #>> '{override,0}')", "CAST(a.state #>> '{override,1}' AS bigint)"
    return "json_extract(a.state, '$.override[0]')", "json_extract(a.state, '$.override[1]')"


def _value(
    programme_id: int, programme: Programme, tiers: Tiers, now: datetime
) -> tuple[tuple[str, str], list[Any]]:
    """What counts for the ladder now: a column of the account, or a sum over what lies within the window."""
    since = _first_instant(programme, tiers, now)
    if since is None:
        return (_TOTALS[tiers.metric], ""), []
    asked: list[Any] = [programme_id, to_time(since)]
    of_orders = f"SELECT account_id, {_OF_ORDERS[tiers.metric]} AS value FROM store_order"
    parts = [f"{of_orders} WHERE programme_id = %s AND counts AND order_at >= %s"]
    if tiers.metric == "points":
        parts.append(
            "SELECT COALESCE(o.merged_into_id, o.id), h.points FROM store_happening h"
            " JOIN store_account o ON o.id = h.account_id"
            " WHERE o.programme_id = %s AND h.kind = 'event' AND h.points > 0 AND h.at >= %s"
        )
        asked += [programme_id, to_time(since)]
    if tiers.metric == "spend":
        parts.append(
            "SELECT COALESCE(o.merged_into_id, o.id), e.spend_minor FROM store_entry e JOIN store_happening h"
            " ON CAST(h.id AS text) = e.cause JOIN store_account o ON o.id = h.account_id"
            " WHERE o.programme_id = %s AND e.kind = 'opening' AND h.kind = 'opening' AND e.spend_minor <> 0"
            " AND e.qualifies_at >= %s"
        )
        asked += [programme_id, to_time(since)]
    within = f"SELECT account_id, SUM(value) AS value FROM ({' UNION ALL '.join(parts)}) AS each GROUP BY account_id"
    return ("COALESCE(w.value, 0)", f" LEFT JOIN ({within}) AS w ON w.account_id = a.id"), asked


def _first_instant(programme: Programme, tiers: Tiers, now: datetime) -> datetime | None:
    """The first instant that counts now; None where everything does."""
    start = window_start(programme, now)
    if tiers.window != "rolling" or start is None:
        return start
    # An order counts until its instant plus the window: months are clamped, so looking back is another window.
    assert tiers.rolling is not None
    rolling, tz = tiers.rolling, zone(programme.timezone)
    low, high = subtract(start, rolling, tz), now
    while high - low > _MICROSECOND:
        middle = low + (high - low) / 2
        low, high = (low, middle) if add(middle, rolling, tz) > now else (middle, high)
    return high
