"""Which segments a member belongs to, from facts of the member and of the order at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from palier.core.period import add, add_to_date, local_day, zone
from palier.core.programme.kinds import fold_city
from palier.core.programme.values import Ago, Bounds, Fact, LineFilter, Programme, Where


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """What segments may ask about a member; what is not known is empty or None and matches nothing.

    Delivery, carrier and payment are those of the order at hand, or else of the last order. ``spend_minor`` is of all
    time, ``points`` are those available.
    """

    company: bool = False
    delivery_city: str = ""
    delivery_country: str = ""
    carrier: str = ""
    payment_method: str = ""
    orders: int = 0
    spend_minor: int = 0
    points: int = 0
    last_order: datetime | None = None
    signed_up: datetime | None = None
    bought_products: frozenset[str] = frozenset()
    bought_categories: frozenset[str] = frozenset()
    tier: str | None = None
    groups: frozenset[str] = frozenset()
    language: str = ""
    born: date | None = None
    tags: frozenset[str] = frozenset()


def matching(programme: Programme, facts: SegmentFacts, *, now: datetime) -> tuple[str, ...]:
    """The ids of all enabled segments that match, in order of priority."""
    tz = zone(programme.timezone)
    return tuple(s.id for s in programme.segments if s.enabled and _holds(s.where, facts, now, tz))


def groups_held(programme: Programme, told: Sequence[str], tier: str | None) -> frozenset[str]:
    """The groups that the shop told, and the one that the tier held puts its member in, told by then or not."""
    ladder = programme.tiers.ladder if programme.tiers else ()
    return frozenset(told).union(step.group for step in ladder if step.id == tier and step.group)


def needed_purchases(programme: Programme) -> LineFilter:
    """Every product and category that an enabled segment asks for; empty when none asks what was bought."""
    asked = [
        fact.test
        for segment in programme.segments
        if segment.enabled
        for fact in _facts(segment.where)
        if isinstance(fact.test, LineFilter)
    ]
    return LineFilter(
        products=frozenset().union(*(line_filter.products for line_filter in asked)),
        categories=frozenset().union(*(line_filter.categories for line_filter in asked)),
    )


def is_ago(ago: Ago, instant: datetime | None, *, now: datetime, tz: ZoneInfo) -> bool:
    """Whether ``instant`` lies within the last duration (its very end included) or longer ago; unknown is neither."""
    if instant is None:
        return False
    if ago.within is not None:
        return now <= add(instant, ago.within, tz)
    assert ago.before is not None
    return now > add(instant, ago.before, tz)


def _is_date_ago(ago: Ago, day: date | None, *, today: date) -> bool:
    """The same by calendar days: ``before: P18Y`` holds from the eighteenth birthday on."""
    if day is None:
        return False
    if ago.within is not None:
        return today < add_to_date(day, ago.within)
    assert ago.before is not None
    return today >= add_to_date(day, ago.before)


def _holds(where: Where | Fact, facts: SegmentFacts, now: datetime, tz: ZoneInfo) -> bool:
    if isinstance(where, Fact):
        return _fact_holds(where, facts, now, tz)
    parts = (_holds(part, facts, now, tz) for part in where.parts)
    if where.combine == "all":
        return all(parts)
    if where.combine == "any":
        return any(parts)
    return not any(parts)


def _fact_holds(fact: Fact, facts: SegmentFacts, now: datetime, tz: ZoneInfo) -> bool:
    test = fact.test
    if isinstance(test, bool):
        return facts.company is test
    if isinstance(test, Bounds):
        return test.hold(cast(int, getattr(facts, _NUMBERS[fact.name])))
    if isinstance(test, LineFilter):
        return not (
            test.products.isdisjoint(facts.bought_products)
            and test.categories.isdisjoint(facts.bought_categories)
        )
    if isinstance(test, Ago):
        if fact.name == "born":
            return _is_date_ago(test, facts.born, today=local_day(now, tz))
        return is_ago(test, getattr(facts, fact.name), now=now, tz=tz)
    return not test.isdisjoint(_WORDS[fact.name](facts))


def _facts(where: Where | Fact) -> Iterator[Fact]:
    if isinstance(where, Fact):
        yield where
    else:
        for part in where.parts:
            yield from _facts(part)


_NUMBERS = {"orders": "orders", "spend": "spend_minor", "points": "points"}

_WORDS: dict[str, Callable[[SegmentFacts], frozenset[str]]] = {
    "delivery_city": lambda facts: frozenset({fold_city(facts.delivery_city)}),
    "delivery_country": lambda facts: frozenset({facts.delivery_country.upper()}),
    "carrier": lambda facts: frozenset({facts.carrier}),
    "payment_method": lambda facts: frozenset({facts.payment_method}),
    "tier": lambda facts: frozenset({facts.tier or ""}),
    "group": lambda facts: facts.groups,
    "language": lambda facts: frozenset({facts.language, facts.language.split("-")[0]}),
    "tags": lambda facts: facts.tags,
}
