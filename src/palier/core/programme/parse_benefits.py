"""Reading ``redemption``, ``rewards``, ``tiers`` and ``first_order``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from palier.core.money import LIMIT
from palier.core.period import Duration
from palier.core.programme.kinds import (
    MULTIPLIER,
    NAME,
    PERCENT,
    STRING,
    TEXT,
    by_language,
    duration,
    money,
    new_id,
    read_id,
    whole,
)
from palier.core.programme.parse_parts import (
    CART_BRACKET,
    COUPON,
    CURRENCY_BESIDE,
    DISCOUNT,
    ENABLED,
    FREE_SHIPPING,
    GIFT,
    PERIOD_FIELDS,
    POINTS_BRACKET,
    build_interval,
    refuse_equal_brackets,
)
from palier.core.programme.reader import (
    BOOLEAN,
    Broken,
    Context,
    Field,
    Kind,
    Reference,
    Values,
    brief,
    choice,
    key_path,
    many,
    record,
    shown,
)
from palier.core.programme.values import Bracket, CouponTerms, Redemption, Reward, Season, Tier, Tiers


def _build_redemption(context: Context, path: str, values: Values) -> Redemption:
    brackets: tuple[Bracket, ...] = values["brackets"]
    consume = values.get("consume", "used")
    refuse_equal_brackets(context, f"{path}.brackets", brackets)
    for index, each in enumerate(brackets):
        computed = each.discount is not None and each.discount.points is not None
        if each.strict and each.cost is None and not computed and consume == "used":
            lower = (each.bounds.at_least or 1) - 1
            context.note(
                f"{path}.brackets[{index}]",
                "after over it is open what this bracket costs; state its cost in points",
                f"cost: {lower}",
            )
    return Redemption(
        brackets=brackets,
        consume=consume,
        from_order=values.get("from_order", 1),
        min_total_minor=values.get("min_total"),
        max_percent_bp=values.get("max_percent"),
        apply=values.get("apply", "automatic"),
    )


REDEMPTION: Kind[Redemption] = record(
    {
        "brackets": Field(
            many(POINTS_BRACKET), "The highest one that the available points reach applies", required=True
        ),
        "consume": Field(choice("used", "all", "none"), "Points taken: those used (default), all, or none"),
        "from_order": Field(whole(least=1), "Usable from the member's Nth order on; default 1"),
        "min_total": Field(money(), "Goods in the cart, before any discount"),
        "max_percent": Field(PERCENT, "At most this share of the goods"),
        "apply": Field(choice("automatic", "on_request"), "By itself (default), or when the member asks"),
        "currency": CURRENCY_BESIDE,
    },
    _build_redemption,
    about="What points buy",
)


def _build_reward(context: Context, path: str, values: Values) -> Reward:
    coupon: CouponTerms | None = values.get("coupon")
    gift = values.get("gift")
    if coupon is None and gift is None:
        context.fail(path, "a reward gives a coupon or a gift", "coupon: {discount: {percent: 10}}")
    if coupon is not None and gift is not None:
        if coupon.gift is not None:
            context.fail(f"{path}.gift", "the coupon already gives a gift; keep one of them")
        coupon = CouponTerms(
            coupon.discount,
            coupon.min_total_minor,
            coupon.valid_for,
            coupon.remainder_kept,
            coupon.free_shipping,
            gift,
        )
    return Reward(
        id=values["id"],
        at=values["at"],
        coupon=coupon or CouponTerms(gift=gift),
        enabled=values.get("enabled", True),
        name=values.get("name"),
    )


REWARDS: Kind[tuple[Reward, ...]] = many(
    record(
        {
            "id": Field(new_id("reward"), "Its name in movements and explanations", required=True),
            "at": Field(whole(least=1), "Each time so many points are available", required=True),
            "coupon": Field(COUPON, "The personal, single-use coupon it gives"),
            "gift": Field(GIFT, "A product given for nothing, with the coupon"),
            "name": Field(TEXT, "What members call it"),
            "enabled": ENABLED,
        },
        _build_reward,
    ),
    about="A coupon each time so many points are available; the points are spent on it",
)


def _read_threshold(context: Context, path: str, value: object) -> int:
    return (money() if context.metric == "spend" else whole()).read(context, path, value)


_THRESHOLD: Kind[int] = Kind(_read_threshold, {**money().schema, "maximum": LIMIT})


def _read_perks(context: Context, path: str, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    def one(where: str, item: object) -> tuple[str, ...]:
        return many(STRING, least=1).read(context, where, [item] if isinstance(item, str) else item)

    if not isinstance(value, Mapping):
        return (("", one(path, value)),)
    found: list[tuple[str, tuple[str, ...]]] = []
    items = by_language(context, path, value)
    for language, where, item in items:
        try:
            found.append((language, one(where, item)))
        except Broken:
            continue
    if len(found) < len(items):
        raise Broken
    return tuple(found)


_LISTED = {"type": "array", "items": dict(STRING.schema), "minItems": 1}
_PERKS: Kind[tuple[tuple[str, tuple[str, ...]], ...]] = Kind(
    _read_perks,
    {
        "anyOf": [
            dict(STRING.schema),
            _LISTED,
            {"type": "object", "additionalProperties": {"anyOf": [dict(STRING.schema), _LISTED]}},
        ]
    },
)


def _build_tier(context: Context, path: str, values: Values) -> Tier:
    if "currency" in values and context.metric != "spend":
        context.fail(f"{path}.currency", f"thresholds of the metric {context.metric} are no amounts")
    fields = {key: item for key, item in values.items() if key not in ("from", "currency")}
    return Tier(threshold=values["from"], **fields)


_TIER: Kind[Tier] = record(
    {
        "id": Field(new_id("tier"), "Its name in conditions and messages", required=True),
        "name": Field(TEXT, "What members call it"),
        "from": Field(_THRESHOLD, "At least so much of the metric", required=True),
        "group": Field(NAME, "The shop's customer group"),
        "discount": Field(DISCOUNT, "The price of its members, always given"),
        "coupon": Field(COUPON, "Issued on reaching it, once"),
        "free_shipping": Field(FREE_SHIPPING, "all, or the carriers that become free"),
        "multiply": Field(MULTIPLIER, "Multiplies what its members earn"),
        "perks": Field(_PERKS, "What else it brings, as texts"),
        "gift": Field(GIFT, "A product given for nothing"),
        "enabled": ENABLED,
        "currency": CURRENCY_BESIDE,
    },
    _build_tier,
)


def _read_thresholds(context: Context, path: str, value: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, Mapping):
        context.fail(path, f"expected a map from tier to threshold; found {shown(value)}", "{silver: 400}")
    if not value:
        context.fail(path, "name at least one tier")
    found: list[tuple[str, int]] = []
    for key, item in value.items():
        where = key_path(path, brief(key, 80))
        try:
            tier = read_id(context, where, key)
            context.references.append(Reference("tier", tier, where))
            found.append((tier, _read_threshold(context, where, item)))
        except Broken:
            continue
    if len(found) < len(value):
        raise Broken
    return tuple(sorted(found))


def _build_season(context: Context, path: str, values: Values) -> Season:
    times = {key: values[key] for key in PERIOD_FIELDS if key in values}
    during = build_interval(context, path, times)
    return Season(during, values["thresholds"], values.get("enabled", True))


_SEASON: Kind[Season] = record(
    PERIOD_FIELDS
    | {
        "thresholds": Field(
            Kind(_read_thresholds, {"type": "object", "additionalProperties": dict(_THRESHOLD.schema)}),
            "Thresholds by tier; tiers not named keep theirs",
            required=True,
        ),
        "enabled": ENABLED,
        "currency": CURRENCY_BESIDE,
    },
    _build_season,
)

_ROLLING: Kind[Duration] = record(
    {"rolling": Field(duration(), "How far back counts", required=True)},
    lambda context, path, values: values["rolling"],
)
_WINDOW_WORD = choice("lifetime", "calendar_year")


def _read_window(context: Context, path: str, value: object) -> tuple[str, Duration | None]:
    if isinstance(value, Mapping):
        return "rolling", _ROLLING.read(context, path, value)
    if value == "rolling" or (isinstance(value, str) and value.startswith("P")):
        span = value if value != "rolling" else "P12M"
        context.fail(path, "a rolling window needs its length", f"{{rolling: {span[:20]}}}")
    return _WINDOW_WORD.read(context, path, value), None


def _build_tiers(context: Context, path: str, values: Values) -> Tiers:
    ladder: tuple[Tier, ...] = values["ladder"]
    reached: dict[int, str] = {}
    for index, tier in enumerate(ladder):
        if tier.enabled and tier.threshold in reached:
            reason = f"{tier.id} has the same threshold as {reached[tier.threshold]}; each tier needs its own"
            context.note(f"{path}.ladder[{index}].from", reason)
        elif tier.enabled:
            reached[tier.threshold] = tier.id
    window, rolling = values.get("window", ("lifetime", None))
    others: dict[str, Any] = {key: item for key, item in values.items() if key not in ("ladder", "window")}
    ordered = tuple(sorted(ladder, key=lambda tier: tier.threshold))
    return Tiers(ladder=ordered, window=window, rolling=rolling, **others)


TIERS: Kind[Tiers] = record(
    {
        "metric": Field(choice("spend", "points", "orders"), "What thresholds count; default spend"),
        "window": Field(
            Kind(_read_window, {"anyOf": [dict(_WINDOW_WORD.schema), dict(_ROLLING.schema)]}),
            "lifetime (default), calendar_year, or {rolling: P12M}",
        ),
        "grace": Field(duration(zero=True), "Before a demotion that only the passing of time causes"),
        "grace_refunds": Field(BOOLEAN, "Whether refunds have that grace too; default false"),
        "landing": Field(choice("deserved", "one_step"), "Straight down (default), or one tier at a time"),
        "ladder": Field(many(_TIER), "The tiers", required=True),
        "discount_by": Field(
            choice("group", "cart"), "Who gives the percentage: the shop's group (default) or the cart"
        ),
        "schedule": Field(many(_SEASON), "Seasonal thresholds"),
    },
    _build_tiers,
    about="The ladder and how one moves on it",
)


def cart_brackets(context: Context, path: str, value: object) -> tuple[Bracket, ...]:
    """Brackets by the goods in the cart, no two of which begin at the same amount."""
    found = many(CART_BRACKET).read(context, path, value)
    refuse_equal_brackets(context, path, found)
    return found


CART_BRACKETS: Kind[tuple[Bracket, ...]] = Kind(cart_brackets, many(CART_BRACKET).schema)

FIRST_ORDER: Kind[tuple[Bracket, ...]] = record(
    {"brackets": Field(CART_BRACKETS, "By the goods in the cart, before any discount", required=True)},
    lambda context, path, values: values["brackets"],
    about="For members without a valid order yet",
)
