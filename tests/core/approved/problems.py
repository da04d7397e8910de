"""What is wrong with documents and messages in which one thing is spoiled: every place, a few ways each."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

from palier.core.errors import Refusal
from palier.core.messages import parse_event, parse_gift, parse_member, parse_refund
from palier.core.messages_cart import parse_cart, parse_voucher
from palier.core.messages_order import parse_order
from palier.core.product import parse_product
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from tests.core.approved.shops import MARKET, example
from tests.core.programme.documents import load_yaml

JUNK: tuple[Any, ...] = (
    None, "", -1, 0, "P1D", [], {}, True, Decimal("1.5"), "x" * 70, 10**13, "yes", ["a", "a"], {"from": 5, "to": 1},
    Decimal("0.00001"), "silver", date(2026, 2, 1), {"en": "x"}, 101, "2026-02-30", [None], "spend", "1,50",
    Decimal(-3),
)  # fmt: skip
LONG = 200
_SET = re.compile(r"frozenset\(\{(.*?)\}\)")
TURNS = 2
"""So many of them take turns at each place."""

ORDER = {
    "id": "A1", "member": "ana", "email": "ana@example.org", "status": "paid", "currency": "EUR", "prices": "gross",
    "updated": "2026-01-10T09:59:00+01:00", "placed_at": "2026-01-09T08:00:00Z", "paid_at": "2026-01-09T09:00:00Z",
    "lines": [
        {"id": "l1", "product": "tee", "quantity": 2, "price": Decimal("300.00"), "tax_rate": 20, "categories": ["c"],
         "weight": 200, "on_sale": True},
        {"product": "mug", "total": Decimal("12.50"), "total_net": Decimal("10.42"), "quantity": 1},
    ],
    "shipping": {"amount": Decimal("4.90"), "carrier": "relay", "tax_rate": 20},
    "discounts": [{"source": "promo_code", "amount": 5, "code": "NOEL", "lines": [5, 0]},
                  {"source": "points", "amount": 1, "points": 10}],
    "payment_method": "card", "delivery": {"city": "Paris", "country": "FR"},
}  # fmt: skip
CART = {
    "member": "ana", "lines": ORDER["lines"], "promo_codes": [{"code": "NOEL", "amount": 5}], "coupons": ["K7"],
    "use_points": 50, "shipping": ORDER["shipping"], "payment_method": "card", "hold": "h1",
}  # fmt: skip
MESSAGES: dict[str, tuple[Mapping[str, Any], Callable[[Any], object]]] = {
    "order": (ORDER, lambda told: parse_order(told, currency="EUR")),
    "foreign order": (
        ORDER | {"currency": "USD", "rate": Decimal("0.9")}, lambda told: parse_order(told, currency="EUR")
    ),
    "refund": (
        {"order": "A1", "id": "R1", "lines": [{"line": "l1", "quantity": 1}, {"product": "mug", "quantity": 2}],
         "amount": 5, "currency": "EUR", "full": False, "shipping": True, "at": "2026-01-12T10:00:00Z"},
        lambda told: parse_refund(told, currency="EUR"),
    ),
    "member": (
        {"name": "Ana", "email": "ana@example.org", "language": "fr", "company": True, "groups": ["g"], "tags": ["t"],
         "born": "1990-05-05", "signed_up": "2026-01-12T10:00:00Z", "prices": "net"},
        lambda told: parse_member("ana", told),
    ),
    "event": ({"member": "ana", "name": "visit", "id": "e1", "at": "2026-01-12T10:00:00Z"}, parse_event),
    "gift": ({"member": "ana", "points": 5, "reason": "sorry", "id": "g1"}, parse_gift),
    "cart": (CART, lambda told: parse_cart(told, currency="EUR")),
    "voucher": ({"member": "ana", "points": 5, "id": "v1"}, parse_voucher),
    "product": (
        {"name": {"fr": "Tasse"}, "url": "https://a.example", "image": "https://a.example/i", "price": 5,
         "currency": "EUR", "categories": ["c"]},
        lambda told: parse_product("mug", told, currency="EUR"),
    ),
}  # fmt: skip


def problem_lines() -> Iterator[str]:
    """Documents, then messages."""
    turn = count()
    documents = {"example": example(), "market": load_yaml(MARKET)}
    for name, document in documents.items():
        yield from _spoiled(f"document {name}", document, parse, turn)
    for name, (message, read) in MESSAGES.items():
        yield f"{name}: {with_sorted_sets(repr(read(message)))}"
        yield from _spoiled(name, message, read, turn)


def _spoiled(name: str, whole: Any, read: Callable[[Any], object], turn: Iterator[int]) -> Iterator[str]:
    for path in paths(whole):
        place = ".".join(map(str, path))
        for _ in range(TURNS):
            junk = JUNK[next(turn) % len(JUNK)]
            spoiled = with_one(whole, path, partial(_put, value=junk))
            yield f"{name} {place} <- {_short(junk)}: {_answer(read, spoiled)}"
        gone = with_one(whole, path, lambda inner, key: inner.pop(key))
        yield f"{name} {place} gone: {_answer(read, gone)}"
        if isinstance(path[-1], str):
            misspelt = with_one(whole, path, lambda inner, key: _put(inner, f"{key}s", inner.pop(key)))
            yield f"{name} {place} misspelt: {_answer(read, misspelt)}"


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a document."""
    if path:
        yield path
    items = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in items:
        yield from paths(inner, (*path, key))


def with_one(whole: Any, path: tuple[Any, ...], change: Callable[[Any, Any], object]) -> Any:
    """The whole with one thing changed; what does not lead to it is shared."""
    copied = inner = copy.copy(whole)
    for step in path[:-1]:
        inner[step] = copy.copy(inner[step])
        inner = inner[step]
    change(inner, path[-1])
    return copied


def _put(inner: Any, key: Any, value: Any) -> None:
    inner[key] = value


def with_sorted_sets(text: str) -> str:
    """The text of values whose sets stand in one order."""
    return _SET.sub(_sorted, text)


def _sorted(found: re.Match[str]) -> str:
    return "{" + ", ".join(sorted(found[1].split(", "))) + "}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _answer(read: Callable[[Any], object], told: Any) -> str:
    try:
        read(told)
    except InvalidProgramme as refusal:
        return f"{len(refusal.problems)} {'; '.join(str(problem) for problem in refusal.problems)[:LONG]}"
    except Refusal as refusal:
        return f"{refusal.code} {refusal.path} ({refusal.hint}): {refusal}"[:LONG]
    return "fine"
