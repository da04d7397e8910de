"""``python -m tests.deliveries --seeds 1-20000``: deliveries by the thousand, on a database of this run's own.

``--database`` chooses as ``PALIER_TEST_DATABASE`` does: sqlite (default), postgres, or a postgresql:// address.
"""

from __future__ import annotations

import argparse
import os
import sys
import time


def main() -> int:
    """Try the seeds; 1 when one fails. A failing one is printed with as few messages as show it."""
    parser = argparse.ArgumentParser(prog="python -m tests.deliveries")
    parser.add_argument("--seeds", default="1-500", help="one seed, or first-last")
    parser.add_argument("--database", default=os.environ.get("PALIER_TEST_DATABASE") or "sqlite")
    parser.add_argument("--failures", type=int, default=3, help="stop after so many failing seeds")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    os.environ["PALIER_TEST_DATABASE"] = options.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    return _run(range(int(first), int(last or first) + 1), options.failures)


def _run(seeds: range, failures: int) -> int:
    from django.test.utils import setup_databases, teardown_databases

    from tests.deliveries.trial import try_seed

    kept = setup_databases(verbosity=0, interactive=False)
    failed, count, start = [], 0, time.monotonic()
    try:
        for seed in seeds:
            failure, count = try_seed(seed), count + 1
            if failure is not None:
                failed.append(seed)
                print(failure, end="\n\n", flush=True)
            if len(failed) >= failures:
                break
            if count % 1000 == 0:
                print(f"{count} tried", file=sys.stderr, flush=True)
    finally:
        teardown_databases(kept, verbosity=0)
    each = 1000 * (time.monotonic() - start) / max(count, 1)
    print(f"{count} seeds, {each:.0f} ms each, {len(failed)} failed{': ' if failed else ''}", end="")
    print(", ".join(map(str, failed)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
