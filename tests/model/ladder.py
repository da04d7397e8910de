"""Which tier a member deserves, and how one moves (programme.md: tiers, meanings 9, 11, 13 and 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from palier.core.programme.values import Tier, Tiers
from tests.model.dates import later, year_start


@dataclass(slots=True)
class Share:
    """What one order or event brought towards the tiers, at its own time."""

    at: datetime
    spend: int = 0
    points: int = 0
    orders: int = 0


def steps(tiers: Tiers | None, now: datetime) -> list[tuple[int, Tier]]:
    """The ladder with the thresholds that hold now, lowest first."""
    if tiers is None:
        return []
    now_asked = {tier.id: tier.threshold for tier in tiers.ladder}
    for season in tiers.schedule:
        if season.enabled and season.during.holds(now):
            now_asked |= dict(season.thresholds)
    enabled = [tier for tier in tiers.ladder if tier.enabled]
    return sorted(((now_asked[tier.id], tier) for tier in enabled), key=lambda step: step[0])


def value(tiers: Tiers, shares: list[Share], now: datetime, tz: ZoneInfo) -> int:
    """What counts now, by metric and window."""
    counting = [share for share in shares if _is_inside(tiers, share, now, tz)]
    return sum(getattr(share, tiers.metric) for share in counting)


def _is_inside(tiers: Tiers, share: Share, now: datetime, tz: ZoneInfo) -> bool:
    if tiers.window == "rolling":
        assert tiers.rolling is not None
        return later(share.at, tiers.rolling, tz) > now
    return tiers.window == "lifetime" or share.at >= year_start(now, tz)


def deserved(tiers: Tiers | None, shares: list[Share], now: datetime, tz: ZoneInfo) -> str | None:
    """The highest tier whose threshold is reached; None below the lowest."""
    reached = None
    if tiers is not None:
        counts = value(tiers, shares, now, tz)
        for threshold, tier in steps(tiers, now):
            if counts >= threshold:
                reached = tier.id
    return reached


def rank(tiers: Tiers | None, tier: str | None, now: datetime) -> int:
    """The place on the ladder, 0 below the lowest; -1 for a tier that it does not have."""
    if tier is None:
        return 0
    names = [step.id for _, step in steps(tiers, now)]
    return names.index(tier) + 1 if tier in names else -1


def changes_at(tiers: Tiers | None, shares: list[Share], now: datetime, tz: ZoneInfo) -> list[datetime]:
    """The instants after now at which time alone changes what is deserved."""
    if tiers is None:
        return []
    found = [edge for season in tiers.schedule for edge in (season.during.start, season.during.end) if edge]
    if tiers.window == "rolling" and tiers.rolling is not None:
        found += [later(share.at, tiers.rolling, tz) for share in shares]
    if tiers.window == "calendar_year":
        start = year_start(now, tz).astimezone(tz)
        found.append(year_start(start.replace(year=start.year + 1, month=6), tz))
    return [edge for edge in found if edge > now]


def after_a_step(tiers: Tiers, now: datetime, tz: ZoneInfo) -> datetime:
    """When the next step down comes under ``landing: one_step``: a window later, and its grace."""
    start = now
    if tiers.window == "rolling" and tiers.rolling is not None:
        start = later(now, tiers.rolling, tz)
    elif tiers.window == "calendar_year":
        local = now.astimezone(tz)
        start = year_start(local.replace(year=local.year + 1, month=6, day=15), tz)
    return later(start, tiers.grace, tz)
