"""When points end: through the whole of their last day, by the three modes of ``points.expiry``."""

from __future__ import annotations

from datetime import datetime

from palier.core.book import Book
from palier.core.period import end_after, end_of_year_after, zone
from palier.core.programme.values import Programme


def end_of_points(programme: Programme, starts_at: datetime) -> datetime | None:
    """The end that points which start at ``starts_at`` are born with; None when the programme's points never expire."""
    points = programme.points
    if points.valid_for is None:
        return None
    ends = end_of_year_after if points.expiry == "year_end" else end_after
    return ends(starts_at, points.valid_for, zone(programme.timezone))


def own_end(book: Book) -> datetime | None:
    """The end of points that are credited now and are not an order's (gifts, events)."""
    return end_of_points(book.programme, book.now)
