"""A batch of orders while it is being worked on: what a flow changes order by order and records at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from palier.core.account import Cause, LastOrder, Timeline
from palier.core.book import Book
from palier.core.catch_up import catch_up
from palier.core.holds import take_over
from palier.core.order import Refund
from palier.core.order_case import OrderCase
from palier.core.reconcile import last_order_of, reconcile
from palier.core.values import replace
from palier.flows.bench.accounts import Bench
from palier.store.holds.load import StoredHold
from palier.store.ledger.record import record
from palier.store.members.record import record_identities
from palier.store.orders.load import LoadedShop, StoredOrder
from palier.store.orders.purchases import load_last_orders
from palier.store.orders.record import ChangedOrder, record_orders
from palier.store.rows import together


@dataclass(slots=True)
class OrderWork:
    """Orders of one shop with the bench of their accounts; ``book`` works on one, ``record`` writes them all."""

    shop: LoadedShop
    timeline: Timeline
    bench: Bench
    orders: dict[str, StoredOrder]
    by_customer: dict[str, int]
    changed: dict[str, ChangedOrder] = field(default_factory=dict)
    identities: list[tuple[int, int, str]] = field(default_factory=list)
    seen_at: datetime | None = None
    """When these orders are first seen: the version in force then is theirs, whenever they were placed (meaning 13)."""
    holds: dict[str, StoredHold] = field(default_factory=dict)
    """Those that the orders name. What one order of a batch has taken over the next one finds taken."""
    is_silent: bool = False
    """Nobody is told of what these orders bring; of what fell due before them members are."""
    _last_unnamed: dict[int, tuple[int, LastOrder]] | None = None
    is_booking: bool = False
    """Stays so when a booking is broken off: its account's book is not to be recorded then."""

    def account_of(self, stored: StoredOrder, customer: str | None, *, at: datetime) -> int | None:
        """The order's account: the one it is booked on, else the customer's, made at first sight; None for a guest."""
        if stored.account_id is not None or customer is None:
            return stored.account_id
        account_id = self.by_customer.get(customer)
        if account_id is None:
            account_id = self.bench.create(at=at)
            self.by_customer[customer] = account_id
            self.identities.append((self.shop.id, account_id, customer))
        return account_id

    def without_traces(self, stored: StoredOrder) -> StoredOrder:
        """The order without address and city if its person was erased: the shop may go on telling of it."""
        if stored.account_id is None or not self.bench.accounts[stored.account_id].is_erased:
            return stored
        delivery = replace(stored.order.delivery, city="")
        return replace(stored, order=replace(stored.order, email="", delivery=delivery))

    def book(
        self,
        stored: StoredOrder,
        cause: Cause,
        *,
        at: datetime,
        lines_changed: bool,
        refund: Refund | None,
        hold: str = "",
    ) -> int:
        """Catch the order's account up to ``at`` and reconcile; returns how many points more the order is worth.

        ``hold``: it takes over what that one set aside, if it still does then.
        """
        assert stored.account_id is not None
        self.is_booking = True
        book = self.bench.open(stored.account_id)
        catch_up(book, at)
        book.is_silent = self.is_silent
        before = stored.booking.points
        stored = replace(stored, version_id=self.version_of(stored, book))
        if stored.frozen is None:
            self.recall(book, stored)
        case = self.case_of(book, stored, cause)
        if hold in book.holds:
            case = take_over(book, case, book.holds[hold])
            if hold in self.holds:
                self.holds[hold] = replace(self.holds[hold], state="captured")
        answer = reconcile(book, case)
        stored = replace(stored, booking=answer.booking, frozen=answer.frozen)
        self.remember(stored, lines_changed=lines_changed, refund=refund)
        self.is_booking = False
        return answer.booking.points - before

    def recall(self, book: Book, stored: StoredOrder) -> None:
        """Read again what caps look at before the order, if it is told late."""
        order, programme = stored.order, self.timeline.by_id(self.version_of(stored, book)).programme
        at = order.paid_at or order.updated or book.now
        self.bench.recall(book, programme, at, changed=self.changed.values())

    def remember(self, stored: StoredOrder, *, lines_changed: bool, refund: Refund | None) -> None:
        """Keep the order as it now stands, to be written with the others."""
        known = self.changed.get(stored.order.id)
        refunds = (*(known.new_refunds if known else ()), *((refund,) if refund else ()))
        lines_changed = lines_changed or (known is not None and known.lines_changed)
        before = self.orders.get(stored.order.id)
        had_lines = known.had_lines if known else before is not None and before.is_known
        self.orders[stored.order.id] = stored
        self.changed[stored.order.id] = ChangedOrder(stored, lines_changed, refunds, had_lines)

    def record(self, *, now: datetime, until: datetime | None, is_silent: bool, batch_id: int | None) -> None:
        """Write orders, accounts, ledger and new identities."""
        outcomes = self.bench.close(until=until)
        with together(accounts=len(outcomes)):
            record_orders(self.shop, tuple(self.changed.values()), now=now, batch_id=batch_id)
            record(outcomes, now=now, is_silent=is_silent)
            record_identities(self.identities)

    def version_of(self, stored: StoredOrder, book: Book) -> int:
        """The version of the programme that the order was first seen under: its own, or the one in force."""
        return (
            stored.version_id
            if stored.version_id is not None
            else self.timeline.at(self.seen_at or book.now).id
        )

    def case_of(self, book: Book, stored: StoredOrder, cause: Cause) -> OrderCase:
        """The order beside its account, with everything that is compared; its version must be set."""
        version = stored.version_id
        assert version is not None
        programme = self.timeline.by_id(version).programme
        is_update = stored.booking.counts or bool(stored.booking.lots) or bool(stored.booking.uses)
        named = {d.code for d in stored.order.discounts if d.source == "coupon" and d.code}
        # A code that no open coupon has changes nothing: it costs no query either.
        codes = [c.id for c in book.coupons.values() if c.code in named or c.id in named]
        codes += stored.booking.coupons
        return OrderCase(
            id=str(stored.id),
            order=stored.order,
            refunds=stored.refunds,
            version=version,
            cause=cause,
            booking=stored.booking,
            frozen=stored.frozen,
            reached_at=stored.reached_at,
            renewals=self.bench.renewals(book, stored.booking) if is_update else (),
            expired=self.bench.expired(book, stored.booking.lots) if is_update else (),
            coupons=self.bench.coupons(book, codes) if codes else (),
            segments=self.bench.segments(book, programme, stored.order, self.others(book, stored))
            if stored.frozen is None and programme.segments
            else (),
            is_net=self.bench.accounts[book.state.id].is_net,
            last_other=lambda: self._last_other(book.state.id, stored.id),
        )

    def _last_other(self, account_id: int, order_id: int) -> LastOrder | None:
        """The newest order of the account that counts, beside this one; what the batch does not name is read once."""
        if self._last_unnamed is None:
            named = [stored.id for stored in self.orders.values()]
            self._last_unnamed = load_last_orders(self.bench.accounts, without=named)
        found = [
            (other.id, last_order_of(other.order, other.frozen.order_at))
            for other in self.orders.values()
            if other.account_id == account_id and other.id != order_id
            if other.booking.counts and other.frozen is not None
        ]
        if account_id in self._last_unnamed:
            found.append(self._last_unnamed[account_id])
        return max(found, key=lambda one: (one[1].at, one[0]), default=(0, None))[1]

    def others(self, book: Book, stored: StoredOrder) -> tuple[StoredOrder, ...]:
        """The account's other orders as this batch left them."""
        changed = (known.stored for known in self.changed.values())
        return tuple(o for o in changed if o.account_id == book.state.id and o.id != stored.id)
