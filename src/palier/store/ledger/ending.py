"""Points that end, and windows, where nothing else comes of it: from row to rows, by the hundred, without a book."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from msgspec.json import decode

from palier.core.catch_up import reminders
from palier.core.ending import End, Ended, Night, Window, ended_lots, leaving_of, looks_of
from palier.core.lots import last_day_of
from palier.store.codec import instant, us_of
from palier.store.ledger.chain import chained
from palier.store.ledger.record import DRAW
from palier.store.rows import (
    Table,
    any_of,
    as_stored,
    from_time,
    listed,
    select,
    skip_locked,
    to_json,
    to_time,
)

_ACCOUNT = Table("store_account", {
    "id": "bigint", "caught_up_at": "timestamptz", "next_due_at": "timestamptz", "last_sequence": "int",
    "last_hash": "text", "available": "bigint", "pending": "bigint", "expired": "bigint", "state": "jsonb",
})  # fmt: skip
_EXPIRY = Table("store_entry", {
    "account_id": "bigint", "sequence": "int", "programme_id": "bigint", "cause": "text",
    "effective_at": "timestamptz", "recorded_at": "timestamptz", "amount": "bigint", "points": "bigint",
    "pending": "bigint", "version_id": "bigint", "facts": "jsonb", "hash": "text",
}, fixed={
    "kind": "expire", "cause_kind": "time", "held": 0, "debt": 0, "spend_minor": 0, "orders": 0, "note_digest": "",
})  # fmt: skip

_MAY_BRING_MORE = frozenset({"holds", "demote_at", "stepped_at", "override"})
"""Keys of a state that leave the account to ``catch_up``."""

Row = tuple[Any, ...]


def lock_due_rows(
    programme_id: int, *, now: datetime, limit: int, without: Collection[int] = ()
) -> list[Row]:
    """Lock accounts that are due, as bare rows for ``end_points``; PostgreSQL skips those held elsewhere."""
    others, left_out = (f" AND NOT {any_of('a.id')}", [listed(without)]) if without else ("", [])
    caught_up_at, next_due_at = as_stored("a.caught_up_at"), as_stored("a.next_due_at")
    return select(
        "SELECT a.id, a.public_id, a.last_sequence, a.last_hash, a.available, a.pending, a.expired, a.is_stale,"
        f" a.tier, {caught_up_at}, {next_due_at}, a.state FROM store_account a"
        f" WHERE a.programme_id = %s AND a.next_due_at <= %s{others} ORDER BY a.next_due_at, a.id LIMIT %s"
        + skip_locked("a"),
        [programme_id, to_time(now), *left_out, limit],
    )


def end_points(programme_id: int, due: Iterable[Row], night: Night, *, now: datetime) -> list[int]:
    """Write the end of points for those locked accounts that nothing else happens to; the ids of the others.

    What is written is what ``catch_up`` and ``record`` would write. Three statements for any number of accounts.
    """
    sheet = Sheet(programme_id, night, now=now)
    others = [row[0] for row in due if not sheet.takes(row)]
    _ACCOUNT.update(sheet.accounts)
    _EXPIRY.insert(sheet.entries)
    DRAW.insert(sheet.draws)
    return others


class Sheet:
    """The rows of a night in the making; what its accounts share is worked out once."""

    def __init__(self, programme_id: int, night: Night, *, now: datetime) -> None:
        programme = night.version.programme
        self.programme_id, self.version_id = programme_id, night.version.id
        self.since, self.reward_at = to_time(night.since), night.reward_at
        self.until, self.stored_until = us_of(now), to_time(now)
        self.horizon = us_of(night.horizon)
        self.ladder = night.ladder
        self.edge = us_of(night.edge) if night.edge is not None else None
        leaves = leaving_of(programme)
        self.leaves = cache(lambda us: us_of(leaves(instant(us)))) if leaves is not None else None
        self.is_year = programme.tiers is not None and programme.tiers.window == "calendar_year"
        self.us_of = cache(lambda stored: us_of(_read(stored)))
        self.stored = cache(lambda us: to_time(instant(us)))
        self.told = cache(lambda us: _told(last_day_of(instant(us), programme)))
        self.reminders = cache(lambda us: tuple(us_of(at) for _, at in reminders(instant(us), programme)))
        self.accounts: list[Row] = []
        self.entries: list[Row] = []
        self.draws: list[Row] = []

    def takes(self, row: Row) -> bool:
        """Add what the account leaves; False, and nothing is added, when more than the end of points may be due."""
        (
            account_id,
            public_id,
            sequence,
            head,
            available,
            pending,
            expired,
            is_stale,
            tier,
            caught_up_at,
            due_at,
            state,
        ) = row
        if is_stale or not self.since < caught_up_at < due_at:
            return False
        if self.reward_at is not None and available >= self.reward_at:
            return False
        data = decode(state) if isinstance(state, str) else state
        ended = self._ended(data, tier, caught_up_at)
        if ended is None or self.stored(ended.first) != due_at:
            return False
        for end in ended.ends:
            sequence += 1
            head = self._enter(account_id, public_id, sequence, head, end)
            for number, points in end.draws:
                self.draws.append((account_id, sequence, number, points))
            available += end.points
            pending += end.pending
            expired -= end.points + end.pending
        next_due_at = None if ended.next_due is None else self.stored(ended.next_due)
        self.accounts.append((
            account_id, self.stored_until, next_due_at, sequence, head, available, pending, expired, to_json(data),
        ))  # fmt: skip
        return True

    def _ended(self, data: dict[str, Any], tier: str, caught_up_at: Any) -> Ended | None:
        """What ended of a state, which is then without it, and without the contributions that no window counts."""
        if not _MAY_BRING_MORE.isdisjoint(data):
            return None
        looks: list[int] = []
        others = [] if self.edge is None else [self.edge]
        if self.leaves is not None:
            window = Window(data.get("contributions", ()), tier, self.ladder, self.leaves, self.is_year)
            found = looks_of(window, since=self.us_of(caught_up_at), until=self.until)
            if found is None:
                return None
            looks, next_look = found
            others += [] if next_look is None else [next_look]
        coupons = data.get("coupons", ())
        others += [c["ends_at"] for c in coupons if c["state"] == "issued" and c["ends_at"] is not None]
        ended = ended_lots(data.get("lots", ()), others, self.until, self.reminders, looks=looks)
        if ended is None:
            return None
        contributions = [c for c in data.pop("contributions", ()) if c[1] > self.horizon]
        if contributions:
            data["contributions"] = contributions
        if ended.kept:
            data["lots"] = ended.kept
        else:
            data.pop("lots", None)
        return ended

    def _enter(self, account_id: int, public_id: str, sequence: int, head: str, end: End) -> str:
        at, points, pending, _ = end
        cause, facts, stored_facts = self.told(at)
        amount = points + pending
        head = chained(head, [
            1, public_id, sequence, "expire", "time", cause, at, self.until, amount, points, pending, 0, 0, 0, 0, None,
            None, self.version_id, facts, "",
        ])  # fmt: skip
        self.entries.append((
            account_id, sequence, self.programme_id, cause, self.stored(at), self.stored_until, amount, points, pending,
            self.version_id, stored_facts, head,
        ))  # fmt: skip
        return head


def _read(stored: Any) -> datetime:
    at = from_time(stored)
    assert at is not None
    return at


def _told(last_day: str) -> tuple[str, dict[str, str], str]:
    """What the entry of an end says: its cause and its facts, as a value and as stored."""
    facts = {"last_day": last_day}
    return f"expire:{last_day}", facts, to_json(facts)
