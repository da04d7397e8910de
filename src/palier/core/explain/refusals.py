"""Why a benefit was left out of a quote, and what is missing, in words."""

from __future__ import annotations

from palier.core.account import Coupon
from palier.core.explain import phrases
from palier.core.explain.speech import Speech
from palier.core.quote_values import Buyer, Quote, Refused, Source


def refusal(speech: Speech, quote: Quote, buyer: Buyer, refused: Refused, *, for_staff: bool = False) -> str:
    """The reason in words. Of a coupon that is not the buyer's a shopper always reads the same (R-VOU-5)."""
    coupon = _owned(buyer, refused)
    if refused.source == "coupon" and coupon is None:
        key = "refused.code.staff" if for_staff else "refused.code"
        return speech.say(key, code=refused.code)
    said = _reason(speech, quote, buyer, refused, coupon)
    if not for_staff:
        return said
    if refused.reason == "not_combinable" and (other := _in_the_way(speech, quote, refused)):
        sources = ", ".join(dict.fromkeys((refused.source, *(source for source, _, _ in other))))
        said = f"{said} {speech.say('staff.combine', sources=sources)}"
    if refused.id:
        said = speech.say("staff.benefit", sentence=said, id=f"{refused.source}:{refused.id}")
    return said


def _reason(speech: Speech, quote: Quote, buyer: Buyer, refused: Refused, coupon: Coupon | None) -> str:
    benefit = phrases.named(speech, refused.source, refused.code or refused.id)
    match refused.reason:
        case "not_combinable":
            return _left_out(speech, quote, refused)
        case "minimum":
            return _under_minimum(speech, buyer, refused, coupon, benefit)
        case "from_order" if refused.source == "points" and speech.programme.redemption is not None:
            number = speech.programme.redemption.from_order
            missing = refused.missing or max(1, number - 1 - buyer.orders)
            return speech.say(
                "refused.points.from_order",
                name=phrases.points_name(speech),
                number=speech.formats.number(number),
                orders=phrases.measured(speech, missing, "orders", speech.formats),
            )
        case "excluded" if refused.source == "points":
            return phrases.capital(speech.say("refused.points.excluded", name=phrases.points_name(speech)))
        case "used" if refused.source == "first_order":
            return speech.say("refused.first_order.used")
        case "expired" if coupon is not None and coupon.ends_at is not None:
            date = speech.last_day(coupon.ends_at)
            return speech.say("refused.coupon.expired", code=coupon.code, date=date)
        case "used" if coupon is not None:
            state = "reserved" if coupon.state == "reserved" else "used"
            return speech.say(f"refused.coupon.{state}", code=coupon.code)
        case "unknown" if coupon is not None and coupon.state == "cancelled":
            return speech.say("refused.coupon.cancelled", code=coupon.code)
    return speech.say(f"refused.{refused.reason}", benefit=benefit)


def _under_minimum(
    speech: Speech, buyer: Buyer, refused: Refused, coupon: Coupon | None, benefit: str
) -> str:
    if refused.missing is None:
        return speech.say("refused.minimum", benefit=benefit)
    missing = speech.formats.money(refused.missing)
    redemption = speech.programme.redemption
    if refused.source == "points" and redemption is not None and redemption.min_total_minor is not None:
        minimum = phrases.counted(speech, buyer, redemption.min_total_minor)
        name = phrases.points_name(speech)
        return speech.say("refused.points.minimum", name=name, minimum=minimum, missing=missing)
    if coupon is not None and coupon.terms.min_total_minor is not None:
        minimum = phrases.counted(speech, buyer, coupon.terms.min_total_minor)
        return speech.say("refused.coupon.minimum", code=coupon.code, minimum=minimum, missing=missing)
    return speech.say("refused.minimum.missing", benefit=benefit, missing=missing)


def _left_out(speech: Speech, quote: Quote, refused: Refused) -> str:
    """Two that may not stand together: which one stayed instead."""
    code = refused.code or refused.id
    if refused.source == "coupon" and any(d.source == "coupon" for d in quote.discounts):
        return speech.say("refused.coupon.second", code=code)
    names = [
        phrases.named(speech, source, c, beside=True) for source, _, c in _in_the_way(speech, quote, refused)
    ]
    other = phrases.listed(speech, list(dict.fromkeys(names))) or speech.say("other.any")
    values = {"other": other}
    if refused.source in ("promo_code", "coupon"):
        values["code"] = code
    elif refused.source == "points":
        values["name"] = phrases.points_name(speech)
    return speech.say(f"refused.{refused.source}.not_combinable", 2, **values)


def _in_the_way(speech: Speech, quote: Quote, refused: Refused) -> list[tuple[Source, str, str]]:
    """(source, id, code) of what stayed and may not stand beside it; all that stayed, when it is only their sum."""
    stayed = [(d.source, d.id, d.code) for d in (*quote.promo_codes, *quote.discounts)]
    stayed += [(grant.source, grant.id, grant.code) for grant in quote.shipping_by]
    others = list(dict.fromkeys(one for one in stayed if one[0] not in ("tier", refused.source)))
    alone = [
        one
        for one in others
        if not any(
            _is_named(allowed, refused.source, refused.id) and _is_named(allowed, one[0], one[1])
            for allowed in speech.programme.combine
        )
    ]
    return alone or others


def _is_named(allowed: frozenset[str], source: str, id: str) -> bool:
    return source in allowed or (source == "segment" and f"segment:{id}" in allowed)


def _owned(buyer: Buyer, refused: Refused) -> Coupon | None:
    """The buyer's own coupon with that code; shops and shoppers write codes in their own ways."""
    if refused.source != "coupon" or not refused.code or not buyer.is_member:
        return None
    return next((c for c in buyer.coupons if _plain(c.code) == _plain(refused.code)), None)


def _plain(code: str) -> str:
    return "".join(mark for mark in code if mark.isalnum()).upper()
