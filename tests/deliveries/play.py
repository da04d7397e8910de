"""A schedule played against a new programme: through the inbox as shops push, or straight to the flows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from unittest.mock import patch

from palier.core.messages import parse_event, parse_member, parse_order, parse_refund
from palier.core.order import Order, Refund
from palier.flows.inbox.receive_hook import ReceiveHook, receive_hook
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.points.record_event import RecordEvent, record_event
from palier.flows.programme.init_programme import Initiated, InitProgramme, init_programme
from palier.jobs import inbox
from palier.store.programmes import load as programmes
from tests.deliveries.schedule import Schedule
from tests.deliveries.told import START, Told


def play(
    document: dict[str, Any], schedule: Schedule, *, ends_at: datetime, pace: timedelta | None
) -> Initiated:
    """Deliver everything, then do all due work up to ``ends_at``. Nothing that a shop tells here is refused.

    With a ``pace`` it is pushed to the inbox, and a worker has its turn so often (nought: after each push); else the
    flows are called.
    """
    with _numbered_coupons():
        # Numbers of versions come again after a rollback: what the process remembers would be another history's.
        programmes._versions.clear()
        programmes._timelines.clear()
        made = init_programme(InitProgramme("", "", document=document), now=START)
        if pace is None:
            for arrival in schedule:
                _tell(made.shop_id, arrival.told, arrival.at)
        else:
            _push_all(made.shop_id, schedule, pace)
        while catch_up_accounts(made.programme_id, now=ends_at):
            pass
    return made


def _push_all(shop_id: int, schedule: Schedule, pace: timedelta) -> None:
    """What a turn finds depends on nothing but when it came: two ways to deliver have the same turns."""
    turn: datetime | None = None
    for arrival in schedule:
        if turn is not None and arrival.at > turn:
            _work_off(turn)
        _push(shop_id, arrival.told, arrival.at)
        turn = turn_after(arrival.at, pace)
        if not pace:
            _work_off(turn)
    if turn is not None:
        _work_off(turn)


def turn_after(at: datetime, pace: timedelta) -> datetime:
    """When a worker next has its turn."""
    return at + (START - at) % pace if pace else at


def _push(shop_id: int, told: Told, at: datetime) -> None:
    payload = json.dumps({"type": told.kind, "data": told.data})
    receive_hook(ReceiveHook(shop_id, told.id, told.kind, str(told.data.get("member", "")), payload), now=at)


def _work_off(at: datetime) -> None:
    with patch.object(inbox, "world_now", lambda: at):
        inbox.work_off_inbox(Event())


def _tell(shop_id: int, told: Told, at: datetime) -> None:
    data = deepcopy(told.data)
    if told.is_of_order:
        read: Order | Refund = (parse_order if told.kind == "order" else parse_refund)(data, currency="EUR")
        record_orders(RecordOrders(shop_id, (read,)), now=at)
    elif told.kind == "event":
        event = parse_event(data)
        record_event(RecordEvent(shop_id, event.customer, event.name, event.id), now=at)
    else:
        register_members(RegisterMembers(shop_id, (parse_member(data.pop("id"), data),)), now=at)


_LETTERS = str.maketrans("01", "AB")
"""Codes have neither 0 nor 1."""


@contextmanager
def _numbered_coupons() -> Iterator[None]:
    """Coupons get rising numbers: which of two that were issued together comes first must not be chance."""
    numbers = iter(range(1, 10**9))

    def new_coupon() -> tuple[str, str]:
        number = next(numbers)
        return f"{number:08x}-0000-7000-8000-{number:012x}", f"{number:012d}".translate(_LETTERS)

    with patch("palier.flows.bench.accounts.new_coupon", new_coupon):
        yield
