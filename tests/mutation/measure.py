"""Which tests run which lines of the core, and how long each takes: measured once, kept in ``var/mutation``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest

from tests.mutation.caches import caches_of_the_core
from tests.mutation.session import PACKAGE, ROOT, Wanted, forked, run_tests

CORE = PACKAGE / "palier" / "core"
KEPT = ROOT / "var" / "mutation" / "measured.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """``seconds`` of processor time for each test; ``lines``: file, line, the tests that run it; ``imported``: those
    that the import of a test file runs, too.

    What the import of a test file runs counts as run by each of its tests.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[str]]]
    imported: frozenset[tuple[str, int]]

    def covering(self, file: Path, lines: Sequence[int]) -> list[str]:
        """The tests that run one of these lines; all that run anything of the file when there are no lines."""
        known = self.lines.get(file.relative_to(ROOT).as_posix(), {})
        wanted = [known.get(line, []) for line in lines] if lines else list(known.values())
        return list(dict.fromkeys(test for tests in wanted for test in tests))

    def at_import(self, file: Path, lines: Sequence[int]) -> bool:
        """Whether the import of a test file runs one of these lines."""
        name = file.relative_to(ROOT).as_posix()
        return any((name, line) in self.imported for line in lines)


class Contexts:
    """The plug-in that tells coverage which test is running, or which file is being imported for its tests."""

    def __init__(self, cover: coverage.Coverage) -> None:
        self.cover, self.seconds = cover, dict[str, float]()
        self.caches: list[Any] = []

    def pytest_collection_finish(self) -> None:
        """Caches of the core are emptied before each test, so that it runs what it needs."""
        self.caches = caches_of_the_core()

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        if isinstance(collector, pytest.Module):
            self.cover.switch_context(f"import {collector.nodeid}")
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        for cached in self.caches:
            cached.cache_clear()
        self.cover.switch_context(item.nodeid)
        began = time.process_time()
        result: Any = yield
        self.seconds[item.nodeid] = round(time.process_time() - began, 4)
        self.cover.switch_context("")
        return result


def measured(paths: list[str]) -> Measured:
    """What was measured last, or what is measured now where nothing is kept."""
    if not KEPT.exists():
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        if forked(lambda: _measure(paths)) != 0:
            raise SystemExit("the tests do not pass on the code as it is")
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    by_file: dict[str, list[str]] = {}
    for test in kept["seconds"]:
        by_file.setdefault(test.partition("::")[0], []).append(test)
    contexts = [by_file.get(c[7:], []) if c.startswith("import ") else [c] for c in kept["contexts"]]
    lines = {
        file: {int(line): [test for i in numbers for test in contexts[i]] for line, numbers in known.items()}
        for file, known in kept["lines"].items()
    }
    imports = {i for i, name in enumerate(kept["contexts"]) if name.startswith("import ")}
    imported = {
        (file, int(line))
        for file, known in kept["lines"].items()
        for line, numbers in known.items()
        if not imports.isdisjoint(numbers)
    }
    return Measured(kept["seconds"], lines, frozenset(imported))


def _measure(paths: list[str]) -> int:
    cover = coverage.Coverage(data_file=None, source=[str(CORE)], config_file=False)
    plugin = Contexts(cover)
    cover.start()
    answer = run_tests(paths, [plugin, Wanted({}, lambda _: 0)], says=True)
    cover.stop()
    data = cover.get_data()
    contexts = sorted(name for name in data.measured_contexts() if name)
    number = {name: i for i, name in enumerate(contexts)}
    lines = {
        Path(file).relative_to(ROOT).as_posix(): {
            line: [number[name] for name in names if name]
            for line, names in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    kept = {"seconds": plugin.seconds, "contexts": contexts, "lines": lines}
    if answer == 0:
        KEPT.write_text(json.dumps(kept), encoding="utf-8")
    print(f"{len(plugin.seconds)} tests measured", file=sys.stderr)
    return answer
