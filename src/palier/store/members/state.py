"""An account's state between the row's columns with its JSON, and the core value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from palier.core.account import AccountState, Contribution, LastOrder, Override, Totals
from palier.core.programme.kinds import fold_city
from palier.store.codec import (
    coupon_from_json,
    coupon_to_json,
    from_us,
    hold_from_json,
    hold_to_json,
    instant,
    lot_from_json,
    lot_to_json,
    to_us,
)

FORMAT = 1

_folded_city = lru_cache(maxsize=1 << 12)(fold_city)


def state_to_json(state: AccountState) -> dict[str, Any]:
    """What has no column of its own; what is empty is left out.

    Keys: lots (see ``codec.lot_to_json``), coupons, withdrawn, tier_coupons [tier, coupon, withdrawn],
    contributions [cause, at, spend_minor, points, orders], once, demote_at, stepped_at, override [tier, until],
    closed_at, last_order [at, city, country, carrier, payment method, city folded for segments in SQL], next_lot.
    """
    last, override = state.last_order, state.override
    data: dict[str, Any] = {
        "format": FORMAT,
        "lots": [lot_to_json(lot) for lot in state.lots],
        "coupons": [coupon_to_json(coupon) for coupon in state.coupons],
        "withdrawn": [coupon_to_json(coupon) for coupon in state.withdrawn],
        "tier_coupons": [list(row) for row in state.tier_coupons],
        "contributions": [
            [c.cause, to_us(c.at), c.spend_minor, c.points, c.orders] for c in state.contributions
        ],
        "once": sorted(state.once),
        "demote_at": to_us(state.demote_at),
        "stepped_at": to_us(state.stepped_at),
        "override": [override.tier, to_us(override.until)] if override else None,
        "holds": [hold_to_json(hold) for hold in state.holds],
        "first_claims": sorted(state.first_claims),
        "closed_at": to_us(state.closed_at),
        "last_order": [
            to_us(last.at),
            last.city,
            last.country,
            last.carrier,
            last.payment_method,
            _folded_city(last.city),
        ]
        if last
        else None,
        "next_lot": state.next_lot,
    }
    return {key: value for key, value in data.items() if value not in (None, [])}


def state_from_row(
    *,
    account_id: int,
    caught_up_at: datetime,
    totals: Totals,
    tier: str,
    tier_since: datetime | None,
    last_sequence: int,
    last_hash: str,
    is_stale: bool,
    next_due_at: datetime | None = None,
    data: Mapping[str, Any],
) -> AccountState:
    """The core value of an account row."""
    last, override = data.get("last_order"), data.get("override")
    return AccountState(
        id=account_id,
        caught_up_at=caught_up_at,
        totals=totals,
        lots=tuple([lot_from_json(row) for row in data.get("lots", ())]),
        coupons=tuple([coupon_from_json(row) for row in data.get("coupons", ())]),
        withdrawn=tuple([coupon_from_json(row) for row in data.get("withdrawn", ())]),
        tier_coupons=tuple([(row[0], row[1], row[2]) for row in data.get("tier_coupons", ())]),
        contributions=tuple(
            [
                Contribution(row[0], instant(row[1]), row[2], row[3], row[4])
                for row in data.get("contributions", ())
            ]
        ),
        once=frozenset(data.get("once", ())),
        tier=tier or None,
        tier_since=tier_since,
        demote_at=from_us(data.get("demote_at")),
        stepped_at=from_us(data.get("stepped_at")),
        override=Override(override[0], from_us(override[1])) if override else None,
        holds=tuple([hold_from_json(row) for row in data.get("holds", ())]),
        first_claims=frozenset(data.get("first_claims", ())),
        closed_at=from_us(data.get("closed_at")),
        last_order=LastOrder(instant(last[0]), last[1], last[2], last[3], last[4]) if last else None,
        next_lot=data.get("next_lot", 1),
        last_sequence=last_sequence,
        last_hash=last_hash,
        is_stale=is_stale,
        next_due_at=next_due_at,
    )
