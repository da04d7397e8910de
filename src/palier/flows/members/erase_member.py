"""A person is forgotten; what accounting needs stays under a name that says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.erase import erase
from palier.flows.bench.member_bench import open_member
from palier.flows.transaction import in_one_transaction
from palier.store.members.erase import forget


@dataclass(frozen=True, slots=True)
class EraseMember:
    """The member of a shop; all shops of the programme forget the person."""

    shop_id: int
    customer: str


@dataclass(frozen=True, slots=True)
class Erased:
    """The account that stays, anonymous."""

    account_id: int


def erase_member(command: EraseMember, *, now: datetime) -> Erased:
    """Lapse the balance, withdraw unused coupons, delete profile, identities, notes and addresses.

    Entries, orders and their sums stay (R-GDPR-3). ``UnknownMember`` when the id was never seen or is erased already.
    """
    return in_one_transaction(lambda: _erase(command, now))


def _erase(command: EraseMember, now: datetime) -> Erased:
    member = open_member(command.shop_id, command.customer, now=now, creates=False)
    erase(member.book)
    member.record(now=now, is_silent=True)
    forget(member.book.state.id, now=member.book.now)
    return Erased(member.book.state.id)
