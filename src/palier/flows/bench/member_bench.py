"""One member's account on the bench: locked, made at first sight, caught up to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.account import Timeline
from palier.core.book import Book
from palier.core.catch_up import catch_up
from palier.core.errors import UnknownMember
from palier.flows.bench.accounts import Bench
from palier.store.ledger.record import Note
from palier.store.members.load import lock_for_shop
from palier.store.members.record import record_identities
from palier.store.orders.load import LoadedShop, load_shop
from palier.store.programmes.load import load_timeline


@dataclass(frozen=True, slots=True)
class MemberBench:
    """The open account of one member."""

    shop: LoadedShop
    timeline: Timeline
    bench: Bench
    book: Book
    customer: str
    is_new: bool

    def record(self, *, now: datetime, note: Note | None = None, is_silent: bool = False) -> None:
        """Write what was decided, and the identity of a new member."""
        self.bench.record(now=now, until=now, note=note, is_silent=is_silent)
        if self.is_new:
            record_identities([(self.shop.id, self.book.state.id, self.customer)])


def open_member(shop_id: int, customer: str, *, now: datetime, creates: bool) -> MemberBench:
    """Lock the member's account and catch it up; one never seen is made if ``creates``, else ``UnknownMember``."""
    shop = load_shop(shop_id)
    accounts, by_customer = lock_for_shop(shop_id, [customer], [])
    timeline = load_timeline(shop.programme_id, shop.current_version_id)
    bench = Bench(timeline, accounts, shop.programme_id)
    account_id = by_customer.get(customer)
    is_new = account_id is None
    if account_id is None:
        if not creates:
            raise UnknownMember(f"no member {customer!r}", path="member", hint="check the shop's customer id")
        account_id = bench.create(at=now)
    book = bench.open(account_id)
    catch_up(book, now)
    return MemberBench(shop, timeline, bench, book, customer, is_new)
