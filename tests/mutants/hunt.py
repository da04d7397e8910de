"""Histories until one fails: ``python -m tests.mutants.hunt SEEDS``. Runs on the code that comes first on the path."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """1 when a seed fails, which is then named."""
    os.environ["PALIER_TEST_DATABASE"] = "sqlite"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from tests.simulation.trial import try_seed

    kept = setup_databases(verbosity=0, interactive=False)
    try:
        for seed in range(1, int(sys.argv[1]) + 1):
            failure = try_seed(seed, shrinks=False)
            if failure is not None:
                print(f"seed {seed}: {failure.kind}")
                return 1
    finally:
        teardown_databases(kept, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
