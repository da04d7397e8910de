"""The upgrade drill: an older Palier under load is killed, today's brings its database up to date, the load goes on.

``python -m tools.upgrade_drill REVISION --database postgres``: from that commit or tag to this checkout. The shop sends
again whatever was not answered, and in the end everything has to be there, once.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.channels.receiver import listening
from tools.running.compare import missing, other_ledger, wrong_points
from tools.running.errands import Shopper
from tools.running.notebook import Notebook
from tools.running.places import Place, place
from tools.running.processes import ROOT, Installation
from tools.running.shopper import Run

SECRET = "upgrade-" + "0" * 50
DRAIN_WITHIN_S = 120


def upgrade(here: Place, root: Path, old: Path, *, writes: int, shoppers: int, seed: int) -> dict[str, Any]:
    """The report of one upgrade, in the middle of so many writes."""
    before = Installation(root / "machine", here.url, SECRET, code=old)
    after = Installation(root / "machine", here.url, SECRET)
    with listening() as receiver:
        shop = before.ask("begin", receiver.url)
        web = before.web("web-before")
        before.worker("worker-before")
        run = Run(Notebook(), shop, lambda: web.port, seed, 0.05)
        threads = [Shopper(run, number) for number in range(shoppers)]
        for thread in threads:
            thread.start()
        try:
            _wait_for(run, writes)
            before.end()
            then = before.ask("kept")
            down_at = time.monotonic()
            refused = after.command("verify")[0]  # tables of another time: read, or refused, but never harmed
            made = after.command("init")
            after.web("web-after", web.port)
            down_s = time.monotonic() - down_at
            after.worker("worker-after")
            _wait_for(run, 2 * writes)
        finally:
            run.stop.set()
            for thread in threads:
                thread.join(120)
            run.is_lost.set()
            waiting = after.drain(DRAIN_WITHIN_S)
            before.end()
            after.end()
    kept = after.ask("kept")
    verify, rebuild = after.command("verify", "--json"), after.command("rebuild", "--json")
    return {
        "broken": {
            "init": [] if made[0] == 0 else [made[1] + made[2]],
            "while it ran": run.notebook.violations,
            "acknowledged and missing": missing(run.notebook.acknowledged(), kept),
            "wrong points": wrong_points(run.notebook.writes, kept),
            "other entries": other_ledger(kept, then),
            "other seals": []
            if kept["seals"][: len(then["seals"])] == then["seals"]
            else [str(then["seals"])],
            "never worked off": waiting,
            "verify": [] if verify[0] == 0 else [verify[1][:2000]],
            "rebuild": [] if rebuild[0] == 0 else [rebuild[1][:2000]],
        },
        "seconds without an answer": round(down_s, 1),
        "verify before init": refused,
        "entries before": len(then["chain"]),
        "entries after": len(kept["chain"]),
        "acknowledged": len(run.notebook.acknowledged()),
        "answers": dict(sorted(run.notebook.answers.items())),
    }


def _wait_for(run: Run, writes: int) -> None:
    while len(run.notebook.acknowledged()) < writes:
        time.sleep(0.1)


def main() -> int:
    """Print the report as JSON; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="the commit or tag to begin with")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--writes", type=int, default=500, help="before the upgrade, and again after it")
    parser.add_argument("--shoppers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    packed = subprocess.run(
        ["git", "archive", options.revision], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tempfile.TemporaryDirectory(prefix="palier-upgrade-") as folder:
        root = Path(folder)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(root / "old", filter="data")
        with place(options.database, root / "disk") as here:
            report = upgrade(
                here, root, root / "old", writes=options.writes, shoppers=options.shoppers, seed=options.seed
            )
    print(json.dumps(report, indent=1))
    return 1 if any(report["broken"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
