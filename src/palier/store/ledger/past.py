"""What an account had at an instant that has passed."""

from __future__ import annotations

from datetime import datetime
from json import loads
from typing import Any

from palier.core.account import Cause, Entry, Totals
from palier.core.entry_kinds import totals_of
from palier.store.rows import select, to_time

_NO_CAUSE = Cause("time", "")


def load_totals_at(account_id: int, at: datetime) -> Totals:
    """The sums of the account's entries that had taken effect by then. One statement.

    Whatever fell due has the instant at which it did, so that nothing is missing that was booked later.
    """
    rows = select(
        "SELECT kind, amount, points, pending, held, debt, spend_minor, orders, facts FROM store_entry"
        " WHERE account_id = %s AND effective_at <= %s",
        [account_id, to_time(at)],
    )
    return totals_of(_entry(row, at) for row in rows)


def _entry(row: tuple[Any, ...], at: datetime) -> Entry:
    kind, amount, points, pending, held, debt, spend_minor, orders, facts = row
    told = loads(facts) if isinstance(facts, str) else facts
    return Entry(0, kind, _NO_CAUSE, at, amount, points, pending, held, debt, spend_minor, orders, facts=told)
