"""What the check doubts when one thing of a programme is another: its neighbours, what others say, nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from palier.core.programme.check import check
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from tests.core.approved.problems import paths, with_one
from tests.core.programme.test_tell import DOUBTFUL

MALL = """
name: Mall
currency: EUR
languages: [de-AT, en]
timezone: Europe/Paris
points: {valid_for: P3Y, remind: [P1M, P14D], settle: {after: P14D}}
earning:
  - {id: spend, award: {points: 1, per: 1}, when: {segment: [firms]}}
  - {id: fans, multiply: 2, when: {tier: [gold]}}
  - {id: visit, on: visit, award: {points: 5}}
  - {id: day, cap: {points: 50, every: P1D}}
redemption:
  brackets:
    - {from: 10, to: 19, discount: {amount: 1}}
    - {from: 20, to: 39, discount: {amount: 3}, free_shipping: [relay]}
    - {from: 40, discount: {points: 10, amount: 1, max: 40}, free_shipping: [relay, post]}
  max_percent: 30
rewards:
  - {id: small, at: 41, coupon: {discount: {percent: 20}}}
tiers:
  discount_by: group
  window: calendar_year
  grace: P2M
  grace_refunds: true
  ladder:
    - {id: bronze, from: 0, group: b, discount: {percent: 5}, free_shipping: [relay]}
    - {id: silver, from: 100, group: s, discount: {percent: 10}, free_shipping: [relay, post], multiply: 1.5}
    - {id: gold, from: 500, group: g, discount: {percent: 10}, free_shipping: all, multiply: 1.5}
    - {id: old, from: 900, enabled: false}
  schedule:
    - {from: 2026-11-01, to: 2026-11-30, thresholds: {silver: 50, gold: 400}}
    - {from: 2026-12-01, to: 2026-12-31, thresholds: {silver: 60}}
    - {from: 2026-12-31, to: 2027-01-31, thresholds: {gold: 450}, enabled: false}
first_order:
  brackets:
    - {from: 10, to: 99.99, discount: {amount: 5}}
    - {from: 100, discount: {percent: 5}, gift: {product: mug}}
segments:
  - {id: firms, where: {all: [{company: true}, {orders: {from: 2}}]}, brackets: [{from: 0, discount: {percent: 25}}]}
  - {id: lapsed, where: {all: [{last_order: {before: P6M}}, {any: [{tier: [gold, silver]}, {spend: {to: 500}}]}]}, brackets: [{from: 30, to: 60, discount: {percent: 20, max: 10}}, {over: 60, discount: {amount: 12}}]}
  - {id: far, where: {all: [{delivery_country: [CH]}, {not: {tags: [x]}}, {orders: {to: 9}}]}, brackets: [{from: 5, discount: {percent: 5, lines: {products: [tee]}}}, {from: 50, discount: {percent: 5, lines: {products: [mug]}}}]}
  - {id: rest, where: {spend: {from: 0}}, earn_points: false}
combine: [[points, coupon], [first_order, coupon], ["segment:firms", promo_code]]
"""  # noqa: E501

DOCUMENTS = {"mall": MALL, "doubtful": DOUBTFUL}
_SWITCHED_OFF = {"enabled": False}


def doubt_lines() -> Iterator[str]:
    """For each document its doubts, then what is doubted no more, or newly, when one thing is another."""
    for name, text in DOCUMENTS.items():
        document = load_yaml(text)
        usual = _doubts(document)
        yield name
        yield from (f"  {doubt}" for doubt in usual)
        numbers = _numbers(document)
        for path in paths(document):
            place = ".".join(map(str, path))
            for said, changed in _others(document, path, numbers):
                try:
                    doubts = _doubts(changed)
                except InvalidProgramme:
                    continue
                gone = [doubt for doubt in usual if doubt not in doubts]
                new = [doubt for doubt in doubts if doubt not in usual]
                if gone or new:
                    ended = [" ".join(doubt.split(" ", 2)[:2]) for doubt in gone]
                    yield f"{name} {place} {said}" + (f" ends {', '.join(ended)}" if ended else "")
                    yield from (f"  + {doubt}" for doubt in new)


def _doubts(document: Any) -> list[str]:
    facts = (
        (each, " ".join(f"{key}={fact}" for key, fact in sorted(each.facts.items())))
        for each in check(parse(document))
    )
    return [f"{each.path} {each.code} {said} {each.suggestion}".strip() for each, said in facts]


def _numbers(document: Any) -> dict[Any, list[Any]]:
    """What the document says under each key, each number once."""
    found: dict[Any, list[Any]] = {}
    for path in paths(document):
        value = document
        for step in path:
            value = value[step]
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            known = found.setdefault(path[-1], [])
            known += [value] if value not in known else []
    return found


def _others(
    document: Any, path: tuple[Any, ...], numbers: Mapping[Any, list[Any]]
) -> Iterator[tuple[str, Any]]:
    value = document
    for step in path:
        value = value[step]
    yield "gone", with_one(document, path, lambda inner, key: inner.pop(key))
    others: list[tuple[str, Any]] = []
    if isinstance(value, bool):
        others = [(str(not value), not value)]
    elif isinstance(value, int | Decimal):
        near = [0, value + 1, value - 1, *numbers[path[-1]]]
        others = [(str(each), each) for each in dict.fromkeys(near) if each != value]
    elif isinstance(value, Mapping) and not _SWITCHED_OFF.items() <= value.items():
        others = [("switched off", {**value, **_SWITCHED_OFF})]
    elif isinstance(value, str) and value.startswith("P") and value[1:2].isdigit():
        others = [(each, each) for each in ("P1D", "P35M", "P36M", "P10Y")]
    elif isinstance(value, list) and len(value) > 1:
        others = [("reversed", value[::-1])]
    for said, other in others:
        yield said, with_one(document, path, lambda inner, key, new=other: _put(inner, key, new))


def _put(inner: Any, key: Any, value: Any) -> None:
    inner[key] = value
