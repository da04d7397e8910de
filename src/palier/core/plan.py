"""A programme version compiled for pricing carts: everything that does not depend on the cart is looked up once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from palier.core.benefits import Offer, of_bracket
from palier.core.earning_plan import EarningPlan, compile_earning
from palier.core.programme.values import SOURCES, Bracket, Programme, Segment, Tier, Tiers
from palier.core.tiers import thresholds_at

SEGMENT, FIRST_ORDER, PROMO_CODE, COUPON, POINTS = 1, 2, 4, 8, 16
"""Who gives, as bits of a set, in the order in which their discounts are applied (meaning 5)."""

BITS = {
    "segment": SEGMENT,
    "first_order": FIRST_ORDER,
    "promo_code": PROMO_CODE,
    "coupon": COUPON,
    "points": POINTS,
}

EVERY_SET = range(32)

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stacking:
    """What may stand together when a certain segment (or none) is the member's.

    ``order`` lists the bits by priority, ``allowed[set]`` says whether the sources of a set may be combined.
    """

    order: tuple[int, ...]
    allowed: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """An enabled segment with its enabled brackets, the highest first, and what each of them offers."""

    segment: Segment
    brackets: tuple[Bracket, ...]
    offers: tuple[Offer, ...]
    is_excluded: bool
    stacking: Stacking


@dataclass(frozen=True, slots=True)
class Plan:
    """One programme version, immutable and indexed. Brackets are those enabled, the highest first.

    ``tiers`` is what each tier offers in a cart; ``steps`` the ladder when no season changes it, else None.
    """

    programme: Programme
    tiers: Mapping[str, Offer]
    steps: tuple[tuple[int, Tier], ...] | None
    segments: Mapping[str, SegmentPlan]
    first_order: tuple[Bracket, ...]
    first_order_offers: tuple[Offer, ...]
    points: tuple[Bracket, ...]
    stacking: Stacking
    earning: EarningPlan


def compile_plan(programme: Programme) -> Plan:
    """The plan of a programme; compile it once per version."""
    tiers = programme.tiers
    redemption = programme.redemption
    first_order = highest_first(programme.first_order)
    return Plan(
        programme=programme,
        tiers=_tiers(tiers) if tiers else {},
        steps=thresholds_at(tiers, _ANY_TIME) if tiers and not tiers.schedule else None,
        segments={s.id: _segment(programme, s) for s in programme.segments if s.enabled},
        first_order=first_order,
        first_order_offers=tuple(of_bracket("first_order", FIRST_ORDER, each) for each in first_order),
        points=highest_first(redemption.brackets) if redemption else (),
        stacking=_stacking(programme, ""),
        earning=compile_earning(programme),
    )


def _tiers(tiers: Tiers) -> dict[str, Offer]:
    """A tier's percentage is the cart's only where the shop's customer group does not give it."""
    by_cart = tiers.discount_by == "cart"
    return {
        tier.id: Offer(
            "tier", 0, tier.id, "", tier.discount if by_cart else None, tier.free_shipping, tier.gift
        )
        for tier in tiers.ladder
        if tier.enabled
    }


def highest_first(brackets: tuple[Bracket, ...]) -> tuple[Bracket, ...]:
    """The enabled brackets by their lower bound, the highest first."""
    enabled = [bracket for bracket in brackets if bracket.enabled]
    return tuple(sorted(enabled, key=lambda bracket: bracket.bounds.at_least or 0, reverse=True))


def _segment(programme: Programme, segment: Segment) -> SegmentPlan:
    brackets = highest_first(segment.brackets)
    excluded = not brackets and not segment.earn_points
    offers = tuple(of_bracket("segment", SEGMENT, each, segment.id) for each in brackets)
    return SegmentPlan(segment, brackets, offers, excluded, _stacking(programme, segment.id))


def _stacking(programme: Programme, segment_id: str) -> Stacking:
    """One source alone is always allowed; more together must all lie within one of the sets of ``combine``."""
    names = {**BITS, f"segment:{segment_id}": SEGMENT} if segment_id else BITS
    masks = [sum({names[name] for name in named if name in names}) for named in programme.combine]
    allowed = tuple(each.bit_count() <= 1 or any(each | mask == mask for mask in masks) for each in EVERY_SET)
    order = dict.fromkeys(names[name] for name in (*programme.priority, *SOURCES) if name in names)
    return Stacking(tuple(order), allowed)
