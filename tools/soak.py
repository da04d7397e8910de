"""The soak: a shop's life over HTTP while everything beneath it fails, and nothing may be lost, doubled or leaked.

``python -m tools.soak --database postgres --minutes 60``. In turn, and again until the time is over: calm; web and
worker killed (-9); the database killed (PostgreSQL); a slow disk; a full disk. One web server and one worker are never
killed: their memory tells whether something leaks. Ends with 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.channels.receiver import Receiver, listening
from tools.running.compare import missing, wrong_points
from tools.running.errands import Shopper
from tools.running.memory import Memory
from tools.running.notebook import Notebook
from tools.running.places import Place, place
from tools.running.processes import Child, Installation
from tools.running.shopper import Run

SECRET = "soak-" + "0" * 50
SMALL_DISK_MB = {"sqlite": 256, "postgres": 1024}
"""Room for what an hour writes."""
WATCH_EVERY_S = 0.5
DRAIN_WITHIN_S = 300
WARM_UP_S = 90


@dataclass(slots=True)
class Soak:
    """A run: its database, its processes, its shoppers."""

    here: Place
    palier: Installation
    run: Run
    draw: random.Random
    steady: list[Child] = field(default_factory=list)
    mortal: list[Child] = field(default_factory=list)
    rounds: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    restarts: int = 0

    def look_after(self) -> None:
        """As systemd would: what died is started again. Thread's body."""
        while not self.stop.wait(WATCH_EVERY_S):
            for child in [*self.steady, *self.mortal]:
                if not child.is_running:
                    child.start()
                    self.restarts += 1
            if self.run.phase not in ("database killed", "full disk"):
                self.here.keep_running()

    def during(
        self, phase: str, seconds: float, does: Callable[[], None] | None = None, every_s: float = 4
    ) -> None:
        """So long; ``does`` happens again and again."""
        self.run.phase = phase
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if does is not None:
                does()
            time.sleep(min(left, self.draw.uniform(0.5, 1.5) * every_s))

    def warm_up(self, pause_s: float) -> None:
        """Haste until caches and pools are full: what grows after that grows for ever."""
        self.run.pause_s = pause_s / 20
        self.during("warm-up", WARM_UP_S)
        self.run.pause_s = pause_s

    def round(self, seconds: float) -> None:
        """Every kind of trouble once."""
        self.rounds += 1
        self.during("calm", 0.4 * seconds)
        self.during("kills", 0.25 * seconds, self._kill)
        if self.palier.url.startswith("postgresql"):
            self.during("database killed", 0.1 * seconds, self.here.crash, every_s=8)
        with self.here.slow():
            self.during("slow disk", 0.15 * seconds)
        if self.here.is_small:
            self.here.fill()
            try:
                self.during("full disk", 0.1 * seconds)
            finally:
                self.here.make_space()
                self.here.keep_running()
        self.during("after it", 0.1 * seconds)

    def _kill(self) -> None:
        self.draw.choice(self.mortal).kill()


def soak(
    kind: str, root: Path, *, minutes: float, shoppers: int, pause_s: float, seed: int, round_s: float
) -> dict[str, Any]:
    """The report of one run."""
    with place(kind, root / "disk", megabytes=SMALL_DISK_MB[kind]) as here, listening() as receiver:
        palier = Installation(root / "machine", here.url, SECRET)
        shop = palier.ask("begin", receiver.url)
        webs = [palier.web("web-steady"), palier.web("web")]
        draw = random.Random(seed)
        run = Run(Notebook(), shop, lambda: draw.choice(webs).port, seed, pause_s)
        chaos = Soak(here, palier, run, random.Random(seed + 1))
        chaos.steady, chaos.mortal = (
            [webs[0], palier.worker("worker-steady")],
            [webs[1], palier.worker("worker")],
        )
        memory = Memory(chaos.steady)
        threads = [Shopper(run, number) for number in range(shoppers)]
        watchers = [threading.Thread(target=chaos.look_after), threading.Thread(target=memory.watch)]
        for thread in [watchers[0], *threads]:
            thread.start()
        try:
            chaos.warm_up(pause_s)
            watchers[1].start()
            until = time.monotonic() + 60 * minutes
            while time.monotonic() < until:
                chaos.round(min(round_s, until - time.monotonic()))
            return _report(chaos, threads, memory, receiver)
        finally:
            run.stop.set()
            run.is_lost.set()
            chaos.stop.set()
            memory.stop.set()
            for thread in watchers:
                if thread.is_alive():
                    thread.join()
            palier.end()


def _report(chaos: Soak, threads: list[Shopper], memory: Memory, receiver: Receiver) -> dict[str, Any]:
    """Everybody ends what they began, everything is worked off, and then it is looked at."""
    run, palier = chaos.run, chaos.palier
    run.phase = "end"
    run.stop.set()
    for thread in threads:
        thread.join(120)
    unanswered = [
        write.name for write in run.notebook.writes if not write.acknowledged_at and not write.refusal
    ]
    memory.stop.set()
    waiting = palier.drain(DRAIN_WITHIN_S)
    kept = palier.ask("kept")
    chaos.stop.set()
    palier.end()
    sent = {request.headers["webhook-id"] for request in receiver.requests}
    verify, rebuild = palier.command("verify", "--json"), palier.command("rebuild", "--json")
    writes = run.notebook.acknowledged()
    report = {
        "broken": {
            "while it ran": run.notebook.violations,
            "unanswered": unanswered,
            "acknowledged and missing": missing(writes, kept),
            "wrong points": wrong_points(run.notebook.writes, kept),
            "never worked off": waiting,
            "delivered and never received": sorted(set(kept["delivered"]) - sent),
            "verify": [] if verify[0] == 0 else [verify[1][:2000] + verify[2][-2000:]],
            "rebuild": [] if rebuild[0] == 0 else [rebuild[1][:2000] + rebuild[2][-2000:]],
            "tracebacks": [found for child in palier.children for found in _tracebacks(child)],
        },
        "counts": {
            "rounds": chaos.rounds, "kills": sum(child.kills for child in chaos.mortal), "restarts": chaos.restarts,
            "acknowledged writes": len(writes), "requests": run.notebook.answers.total(),
            "entries": len(kept["chain"]), "deliveries": len(kept["delivered"]), "received": len(receiver.requests),
            "tried more than once": sum(write.tries > 1 for write in writes),
        },
        "slowest answer, s": round(run.notebook.slowest_s, 1),
        "answers": dict(sorted(run.notebook.answers.items())),
        "memory": memory.told(),
    }  # fmt: skip
    return report


def _tracebacks(child: Child) -> list[str]:
    """What nobody expected: the last line of each traceback in its log, by kind."""
    found: dict[str, int] = {}
    lines = child.log.read_text(errors="replace").splitlines() if child.log.exists() else []
    for number, line in enumerate(lines):
        if line.startswith("Traceback"):
            end = next(
                (each for each in lines[number + 1 :] if each and not each.startswith((" ", "\t"))), ""
            )
            found[end[:200]] = found.get(end[:200], 0) + 1
    return [f"{child.name}: {count} x {end}" for end, count in found.items()]


def main() -> int:
    """Print the report as JSON; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--shoppers", type=int, default=6)
    parser.add_argument(
        "--pause", type=float, default=0.3, help="seconds between two errands of a shopper, on average"
    )
    parser.add_argument("--round", type=float, default=120, help="seconds in which every trouble comes once")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # its processes end with it
    root = Path(tempfile.mkdtemp(prefix="palier-soak-"))
    report = soak(
        options.database, root, minutes=options.minutes, shoppers=options.shoppers, pause_s=options.pause,
        seed=options.seed, round_s=options.round,
    )  # fmt: skip
    print(json.dumps(report, indent=1))
    if any(found for name, found in report["broken"].items() if name != "tracebacks"):
        print(f"What the processes said is in {root}", file=sys.stderr)
        return 1
    shutil.rmtree(root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
