"""Parquet files, read by DuckDB: an extra that only those who have such files install."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from palier.cli.importing.errors import UnreadableFile

_ROWS_AT_ONCE = 10_000


def parquet_header(path: Path) -> list[str]:
    """The names of the columns."""
    return [name for name, *_ in _ask(path, "DESCRIBE SELECT * FROM read_parquet(?)").fetchall()]


def parquet_rows(path: Path) -> Iterator[list[str] | str]:
    """The rows in the order of the file, every value as text; what is missing is blank. Last why it breaks off."""
    try:
        yield from _rows(path)
    except (_damage(), UnicodeDecodeError) as error:
        yield f"the file is broken off or damaged here: {_first_line(error)}"


def _rows(path: Path) -> Iterator[list[str]]:
    columns = ", ".join(f"coalesce(CAST({_quoted(name)} AS VARCHAR), '')" for name in parquet_header(path))
    found = _ask(path, f"SELECT {columns} FROM read_parquet(?)")
    while block := found.fetchmany(_ROWS_AT_ONCE):
        for row in block:
            yield list(row)


def _ask(path: Path, query: str) -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise UnreadableFile(
            f"{path.name} is a Parquet file, and DuckDB, which reads them, is not installed.",
            "Install it with: pip install 'palier[parquet]'. Or export the file as CSV.",
        ) from error
    try:
        # One thread: it keeps the rows in order, and leaves the other core to the database.
        connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "200MB"})
        return connection.execute(query, [str(path)])
    except duckdb.Error as error:
        raise UnreadableFile(f"{path.name} cannot be read: {_first_line(error)}") from error


def _damage() -> type[Exception]:
    """What DuckDB raises in the middle of a file."""
    import duckdb

    return duckdb.Error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
