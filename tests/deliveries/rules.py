"""Programmes for three promises: the more a programme looks at what else is known, the less may change on the way."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from tests.deliveries.told import START
from tests.simulation.shapes import ZONES, draw_document

Document = dict[str, Any]


def any_rules(random: Random) -> Document:
    """Whatever a programme can say."""
    return draw_document(
        random, currency="EUR", timezone=random.choice(ZONES), around=START + timedelta(days=30)
    )


def rules_of_one_instant(random: Random) -> Document:
    """All but what a step in between leaves a mark in by its meaning: a tier that is kept for a while or left one step
    at a time although a refund took it, a tier's coupon (nobody gets it twice), a state that points wait for and that
    a version which came too late names, the benefit of the first order, which a placed one claims, and a second reward:
    which of two is reached depends on how the points come."""
    document = any_rules(random)
    if "settle" in document["points"]:
        document["points"]["settle"]["on"] = "paid"
    document["points"].pop("earn_on_first_order", None)
    document.pop("first_order", None)
    if "rewards" in document:
        document["rewards"] = document["rewards"][:1]
    tiers = document.get("tiers", {})
    for name in ("grace", "grace_refunds", "landing"):
        tiers.pop(name, None)
    for step in tiers.get("ladder", ()):
        step.pop("coupon", None)
    return document


def rules_of_orders_alone(random: Random) -> Document:
    """Every award looks at its order alone, and points neither end on the way nor are renewed."""
    rules: list[Document] = [
        {"id": "spend", "award": {"points": random.choice([1, 3]), "per": random.choice([1, 2])}},
        {"id": "steps", "award": {"points": 5, "per": 10, "steps": "whole"}},
        {"id": "flat", "award": {"points": 20}},
        {"id": "mugs", "lines": {"products": ["mug"]}, "award": {"points": 5, "per_item": True}},
        {"id": "big", "when": {"total": {"over": 60}}, "award": {"points": 30}},
        {"id": "many", "when": {"quantity": {"from": 3}}, "award": {"points": 7}},
        {"id": "wire", "when": {"payment_method": ["bankwire"]}, "award": {"points": 4}},
        {"id": "double", "multiply": "1.3"},
        {"id": "office", "lines": {"categories": ["office"]}, "multiply": "3"},
        {"id": "visit", "on": "visit", "award": {"points": 6}},
        {"id": "newsletter", "on": "newsletter", "award": {"points": 15}, "once": True},
    ]
    document: Document = {
        "format": 1, "name": "Delivered", "currency": "EUR", "timezone": random.choice(ZONES),
        "points": {"rounding": random.choice(["down", "nearest", "up"]), "earn_with": ["promo_code"]},
        "earning": [rules[0], *(rule for rule in rules[1:] if random.random() < 0.3)],
    }  # fmt: skip
    if random.random() < 0.5:
        document["points"] |= {"valid_for": random.choice(["P12M", "P36M"]), "expiry": "fixed"}
    if random.random() < 0.5:
        document["points"]["settle"] = {"on": "paid", "after": random.choice(["P0D", "P3D", "P14D"])}
    if random.random() < 0.5:
        document["rewards"] = [
            {"id": "coupon", "at": random.choice([40, 100]), "coupon": {"discount": {"amount": 5}}}
        ]
    if random.random() < 0.6:
        ladder = [{"id": "low", "from": 0}, {"id": "middle", "from": 80}, {"id": "high", "from": 200}]
        document["tiers"] = {"metric": random.choice(["spend", "orders", "points"]), "ladder": ladder}
        if document["tiers"]["metric"] == "orders":
            document["tiers"]["ladder"] = [{"id": "low", "from": 0}, {"id": "high", "from": 2}]
    return document
