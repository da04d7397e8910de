"""What a history leaves, as plain data that does not depend on chance."""

from __future__ import annotations

from collections import defaultdict
from json import loads
from typing import Any

from palier.store.rows import select
from tests.simulation.stage import World


def dump(world: World) -> dict[str, Any]:
    """Everything that the history decided, by the shops' own ids: what must not depend on when work was done.

    Times are as the driver reads them: what is compared was read in the same way.
    """
    mine = [world.programme_id]
    orders = select(
        f"SELECT id, shop_id, external_id, {', '.join(ORDER)} FROM store_order WHERE programme_id = %s ORDER BY id",
        mine,
    )
    told = {str(id): f"{world.shops.index(shop)}/{name}" for id, shop, name, *_ in orders}
    names = _names(world)
    accounts = select(
        f"SELECT id, state, {', '.join(SUMMARY)} FROM store_account WHERE programme_id = %s ORDER BY id", mine
    )
    entries: dict[int, list[Any]] = defaultdict(list)
    for account_id, kind, cause_kind, cause, *moves in select(
        f"SELECT {', '.join(ENTRY)} FROM store_entry WHERE programme_id = %s ORDER BY account_id, sequence",
        mine,
    ):
        said = cause if cause_kind == "time" else told.get(cause, "")
        entries[account_id].append([kind, cause_kind, said, *moves])
    coupons: dict[int, list[Any]] = defaultdict(list)
    remaining: dict[int, list[int]] = defaultdict(list)
    for account_id, origin, origin_id, *rest, left in select(
        f"SELECT account_id, {', '.join(COUPON)} FROM store_coupon WHERE programme_id = %s ORDER BY public_id",
        mine,
    ):
        coupons[account_id].append([origin, "" if origin == "voucher" else origin_id, *rest])
        remaining[account_id] += [left] if left is not None else []
    found: dict[str, Any] = {}
    for account_id, written, *summary in accounts:
        state = loads(written) if isinstance(written, str) else written
        found[names[account_id]] = {
            "summary": summary,
            "lots": [[*row[:8], _origin(row[8], names)] for row in sorted(state.get("lots", []))],
            "entries": entries[account_id],
            "first_claims": [_claim(claim, told) for claim in state.get("first_claims", [])],
            "coupons": sorted(coupons[account_id], key=str),
            "remaining": sorted(remaining[account_id]),
        }
    return found | {"orders": {told[str(id)]: row for id, _, _, *row in orders}}


def _names(world: World) -> dict[int, str]:
    """What each account is called: by its customers, or by when it came where nobody's name stands on it any more."""
    names: dict[int, list[str]] = {}
    for account_id, created_at, shop, customer in select(
        "SELECT a.id, a.created_at, i.shop_id, i.customer_id FROM store_account a LEFT JOIN store_identity i"
        " ON i.account_id = a.id WHERE a.programme_id = %s ORDER BY a.id, i.shop_id, i.customer_id",
        [world.programme_id],
    ):
        known = names.setdefault(account_id, [])
        known.append(
            f"nobody, since {created_at}" if shop is None else f"{world.shops.index(shop)}/{customer}"
        )
    return {account_id: " ".join(known) for account_id, known in names.items()}


SUMMARY = (
    "available", "pending", "held", "debt", "lifetime", "spent", "expired", "activity", "spend_minor", "orders",
    "tier", "tier_since",
)  # fmt: skip
"""Not ``next_due_at``: it may name an instant at which nothing happens, if more is remembered."""
COUPON = ("origin", "origin_id", "state", "issued_at", "ends_at", "points", "remaining_minor")
ORDER = ("status", "booked_points", "booked_spend_minor", "counts", "number", "is_flagged")
MOVES = ("points", "pending", "held", "debt", "spend_minor", "orders", "tier")
ENTRY = ("account_id", "kind", "cause_kind", "cause", "effective_at", *MOVES)


def _claim(claim: str, told: dict[str, str]) -> str:
    """A placed order that has the benefit of the first order, or a hold."""
    kind, _, named = claim.partition(":")
    return told[named] if kind == "order" else kind


def _origin(origin: list[int] | None, names: dict[int, str]) -> list[Any] | None:
    return [names[origin[0]], origin[1]] if origin else None
