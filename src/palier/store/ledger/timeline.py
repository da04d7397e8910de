"""The history of one account as its member is shown it: entries read into movements, newest first.

Whoever calls has made sure that the account is of the programme at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Max
from django_scopes import scopes_disabled

from palier.core.account import Cause, Entry
from palier.core.explain.movement import Balance, Credit, Movement, Shown, masked, movement
from palier.store.ledger.models import CouponRow, EntryNote, Lot
from palier.store.ledger.models import Entry as EntryRow
from palier.store.orders.models import Order
from palier.store.rows import any_of, listed, select

MOVEMENTS_MAX = 500
"""Most movements of one page."""

_ENTRY = (
    "sequence", "kind", "cause_kind", "cause", "effective_at", "amount", "points", "pending", "held", "debt",
    "spend_minor", "orders", "qualifies_at", "tier", "version_id", "facts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Names:
    """What the causes of a page are called: orders by Palier's id, coupons by theirs."""

    orders: dict[str, str]
    coupons: dict[str, str]


def count_movements(account_id: int) -> int:
    """How many movements the member is shown: one per cause, none for mere settling. One statement."""
    rows = select(
        "SELECT COUNT(*) FROM (SELECT DISTINCT cause_kind, cause FROM store_entry"
        " WHERE account_id = %s AND kind <> 'settle') AS causes",
        [account_id],
    )
    return int(rows[0][0])


@scopes_disabled()
def load_movements(
    account_id: int, *, before_sequence: int | None = None, limit: int = 50
) -> tuple[Movement, ...]:
    """The newest movements, those before ``before_sequence`` (a movement's ``sequence``) when it is given.

    At most nine statements, however many movements there are.
    """
    assert 0 < limit <= MOVEMENTS_MAX
    return _movements(account_id, _page(account_id, before_sequence, limit))


@scopes_disabled()
def load_movements_of(account_id: int, causes: Sequence[Cause]) -> tuple[Movement, ...]:
    """What these causes moved, in their order; those that moved nothing are left out. At most eight statements."""
    return _movements(account_id, causes)


def _movements(account_id: int, causes: Sequence[Cause]) -> tuple[Movement, ...]:
    if not causes:
        return ()
    entries = _entries(account_id, causes)
    credits = _credits(account_id, {entry.sequence: entry.effective_at for entry in entries})
    born = {credit.number: sequence for sequence, found in credits.items() for credit in found}
    settlements = _settlements(account_id, born)
    cause_at = {entry.sequence: entry.cause for entry in entries}
    shown: dict[Cause, list[Shown]] = {cause: [] for cause in causes}
    everything = [*entries, *settlements]
    balances = _balances(account_id, [entry.sequence for entry in everything])
    notes = _notes(account_id, [entry.sequence for entry in entries])
    for entry in everything:
        cause = cause_at[born[entry.facts["lot"]]] if entry.kind == "settle" else entry.cause
        reason, author = notes.get(entry.sequence, ("", ""))
        own = tuple(credits.get(entry.sequence, ()))
        shown[cause].append(Shown(entry, balances[entry.sequence], own, reason, author))
    names = _names(causes)
    return tuple(_named(cause, shown[cause], names) for cause in causes if shown[cause])


def _page(account_id: int, before_sequence: int | None, limit: int) -> list[Cause]:
    """The causes of the page, by their newest entry that is no settlement."""
    rows = (
        EntryRow.objects.filter(account_id=account_id)
        .exclude(kind="settle")
        .values("cause_kind", "cause")
        .annotate(last=Max("sequence"))
        .order_by("-last")
    )
    if before_sequence is not None:
        rows = rows.filter(last__lt=before_sequence)
    return [Cause(cast(Any, row["cause_kind"]), row["cause"]) for row in rows[:limit]]


def _entries(account_id: int, causes: Sequence[Cause]) -> list[Entry]:
    wanted = set(causes)
    rows = (
        EntryRow.objects.filter(account_id=account_id, cause__in=[cause.id for cause in causes])
        .exclude(kind="settle")
        .order_by("sequence")
        .values_list(*_ENTRY)
    )
    return [entry for row in rows if (entry := _entry(*row)).cause in wanted]


def _settlements(account_id: int, lots: Iterable[int]) -> list[Entry]:
    """The settlements of those lots; each belongs to the cause that brought its lot."""
    rows = (
        EntryRow.objects.filter(account_id=account_id, kind="settle", facts__lot__in=list(lots))
        .order_by("sequence")
        .values_list(*_ENTRY)
    )
    return [_entry(*row) for row in rows]


def _entry(sequence, kind, cause_kind, cause, *rest) -> Entry:  # type: ignore[no-untyped-def]
    return Entry(sequence, kind, Cause(cause_kind, cause), *rest)


def _credits(account_id: int, made: Mapping[int, datetime]) -> dict[int, list[Credit]]:
    rows = (
        Lot.objects.filter(account_id=account_id, sequence__in=list(made))
        .order_by("number")
        .values_list("sequence", "number", "amount", "available_at", "own_end", "origin_number", "born_at")
    )
    found: dict[int, list[Credit]] = {}
    for sequence, number, amount, available_at, own_end, origin, born_at in rows:
        # Points that moved with a merge keep the end that they have, whatever they were born with.
        is_return = origin is not None and born_at == made[sequence]
        found.setdefault(sequence, []).append(
            Credit(number, amount, available_at, own_end, is_return=is_return)
        )
    return found


def _balances(account_id: int, sequences: Sequence[int]) -> dict[int, Balance]:
    """The balance after each of those entries."""
    rows = select(
        "SELECT * FROM (SELECT sequence, SUM(points) OVER so_far, SUM(pending) OVER so_far, SUM(held) OVER so_far,"
        " SUM(debt) OVER so_far FROM store_entry WHERE account_id = %s"
        f" WINDOW so_far AS (ORDER BY sequence)) AS running WHERE {any_of('sequence')}",
        [account_id, listed(sequences)],
    )
    return {sequence: Balance(*(int(value) for value in values)) for sequence, *values in rows}


def _notes(account_id: int, sequences: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = EntryNote.objects.filter(account_id=account_id, sequence__in=sequences)
    return {sequence: (why, who) for sequence, why, who in rows.values_list("sequence", "reason", "author")}


def _names(causes: Sequence[Cause]) -> _Names:
    orders = {_order_of(cause) for cause in causes} - {""}
    coupons = [cause.id for cause in causes if cause.kind == "coupon"]
    named = Order.objects.filter(pk__in=[int(order) for order in orders]).values_list("id", "external_id")
    codes = CouponRow.objects.filter(public_id__in=coupons).values_list("public_id", "code")
    return _Names(
        {str(identity): external_id for identity, external_id in named},
        {public_id: masked(code) for public_id, code in codes},
    )


def _named(cause: Cause, shown: Sequence[Shown], names: _Names) -> Movement:
    refund = cause.id.partition(":")[2] if cause.kind == "refund" else ""
    order = names.orders.get(_order_of(cause), "")
    return movement(cause, shown, order=order, refund=refund, coupon=names.coupons.get(cause.id, ""))


def _order_of(cause: Cause) -> str:
    """Palier's id of the order that an order or one of its refunds is about; empty for other causes."""
    if cause.kind not in ("order", "refund"):
        return ""
    order = cause.id.partition(":")[0]
    return order if order.isdecimal() else ""
