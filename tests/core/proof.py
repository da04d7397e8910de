"""What always holds of a member's story, recomputed from its entries, orders and coupons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from palier.core.period import add, local_day, zone
from palier.core.tiers import thresholds_at

if TYPE_CHECKING:
    from tests.core.kit import Story


def prove(story: Story) -> None:
    """What always holds: identities, sums, lots, and that nobody has points beside a debt."""
    state, totals = story.state, story.state.totals
    assert totals.available + totals.pending + totals.held - totals.debt == (
        totals.lifetime - totals.spent - totals.expired
    )
    assert min(*story.buckets, totals.spent, totals.expired, totals.orders, totals.spend_minor) >= 0
    assert not (totals.debt and totals.available), "points beside a debt"
    assert [entry.sequence for entry in story.entries] == list(range(1, len(story.entries) + 1))
    for entry in story.entries:
        assert entry.amount == entry.points + entry.pending + entry.held - entry.debt
    for bucket, name in (("available", "points"), ("pending", "pending"), ("held", "held"), ("debt", "debt")):
        assert getattr(totals, bucket) == sum(getattr(entry, name) for entry in story.entries)
    lots = [lot for lot in state.lots if lot.remaining]
    alive = [lot for lot in lots if lot.ends_at is None or lot.ends_at > state.caught_up_at]
    assert len(alive) == len(lots), "dead points are still there"
    assert totals.available == sum(lot.remaining for lot in alive if lot.settled)
    assert totals.pending == sum(lot.remaining for lot in alive if not lot.settled)
    assert {lot.number: lot.remaining for lot in state.lots if lot.remaining} == {
        n: left for n, left in left_of(story).items() if left
    }
    bookings = [known.booking for known in story.orders.values()]
    held = sum(p.points for b in bookings if b.is_held for p in b.uses)
    assert totals.held == held + sum(p.points for hold in state.holds for p in hold.pieces)
    assert totals.spend_minor == sum(b.spend_minor for b in bookings)
    assert totals.orders == sum(b.counts for b in bookings)
    given = sum(points for _, points in story.events)
    assert totals.activity == given + sum(b.points for b in bookings)
    prove_spent(story)
    prove_tier(story)
    assert len(story.intents) == len(set(story.intents)), "told twice"
    assert state.next_due_at is None or state.next_due_at > state.caught_up_at


def left_of(story: Story) -> dict[int, int]:
    """What is left of every lot by its draws; never under nothing, never more than it had, at no time."""
    left = {}
    born: dict[int, dict[int, int]] = {}
    for new in story.lots.values():
        born.setdefault(new.sequence, {})[new.lot.number] = new.amount
    for entry in story.entries:
        left.update(born.get(entry.sequence, {}))
        for number, moved in entry.draws:
            left[number] += moved
            assert 0 <= left[number] <= story.lots[number].amount
    return left


def prove_spent(story: Story) -> None:
    """What is spent is what orders used and what coupons cost; nothing else."""
    used = sum(
        piece.points
        for known in story.orders.values()
        if not known.booking.is_held
        for piece in known.booking.uses
    )
    cost = sum(coupon.points for coupon in story.coupons.values() if coupon.state != "cancelled")
    assert story.state.totals.spent == used + cost
    for coupon in story.coupons.values():
        if coupon.remaining_minor is not None and coupon.terms.discount is not None:
            amounts = (
                dict(known.booking.coupon_amounts).get(coupon.id, 0) for known in story.orders.values()
            )
            assert coupon.remaining_minor + sum(amounts) == coupon.terms.discount.amount_minor


def prove_tier(story: Story) -> None:
    """The tier is the one that orders and events deserve, or a higher one that waits for its instant to go.

    One that staff gave is held as long as they gave it.
    """
    programme, state = story.versions[-1].programme, story.state
    tiers = programme.tiers
    if tiers is None:
        assert state.tier is None
        return
    tz, now = zone(programme.timezone), state.caught_up_at
    if state.override is not None:
        assert state.tier == state.override.tier
        assert state.override.until is None or state.override.until > now
        assert state.demote_at is None
        return
    brought = [(at, {"spend": 0, "points": points, "orders": 0}) for at, points in story.events]
    for known in story.orders.values():
        if known.frozen is not None:
            booking = known.booking
            measures = {"spend": booking.spend_minor, "points": booking.points, "orders": int(booking.counts)}
            brought.append((known.frozen.order_at, measures))
    if tiers.window == "rolling":
        assert tiers.rolling is not None
        brought = [(at, measures) for at, measures in brought if add(at, tiers.rolling, tz) > now]
    elif tiers.window == "calendar_year":
        year = local_day(now, tz).year
        brought = [(at, measures) for at, measures in brought if local_day(at, tz).year >= year]
    value = sum(measures[tiers.metric] for _, measures in brought)
    steps = thresholds_at(tiers, now)
    deserved = sum(value >= threshold for threshold, _ in steps) - 1
    held = next((i for i, (_, tier) in enumerate(steps) if tier.id == state.tier), -1)
    assert held >= deserved
    assert (state.demote_at is not None) == (held > deserved)
    assert state.demote_at is None or state.demote_at > now
