"""Published programmes as core values, cached in the process: a published version never changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from json import loads
from typing import Any

from palier.core.account import Timeline, Version
from palier.core.programme.parse import parse
from palier.core.programme.values import Programme
from palier.store.ids import EPOCH_MS
from palier.store.rows import from_time, is_postgresql, select

_versions: dict[str, Programme] = {}
_timelines: dict[int, tuple[int, Timeline]] = {}


def load_timeline(programme_id: int, current_version_id: int, *, read: Any = None) -> Timeline:
    """The published versions of a programme, oldest first; one statement when it changed, none otherwise.

    ``read`` is what ``timeline_column`` found, if somebody read that together with the version in force.

    Versions that were superseded before the programme had an account, and that no order refers to, never applied to
    anyone: what is imported from before their time belongs to the version that the merchant begins with.
    """
    known = _timelines.get(programme_id)
    if known is not None and known[0] == current_version_id:
        return known[1]
    if read is None:
        read = select(
            f"SELECT {timeline_column('p.id')} FROM store_programme p WHERE p.id = %s", [programme_id]
        )[0][0]
    began, began_under, rows = loads(read) if isinstance(read, str) else read
    began_at = _time(began)
    while len(rows) > 1 and (
        began_at is None
        or _published_at(rows[1]) < began_at
        # Of two things at one instant, the first entry tells which came first.
        or (_published_at(rows[1]) == began_at and began_under not in (None, rows[0][0]))
    ):
        if began_at is not None and rows[0][_HAS_ORDERS]:
            break
        del rows[0]
    timeline = Timeline(tuple(_version(row) for row in rows))
    _timelines[programme_id] = (current_version_id, timeline)
    return timeline


_HAS_ORDERS = 4
SKEW_MS = 60_000
"""The clocks of the machines that share a database differ by less."""


def timeline_column(programme: str) -> str:
    """SQL for what ``load_timeline`` needs of the programme that the expression names, as one JSON value."""
    of_it = (
        f"FROM store_account a WHERE a.programme_id = {programme}{_since(programme)} ORDER BY a.id LIMIT 1"
    )
    began, first = f"(SELECT a.created_at {of_it})", f"SELECT a.id {of_it}"
    under = (
        f"(SELECT e.version_id FROM store_entry e WHERE e.account_id = ({first}) ORDER BY e.sequence LIMIT 1)"
    )
    columns = (
        "v.id, v.published_at, v.digest, v.document,"
        " EXISTS (SELECT 1 FROM store_order o WHERE o.version_id = v.id)"
    )
    source = (
        f"FROM store_programmeversion v WHERE v.programme_id = {programme} AND v.published_at IS NOT NULL"
    )
    if is_postgresql():
        rows = f"SELECT json_agg(json_build_array({columns}) ORDER BY v.published_at, v.number) {source}"
        return f"(SELECT json_build_array({began}, {under}, ({rows})))"
    each = columns.replace("v.document", "json(v.document)")
    rows = f"SELECT json_array({each}) AS version {source} ORDER BY v.published_at, v.number"
    return f"json_array({began}, {under}, (SELECT json_group_array(json(version)) FROM ({rows})))"


def _since(programme: str) -> str:
    """PostgreSQL reads accounts by number until it meets one of the programme: it needs not begin before there was one.

    Both the number of an account and the public id of a programme tell the millisecond in which they were made.
    """
    if not is_postgresql():
        return ""
    made_ms = "('x' || replace(left(made.public_id, 13), '-', ''))::bit(48)::bigint"
    number = f"({made_ms} - {EPOCH_MS + SKEW_MS}) << 22"
    is_told = "made.public_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7'"
    number = f"CASE WHEN {is_told} THEN {number} ELSE 0 END"
    return f" AND a.id >= (SELECT {number} FROM store_programme made WHERE made.id = {programme})"


def _version(row: Sequence[Any]) -> Version:
    """One published version, parsed once for its digest: equal documents share their value."""
    digest = row[2]
    if digest not in _versions:
        _versions[digest] = parse(row[3])
    return Version(row[0], _published_at(row), _versions[digest])


def _published_at(row: Sequence[Any]) -> datetime:
    at = _time(row[1])
    assert at is not None
    return at


def _time(value: str | None) -> datetime | None:
    return None if value is None else from_time(datetime.fromisoformat(value))


def current_version_id(programme_id: int) -> int:
    """The version in force. One statement."""
    rows = select("SELECT current_version_id FROM store_programme WHERE id = %s", [programme_id])
    return int(rows[0][0])
