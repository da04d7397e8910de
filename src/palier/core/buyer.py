"""The buyer of a cart: an account as a quote sees it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from palier.core import tiers
from palier.core.account import Coupon, Frozen
from palier.core.book import Book
from palier.core.programme.values import Programme
from palier.core.quote_values import Buyer
from palier.core.values import replace


def buyer_of(
    book: Book,
    programme: Programme,
    *,
    segments: tuple[str, ...],
    coupons: Iterable[Coupon] = (),
    is_net: bool = False,
) -> Buyer:
    """The member as the book stands, under that programme; ``coupons`` are those that the entered codes may name."""
    totals = book.totals
    return Buyer(
        now=book.now, available=totals["available"], orders=totals["orders"], tier=book.tier,
        qualifying=tiers.qualifying(book, programme), segments=segments, coupons=tuple(coupons), is_net=is_net,
        activity=totals["activity"], contributions=tuple(book.contributions.values()),
        first_is_taken=bool(book.first_claims),
    )  # fmt: skip


def nobody(now: datetime) -> Buyer:
    """A guest: no member, no benefits."""
    return Buyer(now, is_member=False)


def as_accepted(buyer: Buyer, frozen: Frozen | None) -> Buyer:
    """The buyer with what an order was accepted with, so that another quote for it finds the same member."""
    if frozen is None:
        return buyer
    return replace(
        buyer, orders=frozen.number - 1, tier=frozen.tier, segments=frozen.segments, is_net=frozen.is_net
    )
