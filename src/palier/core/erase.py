"""What an account loses when its person is erased: the balance lapses by an entry, unused coupons are withdrawn."""

from __future__ import annotations

from palier.core.account import Cause
from palier.core.book import Book, Post
from palier.core.holds import release_all
from palier.core.values import replace


def erase(book: Book) -> None:
    """Let every point that is left lapse and cancel every open coupon. Sums stay: entries say what happened.

    Holds are released first: what they held lapses with the rest.
    """
    release_all(book)
    post = Post("lapse", Cause("erase", str(book.state.id)))
    book.take(post, sum(lot.remaining for lot in book.lots.values()), list(book.lots.values()))
    book.commit(post)
    for coupon in list(book.coupons.values()):
        book.keep_coupon(replace(coupon, state="cancelled"))
    book.withdrawn.clear()
    book.last_order = None
