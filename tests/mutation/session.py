"""A session of pytest in a fork: only the tests that are wanted, in the order that is wanted, on a module that may be
changed. Nothing of Palier may have been imported before the fork."""

from __future__ import annotations

import ast
import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies
import msgspec
import pytest
import ruamel.yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src"
PRELOADED = (hypothesis.strategies, msgspec, ruamel.yaml)
"""What every session needs and what takes long to import: there before the fork."""

MEMORY = 4 * 1024**3
SECONDS_TO_COLLECT = 60
PASSED = 0
OUT_OF_TIME = -signal.SIGVTALRM


class ChangedModule:
    """Finds one module, with the text of another tree."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        file = module_file(name)
        spec = importlib.util.spec_from_loader(name, self, origin=str(file))  # type: ignore[arg-type]
        assert spec is not None
        spec.has_location = True
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        exec(compile(self.tree, module.__spec__.origin, "exec"), module.__dict__)


class Wanted:
    """The plug-in that keeps the wanted tests, in their order, and a clock for each (of its own processor time)."""

    def __init__(self, order: dict[str, int], seconds: Callable[[str], float]) -> None:
        self.order, self.seconds = order, seconds

    def pytest_configure(self) -> None:
        usual = hypothesis.settings.get_profile("repeat")
        phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
        hypothesis.settings.register_profile("no shrinking", parent=usual, phases=phases)
        hypothesis.settings.load_profile("no shrinking")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.order:
            items[:] = [item for item in items if item.nodeid in self.order]
            items.sort(key=lambda item: self.order[item.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, self.seconds(nodeid))

    def pytest_sessionfinish(self) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def forked(work: Callable[[], int]) -> int:
    """What ``work`` answers in a fork of this process; negative when a signal ended it."""
    process = os.fork()
    if process == 0:
        status = 3
        try:
            status = work()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def run_tests(paths: Sequence[str], plugins: Sequence[object], *, says: bool = False) -> int:
    """pytest's answer; at the first test that fails it stops."""
    if not says:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(PACKAGE)]
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", HYPOTHESIS_PROFILE="repeat")
    options = [
        "-q",
        "-x",
        "-c",
        os.devnull,
        "--rootdir",
        str(ROOT),
        "-p",
        "no:cacheprovider",
        "--assert=plain",
    ]
    return int(pytest.main([*options, *([] if says else ["--tb=no"]), *paths], plugins=list(plugins)))


def try_tests(
    tests: Sequence[str], seconds: Callable[[str], float], *, module: str = "", tree: ast.Module | None = None
) -> int:
    """Run these tests (or all of a file), with that module changed, in a fork. 0: they pass all the same."""

    def work() -> int:
        if tree is not None:
            sys.meta_path.insert(0, ChangedModule(module, tree))  # type: ignore[arg-type]
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_TO_COLLECT)
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        order = {test: i for i, test in enumerate(tests) if "::" in test}
        return run_tests(files, [Wanted(order, seconds)])

    return forked(work)


def module_file(name: str) -> Path:
    """Where a module of the package lies."""
    return PACKAGE / Path(*name.split(".")).with_suffix(".py")
