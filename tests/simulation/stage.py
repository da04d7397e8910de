"""Where a history is played: a programme in the database, and its messages as the flows take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from palier.core.order import Line, Order, OrderDiscount, Refund, RefundLine, Shipping
from palier.core.quote_values import Cart
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.store.rows import select, to_time
from tests.simulation.answers import Answers
from tests.simulation.shapes import PRODUCTS

NOBODYS = "NOBODYS-CODE"

Facts = dict[str, Any]


class Untold(AssertionError):
    """A promise about answers was broken while the history was played."""


@dataclass(slots=True)
class World:
    """A programme in the database, with its shops. ``answers``: what carts and vouchers were answered."""

    programme_id: int
    shops: list[int]
    currency: str
    refused: list[str] = field(default_factory=list)
    told: list[tuple[int, Order | Refund]] = field(default_factory=list)
    codes: dict[tuple[Any, ...], str] = field(default_factory=dict)
    entered: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    erased: set[tuple[int, str]] = field(default_factory=set)
    holds: dict[tuple[int, str], str] = field(default_factory=dict)
    batches: dict[str, int] = field(default_factory=dict)
    """Files of balances that stand, by their names."""
    named: dict[tuple[Any, ...], str] = field(default_factory=dict)
    """The ids of the holds that versions of orders name."""
    made: Answers = field(default_factory=dict)
    """Holds and vouchers that are known by their keys: what they were answered when they were made."""
    answers: Answers = field(default_factory=dict)


def work(world: World, now: Any) -> None:
    """All work that is due; no transaction is begun while nothing is."""
    while select(DUE, [world.programme_id, to_time(now)]):
        assert catch_up_accounts(world.programme_id, now=now)


DUE = "SELECT 1 FROM store_account WHERE programme_id = %s AND next_due_at <= %s LIMIT 1"


def codes_of(world: World, shop: int, customer: str | None) -> list[str]:
    """The codes of the member's coupons, in the order of their issue."""
    rows = select(
        "SELECT c.code FROM store_coupon c JOIN store_identity i ON i.account_id = c.account_id"
        " WHERE i.shop_id = %s AND i.customer_id = %s ORDER BY c.issued_at, c.public_id",
        [world.shops[shop], customer],
    )
    return [row[0] for row in rows]


def order_of(world: World, facts: Facts) -> Order:
    """The message of a shop."""
    return Order(
        id=facts["order"], status=facts["status"], customer=facts["customer"], email=facts.get("email", ""),
        updated=facts["updated"], paid_at=facts.get("paid_at"),
        discounts=tuple(_discounts(world, facts)), use_quote=facts.get("use_quote", False),
        coupons=_entered(world, facts) if "use_quote" in facts else (), use_points=facts.get("asks_points"),
        hold=_hold(world, facts),
        **_goods(world, facts),
    )  # fmt: skip


def cart_of(world: World, cart: Facts, codes: list[str]) -> Cart:
    """The cart that a shopper has; ``codes`` are those of their coupons."""
    promo = (OrderDiscount("promo_code", cart["promo"], code="PROMO"),) if cart.get("promo") else ()
    order = Order(id="cart", status="placed", discounts=promo, **_goods(world, cart))
    return Cart(order, _named(cart, codes), cart.get("asks_points"))


def _goods(world: World, facts: Facts) -> dict[str, Any]:
    lines = tuple(
        Line(
            id=str(i), product=product, quantity=quantity, amount_minor=quantity * price,
            categories=tuple(PRODUCTS[product]), weight_g=100,
            other_per_amount=Fraction(5, 6) if facts["prices"] == "gross" else Fraction(6, 5),
        )
        for i, (product, quantity, price) in enumerate(facts["lines"], start=1)
    )  # fmt: skip
    return {
        "currency": "USD" if "rate" in facts else world.currency,
        "rate": Fraction(facts["rate"]) if "rate" in facts else None,
        "prices": facts["prices"],
        "lines": lines,
        "shipping": Shipping(facts["carrier"], facts.get("shipping", 0)),
        "payment_method": facts["payment_method"],
    }


def _hold(world: World, facts: Facts) -> str:
    """The hold of that key: a version of an order names the same one for ever, also when the key is used again."""
    if "hold" not in facts:
        return ""
    version = (facts["shop"], facts["order"], facts["updated"], facts["hold"])
    return world.named.setdefault(version, world.holds.get((facts["shop"], facts["hold"]), facts["hold"]))


def numbered(listed: list[Any], number: int) -> Any:
    """The one of that number; -1 is the newest. None where there are not so many."""
    return listed[number] if -len(listed) <= number < len(listed) else None


def _named(facts: Facts, codes: list[str]) -> tuple[str, ...]:
    numbers = dict.fromkeys(facts.get("enters", ()))
    return tuple(dict.fromkeys(numbered(codes, number) or NOBODYS for number in numbers))


def _entered(world: World, facts: Facts) -> tuple[str, ...]:
    version = (facts["shop"], facts["order"], facts["updated"])
    if version not in world.entered:
        world.entered[version] = _named(facts, codes_of(world, facts["shop"], facts["customer"]))
    return world.entered[version]


def _discounts(world: World, facts: Facts) -> Iterator[OrderDiscount]:
    if facts.get("first_order"):
        yield OrderDiscount("first_order", facts["first_order"])
    if facts.get("promo"):
        yield OrderDiscount("promo_code", facts["promo"], code="PROMO")
    if "coupon" in facts:
        code = _code(world, facts)
        if code:
            yield OrderDiscount("coupon", facts["coupon_amount"], code=code)
    if facts.get("use_points"):
        yield OrderDiscount("points", facts["points_amount"], points=facts["use_points"])
    if facts.get("free_shipping"):
        yield OrderDiscount("tier", free_shipping=True)


def _code(world: World, facts: Facts) -> str:
    """The member's coupon of that number, in the order of issue; a version of an order names the same one for ever.

    A shop can only name a coupon that is there: what is due was done before it was told.
    """
    version = (facts["shop"], facts["order"], facts["updated"])
    if version not in world.codes:
        codes = codes_of(world, facts["shop"], facts["customer"])
        world.codes[version] = numbered(codes, facts["coupon"]) or ""
    return world.codes[version]


def refund_of(facts: Facts) -> Refund:
    """The message of a refund."""
    pieces = tuple(
        RefundLine(p["quantity"], p.get("line", ""), p.get("product", "")) for p in facts.get("pieces", ())
    )
    return Refund(
        facts["order"], facts["id"], pieces, facts.get("amount", 0), facts.get("full", False),
        facts.get("shipping", False),
    )  # fmt: skip
