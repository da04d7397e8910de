"""A quote in words: every discount, every refusal, what is earned and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from palier.core.account import Coupon
from palier.core.explain import phrases
from palier.core.explain.refusals import refusal
from palier.core.explain.speech import Speech
from palier.core.formats import Formats
from palier.core.programme.values import EarningRule, Programme
from palier.core.quote import booked
from palier.core.quote_values import Buyer, Hint, NextTier, Quote, QuotedDiscount


@dataclass(frozen=True, slots=True)
class QuoteWords:
    """A quote in one language: each part in the order of the quote's own, and "" where there is nothing to say.

    ``applied`` are the discounts and the promo codes together, in the order in which they are taken off.
    """

    discounts: tuple[str, ...] = ()
    promo_codes: tuple[str, ...] = ()
    shipping: tuple[str, ...] = ()
    gifts: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    earns: str = ""
    hints: tuple[str, ...] = ()
    next_tier: str = ""
    applied: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """All the sentences, in the order in which a cart tells them, none of them twice."""
        given = dict.fromkeys((*self.applied, *self.shipping, *self.gifts))
        said = (*given, *self.refused, self.earns, *self.hints, self.next_tier)
        return tuple(sentence for sentence in said if sentence)


def explain_quote(
    quote: Quote,
    programme: Programme,
    buyer: Buyer,
    language: str,
    formats: Formats,
    *,
    prices: Formats | None = None,
    for_staff: bool = False,
) -> QuoteWords:
    """Why the cart costs what it costs, in the member's language.

    ``formats`` writes the programme's currency, ``prices`` the cart's when that is another. A shopper reads the same
    of every code that is not theirs, whatever is wrong with it (R-VOU-5); ``for_staff`` says it, and names the ids.
    Names and ids are put in as they are: whoever shows the sentences escapes them.
    """
    speech = Speech(language, programme, formats)
    paid = prices or formats
    discounts = tuple(_applied(speech, quote, buyer, d, paid, for_staff) for d in quote.discounts)
    codes = tuple(_promo_code(speech, quote, promo, paid) for promo in quote.promo_codes)
    before_codes = sum(d.source in ("tier", "segment", "first_order") for d in quote.discounts)
    return QuoteWords(
        discounts=discounts,
        promo_codes=codes,
        applied=(*discounts[:before_codes], *codes, *discounts[before_codes:]),
        shipping=_shipping(speech, quote, paid, for_staff),
        gifts=tuple(
            _given(
                speech,
                phrases.present(speech, gift.product, gift.quantity),
                phrases.by_whom(speech, quote, gift.source, id=gift.id, code=gift.code),
                f"{gift.source}:{gift.id}" if for_staff and gift.id else "",
            )
            for gift in quote.gifts
        ),
        refused=tuple(
            refusal(speech, quote, buyer, refused, for_staff=for_staff) for refused in quote.refused
        ),
        earns=_earns(speech, quote, buyer),
        hints=tuple(_hint(speech, buyer, hint, for_staff) for hint in quote.hints),
        next_tier=_next_tier(speech, quote, quote.next_tier) if quote.next_tier is not None else "",
    )


def _applied(
    speech: Speech, quote: Quote, buyer: Buyer, discount: QuotedDiscount, paid: Formats, for_staff: bool
) -> str:
    amount = paid.money(discount.amount_minor)
    what = phrases.off(speech, discount.terms)
    if discount.source == "promo_code":
        said = _promo_code(speech, quote, discount, paid)
    elif discount.source == "points" and discount.points:
        said = _paid_in_points(speech, discount, amount)
    else:
        who = phrases.by_whom(speech, quote, discount.source, id=discount.id, code=discount.code)
        key = "applied.points.kept" if discount.source == "points" else "applied"
        said = phrases.capital(speech.say(key, what=what, who=who, amount=amount))
        rest = _rest(buyer, discount) if discount.source == "coupon" else 0
        if rest and paid is speech.formats:
            said = f"{said} {speech.say('coupon.left', amount=paid.money(rest))}"
    return _for_staff(speech, said, f"{discount.source}:{discount.id}" if for_staff and discount.id else "")


def _promo_code(speech: Speech, quote: Quote, promo: QuotedDiscount, paid: Formats) -> str:
    """What the shop's own code takes off the goods, if anything, or that it frees the delivery."""
    code = promo.code or promo.id
    if not promo.amount_minor and any(use.free_shipping and use.code == promo.code for use in booked(quote)):
        who = speech.say("who.promo_code", code=code)
        return phrases.capital(speech.say("given", what=speech.say("delivery"), who=who))
    if not promo.amount_minor:
        return speech.say("applied.code.idle", code=code)
    return speech.say("applied.code", code=code, amount=paid.money(promo.amount_minor))


def _paid_in_points(speech: Speech, discount: QuotedDiscount, amount: str) -> str:
    points = speech.points(discount.points)
    if not discount.amount_minor:
        return speech.say("applied.points.free", discount.points, points=points)
    redemption = speech.programme.redemption
    if redemption is not None and redemption.consume == "all":
        return speech.say("applied.points.all", discount.points, points=points, amount=amount)
    terms = discount.terms
    if terms is None or terms.points is None or terms.amount_minor is None:
        return speech.say("applied.points", discount.points, points=points, amount=amount)
    rate, worth = speech.points(terms.points), speech.formats.price(terms.amount_minor)
    return speech.say(
        "applied.points.rate", discount.points, points=points, amount=amount, rate=rate, worth=worth
    )


def _rest(buyer: Buyer, discount: QuotedDiscount) -> int:
    """What stays on a coupon whose remainder is kept."""
    coupon: Coupon | None = next((c for c in buyer.coupons if c.code == discount.code), None)
    if coupon is None or coupon.remaining_minor is None:
        return 0
    return max(0, coupon.remaining_minor - discount.amount_minor)


def _shipping(speech: Speech, quote: Quote, paid: Formats, for_staff: bool) -> tuple[str, ...]:
    """Who frees the delivery, and what that saves on the one that was chosen."""
    said = [
        _given(
            speech,
            phrases.delivery(speech, grant.carriers),
            phrases.by_whom(speech, quote, grant.source, id=grant.id, code=grant.code),
            f"{grant.source}:{grant.id}" if for_staff and grant.id else "",
            is_idle=grant.is_idle,
        )
        for grant in quote.shipping_by
    ]
    if quote.free_shipping and not said:
        said.append(f"{phrases.capital(phrases.delivery(speech, quote.free_shipping))}.")
    if quote.shipping_saved_minor > 0:
        said.append(speech.say("delivery.saved", amount=paid.money(quote.shipping_saved_minor)))
    return tuple(said)


def _given(speech: Speech, what: str, who: str, id: str, *, is_idle: bool = False) -> str:
    said = speech.say("given.idle" if is_idle else "given", what=what, who=who)
    return _for_staff(speech, phrases.capital(said), id)


def _for_staff(speech: Speech, sentence: str, id: str) -> str:
    return speech.say("staff.benefit", sentence=sentence, id=id) if id else sentence


def _earns(speech: Speech, quote: Quote, buyer: Buyer) -> str:
    """What is earned; when it is nothing although rules exist, why."""
    if quote.earns:
        key = "will_earn" if buyer.is_member else "will_earn.guest"
        return speech.say(key, quote.earns, points=speech.points(quote.earns))
    why = f"nothing.{quote.why_not}"
    has_rules = any(rule.enabled and rule.on is None and rule.award for rule in speech.programme.earning)
    return speech.say(why) if has_rules and speech.knows(why) else ""


def _next_tier(speech: Speech, quote: Quote, upcoming: NextTier) -> str:
    """What is missing without this cart; with it nothing is, when no hint says so."""
    if upcoming.missing <= 0:
        return ""
    if not any(hint.kind == "tier" for hint in quote.hints):
        return speech.say("next_tier.reached", tier=speech.tier(upcoming.id))
    missing = phrases.measured(speech, upcoming.missing, _metric(speech), speech.formats)
    is_amount = _metric(speech) == "amount"
    n = 2 if is_amount else upcoming.missing
    return speech.say("next_tier", n, tier=speech.tier(upcoming.id), missing=missing)


def _metric(speech: Speech) -> str:
    tiers = speech.programme.tiers
    return "amount" if tiers is None or tiers.metric == "spend" else tiers.metric


def _hint(speech: Speech, buyer: Buyer, hint: Hint, for_staff: bool) -> str:
    missing = phrases.measured(speech, hint.missing, hint.of, speech.formats)
    match hint.kind:
        case "tier":
            more = speech.say("more", missing=missing)
            said = (
                speech.say("hint.tier", more=more, tier=speech.tier(hint.id))
                if hint.id
                else speech.say("hint.tier.any", more=more)
            )
        case "earning":
            said = _hint_of_rule(speech, buyer, hint, missing)
        case "benefit":
            said = _hint_of_benefit(speech, hint, speech.say("more", missing=missing))
        case _:
            assert_never(hint.kind)
    id = hint.id if hint.kind == "benefit" else f"{hint.kind}:{hint.id}"
    return _for_staff(speech, phrases.capital(said), id if for_staff and hint.id else "")


def _hint_of_rule(speech: Speech, buyer: Buyer, hint: Hint, missing: str) -> str:
    rule = next((rule for rule in speech.programme.earning if rule.id == hint.id), None)
    more = speech.say("more.lines" if rule is not None and rule.lines else "more", missing=missing)
    if rule is not None and rule.multiply is not None:
        return speech.say("hint.earning.times", more=more, times=speech.times(rule.multiply))
    points = _flat(speech, buyer, rule)
    if points is None:
        return speech.say("hint.earning.more", more=more)
    return speech.say("hint.earning", points, more=more, points=speech.points(points))


def _flat(speech: Speech, buyer: Buyer, rule: EarningRule | None) -> int | None:
    """What a flat award brings; None when it is not sure: by amount or item, or multiplied by something."""
    award = rule.award if rule is not None else None
    if award is None or award.per_item or award.per_minor is not None:
        return None
    ladder = speech.programme.tiers.ladder if speech.programme.tiers else ()
    is_multiplied = any(tier.id == buyer.tier and tier.multiply is not None for tier in ladder) or any(
        other.enabled and other.multiply is not None for other in speech.programme.earning
    )
    return None if is_multiplied else award.points


def _hint_of_benefit(speech: Speech, hint: Hint, more: str) -> str:
    """What the next bracket gives, or what can be used from a minimum on; ``id`` begins with the source."""
    source, _, name = hint.id.partition(":")
    what = phrases.bracket(speech, hint.gives) if hint.gives is not None else ""
    if what and not (source == "points" and hint.of == "amount"):
        return speech.say("hint.benefit", more=more, what=what)
    if source == "points":
        return speech.say("hint.benefit.points", more=more, name=phrases.points_name(speech))
    if source == "coupon" and name:
        return speech.say("hint.benefit.coupon", more=more, code=name)
    return speech.say("hint.benefit.any", more=more)
