"""What shops say about their customers: profiles, and an account at first sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.catch_up import catch_up
from palier.core.member import MemberFacts
from palier.core.values import replace
from palier.flows.bench.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.members.closing import reopen_identities
from palier.store.members.load import lock_for_shop
from palier.store.members.profiles import load_profiles
from palier.store.members.record import record_identities, record_profiles
from palier.store.orders.load import load_shop
from palier.store.programmes.load import load_timeline


@dataclass(frozen=True, slots=True)
class RegisterMembers:
    """Members of one shop; what a message does not say (``MemberFacts.said``) is kept as it is known."""

    shop_id: int
    members: tuple[MemberFacts, ...]
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """How many accounts were made and how many profiles changed."""

    new: int
    changed: int


def register_members(command: RegisterMembers, *, now: datetime) -> Registered:
    """Create the accounts of customers never seen, and write the profiles that changed. Idempotent.

    A customer whom the shop had deleted and tells of again is open again.
    """
    return in_one_transaction(lambda: _register(command, now))


def _register(command: RegisterMembers, now: datetime) -> Registered:
    customers = sorted({facts.customer for facts in command.members})
    accounts, by_customer = lock_for_shop(command.shop_id, customers, [])
    shop = load_shop(command.shop_id)
    timeline = load_timeline(shop.programme_id, shop.current_version_id)
    bench = Bench(timeline, accounts, shop.programme_id)
    known = load_profiles(list(accounts))
    profiles: dict[int, MemberFacts] = {}
    fresh = []
    for facts in command.members:
        account_id = by_customer.get(facts.customer)
        if account_id is None:
            account_id = by_customer[facts.customer] = bench.create(at=now)
            fresh.append((shop.id, account_id, facts.customer))
        before = profiles.get(account_id) or known.get(account_id)
        after = facts if before is None else _merged(before, facts)
        if before is None or replace(after, said=before.said, customer=before.customer) != before:
            profiles[account_id] = after
    for account_id in reopen_identities(shop.id, customers):
        book = bench.open(account_id)
        # What fell due while it was closed is told nobody.
        catch_up(book, now)
        book.closed_at = None
    bench.record(now=now, until=now)
    record_identities(fresh)
    record_profiles(list(profiles.items()))
    return Registered(len(fresh), len(profiles))


def _merged(before: MemberFacts, message: MemberFacts) -> MemberFacts:
    kept = {
        name: getattr(before, name)
        for name in MemberFacts.__slots__
        if name not in message.said and name != "customer"
    }
    return replace(message, **kept)
