"""A backup's lines back into the tables of an empty database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain, groupby
from typing import Any

import msgspec
from django.core.management.color import no_style
from django.db import connection

from palier.core.errors import Refusal
from palier.store.backups.tables import FORMAT, Kind, models_kept, reader
from palier.store.rows import is_postgresql

TOGETHER = 2000
"""Rows written with one statement on SQLite."""


class DamagedBackup(Refusal):
    """The file is no whole backup: cut off, changed, or something else."""

    code = "damaged_backup"


@dataclass(frozen=True, slots=True)
class Heading:
    """What a backup says of itself."""

    version: str
    made_at: datetime
    database: str
    migrations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """A backup whose every line was seen and found whole."""

    heading: Heading
    rows: dict[str, int]

    @property
    def total(self) -> int:
        """All rows of all tables."""
        return sum(self.rows.values())


def check(lines: Iterable[bytes]) -> Contents:
    """Read the whole backup once and change nothing; ``DamagedBackup`` unless it ends with the sum of what it holds."""
    digest, last, first = sha256(), b"", b""
    for line in lines:
        digest.update(last)
        first = first or line
        last = line
    heading = _heading(first)
    try:
        end = msgspec.json.decode(last, type=_End)
    except msgspec.DecodeError:
        raise DamagedBackup("the backup ends too early", hint="use another copy of it") from None
    if end.sha256 != digest.hexdigest():
        raise DamagedBackup("the backup was changed after it was made", hint="use another copy of it")
    return Contents(heading, end.rows)


def load(lines: Iterable[bytes], *, on_rows: Callable[[int], object] = lambda rows: None) -> dict[str, int]:
    """Empty every table of the backup and fill it with its rows; how many each got. Within the caller's transaction.

    The tables must be as they were when it was made (same migrations).
    """
    counts: dict[str, int] = {}
    table: _Table | None = None
    for is_row, group in groupby(lines, key=lambda line: line.startswith(b"[")):
        if is_row:
            assert table is not None, "rows come after the line that names their table"
            for rows in _together(group):
                table.write(rows)
                counts[table.name] += len(rows)
                on_rows(len(rows))
            continue
        for line in group:
            if line.startswith(b'{"table"'):
                table = _Table.of(line)
                _empty(table.name)
                counts[table.name] = 0
    return counts


def restart_numbering(tables: Collection[str] | None = None) -> None:
    """New rows of these tables (None: of all) get numbers after those that are there. SQLite sees to it by itself."""
    chosen = [model for model in models_kept() if tables is None or model._meta.db_table in tables]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), chosen):
            cursor.execute(statement)


class _End(msgspec.Struct):
    rows: dict[str, int]
    sha256: str


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    readers: tuple[Callable[[Any], Any], ...]
    decoder: msgspec.json.Decoder[Any]

    @classmethod
    def of(cls, line: bytes) -> _Table:
        told = msgspec.json.decode(line)
        kinds: list[Kind] = [kind for _, kind in told["columns"]]
        kept = tuple(msgspec.Raw if kind == "json" else Any for kind in kinds)
        return cls(
            told["table"],
            tuple(name for name, _ in told["columns"]),
            tuple(reader(kind) for kind in kinds),
            msgspec.json.Decoder(tuple.__class_getitem__(kept)),
        )

    def write(self, lines: Sequence[bytes]) -> None:
        rows = [
            [read(value) for read, value in zip(self.readers, self.decoder.decode(line), strict=True)]
            for line in lines
        ]
        names = ", ".join(f'"{name}"' for name in self.columns)
        with connection.cursor() as cursor:
            if is_postgresql():
                with cursor.copy(f'COPY "{self.name}" ({names}) FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(f'INSERT INTO "{self.name}" ({names}) VALUES ({marks})', rows)


def _heading(line: bytes) -> Heading:
    try:
        told = msgspec.json.decode(line)
        if told["palier"] != "backup":
            raise KeyError("palier")
    except (msgspec.DecodeError, KeyError, TypeError):
        raise DamagedBackup("this is no backup of Palier", hint="make one with palier backup") from None
    if told["format"] != FORMAT:
        raise DamagedBackup(
            f"this backup has format {told['format']}, which this Palier does not know",
            hint=f"restore it with Palier {told['version']} or newer",
        )
    migrations = tuple((app, name) for app, name in told["migrations"])
    return Heading(told["version"], datetime.fromisoformat(told["made_at"]), told["database"], migrations)


def _empty(table: str) -> None:
    """Take away what migrating put there (roles, permissions): the backup has its own."""
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}"')


def _together(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    for first in lines:
        rest = (line for _, line in zip(range(TOGETHER - 1), lines, strict=False))
        yield list(chain([first], rest))
