"""What a programme gives, as parts of sentences: "10% off", "free delivery", "for Silver members"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from palier.core.explain.speech import Speech
from palier.core.formats import Formats
from palier.core.programme.values import Bracket, Discount, FreeShipping, Segment
from palier.core.quote_values import Buyer, Quote, Source


def off(speech: Speech, terms: Discount | None) -> str:
    """What a discount takes off: "10% off", "£1 off for every 10 points"; amounts are the programme's."""
    if terms is None:
        return speech.say("off")
    if terms.percent_bp is not None:
        percent = speech.formats.number(Decimal(terms.percent_bp) / 100)
        said = speech.say("off.percent", percent=speech.say("percent", number=percent))
    elif terms.points is not None:
        amount = speech.formats.price(terms.amount_minor or 0)
        said = speech.say("off.rate", amount=amount, points=speech.points(terms.points))
    else:
        said = speech.say("off.amount", amount=speech.formats.price(terms.amount_minor or 0))
    if terms.lines is not None:
        said = speech.say("off.lines", what=said)
    if terms.max_minor is not None:
        said = speech.say("off.max", what=said, max=speech.formats.price(terms.max_minor))
    return said


def delivery(speech: Speech, carriers: FreeShipping) -> str:
    """Free delivery, and with which carriers if not with all."""
    if carriers is None or isinstance(carriers, str) or not carriers:
        return speech.say("delivery")
    return speech.say("delivery.with", carriers=listed(speech, sorted(carriers)))


def present(speech: Speech, product: str, quantity: int) -> str:
    """A product given for nothing."""
    return speech.say("present", count=speech.formats.number(quantity), product=product)


def bracket(speech: Speech, given: Bracket) -> str:
    """All that a bracket gives; empty when that is nothing."""
    parts = []
    if given.discount is not None:
        parts.append(off(speech, given.discount))
    if given.free_shipping:
        parts.append(delivery(speech, given.free_shipping))
    if given.gift is not None:
        parts.append(present(speech, given.gift.product, given.gift.quantity))
    return listed(speech, parts)


def listed(speech: Speech, parts: Sequence[str]) -> str:
    """One, two or more things: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return speech.say("and", left=", ".join(parts[:-1]), right=parts[-1])


def by_whom(speech: Speech, quote: Quote, source: Source, *, id: str, code: str) -> str:
    """Who gives it: "for Silver members", "with the coupon K7…", "for 150 points"."""
    if source == "tier":
        return speech.say("who.tier", tier=speech.tier(id))
    if source == "segment":
        segment = segment_of(speech, id)
        name = speech.read(segment.name) if segment is not None and segment.name is not None else ""
        return speech.say("who.segment.named", name=name) if name else speech.say("who.segment")
    if source == "points":
        used = sum(discount.points for discount in quote.discounts if discount.source == "points")
        return speech.say("who.points", points=speech.points(used)) if used else speech.say("who.points.kept")
    if source == "first_order":
        return speech.say("who.first_order")
    return speech.say(f"who.{source}", code=code or id)


def named(speech: Speech, source: Source, code: str, *, beside: bool = False) -> str:
    """The benefit of a source as a noun; ``beside`` as the other one that stands in its way."""
    key = f"other.{source}" if beside else f"benefit.{source}"
    if source in ("promo_code", "coupon"):
        return speech.say(key, code=code)
    if source == "points" and not beside:
        return speech.say(key, name=points_name(speech))
    return speech.say(key)


def points_name(speech: Speech) -> str:
    """The programme's name for its points."""
    return speech.read(speech.programme.points.name)


def counted(speech: Speech, buyer: Buyer, amount_minor: int) -> str:
    """An amount of goods as the programme measures it, saying so when that is without tax."""
    tax = speech.programme.spend.tax
    written = speech.formats.price(amount_minor)
    is_net = tax == "excluded" or (tax == "as_displayed" and buyer.is_net)
    return speech.say("before_tax", amount=written) if is_net else written


def measured(speech: Speech, missing: int, of: str, money: Formats) -> str:
    """So much of an amount, of points, pieces, grams or orders."""
    if of == "amount":
        return money.price(missing)
    if of == "points":
        return speech.points(missing)
    return speech.say(f"unit.{of}", missing, count=money.number(missing))


def capital(sentence: str) -> str:
    """The sentence with a capital at its start."""
    return sentence[:1].upper() + sentence[1:]


def segment_of(speech: Speech, id: str) -> Segment | None:
    """The segment with that id, if the programme has it."""
    return next((segment for segment in speech.programme.segments if segment.id == id), None)
