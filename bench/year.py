"""The import of a year of orders: seconds, memory, and the same rows by COPY (PostgreSQL) or executemany (SQLite).

    python -m bench.year ../shared/data/online_retail_2009_2010.parquet

The import runs as its users run it, in a process of its own. The floor then writes the rows that it left (orders,
lines, refunds, entries, lots, draws, accounts) into tables of the same shape and indexes, out of memory.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.measure import set_up

TABLES = (
    "store_order",
    "store_orderline",
    "store_refund",
    "store_entry",
    "store_lot",
    "store_draw",
    "store_account",
)

DOCUMENT = """
format: 1
name: Year
currency: GBP
timezone: Europe/London
spend: {exclude: {categories: [gift-cards]}}
earning: [{id: spend, award: {points: 1, per: 1}}]
tiers: {ladder: [{id: bronze, from: 0}, {id: silver, from: 500}, {id: gold, from: 2000}]}
"""


def _palier(*words: str) -> str:
    """Run a palier command on this database; its output."""
    return subprocess.run(
        [sys.executable, "-m", "palier", *words], check=True, capture_output=True, text=True, env=os.environ
    ).stdout


def _floor() -> tuple[float, int]:
    """Write every row again into copies of the tables; (seconds, rows)."""
    from django.db import connection, transaction

    taken, written = 0.0, 0
    for table in TABLES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            rows = cursor.fetchall()
            names = [column[0] for column in cursor.description]
            _make_copy(cursor, table)
            start = time.perf_counter()
            with transaction.atomic():
                _write(cursor, f"bench_{table}", names, rows)
            taken += time.perf_counter() - start
            written += len(rows)
            cursor.execute(f"DROP TABLE bench_{table}")
    return taken, written


def _make_copy(cursor: Any, table: str) -> None:
    """A table of the same columns and indexes, without foreign keys and triggers."""
    from django.db import connection

    if connection.vendor == "postgresql":
        cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
        return
    cursor.execute(f"CREATE TABLE bench_{table} AS SELECT * FROM {table} WHERE 0")
    cursor.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}' AND sql <> ''"
    )
    for name, sql in cursor.fetchall():
        cursor.execute(sql.replace(f'"{name}"', f'"bench_{name}"').replace(f'"{table}"', f'"bench_{table}"'))
    key = {"store_orderline": "order_id, position", "store_entry": "account_id, sequence"}.get(table)
    key = key or {"store_lot": "account_id, number", "store_draw": "account_id, sequence, lot_number"}.get(
        table, "id"
    )
    cursor.execute(f"CREATE UNIQUE INDEX bench_key_{table} ON bench_{table} ({key})")


def _write(cursor: Any, table: str, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    from django.db import connection

    columns = ", ".join(names)
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join(["%s"] * len(names))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def main(path: str) -> None:
    """Print seconds, peak memory, and the ratio to the floor."""
    set_up()
    from django.db import connection

    document = Path(os.environ.get("TMPDIR", "/tmp")) / "palier-bench-year.yaml"
    document.write_text(DOCUMENT)
    _palier("init", "--name", "Year", "--currency", "GBP", "--timezone", "Europe/London")
    _palier("programme", "publish", str(document))
    for again in ("first", "again"):
        start = time.perf_counter()
        report = json.loads(
            _palier("import", "orders", path, "--profile", "online-retail", "--quiet", "--json")
        )
        seconds = time.perf_counter() - start
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        counts = report.get("counts", {})
        print(
            f"{connection.vendor:10} {again} import {seconds:6.1f} s, peak of any child {peak_mb} MB, {counts}"
        )
        if again == "first":
            first = seconds
    floor, rows = _floor()
    print(
        f"{connection.vendor:10} floor: {rows} rows in {floor:.1f} s; the import has {floor / first:.2f} of its speed"
    )


if __name__ == "__main__":
    main(sys.argv[1])
