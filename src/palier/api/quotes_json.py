"""A cart's quote as JSON: the one answer of the router and of the short way to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.api.amounts import written
from palier.api.code_tries import refuse_guessing
from palier.api.keys import Caller
from palier.core.messages_cart import CartMessage, parse_cart
from palier.core.order import Order
from palier.core.programme.values import Programme
from palier.core.quote_values import Hint, NextTier, Quote, QuotedDiscount, Refused, ShippingGrant
from palier.flows.checkout.quote_cart import QuoteCart, Quoted, quote_cart, quote_carts

Write = Callable[[int], str]


def answer_quote(caller: Caller, message: Mapping[str, Any], *, world: datetime) -> dict[str, Any]:
    """What the cart costs, uses and earns, the world's time being ``world``; writes nothing."""
    with refuse_guessing(caller, message, now=world) as tries:
        asked, quoted = quote_message(caller, message, now=caller.now(world))
        tries.count(quoted.quote)
    return quote_json(quoted.quote, asked.cart.order, quoted.programme)


@dataclass(frozen=True, slots=True)
class Asked:
    """A cart that waits for its quote, and when it came, in the world's time."""

    caller: Caller
    message: Mapping[str, Any]
    world: datetime


def answer_quotes(shop_id: int, asked: Sequence[Asked]) -> list[dict[str, Any] | Exception]:
    """``answer_quote`` for several carts of one shop, which share their statement; an exception where it raises one."""
    answers: list[Any] = [_alone(each) if each.message.get("coupons") else None for each in asked]
    together: list[tuple[int, CartMessage, datetime]] = []
    for place, each in enumerate(asked):
        if answers[place] is None:
            try:
                read = parse_cart(each.message, currency=each.caller.currency)
            except Exception as error:
                answers[place] = error
            else:
                together.append((place, read, each.caller.now(each.world)))
    quotes = quote_carts(shop_id, [(_command(shop_id, read), now) for _, read, now in together])
    for (place, read, _), quoted in zip(together, quotes, strict=True):
        answers[place] = (
            quoted
            if isinstance(quoted, Exception)
            else quote_json(quoted.quote, read.cart.order, quoted.programme)
        )
    return answers


def _alone(asked: Asked) -> dict[str, Any] | Exception:
    try:
        return answer_quote(asked.caller, asked.message, world=asked.world)
    except Exception as error:
        return error


def _command(shop_id: int, asked: CartMessage) -> QuoteCart:
    return QuoteCart(shop_id, asked.customer, asked.cart, asked.hold)


def quote_message(caller: Caller, message: Mapping[str, Any], *, now: datetime) -> tuple[CartMessage, Quoted]:
    """The cart as it was read, and its quote with all that an explanation needs."""
    asked = parse_cart(message, currency=caller.currency)
    return asked, quote_cart(_command(caller.shop_id, asked), now=now)


def quote_json(quote: Quote, order: Order, programme: Programme) -> dict[str, Any]:
    """The quote of a cart or an order. Amounts are decimal texts in its currency and price basis.

    What is missing counts in the programme's currency. A discount has the keys that an order's discount has, and
    ``lines`` its share of each line, in their order.
    """
    own = written(programme.currency)
    return {
        **priced_json(quote, order),
        "earns": quote.earns,
        "why_not": quote.why_not,
        "refused": [_refused(each, own) for each in quote.refused],
        "hints": [_hint(each, own) for each in quote.hints],
        "next_tier": _next_tier(quote.next_tier, programme, own),
    }


def priced_json(quote: Quote, order: Order) -> dict[str, Any]:
    """What a quote takes off an order or a cart: discounts, codes, delivery and presents."""
    paid = written(order.currency)
    return {
        "currency": order.currency,
        "subtotal": paid(sum(line.amount_minor for line in order.lines or ())),
        "total": paid(quote.total_minor),
        "discounts": [_discount(each, paid) for each in quote.discounts],
        "promo_codes": [_discount(each, paid) for each in quote.promo_codes],
        "shipping": {
            "amount": paid(max(0, order.shipping.amount_minor - quote.shipping_saved_minor)),
            "saved": paid(quote.shipping_saved_minor),
            "free": _carriers(quote.free_shipping),
            "by": [_grant(each, paid) for each in quote.shipping_by],
        },
        "gifts": [
            {
                "product": gift.product,
                "quantity": gift.quantity,
                "source": gift.source,
                "id": gift.id,
                "code": gift.code,
            }
            for gift in quote.gifts
        ],
    }


def _discount(discount: QuotedDiscount, paid: Write) -> dict[str, Any]:
    return {
        "source": discount.source,
        "id": discount.id,
        "code": discount.code,
        "amount": paid(discount.amount_minor),
        "points": discount.points,
        "lines": [paid(share) for share in discount.lines_minor],
    }


def _carriers(carriers: str | frozenset[str]) -> str | list[str]:
    return carriers if isinstance(carriers, str) else sorted(carriers)


def _grant(grant: ShippingGrant, paid: Write) -> dict[str, Any]:
    return {
        "source": grant.source,
        "id": grant.id,
        "code": grant.code,
        "carriers": _carriers(grant.carriers),
        "saved": paid(grant.saved_minor),
        "is_idle": grant.is_idle,
    }


def _refused(refused: Refused, own: Write) -> dict[str, Any]:
    missing: str | int | None = refused.missing
    if refused.missing is not None and refused.reason == "minimum":
        missing = own(refused.missing)
    return {
        "source": refused.source,
        "id": refused.id,
        "code": refused.code,
        "reason": refused.reason,
        "missing": missing,
    }


def _hint(hint: Hint, own: Write) -> dict[str, Any]:
    missing = own(hint.missing) if hint.of == "amount" else hint.missing
    return {"kind": hint.kind, "id": hint.id, "of": hint.of, "missing": missing}


def _next_tier(upcoming: NextTier | None, programme: Programme, own: Write) -> dict[str, Any] | None:
    if upcoming is None or programme.tiers is None:
        return None
    is_spend = programme.tiers.metric == "spend"
    return {
        "id": upcoming.id,
        "metric": programme.tiers.metric,
        "missing": own(upcoming.missing) if is_spend else upcoming.missing,
    }
