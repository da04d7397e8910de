"""Figures over stretches of time, summed by the database from the entries of one programme.

Whoever calls names the programme. Stretches are half-open, [start, end), by the instant of an entry’s effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from palier.core.turnover import Turnover, turnover
from palier.store.rows import is_postgresql, select, to_time

Stretch = tuple[datetime, datetime]

STRETCHES_MAX = 400
"""Most stretches of one question: the days of a year, and some."""


@dataclass(frozen=True, slots=True)
class Sales:
    """What counted as spend for members who then held ``tier`` (empty: none); refunds count when they happened.

    ``orders`` may be negative in a stretch that only saw refunds.
    """

    stretch: int
    tier: str
    spend_minor: int
    orders: int


@dataclass(frozen=True, slots=True)
class Move:
    """So many times members changed from one tier to another (empty: none)."""

    origin: str
    target: str
    times: int


@dataclass(frozen=True, slots=True)
class Coupons:
    """Coupons issued in a stretch, by what has become of them until now."""

    issued: int
    open: int
    used: int
    expired: int
    cancelled: int


def outstanding_at(programme_id: int, instant: datetime) -> int:
    """The points that members had just before ``instant``, pending and held ones included, debts taken off."""
    rows = select(
        "SELECT COALESCE(SUM(amount), 0) FROM store_entry WHERE programme_id = %s AND effective_at < %s",
        [programme_id, to_time(instant)],
    )
    return int(rows[0][0])


def turnovers(programme_id: int, stretches: Sequence[Stretch]) -> tuple[Turnover, ...]:
    """The turnover of each stretch; each begins where the one before ends. One statement, over their entries only."""
    number, source, parameters = _stretches(programme_id, stretches)
    rows = select(
        f"{source.format(columns=f'{number}, e.kind, SUM(e.amount)', joins='')} AND e.amount <> 0 GROUP BY 1, 2",
        parameters,
    )
    amounts: list[dict[str, int]] = [{} for _ in stretches]
    for place, kind, amount in rows:
        amounts[place][kind] = int(amount)
    return tuple(turnover(each) for each in amounts)


def sales(programme_id: int, stretches: Sequence[Stretch]) -> tuple[Sales, ...]:
    """Spend and orders of each stretch by the tier that the member held when the order was accepted. One statement."""
    number, source, parameters = _stretches(programme_id, stretches)
    tier = "o.frozen ->> 'tier'" if is_postgresql() else "json_extract(o.frozen, '$.tier')"
    columns = f"{number}, COALESCE({tier}, ''), SUM(e.spend_minor), SUM(e.orders)"
    joins = f"JOIN store_order o ON o.id = {_ORDER_OF_CAUSE[is_postgresql()]}"
    rows = select(
        f"{source.format(columns=columns, joins=joins)}"
        " AND e.cause_kind IN ('order', 'refund') AND (e.spend_minor <> 0 OR e.orders <> 0)"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        parameters,
    )
    return tuple(Sales(place, held or "", int(spend), int(orders)) for place, held, spend, orders in rows)


def moves(programme_id: int, stretch: Stretch) -> tuple[Move, ...]:
    """How often members changed from which tier to which. One statement."""
    origin = "facts ->> 'from'" if is_postgresql() else "json_extract(facts, '$.from')"
    rows = select(
        f"SELECT COALESCE({origin}, ''), COALESCE(tier, ''), COUNT(*) FROM store_entry"
        " WHERE programme_id = %s AND effective_at >= %s AND effective_at < %s AND tier IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        [programme_id, *map(to_time, stretch)],
    )
    return tuple(Move(before, after, int(times)) for before, after, times in rows)


def coupons(programme_id: int, stretch: Stretch) -> Coupons:
    """The coupons issued in the stretch. One statement."""
    rows = select(
        "SELECT state, COUNT(*) FROM store_coupon"
        " WHERE programme_id = %s AND issued_at >= %s AND issued_at < %s GROUP BY state",
        [programme_id, *map(to_time, stretch)],
    )
    by_state = {state: int(count) for state, count in rows}
    return Coupons(
        issued=sum(by_state.values()),
        open=by_state.get("issued", 0) + by_state.get("reserved", 0),
        used=by_state.get("used", 0),
        expired=by_state.get("expired", 0),
        cancelled=by_state.get("cancelled", 0),
    )


def buyers(programme_id: int, stretch: Stretch) -> int:
    """How many members had an order accepted in the stretch, whatever became of it. One statement."""
    rows = select(
        "SELECT COUNT(DISTINCT account_id) FROM store_entry"
        " WHERE programme_id = %s AND effective_at >= %s AND effective_at < %s AND cause_kind = 'order' AND orders > 0",
        [programme_id, *map(to_time, stretch)],
    )
    return int(rows[0][0])


_ORDER_OF_CAUSE = {
    True: "CAST(split_part(e.cause, ':', 1) AS bigint)",
    # SQLite reads the digits that a text begins with: an order's id, or that of a refund's order.
    False: "CAST(e.cause AS INTEGER)",
}


def _stretches(programme_id: int, stretches: Sequence[Stretch]) -> tuple[str, str, list[Any]]:
    """How the number of an entry's stretch is written, a statement up to its conditions, and its parameters.

    PostgreSQL reads the entries once and looks each one's stretch up; it does not know that a join with the stretches
    would go by the index. SQLite knows nothing else, and is quick at it.
    """
    assert 0 < len(stretches) <= STRETCHES_MAX
    assert all(before[1] == after[0] for before, after in pairwise(stretches))
    if is_postgresql():
        source = (
            "SELECT {columns} FROM store_entry e {joins}"
            " WHERE e.programme_id = %s AND e.effective_at >= %s AND e.effective_at < %s"
        )
        starts = [start for start, _end in stretches]
        number = "width_bucket(e.effective_at, %s::timestamptz[]) - 1"
        return number, source, [starts, programme_id, starts[0], stretches[-1][1]]
    table = ", ".join(["(%s, %s, %s)"] * len(stretches))
    source = (
        f"WITH stretch (n, starts, ends) AS (VALUES {table}) SELECT {{columns}} FROM stretch s JOIN store_entry e"
        " ON e.programme_id = %s AND e.effective_at >= s.starts AND e.effective_at < s.ends {joins} WHERE TRUE"
    )
    parameters: list[Any] = []
    for place, (start, end) in enumerate(stretches):
        parameters += [place, to_time(start), to_time(end)]
    return "s.n", source, [*parameters, programme_id]
