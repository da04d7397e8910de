"""Carts at the checkout, orders that were quoted, and vouchers (docs/algorithms/checkout.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from palier.core.programme.values import CouponTerms, Programme
from tests.model.earning import first_segment
from tests.model.goods import Basket
from tests.model.member import Member
from tests.model.orders import Booked
from tests.model.pricing import Asked, Pricing
from tests.model.purse import Coupon, Hold
from tests.simulation.answers import Given, Priced, Refused, Voucher
from tests.simulation.stage import numbered

if TYPE_CHECKING:
    from tests.model.world import World

HOLD_FOR = timedelta(minutes=60)

Facts = dict[str, Any]


def settle_discounts(world: World, order: Booked, basket: Basket, facts: Facts) -> Hold | None:
    """Give the basket the discounts of its hold, or those that it was quoted; the hold that it names."""
    if "hold" in facts:
        hold = world.holds.get((facts["shop"], facts["hold"]))
        order.is_quoted = False
        if (
            hold is not None
            and hold.owner is order.member
            and (hold.state != "captured" or order.hold is hold)
        ):
            quoted(basket, hold.quote, hold.coupon)
            return hold
        return None
    if not facts.get("use_quote"):
        order.is_quoted = False
        return None
    before = order.basket
    if (
        before is not None
        and order.is_quoted
        and (before.lines, before.prices) == (basket.lines, basket.prices)
    ):
        basket.discounts, basket.coupon = before.discounts, before.coupon
        basket.use_points, basket.frees, basket.is_first = before.use_points, before.frees, before.is_first
        _free_delivery(basket)
    else:
        _quote_order(world, order, basket, facts)
    order.is_quoted = True
    return None


def _quote_order(world: World, order: Booked, basket: Basket, facts: Facts) -> None:
    """A new order is quoted like a cart; one that is known, as if it had never been (only its sums are checked)."""
    answer = world.answers.get(("order", facts["shop"], facts["order"], facts["updated"]))
    if not isinstance(answer, Priced):
        world.complaints.append(f"order {facts['order']}: asked for a quote and got none")
        return
    member = order.member
    if order.basket is None and not order.refunds:
        asked = asked_of(basket, member, facts)
        _compare(world, f"order {facts['order']}", answer, asked, member, order.programme or world.programme)
    check_sums(world, f"order {facts['order']}", answer, basket)
    coupon = None if answer.coupon is None or member is None else in_order(member)[answer.coupon]
    basket.discounts = []
    quoted(basket, answer, coupon)


def quoted(basket: Basket, quote: Priced, coupon: Coupon | None) -> None:
    """The basket with the discounts of the quote."""
    basket.discounts = [(given.source, given.amount, given.shares) for given in quote.given]
    basket.use_points = quote.points
    basket.coupon = str(coupon.number) if coupon is not None else ""
    basket.frees, basket.is_first = _freed(quote), quote.is_first
    _free_delivery(basket)


def _freed(quote: Priced) -> int | None:
    """What was quoted for the delivery, if the order's costs more than the cart's did: points that were used for one
    that the cart did not name pay all of it."""
    if quote.frees and not quote.saved:
        return 0 if any(given.points and not given.amount for given in quote.given) else None
    return quote.saved if quote.frees else None


def _free_delivery(basket: Basket) -> None:
    if basket.frees is not None:
        basket.shipping = max(0, basket.shipping - basket.frees) if basket.frees else 0


def in_order(member: Member) -> list[Coupon]:
    """The member's coupons in the order of their issue."""
    return sorted(member.purse.coupons, key=lambda coupon: (coupon.issued_at, coupon.number))


def asked_of(basket: Basket, member: Member | None, cart: Facts) -> Asked:
    """What the shopper wants of it."""
    coupons = in_order(member) if member is not None else []
    numbers = dict.fromkeys(cart.get("enters", ()))
    entered = tuple(dict.fromkeys(numbered(coupons, number) for number in numbers))
    basket.is_net = member is not None and member.is_net
    return Asked(basket, cart.get("promo", 0), entered, cart.get("asks_points"))


def _compare(
    world: World, where: str, answer: Priced, asked: Asked, member: Member | None, programme: Programme
) -> None:
    mine = world.last_quote = Pricing(asked, member, programme).quote()
    told = [given for given in answer.given if given.amount or given.points]
    for name, there, here in (
        ("discounts", sorted(map(_plain, told)), sorted(map(_plain, mine.given))),
        ("coupon", answer.coupon, mine.coupon),
        ("delivery saved", answer.saved, mine.saved),
        ("total", answer.total, mine.total),
        ("earns", answer.earns, mine.earns),
    ):
        if there != here:
            world.complaints.append(f"{where} {name}: quoted {there}, model {here}")
    check_sums(world, where, answer, asked.basket)


def _plain(given: Given) -> str:
    coupon = f" of coupon {given.coupon}" if given.coupon is not None else ""
    return f"{given.source} {given.amount} {list(given.shares)} for {given.points} points{coupon}"


def check_sums(world: World, where: str, answer: Priced, basket: Basket) -> None:
    """I-20: shares come to their discount, no line pays less than nothing, and the total is what is left."""
    left = [quantity * price for _, quantity, price in basket.lines]
    for given in answer.given:
        left = [value - share for value, share in zip(left, given.shares, strict=True)]
        if sum(given.shares) != given.amount or min(left) < 0:
            world.complaints.append(f"{where}: shares {given.shares} of {given.source} {given.amount}")
    if sum(left) != answer.total:
        world.complaints.append(f"{where}: total {answer.total}, its lines pay {sum(left)}")
    if sum(given.source == "coupon" for given in answer.given) > 1:
        world.complaints.append(f"{where}: two coupons")


def _cart(world: World, facts: Facts) -> Basket:
    from tests.model.world import basket_of

    empty = {"status": "placed", "updated": world.now}
    return basket_of(facts["cart"] | empty | {"promo": 0}, "", world.programme.currency)


def _hear_quote(world: World, facts: Facts) -> None:
    member = None
    if facts["customer"] is not None:
        member = world.known(facts) or Member(world.programme, world.now, world.numbers, {})
    asked = asked_of(_cart(world, facts), member, facts["cart"])
    world.last_quote = Pricing(asked, member, world.programme).quote()
    answer = world.answers.get(("quote", world.now, facts["shop"], facts["customer"], str(facts["cart"])))
    if isinstance(answer, Priced):
        _compare(world, f"quote at {world.now}", answer, asked, member, world.programme)


def _hear_hold(world: World, facts: Facts) -> None:
    key = (facts["shop"], facts["key"])
    member = world.member_of(facts)
    answer = world.answers.get(("hold", world.now, *key))
    known = world.holds.get(key)
    if (known is not None and not known.is_forgotten) or member.is_closed:
        return
    replaced = world.holds.get((facts["shop"], facts.get("replaces", "")))
    if replaced is not None and replaced in member.holds:
        member.end_hold(replaced, "released")
    if not isinstance(answer, Priced):
        world.complaints.append(f"hold {key} was not made")
        return
    asked = asked_of(_cart(world, facts), member, facts["cart"])
    _compare(world, f"hold {key}", answer, asked, member, world.programme)
    pieces = member.purse.draw(answer.points)
    if sum(points for _, points in pieces) != answer.points:
        world.complaints.append(f"hold {key} takes {answer.points} points of {member.purse.available}")
    member.purse.held += answer.points
    coupon = in_order(member)[answer.coupon] if answer.coupon is not None else None
    if coupon is not None:
        if coupon.state != "issued":
            world.complaints.append(f"hold {key} takes a coupon that is {coupon.state}")
        coupon.state = "reserved"
    hold = Hold(member, world.now + HOLD_FOR, pieces, coupon, answer, facts["cart"])
    member.holds.append(hold)
    world.holds[key] = hold
    if answer.is_first:
        member.first_claims.add(hold)
    member.happen()


def _hear_release(world: World, facts: Facts) -> None:
    hold = world.holds.get((facts["shop"], facts["key"]))
    if hold is not None:
        hold.owner.go_to(world.now)
        if hold in hold.owner.holds:
            hold.owner.end_hold(hold, "released")
            hold.owner.happen()


def _hear_voucher(world: World, facts: Facts) -> None:
    key = (facts["shop"], facts["customer"], facts["key"])
    member = world.known(facts)
    if member is None:
        world.refusals.append("unknown_member")
        return
    if facts["key"] in member.vouchers:
        return
    answer = world.answers.get(("voucher", world.now, *key))
    cost, code = _voucher_cost(world.programme, member, facts["points"])
    if code or isinstance(answer, Refused):
        if not isinstance(answer, Refused) or answer.code != code:
            world.complaints.append(f"voucher {key}: answered {answer}, model {code or cost}")
        world.refusals.append(code)
        return
    if not isinstance(answer, Voucher) or answer.points != cost:
        world.complaints.append(f"voucher {key}: answered {answer}, model {cost} points")
    member.vouchers.add(facts["key"])
    coupon = member.issue("voucher", "", _voucher_terms(world.programme, member, facts["points"]))
    coupon.points, coupon.pieces = cost, member.purse.draw(cost)
    member.purse.spent += cost
    if isinstance(answer, Voucher) and coupon.terms is not None and coupon.terms.discount is not None:
        mine = (coupon.terms.discount.percent_bp, coupon.terms.discount.amount_minor)
        if mine != (answer.percent_bp, answer.amount_minor):
            world.complaints.append(f"voucher {key}: gives {answer}, model {mine}")
    member.happen()


def _voucher_cost(programme: Programme, member: Member, asked: int) -> tuple[int, str]:
    """What it costs, and the word of a refusal."""
    redemption = programme.redemption
    segment = first_segment(programme, member.about())
    is_out = segment is not None and not segment.earn_points and not segment.brackets
    if redemption is None or redemption.consume == "none" or is_out:
        return 0, "cannot_redeem"
    if member.valid_orders + 1 < redemption.from_order:
        return 0, "cannot_redeem"
    available = member.purse.available
    bracket = bracket_at(programme, available)
    if bracket is None:
        return 0, "insufficient_points"
    wanted = min(asked, available)
    if bracket.discount is not None and bracket.discount.points is not None:
        cost = wanted // bracket.discount.points * bracket.discount.points
    else:
        cost = bracket.cost if bracket.cost is not None else bracket.bounds.at_least or 0
    if not cost or cost > wanted:
        return 0, "insufficient_points"
    return available if redemption.consume == "all" else cost, ""


def bracket_at(programme: Programme, points: int) -> Any:
    """The highest bracket of redemption that so many points reach."""
    assert programme.redemption is not None
    reached = [b for b in programme.redemption.brackets if b.enabled and b.bounds.hold(points)]
    return max(reached, key=lambda b: b.bounds.at_least or 0, default=None)


def _voucher_terms(programme: Programme, member: Member, asked: int) -> CouponTerms:
    """What the bracket gives for the points asked for."""
    assert programme.redemption is not None
    bracket = bracket_at(programme, member.purse.available)
    discount = bracket.discount
    if discount is not None and discount.points is not None:
        steps = min(asked, member.purse.available) // discount.points
        discount = replace(discount, points=None, amount_minor=discount.amount_minor * steps)
    return CouponTerms(discount, programme.redemption.min_total_minor, free_shipping=bracket.free_shipping)


CHECKOUT: dict[str, Callable[[World, Facts], None]] = {
    "quote": _hear_quote, "hold": _hear_hold, "release": _hear_release, "voucher": _hear_voucher,
}  # fmt: skip
