"""How often a key may call, and how often a member may enter wrong codes: counted in this process, approximately."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings

COUNTED = "palier.is_counted"
"""In the environment of a request that was counted before it went the long way. No header can look like it."""
KNOWN_MAX = 20_000
"""So many keys, and so many members with wrong codes, are remembered."""
WRONG_CODES_MAX = 10
WRONG_CODES_WITHIN = timedelta(minutes=1)
BURST_S = 10
"""A key that has been quiet may use the calls of so many seconds at once."""


@dataclass(slots=True)
class _Bucket:
    """Calls that are left, in thousandths, as of ``at``."""

    left: int
    at: datetime


@dataclass(slots=True)
class _Counts:
    lock: Lock = field(default_factory=Lock)
    buckets: dict[int, _Bucket] = field(default_factory=dict)
    wrong: dict[tuple[int, str], deque[tuple[datetime, str]]] = field(default_factory=dict)


_counts = _Counts()


def admit(key_id: int, *, now: datetime) -> int:
    """Count one call of the key. 0: go on; else how many seconds to wait. ``now`` is the world's time.

    ``PALIER_API_RATE`` calls a minute for each key, in each process; 0 is no limit.
    """
    a_minute: int = settings.PALIER_API_RATE
    if not a_minute:
        return 0
    full = max(1000, a_minute * 1000 * BURST_S // 60)
    with _counts.lock:
        bucket = _counts.buckets.get(key_id)
        if bucket is None:
            if len(_counts.buckets) >= KNOWN_MAX:
                _counts.buckets.clear()
            bucket = _counts.buckets[key_id] = _Bucket(full, now)
        elapsed_ms = max(0, (now - bucket.at) // timedelta(milliseconds=1))
        if elapsed_ms:
            bucket.left = min(full, bucket.left + elapsed_ms * a_minute // 60)
            bucket.at = now
        if bucket.left >= 1000:
            bucket.left -= 1000
            return 0
        return max(1, -(-(1000 - bucket.left) * 60 // (a_minute * 1000)))


def code_wait(key_id: int, customer: str, *, now: datetime) -> int:
    """How many seconds until the member may enter codes again (R-VOU-5); 0: now."""
    with _counts.lock:
        tries = _recent(key_id, customer, now)
        if tries is None or len(tries) < WRONG_CODES_MAX:
            return 0
        return max(1, -(-(tries[0][0] + WRONG_CODES_WITHIN - now) // timedelta(seconds=1)))


def count_wrong_codes(key_id: int, customer: str, codes: Collection[str], *, now: datetime) -> None:
    """These codes, which are not the member's, were entered; those of the last minute count once."""
    if not codes:
        return
    with _counts.lock:
        tries = _recent(key_id, customer, now)
        if tries is None:
            if len(_counts.wrong) >= KNOWN_MAX:
                _counts.wrong.clear()
            tries = _counts.wrong[key_id, customer] = deque(maxlen=WRONG_CODES_MAX)
        known = {code for _, code in tries}
        tries.extend((now, code) for code in dict.fromkeys(codes) if code not in known)


def _recent(key_id: int, customer: str, now: datetime) -> deque[tuple[datetime, str]] | None:
    tries = _counts.wrong.get((key_id, customer))
    while tries and not tries[0][0] <= now < tries[0][0] + WRONG_CODES_WITHIN:
        tries.popleft()
    return tries


def forget() -> None:
    """Count anew (tests)."""
    with _counts.lock:
        _counts.buckets.clear()
        _counts.wrong.clear()
