"""What rules, redemptions, rewards and ladders are read as: what belongs together, and what does not."""

# ruff: noqa: E501  (tables of values)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from palier.core.programme.parse_benefits import FIRST_ORDER, REDEMPTION, REWARDS, TIERS
from palier.core.programme.parse_earning import POINTS, RULE, SPEND
from palier.core.programme.reader import Kind
from tests.core.approved.kinds import LIMIT, OTHERS, answer, short

AWARDS: list[Any] = [
    5, 0, -1, LIMIT - 1, LIMIT, True, "5", {"points": 0}, {"points": 1}, {"points": 1, "per": 1}, {"points": 1, "per": 0}, {"per": 1},
    {"points": 1, "per": 1, "per_item": True}, {"points": 1, "per": 1, "per_item": False}, {"points": 1, "per_item": True},
    {"points": 1, "steps": "whole"}, {"points": 1, "per": 1, "steps": "whole"}, {"points": 1, "steps": "half", "per": 1}, {"points": 1, "currency": "USD"},
]  # fmt: skip
EVERY: list[Any] = [
    "order", "ever", "orders", "evr", "day", "week", "month", "year", "days", "P1D", "P0D", "P", "1 day", 1, None, ["order"], "D",
]  # fmt: skip
EVENT = {"id": "a", "on": "visit"}
RULES: list[Any] = [
    {"id": "a"}, {"id": "a", "multiply": 2}, {"id": "a", "multiply": 2, "award": {"points": 1}}, {"id": "a", "once": True, "award": {"points": 1}},
    {"id": "a", "once": False, "award": {"points": 1}}, {"id": "a", "cap": {"points": 5, "every": "order"}, "lines": {"products": "tee"}},
    {"id": "a", "cap": {"points": 0, "every": "P1D"}, "when": {"tier": ["x"]}}, {**EVENT, "award": {"points": 1}}, {**EVENT, "multiply": 2},
    {**EVENT, "cap": {"points": 5, "every": "P1D"}}, {**EVENT, "award": {"points": 1, "per": 1}}, {**EVENT, "award": {"points": 1, "per_item": True}},
    {**EVENT, "award": {"points": 1}, "once": True, "when": {"tier": ["x"], "segment": ["y"], "during": {"from": "2026-01-01"}}},
    {**EVENT, "award": {"points": 1}, "lines": {"products": "tee"}}, {**EVENT, "award": {"points": 1}, "when": {"total": {"from": 1}, "weight": {"to": 5}}},
    {**EVENT, "award": {"points": 1}, "when": {"quantity": {"from": 1}, "order_number": {"to": 1}, "carrier": "x", "payment_method": "y"}},
    {"id": "a", "multiply": 2, "when": {"order_number": {"from": 0}, "total": {"over": 5, "currency": "EUR"}}}, {"id": "a", "on": "a b", "award": {"points": 1}},
]  # fmt: skip
BRACKET = {"from": 10, "discount": {"amount": 1}}
REDEMPTIONS: list[Any] = [
    {"brackets": []}, {}, {"brackets": [{"over": 9, "discount": {"amount": 1}}]}, {"brackets": [{"over": 0, "discount": {"amount": 1}}]},
    {"brackets": [{"over": 9, "discount": {"amount": 1}}], "consume": "all"}, {"brackets": [{"over": 9, "discount": {"amount": 1}}], "consume": "used"},
    {"brackets": [{"over": 9, "cost": 9, "discount": {"amount": 1}}]}, {"brackets": [{"over": 9, "discount": {"points": 3, "amount": 1}}]},
    {"brackets": [{"over": 9, "free_shipping": "all"}]}, {"brackets": [BRACKET, BRACKET]}, {"brackets": [BRACKET, {**BRACKET, "enabled": False}]},
    {"brackets": [{**BRACKET, "enabled": False}, BRACKET, {"over": 9, "cost": 1}]}, {"brackets": [BRACKET, {"from": 5}, BRACKET]},
    {"brackets": [], "from_order": 0}, {"brackets": [], "from_order": 1, "min_total": 0, "max_percent": 0, "apply": "on_request", "currency": "EUR"},
    {"brackets": [], "max_percent": 101, "consume": "some", "apply": "never"},
]  # fmt: skip
GIVES = {"discount": {"amount": 5}}
ALL_REWARDS: list[Any] = [
    [{"id": "a", "at": 1, "coupon": GIVES}], [{"id": "a", "at": 0, "coupon": GIVES}], [{"id": "a", "at": 5}], [{"id": "a", "at": 5, "gift": {"product": "pin"}}],
    [{"id": "a", "at": 5, "coupon": {**GIVES, "min_total": 9, "valid_for": "P1M", "remainder": "kept"}, "gift": {"product": "pin"}}],
    [{"id": "a", "at": 5, "coupon": {"gift": {"product": "pin"}}, "gift": {"product": "pin"}}], [{"id": "a", "at": 5, "coupon": {"free_shipping": "all"}, "gift": {"product": "pin"}}],
    [{"id": "a", "at": 5, "coupon": GIVES}, {"id": "a", "at": 6, "coupon": GIVES}], [{"id": "a", "at": 5, "coupon": GIVES, "enabled": False, "name": {"fr": "A"}}],
]  # fmt: skip
LOW, HIGH = {"id": "low", "from": 0}, {"id": "high", "from": 100}
LADDERS: list[Any] = [
    {}, {"ladder": []}, {"ladder": [HIGH, LOW]}, {"ladder": [LOW, {**HIGH, "from": 0}]}, {"ladder": [LOW, {**HIGH, "from": 0, "enabled": False}]},
    {"ladder": [{**LOW, "enabled": False}, {**HIGH, "from": 0}]}, {"ladder": [LOW, LOW]}, {"ladder": [{**LOW, "currency": "USD"}]},
    {"ladder": [{**LOW, "perks": "a"}]}, {"ladder": [{**LOW, "perks": ["a", "b"]}]}, {"ladder": [{**LOW, "perks": []}]}, {"ladder": [{**LOW, "perks": ["a", 5]}]},
    {"ladder": [{**LOW, "perks": {"de": "b", "fr": ["a", "c"]}}]}, {"ladder": [{**LOW, "perks": {"fr": []}}]}, {"ladder": [{**LOW, "perks": {"fr": 5, "de": "b", "en": "c"}}]},
    *({"ladder": [LOW], "window": window} for window in ("lifetime", "calendar_year", "rolling", "P6M", "P" + "1" * 30, "year", {"rolling": "P6M"}, {"rolling": "P0D"}, {}, 5)),
    *({"ladder": [LOW], "grace": grace} for grace in ("P0D", "P1M", "1 month")), {"ladder": [LOW], "landing": "one_step", "discount_by": "cart", "grace_refunds": True},
    *({"ladder": [LOW, HIGH], "schedule": [season]} for season in (
        {}, {"thresholds": {"high": 50}}, {"from": "2026-01-01"}, {"from": "2026-01-01", "thresholds": {"high": 50, "low": 1}}, {"to": "2026-01-01", "thresholds": {}},
        {"from": "2026-01-01", "thresholds": []}, {"from": "2026-01-01", "thresholds": {"gone": 5}}, {"from": "2026-01-01", "thresholds": {"high": -1, 5: 1, "low": "x"}},
        {"from": "2026-01-01", "to": "2025-01-01", "thresholds": {"high": 50}, "enabled": False, "currency": "EUR"},
    )),
]  # fmt: skip
SECTIONS: dict[str, tuple[Kind[Any], list[Any]]] = {
    "award": (RULE, [{"id": "a", "award": each} for each in [*AWARDS, *OTHERS]]),
    "cap": (RULE, [{"id": "a", "cap": {"points": 5, "every": each}} for each in EVERY]),
    "rule": (RULE, [*RULES, *OTHERS]), "redemption": (REDEMPTION, [*REDEMPTIONS, *OTHERS]), "rewards": (REWARDS, [*ALL_REWARDS, *OTHERS]),
    "tiers": (TIERS, [*LADDERS, *OTHERS]), "first order": (FIRST_ORDER, [{}, {"brackets": [{"from": 5}, {"from": 5}]}, {"brackets": [{"from": 5}], "x": 1}]),
    "spend": (SPEND, [{}, {"tax": "x"}, {"exclude": {}}, {"exclude": {"on_sale": True}}, {"exclude": {"products": "a"}, "shipping": "included", "tax": "excluded"}]),
    "points": (POINTS, [
        {}, {"settle": {}}, {"settle": {"on": "paid"}}, {"settle": {"after": "P0D"}}, {"settle": {"after": "P3D", "on": "x"}}, {"value": {"points": 5, "amount": 1}},
        {"value": {"points": 0, "amount": 0}}, {"value": {"points": 5}}, {"remind": ["P1M", "P0D", "P1M"]}, {"earn_with": ["points", "tier"]}, {"earn_with": "points"},
        {"earn_on_first_order": False, "rounding": "up", "expiry": "fixed", "valid_for": "P1M", "name": "stars"},
    ]),
}  # fmt: skip


def section_lines() -> Iterator[str]:
    """Each section with its values; ladders are read once more where thresholds are no amounts."""
    for name, (kind, values) in SECTIONS.items():
        yield name
        for value in values:
            yield f"  {short(value, 300)} -> {answer(kind.read, value, length=900)}"
    yield "tiers by orders"
    for value in LADDERS:
        yield f"  {short(value, 300)} -> {answer(TIERS.read, value, metric='orders', length=900)}"
