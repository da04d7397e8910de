"""A server of its own for a benchmark: database, shop, key, ``palier serve``, and load made by wrk."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bench.measure import make_shop, set_up

SCRIPT = """
local path, body, members = %s, %s, %d
local headers = {["Authorization"] = "Bearer %s", ["Content-Type"] = "application/json"}
math.randomseed(os.time())
local run, count, shown = tostring(math.random(1, 1000000000)), 0, 0
request = function()
  count = count + 1
  local told = body:gsub("MEMBER", "c" .. math.random(0, members - 1))
  return wrk.format("%s", (path:gsub("NUMBER", run .. "-" .. count)), headers, told)
end
response = function(status, headers, answer)
  if status ~= 200 and shown < 3 then shown = shown + 1; print(status, answer) end
end
"""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk saw: answers a second, latencies, and the server's own processor time for one answer.

    ``others`` is the share of all processors that was used by none of server, database and wrk.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    server_us: float
    database_us: float
    others: float


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: NUMBER in the path is new each time, MEMBER in the body is one of the shop's."""

    method: str
    path: str
    body: dict[str, Any]
    members: int


def choose_database() -> None:
    """The database of the environment, else an embedded PostgreSQL in a temporary folder."""
    if "PALIER_DATABASE_URL" not in os.environ:
        folder = tempfile.mkdtemp(prefix="palier-bench-")
        os.environ["PALIER_DATABASE_URL"] = f"embedded-postgres:///{folder}/postgres"
        os.environ.setdefault("PALIER_VAR", folder)
    os.environ["PALIER_API_RATE"] = "0"
    set_up()


def shop_with_key(document: dict[str, Any], *, members: int, orders: int) -> str:
    """A shop whose members have so many orders each; the key to it."""
    from bench.measure import an_order
    from palier.core.access import SCOPES
    from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
    from palier.flows.orders.record_orders import BATCH_MAX, RecordOrders, record_orders
    from palier.store.rows import refresh_statistics

    now = datetime.now(UTC)
    _, shop_id = make_shop(document)
    told = [an_order(f"first-{n}-{i}", f"c{i}") for n in range(orders) for i in range(members)]
    for start in range(0, len(told), BATCH_MAX):
        record_orders(RecordOrders(shop_id, tuple(told[start : start + BATCH_MAX])), now=now)
    refresh_statistics()
    return issue_api_key(IssueApiKey(shop_id, "bench", SCOPES), now=now).key


@contextmanager
def served(*, workers: int = 1) -> Iterator[tuple[str, int]]:
    """``palier serve`` on a free port: its address, and the id of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    from palier.cli.serve import choose_environment, server_words

    choose_environment(workers)
    words = server_words(host="127.0.0.1", port=port, workers=workers)
    process = subprocess.Popen(words, start_new_session=True)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def load(address: str, pid: int, request: Request, key: str, *, connections: int, seconds: int) -> Load:
    """Send the request over so many connections for so long."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("this benchmark needs wrk; on Debian: apt-get install wrk")
    quoted = (json.dumps(request.path), f"[==[{json.dumps(request.body)}]==]")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % (*quoted, request.members, key, request.method))
        script.flush()
        before, at = _used(pid), time.monotonic()
        command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script.name, address]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        server, database, own, whole = (b - a for a, b in zip(before, _used(pid), strict=True))
        machine = (time.monotonic() - at) * (os.cpu_count() or 1)
    if "Non-2xx" in told or "Socket errors" in told:
        raise SystemExit(told)
    answers = int(_found(r"(\d+) requests in", told))
    return Load(
        float(_found(r"Requests/sec:\s+([\d.]+)", told)),
        _milliseconds(_found(r"50%\s+([\d.]+\w+)", told)),
        _milliseconds(_found(r"99%\s+([\d.]+\w+)", told)),
        server * 1e6 / answers,
        database * 1e6 / answers,
        max(0.0, (whole - server - database - own) / machine),
    )


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]


def _milliseconds(written: str) -> float:
    found = re.fullmatch(r"([\d.]+)(\w+)", written)
    assert found is not None
    return float(found[1]) * _UNITS[found[2]]


def _used(server: int) -> tuple[float, float, float, float]:
    """Processor time so far: of the server, of the database, of what this process has run, of all processes."""
    children = os.times()
    busy = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    idle = busy[3] + busy[4]
    whole = (sum(busy[:8]) - idle) / os.sysconf("SC_CLK_TCK")
    own = children.children_user + children.children_system + children.user + children.system
    return _processor_s(server, _SESSION), _processor_s(_postmaster(), _PARENT), own, whole


_PARENT, _SESSION = 1, 3
"""Where /proc/…/stat says it, after the command."""


@cache
def _postmaster() -> int:
    """The embedded PostgreSQL, whose processes have sessions of their own; 0 when it is another database."""
    url = os.environ["PALIER_DATABASE_URL"]
    if not url.startswith("embedded-postgres://"):
        return 0
    folder = Path(url.removeprefix("embedded-postgres:///"))
    return int((folder / "postmaster.pid").read_text().split()[0])


def _processor_s(process: int, place: int) -> float:
    """Processor time so far of all processes of a session, or of all children of a process."""
    total = 0
    if not process:
        return 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[place]) == process:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def say(name: str, loads: Sequence[Load]) -> None:
    """Medians of all runs, and the extremes of the rate."""
    rates = [each.rate for each in loads]
    p50 = statistics.median(each.p50_ms for each in loads)
    p99 = statistics.median(each.p99_ms for each in loads)
    server = statistics.median(each.server_us for each in loads)
    database = statistics.median(each.database_us for each in loads)
    others = statistics.median(each.others for each in loads)
    print(
        f"{name:34} {statistics.median(rates):8,.0f}/s [{min(rates):,.0f}-{max(rates):,.0f}]"
        f"  p50 {p50:.1f} ms, p99 {p99:.1f} ms; processor for each: server {server:.0f} µs, database {database:.0f} µs;"
        f" others used {others:.0%} of the machine"
    )
    sys.stdout.flush()
