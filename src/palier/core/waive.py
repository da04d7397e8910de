"""A debt that the merchant lets go."""

from __future__ import annotations

from palier.core.account import Cause
from palier.core.book import Book, Post


def waive(book: Book, cause: Cause) -> int:
    """Take the whole debt off and return how much it was; what it came from stays as it is.

    It counts as points given (lifetime), for no tier and no cap. If what made the debt is undone later, its points
    come back as if the debt had been paid: waived is paid, by the merchant.
    """
    debt = book.totals["debt"]
    book.commit(Post("waive", cause, debt=-debt, facts={"points": debt}))
    return debt
