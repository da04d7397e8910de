"""The price of a cart for a buyer: one pure function for quote, preview, hold, booking and explanation."""

from __future__ import annotations

from fractions import Fraction

from palier.core.benefits import Given, Offer, PromoCode, Till, apply
from palier.core.combining import APPLICATION, choose
from palier.core.hints import hints_of, next_tier, step_above
from palier.core.money import round_half_up
from palier.core.offers import Basket, Offers, conversion, counted_positions, counts_net, gather, measured
from palier.core.order import OrderDiscount
from palier.core.placed import Parts, order_discounts
from palier.core.plan import COUPON, PROMO_CODE, Plan, Stacking
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
    return _answer(*decided(plan, cart, buyer))


def decided(plan: Plan, cart: Cart, buyer: Buyer) -> tuple[Basket, Till, Offers, int, Stacking]:
    """The cart after everything that stands, before it is told: basket, till, offers, the set that stands, stacking."""
    basket = _basket(plan, cart, buyer)
    till = _till(basket)
    tier = plan.tiers.get(buyer.tier or "") if buyer.is_member else None
    if tier is not None:
        apply(till, tier)
    offers = gather(basket, till)
    stacking = basket.segment.stacking if basket.segment else plan.stacking
    contending = sum(offers.active)
    kept = choose(till, offers.active, contending, stacking, plan.programme.conflict, offers.is_roomy)
    standing = kept
    if offers.idle:
        for bit in stacking.order:
            if bit in offers.idle and stacking.allowed[standing | bit]:
                standing |= bit
    for bit in APPLICATION:
        if bit & standing:
            apply(till, offers.active[bit] if bit & kept else offers.idle[bit])
    return basket, till, offers, standing, stacking


def booked(quoted: Quote) -> tuple[OrderDiscount, ...]:
    """The discounts of the order placed with this quote, in the order of their application.

    Promo codes that had to yield are left out. The order earns what was quoted, and its lines cost what was quoted.
    """
    return order_discounts(Parts(quoted.discounts, quoted.promo_codes, quoted.shipping_by, quoted.gifts))


def _basket(plan: Plan, cart: Cart, buyer: Buyer) -> Basket:
    lines = cart.order.lines or ()
    segment = None
    for id in buyer.segments if buyer.is_member else ():
        segment = plan.segments.get(id)
        if segment is not None:
            break
    is_excluded = segment is not None and segment.is_excluded
    counted, rate = counted_positions(plan, lines), conversion(plan, cart.order)
    is_other = counts_net(plan, is_net=buyer.is_net) != (cart.order.prices == "net")
    basket = Basket(plan, cart, buyer, lines, counted, rate, is_other, segment, is_excluded)
    basket.measured_minor = measured(basket, counted)
    return basket


def _till(basket: Basket) -> Till:
    order, rate = basket.cart.order, basket.rate
    left = [line.amount_minor for line in basket.lines]
    goods = sum(left)
    counted = goods if basket.payable is None else sum([left[i] for i in basket.payable])
    shipping = order.shipping
    return Till(
        basket.lines, left, counted, shipping.carrier, shipping.amount_minor,
        None if rate is None else lambda minor: round_half_up(Fraction(minor) / rate),
        goods, shipping.amount_minor,
    )  # fmt: skip


def _answer(basket: Basket, till: Till, offers: Offers, standing: int, stacking: Stacking) -> Quote:
    parts = _parts(till)
    is_member = basket.buyer.is_member
    promised = promise(basket, till, parts) if is_member else _NOTHING
    step = step_above(basket)
    return Quote(
        parts.discounts,
        parts.promo_codes,
        till.granted or frozenset[str](),
        till.total,
        promised.points,
        _refused(basket, till, offers, standing, stacking),
        hints_of(basket, promised, step, offers, standing, stacking) if is_member else (),
        parts.gifts,
        next_tier(basket, step),
        till.shipping_minor - till.shipping_left,
        parts.grants,
        promised.why_not,
    )


def _parts(till: Till) -> Parts:
    discounts: list[QuotedDiscount] = []
    promo_codes: list[QuotedDiscount] = []
    grants: list[ShippingGrant] = []
    gifts: list[GiftLine] = []
    for given in till.given:
        offer = given.offer
        if given.promo_codes:
            promo_codes += map(_promo_code, given.promo_codes)
            grants += [_promo_grant(each) for each in given.promo_codes if each.saved_minor]
            continue
        if given.amount_minor or given.points:
            discounts.append(_quoted(given, offer))
        if offer.free_shipping is not None:
            carriers, saved = offer.free_shipping, given.saved_minor
            grants.append(ShippingGrant(offer.source, carriers, offer.id, offer.code, saved, not given.frees))
        if offer.gift is not None:
            gifts.append(
                GiftLine(offer.gift.product, offer.gift.quantity, offer.source, offer.id, offer.code)
            )
    return Parts(tuple(discounts), tuple(promo_codes), tuple(grants), tuple(gifts))


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


def _promo_code(applied: PromoCode) -> QuotedDiscount:
    code = applied.code
    return QuotedDiscount("promo_code", applied.amount_minor, applied.lines_minor, code.id, 0, code.code)


def _promo_grant(applied: PromoCode) -> ShippingGrant:
    """A promo code frees the delivery as the shop says; it names no carriers."""
    return ShippingGrant("promo_code", "all", applied.code.id, applied.code.code, applied.saved_minor)


def _refused(
    basket: Basket, till: Till, offers: Offers, standing: int, stacking: Stacking
) -> tuple[Refused, ...]:
    """In the order of priority: what would have given something, and every code that was entered and is not used."""
    refused: list[Refused] = []
    for bit in stacking.order:
        offer, before = offers.active.get(bit), len(refused)
        if bit == PROMO_CODE and not standing & bit:
            codes = basket.cart.order.discounts
            refused += [Refused("promo_code", "not_combinable", code.id, code.code) for code in codes]
        elif bit == COUPON and basket.cart.coupons:
            # A coupon that stands may find nothing left to give: it is kept, and the member is told.
            offer = offer or offers.idle.get(bit)
            if offer is not None and not [given for given in till.given if given.offer is offer]:
                refused.append(Refused(offer.source, "not_combinable", offer.id, offer.code))
        elif offer is not None and not standing & bit:
            refused.append(Refused(offer.source, "not_combinable", offer.id, offer.code))
        if bit in offers.refused:
            # Codes are listed as they were entered.
            place = before + (offers.coupon_place if bit == COUPON else 0)
            yielded, refused[before:] = refused[before:], offers.refused[bit]
            refused[place:place] = yielded
    return tuple(refused)
