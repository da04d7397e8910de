"""Orders and refunds that shops tell, and what became of them, as JSON: the same for the router and the short way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from palier.api.bodies import addressed
from palier.api.keys import Caller
from palier.api.quotes_json import priced_json
from palier.core.messages import parse_refund, refund_currency
from palier.core.messages_order import parse_order
from palier.core.order import Order, Refund
from palier.flows.orders.record_orders import Recorded
from palier.store.orders.load import find_currency


def read_order(caller: Caller, order_id: str, message: Mapping[str, Any]) -> Order:
    """The order at its address; the body may leave the id out, and must not say another."""
    return parse_order(addressed(message, id=order_id), currency=caller.currency)


def read_refund(caller: Caller, order_id: str, refund_id: str, message: Mapping[str, Any]) -> Refund:
    """The refund at its address; the body may leave both ids out, and must not say others."""
    return read_refund_message(caller, addressed(message, order=order_id, id=refund_id))


def read_refund_message(caller: Caller, message: Mapping[str, Any]) -> Refund:
    """A refund. Its amount is in the currency that it names, else in that of its order, else in the programme's."""
    currency = refund_currency(message)
    if not currency and message.get("amount") is not None:
        currency = find_currency(caller.shop_id, str(message.get("order")))
    return parse_refund(message, currency=currency or caller.currency)


def recorded_json(recorded: Recorded, message: Order | Refund) -> dict[str, Any]:
    """What a message did. ``points`` is the change of what the order earns; ``quote`` what an order was quoted."""
    told: dict[str, Any] = {
        "order": recorded.order,
        "result": recorded.kind,
        "points": recorded.points,
        "quote": None,
    }
    if isinstance(message, Refund):
        return {"order": recorded.order, "refund": message.id, **told}
    if recorded.quote is not None:
        told["quote"] = priced_json(recorded.quote, message)
    return told
