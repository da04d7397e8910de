"""Accounts are derived once more from the rows of their ledger, and mended where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.core.account import AccountState, Booked
from palier.core.rebuild import Rebuilt
from palier.flows.transaction import in_one_transaction
from palier.store.ledger.record import Outcome, record
from palier.store.members.ledger_rows import load_rows
from palier.store.members.load import LoadedAccount, load_damaged, load_raw_states
from palier.store.members.state import state_to_json
from palier.store.programmes.load import current_version_id, load_timeline

CHUNK = 200
"""Accounts that are read, and mended under their locks, in one transaction."""

UNORDERED = ("lots", "coupons", "withdrawn", "tier_coupons", "contributions", "holds")
"""Keys of a state whose rows have no order that means anything."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A column or key of an account that is not what its rows say; the values as text."""

    account: str
    name: str
    derived: str
    stored: str


def rebuild_accounts(
    programme_id: int, account_ids: list[int], *, now: datetime, writes: bool
) -> list[Difference]:
    """Derive these accounts from their ledger and tell how what is stored differs; with ``writes`` it is mended.

    Everything is derived but ``caught_up_at`` and ``is_stale``, which stand in no row; ``core.rebuild`` says where the
    rows leave more than one answer, and what is stored stands. Only caches are written: no entry, no lot, no coupon.
    """
    return in_one_transaction(lambda: _rebuild(programme_id, account_ids, now, writes))


def _rebuild(programme_id: int, account_ids: list[int], now: datetime, writes: bool) -> list[Difference]:
    timeline = load_timeline(programme_id, current_version_id(programme_id))
    accounts = load_damaged(account_ids, locks=writes)
    rows = load_rows(list(accounts), timeline)
    raw = load_raw_states(list(accounts))
    told: list[Difference] = []
    mended: list[Outcome] = []
    for account_id, account in accounts.items():
        person = rows[account_id]
        derived = Rebuilt(account.state, person[account_id], timeline, person).state()
        found, state = _compare(account, derived)
        if _ordered(raw[account_id]) != _ordered(state_to_json(account.state)):
            found.append(Difference(account.public_id, "state", "as it is written now", "in another form"))
        told += found
        if found:
            mended.append(Outcome(LoadedAccount(state, account.public_id, programme_id), Booked(state)))
    if writes:
        record(mended, now=now, is_silent=True)
    return told


def _compare(account: LoadedAccount, derived: AccountState) -> tuple[list[Difference], AccountState]:
    """The differences, and the stored state with only those parts replaced."""
    stored = account.state
    told: list[Difference] = []
    parts: dict[str, Any] = {}
    one, other = _plain(derived), _plain(stored)
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            told.append(Difference(account.public_id, name, str(one.get(name)), str(other.get(name))))
            parts[name] = True
    if not told:
        return told, stored
    fields = {name for name in AccountState.__struct_fields__ if name in parts}
    totals = derived.totals if any(name in parts for name in _TOTALS) else stored.totals
    values = {
        name: getattr(derived if name in fields else stored, name) for name in AccountState.__struct_fields__
    }
    return told, AccountState(**(values | {"totals": totals}))


_TOTALS = (
    "available", "pending", "held", "debt", "lifetime", "spent", "expired", "activity", "spend_minor", "orders",
)  # fmt: skip


def _plain(state: AccountState) -> dict[str, Any]:
    data = {key: value for key, value in state_to_json(state).items() if key != "format"}
    data = _ordered(data)
    data |= {name: getattr(state.totals, name) for name in _TOTALS}
    data |= {
        name: getattr(state, name)
        for name in ("tier", "tier_since", "next_due_at", "last_sequence", "last_hash")
    }
    return data


def _ordered(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: sorted(value, key=str) if key in UNORDERED else value for key, value in data.items()}
