"""Carts as shops send them to be priced, and wishes to turn points into a voucher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from palier.core.cart_quick import quick_cart
from palier.core.errors import CannotRedeem, InvalidCart
from palier.core.messages_kinds import AMOUNT, read_message, word
from palier.core.messages_order import DISCOUNTS_MAX, FIELDS, Basis, in_currency, read_lines, read_shipping
from palier.core.money import exponent, is_currency
from palier.core.order import Delivery, Order, OrderDiscount
from palier.core.programme.kinds import whole
from palier.core.programme.reader import Context, Field, many, read_fields, record
from palier.core.quote_values import Cart

CART = "cart"
"""The id of the order that a cart is, before it has one."""


class CartMessage(Struct, frozen=True):
    """A cart, whose it is (None: a guest's), and the hold that it had so far (empty: none)."""

    customer: str | None
    cart: Cart
    hold: str = ""


@dataclass(frozen=True, slots=True)
class VoucherWish:
    """So many points that a member wants to turn into a coupon. ``id`` makes it count once."""

    customer: str
    points: int
    id: str = ""


def parse_cart(message: Mapping[Any, object], *, currency: str) -> CartMessage:
    """A cart in the programme's ``currency`` unless it names another. Raises InvalidCart or CurrencyMismatch."""
    quick = (
        quick_cart(message, currency=currency, exponent=exponent(currency), id=CART)
        if is_currency(currency)
        else None
    )
    if quick is not None:
        return CartMessage(*quick)
    named = message.get("currency", currency) if isinstance(message, Mapping) else currency
    own = named if isinstance(named, str) and is_currency(named) else currency
    read = read_message(InvalidCart, lambda context: _read(context, message), currency=own)
    order = in_currency(read.cart.order, currency)
    return CartMessage(read.customer, Cart(order, read.cart.coupons, read.cart.use_points), read.hold)


def parse_voucher(message: Mapping[Any, object]) -> VoucherWish:
    """A wish to turn points into a voucher. Raises CannotRedeem."""

    def read(context: Context) -> VoucherWish:
        values = read_fields(context, "", message, VOUCHER_FIELDS)
        return VoucherWish(values["member"], values["points"], values.get("id", ""))

    return read_message(CannotRedeem, read)


def _read(context: Context, message: object) -> CartMessage:
    values = read_fields(context, "", message, CART_FIELDS)
    basis: Basis = values.get("prices", "gross")
    codes = values.get("promo_codes", ())
    if len(codes) > DISCOUNTS_MAX:
        context.note("promo_codes", f"a cart has at most {DISCOUNTS_MAX} promo codes")
    order = Order(
        id=CART, status="placed", currency=values.get("currency", context.currency), customer=values.get("member"),
        rate=values.get("rate"), prices=basis, lines=read_lines(context, values["lines"], basis),
        shipping=read_shipping(values.get("shipping", {}), basis), discounts=tuple(codes),
        payment_method=values.get("payment_method", ""), delivery=values.get("delivery", Delivery()),
    )  # fmt: skip
    cart = Cart(order, tuple(dict.fromkeys(values.get("coupons", ()))), values.get("use_points"))
    return CartMessage(order.customer, cart, values.get("hold", ""))


_CODE = record(
    {
        "code": Field(word(least=0), "The code that was entered"),
        "amount": Field(AMOUNT, "What it takes off the goods, in the cart's basis", required=True),
    },
    lambda context, path, values: OrderDiscount("promo_code", values["amount"], values.get("code", "")),
)
CART_FIELDS = {
    **{
        key: FIELDS[key]
        for key in (
            "member",
            "currency",
            "rate",
            "prices",
            "shipping",
            "coupons",
            "payment_method",
            "delivery",
        )
    },
    "lines": Field(FIELDS["lines"].kind, "What lies in the cart", required=True),
    "promo_codes": Field(many(_CODE), "The shop's own codes, with what they take off"),
    "use_points": Field(whole(), "How many points the member asks to use"),
    "hold": Field(word(most=36), "The hold that this cart had so far: it is priced as if that were released"),
}
"""The keys of a cart, as the documentation lists them."""
VOUCHER_FIELDS = {
    "member": FIELDS["id"],
    "points": Field(whole(least=1), "How many", required=True),
    "id": Field(word(), "The wish's own id: the same again is a repeat"),
}
