"""Lots whose instant has come: their points end, or become available."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from palier.core.account import Cause, Lot, spend_order
from palier.core.book import Book, Post
from palier.core.period import last_day, zone
from palier.core.programme.values import Programme


def expire_ended(book: Book) -> None:
    """Book what is left of lots that have ended: one entry for all that share their last day."""
    ended: dict[datetime, list[Lot]] = defaultdict(list)
    for lot in book.lots.values():
        if lot.remaining and lot.ends_at is not None and book.is_dead(lot):
            ended[lot.ends_at].append(lot)
    for ends_at in sorted(ended):
        day = last_day_of(ends_at, book.programme)
        post = Post("expire", Cause("time", f"expire:{day}"), facts={"last_day": day})
        for lot in ended[ends_at]:
            book.draw(post, lot, lot.remaining)
        book.commit(post)


def last_day_of(ends_at: datetime, programme: Programme) -> str:
    """The last day of points that end then, as their entry names it."""
    return last_day(ends_at, zone(programme.timezone)).isoformat()


def settle_due(book: Book) -> None:
    """Make every pending lot available whose instant has come; what is owed is paid in the order of use."""
    due = [lot for lot in book.lots.values() if lot.remaining and is_due(lot, now=book.now)]
    for lot in sorted(due, key=spend_order):
        settle(book, lot, Cause("time", f"settle:{lot.number}"))


def settle(book: Book, lot: Lot, cause: Cause, *, version: int | None = None) -> None:
    """Make a pending lot available and say so; what is owed is paid first."""
    facts = {"lot": lot.number, "points": lot.remaining}
    post = Post("settle", cause, version=version, facts=facts)
    book.settle(lot, post)
    book.commit(post)
    if post.points:
        book.tell("points_available", str(book.sequence), points=post.points)


def is_due(lot: Lot, *, now: datetime) -> bool:
    """Whether the lot is still pending although its instant has come."""
    return not lot.settled and lot.available_at is not None and lot.available_at <= now
