"""A member's balance as of an instant: read without a lock, nothing written."""

from __future__ import annotations

from datetime import datetime

from palier.core.account import Totals
from palier.core.book import Book
from palier.core.catch_up import catch_up, next_due
from palier.core.errors import UnknownMember
from palier.store.ids import new_coupon
from palier.store.ledger.past import load_totals_at
from palier.store.members.load import read_of_customer
from palier.store.programmes.load import load_timeline


def read_balance(shop_id: int, customer: str, *, now: datetime) -> Totals:
    """The member's running sums as of ``now``, due work included whether or not it has run (meaning 12).

    Any instant may be asked for: one that has passed, and one that is to come, as it will be if nothing else happens.
    ``UnknownMember`` when the shop's id was never seen.
    """
    found = read_of_customer(shop_id, customer)
    if found is None:
        raise UnknownMember(f"no member {customer!r}", path="member", hint="check the shop's customer id")
    account, version_id = found
    if now < account.state.caught_up_at:
        return load_totals_at(account.state.id, now)
    book = Book(account.state, load_timeline(account.programme_id, version_id), new_code=new_coupon)
    due = next_due(book)
    if due is not None and due <= now:
        catch_up(book, now)
    return Totals(**book.totals)
