"""The commonest due work by itself: points end or orders leave a window, and nothing comes of it for the tier.

``catch_up`` is the rule. This is what it comes to on such a night, on plain numbers and at a tenth of the cost; it
answers only where the two cannot differ. A lot is here a row of its values in the order of ``Lot``'s fields, with
instants as whole microseconds since 1970.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from palier.core.account import Timeline, Version
from palier.core.catch_up import horizon_of
from palier.core.period import add, local_day, start_of_day, zone
from palier.core.programme.values import Programme, Tiers
from palier.core.tiers import thresholds_at

Row = Sequence[Any]


class Night(NamedTuple):
    """What the accounts share whose points end by one instant, and at which nothing else may happen.

    An account belongs to it while it has fewer available points than ``reward_at``, and once it was caught up later
    than ``since``: it has met the version in force, and no season begins or ends any more. Contributions at or before
    ``horizon`` are forgotten. ``edge`` is the next one of a season.
    """

    version: Version
    since: datetime
    reward_at: int | None
    horizon: datetime
    ladder: Ladder | None
    edge: datetime | None


class Ladder(NamedTuple):
    """The thresholds and tiers of the night, lowest first, and the ladder that they are of."""

    tiers: Tiers
    thresholds: tuple[int, ...]
    names: tuple[str, ...]


class Window(NamedTuple):
    """The window of one account: its contributions (cause, instant, spend, points, orders), the tier that it holds.

    ``leaves`` says until when a contribution of an instant counts; None: for ever. In a calendar's window (``is_year``)
    whoever has any contribution is looked at whenever a year ends.
    """

    contributions: Sequence[Row]
    tier: str
    ladder: Ladder | None
    leaves: Callable[[int], int] | None
    is_year: bool


class Ended(NamedTuple):
    """When the first thing was due; what ended, soonest first; the lots that are left; and what is due next."""

    first: int
    ends: list[End]
    kept: list[Row]
    next_due: int | None


class End(NamedTuple):
    """Lots that end together: what that moves of available and of pending points, and of each lot by its number."""

    at: int
    points: int
    pending: int
    draws: list[tuple[int, int]]


def night_of(timeline: Timeline, until: datetime) -> Night | None:
    """The night up to ``until``; None when the version in force is not in force by then."""
    version = timeline.versions[-1]
    if version.published_at > until:
        return None
    programme = version.programme
    thresholds = (reward.at for reward in programme.rewards if reward.enabled)
    # The first version changes nothing for those who come at its very instant.
    since = version.published_at - (timedelta() if timeline.versions[1:] else timedelta(microseconds=1))
    edges = _edges(programme)
    past = [edge - timedelta(microseconds=1) for edge in edges if edge <= until]
    return Night(
        version,
        max([since, *past]),
        min(thresholds, default=None),
        horizon_of(programme, until),
        _ladder(programme.tiers, until),
        min((edge for edge in edges if edge > until), default=None),
    )


def _edges(programme: Programme) -> list[datetime]:
    tiers = programme.tiers
    seasons = [season.during for season in tiers.schedule if season.enabled] if tiers else []
    return [edge for season in seasons for edge in (season.start, season.end) if edge is not None]


def _ladder(tiers: Tiers | None, instant: datetime) -> Ladder | None:
    if tiers is None:
        return None
    steps = thresholds_at(tiers, instant)
    return Ladder(tiers, tuple(at for at, _ in steps), tuple(tier.id for _, tier in steps))


def leaving_of(programme: Programme) -> Callable[[datetime], datetime] | None:
    """Until when what happened at an instant counts for tiers; None: for ever."""
    tiers, tz = programme.tiers, zone(programme.timezone)
    if tiers is None or tiers.window == "lifetime":
        return None
    if tiers.window == "rolling":
        rolling = tiers.rolling
        assert rolling is not None
        return lambda at: add(at, rolling, tz)
    return lambda at: start_of_day(date(local_day(at, tz).year + 1, 1, 1), tz)


def looks_of(window: Window, *, since: int, until: int) -> tuple[list[int], int | None] | None:
    """When something leaves the window after ``since`` and by ``until``, and the next time after that.

    None when the tier would change at one of them, or begin to wait for a change: that is not for here.
    """
    leaves, contributions = window.leaves, window.contributions
    if leaves is None or not contributions:
        return [], None
    last = [leaves(row[1]) for row in contributions]
    looks, later = [], []
    if window.is_year:
        year_end = leaves(since)
        while year_end <= until:
            looks.append(year_end)
            year_end = leaves(year_end)
        later.append(year_end)
    else:
        for at in sorted({at for at in last if at > since}):
            (looks if at <= until else later).append(at)
    if any(not _stays(window, last, look) for look in looks):
        return None
    return looks, later[0] if later else None


def _stays(window: Window, last: Sequence[int], instant: int) -> bool:
    """Whether what counts at that instant deserves exactly the tier that is held."""
    ladder = window.ladder
    assert ladder is not None
    column = _COLUMNS[ladder.tiers.metric]
    value = sum(row[column] for row, at in zip(window.contributions, last, strict=True) if at > instant)
    step = bisect_right(ladder.thresholds, value) - 1
    return window.tier == (ladder.names[step] if step >= 0 else "")


_COLUMNS = {"spend": 2, "points": 3, "orders": 4}


def ended_lots(
    lots: Iterable[Row],
    others: Iterable[int],
    until: int,
    reminders: Callable[[int], Sequence[int]],
    *,
    looks: Sequence[int] = (),
) -> Ended | None:
    """The lots of a caught-up account that end by ``until``; None when anything else is due by then, or nothing.

    ``others`` are what it waits for besides; ``reminders`` says when the end of a lot is announced; ``looks`` are
    instants by then at which the account is only looked at.
    """
    ended: list[tuple[int, int, int, bool]] = []
    kept: list[Row] = []
    announced: list[int] = []
    later = [*others]
    for lot in lots:
        number, remaining, _, _, settled, available_at, _, ends_at, _ = lot
        settles_at = None if settled else available_at
        if not remaining or (settles_at is not None and settles_at <= until):
            return None
        if ends_at is not None:
            announced += reminders(ends_at)
            if ends_at <= until:
                ended.append((ends_at, number, remaining, settled))
                continue
            later.append(ends_at)
        if settles_at is not None:
            later.append(settles_at)
        kept.append(lot)
    if not ended and not looks:
        return None
    ended.sort()
    first = min([*looks[:1], *(at for at, *_ in ended[:1])])
    later += [at for at in announced if at >= first]
    next_due = min(later) if later else None
    if next_due is not None and next_due <= until:
        return None
    return Ended(first, _together(ended), kept, next_due)


def _together(ended: Iterable[tuple[int, int, int, bool]]) -> list[End]:
    """One end for all lots that share it; given in the order of ends and numbers."""
    ends: list[End] = []
    draws: list[tuple[int, int]] = []
    end, points, pending = None, 0, 0
    for ends_at, number, remaining, settled in ended:
        if ends_at != end:
            if end is not None:
                ends.append(End(end, points, pending, draws))
            end, points, pending, draws = ends_at, 0, 0, []
        if settled:
            points -= remaining
        else:
            pending -= remaining
        draws.append((number, -remaining))
    if end is not None:
        ends.append(End(end, points, pending, draws))
    return ends
