"""The accounts that a flow works on: opened once, closed and recorded together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from palier.core import tiers
from palier.core.account import AccountState, Booking, Coupon, Lot, Renewal, Timeline
from palier.core.book import Book
from palier.core.caps import looks_back_to
from palier.core.catch_up import catch_up, horizon_of, let_go, recall
from palier.core.order import Order
from palier.core.programme.values import Programme
from palier.core.values import replace
from palier.flows.bench.segment_facts import matching_segments
from palier.store.ids import new_coupon
from palier.store.ledger.record import Note, Outcome, record
from palier.store.members.load import LoadedAccount
from palier.store.members.record import new_account
from palier.store.orders.beside import Beside
from palier.store.orders.contributions import load_contributions
from palier.store.orders.load import (
    StoredOrder,
    load_coupons,
    load_expired,
    load_undone,
)
from palier.store.orders.record import ChangedOrder
from palier.store.orders.renewals import load_renewals, load_renewals_of_person
from palier.store.rows import together


def open_book(state: AccountState, timeline: Timeline) -> Book:
    """The book of an account as it stands; contributions that a new window made stale are read anew."""
    if state.is_stale:
        contributions = load_contributions(state.id, timeline, now=state.caught_up_at)
        state = replace(state, contributions=contributions, is_stale=False)
    return Book(state, timeline, new_code=new_coupon)


class Bench:
    """Locked accounts with a book each, and the rarer rows that a decision may need, loaded when first asked for."""

    def __init__(self, timeline: Timeline, accounts: dict[int, LoadedAccount], programme_id: int) -> None:
        self.timeline = timeline
        self.accounts = accounts
        self.programme_id = programme_id
        self.books: dict[int, Book] = {}
        self.beside = Beside()
        """What was read beside a lone order, before anything of this batch."""
        self._renewals: dict[int, tuple[Renewal, ...]] | None = None
        self._of_person: dict[int, tuple[Renewal, ...]] = {}

    def create(self, *, at: datetime) -> int:
        """A new account in the tier that nothing deserves; recorded with the others."""
        account = new_account(self.programme_id, at=at)
        self.accounts[account.state.id] = account
        tiers.enter(self.open(account.state.id))
        return account.state.id

    def open(self, account_id: int) -> Book:
        """The book of an account, opened once."""
        book = self.books.get(account_id)
        if book is None:
            book = self.books[account_id] = open_book(self.accounts[account_id].state, self.timeline)
        return book

    def recall(
        self, book: Book, programme: Programme, at: datetime, *, changed: Collection[ChangedOrder]
    ) -> None:
        """Read again what was earned before something that is told late, as far as caps look back from ``at``.

        No statement unless that is further than the account remembers. ``changed`` are the orders of this batch.
        """
        since = looks_back_to(programme, at)
        if (
            since is None
            or since > horizon_of(book.programme, book.now)
            or self.accounts[book.state.id].is_new
        ):
            return
        if book.keeps_since is None or since < book.keeps_since:
            here = {f"order:{each.stored.id}" for each in changed}
            stored = load_contributions(book.state.id, self.timeline, now=at)
            earned = (each for each in stored if each.cause not in here)
            recall(book, earned, since=since - timedelta(days=1))

    def renewals(self, book: Book, booking: Booking) -> tuple[Renewal, ...]:
        """The account's renewals: those stored, as this batch left them, and those of this batch.

        Where points of merged accounts are at hand, or may come back with what is booked, theirs too.
        """
        if self._renewals is None:
            self._renewals = load_renewals(
                account.state.id for account in self.accounts.values() if not account.is_new
            )
        known = self._renewals.get(book.state.id, ())
        if _has_moved_points(book, booking):
            if book.state.id not in self._of_person:
                self._of_person[book.state.id] = load_renewals_of_person(book.state.id)
            known = self._of_person[book.state.id]
        undone = dict(book.undone)
        stored = (
            replace(r, undone_at=undone[r.order]) if r.order in undone and r.undone_at is None else r
            for r in known
        )
        return (*stored, *book.renewals)

    def expired(self, book: Book, lots: Sequence[tuple[int, int]]) -> tuple[tuple[Lot, int], ...]:
        """Points of these lots that expired unused: stored ones and those that this batch booked."""
        if not lots or not self._has_expired(book, lots):
            return ()
        stored = load_expired(book.state.id, lots)
        found = {key: pair for key, pair in stored.items() if key[0] == book.state.id}
        mine = {
            (book.state.id, number)
            for number, lot in book.lots.items()
            if (book.state.id, number) in lots or lot.origin in lots
        }
        for entry in book.entries:
            if entry.kind == "expire":
                for number, points in entry.draws:
                    key = (book.state.id, number)
                    if key in found or key in mine:
                        lot, known = found.get(key) or (book.lots[number], 0)
                        found[key] = (lot, known - points)
        # By lot: the database gives them in no order of its own.
        here = (pair for _, pair in sorted(found.items(), key=lambda item: item[0]))
        away = _ended_away(book, stored) if any(key[0] != book.state.id for key in stored) else ()
        return tuple(pair for pair in (*here, *away) if pair[1] > 0)

    def _has_expired(self, book: Book, lots: Sequence[tuple[int, int]]) -> bool:
        """Whether any of the lots may have expired at all: one that is alive has not (saves the query)."""
        if not book.totals["expired"]:
            return False
        alive = {
            (book.state.id, n) for n, lot in book.lots.items() if lot.remaining and not book.is_dead(lot)
        }
        return any(key not in alive for key in lots)

    def coupons(self, book: Book, codes: Iterable[str]) -> tuple[Coupon, ...]:
        """The account's coupons with these codes or ids, as this batch left them."""
        named = set(codes)
        at_hand = {**book.coupons, **book.touched}
        here = {c.id: c for c in at_hand.values() if c.code in named or c.id in named}
        missing = named - {name for c in here.values() for name in (c.id, c.code)}
        stored: Iterable[Coupon] = ()
        if missing <= self.beside.codes:
            stored = [c for c in self.beside.coupons if c.id in missing or c.code in missing]
        elif missing:
            stored = load_coupons([book.state.id], missing).get(book.state.id, ())
        return tuple({**{c.id: c for c in stored}, **here}.values())

    def segments(
        self, book: Book, programme: Programme, order: Order, changed: Sequence[StoredOrder] = ()
    ) -> tuple[str, ...]:
        """The segments that the member matches with this order at hand, and with others as this batch left them."""
        account = self.accounts[book.state.id]
        bought = None if changed else self.beside.purchases
        return matching_segments(book, account, programme, order, changed, bought)

    def segments_now(self, book: Book) -> tuple[str, ...]:
        """The segments that the member matches with nothing at hand, under the version in force."""
        return matching_segments(book, self.accounts[book.state.id], book.programme, None)

    def close(self, *, until: datetime | None = None, note: Note | None = None) -> list[Outcome]:
        """Catch every open account up (to ``until``, else to where it stands); what was decided, ready to record."""
        outcomes = []
        for account_id in sorted(self.books):
            book = self.books[account_id]
            due = catch_up(book, until if until is not None else book.now)
            let_go(book)
            outcomes.append(Outcome(self.accounts[account_id], book.close(next_due_at=due), note))
        return outcomes

    def record(
        self,
        *,
        now: datetime,
        is_silent: bool = False,
        until: datetime | None = None,
        note: Note | None = None,
    ) -> None:
        """Close every open account and write what was decided."""
        outcomes = self.close(until=until, note=note)
        with together(accounts=len(outcomes)):
            record(outcomes, now=now, is_silent=is_silent)


def _has_moved_points(book: Book, booking: Booking) -> bool:
    """Whether points that were on another account before a merge are here, or may come back."""
    pieces = (
        *booking.uses,
        *booking.taken,
        *(piece for coupon in book.coupons.values() for piece in coupon.pieces),
    )
    mine = (0, book.state.id)
    return any(piece.account not in mine for piece in pieces) or any(
        lot.origin is not None and lot.origin[0] not in mine for lot in book.lots.values()
    )


def _ended_away(book: Book, stored: Mapping[tuple[int, int], tuple[Lot, int]]) -> list[tuple[Lot, int]]:
    """What ended on accounts before they were merged into this one, by the lots that the points first were.

    Their number is 0: the account has no lot of them. What came back already, to be taken here, is gone there.
    """
    pools: dict[tuple[int, int], tuple[Lot, int]] = {}
    for (account_id, number), (lot, points) in sorted(stored.items(), key=lambda item: item[0]):
        if account_id != book.state.id:
            root = lot.origin or (account_id, number)
            first, known = pools.get(root) or (replace(lot, number=0, origin=root), 0)
            pools[root] = (first, known + points)
    undone = load_undone(book.state.id, pools)
    expiries = {entry.sequence for entry in book.entries if entry.kind == "expire"}
    for new in book.new_lots:
        if new.sequence in expiries and new.lot.origin in pools:
            undone[new.lot.origin] = undone.get(new.lot.origin, 0) + new.amount
    return [(lot, points - undone.get(root, 0)) for root, (lot, points) in sorted(pools.items())]
