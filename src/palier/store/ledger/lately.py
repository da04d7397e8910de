"""What happened last in a whole programme: its newest entries, read into what each cause did to one member at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from palier.core.account import Cause, Entry
from palier.core.explain.movement import Balance, Movement, Shown, masked, movement
from palier.store.ledger.models import CouponRow
from palier.store.ledger.models import Entry as EntryRow
from palier.store.members.models import Account, Identity
from palier.store.orders.models import Order

ENTRIES_EACH = 8
"""So many entries are read for each happening that is asked for: an order seldom leaves more at one instant."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One cause at one instant, and to whom. The movement's balances are not known here."""

    public_id: str
    name: str
    movement: Movement


def load_lately(limit: int) -> tuple[Happened, ...]:
    """The newest happenings of the programme in scope, newest first. At most five statements."""
    rows = list(
        EntryRow.objects.exclude(kind__in=("settle", "spend"))
        .order_by("-effective_at", "-account_id", "-sequence")
        .values_list(
            "account_id", "sequence", "kind", "cause_kind", "cause", "effective_at", "amount", "points",
            "pending", "held", "debt", "spend_minor", "orders", "qualifies_at", "tier", "version_id", "facts",
        )[: limit * ENTRIES_EACH]
    )  # fmt: skip
    grouped = groupby(rows, key=lambda row: (row[5], row[0], row[3], row[4]))
    steps = [(key, list(group)) for key, group in grouped]
    shown = steps[:limit]
    names = _names([account_id for (_at, account_id, _kind, _cause), _ in shown])
    orders, codes = _orders(shown), _codes(shown)
    found = []
    for (_at, account_id, kind, cause), entries in shown:
        public_id, name = names[account_id]
        refund = cause.partition(":")[2] if kind == "refund" else ""
        happening = movement(
            Cause(cast(Any, kind), cause),
            [Shown(_entry(row), Balance()) for row in entries],
            order=orders.get(cause.partition(":")[0], "") if kind in ("order", "refund") else "",
            refund=refund,
            coupon=codes.get(cause, ""),
        )
        found.append(Happened(public_id, name, happening))
    return tuple(found)


def _entry(row: tuple[Any, ...]) -> Entry:
    _account, sequence, kind, cause_kind, cause, *rest = row
    return Entry(sequence, kind, Cause(cause_kind, cause), *rest)


def _names(accounts: list[int]) -> dict[int, tuple[str, str]]:
    """Public id and name of each account: what people call the member, else the shop's number, else nothing."""
    people = Account.objects.filter(pk__in=accounts).values_list(
        "id", "public_id", "profile__name", "profile__email"
    )
    customers = dict(
        Identity.objects.filter(account_id__in=accounts)
        .order_by("-id")
        .values_list("account_id", "customer_id")
    )
    return {
        account_id: (public_id, name or email or customers.get(account_id, ""))
        for account_id, public_id, name, email in people
    }


def _orders(steps: list[Any]) -> dict[str, str]:
    ids = {cause.partition(":")[0] for (_, _, kind, cause), _ in steps if kind in ("order", "refund")}
    known = Order.objects.filter(pk__in=[int(each) for each in ids if each.isdecimal()])
    return {str(identity): external_id for identity, external_id in known.values_list("id", "external_id")}


def _codes(steps: list[Any]) -> dict[str, str]:
    ids = [cause for (_, _, kind, cause), _ in steps if kind == "coupon"]
    coupons = CouponRow.objects.filter(public_id__in=ids).values_list("public_id", "code")
    return {public_id: masked(code) for public_id, code in coupons}
