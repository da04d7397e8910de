"""``python -m tests.mutants``: plant every bug in a copy of the code, one at a time, and see how soon it is found.

The simulator looks first, seed by seed; what it cannot reach is found by a test that the switchboard names. Ends with 1
when a bug stays unseen.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutants.kind import Planted
from tests.mutants.plant import ROOT, plant
from tests.mutants.planted import PLANTED

SEEDS = 300


def main() -> int:
    """A line for each bug; the last one sums up."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument(
        "--seeds", type=int, default=SEEDS, help=f"histories before a test is asked ({SEEDS})"
    )
    parser.add_argument("--only", default="", help="bugs whose name or trap has this in it")
    options = parser.parse_args()
    chosen = [each for each in PLANTED if options.only.lower() in f"{each.name} {each.trap}".lower()]
    unseen, seeds = [], []
    for each in chosen:
        began = time.monotonic()
        seed, how = hunt(each, options.seeds)
        if seed is not None:
            seeds.append(seed)
        if how == "":
            unseen.append(each)
        print(
            f"{each.trap:<20} {each.name:<58} {how or 'NOT FOUND':<40} {time.monotonic() - began:4.0f} s",
            flush=True,
        )
    by_seed = (
        f"{len(seeds)} by the simulator (median seed {sorted(seeds)[len(seeds) // 2]}, worst {max(seeds)})"
        if seeds
        else ""
    )
    print(f"{len(chosen)} planted, {len(chosen) - len(unseen)} found: {by_seed}")
    return 1 if unseen else 0


def hunt(planted: Planted, seeds: int) -> tuple[int | None, str]:
    """The seed that finds it, and how it was found; no seed when a test did, no words when nothing did."""
    with tempfile.TemporaryDirectory(prefix="palier-mutant-") as folder:
        environment = {**os.environ, "PYTHONPATH": str(plant(planted, Path(folder)))}
        found = subprocess.run(
            [sys.executable, "-m", "tests.mutants.hunt", str(seeds)],
            cwd=ROOT, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        if found.returncode == 1 and found.stdout.startswith("seed "):
            seed = int(found.stdout.removeprefix("seed ").partition(":")[0])
            return seed, f"seed {seed}: {found.stdout.split(': ', 1)[1].strip()[:24]}"
        if found.returncode != 0:
            raise SystemExit(f"the hunt itself failed for {planted.name!r}:\n{found.stdout}{found.stderr}")
        if planted.test:
            told = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", planted.test],
                cwd=ROOT, env=environment, capture_output=True, text=True,
            )  # fmt: skip
            if told.returncode == 1:
                return None, planted.test
    return None, ""


if __name__ == "__main__":
    sys.exit(main())
