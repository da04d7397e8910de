"""Opening balances: what a member brings from an earlier programme, and the way back."""

from __future__ import annotations

from datetime import datetime

from palier.core import rewards, tiers
from palier.core.account import Cause
from palier.core.book import Book, Post
from palier.core.expiry import own_end


def open_balance(
    book: Book, points: int, *, spend_minor: int, ends_at: datetime | None, cause: Cause
) -> None:
    """Credit points (or, when negative, take them) and spend, as of now; the lot is labelled and is no order's.

    Points end at ``ends_at``, else when points that are given now end. What a debit cannot take becomes a visible
    debt. Opening spend counts for lifetime tiers, and in windows as of now.
    """
    deserved_before = tiers.deserved_rank(book)
    post = Post("opening", cause, spend_minor=spend_minor, facts={"points": points})
    if points > 0:
        book.add_lot(
            post, points, starts_at=book.now, available_at=book.now, own_end=ends_at or own_end(book)
        )
    elif points < 0:
        _take(book, post, -points)
    if spend_minor:
        post.qualifies_at = book.now
        book.contribute(f"import:{cause.id}", book.now, spend_minor=spend_minor)
    _close(book, post, deserved_before)


def undo_opening(book: Book, points: int, *, spend_minor: int, at: datetime, of: Cause, cause: Cause) -> None:
    """Take back an opening balance, or return a debit; points already spent or expired become a visible debt.

    Its spend no longer counts as of ``at``, when it was opened: a window that has left it behind loses nothing.
    """
    deserved_before = tiers.deserved_rank(book)
    post = Post("opening", cause, spend_minor=-spend_minor, facts={"points": -points, "undone": of.id})
    if points > 0:
        _take(book, post, points)
    elif points < 0:
        forgiven = -points - book.forgive(post, -points)
        if -points - forgiven:
            book.add_lot(
                post,
                -points - forgiven,
                starts_at=book.now,
                available_at=book.now,
                own_end=own_end(book),
            )
    if spend_minor:
        post.qualifies_at = at
        book.contribute(f"import:{of.id}", at, spend_minor=-spend_minor)
    _close(book, post, deserved_before)


def _take(book: Book, post: Post, points: int) -> None:
    taken = sum(piece.points for piece in book.take(post, points, book.spendable()))
    book.owe(post, points - taken)


def _close(book: Book, post: Post, deserved_before: int) -> None:
    """A grace goes on unless the ladder's step that is deserved fell by this very entry."""
    book.commit(post)
    rewards.grant(book)
    lowers = tiers.deserved_rank(book) < deserved_before
    tiers.requalify(book, post.cause, because="refund" if lowers else "order", silent=True)
