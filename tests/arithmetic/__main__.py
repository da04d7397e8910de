"""``python -m tests.arithmetic --cases 10000000``: every law on so many cases in all, drawn from seeds."""

from __future__ import annotations

import argparse
import sys
import time

from tests.arithmetic.trial import try_cases
from tests.simulation.campaign import commit


def main() -> int:
    """Try the cases; 1 when a law does not hold somewhere. A case that fails is told with its seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.arithmetic")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first thousand of each law")
    parser.add_argument("--failures", type=int, default=5, help="stop after so many")
    options = parser.parse_args()
    tried, failures, at = 0, 0, commit()
    start = told = time.process_time()
    try:
        for tried, wrong in try_cases(options.cases, options.seed):
            for each in wrong:
                print(each, flush=True)
            failures += len(wrong)
            if failures >= options.failures:
                break
            if time.process_time() - told > 60:
                told = time.process_time()
                print(f"{tried} cases", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("broken off")
    took = time.process_time() - start
    print(f"{tried} cases from seed {options.seed} at {at}, {failures} failed, {took:.0f} s of a processor")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
