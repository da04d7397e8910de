"""Programmes of many shapes, drawn from a seed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.simulation.shapes_carts import draw_cart_sections, draw_coupon, draw_goods, draw_regulars

ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
)
PRODUCTS = {
    "mug": ["kitchen"],
    "lamp": ["light", "summer"],
    "card": ["gift-cards"],
    "desk": ["office"],
    "pen": ["office"],
}
CARRIERS = ("relay", "post")
PAYMENTS = ("card", "bankwire")
EVENTS = ("visit", "newsletter", "review")
VALID_FOR = ("P10D", "P1M", "P3M", "P12M")

Document = dict[str, Any]


def draw_document(random: Random, *, currency: str, timezone: str, around: datetime) -> Document:
    """A whole valid programme; which sections it has, and how they are set, is chance. Seasons are ``around`` then."""
    document: Document = {"format": 1, "name": "Simulated", "currency": currency, "timezone": timezone}
    document["points"] = _points(random)
    document["earning"] = _earning(random)
    if random.random() < 0.4:
        document["spend"] = _spend(random)
    if random.random() < 0.45:
        document["rewards"] = _rewards(random)
    if random.random() < 0.65:
        document["tiers"] = _tiers(random, "rewards" not in document or random.random() < 0.7, around)
        if random.random() < 0.3:
            document["earning"].append({"id": "high", "when": {"tier": ["high"]}, "multiply": "1.5"})
    if random.random() < 0.75:
        document |= draw_cart_sections(random)
        if "redemption" in document and random.random() < 0.6:
            # Rewards would take the points before a cart can use them.
            document.pop("rewards", None)
    draw_goods(document)
    draw_regulars(document)
    return document


def _points(random: Random) -> Document:
    points: Document = {"rounding": random.choice(["down", "nearest", "up"])}
    if random.random() < 0.75:
        points["valid_for"] = random.choice(VALID_FOR)
        points["expiry"] = random.choice(["sliding", "sliding", "fixed", "year_end"])
        if random.random() < 0.3:
            points["remind"] = random.choice([["P1W"], ["P2W", "P1D"]])
    if random.random() < 0.5:
        on = random.choice(["paid", "shipped", "delivered"])
        points["settle"] = {"on": on, "after": random.choice(["P0D", "P3D", "P14D"])}
    if random.random() < 0.7:
        points["earn_with"] = ["points", "coupon", "promo_code"]
    if random.random() < 0.1:
        points["earn_on_first_order"] = False
    return points


def _spend(random: Random) -> Document:
    spend: Document = {"tax": random.choice(["included", "excluded", "as_displayed"])}
    spend["shipping"] = random.choice(["included", "excluded"])
    if random.random() < 0.5:
        spend["exclude"] = {"categories": ["gift-cards"]}
    return spend


def _earning(random: Random) -> list[Document]:
    rules: list[Document] = [
        {"id": "spend", "award": {"points": random.choice([1, 1, 3]), "per": random.choice([1, 2, 5])}},
        {"id": "steps", "award": {"points": 5, "per": 10, "steps": "whole"}},
        {"id": "flat", "award": {"points": 20}},
        {"id": "mugs", "lines": {"products": ["mug"]}, "award": {"points": 5, "per_item": True}},
        {"id": "big", "when": {"total": {"over": 60}}, "award": {"points": 30}},
        {"id": "many", "when": {"quantity": {"from": 3}}, "award": {"points": 7}},
        {"id": "wire", "when": {"payment_method": ["bankwire"]}, "award": {"points": 4}},
        {"id": "light", "lines": {"categories": ["light"]}, "award": {"points": 2, "per": 1}},
        {"id": "first", "when": {"order_number": {"to": 1}}, "award": {"points": 40}},
        {"id": "double", "multiply": random.choice(["2", "1.3", "0.5"])},
        {"id": "office", "lines": {"categories": ["office"]}, "multiply": "3"},
        {
            "id": "cap",
            "cap": {
                "points": random.choice([50, 120]),
                "every": random.choice(["P1D", "P1D", "P7D", "order", "ever"]),
            },
        },
        {"id": "visit", "on": "visit", "award": {"points": 6}},
        {"id": "newsletter", "on": "newsletter", "award": {"points": 15}, "once": True},
    ]
    kept = [rule for rule in rules[1:] if random.random() < 0.25]
    return ([rules[0]] if random.random() < 0.85 or not kept else []) + kept


def _rewards(random: Random) -> list[Document]:
    at = random.choice([40, 100, 150])
    discount = random.choice([{"percent": 10}, {"amount": 6}])
    rewards = [{"id": "coupon", "at": at, "coupon": draw_coupon(random, discount)}]
    if random.random() < 0.3:
        rewards.insert(0, {"id": "large", "at": at * 3, "coupon": {"discount": {"amount": 5}}})
    return rewards


def _tiers(random: Random, has_coupons: bool, around: datetime) -> Document:
    metric = random.choice(["spend", "spend", "points", "orders"])
    low, middle, high = {"spend": (0, 40, 120), "points": (0, 80, 200), "orders": (0, 2, 4)}[metric]
    ladder: list[Document] = [{"id": "middle", "from": middle}, {"id": "high", "from": high}]
    if random.random() < 0.6:
        ladder.insert(0, {"id": "low", "from": low})
    if has_coupons:
        ladder[-1]["coupon"] = {"discount": {"amount": 5}, "valid_for": "P1M"}
    if random.random() < 0.4:
        ladder[-1]["multiply"] = random.choice(["1.5", "3"])
        ladder[-2]["multiply"] = "1.2"
    window = random.choice(["lifetime", {"rolling": "P1M"}, {"rolling": "P12M"}, "calendar_year"])
    tiers: Document = {"metric": metric, "window": window, "ladder": ladder}
    if random.random() < 0.4:
        tiers["grace"] = random.choice(["P7D", "P1M"])
        tiers["grace_refunds"] = random.random() < 0.3
    if random.random() < 0.3:
        tiers["landing"] = "one_step"
    if random.random() < 0.25:
        starts, ends = (str((around + timedelta(days=days)).date()) for days in (30, 70))
        tiers["schedule"] = [{"from": starts, "to": ends, "thresholds": {"high": (middle + high) // 2}}]
    if random.random() < 0.25:
        tiers["discount_by"] = "cart"
        ladder[-1]["discount"] = {"percent": random.choice([5, 12])}
        if random.random() < 0.5:
            ladder[-1]["free_shipping"] = ["relay"]
    return tiers
