"""A history while it is being told: what is known so far, and the clock, which likes borders."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from palier.core.period import add, end_after, parse_duration, zone
from tests.simulation.steps import Step

LAPSE = timedelta(minutes=60)

DAY = 86400
SPANS = {
    "still": [0, 0, 5, 60, 600, 3600, DAY],
    "near": [0, 0, 60, 3600, DAY, 5 * DAY, 20 * DAY],
    "far": [0, 0, 60, 3600, DAY, 5 * DAY, 20 * DAY, 60 * DAY, 200 * DAY],
}
"""At most so many seconds pass between two steps, by the habit of the clock."""

Facts = dict[str, Any]


@dataclass(slots=True)
class Story:
    """What was told so far. ``clock`` is the seed's habit: see ``SPANS``, or ``edges`` of the calendar."""

    random: Random
    now: datetime
    document: Facts
    shops: int
    customers: list[str]
    clock: str = "near"
    steps: list[Step] = field(default_factory=list)
    orders: dict[tuple[int, str], Facts] = field(default_factory=dict)
    told: list[Facts] = field(default_factory=list)
    awaited: list[tuple[int, str]] = field(default_factory=list)
    borders: list[datetime] = field(default_factory=list)
    keys: list[tuple[str, Facts]] = field(default_factory=list)
    holds: list[Facts] = field(default_factory=list)
    count: int = 0
    known: list[str] = field(default_factory=list)

    def number(self) -> int:
        """One more."""
        self.count += 1
        return self.count

    def tell(self, do: str, **facts: Any) -> None:
        """One step, now."""
        if facts.get("customer") and do in ("order", "gift", "event", "hold"):
            self.known.append(facts["customer"])
        self.steps.append(Step(self.now, do, facts))

    def somebody(self) -> str:
        """A customer; mostly one who is a member already."""
        return self.random.choice(self.known if self.known and self.random.random() < 0.8 else self.customers)

    def pick(self, *statuses: str) -> Facts | None:
        """An order in one of these states, as it was told last."""
        there = [m for m in self.orders.values() if not statuses or m["status"] in statuses]
        return self.random.choice(there) if there else None

    def move_clock(self) -> None:
        """Stay, go on a little, or jump to just before, at, or just after an instant at which something falls due."""
        random = self.random
        coming = sorted(border for border in self.borders if border > self.now)
        if self.clock == "edges" and random.random() < 0.4:
            coming = sorted(edges(self.now, self.document["timezone"]))
            self._go_near(random.choice(coming if random.random() < 0.2 else coming[:2]))
        elif coming and random.random() < (0.1 if self.clock == "still" else 0.35):
            self._go_near(random.choice(coming[:4]))
        else:
            move = random.choice(SPANS.get(self.clock, SPANS["near"]))
            self.now += timedelta(seconds=random.randint(0, move) if move else 0)

    def _go_near(self, aim: datetime) -> None:
        random = self.random
        slip = timedelta(microseconds=random.choice([-1, 0, 0, 1]), seconds=random.choice([0, 0, 0, 1, 3600]))
        self.now = max(self.now, aim + slip)

    def expect(self, at: datetime) -> None:
        """Instants at which something that starts now will end or settle, under the programme of now."""
        points, tz = self.document["points"], zone(self.document["timezone"])
        spans = [points.get("settle", {}).get("after")]
        if "valid_for" in points:
            self.borders.append(end_after(at, parse_duration(points["valid_for"]), tz))
        tiers = self.document.get("tiers", {})
        window = tiers.get("window")
        spans += [window["rolling"] if isinstance(window, dict) else None, tiers.get("grace")]
        self.borders += [add(at, parse_duration(span), tz) for span in spans if span]
        for reward in self.document.get("rewards", ()):
            if "valid_for" in reward["coupon"]:
                self.borders.append(end_after(at, parse_duration(reward["coupon"]["valid_for"]), tz))
        for season in tiers.get("schedule", ()):
            first, last = (date.fromisoformat(season[name]) for name in ("from", "to"))
            self.borders += [_midnight(day, tz) for day in (first, last + timedelta(days=1))]
        if window == "calendar_year" or points.get("expiry") == "year_end":
            self.borders.append(_midnight(date(at.astimezone(tz).year + 1, 1, 1), tz))


def edges(now: datetime, timezone: str) -> list[datetime]:
    """The next borders of the calendar: midnight, month's end, 29 February, a change of the clocks, new year."""
    tz = zone(timezone)
    today = now.astimezone(tz).date()
    month_end = date(today.year, today.month, monthrange(today.year, today.month)[1])
    leap = next(year for year in range(today.year, today.year + 9) if monthrange(year, 2)[1] == 29)
    days = [today, month_end, date(today.year, 12, 31)]
    days += [date(leap, 2, 29)] if leap == today.year else []
    found = [_midnight(day + timedelta(days=1), tz) for day in days]
    for ahead in range(200):
        start, end = (_midnight(today + timedelta(days=ahead + i), tz) for i in (0, 1))
        if end - start != timedelta(days=1):
            return [*found, start + timedelta(hours=2), end]
    return found


def _midnight(day: date, tz: Any) -> datetime:
    return datetime.combine(day, time(), tz).astimezone(UTC)
