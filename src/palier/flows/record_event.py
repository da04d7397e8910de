"""Events that are not orders: a visit, a sign-up, a newsletter, a birthday, whatever a shop sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.core import rewards, tiers
from palier.core.account import Cause
from palier.core.book import Post
from palier.core.earning import event_awards, room_under_caps
from palier.core.errors import InvalidEvent
from palier.core.expiry import own_end
from palier.flows.member_bench import MemberBench, open_member
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_id
from palier.store.orders.happenings import NewHappening, find_happenings, record_happenings


@dataclass(frozen=True, slots=True)
class RecordEvent:
    """``name`` happened to a member; ``key`` is the shop's id of it: the same again is a repeat."""

    shop_id: int
    customer: str
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class EventRecorded:
    """What became of it, and the points that it brought (of a repeat: had brought)."""

    is_repeat: bool
    account_id: int
    points: int


def record_event(command: RecordEvent, *, now: datetime) -> EventRecorded:
    """Record an event and give what its rules give, once per key (and once per member for rules that say so)."""
    if not command.name or not command.key:
        raise InvalidEvent("an event needs a name and an id", path="name" if not command.name else "id")
    return in_one_transaction(lambda: _record(command, now))


def _record(command: RecordEvent, now: datetime) -> EventRecorded:
    member = open_member(command.shop_id, command.customer, now=now, creates=True)
    book = member.book
    key = (book.state.id, command.key)
    known = {} if member.is_new else find_happenings([book.state.id], "event", command.name, [command.key])
    if key in known:
        return EventRecorded(True, book.state.id, known[key])
    event_id = new_id()
    points = _award(member, command.name, event_id)
    member.record(now=now)
    record_happenings(
        [NewHappening(event_id, book.state.id, "event", command.name, command.key, book.now, points)], now=now
    )
    return EventRecorded(False, book.state.id, points)


def _award(member: MemberBench, name: str, event_id: int) -> int:
    book, programme = member.book, member.book.programme
    segments = member.bench.segments_now(book)
    first = next((s for s in programme.segments if s.enabled and s.id in segments), None)
    if first is not None and not first.earn_points:
        return 0
    awards = event_awards(
        programme, name, tier=book.tier, segments=segments, at=book.now, once=frozenset(book.once)
    )
    cause = f"event:{event_id}"
    room = room_under_caps(
        programme,
        tuple(book.contributions.values()),
        activity=book.totals["activity"],
        at=book.now,
        cause=cause,
    )
    total = sum(award.points for award in awards)
    points = total if room is None else min(total, room)
    rules = {rule.id: rule for rule in programme.earning}
    book.once.update(award.rule for award in awards if rules[award.rule].once)
    if points > 0:
        facts: dict[str, Any] = {
            "event": name,
            "awards": [{"rule": a.rule, "points": a.points} for a in awards],
        }
        if points != total:
            facts["uncapped"] = total
        post = Post("event", Cause("event", str(event_id)), qualifies_at=book.now, facts=facts)
        book.add_lot(post, points, starts_at=book.now, available_at=book.now, own_end=own_end(book))
        book.commit(post)
        book.contribute(cause, book.now, points=points)
        book.tell("points_earned", f"{event_id}", points=points)
        rewards.grant(book)
        tiers.requalify(book, Cause("event", str(event_id)), because="event")
    return points
