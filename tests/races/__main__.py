"""``python -m tests.races --rounds 1000``: every contest and every pair so often, on a database of this run's own.

``--database`` chooses as ``PALIER_TEST_DATABASE`` does: postgres (default), sqlite, or a postgresql:// address.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tqdm import tqdm

CHECKED_EVERY = 25
"""So often the books of all shops are looked at."""
RENEWED_EVERY = 100
"""So often the shops are left for new ones: looking at the books of many members takes long."""


def main() -> int:
    """Hold the rounds; 1 when something came out wrong. Each failure is told with its contest and its seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.races")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--database", default=os.environ.get("PALIER_TEST_DATABASE", "postgres"))
    parser.add_argument("--only", choices=("contests", "pairs"), help="leave the others out")
    parser.add_argument("--failures", type=int, default=5, help="stop after so many")
    options = parser.parse_args()
    with _database(options.database) as environment:
        from tests.races.kit import deadlocks, serving

        start = time.monotonic()
        with serving(environment) as clients:
            before = deadlocks()
            failures, rounds = _hold(clients, options)
            broken = deadlocks() - before
    took = time.monotonic() - start
    print(f"{rounds} rounds in {took:.0f} s, {failures} failures, {broken} deadlocks that PostgreSQL broke")
    return 1 if failures or broken else 0


def _hold(clients: object, options: argparse.Namespace) -> tuple[int, int]:
    from tests.races.night import Night

    night, failures = Night(clients, options.only), 0
    seeds = range(options.seed, options.seed + options.rounds)
    for done, seed in enumerate(tqdm(seeds, disable=not sys.stderr.isatty(), unit="round"), start=1):
        if (done - 1) % RENEWED_EVERY == 0:
            night.begin()
        told = list(night.round(Random(seed), f"r{seed}"))
        if done % CHECKED_EVERY == 0 or done == options.rounds:
            told += night.checked()
        for each in told:
            failures += 1
            print(f"seed {seed}: {each}", flush=True)
        if failures >= options.failures:
            return failures, done
    return failures, options.rounds


@contextmanager
def _database(chosen: str) -> Iterator[dict[str, str]]:
    """A database of this run's own, and the environment of a process that works on it."""
    os.environ["PALIER_TEST_DATABASE"] = chosen
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.conftest import environment_of_a_process

    setup_test_environment()
    kept = setup_databases(verbosity=0, interactive=False)
    try:
        yield environment_of_a_process()
    finally:
        teardown_databases(kept, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
