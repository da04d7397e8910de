"""The price of a cart for a buyer: one pure function for quote, preview, hold, booking and explanation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from palier.core.benefits import Given, Offer, Till, apply
from palier.core.combining import APPLICATION, choose
from palier.core.hints import hints_of, next_tier
from palier.core.money import round_half_up
from palier.core.offers import Basket, Offers, conversion, gather, measured
from palier.core.order import OrderDiscount
from palier.core.plan import PROMO_CODE, Plan, Stacking
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
    if buyer.is_member:
        _tier(plan, buyer, till)
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
    return Basket(plan, cart, buyer, lines, measured(plan, cart.order, lines, is_net=buyer.is_net), segment)


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


def _tier(plan: Plan, buyer: Buyer, till: Till) -> None:
    """The tier's benefits: a price, always given; its percentage only when the cart gives it."""
    tier = plan.tiers.get(buyer.tier or "")
    if tier is not None:
        discount = tier.discount if plan.gives_tier_discount else None
        apply(till, Offer("tier", 0, tier.id, "", discount, tier.free_shipping, tier.gift))


def _answer(basket: Basket, till: Till, offers: Offers, standing: int, stacking: Stacking) -> Quote:
    uses = tuple(discount for given in till.given for discount in _order_discounts(given))
    placed = replace(basket.cart.order, discounts=uses)
    promised = promise(basket, placed, till.left) if basket.buyer.is_member else _NOTHING
    return Quote(
        discounts=tuple(
            QuotedDiscount(
                given.offer.source, given.amount_minor, given.lines_minor, given.offer.id, given.points,
                given.offer.code, given.offer.discount,
            )
            for given in till.given
            if (given.amount_minor or given.points) and not given.promo_codes
        ),
        promo_codes=tuple(_promo_codes(till)),
        free_shipping=till.granted or frozenset[str](),
        total_minor=till.total,
        earns=promised.points,
        refused=_refused(basket, offers, standing, stacking),
        hints=hints_of(basket, promised, standing, stacking) if basket.buyer.is_member else (),
        gifts=tuple(
            GiftLine(given.offer.gift.product, given.offer.gift.quantity, given.offer.source, given.offer.id)
            for given in till.given
            if given.offer.gift
        ),
        next_tier=next_tier(basket),
        shipping_saved_minor=till.shipping_minor - till.shipping_left,
        shipping_by=tuple(
            ShippingGrant(given.offer.source, given.offer.free_shipping, given.offer.id, given.offer.code)
            for given in till.given
            if given.offer.free_shipping
        ),
        why_not=promised.why_not,
        booked=uses,
    )  # fmt: skip


def _promo_codes(till: Till) -> Iterator[QuotedDiscount]:
    nothing = (0,) * len(till.lines)
    for given in till.given:
        for code in given.promo_codes:
            amount = 0 if code.free_shipping else code.amount_minor
            yield QuotedDiscount("promo_code", amount, code.lines_minor or nothing, code.id, 0, code.code)


def _order_discounts(given: Given) -> Iterator[OrderDiscount]:
    """What of it stands on the order. Points that only free the delivery are used by that discount."""
    yield from given.promo_codes
    offer, points = given.offer, given.points
    if given.promo_codes:
        return
    if given.amount_minor or (points and not given.frees):
        yield OrderDiscount(offer.source, given.amount_minor, offer.code, offer.id, points, given.lines_minor)
        points = 0
    if given.saved_minor or points:
        yield OrderDiscount(offer.source, given.saved_minor, offer.code, offer.id, points, free_shipping=True)
    elif offer.code and given.is_something and not given.amount_minor:
        yield OrderDiscount(offer.source, 0, offer.code, offer.id)


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
