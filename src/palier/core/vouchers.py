"""Points that become a voucher: a personal coupon of what they are worth (meaning 4)."""

from __future__ import annotations

from palier.core.account import Cause, Coupon
from palier.core.book import Book, Post
from palier.core.coupons import issue
from palier.core.errors import CannotRedeem, InsufficientPoints
from palier.core.offers import reached
from palier.core.plan import Plan
from palier.core.programme.values import Bracket, CouponTerms, Redemption
from palier.core.values import replace


def redeem(book: Book, plan: Plan, *, asked: int, segments: tuple[str, ...], origin_id: str) -> Coupon:
    """Spend whole steps of the bracket that the available points reach, up to ``asked``, on a coupon.

    More than available counts as all of it. The coupon asks for the programme's ``min_total`` of points and has no
    end. ``InsufficientPoints`` when not even one step is there; ``CannotRedeem`` when points buy nothing, the member's
    segment is excluded, or points are usable from a later order on.
    """
    redemption = _redemption(book, plan, segments)
    available = book.totals["available"]
    bracket = reached(plan.points, available)
    points, terms = (0, CouponTerms()) if bracket is None else _worth(bracket, min(asked, available))
    if bracket is None or points == 0:
        raise InsufficientPoints(
            f"{min(asked, available)} points do not buy a voucher",
            path="points",
            hint=f"the member has {available} points",
        )
    if redemption.consume == "all":
        points = available
    terms = replace(terms, min_total_minor=redemption.min_total_minor)
    post = Post("reward", Cause("coupon", ""), facts={"at": points})
    pieces = book.take(post, points, book.spendable())
    coupon = issue(book, terms, origin="voucher", origin_id=origin_id, points=points, pieces=tuple(pieces))
    post.cause = Cause("coupon", coupon.id)
    book.commit(post)
    return coupon


def _redemption(book: Book, plan: Plan, segments: tuple[str, ...]) -> Redemption:
    redemption = plan.programme.redemption
    if redemption is None or redemption.consume == "none":
        raise CannotRedeem("points buy nothing in this programme", path="points")
    first = next((plan.segments[id] for id in segments if id in plan.segments), None)
    if first is not None and first.is_excluded:
        raise CannotRedeem(f"members of segment {first.segment.id!r} use no points", path="member")
    if book.totals["orders"] + 1 < redemption.from_order:
        raise CannotRedeem(f"points are usable from order {redemption.from_order} on", path="member")
    return redemption


def _worth(bracket: Bracket, points: int) -> tuple[int, CouponTerms]:
    """What so many points cost and buy in the bracket; nothing when they are less than one step."""
    discount = bracket.discount
    benefits = CouponTerms(free_shipping=bracket.free_shipping, gift=bracket.gift)
    if discount is not None and discount.points is not None:
        assert discount.amount_minor is not None
        steps = points // discount.points
        if discount.max_minor is not None:
            steps = min(steps, discount.max_minor // discount.amount_minor)
        worth = replace(discount, points=None, amount_minor=steps * discount.amount_minor, max_minor=None)
        return steps * discount.points, replace(benefits, discount=worth)
    cost = bracket.cost if bracket.cost is not None else bracket.bounds.at_least or 0
    return (cost if cost <= points else 0), replace(benefits, discount=discount)
