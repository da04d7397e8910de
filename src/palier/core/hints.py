"""What is missing: to the next tier, to an earning rule's threshold, to the next bracket or minimum."""

from __future__ import annotations

from collections.abc import Iterator

from palier.core.offers import Basket, reached
from palier.core.plan import FIRST_ORDER, POINTS, SEGMENT, Stacking
from palier.core.programme.values import Bracket, Tier
from palier.core.promise import Promise
from palier.core.quote_values import Hint, NextTier
from palier.core.tiers import thresholds_at

Step = tuple[int, Tier]

_METRIC_UNITS = {"spend": "amount", "points": "points", "orders": "orders"}


def next_tier(basket: Basket, step: Step | None) -> NextTier | None:
    """The tier above the one held and what is missing to it without this cart."""
    if step is None:
        return None
    return NextTier(step[1].id, max(0, step[0] - basket.buyer.qualifying))


def hints_of(
    basket: Basket, promised: Promise, step: Step | None, standing: int, stacking: Stacking
) -> tuple[Hint, ...]:
    """What is still missing with this cart: the tier first, then rules in their order, then benefits."""
    return (
        *_tier(basket, promised, step),
        *promised.hints,
        *_benefits(basket, standing, stacking),
    )


def step_above(basket: Basket) -> Step | None:
    """The tier above the one held, with its threshold in force."""
    tiers = basket.plan.programme.tiers
    if tiers is None or not basket.buyer.is_member:
        return None
    steps = basket.plan.steps or thresholds_at(tiers, basket.buyer.now)
    held = next((i for i, (_, tier) in enumerate(steps) if tier.id == basket.buyer.tier), -1)
    return steps[held + 1] if held + 1 < len(steps) else None


def _tier(basket: Basket, promised: Promise, step: Step | None) -> Iterator[Hint]:
    tiers = basket.plan.programme.tiers
    if step is None or tiers is None:
        return
    brings = {"spend": promised.spend_minor, "points": promised.points, "orders": 1}[tiers.metric]
    missing = step[0] - basket.buyer.qualifying - brings
    if missing > 0:
        yield Hint("tier", missing, _METRIC_UNITS[tiers.metric], step[1].id)  # type: ignore[arg-type]


def _benefits(basket: Basket, standing: int, stacking: Stacking) -> Iterator[Hint]:
    """Of benefits that could stand beside those that do."""
    buyer, segment = basket.buyer, basket.segment
    if segment is not None and stacking.allowed[standing | SEGMENT]:
        yield from _next_bracket(segment.brackets, basket.measured_minor, f"segment:{segment.segment.id}")
    if basket.is_excluded:
        return
    if not buyer.orders and stacking.allowed[standing | FIRST_ORDER]:
        yield from _next_bracket(basket.plan.first_order, basket.measured_minor, "first_order")
    redemption = basket.plan.programme.redemption
    if (
        redemption is None
        or buyer.orders + 1 < redemption.from_order
        or not stacking.allowed[standing | POINTS]
    ):
        return
    minimum = redemption.min_total_minor or 0
    bracket = reached(basket.plan.points, buyer.available)
    if bracket is not None and basket.measured_minor < minimum:
        yield Hint("benefit", minimum - basket.measured_minor, "amount", "points", bracket)
    yield from _next_bracket(basket.plan.points, buyer.available, "points", of_points=True)


def _next_bracket(
    brackets: tuple[Bracket, ...], value: int, id: str, *, of_points: bool = False
) -> Iterator[Hint]:
    following = None
    for bracket in brackets:
        if (bracket.bounds.at_least or 0) <= value:
            break
        following = bracket
    if following is not None:
        missing = (following.bounds.at_least or 0) - value
        yield Hint("benefit", missing, "points" if of_points else "amount", id, following)
