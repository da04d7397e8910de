"""What a shop has to tell: orders in several versions, their refunds, events and profiles, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from palier.core.order import VALID_STATUSES
from tests.simulation.shapes import CARRIERS, EVENTS, PAYMENTS, PRODUCTS

START = datetime(2026, 2, 3, 8, tzinfo=UTC)
DAYS = 50
PATHS = (
    ("paid",), ("paid", "shipped", "delivered"), ("placed", "paid"), ("placed", "paid", "delivered"),
    ("placed", "cancelled"), ("paid", "cancelled"), ("paid", "cancelled", "paid"), ("paid", "paid", "paid"),
)  # fmt: skip
"""The states that versions of an order have, one after the other; the same again is an edit."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message as the shop writes it. ``at`` is when it came about; ``id`` is the push's own, the same each time."""

    at: datetime
    id: str
    kind: str
    data: dict[str, Any]

    @property
    def order(self) -> str:
        """The order that it is about, if it is about one."""
        return (
            str(self.data["id"] if self.kind == "order" else self.data["order"]) if self.is_of_order else ""
        )

    @property
    def is_of_order(self) -> bool:
        """Whether it is a version of an order, or a refund."""
        return self.kind in ("order", "refund")

    @property
    def is_valid(self) -> bool:
        """Whether it is a version that counts."""
        return self.kind == "order" and self.data["status"] in VALID_STATUSES

    def __str__(self) -> str:
        return f"{self.id} {self.at:%m-%d %H:%M} {self.kind} {self.data}"


def draw_told(random: Random, *, uses_points: bool) -> tuple[Told, ...]:
    """Everything that a shop of a few customers tells in two months, in the order in which it came about."""
    told: list[Told] = []
    for number in range(random.randint(2, 6)):
        told += _order(random, f"o{number}", uses_points)
    for number in range(random.randint(0, 3)):
        data = {"member": _customer(random), "name": random.choice(EVENTS), "id": f"e{number}"}
        told.append(Told(_moment(random), f"event-{number}", "event", data))
    for number in range(random.randint(0, 3)):
        data = {"id": _customer(random), "name": f"Name {number}", "tags": [f"t{number}"]}
        if random.random() < 0.5:
            data["company"] = random.random() < 0.5
        told.append(Told(_moment(random), f"member-{number}", "member", data))
    return tuple(sorted(told, key=lambda each: (each.at, each.id)))


def _customer(random: Random) -> str:
    return random.choice(["ann", "bob", "cy"])


def _moment(random: Random) -> datetime:
    return START + timedelta(seconds=random.randrange(DAYS * 86400))


def _order(random: Random, order: str, uses_points: bool) -> list[Told]:
    """The versions of one order and its refunds.

    Lines keep their ids; when it was paid never changes, nor do its discounts, which are those of when it was placed
    (meaning 6).
    """
    at = _moment(random)
    lines = [
        {"id": str(n), "product": product, "categories": PRODUCTS[product], "tax_rate": 20}
        for n, product in enumerate(random.sample(sorted(PRODUCTS), random.randint(1, 3)), start=1)
    ]
    base: dict[str, Any] = {
        "id": order, "member": _customer(random), "shipping": {"carrier": random.choice(CARRIERS)},
        "payment_method": random.choice(PAYMENTS),
    }  # fmt: skip
    discounts = _discounts(random, uses_points)
    found: list[Told] = []
    paid_at: datetime | None = None
    for number, status in enumerate(random.choice(PATHS)):
        at += timedelta(seconds=random.randint(1, 4 * 86400))
        if paid_at is None and status in VALID_STATUSES:
            paid_at = at
        if number == 0 or random.random() < 0.5:
            lines = [{**line, "quantity": random.randint(1, 4), "price": _price(random)} for line in lines]
        data = {**base, "status": status, "updated": at.isoformat(), "lines": lines, "discounts": discounts}
        if paid_at is not None:
            data["paid_at"] = paid_at.isoformat()
        found.append(Told(at, f"{order}-v{number}", "order", data))
    for number in range(random.choice([0, 0, 1, 1, 2, 3])):
        at += timedelta(seconds=random.randint(-3 * 86400, 4 * 86400))
        refund = {"order": order, "id": f"r{number}", "at": at.isoformat(), **_refunded(random, lines)}
        found.append(Told(at, f"{order}-r{number}", "refund", refund))
    return found


def _price(random: Random) -> str:
    return f"{random.randint(1, 60)}.{random.choice(['00', '00', '50', '99', '05'])}"


def _discounts(random: Random, uses_points: bool) -> list[dict[str, Any]]:
    if random.random() < 0.2:
        return [{"source": "promo_code", "code": "PROMO", "amount": f"{random.randint(1, 5)}.00"}]
    if uses_points and random.random() < 0.35:
        return [{"source": "points", "points": random.randint(1, 90), "amount": f"{random.randint(1, 5)}.00"}]
    return []


def _refunded(random: Random, lines: list[dict[str, Any]]) -> dict[str, Any]:
    kind = random.choice(["line", "line", "amount", "full"])
    if kind == "line":
        line = random.choice(lines)
        return {"lines": [{"line": line["id"], "quantity": random.randint(1, line["quantity"])}]}
    return {"amount": f"{random.randint(1, 40)}.50"} if kind == "amount" else {"full": True}
