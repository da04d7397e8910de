"""What a history has come to, by the shop's own ids."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from palier.store.models import Account, CouponRow, Entry, Identity, Inbox
from palier.store.models import Order as OrderRow
from tests.crash.dump import canonical

WHEN = (
    "store_account.caught_up_at", "store_account.next_due_at", "store_account.created_at", "store_entry.recorded_at",
    "store_intent.recorded_at", "store_order.recorded_at", "store_refund.recorded_at", "store_happening.recorded_at",
)  # fmt: skip
"""When something was looked at or written down: a repeat may have been the occasion."""
SUMS = ("available", "pending", "held", "debt", "spend_minor", "orders", "tier")


def refused() -> list[str]:
    """Pushes that could not be worked off."""
    return list(Inbox.objects.exclude(error="").values_list("error", flat=True))


def everything() -> dict[str, Any]:
    """Every row but those of the inbox: what was pushed again is there again."""
    found: dict[str, Any] = dict(canonical(aside=WHEN))
    del found["store_inbox"]
    return found


def standing(*, with_lots: bool) -> dict[str, Any]:
    """What members have: sums, tier, what is left and until when, coupons, and what each order is worth."""
    owners = dict(Identity.objects.values_list("account_id", "customer_id"))
    coupons: dict[int, Counter[Any]] = defaultdict(Counter)
    for account, *coupon in CouponRow.objects.filter(state__in=("issued", "reserved", "used")).values_list(
        "account_id", "origin", "origin_id", "state", "points"
    ):
        coupons[account][tuple(coupon)] += 1
    found: dict[str, Any] = {}
    for account in Account.objects.all():
        found[f"member {owners[account.id]}"] = {
            **{name: getattr(account, name) for name in SUMS},
            "coupons": sorted(coupons[account.id].items()),
            "lots": _lots(account) if with_lots else None,
            "lacked": _lacked(account) if with_lots else None,
        }
    for order in OrderRow.objects.all():
        found[f"order {order.external_id}"] = {
            "status": order.status, "points": order.booked_points, "spend": order.booked_spend_minor,
            "counts": order.counts, "is_flagged": order.is_flagged,
        }  # fmt: skip
    return found


def _lacked(account: Account) -> bool:
    facts = Entry.objects.filter(account=account, kind__in=("use", "capture")).values_list("facts", flat=True)
    return any(each.get("missing") for each in facts)


def _lots(account: Account) -> list[Any]:
    """What is left, by the instant at which it ends; two lots with one end are one heap."""
    left: Counter[Any] = Counter()
    for row in account.state.get("lots", []):
        left[row[7]] += row[1]
    return sorted(((end, points) for end, points in left.items() if points), key=str)


def unlike(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Where two states differ.

    Not in the ends of points where an order said, either way, that it used points which the member lacked: they are a
    debt that any lot may have paid, so that what of them comes back is born anew.
    """
    found = []
    for name in one.keys() & other.keys():
        both = [one[name], other[name]]
        if all(isinstance(each, dict) for each in both):
            lacked = any(each.get("lacked") for each in both)
            for each in both:
                each.pop("lacked", None)
                each.update({"lots": None} if lacked else {})
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            found.append(f"{name}: expected {_shown(one.get(name), other.get(name))}")
    return found


def _shown(one: Any, other: Any) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        return "; ".join(f"{key} {one[key]}, found {other[key]}" for key in one if one[key] != other.get(key))
    if isinstance(one, list) and isinstance(other, list):
        missing = [row for row in one if row not in other]
        return f"{missing}, found {[row for row in other if row not in one]}"
    return f"{one}, found {other}"
