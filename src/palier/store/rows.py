"""Rows in bulk, the same on SQLite and PostgreSQL: one statement however many rows, with constant text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from json import JSONEncoder
from typing import Any

from django.db import connection

_encode = JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


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


Columns = Mapping[str, str]
"""Column name → PostgreSQL type, in the order of the row's values."""


def insert(table: str, columns: Columns, rows: Sequence[tuple[Any, ...]], *, suffix: str = "") -> None:
    """Insert all rows in one statement; ``suffix`` may say ON CONFLICT. Nothing happens without rows."""
    if not rows:
        return
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if is_postgresql():
            unnested = ", ".join(f"%s::{_array(kind)}" for kind in columns.values())
            picked = ", ".join(f"u.c{i}{_cast(kind)}" for i, kind in enumerate(columns.values()))
            aliases = ", ".join(f"c{i}" for i in range(len(columns)))
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {picked} FROM unnest({unnested}) AS u({aliases}) {suffix}",
                [list(column) for column in zip(*rows, strict=True)],
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
            unnested = ", ".join(f"%s::{_array(kind)}" for kind in columns.values())
            aliases = ", ".join(f"c{i}" for i in range(len(columns)))
            sets = ", ".join(
                f"{name} = u.c{i}{_cast(columns[name])}" for i, name in enumerate(names) if name != key
            )
            cursor.execute(
                f"UPDATE {table} AS t SET {sets} FROM unnest({unnested}) AS u({aliases}) WHERE t.{key} = u.c0",
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            sets = ", ".join(f"{name} = %s" for name in names[1:])
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE {key} = %s", [(*row[1:], row[0]) for row in rows]
            )


def select(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _array(kind: str) -> str:
    return "text[]" if kind == "jsonb" else f"{kind}[]"


def _cast(kind: str) -> str:
    return "::jsonb" if kind == "jsonb" else ""
