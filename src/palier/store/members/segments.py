"""Segments over all members of a programme: how many match, and who; one statement each.

They look at what is stored: points, tier and orders as of each account's last work, times as of ``now``. Due work first
makes both the same instant. ``core.segments.matching`` says the same of one member.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.programme.values import Programme
from palier.store.members.where_sql import FALSE, Writer, joined, negated
from palier.store.rows import Query, select

_MEMBERS = (
    " FROM store_account a LEFT JOIN store_profile p ON p.account_id = a.id"
    " WHERE a.programme_id = %s AND a.merged_into_id IS NULL AND a.erased_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many members match, and for how many of them it is the first that matches, the one that gives."""

    matching: int
    first: int


def count_segments(programme_id: int, programme: Programme, *, now: datetime) -> dict[str, Count]:
    """The members of every enabled segment, in order of priority. One statement, none without segments."""
    writer = Writer(programme_id, programme, now=now)
    conditions = [(s.id, writer.where(s.where)) for s in programme.segments if s.enabled]
    if not conditions:
        return {}
    each = ", ".join(f"{sql} AS m{i}" for i, (_, (sql, _)) in enumerate(conditions))
    first = " ".join(f"WHEN m{i} THEN {i}" for i in range(len(conditions)))
    counts = ", ".join(
        f"COUNT(*) FILTER (WHERE m{i}), COUNT(*) FILTER (WHERE first = {i})" for i in range(len(conditions))
    )
    # Materialized, for SQLite would else work the conditions out anew for every count.
    sql = (
        f"WITH matched AS MATERIALIZED (SELECT {each}{_MEMBERS}),"
        f" ranked AS MATERIALIZED (SELECT *, CASE {first} END AS first FROM matched) SELECT {counts} FROM ranked"
    )
    parameters = [value for _, (_, values) in conditions for value in values]
    (row,) = select(sql, [*parameters, programme_id])
    return {id: Count(row[2 * i], row[2 * i + 1]) for i, (id, _) in enumerate(conditions)}


def count_segment(
    programme_id: int, programme: Programme, segment_id: str, *, now: datetime, is_first: bool = False
) -> int:
    """How many members match this segment (with ``is_first``: and none before it). One statement."""
    sql, parameters = segment_query(programme_id, programme, segment_id, now=now, is_first=is_first)
    return int(select(f"SELECT COUNT(*) FROM ({sql}) AS found", parameters)[0][0])


def list_segment(
    programme_id: int,
    programme: Programme,
    segment_id: str,
    *,
    now: datetime,
    is_first: bool = False,
    after: int = 0,
    limit: int = 50,
) -> list[int]:
    """The ids of the next accounts that match, by id, beyond ``after``. One statement."""
    sql, parameters = segment_query(programme_id, programme, segment_id, now=now, is_first=is_first)
    rows = select(f"{sql} AND a.id > %s ORDER BY a.id LIMIT %s", [*parameters, after, limit])
    return [row[0] for row in rows]


def segment_query(
    programme_id: int, programme: Programme, segment_id: str, *, now: datetime, is_first: bool = False
) -> Query:
    """A statement that selects the ids of the accounts that match; nobody matches a segment that is off or unknown."""
    writer = Writer(programme_id, programme, now=now)
    enabled = [segment for segment in programme.segments if segment.enabled]
    place = next((i for i, segment in enumerate(enabled) if segment.id == segment_id), None)
    if place is None:
        condition = FALSE
    else:
        condition = writer.where(enabled[place].where)
    if place and is_first:
        before = joined("OR", [writer.where(each.where) for each in enabled[:place]], empty=FALSE)
        condition = joined("AND", [condition, negated(before)], empty=FALSE)
    return f"SELECT a.id{_MEMBERS} AND {condition[0]}", [programme_id, *condition[1]]
