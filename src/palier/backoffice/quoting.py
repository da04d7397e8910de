"""A cart's quote as the page shows it: the amounts line by line, and every why in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy

from palier.backoffice.access import Viewpoint
from palier.backoffice.segments import segment_name
from palier.core.explain.quotes import explain_quote
from palier.core.messages_cart import parse_cart
from palier.core.quote_values import Cart, Quote, QuotedDiscount
from palier.flows.checkout.quote_cart import QuoteCart, quote_cart

SOURCES = {
    "tier": pgettext_lazy("discount", "Tier"),
    "segment": pgettext_lazy("discount", "Segment"),
    "first_order": pgettext_lazy("discount", "First order"),
    "promo_code": pgettext_lazy("discount", "Promo code"),
    "coupon": pgettext_lazy("discount", "Coupon"),
    "points": pgettext_lazy("discount", "Points"),
}
"""Who gives a discount, in the order in which they are applied."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What one discount takes off one line, or off the cart; ``why`` is empty on a line."""

    label: Any
    amount_minor: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line with what each discount takes off it; ``left_minor`` is what it costs."""

    product: str
    quantity: int
    amount_minor: int
    cuts: tuple[Cut, ...]
    left_minor: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The quote, ready to be shown. ``gifts`` are (product, quantity); the sentences are plain text."""

    lines: tuple[QuotedLine, ...]
    gifts: tuple[tuple[str, int], ...]
    cuts: tuple[Cut, ...]
    goods_minor: int
    total_minor: int
    shipping_minor: int
    shipping_saved_minor: int
    due_minor: int
    points_used: int
    earns: int
    earns_why: str
    delivery: tuple[str, ...]
    presents: tuple[str, ...]
    refused: tuple[str, ...]
    hints: tuple[str, ...]
    next_tier: str
    segments: tuple[str, ...]
    """Those that match with this cart at hand; the first one gives."""

    @property
    def has_reasons(self) -> bool:
        """Whether something applies, and so has a reason."""
        return bool(self.cuts or self.delivery or self.presents or self.earns_why)


def answer_of(message: dict[str, Any], shop_id: int, customer: str | None, viewpoint: Viewpoint) -> Answer:
    """The quote of the cart that the message says, for that customer or a guest; writes nothing. Raises a Refusal."""
    said = message if customer is None else {**message, "member": customer}
    cart = parse_cart(said, currency=viewpoint.programme.currency).cart
    quoted = quote_cart(QuoteCart(shop_id, customer, cart), now=viewpoint.now)
    quote = quoted.quote
    words = explain_quote(
        quote, quoted.programme, quoted.buyer, viewpoint.language, viewpoint.formats, for_staff=True
    )
    whys = {
        id(discount): why
        for discounts, said_of in ((quote.discounts, words.discounts), (quote.promo_codes, words.promo_codes))
        for discount, why in zip(discounts, said_of, strict=True)
    }
    shipping = cart.order.shipping.amount_minor
    return Answer(
        lines=tuple(_lines(cart, quote)),
        gifts=tuple((gift.product, gift.quantity) for gift in quote.gifts),
        cuts=tuple(Cut(SOURCES[d.source], d.amount_minor, whys[id(d)]) for d in _in_order(quote)),
        goods_minor=sum(line.amount_minor for line in cart.order.lines or ()),
        total_minor=quote.total_minor,
        shipping_minor=shipping,
        shipping_saved_minor=quote.shipping_saved_minor,
        due_minor=quote.total_minor + shipping - quote.shipping_saved_minor,
        points_used=sum(discount.points for discount in quote.discounts),
        earns=quote.earns,
        earns_why=words.earns,
        delivery=words.shipping,
        presents=words.gifts,
        refused=words.refused,
        hints=words.hints,
        next_tier=words.next_tier,
        segments=tuple(
            segment_name(segment, viewpoint)
            for segment in quoted.programme.segments
            if segment.id in quoted.buyer.segments
        ),
    )


def _in_order(quote: Quote) -> list[QuotedDiscount]:
    """Every discount that stays, in the order in which they are applied."""
    places = {source: place for place, source in enumerate(SOURCES)}
    return sorted((*quote.discounts, *quote.promo_codes), key=lambda discount: places[discount.source])


def _lines(cart: Cart, quote: Quote) -> Iterator[QuotedLine]:
    discounts = _in_order(quote)
    for index, line in enumerate(cart.order.lines or ()):
        cuts = tuple(
            Cut(SOURCES[discount.source], discount.lines_minor[index])
            for discount in discounts
            if discount.lines_minor[index]
        )
        left = line.amount_minor - sum(cut.amount_minor for cut in cuts)
        yield QuotedLine(line.product, line.quantity, line.amount_minor, cuts, left)
