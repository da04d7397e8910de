"""What an account loses when its person is erased: the balance lapses by an entry, unused coupons are withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from palier.core.account import Cause, Coupon, Entry
from palier.core.book import Book, Post
from palier.core.holds import release_all
from palier.core.values import replace


def erase(book: Book) -> None:
    """Let every point that is left lapse and cancel every unused coupon. Sums stay: entries say what happened.

    Holds are released first: what they held lapses with the rest. What placed orders hold stays theirs until they are
    paid or cancelled.
    """
    release_all(book)
    post = Post("lapse", Cause("erase", str(book.state.id)))
    book.take(post, sum(lot.remaining for lot in book.lots.values()), list(book.lots.values()))
    book.commit(post)
    for coupon in list(book.coupons.values()):
        if coupon.state == "issued":
            book.keep_coupon(replace(coupon, state="cancelled"))
    book.withdrawn.clear()
    book.last_order = None


def withdrawn_since(
    erased_at: datetime | None, coupons: Iterable[Coupon], entries: Iterable[Entry], known: Iterable[Coupon]
) -> tuple[Coupon, ...]:
    """The cancelled ones of ``coupons`` that may come back: those that an erasure withdrew never do.

    Whoever is erased may still have coupons that an order brought, and took back, since. ``known`` says so where the
    instants leave it open.
    """
    cancelled = [coupon for coupon in coupons if coupon.state == "cancelled"]
    if erased_at is None:
        return tuple(cancelled)
    remembered = {coupon.id for coupon in known}
    said = {entry.cause.id: entry.effective_at for entry in entries if entry.kind == "withdraw"}
    found = []
    for coupon in cancelled:
        at = max(coupon.issued_at, said.get(coupon.id, coupon.issued_at))
        is_open = at == erased_at or (at < erased_at and coupon.origin == "tier")
        if at > erased_at or (is_open and coupon.id in remembered):
            found.append(coupon)
    return tuple(found)
