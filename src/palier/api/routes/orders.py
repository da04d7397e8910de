"""Orders and refunds: told one by one or in batches, read with what is booked and why."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from ninja import Query, Router

from palier.api.amounts import amount, instant
from palier.api.endpoint import Call, endpoint
from palier.api.lookups import account_of, customers_of
from palier.api.order_json import order_json
from palier.api.orders_json import read_order, read_refund, read_refund_message, recorded_json
from palier.api.parameters import Cursor, Language, Limit, OrderId, RefundId, number_of, paged
from palier.api.problems import Problem, Refused, problem_of
from palier.api.reading import at_most, attempt, read_values
from palier.api.request_bodies import MESSAGES, MESSAGES_FIELDS, ORDER, REFUND
from palier.api.schemas.orders import (
    BatchAnswer,
    OrderAnswer,
    OrderPage,
    RecordedAnswer,
    RefundedAnswer,
)
from palier.core.errors import InvalidOrder
from palier.core.messages_order import parse_order
from palier.core.order import Order, Refund
from palier.flows.orders.record_orders import Recorded, RecordOrders, record_orders
from palier.store.orders.models import Order as OrderRow

router = Router()
WRITES = ("orders:write",)
READS = ("members:read", "orders:write")


@endpoint(
    router,
    "PUT",
    "/orders/{order_id}",
    scopes=WRITES,
    answer=RecordedAnswer,
    body=ORDER,
    summary="Tell an order, or what became of it",
    also=("batch",),
)
def put_order(call: Call, order_id: OrderId) -> dict[str, Any]:
    """The newest state of an order: send it whenever it changes. Palier posts the difference, once.

    The same again, or a version older than the one known (`updated`), changes nothing. An update without `lines` keeps
    lines and discounts. `paid`, `shipped` and `delivered` count; `placed` waits; `cancelled` takes everything back.
    """
    message = read_order(call.caller, order_id, call.body)
    (recorded,) = record_orders(RecordOrders(call.caller.shop_id, (message,)), now=call.now)
    return recorded_json(recorded, message)


@endpoint(
    router,
    "PUT",
    "/orders/{order_id}/refunds/{refund_id}",
    scopes=WRITES,
    answer=RefundedAnswer,
    body=REFUND,
    summary="Tell a refund",
)
def put_refund(call: Call, order_id: OrderId, refund_id: RefundId) -> dict[str, Any]:
    """Pieces, an amount, the delivery, or everything of an order came back.

    A refund whose order is not known yet waits for it. Its amounts are in the currency of the order.
    """
    message = read_refund(call.caller, order_id, refund_id, call.body)
    (recorded,) = record_orders(RecordOrders(call.caller.shop_id, (message,)), now=call.now)
    return recorded_json(recorded, message)


@endpoint(
    router,
    "POST",
    "/orders/batch",
    scopes=WRITES,
    answer=BatchAnswer,
    body=MESSAGES,
    once=True,
    summary="Tell up to 500 orders and refunds at once",
)
def post_orders(call: Call) -> dict[str, Any]:
    """Orders and refunds in the order in which they happened, in one transaction.

    A message that is refused is answered as such; the others are booked. With `history` each happens at its own time
    instead of now, with `silent` nobody is told: for what is past.
    """
    values = read_values(call.body, MESSAGES_FIELDS)
    messages = at_most(values["messages"], "messages")
    read = [attempt(partial(_read, call, named)) for named in messages]
    good = tuple(each for each in read if not isinstance(each, Problem))
    command = RecordOrders(
        call.caller.shop_id,
        good,
        is_history=values.get("history", False),
        is_silent=values.get("silent", False),
        collects=True,
    )
    recorded = iter(record_orders(command, now=call.now))
    return {
        "results": [
            _refused(named, each) if isinstance(each, Problem) else _done(next(recorded), each)
            for named, each in zip(messages, read, strict=True)
        ]
    }


def _read(call: Call, named: dict[str, Any]) -> Order | Refund:
    if len(named) != 1:
        raise InvalidOrder("a message is one order or one refund", hint="{order: …} or {refund: …}")
    ((kind, body),) = named.items()
    if kind == "order":
        return parse_order(body, currency=call.caller.currency)
    return read_refund_message(call.caller, body)


def _refused(named: dict[str, Any], problem: Problem) -> dict[str, Any]:
    order, refund = named.get("order"), named.get("refund")
    return {
        "order": _text(order.get("id") if order is not None else (refund or {}).get("order")),
        "refund": _text(refund.get("id")) if refund is not None else None,
        "result": "refused",
        "points": 0,
        "quote": None,
        "problem": problem.body(),
    }


def _text(said: object) -> str:
    return str(said)[:200] if isinstance(said, str | int) else ""


def _done(recorded: Recorded, message: Order | Refund) -> dict[str, Any]:
    if recorded.refusal is not None:
        problem = problem_of(recorded.refusal).body()
        told = {"order": recorded.order, "result": "refused", "points": 0, "quote": None}
    else:
        problem, told = None, recorded_json(recorded, message)
    refund = message.id if isinstance(message, Refund) else None
    return {**told, "refund": refund, "problem": problem}


@endpoint(
    router,
    "GET",
    "/orders",
    scopes=READS,
    answer=OrderPage,
    refuses=(404,),
    summary="Your shop's orders, newest first",
)
def list_orders(
    call: Call,
    member: Annotated[str, Query(max_length=200, description="Of this customer id alone")] = "",
    status: Annotated[
        Literal["", "placed", "paid", "shipped", "delivered", "cancelled"],
        Query(description="In this state alone"),
    ] = "",
    flagged: Annotated[bool, Query(description="Those that used what the member did not have")] = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """In the order in which they were first told."""
    rows = OrderRow.objects.filter(shop_id=call.caller.shop_id).exclude(status="")
    if member:
        rows = rows.filter(account_id=account_of(call.caller, member))
    if status:
        rows = rows.filter(status=status)
    if flagged:
        rows = rows.filter(is_flagged=True)
    before = number_of(cursor)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: limit + 1])
    customers = customers_of(call.caller, [row.account_id for row in found])
    items = [
        {
            "id": row.external_id,
            "member": customers.get(row.account_id),
            "status": row.status,
            "counts": row.counts,
            "points": row.booked_points,
            "spend": amount(row.booked_spend_minor, call.caller.currency),
            "is_flagged": row.is_flagged,
            "at": instant(row.order_at or row.paid_at or row.placed_at),
        }
        for row in found
    ]
    return paged(items, limit=limit, place=found[limit - 1].pk if len(found) > limit else None)


@endpoint(
    router,
    "GET",
    "/orders/{order_id}",
    scopes=READS,
    answer=OrderAnswer,
    summary="An order, what is booked for it, and why",
    also=("batch",),
)
def get_order(call: Call, order_id: OrderId, language: Language = "") -> dict[str, Any]:
    """The newest version that is known, its refunds, and every movement that it caused, explained.

    A movement from before its member was merged into another keeps the number that it had there.
    """
    told = order_json(call, order_id, language)
    if told is None:
        raise Refused(Problem("unknown_order", f"no order {order_id!r}", hint="check the shop's order id"))
    return told
