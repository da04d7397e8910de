"""Calendar time: ISO 8601 durations, and days in a programme's time zone."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$"
)

DURATION_LIMIT_MONTHS = 1200
"""No duration may exceed a hundred years."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of calendar months, calendar days and exact seconds, as ISO 8601 writes it."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    @property
    def is_zero(self) -> bool:
        """Whether nothing passes at all (``P0D``)."""
        return not (self.months or self.days or self.seconds)

    def __str__(self) -> str:
        date_part = (f"{self.months}M" if self.months else "") + (f"{self.days}D" if self.days else "")
        time_part = f"T{self.seconds}S" if self.seconds else ""
        return "P" + (date_part + time_part or "0D")


def parse_duration(text: str) -> Duration:
    """Read ``P12M``, ``P14D``, ``P2W``, ``PT1H`` … ``ValueError`` when it is none, or longer than a hundred years."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise ValueError("not an ISO 8601 duration such as P12M, P2W, P14D or PT1H")
    years, months, weeks, days, hours, minutes, seconds = (
        int(part) if part else 0 for part in match.groups()
    )
    duration = Duration(
        months=12 * years + months,
        days=7 * weeks + days,
        seconds=3600 * hours + 60 * minutes + seconds,
    )
    if duration.months > DURATION_LIMIT_MONTHS or duration.days > 36525 or duration.seconds > 36525 * 86400:
        raise ValueError("longer than a hundred years")
    return duration


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name."""
    return ZoneInfo(name)


def add_to_date(day: date, duration: Duration) -> date:
    """``day`` plus months (clamped to the last day: 31 January + P1M = 28 February) plus days."""
    months = day.year * 12 + day.month - 1 + duration.months
    year, month = divmod(months, 12)
    clamped = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return clamped + timedelta(days=duration.days)


def subtract_from_date(day: date, duration: Duration) -> date:
    """``day`` minus months (clamped to the last day) minus days."""
    return add_to_date(day, Duration(-duration.months, -duration.days))


def add(instant: datetime, duration: Duration, tz: ZoneInfo) -> datetime:
    """The exact instant a duration later; months and days keep the local time of ``tz`` across clock changes."""
    return _shift(instant, duration, tz, 1)


def subtract(instant: datetime, duration: Duration, tz: ZoneInfo) -> datetime:
    """The exact instant a duration earlier; months and days keep the local time of ``tz``."""
    return _shift(instant, duration, tz, -1)


def _shift(instant: datetime, duration: Duration, tz: ZoneInfo, sign: int) -> datetime:
    shifted = instant
    if duration.months or duration.days:
        local = instant.astimezone(tz)
        day = add_to_date(local.date(), Duration(sign * duration.months, sign * duration.days))
        shifted = datetime.combine(day, local.time(), tzinfo=tz).replace(fold=local.fold).astimezone(UTC)
    return shifted + timedelta(seconds=sign * duration.seconds)


@lru_cache(maxsize=1 << 13)
def start_of_day(day: date, tz: ZoneInfo) -> datetime:
    """The instant at which that local day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=tz).astimezone(UTC)


def local_day(instant: datetime, tz: ZoneInfo) -> date:
    """The calendar day on which the instant falls in ``tz``."""
    return instant.astimezone(tz).date()


def end_after(instant: datetime, valid_for: Duration, tz: ZoneInfo) -> datetime:
    """The first instant after the whole last day of something that lives ``valid_for`` from ``instant``.

    What is good "until 6 July" is good through the whole of that local day and gone at its midnight.
    """
    if valid_for.seconds:
        return start_of_day(local_day(_shift(instant, valid_for, tz, 1), tz) + timedelta(days=1), tz)
    return _end_after_day(local_day(instant, tz), valid_for, tz)


@lru_cache(maxsize=4096)
def _end_after_day(day: date, valid_for: Duration, tz: ZoneInfo) -> datetime:
    return start_of_day(add_to_date(day, valid_for) + timedelta(days=1), tz)


def end_of_year_after(instant: datetime, valid_for: Duration, tz: ZoneInfo) -> datetime:
    """The first instant of the year after the one in which ``end_after`` would fall."""
    last = local_day(end_after(instant, valid_for, tz) - timedelta(microseconds=1), tz)
    return start_of_day(date(last.year + 1, 1, 1), tz)


def last_day(ends_at: datetime, tz: ZoneInfo) -> date:
    """The last local day on which something that ends at ``ends_at`` is still good."""
    return local_day(ends_at - timedelta(microseconds=1), tz)
