"""Reading ``spend``, ``points`` and ``earning``."""

from __future__ import annotations

from typing import Any

from palier.core.period import Duration
from palier.core.programme.kinds import (
    MULTIPLIER,
    TEXT,
    duration,
    money,
    names,
    new_id,
    read_id,
    reference,
    whole,
)
from palier.core.programme.parse_parts import CURRENCY_BESIDE, DURING, ENABLED, LINES, bounds, line_filter
from palier.core.programme.reader import (
    BOOLEAN,
    Context,
    Field,
    Kind,
    Values,
    brief,
    choice,
    many,
    meant,
    record,
    shown,
)
from palier.core.programme.values import (
    SOURCES,
    Award,
    Cap,
    Conditions,
    EarningRule,
    Points,
    PointsValue,
    Settle,
    Spend,
)

SPEND: Kind[Spend] = record(
    {
        "tax": Field(
            choice("included", "excluded", "as_displayed"),
            "With tax (default), without, or net for members whom the shop shows net prices",
        ),
        "shipping": Field(choice("excluded", "included"), "Whether delivery counts; default excluded"),
        "exclude": Field(
            line_filter(on_sale=False), "Goods that count for nothing: no points, spend or threshold"
        ),
    },
    lambda context, path, values: Spend(**values),
    about="The amount that counts, for tiers, points and thresholds alike",
)

_SETTLE: Kind[Settle] = record(
    {
        "on": Field(
            choice("paid", "shipped", "delivered"), "The state that the order must reach; default paid"
        ),
        "after": Field(duration(zero=True), "How long after that points become available; default at once"),
    },
    lambda context, path, values: Settle(**values),
)

_VALUE: Kind[PointsValue] = record(
    {
        "points": Field(whole(least=1), "So many points", required=True),
        "amount": Field(money(), "are worth this amount", required=True),
        "currency": CURRENCY_BESIDE,
    },
    lambda context, path, values: PointsValue(values["points"], values["amount"]),
    shorthand=lambda value: "{points: 10, amount: 1}",
)


def _build_points(context: Context, path: str, values: Values) -> Points:
    return Points(**values)


POINTS: Kind[Points] = record(
    {
        "name": Field(TEXT, "What a point is called"),
        "rounding": Field(choice("down", "nearest", "up"), "Once per rule and order; default down"),
        "valid_for": Field(duration(), "How long points live; absent: for ever"),
        "expiry": Field(choice("sliding", "fixed", "year_end"), "Which date ends them; default sliding"),
        "remind": Field(many(duration()), "How long before expiry reminders go out"),
        "settle": Field(_SETTLE, "When points of an order become available"),
        "earn_with": Field(names(choice(*SOURCES), single=False), "Discounts that do not prevent earning"),
        "earn_on_first_order": Field(BOOLEAN, "Whether the first order earns; default true"),
        "value": Field(_VALUE, "What points are worth, for display and for the liability"),
    },
    _build_points,
    about="What points are, how long they live and what they are worth",
)

_ORDER_CONDITIONS: dict[str, Field] = {
    "total": Field(
        bounds(money(), "the programme's currency", priced=True), "Goods that count, before any discount"
    ),
    "quantity": Field(bounds(whole(), "pieces"), "Pieces that count"),
    "weight": Field(bounds(whole(), "grams"), "Weight of the goods that count"),
    "order_number": Field(
        bounds(whole(least=0), "orders"), "Which valid order of the member this is, from 1"
    ),
    "payment_method": Field(names(least=1), "One of these"),
    "carrier": Field(names(least=1), "One of these"),
}
_MEMBER_CONDITIONS: dict[str, Field] = {
    "tier": Field(names(reference("tier"), least=1), "The member is in one of these tiers"),
    "segment": Field(names(reference("segment"), least=1), "The member is in one of these segments"),
    "during": Field(DURING, "Only in this time"),
}

CONDITIONS: Kind[Conditions] = record(
    _ORDER_CONDITIONS | _MEMBER_CONDITIONS, lambda context, path, values: Conditions(**values)
)


def _build_award(context: Context, path: str, values: Values) -> Award:
    per_item = values.get("per_item", False)
    if per_item and "per" in values:
        context.fail(path, "per and per_item contradict each other; keep one of them")
    if "steps" in values and "per" not in values:
        context.fail(f"{path}.steps", "steps are those of per; there is no per here")
    return Award(
        values["points"], per_minor=values.get("per"), whole_steps="steps" in values, per_item=per_item
    )


_AWARD: Kind[Award] = record(
    {
        "points": Field(whole(least=1), "How many points", required=True),
        "per": Field(money(least=1), "For each such amount of what counts, in proportion; absent: once"),
        "steps": Field(choice("whole"), "whole: only whole amounts of per count"),
        "per_item": Field(BOOLEAN, "For each piece that counts"),
        "currency": CURRENCY_BESIDE,
    },
    _build_award,
    shorthand=lambda value: f"{{points: {value}}}" if type(value) is int and 0 < value < 10**12 else "",
)


def _read_every(context: Context, path: str, value: object) -> Any:
    if value in ("order", "ever"):
        return value
    guess = meant(value, {"order": 0, "ever": 0}) if isinstance(value, str) else ""
    guess = guess or {"day": "P1D", "week": "P1W", "month": "P1M", "year": "P1Y"}.get(brief(value, 9), "")
    if not isinstance(value, str) or not value.startswith("P"):
        context.fail(path, f"expected order, ever or a duration such as P1D; found {shown(value)}", guess)
    span: Duration = duration().read(context, path, value)
    return span


_CAP: Kind[Cap] = record(
    {
        "points": Field(whole(), "The most points", required=True),
        "every": Field(
            Kind(_read_every, {"anyOf": [{"enum": ["order", "ever"]}, dict(duration().schema)]}),
            "In which time: order, ever, or a duration (P1D is the calendar day)",
            required=True,
        ),
    },
    lambda context, path, values: Cap(values["points"], values["every"]),
)


def _build_rule(context: Context, path: str, values: Values) -> EarningRule:
    given = [key for key in ("award", "multiply", "cap") if key in values]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        context.fail(path, f"a rule has exactly one of award, multiply and cap; found {found}")
    rule = EarningRule(**values)
    if rule.on is None:
        if rule.once:
            context.fail(
                f"{path}.once", "once is for events; for the first order use when: {order_number: {to: 1}}"
            )
        if rule.cap is not None and rule.lines is not None:
            context.fail(f"{path}.lines", "a cap limits all that a member earns; it has no lines")
        return rule
    _refuse_order_keys(context, path, rule)
    return rule


def _refuse_order_keys(context: Context, path: str, rule: EarningRule) -> None:
    why = f"the event {rule.on!r} has no order to look at"
    before = len(context.problems)
    if rule.award is None:
        context.note(path, "a rule with on gives an award; multiply and cap are for orders")
    if rule.lines is not None:
        context.note(f"{path}.lines", why)
    for key in _ORDER_CONDITIONS:
        if getattr(rule.when, key) is not None:
            context.note(f"{path}.when.{key}", why)
    if rule.award is not None and rule.award.per_minor is not None:
        context.note(f"{path}.award.per", why, "{points: …}")
    if rule.award is not None and rule.award.per_item:
        context.note(f"{path}.award.per_item", why, "{points: …}")
    if len(context.problems) > before:
        context.fail_noted()


RULE: Kind[EarningRule] = record(
    {
        "id": Field(new_id("earning rule"), "Its name in movements and explanations", required=True),
        "enabled": ENABLED,
        "on": Field(Kind(read_id, {"type": "string"}), "An event: visit, sign_up, newsletter, birthday, …"),
        "once": Field(BOOLEAN, "Only the first such event of a member"),
        "lines": Field(LINES, "Only these lines count, in when too"),
        "when": Field(CONDITIONS, "All of this must hold"),
        "award": Field(_AWARD, "Points given"),
        "multiply": Field(MULTIPLIER, "Multiplies what awards give; the highest that matches applies"),
        "cap": Field(_CAP, "The most points that a member can earn in a time"),
    },
    _build_rule,
    about="One rule; all that match add up",
)

EARNING: Kind[tuple[EarningRule, ...]] = many(RULE, about="What earns points")
