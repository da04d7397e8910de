"""``python -m tests.crash``: every point of every case, on a database of this run's own.

``--database`` chooses as ``PALIER_TEST_DATABASE`` does: sqlite (default), postgres, or a postgresql:// address.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from functools import partial
from typing import Any


def main() -> int:
    """Try the cases; 1 when one of them leaves what it should not."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--database", default=os.environ.get("PALIER_TEST_DATABASE", "sqlite"))
    parser.add_argument("--only", default="", help="cases whose flow or name holds this text")
    parser.add_argument(
        "--first", default="", help="go on at the first case whose flow or name holds this text"
    )
    parser.add_argument("--every", type=int, default=1, help="only every so manieth point of each case")
    parser.add_argument(
        "--whole", action="store_true", help="also all points of what takes seconds to do again"
    )
    parser.add_argument("--commits", action="store_true", help="only before and after each COMMIT")
    parser.add_argument("--points", action="store_true", help="print the points of each case, kill nobody")
    options = parser.parse_args()
    os.environ["PALIER_TEST_DATABASE"] = options.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    return _run(options)


def _run(options: Any) -> int:
    from tests.crash.bases import bases
    from tests.crash.cases import CASES
    from tests.crash.place import places
    from tests.crash.receiver import receiving
    from tests.crash.trial import tell, try_case

    chosen = [case for case in CASES if options.only in f"{case.flow} {case.name}"]
    begin = [at for at, case in enumerate(chosen) if options.first in f"{case.flow} {case.name}"]
    chosen = chosen[begin[0] :] if begin else []
    start, statements, kills, failed = time.monotonic(), 0, 0, []
    gc.freeze()
    with receiving(), places() as place:
        known = bases(place)
        for case in chosen:
            if options.points:
                passed = tell(place, case, known(case)).points
                print(f"{case.flow}: {case.name}", *passed, sep="\n    ")
                continue
            result = try_case(place, case, known(case), only=partial(_chosen, options, case))
            statements, kills = statements + result.statements, kills + result.kills
            said = f"{result.statements:4} statements and calls, {result.kills:4} kills, "
            print(f"{case.flow + ': ' + case.name:75} {said}{len(result.problems)} differences", flush=True)
            for problem in result.problems:
                print(f"    {problem}"[:2000], flush=True)
            failed += [case.name] if result.problems else []
    seconds = time.monotonic() - start
    print(f"{len(chosen)} cases, {statements} statements and calls, {kills} kills, {seconds:.0f} s, "
          f"{len(failed)} cases with differences")  # fmt: skip
    return 1 if failed else 0


def _chosen(options: Any, case: Any, points: list[str]) -> list[int]:
    """The points of a case at which to kill: their places, the end among them."""
    every = options.every * (1 if options.whole else case.stride)
    if options.commits:
        found = [at for at, what in enumerate(points) if what.lower().startswith("commit")]
        return sorted({*found, *(at + 1 for at in found), len(points)})
    return list(range(0, len(points) + 1, every))


if __name__ == "__main__":
    sys.exit(main())
