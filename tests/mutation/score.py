"""A share with its interval."""

from __future__ import annotations

import math

NORMAL_95 = 1.959964


def wilson(found: int, tried: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson: honest for small samples and shares near 1."""
    if not tried:
        return 0.0, 1.0
    share, z = found / tried, NORMAL_95**2
    middle = (share + z / (2 * tried)) / (1 + z / tried)
    half = NORMAL_95 / (1 + z / tried) * math.sqrt(share * (1 - share) / tried + z / (4 * tried**2))
    return middle - half, middle + half


def share(found: int, tried: int) -> str:
    """Such as ``364 of 400: 91.0 % (87.8 to 93.4)``."""
    low, high = wilson(found, tried)
    percent = 100 * found / tried if tried else 0.0
    return f"{found} of {tried}: {percent:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
