"""What programmes of a simulation give in the cart: redemption, first order, segments, coupons, and what combines."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

Document = dict[str, Any]
SOURCES = ("promo_code", "coupon", "segment", "first_order", "points")


def draw_cart_sections(random: Random) -> Document:
    """The sections that price a cart; each is there by chance."""
    sections: Document = {}
    if random.random() < 0.75:
        sections["redemption"] = _redemption(random)
    if random.random() < 0.4:
        sections["first_order"] = {"brackets": _by_cart(random)}
    segments = _segments(random)
    if segments:
        sections["segments"] = segments
    if random.random() < 0.6:
        sections["combine"] = [
            random.sample(SOURCES, random.randint(2, len(SOURCES))) for _ in range(random.randint(1, 2))
        ]
    if random.random() < 0.3:
        sections["priority"] = random.sample(SOURCES, len(SOURCES))
    if random.random() < 0.3:
        sections["conflict"] = "best"
    return sections


def _redemption(random: Random) -> Document:
    step = random.choice([5, 10])
    brackets: list[Document] = [
        {"from": step, "discount": {"points": step, "amount": 1}},
        {"from": 60, "discount": {"amount": 4}},
        {"from": 90, "free_shipping": "all", "cost": 30},
        {"from": 120, "discount": {"points": step, "amount": 2}},
        {"over": 200, "discount": {"percent": 10}, "cost": 80},
    ]
    kept = [bracket for bracket in brackets if random.random() < 0.5] or brackets[:1]
    redemption: Document = {"brackets": kept}
    if random.random() < 0.3:
        redemption["consume"] = random.choice(["used", "all", "none"])
    if random.random() < 0.2:
        redemption["from_order"] = 2
    if random.random() < 0.25:
        redemption["min_total"] = 20
    if random.random() < 0.25:
        redemption["max_percent"] = random.choice([50, 33])
    if random.random() < 0.3:
        redemption["apply"] = "on_request"
    return redemption


def _by_cart(random: Random) -> list[Document]:
    brackets: list[Document] = [
        {"from": 0, "discount": {"percent": 5}},
        {"from": 15, "discount": {"amount": 3}},
        {"over": 40, "discount": {"percent": 12}, "free_shipping": "all"},
        {"from": 90, "discount": {"percent": 20, "max": 25}},
    ]
    return [bracket for bracket in brackets if random.random() < 0.6] or brackets[1:2]


def _segments(random: Random) -> list[Document]:
    segments: list[Document] = []
    if random.random() < 0.15:
        segments.append({"id": "out", "where": {"all": [{"carrier": ["post"]}]}, "earn_points": False})
    if random.random() < 0.25:
        where = {"all": [{"carrier": [random.choice(["relay", "post"])]}]}
        segments.append({"id": "fans", "where": where, "brackets": _by_cart(random)})
    return segments


def draw_coupon(random: Random, discount: Document) -> Document:
    """What a coupon gives, for how much, and until when."""
    coupon: Document = {"discount": discount}
    if random.random() < 0.6:
        coupon["valid_for"] = random.choice(["P5D", "P1M"])
    if random.random() < 0.3:
        coupon["min_total"] = 25
    if "amount" in discount and random.random() < 0.4:
        coupon["remainder"] = "kept"
    return coupon


SOME_GOODS: tuple[Document, ...] = (
    {"products": ["mug"]},
    {"categories": ["office"]},
    {"products": ["card", "lamp"]},
    {"categories": ["light", "gift-cards"]},
    {"on_sale": False},
    {"on_sale": True},
)


def draw_goods(document: Document) -> None:
    """Of some programmes some discounts are for some goods only. Drawn from the programme itself, so that the histories
    of the others stay as they were."""
    random = Random(repr(document))
    if random.random() < 0.5:
        for discount in _discounts(document):
            if random.random() < 0.5:
                discount["lines"] = dict(random.choice(SOME_GOODS))


def draw_regulars(document: Document) -> None:
    """Some programmes have a segment for those who bought certain goods, or often. Drawn as ``draw_goods`` draws."""
    random = Random(f"regulars {document!r}")
    if random.random() < 0.3:
        fact: Document = random.choice(
            [
                {"bought": {"products": ["mug"]}},
                {"bought": {"categories": ["light"]}},
                {"orders": {"from": 2}},
                {"orders": {"to": 1}},
            ]
        )
        segment: Document = {"id": "regulars", "where": {"all": [fact]}}
        segment |= {"earn_points": False} if random.random() < 0.3 else {"brackets": _by_cart(random)}
        segments = document.setdefault("segments", [])
        segments.insert(random.randint(0, len(segments)), segment)


def _discounts(section: Any) -> Iterator[Document]:
    """Every discount in there."""
    if isinstance(section, list):
        for each in section:
            yield from _discounts(each)
    elif isinstance(section, dict):
        for name, each in section.items():
            if name == "discount":
                yield each
            else:
                yield from _discounts(each)
