"""The writer of the ledger: what decisions left behind, in bulk, a fixed number of statements for any number.

Beside it only ``ending`` writes, and only the end of points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from palier.core.account import Booked, Coupon
from palier.store.codec import piece_to_json, terms_to_json, to_us
from palier.store.ledger.chain import entry_hash, note_digest
from palier.store.members.load import LoadedAccount
from palier.store.members.merge import PERSON
from palier.store.members.state import state_to_json
from palier.store.rows import Columns, Table, to_json, to_time

_ENTRY = Table("store_entry", {
    "account_id": "bigint", "sequence": "int", "programme_id": "bigint", "kind": "text", "cause_kind": "text",
    "cause": "text", "effective_at": "timestamptz", "recorded_at": "timestamptz", "amount": "bigint",
    "points": "bigint", "pending": "bigint", "held": "bigint", "debt": "bigint", "spend_minor": "bigint",
    "orders": "int", "qualifies_at": "timestamptz", "tier": "text", "version_id": "bigint", "facts": "jsonb",
    "note_digest": "text", "hash": "text",
})  # fmt: skip
_LOT = Table("store_lot", {
    "account_id": "bigint", "number": "int", "sequence": "int", "amount": "bigint", "starts_at": "timestamptz",
    "born_at": "timestamptz", "available_at": "timestamptz", "own_end": "timestamptz", "origin_account": "bigint",
    "origin_number": "int",
})  # fmt: skip
DRAW = Table(
    "store_draw", {"account_id": "bigint", "sequence": "int", "lot_number": "int", "points": "bigint"}
)
_NOTE = Table(
    "store_entrynote",
    {
        "account_id": "bigint",
        "sequence": "int",
        "salt": "text",
        "reason": "text",
        "author": "text",
    },
)
_RENEWAL = Table("store_renewal", {
    "account_id": "bigint", "order_id": "bigint", "at": "timestamptz", "until": "timestamptz",
    "undone_at": "timestamptz", "next_lot": "int",
})  # fmt: skip
_COUPON = Table("store_coupon", {
    "programme_id": "bigint", "account_id": "bigint", "public_id": "text", "code": "text", "origin": "text",
    "origin_id": "text", "version_id": "bigint", "state": "text", "issued_at": "timestamptz",
    "ends_at": "timestamptz", "points": "bigint", "remaining_minor": "bigint", "facts": "jsonb",
}, suffix="ON CONFLICT (public_id) DO UPDATE SET state = excluded.state,"
    " remaining_minor = excluded.remaining_minor, facts = excluded.facts")  # fmt: skip
_INTENT = Table("store_intent", {
    "programme_id": "bigint", "account_id": "bigint", "event": "text", "key": "text", "facts": "jsonb",
    "effective_at": "timestamptz", "recorded_at": "timestamptz", "is_silent": "bool",
}, suffix="ON CONFLICT (account_id, key) DO NOTHING")  # fmt: skip
_HOLD = Table("store_hold", {"public_id": "text", "state": "text"})
_STATE_COLUMNS: Columns = {
    "id": "bigint", "caught_up_at": "timestamptz", "next_due_at": "timestamptz", "last_sequence": "int",
    "last_hash": "text", "available": "bigint", "pending": "bigint", "held": "bigint", "debt": "bigint",
    "lifetime": "bigint", "spent": "bigint", "expired": "bigint", "activity": "bigint", "spend_minor": "bigint",
    "orders": "int", "tier": "text", "tier_since": "timestamptz", "is_stale": "bool", "state": "jsonb",
}  # fmt: skip
_STATE = Table("store_account", _STATE_COLUMNS)
_ACCOUNT = Table("store_account", {
    **_STATE_COLUMNS, "programme_id": "bigint", "public_id": "text", "created_at": "timestamptz",
})  # fmt: skip


_NOTED = ("gift", "import", "override", "waive")
"""Kinds of causes that a person gives a reason for."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote about a gift, an opening balance, a tier or a debt; what time brings carries none."""

    reason: str
    author: str
    salt: str


class Outcome(Struct, frozen=True):
    """An account and what was decided about it."""

    account: LoadedAccount
    booked: Booked
    note: Note | None = None


def record(outcomes: Sequence[Outcome], *, now: datetime, is_silent: bool = False) -> None:
    """Write everything that the decisions left: accounts first (new ones are inserted), then their rows.

    At most ten statements for any number of accounts; none for a table without rows. Only flows call this, inside
    their one transaction, with the accounts locked.
    """
    chained = [_chained(outcome, now) for outcome in outcomes]
    _record_accounts([(o, head) for o, (head, _) in zip(outcomes, chained, strict=True)], now)
    _ENTRY.insert([row for _, rows in chained for row in rows])
    _LOT.insert([row for o in outcomes for row in _lot_rows(o)])
    DRAW.insert([row for o in outcomes for row in _draw_rows(o)])
    _NOTE.insert([row for o in outcomes if o.note for row in _note_rows(o, o.note)])
    _record_renewals(outcomes)
    _record_coupons(outcomes)
    _HOLD.update([ended for o in outcomes for ended in o.booked.holds])
    if not is_silent:
        _INTENT.insert([row for o in outcomes for row in _intent_rows(o, now)])


def _chained(outcome: Outcome, now: datetime) -> tuple[str, list[tuple[Any, ...]]]:
    account, note = outcome.account, outcome.note
    head = account.state.last_hash
    noted = note_digest(note.salt, note.reason, note.author) if note else ""
    recorded_us = to_us(now)
    assert recorded_us is not None
    recorded = to_time(now)
    rows = []
    for entry in outcome.booked.entries:
        digest = noted if entry.cause.kind in _NOTED else ""
        head = entry_hash(head, account.public_id, entry, recorded_us=recorded_us, note_digest=digest)
        rows.append((
            account.state.id, entry.sequence, account.programme_id, entry.kind, entry.cause.kind, entry.cause.id,
            to_time(entry.effective_at), recorded, entry.amount, entry.points, entry.pending, entry.held, entry.debt,
            entry.spend_minor, entry.orders, to_time(entry.qualifies_at), entry.tier, entry.version,
            to_json(entry.facts), digest, head,
        ))  # fmt: skip
    return head, rows


def _record_accounts(heads: Iterable[tuple[Outcome, str]], now: datetime) -> None:
    fresh, known = [], []
    for outcome, head in heads:
        row = _state_row(outcome, head)
        if outcome.account.is_new:
            account = outcome.account
            fresh.append((*row, account.programme_id, account.public_id, to_time(now)))
        else:
            known.append(row)
    _ACCOUNT.insert(fresh)
    _STATE.update(known)


def _state_row(outcome: Outcome, head: str) -> tuple[Any, ...]:
    state = outcome.booked.state
    totals = state.totals
    return (
        state.id, to_time(state.caught_up_at), to_time(state.next_due_at), state.last_sequence, head,
        totals.available, totals.pending, totals.held, totals.debt, totals.lifetime, totals.spent, totals.expired,
        totals.activity, totals.spend_minor, totals.orders, state.tier or "", to_time(state.tier_since),
        state.is_stale, to_json(state_to_json(state)),
    )  # fmt: skip


def _lot_rows(outcome: Outcome) -> Iterable[tuple[Any, ...]]:
    for born in outcome.booked.lots:
        lot = born.lot
        account, number = lot.origin or (None, None)
        yield (
            outcome.account.state.id, lot.number, born.sequence, born.amount, to_time(lot.starts_at),
            to_time(lot.born_at), to_time(lot.available_at), to_time(lot.own_end), account, number,
        )  # fmt: skip


def _draw_rows(outcome: Outcome) -> Iterable[tuple[Any, ...]]:
    for entry in outcome.booked.entries:
        for number, points in entry.draws:
            yield (outcome.account.state.id, entry.sequence, number, points)


def _note_rows(outcome: Outcome, note: Note) -> Iterable[tuple[Any, ...]]:
    for entry in outcome.booked.entries:
        if entry.cause.kind in _NOTED:
            yield (outcome.account.state.id, entry.sequence, note.salt, note.reason, note.author)


def _intent_rows(outcome: Outcome, now: datetime) -> Iterable[tuple[Any, ...]]:
    for intent in outcome.booked.intents:
        yield (
            outcome.account.programme_id, outcome.account.state.id, intent.event, intent.key, to_json(intent.facts),
            to_time(intent.effective_at), to_time(now), False,
        )  # fmt: skip


def _record_renewals(outcomes: Sequence[Outcome]) -> None:
    """Undo first: an order that was reinstated in the same batch gets a new row, which stays active."""
    undone = [
        (to_time(at), int(order), o.account.state.id) for o in outcomes for order, at in o.booked.undone
    ]
    if undone:
        with connection.cursor() as cursor:
            # By the person's accounts, for which there is an index; there is none for orders.
            cursor.executemany(
                "UPDATE store_renewal SET undone_at = %s WHERE order_id = %s AND undone_at IS NULL AND account_id IN"
                f" (WITH RECURSIVE {PERSON} SELECT id FROM person)",
                undone,
            )
    rows = [
        (o.account.state.id, int(r.order), to_time(r.at), to_time(r.until), to_time(r.undone_at), r.next_lot)
        for o in outcomes
        for r in o.booked.renewals
    ]
    _RENEWAL.insert(rows)


def _record_coupons(outcomes: Sequence[Outcome]) -> None:
    """Issued and changed coupons in one statement: of one that is known only its state can change."""
    _COUPON.insert(
        [_coupon_row(outcome, coupon) for outcome in outcomes for coupon in outcome.booked.coupons]
    )


def _coupon_row(outcome: Outcome, coupon: Coupon) -> tuple[Any, ...]:
    version = outcome.booked.entries[-1].version if outcome.booked.entries else None
    return (
        outcome.account.programme_id, outcome.account.state.id, coupon.id, coupon.code, coupon.origin,
        coupon.origin_id, version, coupon.state, to_time(coupon.issued_at), to_time(coupon.ends_at), coupon.points,
        coupon.remaining_minor, to_json(_coupon_facts(coupon)),
    )  # fmt: skip


def _coupon_facts(coupon: Coupon) -> dict[str, Any]:
    return {"terms": terms_to_json(coupon.terms), "pieces": [piece_to_json(piece) for piece in coupon.pieces]}
