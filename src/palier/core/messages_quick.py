"""The lines that nearly every shop sends, read in one go; a list with anything out of the ordinary is left to the
strict reader, which reads the same from it or says what is wrong."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from palier.core.money import LIMIT, ratio_half_up

ID_MAX = 200
LINE_ID_MAX = 100
QUANTITY_MAX = 1_000_000
WEIGHT_MAX = 1_000_000_000
LINES_MAX = 200
CATEGORIES_MAX = 20
"""Longer lists are out of the ordinary too: their limits are the strict reader's business."""

_KEYS = frozenset({"id", "product", "categories", "quantity", "price", "tax_rate", "weight", "on_sale"})
_AMOUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?")


class QuickLine(NamedTuple):
    """A line whose amount is price × quantity; ``id`` is empty when the message gave none."""

    id: str
    product: str
    quantity: int
    amount_minor: int
    categories: tuple[str, ...]
    tax_rate: Fraction | None
    weight_g: int
    on_sale: bool


class QuickLines(tuple[QuickLine, ...]):
    """All lines of one message, and how many maps and list items they are."""

    nodes: int = 0


def quick_lines(value: object, exponent: int | None) -> QuickLines | None:
    """The lines, amounts in minor units of a currency with ``exponent`` decimals; None: not for this reader."""
    if type(value) is not list or not 0 < len(value) <= LINES_MAX or exponent is None:
        return None
    read, nodes = [], 2 * len(value)
    for each in value:
        line = _line(each, exponent) if type(each) is dict and _KEYS.issuperset(each) else None
        if line is None:
            return None
        nodes += len(each.get("categories", ()))
        read.append(line)
    lines = QuickLines(read)
    lines.nodes = nodes
    return lines


def _line(each: dict[str, object], exponent: int) -> QuickLine | None:
    product, id, quantity = each.get("product"), each.get("id", ""), each.get("quantity", 1)
    if not _is_word(product, ID_MAX) or ("id" in each and not _is_word(id, LINE_ID_MAX)):
        return None
    if type(quantity) is not int or not 0 < quantity <= QUANTITY_MAX:
        return None
    amount = _amount(each.get("price"), quantity, exponent)
    categories = each.get("categories", ())
    if amount is None or not _are_words(categories):
        return None
    rate = _rate(each["tax_rate"]) if "tax_rate" in each else None
    weight, on_sale = each.get("weight", 0), each.get("on_sale", False)
    if ("tax_rate" in each and rate is None) or type(on_sale) is not bool:
        return None
    if type(weight) is not int or not 0 <= weight <= WEIGHT_MAX:
        return None
    assert isinstance(product, str)
    assert isinstance(id, str)
    assert isinstance(categories, list | tuple)
    return QuickLine(id, product, quantity, amount, tuple(dict.fromkeys(categories)), rate, weight, on_sale)


def _is_word(value: object, most: int) -> bool:
    """Whether it is a text that the strict reader takes as it is."""
    return type(value) is str and 0 < len(value) <= most and value.isprintable() and value.strip() == value


def _are_words(value: object) -> bool:
    if type(value) is list:
        return len(value) <= CATEGORIES_MAX and all(_is_word(each, ID_MAX) for each in value)
    return value == ()


def _amount(price: object, quantity: int, exponent: int) -> int | None:
    """Price × quantity in minor units, rounded half up."""
    if type(price) is int:
        return price * quantity * 10**exponent if 0 <= price * quantity * 10**exponent <= LIMIT else None
    found = _AMOUNT.fullmatch(str(price)) if type(price) is str or type(price) is Decimal else None
    if found is None:
        return None
    whole, decimals = found.groups("")
    amount = ratio_half_up(int(whole + decimals) * quantity * 10**exponent, 10 ** len(decimals))
    return amount if amount <= LIMIT else None


@lru_cache(256)
def _of_percent(text: str) -> Fraction | None:
    rate = Fraction(Decimal(text)) / 100 if _AMOUNT.fullmatch(text) else None
    return rate if rate is not None and rate <= 1 else None


def _rate(value: object) -> Fraction | None:
    return _of_percent(str(value)) if type(value) in (int, str, Decimal) else None
