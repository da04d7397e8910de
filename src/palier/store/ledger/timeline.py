"""The history of one account as its member is shown it: entries read into movements, newest first.

Whoever calls has made sure that the account is of the programme at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from json import loads
from typing import Any, cast

from django.db.models import Max
from django_scopes import scopes_disabled

from palier.core.account import Cause, Entry
from palier.core.explain.movement import Balance, Credit, Movement, Shown, masked, movement
from palier.store.ledger.models import CouponRow, Lot
from palier.store.ledger.models import Entry as EntryRow
from palier.store.members.merge import load_person
from palier.store.orders.models import Order
from palier.store.rows import any_of, from_time, is_postgresql, listed, select, untyped

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

    At most five statements, however many movements there are.
    """
    assert 0 < limit <= MOVEMENTS_MAX
    return _movements(account_id, _page(account_id, before_sequence, limit), {})


@scopes_disabled()
def load_movements_of_order(
    account_id: int, order_id: int, refunds: Sequence[str], *, name: str
) -> tuple[Movement, ...]:
    """What an order moved, and then what each of its refunds did; three statements. ``name`` is the shop's id of it.

    Those of an account that was merged into the order's own come before its own: its entries stayed where they were.
    """
    causes = [Cause("order", str(order_id)), *(Cause("refund", f"{order_id}:{each}") for each in refunds)]
    accounts = sorted(load_person(account_id), key=lambda each: each == account_id)
    found = [each for account in accounts for each in _movements(account, causes, {str(order_id): name})]
    return tuple(sorted(found, key=lambda each: causes.index(each.cause)))


def _movements(account_id: int, causes: Sequence[Cause], orders: Mapping[str, str]) -> tuple[Movement, ...]:
    if not causes:
        return ()
    wanted = set(causes)
    read = _read(account_id, causes)
    entries = [each for each in read if each.entry.kind != "settle" and each.entry.cause in wanted]
    credits = _credits(account_id, {each.entry.sequence: each.entry.effective_at for each in entries})
    cause_at = {each.entry.sequence: each.entry.cause for each in entries}
    made_for = {each.number: cause_at[sequence] for sequence, found in credits.items() for each in found}
    shown: dict[Cause, list[Shown]] = {cause: [] for cause in causes}
    for each in entries:
        own = tuple(credits.get(each.entry.sequence, ()))
        shown[each.entry.cause].append(replace(each, credits=own))
    for each in read:
        # A settlement belongs to the cause that brought its lot.
        if each.entry.kind == "settle" and each.entry.facts["lot"] in made_for:
            shown[made_for[each.entry.facts["lot"]]].append(each)
    names = _names(causes, orders)
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


def _read(account_id: int, causes: Sequence[Cause]) -> list[Shown]:
    """The entries that have these causes, and the settlements of the lots that they made, in their order."""
    columns = ", ".join(f"e.{name}" for name in _ENTRY)
    lot, number = (
        ("e.facts ->> 'lot'", "l.number::text")
        if is_postgresql()
        else ("json_extract(e.facts, '$.lot')", "l.number")
    )
    ids = listed([cause.id for cause in causes])
    rows = select(
        f"SELECT {untyped(columns)}, r.points, r.pending, r.held, r.debt, n.reason, n.author FROM store_entry e"
        " JOIN (SELECT sequence, SUM(points) OVER so_far AS points, SUM(pending) OVER so_far AS pending,"
        " SUM(held) OVER so_far AS held, SUM(debt) OVER so_far AS debt FROM store_entry WHERE account_id = %s"
        " WINDOW so_far AS (ORDER BY sequence)) AS r ON r.sequence = e.sequence"
        " LEFT JOIN store_entrynote n ON n.account_id = e.account_id AND n.sequence = e.sequence"
        f" WHERE e.account_id = %s AND ((e.kind <> 'settle' AND {any_of('e.cause')})"
        f" OR (e.kind = 'settle' AND {lot} IN (SELECT {number} FROM store_lot l JOIN store_entry b"
        " ON b.account_id = l.account_id AND b.sequence = l.sequence"
        f" WHERE l.account_id = %s AND {any_of('b.cause')}))) ORDER BY e.sequence",
        [account_id, account_id, ids, account_id, ids],
    )
    return [_shown(row) for row in rows]


def _shown(row: Sequence[Any]) -> Shown:
    *balance, reason, author = row[len(_ENTRY) :]
    balances = Balance(*(int(value) for value in balance))
    return Shown(_entry(row[: len(_ENTRY)]), balances, reason=reason or "", author=author or "")


def _entry(row: Sequence[Any]) -> Entry:
    sequence, kind, cause_kind, cause, at, *moved, qualifies_at, tier, version, facts = row
    values: list[Any] = [
        sequence, kind, Cause(cause_kind, cause), from_time(at), *moved, from_time(qualifies_at), tier, version,
        loads(facts) if isinstance(facts, str) else facts,
    ]  # fmt: skip
    return Entry(*values)


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


def _names(causes: Sequence[Cause], known: Mapping[str, str]) -> _Names:
    orders = {_order_of(cause) for cause in causes} - {"", *known}
    coupons = [cause.id for cause in causes if cause.kind == "coupon"]
    named = Order.objects.filter(pk__in=[int(order) for order in orders]).values_list("id", "external_id")
    codes = CouponRow.objects.filter(public_id__in=coupons).values_list("public_id", "code")
    return _Names(
        {**known, **{str(identity): external_id for identity, external_id in named}},
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
