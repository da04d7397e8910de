"""The steps of a scenario, taken through the same flows as everything that shops and people do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from palier.cli.rehearsal.facts import load_last_code
from palier.cli.rehearsal.scenario import InvalidScenario, Scenario, Step
from palier.core.errors import InvalidEvent
from palier.core.messages import (
    parse_event,
    parse_gift,
    parse_member,
    parse_order,
    parse_refund,
    refund_currency,
)
from palier.core.messages_cart import parse_cart, parse_voucher
from palier.core.money import is_currency
from palier.core.quote_values import Quote
from palier.core.values import replace
from palier.flows.checkout.quote_cart import QuoteCart, quote_cart
from palier.flows.checkout.redeem_points import RedeemPoints, redeem_points
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.points.give_points import GivePoints, give_points
from palier.flows.points.record_event import RecordEvent, record_event
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.flows.programme.publish_programme import PublishProgramme, publish_programme

LAST_COUPON = "$last"
"""Stands for the code of the coupon that was issued last."""


@dataclass(slots=True)
class Stage:
    """Where a scenario plays: its own programme and shop, and the clock."""

    programme_id: int
    shop_id: int
    currency: str
    now: datetime
    again: Callable[[datetime], None] | None = None
    """Sends the last order, refund or event once more."""
    currencies: dict[str, str] = field(default_factory=dict)
    """Of the orders that were sent: their refunds are read in them."""
    quote: Quote | None = None
    """The last quote, that of an order with ``use_quote`` too, and the currency of its cart."""
    cart_currency: str = ""


def set_stage(scenario: Scenario, *, now: datetime) -> Stage:
    """A fresh programme with its shop, and the members that the scenario names."""
    made = init_programme(
        InitProgramme(
            name=str(scenario.programme["name"]),
            currency=str(scenario.programme["currency"]),
            document=scenario.programme,
        ),
        now=now,
    )
    members = tuple(parse_member(customer, facts) for customer, facts in scenario.members)
    if members:
        register_members(RegisterMembers(made.shop_id, members), now=now)
    return Stage(made.programme_id, made.shop_id, str(scenario.programme["currency"]), now)


def move_clock(stage: Stage, at: datetime) -> None:
    """Work off what is due by ``at``, and stand there."""
    while catch_up_accounts(stage.programme_id, now=at):
        pass
    stage.now = at


def take(stage: Stage, step: Step) -> None:
    """Do what the step says. Raises the refusal of the flow that it was given to."""
    if step.action is not None:
        _ACTIONS[step.action](stage, step)


def _order(stage: Stage, step: Step) -> None:
    order = parse_order(_with_code(stage, dict(step.content)), currency=stage.currency)
    if order.lines is not None:
        stage.currencies[order.id] = order.currency
    # The shop's version time is the clock unless said; sent again, it is still that of the first time.
    order = order if order.updated else replace(order, updated=stage.now)

    def send(now: datetime) -> None:
        (recorded,) = record_orders(RecordOrders(stage.shop_id, (order,)), now=now)
        if recorded.quote is not None:
            stage.quote, stage.cart_currency = recorded.quote, order.currency

    _send(stage, send)


def _with_code(stage: Stage, message: dict[Any, Any]) -> dict[Any, Any]:
    """The message with the code that ``$last`` stands for, among its coupons and as the code of its discounts."""
    said = {key: message[key] for key in ("coupons", "discounts") if key in message}
    return message | with_last_code(stage, said)


def with_last_code(stage: Stage, said: Any) -> Any:
    """The same with the code of the coupon issued last wherever ``$last`` stands."""
    if LAST_COUPON not in str(said):
        return said
    code = load_last_code(stage.programme_id)

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(item) for item in value]
        if isinstance(value, Mapping):
            return {key: filled(item) for key, item in value.items()}
        return code if value == LAST_COUPON else value

    return filled(said)


def _refund(stage: Stage, step: Step) -> None:
    known = stage.currencies.get(str(step.content.get("order", "")))
    currency = known or refund_currency(step.content) or stage.currency
    refund = parse_refund(step.content, currency=currency)
    refund = refund if refund.at else replace(refund, at=stage.now)
    _send(stage, lambda now: record_orders(RecordOrders(stage.shop_id, (refund,)), now=now))


def _quote(stage: Stage, step: Step) -> None:
    read = parse_cart(_with_code(stage, dict(step.content)), currency=stage.currency)
    command = QuoteCart(stage.shop_id, read.customer, read.cart, read.hold)
    stage.quote, stage.cart_currency = quote_cart(command, now=stage.now).quote, read.cart.order.currency


def _voucher(stage: Stage, step: Step) -> None:
    wish = parse_voucher(step.content)
    redeem_points(
        RedeemPoints(stage.shop_id, wish.customer, wish.points, wish.id or step.path), now=stage.now
    )


def _event(stage: Stage, step: Step) -> None:
    event = parse_event(step.content)
    if event.at is not None and event.at > stage.now:
        raise InvalidEvent("the event lies in the future", path="at")
    command = RecordEvent(stage.shop_id, event.customer, event.name, event.id or step.path)
    _send(stage, lambda now: record_event(command, now=now))


def _gift(stage: Stage, step: Step) -> None:
    gift = parse_gift(step.content)
    key = gift.id or step.path
    give_points(
        GivePoints(stage.shop_id, gift.customer, gift.points, gift.reason, "rehearsal", key), now=stage.now
    )


def _publish(stage: Stage, step: Step) -> None:
    publish_programme(
        PublishProgramme(stage.programme_id, _document(step.content), author="rehearsal"), now=stage.now
    )
    named = step.content.get("currency")
    stage.currency = named if isinstance(named, str) and is_currency(named) else stage.currency
    move_clock(stage, stage.now)


def _document(content: Any) -> Mapping[str, Any]:
    return content if isinstance(content, Mapping) else {}


def _erase(stage: Stage, step: Step) -> None:
    erase_member(EraseMember(stage.shop_id, step.content["member"]), now=stage.now)


def _repeat(stage: Stage, step: Step) -> None:
    if stage.again is None:
        raise InvalidScenario("nothing was sent that could be sent again", path=step.path)
    for _ in range(step.content):
        stage.again(stage.now)


def _send(stage: Stage, send: Callable[[datetime], object]) -> None:
    def again(now: datetime) -> None:
        send(now)

    stage.again = again
    send(stage.now)


_ACTIONS: Mapping[str, Callable[[Stage, Step], None]] = {
    "order": _order,
    "refund": _refund,
    "quote": _quote,
    "voucher": _voucher,
    "event": _event,
    "gift": _gift,
    "publish": _publish,
    "erase": _erase,
    "repeat": _repeat,
}
