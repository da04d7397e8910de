"""What discounts for some goods may do to a cent: too many carts differ to try them all, so the rules tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from palier.core.edges import coupon_kinds, filters_of
from palier.core.plan import COUPON, FIRST_ORDER, POINTS, PROMO_CODE, SEGMENT, Plan, Stacking
from palier.core.programme.check_benefits import loses_shipping
from palier.core.programme.values import Bracket, Discount, FreeShipping, LineFilter, Programme

TIER = 0
"""The tier stands apart from the sources that combine: it comes before them, and beside each of them."""


@dataclass(frozen=True, slots=True)
class Giving:
    """What one bracket or coupon gives. ``goods`` None: its discount takes from all lines; ``name`` as in a quote."""

    path: str
    bit: int
    name: str
    discount: Discount | None
    free_shipping: FreeShipping = None
    goods: LineFilter | None = None
    segment: str = ""
    at: int = 0
    is_by_steps: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a cart holds little of some goods, ``kept`` may take the place of ``lost``; the same: it may give less."""

    path: str
    lost: str
    kept: str


def rounding_of(plan: Plan) -> str | None:
    """The path of a discount for some goods that another one may come before; None when there is none.

    What the first leaves of each line is rounded to the cent, so that a cent more of other goods can leave a cent less
    of these. Two for the same goods share their whole; points in whole steps leave the member what they cannot use.
    """
    takings = [each for each in givings(plan.programme) if each.discount is not None and not each.is_by_steps]
    for one, other in combinations(takings, 2):
        if one.goods == other.goods or not _stand_together(plan, one, other):
            continue
        for taking in (one, other):
            if taking.goods is not None and taking.bit != TIER:
                return taking.path
    return None


def turns_of(plan: Plan) -> list[Turn]:
    """Every pair of which the first may drive out the second although it gives less; of each two names one.

    Only for programmes with discounts for some goods: of the others ``drops_of`` tries the carts.
    """
    if not filters_of(plan.programme):
        return []
    found: dict[tuple[str, str], Turn] = {}
    given = [each for each in givings(plan.programme) if each.bit != TIER]
    for one in given:
        for other in given:
            if _may_turn(plan, one, other):
                found.setdefault((other.name, one.name), Turn(one.path, other.name, one.name))
    return list(found.values())


def _may_turn(plan: Plan, one: Giving, other: Giving) -> bool:
    # A promo code stands wherever there is something to reduce: no amount of a cart lets it begin.
    if one is other or one.bit == PROMO_CODE or _gives_as_much(one, other):
        return False
    if one.bit == other.bit:
        # The next bracket of a list; of coupons the first code counts, which is told by itself.
        return one.path == other.path and one.bit != COUPON and other.at < one.at
    return plan.programme.conflict == "priority" and any(
        _drives_out(stacking, one.bit, other.bit) for stacking in _stackings(plan, one, other)
    )


def _drives_out(stacking: Stacking, one: int, other: int) -> bool:
    """Whether the first comes before the second, and a set has room for either of them but not for both."""
    if stacking.order.index(one) > stacking.order.index(other):
        return False
    allowed = stacking.allowed
    sets = {each | one | other for each in range(len(allowed))}
    return any(not allowed[each] and allowed[each & ~one] and allowed[each & ~other] for each in sets)


def _gives_as_much(one: Giving, other: Giving) -> bool:
    """Whether ``one`` gives at least what ``other`` does in every cart in which both give something."""
    if loses_shipping(other.free_shipping, one.free_shipping):
        return False
    if other.discount is None:
        return True
    less, more = one.discount, other.discount
    if less is None or one.bit == POINTS or (one.goods is not None and one.goods != other.goods):
        return False
    capped = less.max_minor is None or (more.max_minor is not None and more.max_minor <= less.max_minor)
    if less.percent_bp is not None:
        return more.percent_bp is not None and more.percent_bp <= less.percent_bp and capped
    most = more.max_minor if more.percent_bp is not None else more.amount_minor
    return other.bit not in (POINTS, PROMO_CODE) and most is not None and most <= (less.amount_minor or 0)


def _stackings(plan: Plan, one: Giving, other: Giving) -> list[Stacking]:
    named = one.segment or other.segment
    return (
        [plan.segments[named].stacking]
        if named
        else [plan.stacking, *(s.stacking for s in plan.segments.values())]
    )


def _stand_together(plan: Plan, one: Giving, other: Giving) -> bool:
    if one.bit == other.bit:
        return False
    if TIER in (one.bit, other.bit):
        return True
    return any(stacking.allowed[one.bit | other.bit] for stacking in _stackings(plan, one, other))


def givings(programme: Programme) -> Iterator[Giving]:
    """Everything that takes something off a cart or its delivery. The shop's own promo codes may be of any amount."""
    yield Giving("priority", PROMO_CODE, "promo_code", Discount(amount_minor=1))
    tiers = programme.tiers
    if tiers is not None and tiers.discount_by == "cart":
        for index, tier in enumerate(tiers.ladder):
            if tier.enabled and tier.discount is not None:
                path, goods = f"tiers.ladder[{index}].discount", tier.discount.lines
                yield Giving(path, TIER, "tier", tier.discount, goods=goods)
    yield from _of(programme.first_order, "first_order.brackets", FIRST_ORDER, "first_order")
    for index, segment in enumerate(programme.segments):
        if segment.enabled:
            path, name = f"segments[{index}].brackets", f"segment:{segment.id}"
            yield from _of(segment.brackets, path, SEGMENT, name, segment.id)
    for kind in coupon_kinds(programme):
        terms, name = kind.terms, f"coupon:{kind.id}" if kind.id else "coupon"
        goods = terms.discount.lines if terms.discount else None
        goods = goods or (programme.spend.exclude if kind.is_voucher else None)
        yield Giving(kind.path, COUPON, name, terms.discount, terms.free_shipping, goods)
    redemption = programme.redemption
    for index, bracket in enumerate(redemption.brackets if redemption is not None else ()):
        if redemption is not None and bracket.enabled:
            discount = bracket.discount
            by_steps = redemption.consume == "used" and discount is not None and discount.points is not None
            # Points never pay for excluded goods.
            goods = (discount.lines if discount else None) or programme.spend.exclude
            path = f"redemption.brackets[{index}]"
            yield Giving(path, POINTS, "points", discount, bracket.free_shipping, goods, is_by_steps=by_steps)


def _of(brackets: tuple[Bracket, ...], path: str, bit: int, name: str, segment: str = "") -> Iterator[Giving]:
    for bracket in brackets:
        if bracket.enabled:
            goods = bracket.discount.lines if bracket.discount else None
            at = bracket.bounds.at_least or 0
            yield Giving(path, bit, name, bracket.discount, bracket.free_shipping, goods, segment, at)
