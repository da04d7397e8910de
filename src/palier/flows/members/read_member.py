"""A member as of an instant: read without a lock, caught up in memory, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core import tiers
from palier.core.account import Coupon, Lot, Override, Timeline, Totals
from palier.core.book import Book
from palier.core.catch_up import catch_up
from palier.core.errors import UnknownMember
from palier.core.programme.values import Programme
from palier.core.tiers import Progress
from palier.core.values import replace
from palier.flows.bench.accounts import open_book
from palier.flows.bench.segment_facts import matching_segments
from palier.store.ids import new_coupon
from palier.store.ledger.timeline import count_movements
from palier.store.members.load import LoadedAccount, find_account_id, read_by_id
from palier.store.members.record import new_account
from palier.store.orders.load import load_all_coupons, load_shop
from palier.store.programmes.load import current_version_id, load_timeline


@dataclass(frozen=True, slots=True)
class MemberView:
    """Everything that is shown of a member, as of ``at``.

    ``group`` is the shop's customer group of the tier held, none once the account is closed. ``override``: the tier was
    given by staff. A coupon that is due and not written down yet has no code: the booking draws it.
    """

    account_id: int
    at: datetime
    programme: Programme
    totals: Totals
    tier: str | None
    tier_since: datetime | None
    group: str | None
    progress: Progress
    lots: tuple[Lot, ...]
    coupons: tuple[Coupon, ...]
    history: int
    segments: tuple[str, ...]
    override: Override | None = None
    closed_at: datetime | None = None


def read_member(shop_id: int, customer: str, *, now: datetime) -> MemberView:
    """The member of a shop as of ``now``; ``UnknownMember`` when the shop's id was never seen."""
    shop = load_shop(shop_id)
    account_id = find_account_id(shop_id, customer)
    if account_id is None:
        raise UnknownMember(f"no member {customer!r}", path="member", hint="check the shop's customer id")
    return _view(account_id, load_timeline(shop.programme_id, shop.current_version_id), now)


def read_account(account_id: int, programme_id: int, *, now: datetime) -> MemberView:
    """The account as of ``now``; ``UnknownMember`` when the programme has no such account."""
    return _view(
        account_id,
        load_timeline(programme_id, current_version_id(programme_id)),
        now,
        programme_id=programme_id,
    )


def read_nobody(programme_id: int, *, now: datetime) -> MemberView:
    """What a customer who was never seen would be shown."""
    timeline = load_timeline(programme_id, current_version_id(programme_id))
    account = new_account(programme_id, at=now)
    book = Book(account.state, timeline, new_code=new_coupon)
    tiers.enter(book)
    return _of(book, account, (), 0)


def _view(
    account_id: int, timeline: Timeline, now: datetime, *, programme_id: int | None = None
) -> MemberView:
    account = read_by_id(account_id)
    if account is None or (programme_id is not None and account.programme_id != programme_id):
        raise UnknownMember(f"no account {account_id}")
    book = open_book(account.state, timeline)
    catch_up(book, now)
    return _of(book, account, load_all_coupons(account_id), count_movements(account_id))


def _of(book: Book, account: LoadedAccount, stored: tuple[Coupon, ...], history: int) -> MemberView:
    programme = book.programme
    ladder = programme.tiers.ladder if programme.tiers else ()
    held = next((tier for tier in ladder if tier.id == book.tier), None)
    booked = {coupon.id: coupon for coupon in stored}
    due = {id: coupon if id in booked else replace(coupon, code="") for id, coupon in book.touched.items()}
    coupons = booked | due
    return MemberView(
        account_id=book.state.id,
        at=book.now,
        programme=programme,
        totals=Totals(**book.totals),
        tier=book.tier,
        tier_since=book.tier_since,
        group=held.group if held and book.closed_at is None else None,
        progress=tiers.progress(book),
        lots=tuple(lot for lot in book.lots.values() if lot.remaining),
        coupons=tuple(sorted(coupons.values(), key=lambda c: (c.issued_at, c.id))),
        history=history + _new_movements(book),
        segments=matching_segments(book, account, programme, None),
        override=book.override,
        closed_at=book.closed_at,
    )


def _new_movements(book: Book) -> int:
    """Movements that catching up in memory would add: one per cause, settlements aside."""
    return len({(entry.cause.kind, entry.cause.id) for entry in book.entries if entry.kind != "settle"})
