"""The instants and days of which "within" and "longer ago" hold, so that a database can compare instead of count.

Adding months is not monotonic (30 January 10:00 and 29 January 12:00 plus a month swap places in February), and clocks
change: the instants within a duration are not always one half-line, but a few spans.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from palier.core.period import (
    Duration,
    add,
    add_to_date,
    local_day,
    start_of_day,
    subtract,
    subtract_from_date,
)

Span = tuple[datetime, datetime | None]
"""``start`` <= instant < ``end``; None never ends."""

_DAY = timedelta(days=1)
_AROUND = 6
"""Days around the first guess beyond which neither clamping nor clocks reach."""


def spans_within(duration: Duration, *, now: datetime, tz: ZoneInfo) -> tuple[Span, ...]:
    """Exactly the instants t with ``now <= add(t, duration, tz)``, as spans, earliest first; the last never ends."""
    cutoff = now - timedelta(seconds=duration.seconds)
    if not (duration.months or duration.days):
        return ((cutoff, None),)
    calendar = Duration(duration.months, duration.days)
    edges = _edges(calendar, cutoff, tz)
    spans: list[Span] = []
    for start, end in zip(edges, [*edges[1:], None], strict=True):
        # Between two edges adding is a plain shift.
        first = max(start, cutoff - (add(start, calendar, tz) - start))
        if end is not None and first >= end:
            continue
        if spans and spans[-1][1] == first:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((first, end))
    return tuple(spans)


def first_day_within(duration: Duration, *, today: date) -> date:
    """The first day D with ``today < add_to_date(D, duration)``: all later ones are within too, earlier ones not."""
    day = subtract_from_date(today, duration) - _AROUND * _DAY
    while today >= add_to_date(day, duration):
        day += _DAY
    return day


def _edges(calendar: Duration, cutoff: datetime, tz: ZoneInfo) -> list[datetime]:
    """Instants around the cutoff's source between which adding is a plain shift."""
    guess = local_day(subtract(cutoff, calendar, tz), tz)
    days = [guess + step * _DAY for step in range(-_AROUND, _AROUND + 2)]
    edges = {start_of_day(days[0], tz)}
    for day in days[1:]:
        edges.update(_both(day, time(), tz))
        edges.update(_changes(day, tz))
        for change in _changes(add_to_date(day, calendar), tz):
            for wall in _walls(change, tz):
                edges.update(_both(day, wall.time(), tz))
    return sorted(edge for edge in edges if edge >= start_of_day(days[0], tz))


def _both(day: date, at: time, tz: ZoneInfo) -> Iterator[datetime]:
    """The instant of a local time, both of them where the clock shows it twice."""
    for fold in (0, 1):
        yield datetime.combine(day, at, tzinfo=tz).replace(fold=fold).astimezone(UTC)


def _walls(change: datetime, tz: ZoneInfo) -> Iterator[datetime]:
    """What the clock shows just as it changes, before and after."""
    naive = change.replace(tzinfo=None)
    for instant in (change - timedelta(microseconds=1), change):
        offset = instant.astimezone(tz).utcoffset()
        assert offset is not None
        yield naive + offset


def _changes(day: date, tz: ZoneInfo) -> list[datetime]:
    """The instants of that local day (and the hours around it) at which the clock changes, to the second."""
    found = []
    instant = start_of_day(day, tz) - timedelta(hours=3)
    for _ in range(31):
        later = instant + timedelta(hours=1)
        if instant.astimezone(tz).utcoffset() != later.astimezone(tz).utcoffset():
            found.append(_bisected(instant, later, tz))
        instant = later
    return found


def _bisected(before: datetime, after: datetime, tz: ZoneInfo) -> datetime:
    was = before.astimezone(tz).utcoffset()
    seconds = int((after - before).total_seconds())
    low, high = 0, seconds
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(tz).utcoffset() == was:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)
