"""``python -m tests.races --rounds 1000``: every contest and every pair so often, on a database of this run's own.

Broken off, the same command goes on where it was. ``--database`` chooses as ``PALIER_TEST_DATABASE`` does: postgres
(default), sqlite, or a postgresql:// address.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tqdm import tqdm

from tests.races.journal import Journal, Stretch
from tests.simulation.campaign import commit

TOGETHER = 10
"""So many rounds are held in the same shops; then their books are looked at, once for all of them."""


def main() -> int:
    """Hold the rounds; 1 when something came out wrong. Each failure is told with its contest and its seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.races")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--database", default=os.environ.get("PALIER_TEST_DATABASE", "postgres"))
    parser.add_argument("--workers", type=int, default=4, help="processes of the server")
    parser.add_argument("--only", choices=("contests", "pairs"), help="leave the others out")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no round after so many")
    parser.add_argument("--failures", type=int, default=5, help="stop after so many")
    parser.add_argument("--journal", type=Path, help="what is done; default: var/races/… by the kind of run")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # its server ends with it
    kind = options.database.partition(":")[0]
    head = {"database": kind, "workers": options.workers, "only": options.only}
    name = f"{kind}-{options.workers}-{options.only or 'all'}.jsonl"
    journal = Journal(options.journal or Path("var") / "races" / name, head)
    seeds = range(options.seed, options.seed + options.rounds)
    todo = [seed for seed in seeds if seed not in journal.done]
    with _database(options.database) as environment:
        from tests.races.kit import serving

        with serving(environment, options.workers) as clients:
            _hold(clients, todo, journal, options)
    print(journal.told())
    return 1 if journal.failures or journal.deadlocks else 0


def _hold(clients: object, todo: Sequence[int], journal: Journal, options: argparse.Namespace) -> None:
    from tests.races.kit import deadlocks
    from tests.races.night import Night

    night = Night(clients, options.only)
    until = time.monotonic() + 60 * options.minutes
    bar = tqdm(total=len(todo), disable=not sys.stderr.isatty(), unit="round")
    for at in range(0, len(todo), TOGETHER):
        seeds = todo[at : at + TOGETHER]
        stretch, start, before = Stretch(commit(), [], 0.0, 0), time.monotonic(), deadlocks()
        night.begin()
        for seed in seeds:
            if time.monotonic() > until:
                break
            stretch.failures += [f"seed {seed}: {each}" for each in night.round(Random(seed), f"r{seed}")]
            stretch.seeds.append(seed)
            bar.update()
        stretch.failures += [f"seeds {seeds[0]} to {seeds[-1]}: {each}" for each in night.checked()]
        stretch.seconds, stretch.deadlocks = round(time.monotonic() - start, 1), deadlocks() - before
        journal.add(stretch)
        print("\n".join([*stretch.failures, journal.told()]), flush=True)
        if journal.failures >= options.failures or time.monotonic() > until:
            return


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
