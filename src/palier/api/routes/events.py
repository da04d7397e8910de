"""What members do besides ordering: visits, sign-ups, reviews, whatever a shop rewards."""

from __future__ import annotations

from functools import partial
from typing import Any

from ninja import Router

from palier.api.endpoint import Call, endpoint
from palier.api.problems import Problem
from palier.api.reading import at_most, attempt, read_values
from palier.api.request_bodies import EVENT, EVENTS, EVENTS_FIELDS
from palier.api.schemas.orders import EventAnswer, EventBatchAnswer
from palier.core.messages import parse_event
from palier.flows.points.record_event import EventRecorded, RecordEvent, record_event

router = Router()
WRITES = ("orders:write",)


@endpoint(
    router,
    "POST",
    "/events",
    scopes=WRITES,
    answer=EventAnswer,
    body=EVENT,
    once=True,
    summary="Tell an event",
)
def post_event(call: Call) -> dict[str, Any]:
    """A member did something. What the programme gives for it is given once per `id` (without one: per key).

    A customer never seen becomes a member. It counts from now on, whatever `at` says.
    """
    return _json(_record(call, call.body, call.key))


@endpoint(
    router,
    "POST",
    "/events/batch",
    scopes=WRITES,
    answer=EventBatchAnswer,
    body=EVENTS,
    once=True,
    summary="Tell up to 500 events at once",
)
def post_events(call: Call) -> dict[str, Any]:
    """Each event by itself, in their order: one that is refused is answered as such and stops no other."""
    events = at_most(read_values(call.body, EVENTS_FIELDS)["events"], "events")
    results = []
    for place, event in enumerate(events):
        done = attempt(partial(_record, call, event, f"{call.key}:{place}"))
        if isinstance(done, Problem):
            results.append({"result": "refused", "points": 0, "problem": done.body()})
        else:
            results.append({**_json(done), "problem": None})
    return {"results": results}


def _record(call: Call, message: Any, key: str) -> EventRecorded:
    event = parse_event(message)
    command = RecordEvent(call.caller.shop_id, event.customer, event.name, event.id or f"api:{key}")
    return record_event(command, now=call.now)


def _json(done: EventRecorded) -> dict[str, Any]:
    return {"result": "repeat" if done.is_repeat else "new", "points": done.points}
