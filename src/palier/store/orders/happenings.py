"""Events, gifts, opening balances and decisions of staff: what makes each count once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from palier.store.rows import Table, any_of, listed, select, to_time

_HAPPENING = Table("store_happening", {
    "id": "bigint", "account_id": "bigint", "kind": "text", "name": "text", "key": "text", "at": "timestamptz",
    "points": "bigint", "recorded_at": "timestamptz", "batch_id": "bigint",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewHappening:
    """One event, gift, opening balance or decision of staff as it is recorded. ``points`` are those that it brought."""

    id: int
    account_id: int
    kind: Literal["event", "gift", "opening", "override", "waive", "voucher"]
    name: str
    key: str
    at: datetime
    points: int


def find_happenings(
    account_ids: Sequence[int], kind: str, name: str, keys: Sequence[str]
) -> dict[tuple[int, str], int]:
    """Points of those that are recorded already, by (account, key). One statement."""
    rows = select(
        f"SELECT account_id, key, points FROM store_happening WHERE {any_of('account_id')} AND kind = %s AND name = %s"
        f" AND {any_of('key')}",
        [listed(account_ids), kind, name, listed(keys)],
    )
    return {(account_id, key): points for account_id, key, points in rows}


def find_voucher(account_id: int, key: str) -> int:
    """The id of the voucher that was made with this key; ``LookupError`` without one. One statement."""
    rows = select(
        "SELECT id FROM store_happening WHERE account_id = %s AND kind = 'voucher' AND key = %s",
        [account_id, key],
    )
    if not rows:
        raise LookupError(f"no voucher {key!r}")
    return int(rows[0][0])


def record_happenings(rows: Sequence[NewHappening], *, now: datetime, batch_id: int | None = None) -> None:
    """Write them; one that another process wrote at this moment is an IntegrityError."""
    _HAPPENING.insert(
        [
            (
                row.id,
                row.account_id,
                row.kind,
                row.name,
                row.key,
                to_time(row.at),
                row.points,
                to_time(now),
                batch_id,
            )
            for row in rows
        ],
    )
