"""Two members of the model become one: everything of both, nothing new (contracts: who and where)."""

from __future__ import annotations

from collections.abc import Iterable

from tests.model.member import Member
from tests.model.orders import Booked


def merge(kept: Member, merged: Member) -> None:
    """Everything of ``merged`` moves to ``kept``; debt of one is paid by the points of the other."""
    one, other = kept.purse, merged.purse
    first = other.usable() if one.debt else []
    moved = [*first, *(lot for lot in other.lots if lot not in first)]
    for name in ("debt", "held", "lifetime", "spent", "expired"):
        setattr(one, name, getattr(one, name) + getattr(other, name))
    one.lots += moved
    for lot in moved:
        lot.is_elsewhere = not lot.left
    one.renewals = sorted(one.renewals + other.renewals, key=lambda renewal: renewal.at)
    one.coupons += other.coupons
    for lot in one.usable():
        one.pay(lot)
    kept.is_merged = True
    kept.open_names |= merged.open_names
    kept.shares |= merged.shares
    kept.once |= merged.once
    kept.events |= merged.events
    kept.gifts |= merged.gifts
    kept.vouchers |= merged.vouchers
    kept.first_claims |= merged.first_claims
    kept.holds += merged.holds
    for tier, coupon in merged.tier_coupons.items():
        kept.tier_coupons.setdefault(tier, coupon)
    if kept.override is None and merged.override is not None and kept.rank(merged.override.tier) > 0:
        kept.give_tier(merged.override)
    if merged.carrier_at and (kept.carrier_at is None or merged.carrier_at > kept.carrier_at):
        kept.carrier, kept.carrier_at = merged.carrier, merged.carrier_at
    kept.happen_after_message(is_lowered=False)


def remember_carrier(member: Member, order: Booked, orders: Iterable[Booked], *, was_counted: bool) -> None:
    """The carrier of the member's last order that counts, which segments ask for between orders."""
    assert order.accepted is not None
    assert order.basket is not None
    at, last = order.accepted.at, member.carrier_at
    if order.is_counted and (at >= last if last is not None else not was_counted):
        member.carrier, member.carrier_at = order.basket.carrier, at
    elif was_counted and not order.is_counted and at == last:
        member.carrier, member.carrier_at = "", None
        counting = (o for o in orders if o.member is member and o.is_counted and o.accepted and o.basket)
        for other in counting:
            assert other.accepted is not None
            assert other.basket is not None
            if member.carrier_at is None or other.accepted.at >= member.carrier_at:
                member.carrier, member.carrier_at = other.basket.carrier, other.accepted.at
