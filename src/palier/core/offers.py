"""What each source has to offer a buyer in a cart, or why it has not."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from palier.core.account import Coupon
from palier.core.benefits import Offer, PointsUse, Till, gives, lines_of, needs_lines, of_bracket
from palier.core.earning import rescaled
from palier.core.money import round_half_up
from palier.core.order import Line, Order
from palier.core.plan import COUPON, POINTS, PROMO_CODE, Plan, SegmentPlan
from palier.core.programme.values import Bracket
from palier.core.quote_values import Buyer, Cart, Reason, Refused
from palier.core.values import replace


class Basket(Struct):
    """A cart beside its buyer; ``measured_minor`` are its goods that count, in the programme's currency (meaning 2).

    ``counted`` are the positions of the lines that count, ``rate`` makes the cart's amounts the programme's (None: they
    are), and when ``is_other`` they count with the tax that the cart leaves out, or without that which it has.
    ``segment`` is the first of the buyer's that is enabled; ``is_excluded`` whether it leaves its members out of points
    and of the first-order benefit (meaning 15).
    """

    plan: Plan
    cart: Cart
    buyer: Buyer
    lines: tuple[Line, ...]
    counted: range | list[int]
    rate: Fraction | None
    is_other: bool
    segment: SegmentPlan | None
    is_excluded: bool
    measured_minor: int = 0

    @property
    def payable(self) -> list[int] | None:
        """The lines that points may pay; None: all."""
        return self.counted if isinstance(self.counted, list) else None


class Offers(Struct):
    """Those that give something in this cart, those that only free carriers that were not chosen, and those refused.

    ``is_roomy``: whatever stands, every other one would still give something beside it. ``coupon_place``: how many
    codes that are refused were entered before the coupon that is offered.
    """

    active: dict[int, Offer]
    idle: dict[int, Offer]
    refused: dict[int, list[Refused]]
    taken: int = 0
    is_roomy: bool = True
    coupon_place: int = 0


def measured(basket: Basket, positions: range | list[int]) -> int:
    """What counts of these lines before any discount, in the basis of ``spend.tax`` and the programme's currency."""
    lines, rate = basket.lines, basket.rate
    if not basket.is_other:
        whole = sum([lines[i].amount_minor for i in positions])
        return whole if rate is None else round_half_up(whole * rate)
    factor = rate if rate is not None else Fraction(1)
    return round_half_up(sum(lines[i].amount_minor * lines[i].other_per_amount for i in positions) * factor)


def counted_positions(plan: Plan, lines: tuple[Line, ...]) -> range | list[int]:
    """The positions of the lines that count: excluded goods do not (a ``range`` when all do)."""
    exclude = plan.programme.spend.exclude
    if exclude is None:
        return range(len(lines))
    return [
        i
        for i, line in enumerate(lines)
        if line.product not in exclude.products and exclude.categories.isdisjoint(line.categories)
    ]


def counts_net(plan: Plan, *, is_net: bool) -> bool:
    """Whether amounts without tax count for this member."""
    tax = plan.programme.spend.tax
    return tax == "excluded" or (tax == "as_displayed" and is_net)


def conversion(plan: Plan, order: Order) -> Fraction | None:
    """Minor units of the programme's currency for one of the cart's; None when they are the same."""
    if order.currency == plan.programme.currency and order.rate is None:
        return None
    rate = (order.rate if order.rate is not None else Fraction(1)) * rescaled(order, plan.programme)
    return None if rate == 1 else rate


def gather(basket: Basket, till: Till) -> Offers:
    """Every source's offer, tried alone on what the tier left."""
    found = Offers({}, {}, {})
    if basket.cart.order.discounts:
        promo_codes = Offer("promo_code", PROMO_CODE, promo_codes=basket.cart.order.discounts)
        _sort(found, till, promo_codes, None)
    if basket.buyer.is_member:
        _segment(basket, till, found)
        _first_order(basket, till, found)
        _points(basket, till, found)
    if basket.cart.coupons:
        _coupons(basket, till, found)
    return found


def reached(brackets: tuple[Bracket, ...], value: int) -> Bracket | None:
    """The highest bracket that holds the value."""
    place = _reached_at(brackets, value)
    return None if place is None else brackets[place]


def _reached_at(brackets: tuple[Bracket, ...], value: int) -> int | None:
    for place, bracket in enumerate(brackets):
        if bracket.bounds.hold(value):
            return place
    return None


def _sort(found: Offers, till: Till, offer: Offer, refused: Refused | None) -> bool:
    """Put an offer where it belongs; False when it gives nothing at all."""
    is_something, amount = gives(till, offer)
    if not is_something and not offer.free_shipping and not offer.promo_codes:
        return False
    if refused is None:
        (found.active if is_something else found.idle)[offer.bit] = offer
        # Half of the goods is left whatever stands, and each takes two cents or more: it still gives something then.
        found.taken += amount
        found.is_roomy = (
            found.is_roomy and amount > 1 and 2 * found.taken <= till.total and not needs_lines(offer)
        )
    elif is_something:
        found.refused[offer.bit] = [refused]
    return True


def _segment(basket: Basket, till: Till, found: Offers) -> None:
    if basket.segment is None:
        return
    place = _reached_at(basket.segment.brackets, basket.measured_minor)
    if place is not None:
        _sort(found, till, basket.segment.offers[place], None)


def _first_order(basket: Basket, till: Till, found: Offers) -> None:
    if basket.buyer.orders or not basket.plan.first_order:
        return
    place = _reached_at(basket.plan.first_order, basket.measured_minor)
    if place is not None:
        refused = Refused("first_order", "excluded") if basket.is_excluded else None
        if refused is None and basket.buyer.first_is_taken:
            refused = Refused("first_order", "used")
        _sort(found, till, basket.plan.first_order_offers[place], refused)


def _points(basket: Basket, till: Till, found: Offers) -> None:
    redemption, buyer = basket.plan.programme.redemption, basket.buyer
    if redemption is None:
        return
    bracket = reached(basket.plan.points, buyer.available)
    asked = basket.cart.use_points
    if bracket is None or asked == 0 or (asked is None and redemption.apply == "on_request"):
        return
    cost = bracket.cost if bracket.cost is not None else bracket.bounds.at_least or 0
    if bracket.discount is not None and bracket.discount.points is not None:
        cost = 0
    use = PointsUse(
        redemption, buyer.available, buyer.available if asked is None else min(asked, buyer.available), cost
    )
    refused: Refused | None = None
    minimum = redemption.min_total_minor
    if basket.is_excluded:
        refused = Refused("points", "excluded")
    elif buyer.orders + 1 < redemption.from_order:
        refused = Refused("points", "from_order", missing=redemption.from_order - buyer.orders - 1)
    elif minimum is not None and basket.measured_minor < minimum:
        refused = Refused("points", "minimum", missing=minimum - basket.measured_minor)
    offer = of_bracket("points", POINTS, bracket)
    offer.use, offer.only = use, basket.payable
    _sort(found, till, offer, refused)


def _coupons(basket: Basket, till: Till, found: Offers) -> None:
    """The first usable code is offered; every other one is listed with its reason."""
    listed: list[Refused] = []
    offered = False
    for code in dict.fromkeys(basket.cart.coupons):
        coupon = _owned(basket.buyer, code)
        if coupon is None:
            listed.append(Refused("coupon", "unknown", code=code))
            continue
        why, missing = _unusable(basket, coupon)
        if why is None and offered:
            why = "not_combinable"
        elif why is None:
            offered = _sort(found, till, _coupon_offer(basket, coupon), None)
            # A code without any goods to reduce has not reached what it needs.
            why = None if offered else "minimum"
            found.coupon_place = len(listed)
        if why is not None:
            listed.append(Refused("coupon", why, coupon.origin_id, coupon.code, missing))
    if listed:
        found.refused[COUPON] = listed


def _owned(buyer: Buyer, code: str) -> Coupon | None:
    if not buyer.is_member:
        return None
    for coupon in buyer.coupons:
        if code in (coupon.code, coupon.id) and coupon.state != "cancelled":
            return coupon
    return None


def _unusable(basket: Basket, coupon: Coupon) -> tuple[Reason | None, int | None]:
    minimum = coupon.terms.min_total_minor
    if minimum is not None:
        value = basket.measured_minor
        if coupon.terms.discount is not None and coupon.terms.discount.lines is not None:
            value = measured(basket, lines_of(basket.lines, coupon.terms.discount.lines, basket.counted))
        if value < minimum:
            return "minimum", minimum - value
    has_ended = coupon.ends_at is not None and coupon.ends_at <= basket.buyer.now
    if coupon.state == "expired" or (coupon.state == "issued" and has_ended):
        return "expired", None
    return ("used", None) if coupon.state in ("used", "reserved") else (None, None)


def _coupon_offer(basket: Basket, coupon: Coupon) -> Offer:
    discount = coupon.terms.discount
    if discount is not None and coupon.remaining_minor is not None:
        discount = replace(discount, amount_minor=coupon.remaining_minor)
    only = basket.payable if coupon.origin == "voucher" else None
    return Offer(
        "coupon", COUPON, coupon.origin_id, coupon.code, discount, coupon.terms.free_shipping, coupon.terms.gift,
        only=only,
    )  # fmt: skip
