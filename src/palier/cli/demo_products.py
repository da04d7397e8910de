"""What the demo's shop sells: every product of the sample under its real name, some of them in three languages."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from importlib import resources
from typing import Any

from palier.cli.importing import files
from palier.core.money import to_minor
from palier.core.product import ProductFacts
from palier.core.programme.load import load_yaml

CURRENCY = "GBP"
_NUMBERED = re.compile(r"[0-9]{5}[A-Za-z]{0,2}")
"""Goods have numbers; postage, fees and the like have words."""
_AT_ONCE = 500


def describe_all(shop_id: int, source: files.Source, *, now: datetime) -> int:
    """Fill the catalogue, and return how many products there are."""
    from palier.flows.catalogue.describe_products import DescribeProducts, describe_products

    facts = {each.id: each for each in (*_of_sample(source), *_of_shop())}
    listed = list(facts.values())
    for start in range(0, len(listed), _AT_ONCE):
        describe_products(DescribeProducts(shop_id, tuple(listed[start : start + _AT_ONCE])), now=now)
    return len(listed)


def _of_shop() -> list[ProductFacts]:
    """The goods that the demo's shop has on its shelves."""
    file = resources.files("palier") / "data" / "demo_products.yaml"
    shelves: Any = load_yaml(file.read_text(encoding="utf-8"))["products"]
    return [
        ProductFacts(
            id=str(each["id"]),
            names=tuple((str(language), str(name)) for language, name in each["name"].items()),
            price_minor=to_minor(Decimal(str(each["price"])), CURRENCY),
            currency=CURRENCY,
            categories=(str(each["category"]),),
        )
        for each in shelves
    ]


def _of_sample(source: files.Source) -> list[ProductFacts]:
    """Every product that was sold, with the name and the price that it mostly had."""
    code, name, price = (source.header.index(column) for column in ("StockCode", "Description", "Price"))
    names: dict[str, Counter[str]] = {}
    prices: dict[str, Counter[str]] = {}
    for _, row in files.rows(source):
        assert not isinstance(row, str)
        if _NUMBERED.fullmatch(row[code]) and row[name] and Decimal(row[price]) > 0:
            names.setdefault(row[code], Counter())[" ".join(row[name].split())] += 1
            prices.setdefault(row[code], Counter())[row[price]] += 1
    return [
        ProductFacts(
            id=product,
            names=(("en", found.most_common(1)[0][0].capitalize()),),
            price_minor=to_minor(Decimal(prices[product].most_common(1)[0][0]), CURRENCY),
            currency=CURRENCY,
        )
        for product, found in sorted(names.items())
    ]
