"""A session of pytest that stands: all tests are collected once, and each change is tried in a fork of it.

The fork puts the changed code into the functions that are there already, so that nothing is imported or collected
again. That serves where a function changed that no import has run; for all else there is ``session.try_tests``.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import resource
import signal
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TextIO

import pytest

from tests.mutation.caches import caches_of_the_core
from tests.mutation.changes import Change, changes
from tests.mutation.session import MEMORY, PACKAGE, Wanted, forked, run_tests

CANNOT = 90
NOTICED = 1
BASE_SECONDS, FACTOR = 1, 10


class Standing:
    """Ask it for what becomes of a change: pytest's answer, negative when a signal ended it, or ``CANNOT``."""

    def __init__(self, paths: Sequence[str]) -> None:
        ask, told = os.pipe()
        hear, say = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(told)
            os.close(hear)
            status = 3
            try:
                with os.fdopen(ask) as questions, os.fdopen(say, "w") as answers:
                    status = run_tests(paths, [Answering(questions, answers)])
            finally:
                os._exit(status)
        os.close(ask)
        os.close(say)
        self.questions, self.answers = os.fdopen(told, "w"), os.fdopen(hear)
        if not self.answers.readline():
            raise SystemExit("the tests cannot be collected")

    def try_change(self, file: Path, place: int, tests: Sequence[tuple[str, float]]) -> tuple[int, str]:
        """Run these tests, each with the seconds that it usually takes, with that change made; and who noticed."""
        self.questions.write(json.dumps([str(file), place, tests]) + "\n")
        self.questions.flush()
        answer, by = json.loads(self.answers.readline() or '[3, ""]')
        if answer not in (0, NOTICED, CANNOT) and answer >= 0:
            raise SystemExit(f"the session of the tests broke at {file} {place}: {answer}")
        return answer, by

    def close(self) -> None:
        """Let the session end."""
        self.questions.close()
        os.waitpid(self.process, 0)


class Answering(Wanted):
    """The plug-in that, in place of running what was collected, answers what becomes of changes."""

    def __init__(self, questions: TextIO, answers: TextIO) -> None:
        super().__init__({}, lambda _: 0)
        self.questions, self.answers = questions, answers

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """The clock is set by who runs the tests here."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        caches, alive = caches_of_the_core(), _functions()
        gc.collect()
        gc.freeze()
        self.answers.write("collected\n")
        self.answers.flush()
        for question in self.questions:
            file, place, tests = json.loads(question)
            change, tree = _change(file, place)
            hear, say = os.pipe()

            def work(
                at: str = file, made: Change = change, of: ast.Module = tree, ran: Any = tests, to: int = say
            ) -> int:
                for cached in caches:
                    cached.cache_clear()
                made.make()
                if not _put(alive, Path(at), ast.fix_missing_locations(of)):
                    return CANNOT
                return _run(session, [(items[test], seconds) for test, seconds in ran], to)

            answer = forked(work)
            os.close(say)
            with os.fdopen(hear) as stream:
                *_, by = ["", *stream.read().splitlines()]
            self.answers.write(json.dumps([answer, by]) + "\n")
            self.answers.flush()
        return True


@cache
def _tree(file: str) -> tuple[list[Change], ast.Module]:
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return changes(tree), tree


def _change(file: str, place: int) -> tuple[Change, ast.Module]:
    """Changes are made in forks only: the tree that is kept stays as it is."""
    found, tree = _tree(file)
    return found[place], tree


def _run(session: pytest.Session, tests: Sequence[tuple[pytest.Item, float]], to: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    following = [*(item for item, _ in tests[1:]), None]
    for (item, seconds), after in zip(tests, following, strict=True):
        os.write(to, f"{item.nodeid}\n".encode())
        signal.setitimer(signal.ITIMER_VIRTUAL, BASE_SECONDS + FACTOR * seconds)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.testsfailed:
            return NOTICED
    return 0


def _functions() -> dict[str, list[FunctionType]]:
    """What lives of the core, by module."""
    found: dict[str, list[FunctionType]] = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and str(each.__module__).startswith("palier.core"):
            found.setdefault(each.__module__, []).append(each)
    return found


def _put(alive: Mapping[str, list[FunctionType]], file: Path, tree: ast.Module) -> bool:
    """Put the code of this tree into the functions that live; whether that can be done, and there was one."""
    module = ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    new: dict[str, list[CodeType]] = {}
    for code in _functions_of(compile(tree, str(file), "exec", dont_inherit=True)):
        new.setdefault(code.co_qualname, []).append(code)
    changed = [
        (each, new[each.__code__.co_qualname])
        for each in alive.get(module, ())
        if each.__code__ not in new.get(each.__code__.co_qualname, [each.__code__])
    ]
    if not changed or any(len(codes) > 1 for _, codes in changed):
        return False
    try:
        for each, (code,) in changed:
            each.__code__ = code
    except ValueError:  # it closes over other variables now
        return False
    return True


def _functions_of(code: CodeType) -> Iterator[CodeType]:
    """Every function of a module, those within others too: some live on after the others ran at import."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _functions_of(each)
