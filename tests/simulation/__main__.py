"""``python -m tests.simulation --seeds 1-1000000 --processes 2``: histories by the million, on databases of their own.

Broken off, the same command goes on where it was. ``--database`` chooses as ``PALIER_TEST_DATABASE`` does: sqlite
(default, in memory), postgres, or a postgresql:// address.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.simulation.campaign import Journal, Plan, run
from tests.simulation.histories import draw_history


def main() -> int:
    """Try the seeds; 1 when one fails. A failing history is printed with as few steps as show it."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", default="1-2000", help="one seed, or first-last")
    parser.add_argument("--database", default=os.environ.get("PALIER_TEST_DATABASE") or "sqlite")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, metavar="N",
                        help="only every Nth history is also played twice and checked by verify")  # fmt: skip
    parser.add_argument(
        "--steps", metavar="FROM-TO", help="length of histories; default: 5-30, each tenth 50-90"
    )
    parser.add_argument(
        "--journal", type=Path, help="what is done; default: var/simulation/… by the kind of run"
    )
    parser.add_argument("--failures", type=int, default=3, help="stop after so many failing seeds")
    parser.add_argument("--listing", action="store_true", help="only print what the histories are")
    options = parser.parse_args()
    first, last = _range(options.seeds)
    steps = _range(options.steps) if options.steps else None
    if options.listing:
        print("\n\n".join(str(draw_history(seed, steps=steps)) for seed in range(first, last + 1)))
        return 0
    plan = Plan(first, last, options.database, options.every, steps)
    path = options.journal or _default_path(plan)
    return run(plan, processes=options.processes, journal=Journal(path, plan), failures=options.failures)


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _default_path(plan: Plan) -> Path:
    database = plan.database.partition(":")[0]
    length = "-".join(map(str, plan.steps)) if plan.steps else "usual"
    name = f"{database}-every-{plan.every}-{length}-{plan.head()['commit']}.jsonl"
    return Path("var") / "simulation" / name


if __name__ == "__main__":
    sys.exit(main())
