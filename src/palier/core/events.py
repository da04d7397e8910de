"""Events that are not orders: what their rules give, and how it is booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from palier.core import rewards, tiers
from palier.core.account import Cause
from palier.core.book import Book, Post
from palier.core.caps import room_under_caps
from palier.core.earning import RuleAward, member_holds
from palier.core.expiry import own_end
from palier.core.programme.values import Conditions, Programme


def book_event(book: Book, name: str, event_id: str, *, segments: Sequence[str]) -> int:
    """Credit what the rules for ``name`` give, cut to the room that caps left; returns the points.

    Awards of events are available at once, renew nothing, and count for the metric ``points``. A member whose first
    segment earns no points gets none.
    """
    programme = book.programme
    first = next((s for s in programme.segments if s.enabled and s.id in segments), None)
    if first is not None and not first.earn_points:
        return 0
    awards = event_awards(
        programme, name, tier=book.tier, segments=segments, at=book.now, once=frozenset(book.once)
    )
    room = room_under_caps(
        programme,
        tuple(book.contributions.values()),
        activity=book.totals["activity"],
        at=book.now,
        cause=f"event:{event_id}",
        applies=lambda when: holds_for_event(when, tier=book.tier, segments=segments, at=book.now),
    )
    total = sum(award.points for award in awards)
    points = total if room is None else min(total, room)
    rules = {rule.id: rule for rule in programme.earning}
    book.once.update(award.rule for award in awards if rules[award.rule].once)
    if points > 0:
        _credit(book, name, event_id, awards, points)
    return points


def _credit(book: Book, name: str, event_id: str, awards: Sequence[RuleAward], points: int) -> None:
    facts: dict[str, Any] = {
        "event": name,
        "awards": [{"rule": award.rule, "points": award.points} for award in awards],
    }
    if points != sum(award.points for award in awards):
        facts["uncapped"] = sum(award.points for award in awards)
    cause = Cause("event", event_id)
    post = Post("event", cause, qualifies_at=book.now, facts=facts)
    book.add_lot(post, points, starts_at=book.now, available_at=book.now, own_end=own_end(book))
    book.commit(post)
    book.contribute(f"event:{event_id}", book.now, points=points)
    book.tell("points_earned", event_id, points=points)
    rewards.grant(book)
    tiers.requalify(book, cause, because="event")


def holds_for_event(when: Conditions, *, tier: str | None, segments: Sequence[str], at: datetime) -> bool:
    """Whether conditions hold for an event; those that ask for an order never do."""
    asks_order = (
        when.total,
        when.quantity,
        when.weight,
        when.order_number,
        when.payment_method,
        when.carrier,
    )
    if any(asked is not None for asked in asks_order):
        return False
    return member_holds(when, tier=tier, segments=segments, at=at)


def event_awards(
    programme: Programme,
    name: str,
    *,
    tier: str | None,
    segments: Sequence[str],
    at: datetime,
    once: frozenset[str],
) -> tuple[RuleAward, ...]:
    """What the rules for this event give; a rule that is given once and was given already gives nothing."""
    given = []
    for rule in programme.earning:
        if not rule.enabled or rule.on != name or rule.award is None or (rule.once and rule.id in once):
            continue
        if holds_for_event(rule.when, tier=tier, segments=segments, at=at):
            given.append(RuleAward(rule.id, rule.award.points))
    return tuple(given)
