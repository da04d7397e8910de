"""``python -m tests.deliveries --seeds 1-20000``: deliveries by the thousand, on a database of this run's own.

``--database`` chooses as ``PALIER_TEST_DATABASE`` does: sqlite (default), postgres, or a postgresql:// address.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from contextlib import suppress

from tests.simulation.campaign import commit, set_up


def main() -> int:
    """Try the seeds; 1 when one fails. A failing one is printed with as few messages as show it."""
    parser = argparse.ArgumentParser(prog="python -m tests.deliveries")
    parser.add_argument("--seeds", default="1-500", help="one seed, or first-last")
    parser.add_argument("--database", default=os.environ.get("PALIER_TEST_DATABASE") or "sqlite")
    parser.add_argument("--failures", type=int, default=3, help="stop after so many failing seeds")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    set_up(options.database)
    return _run(range(int(first), int(last or first) + 1), options.failures)


def _run(seeds: range, failures: int) -> int:
    from tests.deliveries.trial import try_seed

    failed, count, start = [], 0, time.process_time()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(KeyboardInterrupt):  # broken off, it tells how far it came
        for seed in seeds:
            failure = try_seed(seed)
            count += 1
            if failure is not None:
                failed.append(seed)
                print(failure, end="\n\n", flush=True)
            if len(failed) >= failures:
                break
            if count % 500 == 0:
                print(f"{commit()}: {count} tried, the last was {seed}", file=sys.stderr, flush=True)
    each = 1000 * (time.process_time() - start) / max(count, 1)
    print(
        f"{count} seeds, {each:.0f} ms of a processor each, {len(failed)} failed{': ' if failed else ''}",
        end="",
    )
    print(", ".join(map(str, failed)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
