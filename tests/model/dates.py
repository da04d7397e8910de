"""Dates of the model: months are clamped, local time is kept, what is good until a day is good through all of it."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from palier.core.period import Duration


def later_day(day: date, span: Duration) -> date:
    """The day a span of months and days later."""
    month = day.month - 1 + span.months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=span.days)


def earlier_day(day: date, span: Duration) -> date:
    """The day a span of months and days before."""
    month = day.month - 1 - span.months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) - timedelta(days=span.days)


def later(at: datetime, span: Duration, tz: ZoneInfo) -> datetime:
    """The exact instant a span later, at the same local time."""
    seconds = timedelta(seconds=span.seconds)
    if not span.months and not span.days:
        return at + seconds
    local = at.astimezone(tz)
    moved = datetime.combine(later_day(local.date(), span), local.time(), tz).replace(fold=local.fold)
    return moved.astimezone(UTC) + seconds


def midnight(day: date, tz: ZoneInfo) -> datetime:
    """When that local day begins."""
    return datetime.combine(day, time(), tz).astimezone(UTC)


def end_of(at: datetime, span: Duration, tz: ZoneInfo, *, with_year: bool = False) -> datetime:
    """The midnight after the last day of what starts at ``at``; ``with_year``: after the last day of that year."""
    last = later_day(at.astimezone(tz).date(), span)
    if span.seconds:
        last = later(at, span, tz).astimezone(tz).date()
    return midnight(date(last.year + 1, 1, 1) if with_year else last + timedelta(days=1), tz)


def year_start(at: datetime, tz: ZoneInfo) -> datetime:
    """When the local year of that instant began."""
    return midnight(date(at.astimezone(tz).year, 1, 1), tz)
