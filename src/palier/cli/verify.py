"""``palier verify``: proves that what is shown is what the ledger says. Reads only."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from itertools import chain

from tqdm import tqdm

from palier.cli.verification.problem import Problem

SHOWN_MAX = 1000
"""Problems written out; all are counted."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier verify``."""
    parser.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, no progress bar"
    )
    parser.add_argument(
        "--programme", default="", metavar="ID", help="only this programme (public id); default: all"
    )
    parser.add_argument(
        "--quick", action="store_true", help="leave out hashes, what orders are worth and rows of nobody"
    )


def run(options: argparse.Namespace) -> int:
    """Check every account; 0 when all is well, 1 when something is not, 2 when there is nothing to check."""
    # Tables can be imported only once the settings are read.
    from palier.cli.verification.strays import load_strays
    from palier.cli.verification.whole import load_account_count, load_problems, load_programme_ids

    programme_ids = load_programme_ids(options.programme)
    if not programme_ids:
        asked = options.programme
        missing = f"no programme {asked!r}" if asked else "the database is empty: run palier init"
        print(f"palier verify: {missing}", file=sys.stderr)
        return 2
    accounts = load_account_count(programme_ids)
    is_hidden = options.json or not sys.stderr.isatty()
    shown: list[Problem] = []
    count = Counter[str]()
    with tqdm(total=accounts, unit="account", disable=is_hidden) as bar:
        theirs = (
            load_problems(programme_id, is_quick=options.quick, on_progress=bar.update)
            for programme_id in programme_ids
        )
        for problem in chain(() if options.quick else load_strays(), chain.from_iterable(theirs)):
            count[problem.invariant] += 1
            if len(shown) < SHOWN_MAX:
                shown.append(problem)
            if not options.json and len(shown) == count.total():
                bar.write(str(problem), file=sys.stdout)
    if options.json:
        problems = [
            {name: getattr(problem, name) for name in ("invariant", "account", "what", "expected", "found")}
            for problem in shown
        ]
        print(
            json.dumps(
                {"accounts": accounts, "problems": count.total(), "by_invariant": count, "shown": problems}
            )
        )
    elif count:
        by_invariant = ", ".join(f"{name}: {number}" for name, number in sorted(count.items()))
        print(f"{accounts} accounts, {count.total()} problems ({by_invariant})")
    else:
        print(f"{accounts} accounts, no problems")
    return 1 if count else 0
