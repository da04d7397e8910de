"""Several web processes keep to a processor each."""

import os
import subprocess
import sys

import pytest

from palier.cli.serve import choose_environment
from palier.config.processors import SWITCH, keep_to_one

BOUND = """
import os, sys
from palier.config.processors import keep_to_one
keep_to_one()
print(*sorted(os.sched_getaffinity(0)), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def children():
    """Starts a process that binds itself, and says to which processors."""
    started = []

    def start(**environment):
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", BOUND],
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return [int(processor) for processor in started[-1].stdout.readline().split()]

    yield start
    for child in started:
        child.communicate()


several = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="this machine has one processor, or binds nothing",
)


@several
def test_two_processes_of_one_server_keep_to_two_processors(children):
    first, second = children(**{SWITCH: "1"}), children(**{SWITCH: "1"})
    assert len(first) == len(second) == 1
    assert first != second
    assert {*first, *second} <= os.sched_getaffinity(0)


@several
def test_a_process_that_is_started_anew_takes_the_place_that_is_free(monkeypatch):
    allowed = sorted(os.sched_getaffinity(0))
    chosen = []
    monkeypatch.setattr(os, "sched_setaffinity", lambda pid, processors: chosen.append((pid, processors)))
    monkeypatch.setenv(SWITCH, "1")
    left = {allowed[0]}
    others = [(True, {processor}) for processor in allowed if processor not in left] + [(False, set(allowed))]
    monkeypatch.setattr("palier.config.processors._others", lambda: others)
    keep_to_one()
    assert chosen == [(0, left)]


@several
def test_nobody_is_bound_who_was_not_asked_to_be(children):
    assert children(**{SWITCH: "0"}) == sorted(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("workers", "given", "then"), [(1, None, "0"), (2, None, "1"), (2, "0", "0"), (1, "1", "1")]
)
def test_several_web_processes_are_bound_unless_the_environment_says_otherwise(
    monkeypatch, workers, given, then
):
    monkeypatch.setenv(SWITCH, given or "")
    if given is None:
        monkeypatch.delenv(SWITCH)
    choose_environment(workers)
    assert os.environ[SWITCH] == then


@pytest.mark.parametrize(("given", "then"), [(None, "2"), ("8", "8")])
def test_web_processes_share_two_heaps_unless_the_environment_says_otherwise(monkeypatch, given, then):
    monkeypatch.setenv("MALLOC_ARENA_MAX", given or "")
    monkeypatch.setenv(SWITCH, "0")
    if given is None:
        monkeypatch.delenv("MALLOC_ARENA_MAX")
    choose_environment(1)
    assert os.environ["MALLOC_ARENA_MAX"] == then
