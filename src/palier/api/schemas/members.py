"""Members as the API answers them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from palier.api.schemas.parts import Amount, Answer, Day, Instant, Next

Metric = Literal["spend", "points", "orders"]
Measured = Annotated[
    Amount | int, Field(description="In the ladder's metric: an amount for `spend`, else a whole number")
]


class ExpiringAnswer(Answer):
    points: int
    last_day: Annotated[Day, Field(description="They can be used through this day")]
    at: Instant


class PointsAnswer(Answer):
    """A balance. available + pending + held - debt = lifetime - spent - expired."""

    name: str
    available: Annotated[int, Field(description="What can be used now")]
    pending: Annotated[int, Field(description="Earned, and waiting until the order is settled")]
    held: Annotated[int, Field(description="Set aside by checkouts and placed orders")]
    debt: Annotated[int, Field(description="Used points whose order was refunded")]
    lifetime: int
    spent: int
    expired: int
    worth: Annotated[
        Amount | None, Field(description="Of the available points; null if the programme does not say")
    ]
    expiring: list[ExpiringAnswer]


class TierAnswer(Answer):
    id: str
    name: str
    since: Instant | None
    is_given: Annotated[bool, Field(description="By staff, whatever is deserved")]
    given_until: Instant | None


class NextTierAnswer(Answer):
    id: str
    name: str
    threshold: Measured


class ProgressAnswer(Answer):
    metric: Metric
    value: Measured
    next: Annotated[NextTierAnswer | None, Field(description="Null on the highest tier")]
    missing: Measured
    percent: Annotated[int, Field(ge=0, le=100, description="Rounded down: 100 only at the threshold")]


class CouponAnswer(Answer):
    id: str
    code: Annotated[
        str | None, Field(description="Null when the key lacks `members:read`, or it is not issued yet")
    ]
    state: Literal["issued", "reserved", "used", "expired", "cancelled"]
    origin: Literal["reward", "tier", "voucher"]
    gives: Annotated[str, Field(description="In words, in the asked language")]
    min_total: Amount | None
    remaining: Amount | None
    points: int
    issued_at: Instant
    last_day: Day | None
    ends_at: Instant | None


class ProfileAnswer(Answer):
    name: str
    email: str
    language: str
    company: bool
    groups: list[str]
    tags: list[str]
    born: Day | None
    signed_up: Instant | None
    prices: Literal["gross", "net"]


class MemberAnswer(Answer):
    """A member as of `at`: due work is included, whether or not the job has run."""

    id: Annotated[str, Field(description="The shop's customer id")]
    at: Instant
    currency: str
    points: PointsAnswer
    tier: Annotated[TierAnswer | None, Field(description="The tier held; null without one")]
    progress: Annotated[ProgressAnswer | None, Field(description="Null when the programme has no tiers")]
    group: Annotated[str | None, Field(description="The shop's customer group that belongs to the tier")]
    segments: Annotated[
        list[str], Field(description="Ids of all that match, in their order; the first gives")
    ]
    orders: Annotated[int, Field(description="Valid ones")]
    spend: Amount
    coupons: Annotated[list[CouponAnswer], Field(description="Those that are issued or reserved")]
    is_closed: Annotated[bool, Field(description="The shop has deleted the customer")]
    profile: Annotated[ProfileAnswer | None, Field(description="Null when the shop has told nothing of them")]


class MemberRowAnswer(Answer):
    """A member in a list, as of the last work on the account: `GET /members/{id}` says what holds now."""

    id: str
    name: str
    email: str
    language: str
    tier: str | None
    available: int
    pending: int
    orders: int
    spend: Amount


class MemberPage(Answer):
    items: list[MemberRowAnswer]
    next: Next


class BalanceAnswer(Answer):
    available: int
    pending: int
    held: int
    debt: int


class MovementAnswer(Answer):
    """Everything that one cause moved. `number` is unique in the member's history."""

    number: int
    cause: Annotated[str, Field(description="order, refund, event, gift, coupon, time …")]
    at: Instant
    title: str
    change: BalanceAnswer
    balance: Annotated[BalanceAnswer, Field(description="After it")]
    order: str | None
    refund: str | None
    tier: Annotated[
        list[str] | None, Field(description="[from, to] when it changed; an empty text is no tier")
    ]
    rules: Annotated[list[str], Field(description="The earning rules that had a part in it")]
    version: Annotated[int | None, Field(description="The programme version that it was booked with")]
    sentences: Annotated[list[str], Field(description="Why, in the asked language")]


class MovementPage(Answer):
    items: list[MovementAnswer]
    next: Next


class CouponPage(Answer):
    items: list[CouponAnswer]
    next: Next


class StepAnswer(Answer):
    """A tier of the ladder as the member sees it."""

    id: str
    name: str
    threshold: Measured
    is_reached: bool
    is_held: bool
    missing: Measured
    group: str | None
    gives: Annotated[list[str], Field(description="Discounts, delivery, presents, multipliers, in words")]
    coupon: Annotated[
        str | None, Field(description="What the coupon gives that one gets on reaching it, in words")
    ]
    perks: list[str]


class LadderAnswer(Answer):
    metric: Metric | None
    tiers: list[StepAnswer]


class StandingAnswer(Answer):
    """Why the member has this tier and these points."""

    language: str
    tier: list[str]
    points: list[str]


class RegisteredAnswer(Answer):
    result: Literal["new", "changed", "repeat"]


class ErasedAnswer(Answer):
    result: Literal["erased"]


class ClosedAnswer(Answer):
    is_closed: Annotated[
        bool, Field(description="False while another shop of the programme still knows the member")
    ]
    released: Annotated[list[str], Field(description="Orders whose holds were given back")]


class ClaimedAnswer(Answer):
    orders: Annotated[list[str], Field(description="Orders that were nobody's and are the member's now")]
    points: Annotated[int, Field(description="What they brought")]


class MergedAnswer(Answer):
    result: Literal["merged", "repeat"]


class GiftAnswer(Answer):
    result: Literal["new", "repeat"]
    points: int


class VoucherAnswer(Answer):
    result: Literal["new", "repeat"]
    points: Annotated[int, Field(description="That it cost: whole steps of what was asked for")]
    coupon: CouponAnswer
