"""What a history leaves, as plain data that does not depend on chance."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from palier.store.models import Account, CouponRow, Entry, Identity
from palier.store.models import Order as OrderRow
from tests.simulation.stage import World


def dump(world: World) -> dict[str, Any]:
    """Everything that the history decided, by the shops' own ids: what must not depend on when work was done."""
    mine = {"programme_id": world.programme_id}
    orders = {str(o.id): o for o in OrderRow.objects.filter(**mine).order_by("id")}
    told = {number: f"{world.shops.index(o.shop_id)}/{o.external_id}" for number, o in orders.items()}
    owners: dict[int, list[str]] = defaultdict(list)
    for identity in Identity.objects.filter(shop_id__in=world.shops).order_by("shop_id", "customer_id"):
        owners[identity.account_id].append(f"{world.shops.index(identity.shop_id)}/{identity.customer_id}")
    accounts = list(Account.objects.filter(**mine))
    names = {a.id: " ".join(owners[a.id]) or f"nobody, since {a.created_at}" for a in accounts}
    entries: dict[int, list[Any]] = defaultdict(list)
    for entry in (
        Entry.objects.filter(**mine).order_by("account_id", "sequence").values_list(*ENTRY, named=True)
    ):
        entries[entry.account_id].append(_entry(entry, told))
    coupons: dict[int, list[Any]] = defaultdict(list)
    remaining: dict[int, list[int]] = defaultdict(list)
    for coupon in CouponRow.objects.filter(**mine).order_by("public_id").values_list("account_id", *COUPON):
        is_voucher = coupon[1] == "voucher"
        coupons[coupon[0]].append([coupon[1], "" if is_voucher else coupon[2], *coupon[3:-1]])
        remaining[coupon[0]] += [coupon[-1]] if coupon[-1] is not None else []
    state: dict[str, Any] = {
        names[account.id]: {
            "summary": [getattr(account, name) for name in SUMMARY],
            "lots": [[*row[:8], _origin(row[8], names)] for row in sorted(account.state.get("lots", []))],
            "entries": entries[account.id],
            "first_claims": [_claim(claim, told) for claim in account.state.get("first_claims", [])],
            "coupons": sorted(coupons[account.id], key=str),
            "remaining": sorted(remaining[account.id]),
        }
        for account in accounts
    }
    state["orders"] = {told[number]: [getattr(o, name) for name in ORDER] for number, o in orders.items()}
    return state


SUMMARY = (
    "available", "pending", "held", "debt", "lifetime", "spent", "expired", "activity", "spend_minor", "orders",
    "tier", "tier_since",
)  # fmt: skip
"""Not ``next_due_at``: it may name an instant at which nothing happens, if more is remembered."""
COUPON = ("origin", "origin_id", "state", "issued_at", "ends_at", "points", "remaining_minor")
ORDER = ("status", "booked_points", "booked_spend_minor", "counts", "number", "is_flagged")
MOVES = ("points", "pending", "held", "debt", "spend_minor", "orders", "tier")
ENTRY = ("account_id", "kind", "cause_kind", "cause", "effective_at", *MOVES)


def _entry(entry: Any, told: dict[str, str]) -> list[Any]:
    cause = entry.cause if entry.cause_kind == "time" else told.get(entry.cause, "")
    return [
        entry.kind,
        entry.cause_kind,
        cause,
        entry.effective_at,
        *(getattr(entry, name) for name in MOVES),
    ]


def _claim(claim: str, told: dict[str, str]) -> str:
    """A placed order that has the benefit of the first order, or a hold."""
    kind, _, named = claim.partition(":")
    return told[named] if kind == "order" else kind


def _origin(origin: list[int] | None, names: dict[int, str]) -> list[Any] | None:
    return [names[origin[0]], origin[1]] if origin else None
