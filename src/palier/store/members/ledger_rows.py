"""Everything that the ledger holds of some accounts, as core values, to derive them from once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django_scopes import scopes_disabled

from palier.core.account import Cause, Entry, Lot, NewLot, Renewal, Timeline
from palier.core.awards import settles_at
from palier.core.order_case import OrderCase
from palier.core.rebuild import Accepted, Rows
from palier.core.reconcile import last_order_of
from palier.store.holds.models import Hold
from palier.store.ledger import models as ledger
from palier.store.members.models import Account, Identity
from palier.store.orders import load as orders
from palier.store.orders.models import Happening
from palier.store.rows import any_of, listed, select


def load_rows(account_ids: Sequence[int], timeline: Timeline) -> dict[int, dict[int, Rows]]:
    """For each account its own rows and those of the accounts merged into it, by account.

    A fixed number of statements for any number of accounts.
    """
    with scopes_disabled():
        people = _people(account_ids)
        everyone = sorted({member for person in people.values() for member in person})
        rows: dict[int, Rows] = {account_id: Rows() for account_id in everyone}
        known = Account.objects.filter(pk__in=everyone)
        for account in known.only("merged_into_id", "erased_at", "caught_up_at"):
            rows[account.pk].merged_into = account.merged_into_id
            rows[account.pk].caught_up_at = account.caught_up_at
            rows[account.pk].erased_at = account.erased_at
        _fill_ledger(rows)
        _fill_beside(rows, timeline)
    return {account_id: {member: rows[member] for member in person} for account_id, person in people.items()}


def _people(account_ids: Sequence[int]) -> dict[int, list[int]]:
    """Each account and those that were merged into it, directly or not."""
    merged: dict[int, list[int]] = {}
    wave = list(account_ids)
    while wave:
        merged |= {account_id: [] for account_id in wave}
        pairs = (
            Account.objects.filter(merged_into_id__in=wave).order_by("pk").values_list("pk", "merged_into_id")
        )
        found = list(pairs)
        for account_id, kept_id in found:
            merged[kept_id].append(account_id)
        wave = [account_id for account_id, _ in found if account_id not in merged]
    people = {}
    for account_id in account_ids:
        person = [account_id]
        for member in person:
            person += [other for other in merged[member] if other not in person]
        people[account_id] = person
    return people


def _fill_ledger(rows: dict[int, Rows]) -> None:
    draws: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for draw in ledger.Draw.objects.filter(account_id__in=rows).order_by(
        "account_id", "sequence", "lot_number"
    ):
        draws[draw.account_id, draw.sequence].append((draw.lot_number, draw.points))
    for row in ledger.Entry.objects.filter(account_id__in=rows).order_by("account_id", "sequence"):
        cause: Any = row.cause_kind
        kind: Any = row.kind
        rows[row.account_id].entries.append(
            Entry(
                row.sequence, kind, Cause(cause, row.cause), row.effective_at, row.amount, row.points, row.pending,
                row.held, row.debt, row.spend_minor, row.orders, row.qualifies_at, row.tier, row.version_id, row.facts,
                tuple(draws[row.account_id, row.sequence]),
            )
        )  # fmt: skip
        rows[row.account_id].last_hash = row.hash
    for lot in ledger.Lot.objects.filter(account_id__in=rows).order_by("account_id", "number"):
        origin = (lot.origin_account, lot.origin_number)
        value = Lot(
            lot.number, lot.amount, lot.starts_at, lot.born_at, False, lot.available_at, lot.own_end, lot.own_end,
            (origin[0], origin[1]) if origin[0] is not None and origin[1] is not None else None,
        )  # fmt: skip
        rows[lot.account_id].lots.append(NewLot(lot.sequence, lot.amount, value))
    for r in ledger.Renewal.objects.filter(account_id__in=rows).order_by("at", "pk"):
        rows[r.account_id].renewals.append(Renewal(str(r.order_id), r.at, r.until, r.undone_at, r.next_lot))


def _fill_beside(rows: dict[int, Rows], timeline: Timeline) -> None:
    found = select(
        f"SELECT {orders.COUPON} FROM store_coupon WHERE {any_of('account_id')} ORDER BY issued_at, id",
        [listed(rows)],
    )
    for row in found:
        rows[row[0]].coupons.append(orders.coupon_of(row))
    for hold in Hold.objects.filter(account_id__in=rows, state="held").order_by("pk"):
        given = [
            *hold.quote.get("discounts", ()), *hold.quote.get("gifts", ()),
            *(each for each in hold.quote.get("shipping_by", ()) if not each["is_idle"]),
        ]  # fmt: skip
        codes = tuple(each["code"] for each in given if each["source"] == "coupon")
        gives = any(each["source"] == "first_order" for each in given)
        rows[hold.account_id].holds[hold.public_id] = (hold.lapses_at, codes, gives)
    for stored in orders.load_of_accounts(rows):
        assert stored.account_id is not None
        rows[stored.account_id].orders.append(_accepted(stored, timeline))
    events = Happening.objects.filter(account_id__in=rows, kind="event")
    for account_id, name in events.values_list("account_id", "name"):
        rows[account_id].events.add(name)
    identities = Identity.objects.filter(account_id__in=rows).order_by("pk")
    for account_id, closed_at in identities.values_list("account_id", "closed_at"):
        rows[account_id].closed.append(closed_at)


def _accepted(stored: orders.StoredOrder, timeline: Timeline) -> Accepted:
    order, frozen = stored.order, stored.frozen
    settled: datetime | None = None
    last = None
    if frozen is not None and stored.version_id is not None:
        case = OrderCase(
            str(stored.id), order, (), stored.version_id, Cause("order", str(stored.id)),
            reached_at=stored.reached_at,
        )  # fmt: skip
        settled = settles_at(timeline.by_id(stored.version_id).programme, case, frozen)
        last = last_order_of(order, frozen.order_at) if stored.booking.counts else None
    times = [at for _, at in stored.reached_at]
    return Accepted(
        stored.id, frozen.order_at if frozen else None, last, len(times) == 1 and times[0] == order.updated,
        stored.booking.claims_first, settled, stored.booking.lots,
    )  # fmt: skip
