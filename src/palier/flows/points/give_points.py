"""Points given by the merchant, with a reason and an author."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from palier.core import rewards
from palier.core.account import Cause
from palier.core.book import Post
from palier.core.errors import IdempotencyConflict, InvalidGift, TooManyPoints
from palier.core.expiry import own_end
from palier.flows.bench.member_bench import open_member
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_id, new_public_id
from palier.store.ledger.gifts import given_since
from palier.store.ledger.record import Note
from palier.store.orders.happenings import NewHappening, find_happenings, record_happenings
from palier.store.programmes.record import lock_programme_of

DAY = timedelta(days=1)
POINTS_MAX = 10**9
"""Most points of one gift; more is taken for a mistake."""


@dataclass(frozen=True, slots=True)
class GivePoints:
    """``key`` makes it count once; without one every call is a gift of its own.

    ``only_known``: a customer who is no member, or not any more, gets nothing. ``day_limit``: the most that the author
    may give within 24 hours in this programme, this gift included.
    """

    shop_id: int
    customer: str
    points: int
    reason: str
    author: str = ""
    key: str = ""
    only_known: bool = False
    day_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The gift as it is booked."""

    is_repeat: bool
    account_id: int
    points: int


def give_points(command: GivePoints, *, now: datetime) -> Given:
    """Credit a gift; it lives as long as points do, renews nothing, and counts for no tier and no cap.

    ``InvalidGift`` without a reason or with a number of points outside 1 … 10^9; the same key with other points is an
    ``IdempotencyConflict``, a stranger with ``only_known`` an ``UnknownMember``, and more than ``day_limit`` are
    ``TooManyPoints``.
    """
    if not 0 < command.points < POINTS_MAX:
        raise InvalidGift(
            f"{command.points} points", path="points", hint=f"give between 1 and {POINTS_MAX - 1} points"
        )
    if not command.reason.strip():
        raise InvalidGift("a gift needs a reason", path="reason", hint="say why, for those who will ask")
    return in_one_transaction(lambda: _give(command, now))


def _give(command: GivePoints, now: datetime) -> Given:
    if command.day_limit is not None:
        # Two forms at once must not both be within the limit. It is taken first, so that nobody waits crosswise.
        lock_programme_of(command.shop_id)
    member = open_member(command.shop_id, command.customer, now=now, creates=not command.only_known)
    book = member.book
    key = command.key or new_public_id()
    known = {} if member.is_new or not command.key else find_happenings([book.state.id], "gift", "", [key])
    if known:
        if known[book.state.id, key] != command.points:
            raise IdempotencyConflict(
                f"gift {key!r} was {known[book.state.id, key]} points", path="key", hint="use a new key"
            )
        return Given(True, book.state.id, command.points)
    if command.day_limit is not None:
        _check_day(command, member.shop.programme_id, now)
    rewards.check_number(book.programme, command.points)
    gift_id = new_id()
    post = Post("gift", Cause("gift", str(gift_id)), facts={"points": command.points})
    book.add_lot(post, command.points, starts_at=book.now, available_at=book.now, own_end=own_end(book))
    book.commit(post)
    rewards.grant(book)
    member.record(now=now, note=Note(command.reason, command.author, secrets.token_hex(16)))
    record_happenings(
        [NewHappening(gift_id, book.state.id, "gift", "", key, book.now, command.points)], now=now
    )
    return Given(False, book.state.id, command.points)


def _check_day(command: GivePoints, programme_id: int, now: datetime) -> None:
    assert command.day_limit is not None
    left = command.day_limit - given_since(programme_id, command.author, now - DAY)
    if command.points > left:
        raise TooManyPoints(
            f"{max(0, left)} points may still be given within these 24 hours",
            path="points",
            hint="give fewer",
        )
