"""Orders, refunds and events as the API answers them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from palier.api.schemas.carts import PricedAnswer
from palier.api.schemas.members import MovementAnswer
from palier.api.schemas.parts import Amount, Answer, Instant, Next, ProblemAnswer

Result = Literal["new", "changed", "repeat", "older", "waiting", "guest"]
ABOUT_RESULT = (
    "`new` and `changed`: booked; `repeat`, `older`: nothing new; `guest`: nobody's order; `waiting`: a refund whose"
    " order is not known yet; `refused`: see its problem"
)


ABOUT_PROBLEM = "Why it was `refused`; null otherwise"


class RecordedAnswer(Answer):
    """What an order did."""

    order: str
    result: Annotated[Result, Field(description=ABOUT_RESULT)]
    points: Annotated[
        int, Field(description="By how much that changed what the order earns; what it used is not in it")
    ]
    quote: Annotated[PricedAnswer | None, Field(description="With `use_quote`: what the order was quoted")]


class RefundedAnswer(RecordedAnswer):
    """What a refund did."""

    refund: str


class BatchItemAnswer(Answer):
    """What one message of a batch did, in the order in which they were sent."""

    order: str
    refund: str | None
    result: Annotated[Literal[Result, "refused"], Field(description=ABOUT_RESULT)]
    points: int
    quote: Annotated[PricedAnswer | None, Field(description="With `use_quote`: what the order was quoted")]
    problem: Annotated[ProblemAnswer | None, Field(description=ABOUT_PROBLEM)]


class BatchAnswer(Answer):
    results: list[BatchItemAnswer]


class EventAnswer(Answer):
    result: Literal["new", "repeat"]
    points: Annotated[int, Field(description="That it brought (of a repeat: had brought)")]


class EventItemAnswer(Answer):
    result: Literal["new", "repeat", "refused"]
    points: int
    problem: Annotated[ProblemAnswer | None, Field(description=ABOUT_PROBLEM)]


class EventBatchAnswer(Answer):
    results: list[EventItemAnswer]


class RefusedItemAnswer(Answer):
    index: Annotated[int, Field(description="Its place in the batch, from 0")]
    problem: ProblemAnswer


class MemberBatchAnswer(Answer):
    """How many accounts were made, how many profiles changed, and which messages were refused."""

    new: int
    changed: int
    refused: list[RefusedItemAnswer]


class LineAnswer(Answer):
    id: str
    product: str
    quantity: int
    amount: Annotated[Amount, Field(description="The whole line before discounts, in the order's basis")]
    categories: list[str]


class RefundedLineAnswer(Answer):
    line: str
    product: str
    quantity: int


class RefundAnswer(Answer):
    id: str
    amount: Amount
    full: bool
    shipping: bool
    lines: list[RefundedLineAnswer]
    at: Instant | None


class OrderDiscountAnswer(Answer):
    source: str
    id: str
    code: Annotated[str, Field(description="A personal coupon's only for keys with `members:read`")]
    amount: Amount
    points: int
    free_shipping: bool


class BookedAnswer(Answer):
    """What the ledger holds for the order now."""

    counts: Annotated[
        bool, Field(description="It is a valid order: paid, not cancelled, not refunded in full")
    ]
    points: Annotated[int, Field(description="That it has earned and kept")]
    spend: Amount
    number: Annotated[int | None, Field(description="The member's so-many-th order when it was accepted")]
    points_used: int
    missing: Annotated[int, Field(description="Points that it says it used and the member did not have")]
    version: Annotated[int | None, Field(description="Of the programme that it belongs to")]
    hold: str | None


class OrderAnswer(Answer):
    """An order as it is known, what is booked for it, and why."""

    id: str
    member: str | None
    status: Annotated[str, Field(description="Empty while only a refund of it is known")]
    currency: str
    prices: Literal["gross", "net"]
    updated: Instant | None
    placed_at: Instant | None
    paid_at: Instant | None
    carrier: str
    shipping: Amount
    payment_method: str
    lines: list[LineAnswer]
    discounts: list[OrderDiscountAnswer]
    refunds: list[RefundAnswer]
    booked: BookedAnswer
    movements: list[MovementAnswer]


class OrderRowAnswer(Answer):
    id: str
    member: str | None
    status: str
    counts: bool
    points: int
    spend: Amount
    is_flagged: Annotated[bool, Field(description="It used points or a coupon that the member did not have")]
    at: Instant | None


class OrderPage(Answer):
    items: list[OrderRowAnswer]
    next: Next
