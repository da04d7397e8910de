"""Rows in bulk, the same on SQLite and PostgreSQL: one statement however many rows, with constant text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from json import JSONEncoder
from typing import Any

from django.db import connection

_encode = JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
_encode_rows = JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, check_circular=False, default=lambda instant: instant.isoformat()
).encode


def is_postgresql() -> bool:
    """Whether this installation's database is PostgreSQL (else SQLite)."""
    return connection.vendor == "postgresql"


def to_json(value: Any) -> str:
    """Compact JSON text, as both databases take it."""
    return _encode(value)


def to_time(instant: datetime | None) -> Any:
    """An aware instant as the database stores it (SQLite: naive UTC text, as Django writes it)."""
    if instant is None or is_postgresql():
        return instant
    return str(instant.astimezone(UTC).replace(tzinfo=None))


def from_time(value: datetime | None) -> datetime | None:
    """What a raw cursor returned for a time, aware in UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def any_of(column: str) -> str:
    """SQL that asks whether ``column`` is among one list parameter (give it through ``listed``)."""
    if is_postgresql():
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def listed(values: Iterable[Any]) -> Any:
    """A list parameter for ``any_of``."""
    return list(values) if is_postgresql() else to_json(list(values))


Query = tuple[str, Sequence[Any]]
"""A statement and its parameters."""

Columns = Mapping[str, str]
"""Column name → PostgreSQL type, in the order of the row's values."""


def insert(table: str, columns: Columns, rows: Sequence[tuple[Any, ...]], *, suffix: str = "") -> None:
    """Insert all rows in one statement; ``suffix`` may say ON CONFLICT. Nothing happens without rows."""
    if not rows:
        return
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {_picked(columns, columns)} FROM {_recordset(columns)} {suffix}",
                [_recorded(columns, rows)],
            )
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {suffix}", rows)


def update(table: str, key: str, columns: Columns, rows: Sequence[tuple[Any, ...]]) -> None:
    """Set ``columns`` (the first one is ``key``, which finds the row) of all rows in one statement."""
    if not rows:
        return
    names = list(columns)
    assert names[0] == key
    with connection.cursor() as cursor:
        if is_postgresql():
            sets = ", ".join(f"{name} = {_picked(columns, [name])}" for name in names[1:])
            cursor.execute(
                f"UPDATE {table} AS t SET {sets} FROM {_recordset(columns)} WHERE t.{key} = u.{key}",
                [_recorded(columns, rows)],
            )
        else:
            sets = ", ".join(f"{name} = %s" for name in names[1:])
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE {key} = %s", [(*row[1:], row[0]) for row in rows]
            )


def _recordset(columns: Columns) -> str:
    """All rows as one JSON parameter: a third of the cost of one array for each column, for one row or ten thousand."""
    declared = ", ".join(f"{name} {'text' if kind == 'jsonb' else kind}" for name, kind in columns.items())
    return f"json_to_recordset(%s::json) AS u({declared})"


def _picked(columns: Columns, names: Iterable[str]) -> str:
    return ", ".join(f"u.{name}{'::jsonb' if columns[name] == 'jsonb' else ''}" for name in names)


def _recorded(columns: Columns, rows: Iterable[tuple[Any, ...]]) -> str:
    names = list(columns)
    return _encode_rows([dict(zip(names, row, strict=True)) for row in rows])


@contextmanager
def together() -> Iterator[None]:
    """Send the writes within in one round trip (PostgreSQL pipelines them); errors are raised at the end, as Django's.

    What reads a result waits for it, so only writes belong in here.
    """
    if not is_postgresql():
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def select_both(first: Query, second: Query) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """All rows of two queries in one round trip; the second one sees what the first one waited for."""
    if not is_postgresql():
        return select(*first), select(*second)
    with together(), connection.cursor() as one, connection.cursor() as two:
        one.execute(*first)
        two.execute(*second)
        return one.fetchall(), two.fetchall()


def select(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
