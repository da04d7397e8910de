"""An order is reconciled, not processed: what it should be worth is compared with what is booked, and the rest posted.

Repeats post nothing; edits, partial refunds, cancellations, reinstatements and late versions all take this one road.
"""

from __future__ import annotations

from dataclasses import replace

from palier.core import rewards, tiers
from palier.core.account import Booking, Frozen, LastOrder, Renewal
from palier.core.awards import reconcile_points, reconcile_settlement
from palier.core.book import Book
from palier.core.earning import Worth, order_worth, room_under_caps
from palier.core.order import VALID_STATUSES, keep
from palier.core.order_case import OrderCase, Reconciled
from palier.core.period import end_after, zone
from palier.core.programme.values import Programme
from palier.core.uses import reconcile_coupons, reconcile_uses


def reconcile(book: Book, case: OrderCase) -> Reconciled:
    """Bring the account to what the order is worth, posting only the difference.

    The book must be caught up. Points that come back are given before points are taken, so that no debt arises that
    the same message could pay. The order is valued with the tier that the member had before it.
    """
    kept = keep(case.order, case.refunds)
    is_valid = case.order.status in VALID_STATUSES
    frozen = case.frozen
    if frozen is None and is_valid and not kept.is_refunded:
        frozen = _accept(book, case)
    counts = is_valid and not kept.is_refunded and frozen is not None
    programme = book.timeline.by_id(case.version).programme
    worth = order_worth(programme, case.order, kept, frozen) if frozen else None
    if not counts:
        worth = None if worth is None else Worth(0, 0, why_not=worth.why_not or case.order.status)
    booking = reconcile_uses(book, case, kept, counts)
    booking = reconcile_coupons(book, case, booking, kept, counts)
    booking, renewals = _reconcile_renewal(book, case, booking, programme, frozen, worth, counts)
    booking = reconcile_points(book, case, booking, programme, frozen, worth, counts, renewals)
    booking = reconcile_settlement(book, case, booking, programme)
    rewards.grant(book)
    lowers = (
        worth is None or worth.spend_minor < case.booking.spend_minor or worth.points < case.booking.points
    )
    tiers.requalify(book, case.cause, because="refund" if lowers else "order")
    return Reconciled(booking, frozen, worth)


def _accept(book: Book, case: OrderCase) -> Frozen:
    """Freeze what the order is accepted with."""
    order_at = case.order.paid_at or case.order.updated or book.now
    programme = book.timeline.by_id(case.version).programme
    room = room_under_caps(
        programme,
        tuple(book.contributions.values()),
        activity=book.totals["activity"],
        at=order_at,
        cause=f"order:{case.id}",
    )
    if book.last_order is None or order_at >= book.last_order.at:
        delivery = case.order.delivery
        book.last_order = LastOrder(
            order_at, delivery.city, delivery.country, case.order.shipping.carrier, case.order.payment_method
        )
    return Frozen(order_at, book.totals["orders"] + 1, book.tier, case.segments, room, case.is_net)


def _reconcile_renewal(
    book: Book,
    case: OrderCase,
    booking: Booking,
    programme: Programme,
    frozen: Frozen | None,
    worth: Worth | None,
    counts: bool,
) -> tuple[Booking, tuple[Renewal, ...]]:
    """An accepted order that earns renews all points once; a full refund or a cancellation undoes it, no partial one."""
    valid_for = programme.points.valid_for
    renewals = case.renewals
    if booking.renews and not counts:
        renewals = book.undo_renewal(case.id, renewals)
        return replace(booking, renews=False), renewals
    earns = worth is not None and worth.points > 0
    if not booking.renews and counts and earns and valid_for and programme.points.expiry == "sliding":
        assert frozen is not None
        until = end_after(frozen.order_at, valid_for, zone(programme.timezone))
        book.renew(case.id, until)
        booking = replace(booking, renews=True)
        renewals = (*renewals, book.renewals[-1])
    return booking, renewals
