"""Holds of a checkout: points and coupons set aside, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from palier.core.account import Cause, Hold
from palier.core.book import Book, Post
from palier.core.order_case import OrderCase
from palier.core.uses import free_coupon, give_back_uses
from palier.core.values import replace

HOLD_FOR = timedelta(minutes=60)
"""A hold that no order has taken over lapses after so long."""


def reserve(
    book: Book, hold_id: str, *, points: int, coupons: Iterable[str], claims_first: bool = False
) -> Hold:
    """Set ``points`` (soonest end first) and these open coupons aside; they must be there, as the quote found them.

    ``claims_first``: it has the benefit of the first order too, which no other cart or order gets meanwhile (R-STK-6).
    """
    post = Post("hold", Cause("hold", hold_id))
    pieces = book.take(post, points, book.spendable())
    assert sum(piece.points for piece in pieces) == points
    post.held = -post.points
    book.commit(post)
    named = tuple(coupons)
    for coupon_id in named:
        assert book.coupons[coupon_id].state == "issued"
        book.keep_coupon(replace(book.coupons[coupon_id], state="reserved"))
    hold = Hold(hold_id, book.now + HOLD_FOR, tuple(pieces), named)
    book.holds[hold.id] = hold
    if claims_first:
        book.first_claims.add(f"hold:{hold.id}")
    return hold


def release(book: Book, hold: Hold, *, state: str = "released") -> None:
    """Give back what the hold set aside: points to their own lots and ends (30 days, if those have passed)."""
    post = Post("release", Cause("hold", hold.id))
    for piece in reversed(hold.pieces):
        post.held -= piece.points
        book.give_back(post, piece, ())
    _end(book, hold, state)
    book.commit(post)
    for coupon_id in hold.coupons:
        free_coupon(book, book.coupons[coupon_id], None)


def release_all(book: Book) -> None:
    """Release every hold that no order has taken over."""
    for hold in tuple(book.holds.values()):
        release(book, hold)


def lapse_due(book: Book) -> None:
    """Release the holds whose time is over."""
    for hold in tuple(book.holds.values()):
        if hold.lapses_at <= book.now:
            release(book, hold, state="lapsed")


def take_over(book: Book, case: OrderCase, hold: Hold) -> OrderCase:
    """The order becomes the owner of what the hold set aside; what it had used or held before comes back first."""
    booking = case.booking
    used = sum(piece.points for piece in booking.uses)
    if used:
        kind = "release" if booking.is_held else "return"
        booking = give_back_uses(book, case, booking, used, kind=kind)
    _end(book, hold, "captured")
    coupons = tuple(dict.fromkeys((*booking.coupons, *hold.coupons)))
    booking = replace(
        booking, uses=hold.pieces, is_held=bool(hold.pieces), coupons=coupons, hold=hold.id, is_quoted=False
    )
    return replace(case, booking=booking)


def _end(book: Book, hold: Hold, state: str) -> None:
    del book.holds[hold.id]
    book.first_claims.discard(f"hold:{hold.id}")
    book.ended_holds[hold.id] = state
