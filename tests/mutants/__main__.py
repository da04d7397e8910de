"""``python -m tests.mutants``: plant every bug in a copy of the code, one at a time, and see how soon it is found.

The simulator looks first, seed by seed; then the test that the switchboard names, if it names one; then the simulator
goes on. What finds a bug must find nothing in the code as it is. Ends with 1 when a bug stays unseen.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.kind import Planted
from tests.mutants.plant import PACKAGE, ROOT, plant, planted_text
from tests.mutants.planted import PLANTED
from tests.mutation.session import PASSED, try_tests

SEEDS = 400
FIRST_SEEDS = 20
SECONDS = 30
"""A test that takes longer of the processor never ends."""


def main() -> int:
    """A line for each bug; the last one sums up."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument(
        "--seeds", type=int, default=SEEDS, help=f"histories before a bug counts as unseen ({SEEDS})"
    )
    parser.add_argument(
        "--first", type=int, default=FIRST_SEEDS, help=f"histories before a test is asked ({FIRST_SEEDS})"
    )
    parser.add_argument("--only", default="", help="bugs whose name or trap has this in it")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth of them")
    options = parser.parse_args()
    chosen = [each for each in PLANTED if options.only.lower() in f"{each.name} {each.trap}".lower()]
    chosen = chosen[:: options.every]
    unseen, seeds, tests = [], [], set()
    for each in chosen:
        began = time.monotonic()
        seed, how = hunt(each, first=options.first, seeds=options.seeds)
        if seed is not None:
            seeds.append(seed)
        elif how:
            tests.add(how)
        if how == "":
            unseen.append(each)
        print(
            f"{each.trap:<20} {each.name:<58} {how or 'NOT FOUND':<40} {time.monotonic() - began:4.0f} s",
            flush=True,
        )
    by_seed = f"(median seed {sorted(seeds)[len(seeds) // 2]}, worst {max(seeds)})" if seeds else ""
    found = len(chosen) - len(unseen)
    print(f"{len(chosen)} planted, {found} found, {len(seeds)} of them by the simulator {by_seed}")
    alarm = false_alarm(max(seeds, default=0), sorted(tests))
    if alarm:
        print(f"but this fails without any bug planted: {alarm}")
    return 1 if unseen or alarm else 0


def hunt(planted: Planted, *, first: int, seeds: int) -> tuple[int | None, str]:
    """The seed that finds it, and how it was found; no seed when a test did, no words when nothing did."""
    with tempfile.TemporaryDirectory(prefix="palier-mutant-") as folder:
        source = str(plant(planted, Path(folder)))
        found = _by_seeds(source, 1, min(first, seeds))
        if not found and planted.test and _notices(source, planted):
            return None, planted.test
        found = found or _by_seeds(source, first + 1, seeds)
    return (int(found.removeprefix("seed ").partition(":")[0]), found) if found else (None, "")


def false_alarm(seeds: int, tests: Sequence[str]) -> str:
    """What of all that found a bug fails in the code as it is; nothing should."""
    source = str(PACKAGE.parent)
    return _by_seeds(source, 1, seeds) or next((test for test in tests if _by_test(source, test)), "")


def _by_seeds(source: str, first: int, last: int) -> str:
    """``seed 7: I-8`` when the history of seed 7 breaks; empty when all hold."""
    if last < first:
        return ""
    told = _run(source, "-m", "tests.mutants.hunt", str(first), str(last))
    if told.returncode == 1 and told.stdout.startswith("seed "):
        return told.stdout.strip()[:40]
    if told.returncode != 0:
        raise SystemExit(f"the hunt itself failed:\n{told.stdout}{told.stderr}")
    return ""


def _notices(source: str, planted: Planted) -> bool:
    """Whether its test notices it; one of the core in a fork, which takes a second and not ten."""
    if not (planted.test.startswith("tests/core/") and planted.file.startswith("core/")):
        return _by_test(source, planted.test)
    module = "palier." + planted.file.removesuffix(".py").replace("/", ".")
    tree = ast.parse(planted_text(planted))
    return try_tests([planted.test], lambda test: SECONDS, module=module, tree=tree) != PASSED


def _by_test(source: str, test: str) -> bool:
    return _run(source, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test).returncode == 1


def _run(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the root, on the package that lies in ``source``."""
    environment = {**os.environ, "PYTHONPATH": source}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


if __name__ == "__main__":
    sys.exit(main())
