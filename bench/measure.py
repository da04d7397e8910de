"""What the benchmarks share: a database of their own, a shop with members, and times taken turn by turn."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 1, 10, 9, tzinfo=UTC)

DOCUMENT = {
    "format": 1,
    "name": "Bench",
    "currency": "EUR",
    "points": {"valid_for": "P12M"},
    "earning": [{"id": "spend", "award": {"points": 1, "per": 1}}],
    "tiers": {
        "ladder": [{"id": "bronze", "from": 0}, {"id": "silver", "from": 500}, {"id": "gold", "from": 1000}]
    },
}


def set_up() -> None:
    """Django on the database of the environment, else on a fresh SQLite file; migrated."""
    if "PALIER_DATABASE_URL" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="palier-bench-"))
        os.environ["PALIER_DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
    from django.core.management import call_command

    from palier.cli import start

    start.set_up()
    call_command("migrate", verbosity=0)


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds for one unit of work of each side, and their ratio, turn by turn."""

    ours: tuple[float, ...]
    bare: tuple[float, ...]
    our_cpu: tuple[float, ...]
    bare_cpu: tuple[float, ...]

    @property
    def speed(self) -> float:
        """How fast ours is beside bare: 1 is as fast, 0.5 half as fast. The median over the turns."""
        return statistics.median(b / o for o, b in zip(self.ours, self.bare, strict=True))

    def say(self, name: str) -> None:
        """Print medians, extremes and the ratio."""
        from django.db import connection

        for label, values in (("flow", self.ours), ("bare SQL", self.bare)):
            low, middle, high = min(values), statistics.median(values), max(values)
            print(
                f"{connection.vendor:10} {name:12} {label:9} {middle * 1e3:8.3f} ms [{low * 1e3:.3f}-{high * 1e3:.3f}]"
            )
        cpu = statistics.median(self.our_cpu) * 1e3, statistics.median(self.bare_cpu) * 1e3
        print(
            f"{connection.vendor:10} {name:12} CPU of this process {cpu[0]:.3f} ms, bare SQL {cpu[1]:.3f} ms"
        )
        print(f"{connection.vendor:10} {name:12} speed beside bare SQL: {self.speed:.2f}")


def in_turns(ours: Callable[[int], int], bare: Callable[[int], int], *, turns: int) -> Sample:
    """Run both sides in turn; each call returns how many units of work it did. The first turn warms up."""
    times: tuple[list[float], list[float]] = ([], [])
    cpu: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns + 1):
        for side, work in enumerate((ours, bare)):
            start, start_cpu = time.perf_counter(), time.process_time()
            units = work(turn)
            times[side].append((time.perf_counter() - start) / units)
            cpu[side].append((time.process_time() - start_cpu) / units)
    return Sample(*(tuple(taken[1:]) for taken in (*times, *cpu)))


def make_shop(document: dict | None = None) -> tuple[int, int]:
    """A programme with a shop; (programme id, shop id)."""
    from palier.flows.programme.init_programme import InitProgramme, init_programme

    made = init_programme(InitProgramme("Bench", "EUR", document=document or DOCUMENT), now=NOW)
    return made.programme_id, made.shop_id


def an_order(order_id: str, customer: str, *, amount_minor: int = 2000, lines: int = 3):
    """A paid order of a few lines."""
    from palier.core.order import Line, Order

    return Order(
        id=order_id,
        status="paid",
        currency="EUR",
        customer=customer,
        lines=tuple(Line(str(i), f"product-{i}", 2, amount_minor) for i in range(lines)),
    )
