"""Identities and profiles from core values to rows, in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from palier.core.account import AccountState
from palier.core.member import MemberFacts, folded, folded_address
from palier.store.ids import new_id, new_public_id
from palier.store.members.load import LoadedAccount
from palier.store.rows import Table, to_json, to_time

_IDENTITY = Table("store_identity", {"shop_id": "bigint", "account_id": "bigint", "customer_id": "text"})
_PROFILE_COLUMNS = {
    "account_id": "bigint", "name": "text", "email": "text", "email_folded": "text", "language": "text",
    "is_company": "bool", "prices": "text", "groups": "jsonb", "tags": "jsonb", "born": "date",
    "signed_up_at": "timestamptz", "search": "text",
}  # fmt: skip
_PROFILE = Table(
    "store_profile",
    _PROFILE_COLUMNS,
    suffix="ON CONFLICT (account_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _PROFILE_COLUMNS if name != "account_id"),
)


def new_account(programme_id: int, *, at: datetime) -> LoadedAccount:
    """An account that nothing has happened to yet; it is written when its first outcome is recorded."""
    return LoadedAccount(AccountState(new_id(), at), new_public_id(), programme_id, is_new=True)


def record_identities(rows: Sequence[tuple[int, int, str]]) -> None:
    """Write (shop, account, customer id) rows; one that another process wrote at this moment is an IntegrityError."""
    _IDENTITY.insert(rows)


def record_profiles(profiles: Sequence[tuple[int, MemberFacts]]) -> None:
    """Write whole profiles (account id, facts), replacing what is there. One statement."""
    _PROFILE.insert([_profile_row(account_id, facts) for account_id, facts in profiles])


def _profile_row(account_id: int, facts: MemberFacts) -> tuple[Any, ...]:
    search = folded(f"{facts.name} {facts.email} {facts.customer}")
    return (
        account_id, facts.name, facts.email, folded_address(facts.email), facts.language, facts.company, facts.prices,
        to_json(facts.groups), to_json(facts.tags), facts.born, to_time(facts.signed_up), search[:500],
    )  # fmt: skip
