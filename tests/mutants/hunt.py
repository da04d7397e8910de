"""Histories until one fails: ``python -m tests.mutants.hunt FIRST LAST``. Runs on the code first on the path."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

SECONDS = 60
"""A history that takes so long of the processor never ends (others take a tenth of a second)."""


def main() -> int:
    """1 when a seed from FIRST through LAST fails, which is then named."""
    first, last = map(int, sys.argv[1:])
    signal.signal(signal.SIGVTALRM, _never_ends)
    os.environ["PALIER_TEST_DATABASE"] = "sqlite"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from tests.simulation.histories import draw_history
    from tests.simulation.trial import try_history

    kept = setup_databases(verbosity=0, interactive=False)
    try:
        for seed in range(first, last + 1):
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            failure = try_history(draw_history(seed))
            if failure is not None:
                print(f"seed {seed}: {failure.kind}")
                return 1
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        teardown_databases(kept, verbosity=0)
    return 0


def _never_ends(*_: object) -> NoReturn:
    raise TimeoutError("a history that never ends")


if __name__ == "__main__":
    sys.exit(main())
