"""Quotes, holds, carts and products as the API answers them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from palier.api.schemas.parts import Amount, Answer, Instant, Next

Source = Literal["tier", "segment", "first_order", "promo_code", "coupon", "points"]
Carriers = Annotated[Literal["all"] | list[str], Field(description="`all`, or the ids of carriers")]


class DiscountAnswer(Answer):
    """A discount as it is applied; an order that is placed without a hold says it in these words."""

    source: Source
    id: Annotated[str, Field(description="Of the tier, segment or reward; empty where there is but one")]
    code: Annotated[str, Field(description="Of a coupon or a promo code; else empty")]
    amount: Amount
    points: Annotated[int, Field(description="That it uses up")]
    lines: Annotated[list[Amount], Field(description="Its share of each line, in their order")]


class ShippingGrantAnswer(Answer):
    source: Source
    id: str
    code: str
    carriers: Carriers
    saved: Amount
    is_idle: Annotated[
        bool, Field(description="Not used: another carrier was chosen, or the delivery is free already")
    ]


class ShippingAnswer(Answer):
    amount: Annotated[Amount, Field(description="What is left to pay for the delivery")]
    saved: Amount
    free: Carriers
    by: list[ShippingGrantAnswer]


class GiftLineAnswer(Answer):
    product: str
    quantity: int
    source: Source
    id: str
    code: str


class PricedAnswer(Answer):
    """What is taken off: amounts in the cart's currency and price basis."""

    currency: str
    subtotal: Amount
    total: Annotated[Amount, Field(description="The goods after promo codes and discounts")]
    discounts: list[DiscountAnswer]
    promo_codes: list[DiscountAnswer]
    shipping: ShippingAnswer
    gifts: list[GiftLineAnswer]


class RefusedBenefitAnswer(Answer):
    source: Source
    id: str
    code: str
    reason: Literal["excluded", "from_order", "minimum", "expired", "used", "unknown", "not_combinable"]
    missing: Annotated[Amount | int | None, Field(description="An amount for `minimum`, else a count")]


class HintAnswer(Answer):
    kind: Literal["tier", "earning", "benefit"]
    id: str
    of: Literal["amount", "points", "pieces", "grams", "orders"]
    missing: Amount | int


class QuoteNextTierAnswer(Answer):
    id: str
    metric: Literal["spend", "points", "orders"]
    missing: Amount | int


class QuoteAnswer(PricedAnswer):
    """What a cart costs and uses up, and what it would earn."""

    earns: Annotated[int, Field(description="Points that an order of this cart would bring")]
    why_not: Annotated[str, Field(description="Why it earns nothing although rules exist; else empty")]
    refused: list[RefusedBenefitAnswer]
    hints: list[HintAnswer]
    next_tier: Annotated[
        QuoteNextTierAnswer | None,
        Field(
            description="Above the one held, and what is missing to it without this cart; null on the highest"
        ),
    ]


class WordsAnswer(Answer):
    """A quote told to the shopper, each part in the order of the quote's own."""

    applied: list[str]
    shipping: list[str]
    gifts: list[str]
    refused: list[str]
    earns: str
    hints: list[str]
    next_tier: str
    lines: Annotated[list[str], Field(description="All sentences, in the order in which a cart tells them")]


class ExplainedAnswer(Answer):
    language: str
    quote: QuoteAnswer
    words: WordsAnswer


class HoldMadeAnswer(Answer):
    id: str
    result: Literal["new", "repeat"]
    state: Literal["held", "captured", "released", "lapsed"]
    lapses_at: Instant
    quote: Annotated[PricedAnswer, Field(description="What an order with this hold is booked with")]


class HoldAnswer(Answer):
    id: str
    state: Literal["held", "captured", "released", "lapsed"]
    lapses_at: Instant
    points: Annotated[int, Field(description="That it set aside")]


class ReleasedAnswer(Answer):
    id: str
    state: Literal["released", "lapsed"]
    result: Literal["released", "repeat"]


class KeptCartAnswer(Answer):
    content: dict[str, Any]
    updated_at: Instant


class CartKeptAnswer(Answer):
    result: Literal["kept", "forgotten", "nothing"]


class ProductAnswer(Answer):
    id: str
    name: dict[str, str]
    url: str
    image: str
    price: Amount | None
    currency: str
    categories: list[str]
    is_described: bool
    updated_at: Instant


class ProductPage(Answer):
    items: list[ProductAnswer]
    next: Next


class ProductsAnswer(Answer):
    written: int
