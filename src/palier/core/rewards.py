"""Threshold rewards: a coupon each time so many points are available, and the way back."""

from __future__ import annotations

from datetime import datetime

from palier.core.account import Cause, Coupon, Renewal
from palier.core.book import Book, Post
from palier.core.coupons import is_unused, issue, revive, withdraw
from palier.core.errors import TooManyCoupons
from palier.core.programme.values import Programme
from palier.core.values import replace

COUPONS_MAX = 1000
"""Most coupons that one decision issues."""


def grant(book: Book) -> None:
    """Issue every reward that the available points reach, once per multiple, in the order of the document.

    Each spends its points: soonest end first. It ends when no reward is reached any more, or when this book has
    issued ``COUPONS_MAX`` coupons: the account then stays due, and the next decision goes on.
    """
    for reward in book.programme.rewards:
        while reward.enabled and book.totals["available"] >= reward.at and len(book.issued) < COUPONS_MAX:
            post = Post("reward", Cause("reward", reward.id), facts={"reward": reward.id, "at": reward.at})
            pieces = book.take(post, reward.at, book.spendable())
            coupon = issue(
                book,
                reward.coupon,
                origin="reward",
                origin_id=reward.id,
                points=reward.at,
                pieces=tuple(pieces),
            )
            post.cause = Cause("coupon", coupon.id)
            book.commit(post)


def is_reached(book: Book) -> bool:
    """Whether the available points reach a reward (after ``grant``: because it stopped at its limit)."""
    return any(reward.enabled and book.totals["available"] >= reward.at for reward in book.programme.rewards)


def check_number(programme: Programme, points: int) -> None:
    """Refuse a gift of so many points that it would issue more than ``COUPONS_MAX`` coupons: that is a mistake."""
    for reward in programme.rewards:
        if reward.enabled and points // reward.at > COUPONS_MAX:
            raise TooManyCoupons(
                f"these points would issue {points // reward.at} coupons of {reward.id!r}",
                path="points",
                hint="give fewer points at a time",
            )


def withdraw_latest(book: Book, renewals: tuple[Renewal, ...]) -> Coupon | None:
    """Withdraw the unused reward coupon that was issued last; its points return to their lots. None without one."""
    unused = [c for c in book.coupons.values() if c.origin == "reward" and is_unused(c)]
    if not unused:
        return None
    coupon = max(unused, key=_issue_order)
    withdraw(book, coupon)
    post = Post(
        "withdraw", Cause("coupon", coupon.id), facts={"reward": coupon.origin_id, "at": coupon.points}
    )
    for piece in reversed(coupon.pieces):
        book.give_back(post, piece, renewals)
    book.commit(post)
    return coupon


def _issue_order(coupon: Coupon) -> tuple[datetime, int, str]:
    """Ids grow in the order of issue; those that two accounts issued at one instant before a merge go by account."""
    return coupon.issued_at, coupon.pieces[0].account, coupon.id


def bring_back(book: Book, coupon_id: str) -> bool:
    """Undo a withdrawal if the points for it are there: the coupon returns and its points are spent again."""
    coupon = book.withdrawn.get(coupon_id)
    if coupon is None or book.totals["available"] < coupon.points or not coupon.points:
        return False
    if coupon.ends_at is not None and coupon.ends_at <= book.now:
        return False
    post = Post(
        "reissue", Cause("coupon", coupon.id), facts={"reward": coupon.origin_id, "at": coupon.points}
    )
    pieces = book.take(post, coupon.points, book.spendable())
    book.withdrawn[coupon_id] = replace(coupon, pieces=tuple(pieces))
    revive(book, coupon_id)
    book.commit(post)
    return True
