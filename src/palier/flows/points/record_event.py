"""Events that are not orders: a visit, a sign-up, a newsletter, a birthday, whatever a shop sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.errors import InvalidEvent
from palier.core.events import book_event
from palier.flows.bench.member_bench import open_member
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
    points = book_event(book, command.name, str(event_id), segments=member.bench.segments_now(book))
    member.record(now=now)
    record_happenings(
        [NewHappening(event_id, book.state.id, "event", command.name, command.key, book.now, points)], now=now
    )
    return EventRecorded(False, book.state.id, points)
