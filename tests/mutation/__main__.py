"""``python -m tests.mutation --sample 400 --seed 1``: change the core in so many places, one at a time.

Its tests should notice; the share that they do is the score. What was tried is kept in ``var/mutation`` and not tried
again.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutation.changes import Change, changes
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.measure import CORE, KEPT, Measured, measured
from tests.mutation.score import share
from tests.mutation.session import OUT_OF_TIME, PACKAGE, PASSED, ROOT, try_tests
from tests.mutation.standing import CANNOT, Standing

WORDS = (
    "programme/words_*", "programme/problems_*", "programme/warnings_*", "explain/english.py", "explain/french.py",
    "explain/german.py",
)  # fmt: skip
"""Left out: texts by language, which the catalogue's and the sentences' own tests read."""

TESTS = ["tests/core"]
NEAREST = 30
"""So many tests are asked first: most changes are noticed by one of them, and few files are collected."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One change and what became of it: noticed (by which test), out of time, survived, or run by no test."""

    file: str
    place: int
    function: str
    line: int
    text: str
    said: str
    outcome: str
    by: str = ""

    @property
    def is_silent(self) -> bool:
        """Whether no test noticed."""
        return self.outcome in ("survived", "not run")

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What it is called in ``equivalent.py``: where it stands may move."""
        return (self.file, self.function, self.text, self.said)


def main() -> int:
    """A line for each change that nobody notices, and the score."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--sample", type=int, default=400, help="how many changes are drawn (400)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    parser.add_argument("--only", default="", help="only modules whose name has this in it")
    parser.add_argument("--again", action="store_true", help="measure anew; try again what nobody noticed")
    options = parser.parse_args()
    kept = KEPT.with_name(f"tried-{options.seed}.jsonl")
    if options.again:
        KEPT.unlink(missing_ok=True)
        kept.write_text(
            "".join(f"{json.dumps(asdict(each))}\n" for each in _read(kept) if not each.is_silent)
        )
    known = measured(TESTS)
    everything = [(file, i) for file in modules() for i in range(len(changes(_tree(file))))]
    drawn = random.Random(options.seed).sample(everything, min(options.sample, len(everything)))
    chosen = [(file, i) for file, i in drawn if options.only in file.as_posix()]
    print(f"{len(everything)} changes of {len(modules())} modules; {len(chosen)} drawn", file=sys.stderr)
    results = list(_tried(chosen, known, kept))
    report(results)
    return 0


def modules() -> list[Path]:
    """The files of the core whose changes are drawn."""
    words = {file for pattern in WORDS for file in CORE.glob(pattern)}
    return [file for file in sorted(CORE.rglob("*.py")) if file not in words]


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _read(kept: Path) -> list[Tried]:
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else ()
    return [Tried(**json.loads(line)) for line in lines]


def _tried(chosen: Sequence[tuple[Path, int]], known: Measured, kept: Path) -> Iterator[Tried]:
    before = {(each.file, each.place): each for each in _read(kept)}
    trial = Trial(known)
    for file, place in chosen:
        name = file.relative_to(CORE).as_posix()
        if (name, place) in before:
            yield before[name, place]
            continue
        tried = trial.of(file, place)
        with kept.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(tried)) + "\n")
        print(f"{tried.outcome:<12} {name}:{tried.line} {tried.function}: {tried.said}", flush=True)
        yield tried
    trial.standing.close()


class Trial:
    """Tries changes one after the other."""

    def __init__(self, known: Measured) -> None:
        self.known, self.standing = known, Standing(TESTS)
        self.noticed_by: dict[str, int] = {}
        self.times = 0

    def of(self, file: Path, place: int) -> Tried:
        """Make the change, and run the tests that cover it until one fails."""
        tree = _tree(file)
        change = changes(tree)[place]
        text = file.read_text(encoding="utf-8").splitlines()[change.line - 1].strip()
        became, by = self._outcome(file, place, tree, change)
        name = file.relative_to(CORE).as_posix()
        return Tried(name, place, change.function, change.line, text, change.said, became, by)

    def _outcome(self, file: Path, place: int, tree: ast.Module, change: Change) -> tuple[str, str]:
        known = self.known
        tests = known.covering(file, change.lines) if change.function else _naming(file, tree, change, known)
        is_at_import = not change.function or known.at_import(file, change.lines)
        if is_at_import:  # whichever file was imported first: all see what it made
            tests = list(dict.fromkeys([*tests, *known.covering(file, [])]))
        if not tests:
            return "not run", ""
        if not is_at_import:
            answer, by = self._ask_the_standing(file, place, tests)
            if answer != CANNOT:
                return _outcome(answer), by if answer != PASSED else ""
        return _anew(file, tree, change, _nearest_first(file, tests, known), known), ""

    def _ask_the_standing(self, file: Path, place: int, tests: list[str]) -> tuple[int, str]:
        """Who noticed a change lately is asked first, then the module's own file, quick tests before slow ones."""
        seconds, own = self.known.seconds, f"test_{file.stem}"
        order = sorted(tests, key=lambda t: (-self.noticed_by.get(t, 0), own not in t, seconds[t], t))
        answer, by = self.standing.try_change(file, place, [(test, seconds[test]) for test in order])
        if answer not in (PASSED, CANNOT):
            self.times += 1
            self.noticed_by[by] = self.times
        return answer, by


def _outcome(answer: int) -> str:
    return {PASSED: "survived", OUT_OF_TIME: "out of time"}.get(answer, "noticed")


def _anew(file: Path, tree: ast.Module, change: Change, tests: list[str], known: Measured) -> str:
    """Import all that is wanted with the change made: the nearest tests first, then all others."""
    change.make()
    ast.fix_missing_locations(tree)
    module = ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    for part in (tests[:NEAREST], tests[NEAREST:]):
        if part:
            answer = try_tests(part, lambda test: 5 + 10 * known.seconds[test], module=module, tree=tree)
            if answer != PASSED:
                return _outcome(answer)
    return "survived"


def _naming(file: Path, tree: ast.Module, change: Change, known: Measured) -> list[str]:
    """The tests that run a line, in whatever module, that names what is defined outside of functions there."""
    within = [node for node in tree.body if node.lineno <= change.line <= (node.end_lineno or node.lineno)]
    names = {
        found.id if isinstance(found, ast.Name) else found.name
        for node in within
        for found in [node, *getattr(node, "targets", [getattr(node, "target", node)])]
        if isinstance(found, ast.Name | ast.ClassDef | ast.FunctionDef)
    }
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, names)) or '$.'})\b")
    tests: dict[str, None] = {}
    for other in [file, *modules()]:
        lines = other.read_text(encoding="utf-8").splitlines()
        named = [i for i, text in enumerate(lines, 1) if pattern.search(text)]
        tests |= dict.fromkeys(known.covering(other, named) if named else ())
        if tests and other == file and not isinstance(within[0], ast.ClassDef):
            break
    return list(tests) or known.covering(file, [])


def _nearest_first(file: Path, tests: list[str], known: Measured) -> list[str]:
    """Those of the module's own file before others, then files that run it most, quick tests first."""
    own = f"test_{file.stem}"
    by_file: dict[str, list[str]] = {}
    for test in tests:
        by_file.setdefault(test.partition("::")[0], []).append(test)
    mean = {
        name: sum(known.seconds[t] for t in own_tests) / len(own_tests) for name, own_tests in by_file.items()
    }
    ordered = sorted(by_file, key=lambda name: (own not in name, mean[name]))
    return [test for name in ordered for test in sorted(by_file[name], key=known.seconds.__getitem__)]


def report(results: Sequence[Tried]) -> None:
    """The changes that nobody noticed, and both scores: with those that change nothing, and without."""
    silent = [each for each in results if each.is_silent]
    same = [each for each in silent if each.name in EQUIVALENT]
    for each in silent:
        reason = f"  (changes nothing: {EQUIVALENT[each.name]})" if each in same else ""
        print(f"{each.outcome}: {each.file}:{each.line} {each.function}: {each.said}{reason}")
    noticed = len(results) - len(silent)
    print(f"noticed {share(noticed, len(results))}")
    if same:
        print(f"without the {len(same)} that change nothing: {share(noticed, len(results) - len(same))}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
