"""Quotes inside flows: the plan of a version, and the buyer of a cart as a book stands."""

from __future__ import annotations

from collections.abc import Sequence

from palier.core.account import Coupon, Version
from palier.core.plan import Plan, compile_plan
from palier.core.programme.values import Programme
from palier.core.segments import needed_purchases

_asks_purchases: dict[int, tuple[Programme, bool]] = {}
"""Whether the segments of a shop's programme asked what was bought when it was last seen: it is read along then."""

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
    known = _asks_purchases.get(shop_id)
    return known is not None and known[1]


def remember_purchases(shop_id: int, programme: Programme) -> None:
    """Keep whether a segment of the shop's programme asks what was bought."""
    known = _asks_purchases.get(shop_id)
    if known is None or known[0] is not programme:
        asked = needed_purchases(programme)
        _asks_purchases[shop_id] = (programme, bool(asked.products or asked.categories))
