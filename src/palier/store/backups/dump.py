"""A whole installation as lines of JSON, as of one moment, while others go on writing.

The first line is the heading; then each table has a line that names it and its columns, and one line for each row; the
last line says how many rows each table had and the SHA-256 of every line before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from msgspec.json import encode

from palier.store.backups.tables import FORMAT, columns_of, models_kept, writer
from palier.store.moment import one_moment

FETCH = 2000
"""Rows fetched together."""


def dump(
    *, now: datetime, version: str, on_rows: Callable[[int], object] = lambda rows: None
) -> Iterator[bytes]:
    """Every line of the backup. Reads in one transaction that sees one moment and that nobody waits for."""
    digest = sha256()

    def line(value: Any) -> bytes:
        text = encode(value) + b"\n"
        digest.update(text)
        return text

    counts: dict[str, int] = {}
    with one_moment():
        yield line(_heading(now, version))
        for model in models_kept():
            table, columns = model._meta.db_table, columns_of(model)
            yield line({"table": table, "columns": columns})
            counts[table] = 0
            for rows in _rows(table, columns):
                counts[table] += len(rows)
                yield b"".join(map(line, rows))
                on_rows(len(rows))
    yield encode({"rows": counts, "sha256": digest.hexdigest()}) + b"\n"


def count_rows() -> int:
    """How many rows a backup made now would hold."""
    tables = [model._meta.db_table for model in models_kept()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f'SELECT count(*) FROM "{table}"' for table in tables))
        return sum(row[0] for row in cursor.fetchall())


def _heading(now: datetime, version: str) -> dict[str, Any]:
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    return {
        "palier": "backup",
        "format": FORMAT,
        "version": version,
        "made_at": now.isoformat(),
        "database": connection.vendor,
        "migrations": [list(name) for name in applied],
    }


def _rows(table: str, columns: list[tuple[str, Any]]) -> Iterator[list[list[Any]]]:
    writers = [writer(kind) for _, kind in columns]
    names = ", ".join(f'"{name}"' for name, _ in columns)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}"')
        while rows := cursor.fetchmany(FETCH):
            yield [[write(value) for write, value in zip(writers, row, strict=True)] for row in rows]
