"""Documents for the tests: small ones, the whole example, those of the shared scenarios, and a strategy for any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme, Problem

ROOT = Path(__file__).parents[3]
SCENARIOS = ROOT.parent / "shared" / "scenarios"
REFERENCE = ROOT / "docs" / "programme.md"


def with_sections(**sections: Any) -> dict[str, Any]:
    """The smallest document with these sections."""
    return {"name": "Demo", "currency": "EUR", **sections}


def read(text: str) -> Any:
    """A YAML text below ``name`` and ``currency``."""
    return load_yaml(f"name: Demo\ncurrency: EUR\n{text}")


def problems(document: Any) -> tuple[Problem, ...]:
    """All that is wrong with a document that must be wrong."""
    with pytest.raises(InvalidProgramme) as caught:
        parse(document)
    return caught.value.problems


def whole_document() -> Any:
    """The longest example of the reference: every section of format 1."""
    blocks = re.findall(r"```yaml\n(.*?)```", REFERENCE.read_text(encoding="utf-8"), re.DOTALL)
    return load_yaml(max(blocks, key=len))


@cache
def scenario_programmes() -> list[tuple[str, Any]]:
    """Every programme in the shared scenarios, with the file it stands in; none when they are not there."""
    found: list[tuple[str, Any]] = []
    for file in sorted(SCENARIOS.rglob("*.yaml")):
        for document in _programmes(load_yaml(file.read_text(encoding="utf-8"))):
            found.append((file.relative_to(SCENARIOS).as_posix(), document))
    return found


def _programmes(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("programme", "publish") and isinstance(item, dict):
                yield item
            else:
                yield from _programmes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _programmes(item)


def _some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def _all(needed: dict[str, st.SearchStrategy[Any]], **keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(needed, optional=keys)


POINTS = st.integers(1, 100_000)
AMOUNT = st.integers(1, 10_000_000).map(lambda minor: Decimal(minor).scaleb(-2))
PERCENT = st.integers(0, 10_000).map(lambda bp: Decimal(bp).scaleb(-2))
SPAN = st.sampled_from(["P1D", "P14D", "P2W", "P3M", "P1Y", "PT36H", "P1Y2M3DT4S"])
NAME = st.sampled_from(["mug", "tee", "42", "Crème brûlée", "a b"])
NAMES = st.lists(NAME, min_size=1, max_size=3)
WORDS = st.text("abcé :'\n", min_size=1, max_size=9).filter(str.strip)
TEXT = WORDS | st.dictionaries(st.sampled_from(["fr", "de", "en"]), WORDS, min_size=1)
DAY = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))
LINES = _some(products=NAMES, categories=NAMES, on_sale=st.booleans())
GIFT = _all({"product": NAME}, quantity=st.integers(1, 9))
SHIPPING = st.just("all") | NAMES
DISCOUNT = _all({"percent": PERCENT}, max=AMOUNT, lines=LINES) | _all({"amount": AMOUNT}, lines=LINES)
COUPON = _all({"discount": DISCOUNT}, min_total=AMOUNT, valid_for=SPAN, free_shipping=SHIPPING, gift=GIFT)


def _brackets(start: st.SearchStrategy[Any], benefit: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lower = st.lists(st.tuples(st.sampled_from(["from", "over"]), start, benefit), max_size=4)
    return lower.map(_without_equal_starts)


def _without_equal_starts(items: list[tuple[str, Any, dict[str, Any]]]) -> list[dict[str, Any]]:
    found: dict[Any, dict[str, Any]] = {}
    for bound, start, benefit in items:
        found.setdefault(int(start * 10), {bound: start, **benefit})
    return list(found.values())


CART_BRACKETS = _brackets(
    st.integers(0, 500).map(lambda tens: Decimal(tens) * 10),
    _some(discount=DISCOUNT, free_shipping=SHIPPING, gift=GIFT, enabled=st.booleans()),
)
POINTS_BRACKETS = _brackets(
    st.integers(0, 500).map(lambda tens: tens * 10),
    _some(discount=_all({"points": POINTS, "amount": AMOUNT}, max=AMOUNT), free_shipping=SHIPPING),
)
FACT = st.one_of(
    st.fixed_dictionaries({"company": st.booleans()}),
    st.fixed_dictionaries({"delivery_city": NAMES}),
    st.fixed_dictionaries({"tags": NAME, "orders": st.fixed_dictionaries({"from": st.integers(0, 9)})}),
    st.fixed_dictionaries({"spend": st.fixed_dictionaries({"over": AMOUNT})}),
    st.fixed_dictionaries({"last_order": st.fixed_dictionaries({"before": SPAN})}),
    st.fixed_dictionaries({"bought": st.fixed_dictionaries({"products": NAMES})}),
)
WHERE = st.recursive(
    FACT,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=6,
)
WHEN = _some(
    total=st.fixed_dictionaries({"over": AMOUNT}),
    quantity=st.fixed_dictionaries({"from": st.integers(1, 5), "to": st.integers(5, 9)}),
    payment_method=NAMES,
    during=st.fixed_dictionaries({"from": DAY})
    | st.just({"from": "2026-12-05T08:30:00Z", "under": "2026-12-07"}),
)
AWARD = _all({"points": POINTS}, per=AMOUNT) | _all({"points": POINTS}, per_item=st.booleans())
GIVES = st.one_of(
    st.fixed_dictionaries({"award": AWARD}),
    st.fixed_dictionaries({"multiply": PERCENT.filter(bool)}),
)
RULE = st.tuples(_some(when=WHEN, lines=LINES, enabled=st.booleans()), GIVES).map(
    lambda parts: parts[0] | parts[1]
)
CAP = st.fixed_dictionaries(
    {"cap": st.fixed_dictionaries({"points": POINTS, "every": SPAN | st.just("ever")})}
)
EVENT = st.fixed_dictionaries({"on": st.just("visit"), "award": st.fixed_dictionaries({"points": POINTS})})
TIER = _some(
    name=TEXT, group=NAME, discount=DISCOUNT, coupon=COUPON, multiply=PERCENT.filter(bool), gift=GIFT
)


def _with_ids(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"n{index}", **item} for index, item in enumerate(items)]


def _ladder(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"t{index}", "from": index * 100, **item} for index, item in enumerate(items)]


DOCUMENTS = st.fixed_dictionaries(
    {"name": WORDS, "currency": st.sampled_from(["EUR", "CHF", "USD"])},
    optional={
        "timezone": st.sampled_from(["UTC", "Europe/Paris", "America/New_York"]),
        "languages": st.permutations(["fr", "de", "en"]),
        "spend": _some(tax=st.just("excluded"), exclude=_some(products=NAMES, categories=NAMES)),
        "points": _some(
            name=TEXT, valid_for=SPAN, remind=st.lists(SPAN, max_size=2), expiry=st.just("fixed")
        ),
        "earning": st.lists(RULE | CAP | EVENT, max_size=4).map(_with_ids),
        "redemption": st.fixed_dictionaries(
            {"brackets": POINTS_BRACKETS, "consume": st.sampled_from(["all", "none"])},
            optional={"max_percent": PERCENT, "min_total": AMOUNT},
        ),
        "rewards": st.lists(_all({"at": POINTS, "coupon": COUPON}, name=TEXT), max_size=2).map(_with_ids),
        "tiers": _all(
            {"ladder": st.lists(TIER, max_size=3).map(_ladder)},
            window=st.just("calendar_year") | st.just({"rolling": "P12M"}),
            metric=st.sampled_from(["spend", "orders"]),
        ),
        "first_order": st.fixed_dictionaries({"brackets": CART_BRACKETS}),
        "segments": st.lists(_all({"where": WHERE}, brackets=CART_BRACKETS), max_size=2).map(_with_ids),
        "combine": st.lists(
            st.lists(st.sampled_from(["points", "coupon", "segment"]), min_size=1), max_size=2
        ),
        "priority": st.permutations(["points", "coupon", "segment"]),
        "messages": st.dictionaries(st.sampled_from(["welcome", "tier_up"]), st.booleans()),
    },
)
"""Valid documents with every section."""
