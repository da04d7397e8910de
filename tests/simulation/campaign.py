"""Histories by the million: chunks of seeds in several processes, written down one by one so that a run can go on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tqdm import tqdm

CHUNK = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried, and how: ``every`` so many seeds all checks are made, for the others only the model's."""

    first: int
    last: int
    database: str = "sqlite"
    every: int = 1
    steps: tuple[int, int] | None = None

    def chunks(self) -> list[tuple[int, int]]:
        """The seeds in chunks; their borders do not depend on where the plan ends."""
        starts = range(self.first, self.last + 1, CHUNK)
        return [(start, min(start + CHUNK - 1, self.last)) for start in starts]

    def head(self) -> dict[str, Any]:
        """What two runs must have in common to share a journal."""
        return {"database": self.database, "every": self.every, "steps": self.steps, "commit": commit()}


@dataclass(slots=True)
class Chunk:
    """What became of some seeds."""

    first: int
    last: int
    seconds: float = 0.0
    """Of this process's own work, however busy the machine is."""
    steps: Counter[str] = field(default_factory=Counter)
    failures: dict[int, str] = field(default_factory=dict)


def commit() -> str:
    """The commit that is tried; ``+`` when files were changed since."""
    described = subprocess.run(
        ["git", "describe", "--always", "--abbrev=9", "--dirty=+"],
        capture_output=True,
        text=True,
        check=False,
    )
    return described.stdout.strip()


def set_up(database: str) -> None:
    """A database of this process's own; on SQLite in memory."""
    os.environ.pop("PALIER_TEST_DIRECTORY", None)
    os.environ["PALIER_TEST_DATABASE"] = database
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import atexit

    import django
    from django.conf import settings
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    if database == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = None
    kept = setup_databases(verbosity=0, interactive=False)
    atexit.register(teardown_databases, kept, verbosity=0)


def try_chunk(plan: Plan, first: int, last: int) -> Chunk:
    """Try these seeds; a failing one is told with as few steps as show it."""
    from tests.simulation.histories import draw_history
    from tests.simulation.trial import try_drawn

    chunk = Chunk(first, last)
    start = time.process_time()
    for seed in range(first, last + 1):
        history = draw_history(seed, steps=plan.steps)
        chunk.steps.update(step.do for step in history.steps)
        failure = try_drawn(history, fully=seed % plan.every == 0)
        if failure is not None:
            chunk.failures[seed] = f"{failure}\n{failure.scenario()}"
    chunk.seconds = time.process_time() - start
    return chunk


class Journal:
    """The chunks that are done, a line each. Only runs of the same kind, of the same commit, go on in it."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path, self.head = path, json.loads(json.dumps(plan.head()))
        self.done: dict[tuple[int, int], Chunk] = {}
        lines = path.read_text().splitlines() if path.exists() else []
        if lines and json.loads(lines[0]) != self.head:
            raise SystemExit(
                f"{path} is of another run: {lines[0]}. Name another --journal, or take it away."
            )
        for line in lines[1:]:
            said = json.loads(line)
            failures = {int(seed): text for seed, text in said["failures"].items()}
            chunk = Chunk(said["first"], said["last"], said["seconds"], Counter(said["steps"]), failures)
            self.done[chunk.first, chunk.last] = chunk
        if not lines:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(self.head) + "\n")

    def add(self, chunk: Chunk) -> None:
        """One more is done."""
        self.done[chunk.first, chunk.last] = chunk
        with self.path.open("a") as file:
            said = {name: getattr(chunk, name) for name in Chunk.__slots__}
            file.write(json.dumps(said) + "\n")


def run(plan: Plan, *, processes: int, journal: Journal, failures: int) -> int:
    """Try what is not done yet; 1 when a seed failed. Broken off, the same command goes on where it was."""
    todo = [chunk for chunk in plan.chunks() if chunk not in journal.done]
    start = time.monotonic()
    before = sum(chunk.last - chunk.first + 1 for chunk in journal.done.values())
    bar = tqdm(
        total=plan.last - plan.first + 1, initial=before, unit="history", disable=not sys.stderr.isatty()
    )
    for chunk in _tried(plan, todo, processes):
        journal.add(chunk)
        bar.update(chunk.last - chunk.first + 1)
        for text in chunk.failures.values():
            print(text, end="\n\n", flush=True)
        if sum(len(done.failures) for done in journal.done.values()) >= failures:
            break
    bar.close()
    return _report(journal, time.monotonic() - start, before)


def _tried(plan: Plan, todo: list[tuple[int, int]], processes: int) -> Iterator[Chunk]:
    if processes == 1:
        set_up(plan.database)
        for first, last in todo:
            yield try_chunk(plan, first, last)
        return
    waiting = iter(todo)
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=set_up, initargs=(plan.database,))
    running: set[Future[Chunk]] = set()
    try:
        for first, last in waiting:
            running.add(pool.submit(try_chunk, plan, first, last))
            if len(running) < 2 * processes:
                continue
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    finally:
        pool.shutdown(cancel_futures=True)


def _report(journal: Journal, seconds: float, before: int) -> int:
    steps: Counter[str] = Counter()
    failed: list[int] = []
    for chunk in journal.done.values():
        steps += chunk.steps
        failed += chunk.failures
    count = sum(chunk.last - chunk.first + 1 for chunk in journal.done.values())
    told = ", ".join(f"{name} {number}" for name, number in steps.most_common())
    print(f"{count} histories, {steps.total()} steps: {told}")
    if count > before:
        speed = (count - before) / max(seconds, 0.001)
        worked = sum(chunk.seconds for chunk in journal.done.values())
        print(f"this run: {count - before} histories in {seconds:.0f} s, {speed:.1f} a second", end="; ")
        print(f"in all {worked:.0f} s of a processor, {count / worked:.1f} a second")
    print(f"{len(failed)} failed{': ' if failed else ''}{', '.join(map(str, sorted(failed)))}")
    return 1 if failed else 0
