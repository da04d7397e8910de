"""Whether processes that live for long grow: their own memory, looked at again and again."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Sequence
from math import sqrt
from typing import Any

from tools.running.processes import Child

EVERY_S = 2
WARM_UP = 0.25
"""The first quarter is left out: caches and pools fill."""


PARTS = 6


class Memory:
    """Samples of several children. ``watch`` is a thread's body."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children
        self.stop = threading.Event()
        self.samples: dict[str, list[tuple[float, float]]] = {child.name: [] for child in children}

    def watch(self) -> None:
        """Look until it is told to stop."""
        began = time.monotonic()
        while not self.stop.wait(EVERY_S):
            for child in self.children:
                if child.is_running and (kb := child.anonymous_kb()):
                    self.samples[child.name].append((time.monotonic() - began, kb / 1024))

    def told(self) -> dict[str, Any]:
        """Of each child: MB at the beginning and at the end, and the slope with its interval."""
        return {name: _slope(samples) for name, samples in self.samples.items()}


def _in_each(parts: int, samples: Sequence[tuple[float, float]]) -> list[float]:
    """The mean of each part of the time, in order: whether what grew comes to an end."""
    size = samples[-1][0] / parts
    found = [[mb for at, mb in samples if part * size <= at <= (part + 1) * size] for part in range(parts)]
    return [statistics.fmean(values) for values in found if values]


def _slope(samples: list[tuple[float, float]]) -> dict[str, Any]:
    """Least squares over the means of each minute, after the first quarter; twice the standard error on either side."""
    kept = samples[int(len(samples) * WARM_UP) :]
    minutes: dict[int, list[float]] = {}
    for at, mb in kept:
        minutes.setdefault(int(at // 60), []).append(mb)
    points = [(minute / 60, statistics.fmean(values)) for minute, values in sorted(minutes.items())]
    if not samples:
        return {}
    told: dict[str, Any] = {"first MB": round(samples[0][1], 1), "last MB": round(samples[-1][1], 1)}
    told["MB in each sixth"] = [round(mb, 1) for mb in _in_each(PARTS, samples)]
    if len(points) < 4:
        return told
    x, y = [each for each, _ in points], [each for _, each in points]
    slope, base = statistics.linear_regression(x, y)
    rest = sum((value - base - slope * at) ** 2 for at, value in points)
    spread = sum((at - statistics.fmean(x)) ** 2 for at in x)
    error = sqrt(rest / (len(points) - 2) / spread)
    low, high = slope - 2 * error, slope + 2 * error
    return told | {
        "MB an hour": round(slope, 1),
        "from": round(low, 1),
        "to": round(high, 1),
        "minutes": len(points),
    }
