"""``python -m tests.simulation --seeds 1-100000``: histories by the thousand, on a database of this run's own.

``--database`` chooses as ``PALIER_TEST_DATABASE`` does: sqlite (default), postgres, or a postgresql:// address.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from tqdm import tqdm


def main() -> int:
    """Try the seeds; 1 when one fails. A failing history is printed with as few steps as show it."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", default="1-2000", help="one seed, or first-last")
    parser.add_argument("--database", default=os.environ.get("PALIER_TEST_DATABASE", "sqlite"))
    parser.add_argument("--failures", type=int, default=3, help="stop after so many failing seeds")
    parser.add_argument("--listing", action="store_true", help="only print what the histories are")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    _set_up(options.database)

    from django.test.utils import setup_databases, teardown_databases

    from tests.simulation.histories import draw_history
    from tests.simulation.scenario import as_scenario
    from tests.simulation.trial import try_seed

    if options.listing:
        print("\n\n".join(str(draw_history(seed)) for seed in seeds))
        return 0
    kept = setup_databases(verbosity=0, interactive=False)
    failures, count = [], 0
    start = time.monotonic()
    try:
        for seed in tqdm(seeds, disable=not sys.stderr.isatty(), unit="seed"):
            failure = try_seed(seed)
            count += 1
            if failure is not None:
                failures.append(seed)
                print(failure, end="\n\n", flush=True)
                if failure.kind == "model" and (told := as_scenario(failure.history)):
                    print(f"as a scenario, which expects what the model says:\n{told}", flush=True)
            if len(failures) >= options.failures:
                break
    finally:
        teardown_databases(kept, verbosity=0)
    per_seed = 1000 * (time.monotonic() - start) / max(count, 1)
    print(f"{count} seeds, {per_seed:.0f} ms each, {len(failures)} failed{': ' if failures else ''}", end="")
    print(", ".join(map(str, failures)))
    return 1 if failures else 0


def _set_up(database: str) -> None:
    os.environ["PALIER_TEST_DATABASE"] = database
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
