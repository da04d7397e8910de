"""An order is reconciled, not processed: what it should be worth is compared with what is booked, and the rest posted.

Repeats post nothing; edits, partial refunds, cancellations, reinstatements and late versions all take this one road.
"""

from __future__ import annotations

from datetime import datetime

from palier.core import lots, rewards, tiers
from palier.core.account import Frozen, LastOrder
from palier.core.awards import reconcile_points, reconcile_settlement
from palier.core.book import Book
from palier.core.caps import room_under_caps
from palier.core.earning import Worth, order_holds, order_worth
from palier.core.errors import InvalidOrder
from palier.core.money import LIMIT
from palier.core.order import VALID_STATUSES, Kept, Order, keep
from palier.core.order_case import OrderCase, Reconciled
from palier.core.period import end_after, zone
from palier.core.programme.values import Programme
from palier.core.uses import look_again, owed_of, reconcile_coupons, reconcile_first_order, reconcile_uses
from palier.core.values import replace


def reconcile(book: Book, case: OrderCase) -> Reconciled:
    """Bring the account to what the order is worth, posting only the difference.

    The book must be caught up. A renewal is undone first, so that used points come back to the ends that are theirs;
    points come back before others are taken, so that no debt arises that the same message could pay. The order is
    valued with the tier that the member had before it. ``InvalidOrder`` when the rules give more points than
    ``money.LIMIT``.
    """
    deserved_before = tiers.deserved_rank(book)
    kept = keep(case.order, case.refunds)
    is_valid = case.order.status in VALID_STATUSES
    frozen = case.frozen
    if frozen is None and is_valid and not kept.is_refunded:
        frozen = _accept(book, case, kept)
    counts = is_valid and not kept.is_refunded and frozen is not None
    if frozen is not None:
        _look_at_last_order(book, case, frozen.order_at, counts=counts)
    programme = book.timeline.by_id(case.version).programme
    worth = order_worth(programme, case.order, kept, frozen) if frozen else None
    _check_limit(worth)
    if not counts:
        worth = None if worth is None else Worth(0, 0, why_not=worth.why_not or case.order.status)
    if case.booking.renews and not counts:
        case = _undo_renewal(book, case)
    without = without_order(book, case) if counts and owed_of(case.booking) else None
    booking = reconcile_uses(book, case, kept, counts)
    if without is not None:
        booking = look_again(booking, case.order, kept, without)
    booking = reconcile_coupons(book, case, booking, kept, counts)
    booking = reconcile_first_order(book, case, booking, kept)
    until = None if booking.renews or not counts else _renewed_until(programme, case, worth, frozen)
    if until is not None:
        case = replace(case, renewals=(*case.renewals, book.renew(case.id, until)))
        booking = replace(booking, renews=True)
    booking = reconcile_points(book, case, booking, programme, frozen, worth, counts)
    booking = reconcile_settlement(book, case, booking, programme)
    rewards.grant(book)
    lowers = tiers.deserved_rank(book) < deserved_before
    tiers.requalify(book, case.cause, because="refund" if lowers else "order")
    return Reconciled(booking, frozen, worth)


def without_order(book: Book, case: OrderCase) -> Book:
    """The account as if the order had never been: what it used is there again, what it brought is not."""
    scratch = Book(book.close(next_due_at=None).state, book.timeline, new_code=book.new_code)
    reconcile(scratch, replace(case, order=replace(case.order, status="cancelled")))
    return scratch


def _check_limit(worth: Worth | None) -> None:
    """No mistake in a rule may give more points than numbers are kept for (R-NUM-2)."""
    given = [worth.uncapped, *(award.points for award in worth.awards)] if worth is not None else []
    if max(given, default=0) > LIMIT:
        raise InvalidOrder(
            f"the rules give {max(given)} points for it",
            path="lines",
            hint="check the amounts, and the programme's rules",
        )


def _accept(book: Book, case: OrderCase, kept: Kept) -> Frozen:
    """Freeze what the order is accepted with."""
    order, programme = case.order, book.timeline.by_id(case.version).programme
    order_at = order.paid_at or order.updated or book.now
    frozen = Frozen(order_at, book.totals["orders"] + 1, book.tier, case.segments, None, case.is_net)
    room = room_under_caps(
        programme,
        tuple(book.contributions.values()),
        activity=book.totals["activity"],
        at=order_at,
        cause=f"order:{case.id}",
        applies=lambda when: order_holds(programme, when, order, kept, frozen),
    )
    return replace(frozen, room=room)


def _look_at_last_order(book: Book, case: OrderCase, at: datetime, *, counts: bool) -> None:
    """Segments ask for the newest order that counts, as its newest version says: one that is taken back never was."""
    last, counted = book.last_order, case.booking.counts
    if counts and (at >= last.at if last is not None else not counted):
        book.last_order = last_order_of(case.order, at)
    elif counted and not counts and last is not None and at == last.at:
        book.last_order = case.last_other()


def last_order_of(order: Order, at: datetime) -> LastOrder:
    """What segments ask of the member's last order."""
    delivery = order.delivery
    return LastOrder(at, delivery.city, delivery.country, order.shipping.carrier, order.payment_method)


def _undo_renewal(book: Book, case: OrderCase) -> OrderCase:
    """A full refund or a cancellation takes the order's renewal back; what ends by that ends now."""
    renewals = book.undo_renewal(case.id, case.renewals)
    lots.expire_ended(book)
    return replace(case, renewals=renewals, booking=replace(case.booking, renews=False))


def _renewed_until(
    programme: Programme, case: OrderCase, worth: Worth | None, frozen: Frozen | None
) -> datetime | None:
    """To when an order renews all points, if it does: under ``sliding``, when it was accepted and earns.

    A partial refund leaves a renewal, so what is refunded in part does not count here: it may be told before its order.
    """
    points = programme.points
    if worth is None or frozen is None or points.expiry != "sliding" or points.valid_for is None:
        return None
    if not worth.points and case.refunds:
        worth = order_worth(programme, case.order, keep(case.order, ()), frozen)
    return end_after(frozen.order_at, points.valid_for, zone(programme.timezone)) if worth.points else None
