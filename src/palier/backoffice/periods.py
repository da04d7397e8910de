"""The time that a page of figures looks at: chosen by a word or by two days, cut into days, months or years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import dates
from django.utils.translation import gettext_lazy as _

from palier.backoffice import formats
from palier.core.period import Duration, subtract_from_date
from palier.store.ledger.statistics import Stretch

CHOICES = {
    "30d": _("30 days"),
    "3m": _("3 months"),
    "12m": _("12 months"),
    "year": _("This year"),
    "last-year": _("Last year"),
}
DEFAULT = "12m"
OWN = "own"

DAYS_MAX = 62
"""Up to so many days each is a step of its own; longer times go by months."""
MONTHS_MAX = 60
"""Up to so many months each is a step; longer times go by years."""
YEARS_MAX = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One column of a chart: a day, a month or a year, or what of it lies within the period."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the programme's zone, ``first`` to ``last``, both included."""

    choice: str
    first: date
    last: date
    unit: str
    steps: tuple[Step, ...]
    tz: ZoneInfo

    @property
    def whole(self) -> Stretch:
        return (_midnight(self.first, self.tz), _midnight(self.last + timedelta(days=1), self.tz))

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        return tuple(
            (_midnight(step.first, self.tz), _midnight(step.last + timedelta(days=1), self.tz))
            for step in self.steps
        )


def chosen_period(
    choice: str, first: str, last: str, *, now: datetime, tz: ZoneInfo, language: str
) -> Period:
    """The period of that choice, or between those two ISO days when both can be read; else the default.

    Months and years are whole ones but for the running one, which ends today. Days to come are cut off; so is what lies
    more than a hundred years back.
    """
    today = now.astimezone(tz).date()
    own = _own(first, last, today)
    if own is not None:
        choice, (begin, end) = OWN, own
    else:
        choice = choice if choice in CHOICES else DEFAULT
        begin, end = _between(choice, today)
    unit = _unit(begin, end)
    return Period(choice, begin, end, unit, _steps(begin, end, unit, language), tz)


def _own(first: str, last: str, today: date) -> tuple[date, date] | None:
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    begin, end = min(begin, end), min(max(begin, end), today)
    begin = max(min(begin, end), subtract_from_date(end, Duration(months=12 * YEARS_MAX)) + timedelta(days=1))
    return begin, end


def _between(choice: str, today: date) -> tuple[date, date]:
    if choice == "30d":
        return today - timedelta(days=29), today
    if choice == "year":
        return date(today.year, 1, 1), today
    if choice == "last-year":
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    months = 2 if choice == "3m" else 11
    return subtract_from_date(today.replace(day=1), Duration(months=months)), today


def _unit(begin: date, end: date) -> str:
    if (end - begin).days < DAYS_MAX:
        return "day"
    months = 12 * (end.year - begin.year) + end.month - begin.month + 1
    return "month" if months <= MONTHS_MAX else "year"


def _steps(begin: date, end: date, unit: str, language: str) -> tuple[Step, ...]:
    steps = []
    first = begin
    while first <= end:
        last = min(_last_of(first, unit), end)
        steps.append(Step(first, last, _name(first, unit, language)))
        first = last + timedelta(days=1)
    return tuple(steps)


def _last_of(day: date, unit: str) -> date:
    if unit == "day":
        return day
    if unit == "year":
        return date(day.year, 12, 31)
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def _name(day: date, unit: str, language: str) -> str:
    locale = formats.LOCALES.get(language, "en_GB")
    if unit == "day":
        return str(dates.format_skeleton("MMMd", day, locale=locale))
    if unit == "month":
        return str(dates.format_skeleton("yMMM", day, locale=locale))
    return str(day.year)


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tz)
