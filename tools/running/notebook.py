"""What a shop has told Palier, what it was answered, and what each of it must have done to its member's points."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class Write:
    """One thing told, sent until it was answered. ``name`` finds it again in the database.

    ``effect``: by how much it changes the member's points altogether (available, pending and held, less debt), given
    that all that this shopper told before it is there. ``refusal``: the code with which it was refused.
    """

    kind: str
    member: str
    name: str
    method: str
    path: str
    body: Any
    key: str = ""
    updated: str = ""
    effect: int = 0
    sent_at: float = field(default_factory=time.time)
    acknowledged_at: float = 0
    tries: int = 0
    refusal: str = ""
    answer: Any = None
    is_forgotten: bool = False


class Notebook:
    """Everything that all shoppers told, and what went wrong on the way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.writes: list[Write] = []
        self.violations: list[str] = []
        self.answers: Counter[str] = Counter()
        self.slowest_s = 0.0

    def begin(self, write: Write) -> None:
        """It is about to be sent."""
        with self._lock:
            self.writes.append(write)

    def answered(self, phase: str, what: str, took_s: float = 0) -> None:
        """Count an answer by the phase of the run in which it came."""
        with self._lock:
            self.answers[f"{phase}: {what}"] += 1
            self.slowest_s = max(self.slowest_s, took_s)

    def violation(self, told: str) -> None:
        """A promise was broken."""
        with self._lock:
            self.violations.append(told)

    def acknowledged(self, before: float = float("inf")) -> list[Write]:
        """What was answered well before that instant."""
        with self._lock:
            return [write for write in self.writes if 0 < write.acknowledged_at < before]

    def forget(self, members: Iterable[str], kind: str = "") -> None:
        """Nothing that was told of these members (or nothing of that kind) can be found by its name any more."""
        gone = set(members)
        with self._lock:
            for write in self.writes:
                if write.member in gone and kind in ("", write.kind):
                    write.is_forgotten = True
