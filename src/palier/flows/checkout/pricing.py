"""Quotes inside flows: the plan of a version, and the buyer of a cart as a book stands."""

from __future__ import annotations

from collections.abc import Sequence

from palier.core.account import Coupon, Version
from palier.core.plan import Plan, compile_plan
from palier.core.segments import needed_purchases

_seen: dict[int, tuple[Version, bool]] = {}
"""The version in force when a shop was last seen, and whether a segment of it asks what was bought: that is read along
then."""

_plans: dict[int, tuple[Version, Plan]] = {}


def plan_of(version: Version) -> Plan:
    """The version's plan, compiled once in this process."""
    known = _plans.get(version.id)
    if known is None or known[0].programme is not version.programme:
        known = _plans[version.id] = (version, compile_plan(version.programme))
    return known[1]


def as_caught_up(coupons: Sequence[Coupon], *at_hand: dict[str, Coupon]) -> tuple[Coupon, ...]:
    """Stored coupons, those that a book holds or has touched as they are there."""
    found = {coupon.id: coupon for coupon in coupons}
    for each in at_hand:
        found |= {id: coupon for id, coupon in each.items() if id in found}
    return tuple(found.values())


def asks_purchases(shop_id: int) -> bool:
    """Whether a segment of the shop asked what was bought, the last time that this process looked."""
    known = _seen.get(shop_id)
    return known is not None and known[1]


def known_version(shop_id: int) -> int:
    """The version that was in force the last time that this process looked; 0 when it never did."""
    known = _seen.get(shop_id)
    return known[0].id if known is not None else 0


def remember_version(shop_id: int, version: Version) -> None:
    """Keep the version in force, and whether a segment of it asks what was bought."""
    known = _seen.get(shop_id)
    if known is None or known[0] is not version:
        asked = needed_purchases(version.programme)
        _seen[shop_id] = (version, bool(asked.products or asked.categories))
