"""Which rounds are done, so that a run that was broken off goes on, also at a later commit."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Stretch:
    """Some rounds, by their seeds, after which the books were looked at."""

    commit: str
    seeds: list[int]
    seconds: float
    deadlocks: int
    failures: list[str] = field(default_factory=list)


class Journal:
    """Stretches, a line each, under what all of them have in common."""

    def __init__(self, path: Path, head: dict[str, Any]) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        if lines and json.loads(lines[0]) != head:
            raise SystemExit(f"{path} is of another kind of run: {lines[0]}. Name another --journal.")
        self.stretches = [Stretch(**json.loads(line)) for line in lines[1:]]
        if not lines:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(head) + "\n")

    def add(self, stretch: Stretch) -> None:
        """One more is done."""
        self.stretches.append(stretch)
        with self.path.open("a") as file:
            file.write(json.dumps({name: getattr(stretch, name) for name in Stretch.__slots__}) + "\n")

    @property
    def done(self) -> set[int]:
        """The seeds of all rounds that are done."""
        return {seed for stretch in self.stretches for seed in stretch.seeds}

    @property
    def failures(self) -> int:
        """Of all rounds."""
        return sum(len(stretch.failures) for stretch in self.stretches)

    @property
    def deadlocks(self) -> int:
        """That PostgreSQL broke in all rounds."""
        return sum(stretch.deadlocks for stretch in self.stretches)

    def told(self) -> str:
        """Everything in a line."""
        by_commit = Counter[str]()
        for stretch in self.stretches:
            by_commit[stretch.commit] += len(stretch.seeds)
        commits = ", ".join(f"{count} at {commit}" for commit, count in by_commit.items())
        seconds = sum(stretch.seconds for stretch in self.stretches)
        return (
            f"{len(self.done)} rounds in {seconds:.0f} s ({commits}): {self.failures} failures, "
            f"{self.deadlocks} deadlocks that PostgreSQL broke"
        )
