"""Orders as shops write them: from a plain mapping to an exact value, or a refusal that says all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from palier.core.errors import CurrencyMismatch, InvalidOrder
from palier.core.messages_kinds import (
    AMOUNT,
    CURRENCY,
    EMAIL,
    INSTANT,
    PRICE,
    RATE,
    TAX_RATE,
    read_message,
    word,
)
from palier.core.messages_quick import QuickLine, quick_lines
from palier.core.money import LIMIT, exponent, is_currency, ratio_half_up, round_half_up
from palier.core.order import Delivery, Line, Order, OrderDiscount, Shipping, country_told
from palier.core.programme.kinds import whole
from palier.core.programme.reader import (
    BOOLEAN,
    Context,
    Field,
    Kind,
    Values,
    choice,
    many,
    read_fields,
    record,
)
from palier.core.programme.values import SOURCES
from palier.core.values import replace

LINES_MAX = 1000
DISCOUNTS_MAX = 100
CATEGORIES_MAX = 100
QUANTITY_MAX = 1_000_000
WEIGHT_MAX = 1_000_000_000
STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled")

Basis = Literal["gross", "net"]


def parse_order(message: Mapping[Any, object], *, currency: str) -> Order:
    """One version of an order, in the programme's ``currency`` unless it names another.

    ``lines`` is None when the message names none: then discounts and coupons that it names are not read into the
    order either, for such an update keeps them. With lines it says currency, rate and prices too, which its amounts
    were read by, and replaces discounts and coupons. Raises InvalidOrder, or CurrencyMismatch for lines in another
    currency without ``rate``.
    """
    named = message.get("currency", currency) if isinstance(message, Mapping) else currency
    own = named if isinstance(named, str) and is_currency(named) else currency
    order = read_message(InvalidOrder, lambda context: _read(context, message), currency=own)
    return in_currency(order, currency)


def in_currency(order: Order, currency: str) -> Order:
    """The order as the programme's ``currency`` counts it; refused when it is in another one without a rate."""
    if order.currency != currency and order.rate is None and order.lines is not None:
        raise CurrencyMismatch(
            f"the order is in {order.currency}, the programme counts in {currency}",
            path="rate",
            hint=f"give rate: how many {currency} one {order.currency} is",
        )
    _refuse_converted(order, currency)
    return order if order.currency != currency else _at_par(order)


def _read(context: Context, message: object) -> Order:
    values = read_fields(context, "", message, FIELDS)
    basis: Basis = values.get("prices", "gross")
    lines = values.get("lines")
    said = {_ATTRIBUTES.get(key, key) for key in values} & _OPTIONAL
    if lines is None:
        said -= {"discounts", "coupons"}
    else:
        said |= {"currency", "rate", "prices", "discounts", "coupons"}
    order = Order(
        id=values["id"],
        status=values["status"],
        currency=values.get("currency", context.currency),
        customer=values.get("member"),
        email=values.get("email", ""),
        updated=values.get("updated"),
        placed_at=values.get("placed_at"),
        paid_at=values.get("paid_at"),
        rate=values.get("rate"),
        prices=basis,
        lines=None if lines is None else read_lines(context, lines, basis),
        shipping=read_shipping(values.get("shipping", {}), basis),
        discounts=() if lines is None else tuple(values.get("discounts", ())),
        coupons=() if lines is None else tuple(dict.fromkeys(values.get("coupons", ()))),
        payment_method=values.get("payment_method", ""),
        delivery=values.get("delivery", Delivery()),
        said=frozenset(said),
        use_quote=values.get("use_quote", False),
        use_points=values.get("use_points"),
        hold=values.get("hold", ""),
    )
    _check_discounts(context, order)
    return order


def _read_lines(context: Context, path: str, value: object) -> tuple[Values | QuickLine, ...]:
    quick = quick_lines(value, context.exponent)
    if quick is None:
        return _STRICT_LINES.read(context, path, value)
    context.nodes += quick.nodes
    return quick


def read_lines(context: Context, lines: tuple[Values | QuickLine, ...], basis: Basis) -> tuple[Line, ...]:
    """The lines of an order or a cart, their ids given or their positions."""
    if len(lines) > LINES_MAX:
        context.fail("lines", f"an order has at most {LINES_MAX} lines; found {len(lines)}")
    seen: dict[str, int] = {}
    read = []
    for index, values in enumerate(lines):
        line = _line(context, f"lines[{index}]", values, basis, index + 1)
        if line.id in seen:
            reason = f"the id {line.id!r} is that of lines[{seen[line.id]}] already (without one it is the position)"
            context.note(f"lines[{index}].id", reason)
        seen[line.id] = index
        read.append(line)
    if sum(line.amount_minor for line in read) > LIMIT:
        context.fail("lines", "together the lines are worth too much; the limit is 10^12 minor units")
    return tuple(read)


def _line(context: Context, path: str, values: Values | QuickLine, basis: Basis, position: int) -> Line:
    if isinstance(values, QuickLine):
        return Line(
            values.id or str(position), values.product, values.quantity, values.amount_minor, values.categories,
            _other_per_amount(values.tax_rate, basis), values.weight_g, values.on_sale,
        )  # fmt: skip
    quantity = values.get("quantity", 1)
    amount, other = _amount(context, path, values, basis, quantity)
    if len(values.get("categories", ())) > CATEGORIES_MAX:
        context.note(f"{path}.categories", f"a line has at most {CATEGORIES_MAX} categories")
    return Line(
        id=values.get("id", str(position)),
        product=values["product"],
        quantity=quantity,
        amount_minor=amount,
        categories=tuple(dict.fromkeys(values.get("categories", ()))),
        other_per_amount=other,
        weight_g=values.get("weight", 0),
        on_sale=values.get("on_sale", False),
    )


def _amount(context: Context, path: str, values: Values, basis: Basis, quantity: int) -> tuple[int, Fraction]:
    """The line in the order's basis, and the factor to the other one; totals win over price × quantity."""
    other = _other_per_amount(values.get("tax_rate"), basis)
    gross, net = values.get("total"), values.get("total_net")
    if gross is not None and net is not None and gross < net:
        context.fail(f"{path}.total", "with tax a line cannot cost less than without (total_net)")
    own, opposite = (gross, net) if basis == "gross" else (net, gross)
    if own is None and opposite is not None:
        own = round_half_up(Fraction(opposite) / other)
    if own is None:
        if "price" not in values:
            context.fail(f"{path}.price", "this key is required (or total, or total_net)")
        assert context.exponent is not None
        price: Decimal = values["price"]
        numerator, denominator = price.as_integer_ratio()
        own = ratio_half_up(numerator * quantity * 10**context.exponent, denominator)
    if own > LIMIT:
        context.fail(path, "this line is worth too much; the limit is 10^12 minor units")
    if own and opposite is not None:
        other = Fraction(opposite, own)
    return own, other


def read_shipping(values: Values, basis: Basis) -> Shipping:
    """The delivery of an order or a cart."""
    other = _other_per_amount(values.get("tax_rate"), basis)
    return Shipping(values.get("carrier", ""), values.get("amount", 0), other)


@lru_cache(1024)
def _other_per_amount(tax_rate: Fraction | None, basis: Basis) -> Fraction:
    """The factor to the other basis: net ÷ gross when amounts are gross, gross ÷ net when they are net."""
    per_net = 1 + (tax_rate or Fraction(0))
    return 1 / per_net if basis == "gross" else per_net


def _discount(context: Context, path: str, values: Values) -> OrderDiscount:
    shares = values.get("lines")
    amount = values.get("amount", sum(shares or ()))
    if shares is not None and sum(shares) != amount:
        context.fail(f"{path}.lines", "the amounts of the lines must add up to the amount of the discount")
    if values.get("points") and values["source"] != "points":
        context.fail(f"{path}.points", "only a discount with source: points uses points")
    return OrderDiscount(
        source=values["source"],
        amount_minor=amount,
        code=values.get("code", ""),
        id=values.get("id", ""),
        points=values.get("points", 0),
        lines_minor=shares,
        free_shipping=values.get("free_shipping", False),
    )


def _check_discounts(context: Context, order: Order) -> None:
    if order.use_quote and order.hold:
        context.note("use_quote", "a hold has its quoted discounts already; give one of the two")
    if order.use_points is not None and not order.use_quote:
        context.note("use_points", "points are asked for with use_quote: true")
    if len(order.discounts) > DISCOUNTS_MAX:
        context.fail("discounts", f"an order has at most {DISCOUNTS_MAX} discounts")
    for index, discount in enumerate(order.discounts):
        shares, lines = discount.lines_minor, order.lines or ()
        if shares is not None and len(shares) != len(lines):
            reason = f"one amount for each of the {len(lines)} lines; found {len(shares)}"
            context.note(f"discounts[{index}].lines", reason)


def _refuse_converted(order: Order, currency: str) -> None:
    """No bound would hold if a rate could lift amounts over it."""
    if order.rate is None:
        return
    worth = sum(line.amount_minor for line in order.lines or ()) + order.shipping.amount_minor
    shift = Fraction(10) ** (exponent(currency) - exponent(order.currency))
    if worth * order.rate * shift > LIMIT:
        raise InvalidOrder(
            "converted, the order is worth too much; the limit is 10^12 minor units", path="rate"
        )


def _at_par(order: Order) -> Order:
    if order.rate not in (None, 1):
        raise InvalidOrder(
            f"an order in {order.currency}, the programme's own currency, has no other rate than 1",
            path="rate",
        )
    return order if order.rate is None else replace(order, rate=None)


_OPTIONAL = frozenset(
    {
        "customer", "email", "updated", "placed_at", "paid_at", "currency", "rate", "prices", "shipping",
        "discounts", "coupons", "payment_method", "delivery",
    }
)  # fmt: skip
_ATTRIBUTES = {"member": "customer"}

_NAME = word()
_LINE = record(
    {
        "id": Field(word(most=100), "The line's own id; default: its position, from 1"),
        "product": Field(_NAME, "The product's id", required=True),
        "categories": Field(many(_NAME), "The product's categories"),
        "quantity": Field(whole(least=1, most=QUANTITY_MAX), "Pieces; default 1"),
        "price": Field(PRICE, "Of one piece, in the order's basis"),
        "total": Field(AMOUNT, "The whole line with tax; wins over price"),
        "total_net": Field(AMOUNT, "The whole line without tax; wins over price"),
        "tax_rate": Field(TAX_RATE, "In percent; default 0"),
        "weight": Field(whole(most=WEIGHT_MAX), "Of one piece, in grams"),
        "on_sale": Field(BOOLEAN, "Whether the product is on sale"),
    },
    lambda context, path, values: values,
)
_STRICT_LINES = many(_LINE, least=1)
_SHIPPING = record(
    {
        "carrier": Field(word(most=100, least=0), "The carrier's id"),
        "amount": Field(AMOUNT, "In the order's basis"),
        "tax_rate": Field(TAX_RATE, "In percent; default 0"),
    },
    lambda context, path, values: values,
)
_DISCOUNT = record(
    {
        "source": Field(choice(*SOURCES, "tier"), "Where it comes from", required=True),
        "code": Field(word(least=0), "The code that was entered"),
        "id": Field(word(least=0), "What gave it: the id of a coupon, a segment …"),
        "amount": Field(AMOUNT, "In the order's basis"),
        "points": Field(whole(), "How many points it used"),
        "lines": Field(many(AMOUNT), "The amount of each line, in their order"),
        "free_shipping": Field(BOOLEAN, "It pays the delivery and reduces no goods"),
    },
    _discount,
)
_DELIVERY = record(
    {
        "city": Field(word(least=0), "The city's name"),
        "country": Field(word(most=2, least=0), "Two letters of ISO 3166"),
    },
    lambda context, path, values: Delivery(values.get("city", ""), country_told(values.get("country", ""))),
)
FIELDS = {
    "id": Field(_NAME, "The shop's id of the order", required=True),
    "member": Field(_NAME, "The shop's id of the customer; absent: a guest"),
    "email": Field(EMAIL, "The address given with the order"),
    "status": Field(choice(*STATUSES), "The order's state", required=True),
    "updated": Field(INSTANT, "The shop's time of this version"),
    "placed_at": Field(INSTANT, "When it was placed"),
    "paid_at": Field(INSTANT, "When it was paid"),
    "currency": Field(CURRENCY, "Of all amounts; default: the programme's"),
    "rate": Field(RATE, "How much of the programme's currency one unit is"),
    "prices": Field(choice("gross", "net"), "Whether prices include tax; default gross"),
    "lines": Field(
        Kind(_read_lines, _STRICT_LINES.schema), "What was bought; absent in an update of the state alone"
    ),
    "shipping": Field(_SHIPPING, "The delivery"),
    "discounts": Field(many(_DISCOUNT), "In the order of their application"),
    "coupons": Field(many(_NAME), "Codes that the member entered"),
    "use_quote": Field(BOOLEAN, "Place it with the discounts that Palier quotes for it"),
    "use_points": Field(whole(), "With use_quote: how many points the member asks to use"),
    "hold": Field(word(most=36), "The id of a hold: its points, coupons and discounts are taken over"),
    "payment_method": Field(word(most=100, least=0), "As the shop calls it"),
    "delivery": Field(_DELIVERY, "Where it goes"),
}
"""The keys of an order, as the schema and the documentation list them."""
