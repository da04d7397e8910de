"""Renewals of accounts, and of the persons that accounts became."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from palier.core.account import Renewal
from palier.core.renewals import of_person
from palier.store.members.merge import PERSON
from palier.store.rows import any_of, from_time, listed, select


def load_renewals(account_ids: Iterable[int]) -> dict[int, tuple[Renewal, ...]]:
    """All renewals of these accounts, oldest first. One statement."""
    found: dict[int, list[Renewal]] = defaultdict(list)
    for account_id, order_id, at, until, undone_at, next_lot in select(
        f"SELECT account_id, order_id, at, until, undone_at, next_lot FROM store_renewal WHERE {any_of('account_id')}"
        " ORDER BY at, id",
        [listed(account_ids)],
    ):
        renewal = Renewal(str(order_id), _instant(at), _instant(until), from_time(undone_at), next_lot)
        found[account_id].append(renewal)
    return {account_id: tuple(renewals) for account_id, renewals in found.items()}


def load_renewals_of_person(account_id: int) -> tuple[Renewal, ...]:
    """The renewals of the account and of those that were merged into it. Two statements."""
    # A merged account stands at its merge for ever: no entry tells of one that had nothing to bring.
    person = select(
        f"WITH RECURSIVE {PERSON} SELECT a.id, a.merged_into_id, a.caught_up_at"
        " FROM person JOIN store_account a ON a.id = person.id ORDER BY a.id",
        [account_id],
    )
    known = load_renewals(one for one, _, _ in person)
    moves = [(one, kept, _instant(at)) for one, kept, at in person if kept is not None]
    return of_person(account_id, {one: known.get(one, ()) for one, _, _ in person}, moves)


def _instant(value: datetime) -> datetime:
    instant = from_time(value)
    assert instant is not None
    return instant
