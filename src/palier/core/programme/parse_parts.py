"""Parts that sections share: bounds, periods, line filters, discounts, gifts, shipping and brackets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from palier.core.programme.kinds import (
    NAME,
    PERCENT,
    duration,
    edge,
    money,
    names,
    whole,
)
from palier.core.programme.reader import BOOLEAN, Context, Field, Kind, Values, choice, record, shown, wrapped
from palier.core.programme.values import (
    Bounds,
    Bracket,
    CouponTerms,
    Discount,
    FreeShipping,
    Gift,
    Interval,
    LineFilter,
)


def _read_same_currency(context: Context, path: str, value: object) -> str:
    if value != context.currency:
        reason = f"awards and thresholds are in the programme's currency; found {shown(value)}"
        context.fail(path, reason, context.currency)
    return context.currency


CURRENCY_BESIDE = Field(
    Kind(_read_same_currency, {"type": "string"}), "The programme's currency; no other is allowed"
)
ENABLED = Field(BOOLEAN, "false switches this off and keeps it; default true")


def bound_fields(kind: Kind[int], unit: str) -> dict[str, Field]:
    """``from``, ``over``, ``to`` and ``under`` of a measure in ``unit``."""
    return {
        "from": Field(kind, f"At least, in {unit}"),
        "over": Field(kind, f"Strictly more than, in {unit}"),
        "to": Field(kind, f"At most, in {unit}"),
        "under": Field(kind, f"Strictly less than, in {unit}"),
    }


def build_bounds(context: Context, path: str, values: Mapping[str, int]) -> Bounds:
    """Inclusive bounds; two lower ones, two upper ones, or an empty range are contradictions."""
    for one, other in (("from", "over"), ("to", "under")):
        if one in values and other in values:
            context.fail(path, f"{one} and {other} contradict each other; keep one of them")
    lower = values["over"] + 1 if "over" in values else values.get("from")
    upper = values["under"] - 1 if "under" in values else values.get("to")
    if lower is not None and upper is not None and lower > upper:
        context.fail(path, "nothing can lie within these bounds: the lower one is above the upper one")
    if upper is not None and upper < 0:
        context.fail(path, "nothing can lie within these bounds: nothing is less than 0")
    return Bounds(lower, upper)


def bounds(kind: Kind[int], unit: str, *, number: bool = False, priced: bool = False) -> Kind[Bounds]:
    """A map of bounds that is not empty; a bare number means exactly that much only where ``number``."""
    fields = bound_fields(kind, unit) | ({"currency": CURRENCY_BESIDE} if priced else {})

    def build(context: Context, path: str, values: Values) -> Bounds:
        given = {key: item for key, item in values.items() if key != "currency"}
        if not given:
            context.fail(path, "no bound is given", "{from: …}")
        return build_bounds(context, path, given)

    def shorthand(value: object) -> str:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return wrapped(value, "{from: %s, to: %s} for exactly that, or {from: %s}") if is_number else ""

    table = record(fields, build, shorthand=shorthand)
    if not number:
        return table

    def read(context: Context, path: str, value: object) -> Bounds:
        if isinstance(value, Mapping):
            return table.read(context, path, value)
        exact = kind.read(context, path, value)
        return Bounds(exact, exact)

    return Kind(read, {"anyOf": [dict(kind.schema), dict(table.schema)]})


PERIOD_FIELDS = {
    "from": Field(edge(shift="start"), "From this day or instant on, in the programme's time zone"),
    "over": Field(edge(shift="after"), "Only after this day or instant"),
    "to": Field(edge(shift="after"), "Until then: a day counts whole, an instant counts itself"),
    "under": Field(edge(shift="start"), "Strictly before this day or instant"),
}


def build_interval(context: Context, path: str, values: Mapping[str, datetime]) -> Interval:
    """The half-open interval of ``from``/``over`` and ``to``/``under``; an empty one is a contradiction."""
    for one, other in (("from", "over"), ("to", "under")):
        if one in values and other in values:
            context.fail(path, f"{one} and {other} contradict each other; keep one of them")
    start = values.get("from") or values.get("over")
    end = values.get("to") or values.get("under")
    if start is None and end is None:
        context.fail(path, "no time is given", "{from: 2026-12-05, to: 2026-12-07}")
    if start is not None and end is not None and start >= end:
        context.fail(path, "this time is empty: it ends before it begins")
    return Interval(start, end)


DURING: Kind[Interval] = record(PERIOD_FIELDS, build_interval)


def line_filter(*, on_sale: bool = True, least: bool = False) -> Kind[LineFilter | None]:
    """Products, categories and ``on_sale``; None when nothing is asked for, refused when ``least``."""
    fields = {
        "products": Field(names(), "One of these products"),
        "categories": Field(names(), "One of these categories"),
    }
    if on_sale:
        fields["on_sale"] = Field(BOOLEAN, "true: only goods on sale; false: only others")

    def build(context: Context, path: str, values: Values) -> LineFilter | None:
        found = LineFilter(
            products=values.get("products", frozenset()),
            categories=values.get("categories", frozenset()),
            on_sale=values.get("on_sale"),
        )
        if found != LineFilter():
            return found
        if least:
            context.fail(path, "name at least one product or category")
        return None

    return record(
        fields, build, shorthand=lambda value: "{products: […]}" if isinstance(value, str | list) else ""
    )


LINES = line_filter()


def _read_free_shipping(context: Context, path: str, value: object) -> FreeShipping:
    if value == "all":
        return "all"
    if isinstance(value, list | tuple):
        return names(single=False).read(context, path, value) or None
    suggestion = "all" if value is True else wrapped(value, "[%s]") if isinstance(value, str) else ""
    reason = "leave the key out for no free shipping" if value is False else f"found {shown(value)}"
    context.fail(path, f"expected all or a list of carriers; {reason}", suggestion)


FREE_SHIPPING: Kind[FreeShipping] = Kind(
    _read_free_shipping, {"anyOf": [{"const": "all"}, {"type": "array", "items": dict(NAME.schema)}]}
)

GIFT: Kind[Gift] = record(
    {
        "product": Field(NAME, "The product given", required=True),
        "quantity": Field(whole(least=1, most=10_000), "How many; default 1"),
    },
    lambda context, path, values: Gift(values["product"], values.get("quantity", 1)),
    shorthand=lambda value: wrapped(value, "{product: %s}") if isinstance(value, str | int) else "",
)


def discount(*, for_points: bool = False) -> Kind[Discount]:
    """``{percent}`` or ``{amount}``, or ``{points, amount}`` if ``for_points``; with ``max``, ``lines``."""
    fields = {
        "percent": Field(PERCENT, "Percentage of the goods, 0 to 100, at most 2 decimals"),
        "amount": Field(money(least=1), "Amount off, in the programme's currency"),
        "max": Field(money(least=1), "Never more than this"),
        "lines": Field(LINES, "Only these goods are measured and reduced"),
        "currency": CURRENCY_BESIDE,
    }
    if for_points:
        fields["points"] = Field(whole(least=1), "For so many points each time (whole steps only)")

    def build(context: Context, path: str, values: Values) -> Discount:
        if ("percent" in values) == ("amount" in values):
            context.fail(
                path, "a discount has exactly one of percent and amount", "{percent: 10} or {amount: 5}"
            )
        if "points" in values and "percent" in values:
            context.fail(path, "points buy an amount, not a percentage", "{points: 10, amount: 1}")
        return Discount(
            percent_bp=values.get("percent"),
            amount_minor=values.get("amount"),
            points=values.get("points"),
            max_minor=values.get("max"),
            lines=values.get("lines"),
        )

    elsewhere = (
        {} if for_points else {"points": "only points can buy by steps: this belongs to redemption.brackets"}
    )
    return record(fields, build, elsewhere=elsewhere, shorthand=_discount_shorthand)


def _discount_shorthand(value: object) -> str:
    if isinstance(value, str) and value.rstrip().endswith("%"):
        return wrapped(value.rstrip("% "), "{percent: %s}")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**6:
        return ""
    return f"{{percent: {value}}} or {{amount: {value}}}" if value <= 100 else f"{{amount: {value}}}"


DISCOUNT = discount()


def bracket(of: Literal["points", "cart"]) -> Kind[Bracket]:
    """A benefit from so many points, or from so much in the cart."""
    points = of == "points"
    unit = "points available" if points else "the goods in the cart before any discount"
    fields = bound_fields(whole() if points else money(), unit) | {
        "discount": Field(discount(for_points=points), "What it takes off"),
        "free_shipping": Field(FREE_SHIPPING, "all, or the carriers that become free"),
        "gift": Field(GIFT, "A product given for nothing"),
        "enabled": ENABLED,
    }
    if points:
        fields["cost"] = Field(
            whole(), "Points that it takes; default its from, or the steps used when computed"
        )
    else:
        fields["currency"] = CURRENCY_BESIDE

    def build(context: Context, path: str, values: Values) -> Bracket:
        limits: dict[str, int] = {
            key: values[key] for key in ("from", "over", "to", "under") if key in values
        }
        if not {"from", "over"} & limits.keys():
            context.fail(
                path, "a bracket needs a lower bound: from (at least) or over (more than)", "from: 0"
            )
        computed = values.get("discount")
        if "cost" in values and computed is not None and computed.points is not None:
            context.fail(f"{path}.cost", "a computed discount costs the steps it uses; leave cost out")
        return Bracket(
            bounds=build_bounds(context, path, limits),
            strict="over" in values,
            cost=values.get("cost"),
            discount=computed,
            free_shipping=values.get("free_shipping"),
            gift=values.get("gift"),
            enabled=values.get("enabled", True),
        )

    elsewhere = {} if points else {"cost": "only brackets of points (redemption) cost something"}
    return record(fields, build, elsewhere=elsewhere)


CART_BRACKET = bracket("cart")
POINTS_BRACKET = bracket("points")


def refuse_equal_brackets(context: Context, path: str, brackets: tuple[Bracket, ...]) -> None:
    """Note every enabled bracket that begins where another one does."""
    seen: dict[int | None, int] = {}
    for index, each in enumerate(brackets):
        if not each.enabled:
            continue
        if each.bounds.at_least in seen:
            first = seen[each.bounds.at_least]
            context.note(
                f"{path}[{index}]", f"begins where {path}[{first}] begins; only one of them can hold"
            )
        else:
            seen[each.bounds.at_least] = index


COUPON_FIELDS: dict[str, Field] = {
    "discount": Field(DISCOUNT, "What it takes off"),
    "min_total": Field(money(), "Goods in the cart, before any discount, from which it can be used"),
    "valid_for": Field(duration(), "How long; good through the whole of its last day; default without end"),
    "remainder": Field(
        choice("lost", "kept"), "What is left of an amount: lost (default), or kept on the same code"
    ),
    "free_shipping": Field(FREE_SHIPPING, "all, or the carriers that become free"),
    "gift": Field(GIFT, "A product given for nothing"),
    "currency": CURRENCY_BESIDE,
}


def _build_coupon(context: Context, path: str, values: Values) -> CouponTerms:
    if not {"discount", "free_shipping", "gift"} & values.keys():
        context.fail(path, "a coupon gives something: discount, free_shipping or gift")
    reduction: Any = values.get("discount")
    kept = values.get("remainder") == "kept"
    if kept and (reduction is None or reduction.amount_minor is None):
        context.fail(f"{path}.remainder", "only of an amount can something be left", "lost")
    return CouponTerms(
        discount=reduction,
        min_total_minor=values.get("min_total"),
        valid_for=values.get("valid_for"),
        remainder_kept=kept,
        free_shipping=values.get("free_shipping"),
        gift=values.get("gift"),
    )


COUPON: Kind[CouponTerms] = record(COUPON_FIELDS, _build_coupon)
