"""A member turns points into a voucher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.account import Coupon
from palier.core.errors import CannotRedeem, IdempotencyConflict
from palier.core.vouchers import redeem
from palier.flows.bench.member_bench import MemberBench, open_member
from palier.flows.checkout.pricing import plan_of
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_id
from palier.store.orders.happenings import (
    NewHappening,
    find_happenings,
    find_voucher,
    record_happenings,
)
from palier.store.orders.load import load_all_coupons

POINTS_MAX = 10**12
"""Most points of one voucher; more is taken for a mistake."""


@dataclass(frozen=True, slots=True)
class RedeemPoints:
    """So many points of a customer; ``key`` makes it count once."""

    shop_id: int
    customer: str
    points: int
    key: str


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The voucher, and the points that it cost."""

    is_repeat: bool
    account_id: int
    points: int
    coupon: Coupon


def redeem_points(command: RedeemPoints, *, now: datetime) -> Redeemed:
    """Turn whole steps of the bracket that the available points reach into a coupon (meaning 4), once per key.

    ``InsufficientPoints`` when they do not reach one step; ``CannotRedeem`` when the member may use none;
    ``UnknownMember``; the same key with other points is an ``IdempotencyConflict``.
    """
    if not 0 < command.points <= POINTS_MAX:
        raise CannotRedeem(
            f"{command.points} points", path="points", hint=f"give between 1 and {POINTS_MAX} points"
        )
    return in_one_transaction(lambda: _redeem(command, now))


def _redeem(command: RedeemPoints, now: datetime) -> Redeemed:
    member = open_member(command.shop_id, command.customer, now=now, creates=False)
    book, account_id = member.book, member.book.state.id
    known = find_happenings([account_id], "voucher", "", [command.key])
    if known:
        return _again(command, member, known[account_id, command.key])
    happening = new_id()
    plan = plan_of(member.timeline.at(book.now))
    segments = member.bench.segments_now(book)
    coupon = redeem(book, plan, asked=command.points, segments=segments, origin_id=str(happening))
    member.record(now=now)
    record_happenings(
        [NewHappening(happening, account_id, "voucher", "", command.key, book.now, command.points)], now=now
    )
    return Redeemed(False, account_id, coupon.points, coupon)


def _again(command: RedeemPoints, member: MemberBench, asked: int) -> Redeemed:
    """The voucher of before, as it stands."""
    account_id = member.book.state.id
    if asked != command.points:
        raise IdempotencyConflict(
            f"voucher {command.key!r} was for {asked} points", path="key", hint="use a new key"
        )
    happening = find_voucher(account_id, command.key)
    coupon = next(c for c in load_all_coupons(account_id) if c.origin_id == str(happening))
    return Redeemed(True, account_id, coupon.points, coupon)
