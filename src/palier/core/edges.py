"""Where the price of a cart may jump: every amount at which a benefit of a programme begins, changes or ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from palier.core.plan import COUPON, FIRST_ORDER, POINTS, PROMO_CODE, SEGMENT
from palier.core.programme.values import Bracket, CouponTerms, Discount, LineFilter, Programme, Redemption
from palier.core.values import replace


@dataclass(frozen=True, slots=True)
class CouponKind:
    """Coupons that the programme issues, or a voucher of points. ``id`` as in the quote (a voucher: empty)."""

    id: str
    path: str
    terms: CouponTerms
    is_voucher: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """At ``at_minor`` of what a cart measures something of the source at ``path`` begins or changes.

    ``bit`` names the source, ``segment`` or ``coupon`` which one of it. ``is_covered``: below it an amount of the
    source pays the whole cart, so that nothing is left for others.
    """

    path: str
    at_minor: int
    bit: int
    segment: str = ""
    coupon: CouponKind | None = None
    is_covered: bool = False


def edges_of(programme: Programme) -> list[Edge]:
    """Every edge: where something begins or ends, and where an amount pays the whole cart no more."""
    found = [Edge("priority", 1_000, PROMO_CODE, is_covered=True)]
    if programme.redemption is not None:
        found += _of_points(programme.redemption)
    for kind in coupon_kinds(programme):
        found.append(Edge(kind.path, kind.terms.min_total_minor or 0, COUPON, coupon=kind))
        found.append(Edge(kind.path, _covered(kind.terms.discount), COUPON, coupon=kind, is_covered=True))
    found += _borders(Edge("first_order.brackets", 0, FIRST_ORDER), programme.first_order)
    for index, segment in enumerate(programme.segments):
        if segment.enabled:
            own = Edge(f"segments[{index}].brackets", 0, SEGMENT, segment=segment.id)
            found += _borders(own, segment.brackets)
    return [edge for edge in dict.fromkeys(found) if edge.at_minor > 0]


def coupon_kinds(programme: Programme) -> list[CouponKind]:
    """What coupons of this programme can be: those of rewards and tiers, and the smallest and largest vouchers."""
    found = [
        CouponKind(reward.id, f"rewards[{index}].coupon", reward.coupon)
        for index, reward in enumerate(programme.rewards)
        if reward.enabled
    ]
    for index, tier in enumerate(programme.tiers.ladder if programme.tiers else ()):
        if tier.enabled and tier.coupon is not None:
            found.append(CouponKind(tier.id, f"tiers.ladder[{index}].coupon", tier.coupon))
    kept = [
        replace(kind, terms=replace(kind.terms, discount=replace(discount, amount_minor=1)))
        for kind in found
        if kind.terms.remainder_kept
        and (discount := kind.terms.discount) is not None
        and discount.amount_minor
    ]
    return [*found, *kept, *_vouchers(programme.redemption)]


def filters_of(programme: Programme) -> list[LineFilter]:
    """Every choice of goods that a discount is for."""
    brackets = [*programme.first_order, *(programme.redemption.brackets if programme.redemption else ())]
    brackets += [bracket for segment in programme.segments for bracket in segment.brackets]
    discounts = [bracket.discount for bracket in brackets if bracket.enabled]
    discounts += [kind.terms.discount for kind in coupon_kinds(programme)]
    discounts += [tier.discount for tier in programme.tiers.ladder] if programme.tiers else []
    return list(dict.fromkeys(d.lines for d in discounts if d is not None and d.lines is not None))


def _borders(edge: Edge, brackets: tuple[Bracket, ...]) -> Iterator[Edge]:
    for bracket in brackets:
        if bracket.enabled:
            yield replace(edge, at_minor=bracket.bounds.at_least or 0)
            yield replace(edge, at_minor=_covered(bracket.discount), is_covered=True)
            if bracket.bounds.at_most is not None:
                yield replace(edge, at_minor=bracket.bounds.at_most + 1)


def _covered(discount: Discount | None) -> int:
    """One cent more than what an amount pays whole; 0 for what is no amount."""
    return discount.amount_minor + 1 if discount and discount.amount_minor and not discount.points else 0


def _of_points(redemption: Redemption) -> Iterator[Edge]:
    """Their minimum, and where a share of the goods first buys something."""
    if redemption.min_total_minor:
        yield Edge("redemption.min_total", redemption.min_total_minor, POINTS)
    share = redemption.max_percent_bp
    for index, bracket in enumerate(redemption.brackets):
        discount = bracket.discount
        if bracket.enabled:
            yield Edge(f"redemption.brackets[{index}]", _covered(discount), POINTS, is_covered=True)
        if share and bracket.enabled and discount is not None:
            step = discount.amount_minor if discount.points and redemption.consume == "used" else 1
            yield Edge("redemption.max_percent", -(-(step or 1) * 10_000 // share), POINTS)


def _vouchers(redemption: Redemption | None) -> Iterator[CouponKind]:
    if redemption is None or redemption.consume == "none":
        return
    for bracket in redemption.brackets:
        if not bracket.enabled or bracket.discount is None:
            continue
        for discount in dict.fromkeys(_bought(bracket.discount, bracket)):
            terms = CouponTerms(
                discount, redemption.min_total_minor, free_shipping=bracket.free_shipping, gift=bracket.gift
            )
            yield CouponKind("", "redemption.min_total", terms, is_voucher=True)


def _bought(discount: Discount, bracket: Bracket) -> Iterator[Discount]:
    if discount.points is None or discount.amount_minor is None:
        yield discount
        return
    most = (bracket.bounds.at_most or 100 * (bracket.bounds.at_least or discount.points)) // discount.points
    for steps in (1, max(1, most)):
        yield replace(discount, points=None, amount_minor=steps * discount.amount_minor)
