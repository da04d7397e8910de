"""Caps: how many points something earned may still bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from palier.core.account import Contribution
from palier.core.period import Duration, local_day, start_of_day, subtract, zone
from palier.core.programme.values import Conditions, Programme


def room_under_caps(
    programme: Programme,
    contributions: Sequence[Contribution],
    *,
    activity: int,
    at: datetime,
    cause: str,
    applies: Callable[[Conditions], bool] = lambda when: True,
) -> int | None:
    """Most points that the caps leave for something earned at ``at``; None without caps.

    A cap's P1D is the calendar day in the programme's zone, other durations are exact windows up to ``at``.
    Orders and events count, net of what was taken back; gifts do not. A cap by ``order`` does not limit events,
    and a cap whose conditions do not hold (``applies``) limits nothing.
    """
    room: int | None = None
    tz = zone(programme.timezone)
    for rule in programme.earning:
        if not rule.enabled or rule.cap is None or not applies(rule.when):
            continue
        every = rule.cap.every
        if every == "order" and not cause.startswith("order:"):
            continue
        if every == "order":
            left = rule.cap.points
        elif every == "ever":
            left = rule.cap.points - activity
        else:
            assert isinstance(every, Duration)
            start, end = _cap_window(every, at, tz)
            counted = (c for c in contributions if c.cause != cause and start <= c.at < end)
            left = rule.cap.points - sum(c.points for c in counted)
        room = max(0, left) if room is None else min(room, max(0, left))
    return room


def looks_back_to(programme: Programme, at: datetime) -> datetime | None:
    """The first instant that a cap counts for something earned at ``at``; None where none looks back by time."""
    tz = zone(programme.timezone)
    spans = [rule.cap.every for rule in programme.earning if rule.enabled and rule.cap is not None]
    starts = [_cap_window(every, at, tz)[0] for every in spans if isinstance(every, Duration)]
    return min(starts, default=None)


def _cap_window(every: Duration, at: datetime, tz: ZoneInfo) -> tuple[datetime, datetime]:
    if every == Duration(days=1):
        day = local_day(at, tz)
        return start_of_day(day, tz), start_of_day(day + timedelta(days=1), tz)
    return subtract(at, every, tz) + timedelta(microseconds=1), at + timedelta(microseconds=1)
