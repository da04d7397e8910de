"""What is missing: to the next tier, to an earning rule's threshold, to the next bracket or minimum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from palier.core.offers import Basket, Offers, reached
from palier.core.plan import COUPON, FIRST_ORDER, POINTS, SEGMENT, Stacking
from palier.core.programme.values import Bracket, Tier
from palier.core.promise import Promise
from palier.core.quote_values import Hint, NextTier
from palier.core.tiers import thresholds_at

Step = tuple[int, Tier]

Unit = Literal["amount", "points", "orders"]

_METRIC_UNITS: Mapping[str, Unit] = {"spend": "amount", "points": "points", "orders": "orders"}


def next_tier(basket: Basket, step: Step | None) -> NextTier | None:
    """The tier above the one held and what is missing to it without this cart."""
    if step is None:
        return None
    return NextTier(step[1].id, max(0, step[0] - basket.buyer.qualifying))


def hints_of(
    basket: Basket, promised: Promise, step: Step | None, offers: Offers, standing: int, stacking: Stacking
) -> tuple[Hint, ...]:
    """What is still missing with this cart: the tier first, then rules in their order, then benefits."""
    hints: list[Hint] = []
    tiers = basket.plan.programme.tiers
    if step is not None and tiers is not None:
        metric, missing = tiers.metric, step[0] - basket.buyer.qualifying
        missing -= promised.spend_minor if metric == "spend" else promised.points if metric == "points" else 1
        if missing > 0:
            hints.append(Hint("tier", missing, _METRIC_UNITS[metric], step[1].id))
    hints += promised.hints
    if basket.segment is not None and stacking.allowed[standing | SEGMENT]:
        brackets, id = basket.segment.brackets, basket.segment.segment.id
        _next_bracket(hints, brackets, basket.measured_minor, f"segment:{id}")
    if not basket.is_excluded:
        is_first = not basket.buyer.orders and not basket.buyer.first_is_taken
        if is_first and stacking.allowed[standing | FIRST_ORDER]:
            _next_bracket(hints, basket.plan.first_order, basket.measured_minor, "first_order")
        for refused in offers.refused.get(COUPON, ()):
            if refused.missing:
                hints.append(Hint("benefit", refused.missing, "amount", f"coupon:{refused.code}"))
        if stacking.allowed[standing | POINTS]:
            _points(hints, basket)
    return tuple(hints)


def step_above(basket: Basket) -> Step | None:
    """The tier above the one held, with its threshold in force."""
    tiers = basket.plan.programme.tiers
    if tiers is None or not basket.buyer.is_member:
        return None
    steps = basket.plan.steps or thresholds_at(tiers, basket.buyer.now)
    above = steps[0] if steps else None
    for i, (_, tier) in enumerate(steps):
        if tier.id == basket.buyer.tier:
            above = steps[i + 1] if i + 1 < len(steps) else None
            break
    return above


def _points(hints: list[Hint], basket: Basket) -> None:
    redemption, buyer = basket.plan.programme.redemption, basket.buyer
    if redemption is None or buyer.orders + 1 < redemption.from_order:
        return
    minimum = redemption.min_total_minor
    if minimum is not None and basket.measured_minor < minimum:
        bracket = reached(basket.plan.points, buyer.available)
        if bracket is not None:
            hints.append(Hint("benefit", minimum - basket.measured_minor, "amount", "points", bracket))
    _next_bracket(hints, basket.plan.points, buyer.available, "points", of="points")


def _next_bracket(
    hints: list[Hint], brackets: tuple[Bracket, ...], value: int, id: str, *, of: Unit = "amount"
) -> None:
    """What is missing to the lowest bracket that begins above the value."""
    following = None
    for bracket in brackets:
        if (bracket.bounds.at_least or 0) <= value:
            break
        following = bracket
    if following is not None:
        hints.append(Hint("benefit", (following.bounds.at_least or 0) - value, of, id, following))
