"""Carts: quoted, explained, held for a checkout, and kept for when the member comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninja import Router

from palier.api.amounts import instant
from palier.api.bodies import addressed
from palier.api.code_tries import refuse_guessing
from palier.api.endpoint import Call, endpoint
from palier.api.lookups import account_of
from palier.api.parameters import CustomerId, HoldId, Language
from palier.api.problems import Problem, Refused
from palier.api.quotes_json import answer_quote, priced_json, quote_json, quote_message
from palier.api.reading import read_values
from palier.api.request_bodies import CART, HOLD, HOLD_FIELDS, KEPT_CART
from palier.api.schemas.carts import (
    CartKeptAnswer,
    ExplainedAnswer,
    HoldAnswer,
    HoldMadeAnswer,
    KeptCartAnswer,
    QuoteAnswer,
    ReleasedAnswer,
)
from palier.core.errors import InvalidCart, QuoteChanged
from palier.core.explain.quotes import QuoteWords, explain_quote
from palier.core.formats import formats_for
from palier.core.messages_cart import parse_cart
from palier.core.quote import booked
from palier.flows.checkout.hold_cart import Held, HoldCart, hold_cart
from palier.flows.checkout.keep_cart import KeepCart, keep_cart
from palier.flows.checkout.release_hold import ReleaseHold, release_hold
from palier.store.catalogue.models import KeptCart
from palier.store.holds.load import load_holds
from palier.store.members.profiles import load_profiles

router = Router()
SCOPES = ("carts",)


@endpoint(
    router, "POST", "/quotes", scopes=SCOPES, answer=QuoteAnswer, body=CART, summary="What a cart would cost"
)
def post_quote(call: Call) -> dict[str, Any]:
    """Benefits applied and refused, with their reasons, what the cart would earn and what is missing to more.

    Writes nothing, so that it may be asked at every change of a cart.
    """
    return answer_quote(call.caller, call.body, world=call.world)


@endpoint(
    router,
    "POST",
    "/quotes/explain",
    scopes=SCOPES,
    answer=ExplainedAnswer,
    body=CART,
    summary="What a cart would cost, told to the shopper",
)
def explain_cart(call: Call, language: Language = "") -> dict[str, Any]:
    """The quote, and a sentence for each part of it."""
    with refuse_guessing(call.caller, call.body, now=call.world) as tries:
        asked, quoted = quote_message(call.caller, call.body, now=call.now)
        tries.count(quoted.quote)
    rules = quoted.programme
    spoken = call.language(language, _own(quoted.account_id), rules.languages[0])
    currency = asked.cart.order.currency
    words = explain_quote(
        quoted.quote,
        rules,
        quoted.buyer,
        spoken,
        formats_for(spoken, rules.currency, rules.timezone),
        prices=formats_for(spoken, currency, rules.timezone) if currency != rules.currency else None,
    )
    return {
        "language": spoken,
        "quote": quote_json(quoted.quote, asked.cart.order, rules),
        "words": _words(words),
    }


def _own(account_id: int | None) -> str:
    profile = load_profiles([account_id]).get(account_id) if account_id is not None else None
    return profile.language if profile else ""


def _words(words: QuoteWords) -> dict[str, Any]:
    return {
        "applied": list(words.applied),
        "shipping": list(words.shipping),
        "gifts": list(words.gifts),
        "refused": list(words.refused),
        "earns": words.earns,
        "hints": list(words.hints),
        "next_tier": words.next_tier,
        "lines": list(words.lines()),
    }


@endpoint(
    router,
    "POST",
    "/holds",
    scopes=SCOPES,
    answer=HoldMadeAnswer,
    body=HOLD,
    once=True,
    summary="Reserve what a cart uses, and keep its quote",
)
def post_hold(call: Call) -> dict[str, Any]:
    """The cart goes to the checkout: its points and coupons are set aside for 60 minutes, its quote is kept.

    Send the order with `hold: id`. `hold` in the cart names the hold that it had so far, which is released.
    """
    values = _hold_values(call)
    with refuse_guessing(call.caller, call.body, now=call.world) as tries:
        asked = parse_cart(values["cart"], currency=call.caller.currency)
        if asked.customer is None:
            raise InvalidCart("a hold needs a member", path="member", hint="a guest has nothing to reserve")
        command = HoldCart(
            call.caller.shop_id,
            asked.customer,
            asked.cart,
            f"api:{call.key}",
            expected_total_minor=values["expected_total"],
            replaces=asked.hold,
        )
        held = _held(command, call)
        tries.count(held.quote)
    return {
        "id": held.id,
        "result": "repeat" if held.is_repeat else "new",
        "state": held.state,
        "lapses_at": instant(held.lapses_at),
        "quote": priced_json(held.quote, asked.cart.order),
    }


def _held(command: HoldCart, call: Call) -> Held:
    try:
        return hold_cart(command, now=call.now)
    except QuoteChanged as changed:
        # The flow says it in minor units, which no shop has ever sent.
        detail = "the cart does not cost what the shopper was shown any more"
        raise Refused(Problem(changed.code, detail, changed.path, changed.hint)) from None


def _hold_values(call: Call) -> Mapping[str, Any]:
    """The cart, and what the shopper was shown of it, in the cart's currency."""
    cart = {key: value for key, value in call.body.items() if key != "expected_total"}
    if "expected_total" not in call.body:
        return {"cart": cart, "expected_total": None}
    currency = parse_cart(cart, currency=call.caller.currency).cart.order.currency
    shown = {"expected_total": call.body["expected_total"]}
    values = read_values(
        shown, {"expected_total": HOLD_FIELDS["expected_total"]}, currency=currency, refusal=InvalidCart
    )
    return {"cart": cart, "expected_total": values["expected_total"]}


@endpoint(router, "GET", "/holds/{hold_id}", scopes=SCOPES, answer=HoldAnswer, summary="Where a hold stands")
def get_hold(call: Call, hold_id: HoldId) -> dict[str, Any]:
    """Held, captured by an order, released, or lapsed."""
    known = load_holds(call.caller.shop_id, [hold_id]).get(hold_id)
    if known is None:
        raise Refused(
            Problem("unknown_hold", f"no hold {hold_id!r}", hint="check the id, and the shop's key")
        )
    is_over = known.state == "held" and known.lapses_at <= call.now
    return {
        "id": known.id,
        "state": "lapsed" if is_over else known.state,
        "lapses_at": instant(known.lapses_at),
        "points": sum(discount.points for discount in booked(known.quote)),
    }


@endpoint(
    router,
    "DELETE",
    "/holds/{hold_id}",
    scopes=SCOPES,
    answer=ReleasedAnswer,
    refuses=(409,),
    summary="Give a checkout up",
)
def delete_hold(call: Call, hold_id: HoldId) -> dict[str, Any]:
    """What was set aside comes back. A hold that an order has taken over goes when the order is cancelled."""
    done = release_hold(ReleaseHold(call.caller.shop_id, hold_id), now=call.now)
    return {"id": done.id, "state": done.state, "result": "repeat" if done.is_repeat else "released"}


@endpoint(
    router,
    "PUT",
    "/members/{customer_id}/cart",
    scopes=SCOPES,
    answer=CartKeptAnswer,
    body=KEPT_CART,
    summary="Tell which cart a member has left",
)
def put_cart(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """It replaces the one before and is kept for 30 days."""
    message = addressed(call.body, member=customer_id)
    if "hold" in message:
        raise InvalidCart("a kept cart has no hold", path="hold", hint="leave it out")
    parse_cart(message, currency=call.caller.currency)
    content = {key: value for key, value in message.items() if key != "member"}
    keep_cart(KeepCart(call.caller.shop_id, customer_id, content), now=call.world)
    return {"result": "kept"}


@endpoint(
    router,
    "GET",
    "/members/{customer_id}/cart",
    scopes=SCOPES,
    answer=KeptCartAnswer,
    summary="The cart that a member has left",
)
def get_cart(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """As it was told; send it to `/quotes` to know what it costs now."""
    account_of(call.caller, customer_id)
    row = KeptCart.objects.filter(shop_id=call.caller.shop_id, customer_id=customer_id).first()
    if row is None:
        raise Refused(Problem("unknown_cart"))
    return {"content": row.content, "updated_at": instant(row.updated_at)}


@endpoint(
    router,
    "DELETE",
    "/members/{customer_id}/cart",
    scopes=SCOPES,
    answer=CartKeptAnswer,
    summary="The member has no cart any more",
)
def delete_cart(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """Forgets the cart that was kept."""
    account_of(call.caller, customer_id)
    gone = keep_cart(KeepCart(call.caller.shop_id, customer_id, None), now=call.world)
    return {"result": "forgotten" if gone else "nothing"}
