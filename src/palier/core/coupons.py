"""Coupons of one account: issued, withdrawn, brought back, ended."""

from __future__ import annotations

from typing import Literal

from palier.core.account import Coupon, Piece
from palier.core.book import Book
from palier.core.period import end_after, zone
from palier.core.programme.values import CouponTerms
from palier.core.values import replace


def issue(
    book: Book,
    terms: CouponTerms,
    *,
    origin: Literal["reward", "tier", "voucher"],
    origin_id: str,
    points: int = 0,
    pieces: tuple[Piece, ...] = (),
    silent: bool = False,
) -> Coupon:
    """Issue a personal, single-use coupon with a fresh code; it is good through the whole of its last day."""
    identity, code = book.new_code()
    ends_at = end_after(book.now, terms.valid_for, zone(book.programme.timezone)) if terms.valid_for else None
    amount = terms.discount.amount_minor if terms.discount else None
    coupon = Coupon(
        id=identity, code=code, origin=origin, origin_id=origin_id, state="issued", terms=terms, issued_at=book.now,
        ends_at=ends_at, points=points, pieces=pieces, remaining_minor=amount if terms.remainder_kept else None,
    )  # fmt: skip
    book.keep_coupon(coupon)
    book.issued.add(coupon.id)
    if not silent:
        book.tell("coupon_issued", coupon.id, coupon=coupon.id, origin=origin, origin_id=origin_id)
    return coupon


def is_unused(coupon: Coupon) -> bool:
    """Whether nothing of it was used and no order reserves it."""
    amount = coupon.terms.discount.amount_minor if coupon.terms.discount else None
    return coupon.state == "issued" and coupon.remaining_minor in (None, amount)


def take_amount(coupon: Coupon, amount_minor: int) -> Coupon:
    """The coupon after an order used it: spent, or with what is left of a kept remainder."""
    if coupon.remaining_minor is None:
        return replace(coupon, state="used")
    left = max(0, coupon.remaining_minor - amount_minor)
    return replace(coupon, remaining_minor=left, state="issued" if left else "used")


def withdraw(book: Book, coupon: Coupon) -> None:
    """Take back an unused coupon; it may come back when what withdrew it is undone."""
    cancelled = replace(coupon, state="cancelled")
    book.keep_coupon(cancelled)
    book.withdrawn[coupon.id] = cancelled


def revive(book: Book, coupon_id: str) -> bool:
    """Bring a withdrawn coupon back, expired if its end has passed. False when it was not withdrawn."""
    coupon = book.withdrawn.pop(coupon_id, None)
    if coupon is None:
        return False
    has_ended = coupon.ends_at is not None and coupon.ends_at <= book.now
    book.keep_coupon(replace(coupon, state="expired" if has_ended else "issued"))
    return True


def expire_ended(book: Book) -> None:
    """End the coupons whose last day is over. A reserved one stays with its order, which decides."""
    for coupon in list(book.coupons.values()):
        if coupon.state == "issued" and coupon.ends_at is not None and coupon.ends_at <= book.now:
            book.keep_coupon(replace(coupon, state="expired"))
