"""Works off what shops pushed: each message is read as the API reads it, and given to its flow."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from threading import Event
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError
from django_scopes import scopes_disabled

from palier.core.errors import Refusal
from palier.core.inbox import Worked
from palier.core.member import MemberFacts
from palier.core.messages import parse_event, parse_member, parse_order, parse_refund, refund_currency
from palier.core.order import Order, Refund
from palier.flows.inbox.settle_inbox import settle_inbox
from palier.flows.inbox.take_inbox import take_inbox
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.record_event import RecordEvent, record_event
from palier.jobs.clock import world_now
from palier.store.hooks.load import OpenMessage, load_later_payloads
from palier.store.outbox.models import Inbox

log = logging.getLogger(__name__)

Result = tuple[int, int, Worked]

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_DONE = Worked("done")


def work_off_inbox(stop: Event) -> int:
    """Every message that is due; how many were tried. What fails is tried again later."""
    total = 0
    while not stop.is_set() and _is_due():
        messages = take_inbox(now=world_now())
        if not messages:
            break
        settle_inbox(list(_work_off(messages)), now=world_now())
        total += len(messages)
    return total


def _is_due() -> bool:
    with scopes_disabled():
        due = Inbox.objects.filter(done_at=None, failed_at=None, next_at__lte=world_now())
        return due.exists()


def _work_off(messages: list[OpenMessage]) -> Iterator[Result]:
    """In their order; orders and refunds of one shop that follow each other go in one transaction."""
    for (shop_id, is_order), found in groupby(messages, key=lambda m: (m.shop_id, m.kind in _OF_ORDERS)):
        if is_order:
            yield from _orders(shop_id, list(found))
        else:
            for message in found:
                yield _one(message)


def _one(message: OpenMessage) -> Result:
    try:
        _perform(message)
        worked = _DONE
    except Refusal as refusal:
        worked = Worked("refused", str(refusal))
    except (OperationalError, InterfaceError):
        raise  # the database, not the message: the lease brings it back
    except Exception as error:
        log.exception("message %s of shop %s failed", message.event_id, message.shop_id)
        worked = Worked("failed", f"{type(error).__name__}: {error}")
    return message.id, message.tries, worked


def _orders(shop_id: int, messages: list[OpenMessage]) -> Iterator[Result]:
    read: list[tuple[OpenMessage, Order | Refund]] = []
    for message in messages:
        try:
            read.append((message, _OF_ORDERS[message.kind](message, _data(message))))
        except Refusal as refusal:
            yield message.id, message.tries, Worked("refused", str(refusal))
    if not read:
        return
    told = tuple(each for _, each in read)
    try:
        answers = record_orders(RecordOrders(shop_id, told, collects=True), now=_now(messages[0]))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # One of them breaks the whole transaction: each alone shows which.
        yield from (_one(message) for message, _ in read)
        return
    for (message, _), answer in zip(read, answers, strict=True):
        is_refused = answer.kind == "refused"
        yield message.id, message.tries, Worked("refused", str(answer.refusal)) if is_refused else _DONE


def _perform(message: OpenMessage) -> None:
    data, now = _data(message), _now(message)
    if message.kind in _OF_ORDERS:
        told = _OF_ORDERS[message.kind](message, data)
        record_orders(RecordOrders(message.shop_id, (told,)), now=now)
    elif message.kind == "member":
        member = _member(data)
        # Tried again late, it must not undo what was said since: that is said once more behind it.
        later = (_said_later(each) for each in load_later_payloads(message, member.customer))
        members = (member, *(each for each in later if each is not None))
        register_members(RegisterMembers(message.shop_id, members), now=now)
    else:
        event = parse_event(data)
        key = event.id or message.event_id
        record_event(RecordEvent(message.shop_id, event.customer, event.name, key), now=now)


def _member(data: dict[str, Any]) -> MemberFacts:
    return parse_member(data.pop("id", None), data)


def _said_later(payload: str) -> MemberFacts | None:
    try:
        return _member(_decode(payload)["data"])
    except Refusal:
        return None  # refused when its own turn comes


def _data(message: OpenMessage) -> dict[str, Any]:
    data: dict[str, Any] = _decode(message.payload)["data"]
    return data


def _order(message: OpenMessage, data: dict[str, Any]) -> Order:
    # A version that says no time is as old as its arrival: tried again later it must not undo a newer one.
    data.setdefault("updated", _arrived(message))
    return parse_order(data, currency=message.currency)


def _refund(message: OpenMessage, data: dict[str, Any]) -> Refund:
    data.setdefault("at", _arrived(message))
    return parse_refund(data, currency=refund_currency(data) or message.currency)


_OF_ORDERS: dict[str, Any] = {"order": _order, "refund": _refund}


def _arrived(message: OpenMessage) -> str:
    return (message.received_at + timedelta(seconds=message.clock_offset_s)).isoformat()


def _now(message: OpenMessage) -> datetime:
    return world_now() + timedelta(seconds=message.clock_offset_s)
