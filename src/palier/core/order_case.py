"""An order beside its account: what the reconciliation is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from palier.core.account import Booking, Cause, Coupon, Frozen, LastOrder, Lot, Renewal
from palier.core.earning import Worth
from palier.core.order import Order, Refund


class OrderCase(Struct, frozen=True):
    """An order as it stands now, with everything that its account must be compared with.

    ``id`` is Palier's own id of the order; ``reached_at`` the shop's times of the states that it went through.
    """

    id: str
    order: Order
    refunds: tuple[Refund, ...]
    version: int
    cause: Cause
    booking: Booking = Booking()
    frozen: Frozen | None = None
    reached_at: tuple[tuple[str, datetime], ...] = ()
    renewals: tuple[Renewal, ...] = ()
    expired: tuple[tuple[Lot, int], ...] = ()
    """Points of the order's own lots that expired unused: a take-back takes those before any other's.

    A lot numbered 0 is that of an account which was merged into this one; its ``origin`` says which.
    """
    coupons: tuple[Coupon, ...] = ()
    """The coupons that the order names or has used, as they stand."""
    segments: tuple[str, ...] = ()
    is_net: bool = False
    last_other: Callable[[], LastOrder | None] = lambda: None
    """Asks for the newest of the member's other orders that count: where this one was the last and counts no more."""


class Reconciled(Struct, frozen=True):
    """What is booked for the order now. ``worth`` is None while it was never accepted."""

    booking: Booking
    frozen: Frozen | None
    worth: Worth | None
