"""What shops push: which kinds there are, when a message is tried again, and when a shop has gone silent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from palier.core.errors import Refusal

KINDS: Mapping[str, str] = {"order": "member", "refund": "", "member": "id", "event": "member"}
"""Each kind of message, and the key under which it names the customer."""

FAILURES_MAX = 20
"""After so many failures somebody has to look at it."""

LEASE = timedelta(minutes=2)
"""Who takes a message and is not heard of again loses it after so long."""

SECRET_OVERLAP = timedelta(hours=24)
"""So long a secret that was changed is good beside the new one."""

LOOK_BACK = timedelta(days=14)
"""What is usual for a shop is what was so in this time: two weekends are in it."""

_HOURS_MIN = 12
_GRACE = timedelta(hours=1)


class UnknownMessage(Refusal):
    """There is no such message in the inbox, or it is done."""

    code = "unknown_message"


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of working a message off. A refusal says what is wrong with it; trying again would not help."""

    outcome: Literal["done", "refused", "failed"]
    error: str = ""


def next_try(*, failures: int, now: datetime) -> datetime | None:
    """When a message that failed so often is tried again: after 10 seconds, doubling to an hour; None: no more."""
    if failures >= FAILURES_MAX:
        return None
    return now + min(timedelta(seconds=10 << (failures - 1)), timedelta(hours=1))


def usual_gap(hours: Collection[datetime]) -> timedelta | None:
    """The longest time that usually passes between two messages of a shop; None while there were too few to tell.

    ``hours`` are those in which something arrived. The very longest gap is left out: it may have been an outage.
    """
    arrivals = sorted(set(hours))
    if len(arrivals) < _HOURS_MIN:
        return None
    gaps = sorted(later - earlier for earlier, later in pairwise(arrivals))
    return gaps[-2]


def is_silent(hours: Collection[datetime], *, last: datetime, now: datetime) -> bool:
    """Whether nothing came for longer than is usual, by an hour and more: nights and weekends are usual too.

    ``hours`` are those of the time before ``last`` in which something arrived.
    """
    usual = usual_gap(hours)
    return usual is not None and now - last > usual + _GRACE
