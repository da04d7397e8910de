"""The price of a cart for a buyer: one pure function for quote, preview, hold, booking and explanation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from palier.core.benefits import Given, Offer, PromoCode, Till, apply
from palier.core.combining import APPLICATION, choose
from palier.core.hints import hints_of, next_tier, step_above
from palier.core.money import round_half_up
from palier.core.offers import Basket, Offers, conversion, gather, measured
from palier.core.order import OrderDiscount
from palier.core.plan import PROMO_CODE, Plan, Stacking
from palier.core.programme.values import Gift
from palier.core.promise import Promise, promise
from palier.core.quote_values import (
    Buyer,
    Cart,
    GiftLine,
    Quote,
    QuotedDiscount,
    Refused,
    ShippingGrant,
)

_NOTHING = Promise(0, 0)


def quote(plan: Plan, cart: Cart, buyer: Buyer) -> Quote:
    """What the cart costs, uses up and earns, and why.

    Discounts are applied in the order tier, segment, first order, promo codes, coupon, points, each on what the
    earlier ones left (meaning 5). Amounts of the programme become the cart's currency, and measures of the cart the
    programme's, at the cart's rate, rounded half up. Nothing is written and nothing changes.
    """
    basket = _basket(plan, cart, buyer)
    till = _till(basket)
    tier = plan.tiers.get(buyer.tier or "") if buyer.is_member else None
    if tier is not None:
        apply(till, tier)
    offers = gather(basket, till)
    stacking = basket.segment.stacking if basket.segment else plan.stacking
    contending = sum(offers.active)
    kept = choose(till, offers.active, contending, stacking, plan.programme.conflict)
    standing = kept
    for bit in stacking.order:
        if bit in offers.idle and stacking.allowed[standing | bit]:
            standing |= bit
    for bit in APPLICATION:
        if bit & standing:
            apply(till, offers.active[bit] if bit & kept else offers.idle[bit])
    return _answer(basket, till, offers, standing, stacking)


def booked(quoted: Quote) -> tuple[OrderDiscount, ...]:
    """The discounts of the order placed with this quote, in the order of their application.

    Promo codes that had to yield are left out. The order earns what was quoted, and its lines cost what was quoted.
    """
    return quoted.booked


def _basket(plan: Plan, cart: Cart, buyer: Buyer) -> Basket:
    lines = cart.order.lines or ()
    segment = None
    if buyer.is_member and plan.segments:
        segment = next((plan.segments[id] for id in buyer.segments if id in plan.segments), None)
    is_excluded = segment is not None and segment.is_excluded
    return Basket(
        plan, cart, buyer, lines, measured(plan, cart.order, lines, is_net=buyer.is_net), segment, is_excluded
    )


def _till(basket: Basket) -> Till:
    order = basket.cart.order
    rate = conversion(basket.plan, order)
    left = [line.amount_minor for line in basket.lines]
    goods = sum(left)
    shipping = order.shipping
    return Till(
        basket.lines, left, goods, shipping.carrier, shipping.amount_minor,
        None if rate is None else lambda minor: round_half_up(Fraction(minor) / rate),
        goods, shipping.amount_minor,
    )  # fmt: skip


def _answer(basket: Basket, till: Till, offers: Offers, standing: int, stacking: Stacking) -> Quote:
    uses = tuple([discount for given in till.given for discount in _order_discounts(given)])
    promised = promise(basket, uses, till.left) if basket.buyer.is_member else _NOTHING
    step = step_above(basket)
    return Quote(
        discounts=tuple([
            _quoted(given, given.offer)
            for given in till.given
            if (given.amount_minor or given.points) and not given.promo_codes
        ]),
        promo_codes=tuple([
            QuotedDiscount("promo_code", each.amount_minor, each.lines_minor, each.code.id, 0, each.code.code)
            for given in till.given
            for each in given.promo_codes
        ]),
        free_shipping=till.granted or frozenset[str](),
        total_minor=till.total,
        earns=promised.points,
        refused=_refused(basket, offers, standing, stacking),
        hints=hints_of(basket, promised, step, standing, stacking) if basket.buyer.is_member else (),
        gifts=tuple([_gift(given.offer, given.offer.gift) for given in till.given if given.offer.gift]),
        next_tier=next_tier(basket, step),
        shipping_saved_minor=till.shipping_minor - till.shipping_left,
        shipping_by=tuple([_grant(given) for given in till.given if given.offer.free_shipping or given.saved_minor]),
        why_not=promised.why_not,
        booked=uses,
    )  # fmt: skip


def _quoted(given: Given, offer: Offer) -> QuotedDiscount:
    return QuotedDiscount(
        offer.source,
        given.amount_minor,
        given.lines_minor,
        offer.id,
        given.points,
        offer.code,
        offer.discount,
    )


def _gift(offer: Offer, gift: Gift) -> GiftLine:
    return GiftLine(gift.product, gift.quantity, offer.source, offer.id, offer.code)


def _grant(given: Given) -> ShippingGrant:
    offer = given.offer
    # A promo code frees the delivery as the shop says; it has no carriers of its own.
    return ShippingGrant(offer.source, offer.free_shipping or "all", offer.id, offer.code, given.saved_minor)


def _order_discounts(given: Given) -> Iterator[OrderDiscount]:
    """What of it stands on the order. Points that only free the delivery are used by that discount."""
    offer, points = given.offer, given.points
    if given.promo_codes:
        yield from map(_promo_code, given.promo_codes)
        return
    if given.amount_minor or (points and not given.frees):
        yield OrderDiscount(offer.source, given.amount_minor, offer.code, offer.id, points, given.lines_minor)
        points = 0
    if given.saved_minor or points:
        yield OrderDiscount(offer.source, given.saved_minor, offer.code, offer.id, points, free_shipping=True)
    elif offer.code and given.is_something and not given.amount_minor:
        yield OrderDiscount(offer.source, 0, offer.code, offer.id)


def _promo_code(applied: PromoCode) -> OrderDiscount:
    if applied.code.free_shipping:
        return replace(applied.code, source="promo_code", amount_minor=applied.saved_minor)
    amount, shares = applied.amount_minor, applied.lines_minor
    return replace(applied.code, source="promo_code", amount_minor=amount, lines_minor=shares)


def _refused(basket: Basket, offers: Offers, standing: int, stacking: Stacking) -> tuple[Refused, ...]:
    """In the order of priority: what would have given something, and every code that was entered and is not used."""
    refused: list[Refused] = []
    for bit in stacking.order:
        offer = offers.active.get(bit)
        if bit == PROMO_CODE and not standing & bit:
            codes = basket.cart.order.discounts
            refused += [Refused("promo_code", "not_combinable", code.id, code.code) for code in codes]
        elif offer is not None and not standing & bit:
            refused.append(Refused(offer.source, "not_combinable", offer.id, offer.code))
        refused += offers.refused.get(bit, ())
    return tuple(refused)
